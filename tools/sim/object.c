#include "tools/sim/object.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "mapping/base/buf.h"
#include "mapping/base/clock.h"

/* ── properties ── */

void object_decode_property_id(const char *id, char *decoded, size_t size)
{
	size_t used = 0;
	while (*id != '\0' && used + 1 < size) {
		unsigned value;
		if (*id == '%' && isxdigit((unsigned char)id[1]) &&
		    isxdigit((unsigned char)id[2]) && sscanf(id + 1, "%2x", &value) == 1) {
			decoded[used++] = (char)value;
			id += 3;
		} else {
			decoded[used++] = *id++;
		}
	}
	decoded[used] = '\0';
}

struct property_key {
	const char *name;
	json_t *value;
	int rank; /* ids of four characters, then the title, then those of the system */
	char decoded[64];
};

static int compare_keys(const void *left, const void *right)
{
	const struct property_key *a = left;
	const struct property_key *b = right;
	return a->rank != b->rank ? a->rank - b->rank : strcmp(a->decoded, b->decoded);
}

json_t *object_order_properties(const json_t *properties)
{
	size_t count = json_object_size(properties);
	CLEANUP(free) struct property_key *keys = calloc(count + 1, sizeof(*keys));
	size_t used = 0;
	const char *name;
	json_t *value;
	json_object_foreach ((json_t *)properties, name, value) {
		struct property_key *key = &keys[used++];
		const char *id = json_string_value(json_object_get(value, "id"));
		key->name = name;
		key->value = value;
		object_decode_property_id(id != NULL ? id : "", key->decoded, sizeof key->decoded);
		key->rank = strcmp(key->decoded, "title") == 0		     ? 1
			    : strncmp(key->decoded, "verification", 12) == 0 ? 2
									     : 0;
	}
	qsort(keys, used, sizeof(*keys), compare_keys);
	json_t *ordered = json_object();
	for (size_t i = 0; i < used; i++) {
		(void)json_object_set(ordered, keys[i].name, keys[i].value);
	}
	return ordered;
}

static void cut_references(json_t *property)
{
	json_t *relation = json_object_get(property, "relation");
	if (json_is_array(relation)) {
		bool has_more = json_array_size(relation) > OBJECT_REFERENCES_MAX;
		while (json_array_size(relation) > OBJECT_REFERENCES_MAX) {
			(void)json_array_remove(relation, json_array_size(relation) - 1);
		}
		(void)json_object_set_new(property, "has_more", json_boolean(has_more));
	}
	json_t *people = json_object_get(property, "people");
	while (json_array_size(people) > OBJECT_REFERENCES_MAX) {
		(void)json_array_remove(people, json_array_size(people) - 1);
	}
}

/* ── text and URLs ── */

char *object_plain_text(const json_t *rich_text)
{
	struct buf text;
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	size_t index;
	const json_t *item;
	json_array_foreach (rich_text, index, item) {
		const char *plain = json_string_value(json_object_get(item, "plain_text"));
		buf_puts(&text, plain != NULL ? plain : "");
	}
	return buf_steal(&text, NULL);
}

json_t *object_page_title(const json_t *page)
{
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(page, "properties"), name, property) {
		const char *type = json_string_value(json_object_get(property, "type"));
		if (type != NULL && strcmp(type, "title") == 0) {
			return json_object_get(property, "title");
		}
	}
	return NULL;
}

json_t *object_page_url(const json_t *page)
{
	CLEANUP(buf) struct buf slug;
	buf_init(&slug, BUF_PAGE_MAX_BYTES);
	size_t index;
	const json_t *item;
	json_array_foreach (object_page_title(page), index, item) {
		const char *type = json_string_value(json_object_get(item, "type"));
		if (type != NULL && strcmp(type, "mention") == 0) {
			continue;
		}
		const char *text = json_string_value(json_object_get(item, "plain_text"));
		for (; text != NULL && *text != '\0'; text++) {
			if ((isalnum((unsigned char)*text) && (unsigned char)*text < 0x80) ||
			    *text == '_') {
				buf_putc(&slug, *text);
			} else if (slug.len > 0 && slug.data[slug.len - 1] != '-') {
				buf_putc(&slug, '-');
			}
		}
	}
	while (slug.len > 0 && slug.data[slug.len - 1] == '-') {
		buf_truncate(&slug, slug.len - 1);
	}
	if (slug.len > 0) {
		buf_putc(&slug, '-');
	}
	for (const char *id = json_string_value(json_object_get(page, "id")); *id != '\0'; id++) {
		if (*id != '-') {
			buf_putc(&slug, *id);
		}
	}
	return json_sprintf("https://www.notion.so/%s", slug.data);
}

/* ── hosted files ── */

static void format_amazon_date(int64_t ms, char text[32])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm utc;
	(void)gmtime_r(&seconds, &utc);
	(void)strftime(text, 32, "%Y%m%dT%H%M%SZ", &utc);
}

static void sign_file(struct sim *sim, json_t *file)
{
	const char *url = json_string_value(json_object_get(file, "url"));
	const char *path = strstr(url, "://");
	path = path != NULL ? strchr(path + 3, '/') : NULL;
	if (path == NULL) {
		return;
	}
	int64_t now_ms = sim_clock_now_ms(&sim->clock);
	CLEANUP(free) char *own = NULL;
	const char *base = workspace_config_string(&sim->workspace, "files_base_url", NULL);
	if (base == NULL && asprintf(&own, "http://127.0.0.1:%u/_files", sim->port) < 0) {
		return;
	}
	char date[32];
	format_amazon_date(now_ms, date);
	char expiry[CLOCK_ISO_BYTES];
	clock_format_iso(now_ms + OBJECT_SIGNED_URL_MS, expiry);
	sim->reads++;
	(void)json_object_set_new(
		file, "url",
		json_sprintf("%s%.*s?X-Amz-Algorithm=AWS4-HMAC-SHA256"
			     "&X-Amz-Date=%s&X-Amz-Expires=3600&X-Amz-Signature=%016llx"
			     "&X-Amz-SignedHeaders=host",
			     base != NULL ? base : own, (int)strcspn(path, "?"), path, date,
			     (unsigned long long)(sim->reads * 0x9e3779b97f4a7c15u)));
	(void)json_object_set_new(file, "expiry_time", json_string(expiry));
}

void object_sign_files(struct sim *sim, json_t *json)
{
	if (json_is_array(json)) {
		size_t index;
		json_t *item;
		json_array_foreach (json, index, item) {
			object_sign_files(sim, item);
		}
		return;
	}
	if (!json_is_object(json)) {
		return;
	}
	json_t *file = json_object_get(json, "file");
	const char *type = json_string_value(json_object_get(json, "type"));
	/* What is attached to a comment has a category and no type. */
	bool is_file = type != NULL ? strcmp(type, "file") == 0
				    : json_object_get(json, "category") != NULL;
	if (is_file && json_is_string(json_object_get(file, "url"))) {
		sign_file(sim, file);
	}
	const char *key;
	json_t *value;
	json_object_foreach (json, key, value) {
		if (json_is_object(value) || json_is_array(value)) {
			object_sign_files(sim, value);
		}
	}
}

/* ── objects ── */

static json_t *finish(struct sim *sim, const struct record *record, const json_t *stored)
{
	json_t *answer = json_deep_copy(stored);
	if (workspace_is_trashed(&sim->workspace, record)) {
		(void)json_object_set_new(answer, "in_trash", json_true());
	}
	object_sign_files(sim, answer);
	return answer;
}

void object_floor_stamp(const json_t *stamp, char text[CLOCK_ISO_BYTES])
{
	int64_t ms = 0;
	(void)clock_parse_iso(json_is_string(stamp) ? json_string_value(stamp) : "1970-01-01", &ms);
	clock_format_iso(ms - ms % 60000, text);
}

/* The block of a page or database that stands in no list of blocks: a root or a row. */
static json_t *make_block(struct sim *sim, const struct record *record)
{
	const json_t *object = record->page != NULL ? record->page : record->database;
	CLEANUP(free)
	char *title = object_plain_text(record->page != NULL ? object_page_title(object)
							     : json_object_get(object, "title"));
	const char *type = record->page != NULL ? "child_page" : "child_database";
	const char *id = json_string_value(json_object_get(object, "id"));
	bool has_children =
		record->page != NULL && workspace_has_live_children(&sim->workspace, id);
	json_t *bot = workspace_bot(&sim->workspace);
	json_t *by = json_object_get(object, "created_by");
	json_t *edited_by = json_object_get(object, "last_edited_by");
	json_t *someone =
		json_pack("{s:s, s:O?}", "object", "user", "id", json_object_get(bot, "id"));
	char created[CLOCK_ISO_BYTES];
	char edited[CLOCK_ISO_BYTES];
	object_floor_stamp(json_object_get(object, "created_time"), created);
	object_floor_stamp(json_object_get(object, "last_edited_time"), edited);
	json_t *block = json_pack(
		"{s:s, s:s, s:O, s:s, s:s, s:O, s:O, s:b, s:O, s:s, s:{s:s}}", "object", "block",
		"id", id, "parent", json_object_get(object, "parent"), "created_time", created,
		"last_edited_time", edited, "created_by", by != NULL ? by : someone,
		"last_edited_by", edited_by != NULL ? edited_by : someone, "has_children",
		has_children, "in_trash", json_object_get(object, "in_trash"), "type", type, type,
		"title", title);
	json_decref(someone);
	return block;
}

json_t *object_block(struct sim *sim, const struct record *record)
{
	if (record->block != NULL) {
		return finish(sim, record, record->block);
	}
	json_t *made = make_block(sim, record);
	json_t *answer = finish(sim, record, made);
	json_decref(made);
	return answer;
}

json_t *object_page(struct sim *sim, const struct record *record)
{
	json_t *answer = finish(sim, record, record->page);
	json_t *properties = object_order_properties(json_object_get(answer, "properties"));
	const char *name;
	json_t *property;
	json_object_foreach (properties, name, property) {
		cut_references(property);
	}
	(void)json_object_set_new(answer, "properties", properties);
	return answer;
}

json_t *object_database(struct sim *sim, const struct record *record)
{
	json_t *answer = finish(sim, record, record->database);
	json_t *sources = json_object_get(answer, "data_sources");
	for (size_t i = json_array_size(sources); i-- > 0 && !workspace_has_trash_flag(record);) {
		const struct record *source = workspace_find(
			&sim->workspace,
			json_string_value(json_object_get(json_array_get(sources, i), "id")));
		if (source != NULL && workspace_has_trash_flag(source)) {
			(void)json_array_remove(sources, i);
		}
	}
	return answer;
}

json_t *object_data_source(struct sim *sim, const struct record *record)
{
	json_t *answer = finish(sim, record, record->data_source);
	(void)json_object_set_new(answer, "properties",
				  object_order_properties(json_object_get(answer, "properties")));
	return answer;
}
