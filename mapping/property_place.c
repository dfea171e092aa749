/* Place and verification are maps, as the API gives them, without what is null. */
#include <errno.h>
#include <string.h>

#include "mapping/json_value.h"
#include "mapping/property.h"

static const char *const place_texts[] = {"name", "address", "aws_place_id", "google_place_id"};
#define PLACE_TEXT_COUNT (sizeof place_texts / sizeof place_texts[0])

static void show_text(const struct property_context *context, struct yaml_value *map,
		      const char *key, const json_t *value)
{
	if (json_is_string(value)) {
		yaml_append(context->arena, map, key,
			    yaml_string(context->arena, json_string_value(value),
					json_string_length(value)));
	}
}

static struct yaml_value *show_place(const struct property_context *context,
				     const struct property *property)
{
	struct yaml_value *lat = number_show(context, json_object_get(property->value, "lat"));
	struct yaml_value *lon = number_show(context, json_object_get(property->value, "lon"));
	if (lat == NULL || lon == NULL) {
		return NULL;
	}
	struct yaml_value *map = yaml_new(context->arena, YAML_MAP);
	yaml_append(context->arena, map, "lat", lat);
	yaml_append(context->arena, map, "lon", lon);
	for (size_t i = 0; i < PLACE_TEXT_COUNT; i++) {
		show_text(context, map, place_texts[i],
			  json_object_get(property->value, place_texts[i]));
	}
	return map;
}

static bool is_place_text(const char *key)
{
	for (size_t i = 0; i < PLACE_TEXT_COUNT; i++) {
		if (strcmp(key, place_texts[i]) == 0) {
			return true;
		}
	}
	return false;
}

static int read_place(const struct property_context *context, const struct property *property,
		      const struct yaml_value *value, json_t **ret_value)
{
	CLEANUP(json) json_t *place = json_object();
	if (value->kind != YAML_MAP || yaml_is_empty(yaml_entry(value, "lat")) ||
	    yaml_is_empty(yaml_entry(value, "lon"))) {
		return property_error(context, value,
				      "\"%s\" is a place, write {lat: 52.5, lon: 13.4, name: …}",
				      property->name);
	}
	yaml_foreach(entry, value)
	{
		const char *key = entry->key->text;
		json_t *member = NULL;
		int err = 0;
		if (strcmp(key, "lat") == 0 || strcmp(key, "lon") == 0) {
			err = number_read(context, property, entry, &member);
		} else if (!is_place_text(key) || entry->kind != YAML_SCALAR) {
			err = property_error(
				context, entry->key,
				"the place \"%s\" has no text \"%.80s\", write lat, lon, "
				"name, address, aws_place_id or google_place_id",
				property->name, key);
		} else if (!yaml_is_empty(entry)) {
			member = json_text(entry->text, entry->len);
		}
		if (err < 0) {
			return err;
		}
		if (member != NULL) {
			(void)json_object_set_new(place, key, member);
		}
	}
	*ret_value = steal(&place);
	return 0;
}

static bool places_equal(const struct property *property, const json_t *a, const json_t *b)
{
	(void)property;
	if (!json_is_object(a) || !json_is_object(b) ||
	    json_object_size(a) != json_object_size(b)) {
		return json_equal(a, b) == 1;
	}
	for (size_t i = 0; i < PLACE_TEXT_COUNT; i++) {
		const json_t *in_a = json_object_get(a, place_texts[i]);
		const json_t *in_b = json_object_get(b, place_texts[i]);
		if (in_a != in_b && json_equal(in_a, in_b) == 0) {
			return false;
		}
	}
	return json_number_value(json_object_get(a, "lat")) ==
		       json_number_value(json_object_get(b, "lat")) &&
	       json_number_value(json_object_get(a, "lon")) ==
		       json_number_value(json_object_get(b, "lon"));
}

static struct yaml_value *show_verification(const struct property_context *context,
					    const struct property *property)
{
	const char *state = json_string_value(json_object_get(property->value, "state"));
	if (state == NULL) {
		return NULL;
	}
	struct yaml_value *map = yaml_new(context->arena, YAML_MAP);
	yaml_append(context->arena, map, "state",
		    yaml_string(context->arena, state, strlen(state)));
	struct yaml_value *date = date_show(context, json_object_get(property->value, "date"));
	if (date != NULL) {
		yaml_append(context->arena, map, "date", date);
	}
	struct yaml_value *person =
		person_show(context, json_object_get(property->value, "verified_by"));
	if (person != NULL) {
		yaml_append(context->arena, map, "verified_by", person);
	}
	return map;
}

static int read_verification(const struct property_context *context,
			     const struct property *property, const struct yaml_value *value,
			     json_t **ret_value)
{
	const struct yaml_value *state =
		value->kind == YAML_MAP ? yaml_entry(value, "state") : value;
	const struct yaml_value *date = value->kind == YAML_MAP ? yaml_entry(value, "date") : NULL;
	if (value->kind == YAML_MAP) {
		yaml_foreach(entry, value)
		{
			if (entry != state && entry != date &&
			    strcmp(entry->key->text, "verified_by") != 0) {
				return property_error(context, entry->key,
						      "\"%s\" has no \"%.80s\", write {state: "
						      "verified, date: …}",
						      property->name, entry->key->text);
			}
		}
	}
	if (state == NULL || state->kind != YAML_SCALAR ||
	    (strcmp(state->text, "verified") != 0 && strcmp(state->text, "unverified") != 0 &&
	     (context->diagnostics != NULL || strcmp(state->text, "expired") != 0))) {
		return property_error(context, value,
				      "the state of \"%s\" can be set to verified or unverified, "
				      "write one of the two",
				      property->name);
	}
	CLEANUP(json) json_t *verification = json_object_of("state", json_string(state->text));
	/* An unverified page has no date. */
	if (strcmp(state->text, "unverified") != 0 && !yaml_is_empty(date)) {
		json_t *written = NULL;
		int err = date_read(context, property, date, &written);
		if (err < 0) {
			return err;
		}
		(void)json_object_set_new(verification, "date", written);
	}
	*ret_value = steal(&verification);
	return 0;
}

static bool verifications_equal(const struct property *property, const json_t *a, const json_t *b)
{
	const json_t *date_a = json_object_get(a, "date");
	const json_t *date_b = json_object_get(b, "date");
	if (json_equal(json_object_get(a, "state"), json_object_get(b, "state")) == 0) {
		return false;
	}
	return date_a == NULL || date_b == NULL ? date_a == date_b
						: date_value_equal(property, date_a, date_b);
}

const struct property_kind property_place_kinds[] = {
	{"place", PROPERTY_WRITABLE, "null", show_place, read_place, places_equal},
	{"verification", PROPERTY_WRITABLE, "{\"state\":\"unverified\"}", show_verification,
	 read_verification, verifications_equal},
	{0},
};
