/*
 * A date is a scalar, or {start, end, time_zone} for a range or a named zone. A time without an
 * offset is in the zone of the map, else in the mount's zone, else UTC.
 */
#include <errno.h>
#include <string.h>

#include "mapping/date.h"
#include "mapping/json_value.h"
#include "mapping/property.h"

static struct yaml_value *show_moment(const struct property_context *context, const char *text)
{
	struct date date;
	char shown[DATE_TEXT_BYTES];
	if (date_parse(text, strlen(text), &date) < 0) {
		return yaml_string(context->arena, text, strlen(text));
	}
	date_format(&date, shown);
	return yaml_word(context->arena, shown);
}

struct yaml_value *date_show(const struct property_context *context, const json_t *date)
{
	const char *start = json_string_value(json_object_get(date, "start"));
	const char *end = json_string_value(json_object_get(date, "end"));
	const char *zone = json_string_value(json_object_get(date, "time_zone"));
	if (json_is_string(date)) {
		start = json_string_value(date); /* created_time, formula results */
	}
	if (start == NULL) {
		return NULL;
	}
	struct yaml_value *shown = show_moment(context, start);
	if (end == NULL && zone == NULL) {
		return shown;
	}
	struct yaml_value *map = yaml_new(context->arena, YAML_MAP);
	yaml_append(context->arena, map, "start", shown);
	if (end != NULL) {
		yaml_append(context->arena, map, "end", show_moment(context, end));
	}
	if (zone != NULL) {
		yaml_append(context->arena, map, "time_zone",
			    yaml_string(context->arena, zone, strlen(zone)));
	}
	return map;
}

/* One moment as the API writes it. `zone` may be NULL. */
static int read_moment(const struct property_context *context, const struct property *property,
		       const struct yaml_value *value, const char *zone, struct date *ret_date)
{
	struct date date;
	if (value->kind != YAML_SCALAR || date_parse(value->text, value->len, &date) < 0) {
		return property_error(context, value,
				      "\"%.80s\" is no date for \"%s\", write 2026-11-21 or "
				      "2026-11-21T09:30+01:00",
				      value->kind == YAML_SCALAR ? value->text : "a list",
				      property->name);
	}
	if (date.has_seconds) {
		property_warning(context, value,
				 "Notion keeps no seconds, they are dropped from "
				 "\"%s\"",
				 property->name);
	}
	if (date.has_time && !date.has_offset && zone == NULL) {
		date.has_offset = true; /* UTC */
	}
	if (date.has_time && date.has_offset && zone != NULL) {
		return property_error(context, value,
				      "a date of \"%s\" has both an offset and a time_zone, remove "
				      "one of the two",
				      property->name);
	}
	*ret_date = date;
	return 0;
}

static bool is_zone_name(const char *zone)
{
	return strlen(zone) <= 64 &&
	       strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789_+-/") == strlen(zone);
}

struct range {
	const struct yaml_value *start;
	const struct yaml_value *end;
	const struct yaml_value *zone;
};

static int read_range(const struct property_context *context, const struct property *property,
		      const struct yaml_value *map, struct range *ret_range)
{
	struct range range = {0};
	yaml_foreach(entry, map)
	{
		const char *key = entry->key->text;
		const struct yaml_value **place = strcmp(key, "start") == 0	  ? &range.start
						  : strcmp(key, "end") == 0	  ? &range.end
						  : strcmp(key, "time_zone") == 0 ? &range.zone
										  : NULL;
		if (place == NULL) {
			return property_error(context, entry->key,
					      "a date of \"%s\" has no \"%.80s\", write {start: …, "
					      "end: …, time_zone: …}",
					      property->name, key);
		}
		if (!yaml_is_empty(entry)) {
			*place = entry;
		}
	}
	if (range.start == NULL) {
		return property_error(context, map,
				      "the date of \"%s\" has no start, write {start: "
				      "2026-11-21, end: 2026-11-25}",
				      property->name);
	}
	if (range.zone != NULL &&
	    (range.zone->kind != YAML_SCALAR || !is_zone_name(range.zone->text))) {
		return property_error(
			context, range.zone,
			"the time_zone of \"%s\" is no name of a zone, write one such "
			"as Europe/Berlin",
			property->name);
	}
	*ret_range = range;
	return 0;
}

static bool is_local_time(const struct yaml_value *moment)
{
	struct date date;
	return moment != NULL && moment->kind == YAML_SCALAR &&
	       date_parse(moment->text, moment->len, &date) == 0 && date.has_time &&
	       !date.has_offset;
}

/* The zone that times without an offset are in: the map's, else the mount's; NULL for UTC. */
static const char *zone_of(const struct property_context *context, const struct range *range)
{
	if (range->zone != NULL) {
		return range->zone->text;
	}
	return is_local_time(range->start) ? context->options->time_zone : NULL;
}

static json_t *moment_json(const struct date *date)
{
	char text[DATE_TEXT_BYTES];
	date_format_api(date, text);
	return json_string(text);
}

int date_read(const struct property_context *context, const struct property *property,
	      const struct yaml_value *value, json_t **ret_value)
{
	struct range range = {.start = value};
	if (value->kind == YAML_MAP) {
		int err = read_range(context, property, value, &range);
		if (err < 0) {
			return err;
		}
	} else {
		int err = property_scalar(context, property, value, &range.start);
		if (err < 0) {
			return err;
		}
	}

	const char *zone = zone_of(context, &range);
	struct date start;
	struct date end = {0};
	int err = read_moment(context, property, range.start, zone, &start);
	if (err == 0 && range.end != NULL) {
		err = read_moment(context, property, range.end, zone, &end);
	}
	if (err < 0) {
		return err;
	}
	if (range.end != NULL && end.has_time == start.has_time &&
	    end.minute - end.offset_minutes < start.minute - start.offset_minutes) {
		return property_error(context, range.end,
				      "the end of \"%s\" is before its start, swap them",
				      property->name);
	}

	json_t *date = json_object();
	(void)json_object_set_new(date, "start", moment_json(&start));
	if (range.end != NULL) {
		(void)json_object_set_new(date, "end", moment_json(&end));
	}
	if (zone != NULL && start.has_time) {
		(void)json_object_set_new(date, "time_zone", json_string(zone));
	}
	*ret_value = date;
	return 0;
}

static struct yaml_value *show_date(const struct property_context *context,
				    const struct property *property)
{
	return date_show(context, property->value);
}

static bool moments_equal(const json_t *a, const json_t *b)
{
	struct date date_a;
	struct date date_b;
	if (a == NULL || b == NULL) {
		return a == b;
	}
	return date_parse(json_string_value(a), json_string_length(a), &date_a) == 0 &&
	       date_parse(json_string_value(b), json_string_length(b), &date_b) == 0 &&
	       date_equal(&date_a, &date_b);
}

/* A zone's name is forgotten by Notion once it has given its offset; we can't compute with it, so
 * a date with a name is equal only to one with the same name. */
bool date_value_equal(const struct property *property, const json_t *a, const json_t *b)
{
	(void)property;
	const json_t *zone_a = json_object_get(a, "time_zone");
	const json_t *zone_b = json_object_get(b, "time_zone");
	if (!json_is_object(a) || !json_is_object(b) || (zone_a == NULL) != (zone_b == NULL) ||
	    (zone_a != NULL && json_equal(zone_a, zone_b) == 0)) {
		return json_equal(a, b) == 1;
	}
	return moments_equal(json_object_get(a, "start"), json_object_get(b, "start")) &&
	       moments_equal(json_object_get(a, "end"), json_object_get(b, "end"));
}

const struct property_kind property_date_kinds[] = {
	{"date", PROPERTY_WRITABLE, "null", show_date, date_read, date_value_equal},
	{0},
};
