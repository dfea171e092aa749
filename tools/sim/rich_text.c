#include "tools/sim/rich_text.h"

#include <string.h>

#include "tools/sim/date_value.h"
#include "tools/sim/object.h"

static json_t *complete_annotations(const json_t *given)
{
	static const char *const flags[] = {"bold", "italic", "strikethrough", "underline", "code"};
	json_t *annotations = json_object();
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		(void)json_object_set_new(
			annotations, flags[i],
			json_boolean(json_is_true(json_object_get(given, flags[i]))));
	}
	const char *color = json_string_value(json_object_get(given, "color"));
	bool is_default = color == NULL || strcmp(color, "default_background") == 0;
	(void)json_object_set_new(annotations, "color",
				  json_string(is_default ? "default" : color));
	return annotations;
}

/* What the app is made to write by /_sim/edit has been checked by nobody. */
static const char *string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

static json_t *make_text(const json_t *given, json_t **ret_plain, json_t **ret_href)
{
	json_t *content = json_string(string_of(given, "content"));
	json_t *url = json_object_get(json_object_get(given, "link"), "url");
	url = json_is_string(url) ? url : NULL;
	json_t *link = url != NULL ? json_pack("{s:O}", "url", url) : json_null();
	*ret_plain = content;
	*ret_href = url != NULL ? json_incref(url) : json_null();
	return json_pack("{s:O, s:o}", "content", content, "link", link);
}

static json_t *make_reference(const struct workspace *workspace, const char *type,
			      const json_t *given, json_t **ret_plain, json_t **ret_href)
{
	const char *id = string_of(given, "id");
	const struct record *record = workspace_find(workspace, id);
	CLEANUP(free) char *title = NULL;
	if (record != NULL && workspace_is_shared(workspace, record)) {
		title = object_plain_text(record->page != NULL
						  ? object_page_title(record->page)
						  : json_object_get(record->database, "title"));
	}
	struct uuid uuid = {{0}};
	char dashed[UUID_TEXT_BYTES];
	char bare[UUID_TEXT_BYTES];
	(void)!uuid_parse(id, strlen(id), &uuid);
	uuid_format(&uuid, dashed);
	size_t used = 0;
	for (const char *c = dashed; *c != '\0'; c++) {
		if (*c != '-') {
			bare[used++] = *c;
		}
	}
	bare[used] = '\0';
	*ret_plain = json_string(title != NULL && *title != '\0' ? title : "Untitled");
	*ret_href = json_sprintf("https://www.notion.so/%s", bare);
	return json_pack("{s:s, s:{s:s}}", "type", type, type, "id", dashed);
}

static json_t *make_user(const struct workspace *workspace, const json_t *given, json_t **ret_plain)
{
	const char *id = string_of(given, "id");
	json_t *user = workspace_user(workspace, id);
	const char *name = json_string_value(json_object_get(user, "name"));
	*ret_plain = json_sprintf("@%s", name != NULL ? name : "Anonymous");
	if (user != NULL) {
		return json_pack("{s:s, s:o}", "type", "user", "user", json_deep_copy(user));
	}
	return json_pack("{s:s, s:{s:s, s:s}}", "type", "user", "user", "object", "user", "id", id);
}

static json_t *make_date(const json_t *given, json_t **ret_plain)
{
	json_t *date;
	if (date_value_normalise(given, &date) < 0) {
		date = json_pack("{s:s, s:n, s:n}", "start", string_of(given, "start"), "end",
				 "time_zone");
	}
	const char *start = json_string_value(json_object_get(date, "start"));
	const char *end = json_string_value(json_object_get(date, "end"));
	*ret_plain = end != NULL ? json_sprintf("%s → %s", start, end) : json_string(start);
	return json_pack("{s:s, s:o}", "type", "date", "date", date);
}

static json_t *make_mention(const struct workspace *workspace, const json_t *given,
			    json_t **ret_plain, json_t **ret_href)
{
	const json_t *value;
	*ret_href = json_null();
	if ((value = json_object_get(given, "user")) != NULL) {
		return make_user(workspace, value, ret_plain);
	}
	if ((value = json_object_get(given, "date")) != NULL) {
		return make_date(value, ret_plain);
	}
	if ((value = json_object_get(given, "page")) != NULL) {
		return make_reference(workspace, "page", value, ret_plain, ret_href);
	}
	if ((value = json_object_get(given, "database")) != NULL) {
		return make_reference(workspace, "database", value, ret_plain, ret_href);
	}
	if ((value = json_object_get(given, "custom_emoji")) != NULL) {
		const char *name = json_string_value(json_object_get(value, "name"));
		*ret_plain = json_sprintf(":%s:", name != NULL ? name : "emoji");
		return json_pack("{s:s, s:{s:O?, s:s, s:O?}}", "type", "custom_emoji",
				 "custom_emoji", "id", json_object_get(value, "id"), "name",
				 name != NULL ? name : "emoji", "url",
				 json_object_get(value, "url"));
	}
	/* A template mention, or one that only the app can make (an edit by /_sim/edit). */
	*ret_plain = json_string("@");
	return json_is_object(given) ? json_deep_copy(given) : json_object();
}

static json_t *normalise_item(const struct workspace *workspace, const json_t *item)
{
	json_t *plain;
	json_t *href = NULL;
	const char *type;
	json_t *value;
	const json_t *given;
	if ((given = json_object_get(item, "text")) != NULL) {
		type = "text";
		value = make_text(given, &plain, &href);
	} else if ((given = json_object_get(item, "equation")) != NULL) {
		type = "equation";
		plain = json_string(string_of(given, "expression"));
		value = json_pack("{s:O}", "expression", plain);
	} else {
		type = "mention";
		value = make_mention(workspace, json_object_get(item, "mention"), &plain, &href);
		const json_t *known = json_object_get(item, "plain_text");
		if (strcmp(json_string_value(plain), "@") == 0 && json_is_string(known)) {
			(void)json_string_set(plain, json_string_value(known));
		}
	}
	return json_pack("{s:s, s:o, s:o, s:o, s:o?}", "type", type, type, value, "annotations",
			 complete_annotations(json_object_get(item, "annotations")), "plain_text",
			 plain, "href", href);
}

static bool is_text(const json_t *item)
{
	return json_object_get(item, "text") != NULL;
}

/* Whether `next` may be joined to `item`: both plain text, of one style, with one link. */
static bool is_same_style(const json_t *item, const json_t *next)
{
	return is_text(item) && is_text(next) &&
	       json_equal(json_object_get(item, "annotations"),
			  json_object_get(next, "annotations")) &&
	       json_equal(json_object_get(item, "href"), json_object_get(next, "href"));
}

static void join(json_t *item, const json_t *next)
{
	json_t *text = json_object_get(item, "text");
	json_t *joined = json_sprintf("%s%s", json_string_value(json_object_get(text, "content")),
				      json_string_value(json_object_get(next, "plain_text")));
	(void)json_object_set(text, "content", joined);
	(void)json_object_set_new(item, "plain_text", joined);
}

json_t *rich_text_normalise(const struct workspace *workspace, const json_t *items)
{
	json_t *result = json_array();
	size_t index;
	const json_t *given;
	json_array_foreach (items, index, given) {
		json_t *item = normalise_item(workspace, given);
		json_t *last = json_array_get(result, json_array_size(result) - 1);
		if (is_text(item) && json_string_length(json_object_get(item, "plain_text")) == 0) {
			json_decref(item); /* nothing to keep a style on */
		} else if (last != NULL && is_same_style(last, item)) {
			join(last, item);
			json_decref(item);
		} else {
			(void)json_array_append_new(result, item);
		}
	}
	return result;
}
