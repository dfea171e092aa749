#include "mapping/mention_json.h"

#include <string.h>

#include "mapping/json_value.h"

static bool read_id(const json_t *object, struct run *run)
{
	return json_read_uuid(json_object_get(object, "id"), &run->id);
}

static bool read_date(struct arena *arena, const json_t *date, struct run *run)
{
	run->start = json_copy_member(arena, date, "start");
	run->end = json_copy_member(arena, date, "end");
	run->time_zone = json_copy_member(arena, date, "time_zone");
	return run->start != NULL;
}

/* The value of a template mention becomes the run's text. */
static bool read_template(struct arena *arena, const json_t *object, const char *key,
			  struct run *run)
{
	const char *value = json_copy_member(arena, object, key);
	if (value == NULL) {
		return false;
	}
	run->text = value;
	run->text_len = strlen(value);
	return true;
}

static bool read_known(struct arena *arena, const json_t *mention, const char *type,
		       struct run *run)
{
	const json_t *value = json_object_get(mention, type);
	if (strcmp(type, "user") == 0) {
		run->mention = MENTION_USER;
		return read_id(value, run);
	}
	if (strcmp(type, "page") == 0) {
		run->mention = MENTION_PAGE;
		return read_id(value, run);
	}
	if (strcmp(type, "database") == 0) {
		run->mention = MENTION_DATABASE;
		return read_id(value, run);
	}
	if (strcmp(type, "date") == 0) {
		run->mention = MENTION_DATE;
		return read_date(arena, value, run);
	}
	if (strcmp(type, "template_mention") == 0) {
		run->mention = MENTION_TEMPLATE_DATE;
		if (read_template(arena, value, "template_mention_date", run)) {
			return true;
		}
		run->mention = MENTION_TEMPLATE_USER;
		return read_template(arena, value, "template_mention_user", run);
	}
	if (strcmp(type, "custom_emoji") == 0) {
		run->mention = MENTION_CUSTOM_EMOJI;
		run->name = json_copy_member(arena, value, "name");
		run->url = json_copy_member(arena, value, "url");
		return read_id(value, run);
	}
	if (strcmp(type, "link_mention") == 0) {
		run->mention = MENTION_LINK_MENTION;
		run->url = json_copy_member(arena, value, "href");
		return run->url != NULL;
	}
	if (strcmp(type, "link_preview") == 0) {
		run->mention = MENTION_LINK_PREVIEW;
		run->url = json_copy_member(arena, value, "url");
		return run->url != NULL;
	}
	return false;
}

/* The type a mention without `type` must be: its only object. */
static const char *guess_type(const json_t *mention)
{
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)mention, key, value) {
		if (json_is_object(value)) {
			return key;
		}
	}
	return "";
}

void mention_from_json(struct arena *arena, const json_t *mention, struct run *run)
{
	const char *type = json_string_value(json_object_get(mention, "type"));
	run->raw = json_copy_compact(arena, mention);
	if (!read_known(arena, mention, type != NULL ? type : guess_type(mention), run)) {
		run->mention = MENTION_OTHER;
	}
}

static json_t *date_to_json(const struct run *run, enum block_shape shape)
{
	json_t *date = json_object_of("start", json_text_string(run->start));
	if (run->end != NULL) {
		json_object_set_new(date, "end", json_text_string(run->end));
	} else if (shape == BLOCK_SHAPE_READ) {
		json_object_set_new(date, "end", json_null());
	}
	if (run->time_zone != NULL) {
		json_object_set_new(date, "time_zone", json_text_string(run->time_zone));
	} else if (shape == BLOCK_SHAPE_READ) {
		json_object_set_new(date, "time_zone", json_null());
	}
	return date;
}

static json_t *template_to_json(const char *type, const struct run *run)
{
	json_t *object = json_object();
	json_set_typed(object, type, json_text(run->text, run->text_len));
	return object;
}

static json_t *emoji_to_json(const struct run *run, enum block_shape shape)
{
	json_t *emoji = json_object_of("id", json_uuid(&run->id));
	if (run->name != NULL) {
		json_object_set_new(emoji, "name", json_text_string(run->name));
	}
	if (run->url != NULL && shape == BLOCK_SHAPE_READ) {
		json_object_set_new(emoji, "url", json_text_string(run->url));
	}
	return emoji;
}

static json_t *link_mention_to_json(const struct run *run)
{
	json_t *link = json_object_of("href", json_text_string(run->url));
	json_object_set_new(link, "title", json_text(run->text, run->text_len));
	return link;
}

/* Does the API's own JSON say more than our fields, and may it be used? */
static bool prefers_raw(const struct run *run, enum block_shape shape)
{
	return run->raw != NULL &&
	       (shape == BLOCK_SHAPE_READ || run->mention == MENTION_LINK_MENTION ||
		run->mention == MENTION_LINK_PREVIEW || run->mention == MENTION_OTHER);
}

json_t *mention_to_json(const struct run *run, enum block_shape shape)
{
	json_t *mention = prefers_raw(run, shape) ? json_from_raw(run->raw) : NULL;
	if (json_is_object(mention)) {
		return mention;
	}
	json_decref(mention);
	mention = json_object();
	switch (run->mention) {
	case MENTION_USER: {
		json_t *user = json_object();
		if (shape == BLOCK_SHAPE_READ) {
			json_object_set_new(user, "object", json_string("user"));
		}
		json_object_set_new(user, "id", json_uuid(&run->id));
		json_set_typed(mention, "user", user);
		break;
	}
	case MENTION_PAGE:
		json_set_typed(mention, "page", json_object_of("id", json_uuid(&run->id)));
		break;
	case MENTION_DATABASE:
		json_set_typed(mention, "database", json_object_of("id", json_uuid(&run->id)));
		break;
	case MENTION_DATE: json_set_typed(mention, "date", date_to_json(run, shape)); break;
	case MENTION_TEMPLATE_DATE:
		json_set_typed(mention, "template_mention",
			       template_to_json("template_mention_date", run));
		break;
	case MENTION_TEMPLATE_USER:
		json_set_typed(mention, "template_mention",
			       template_to_json("template_mention_user", run));
		break;
	case MENTION_CUSTOM_EMOJI:
		json_set_typed(mention, "custom_emoji", emoji_to_json(run, shape));
		break;
	case MENTION_LINK_MENTION:
		json_set_typed(mention, "link_mention", link_mention_to_json(run));
		break;
	case MENTION_LINK_PREVIEW:
		json_set_typed(mention, "link_preview",
			       json_object_of("url", json_text_string(run->url)));
		break;
	case MENTION_OTHER: break;
	}
	return mention;
}

json_t *mention_href(const struct run *run)
{
	char dashed[UUID_TEXT_BYTES];
	char url[64] = "https://www.notion.so/";
	switch (run->mention) {
	case MENTION_PAGE:
	case MENTION_DATABASE:
		uuid_format(&run->id, dashed);
		for (size_t i = 0, len = strlen(url); dashed[i] != '\0'; i++) {
			if (dashed[i] != '-') {
				url[len++] = dashed[i];
			}
		}
		return json_string(url);
	case MENTION_LINK_MENTION:
	case MENTION_LINK_PREVIEW: return json_text_string(run->url);
	default: return json_null();
	}
}
