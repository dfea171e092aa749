#include <errno.h>
#include <string.h>

#include "mapping/json.h"
#include "mapping/json_value.h"

static enum icon_kind kind_of(const json_t *icon)
{
	static const struct {
		const char *key;
		enum icon_kind kind;
	} kinds[] = {
		{"emoji", ICON_EMOJI},	{"external", ICON_EXTERNAL},
		{"file", ICON_FILE},	{"custom_emoji", ICON_CUSTOM_EMOJI},
		{"icon", ICON_BUILTIN}, {"file_upload", ICON_FILE_UPLOAD},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		json_t *value = json_object_get(icon, kinds[i].key);
		if (value != NULL && !json_is_null(value)) {
			return kinds[i].kind;
		}
	}
	return ICON_NONE;
}

static const char *or_empty(const char *string)
{
	return string != NULL ? string : "";
}

int icon_from_json(struct arena *arena, const json_t *icon, struct icon *ret_icon)
{
	struct icon read = {0};
	if (icon == NULL || json_is_null(icon)) {
		*ret_icon = read;
		return 0;
	}
	if (!json_is_object(icon)) {
		return -EINVAL;
	}
	read.kind = kind_of(icon);
	read.raw = json_copy_compact(arena, icon);
	const json_t *value;
	switch (read.kind) {
	case ICON_NONE: break;
	case ICON_EMOJI: read.text = json_copy_member(arena, icon, "emoji"); break;
	case ICON_EXTERNAL:
		value = json_object_get(icon, "external");
		read.text = json_copy_member(arena, value, "url");
		break;
	case ICON_FILE:
		value = json_object_get(icon, "file");
		read.text = json_copy_member(arena, value, "url");
		break;
	case ICON_FILE_UPLOAD:
		value = json_object_get(icon, "file_upload");
		read.text = json_copy_member(arena, value, "id");
		break;
	case ICON_CUSTOM_EMOJI:
		value = json_object_get(icon, "custom_emoji");
		read.text = or_empty(json_copy_member(arena, value, "name"));
		if (!json_read_uuid(json_object_get(value, "id"), &read.id)) {
			return -EINVAL;
		}
		break;
	case ICON_BUILTIN:
		value = json_object_get(icon, "icon");
		read.text = json_copy_member(arena, value, "name");
		read.color = json_copy_member(arena, value, "color");
		break;
	}
	if (read.kind != ICON_NONE && read.text == NULL) {
		return -EINVAL;
	}
	if (read.kind == ICON_FILE) {
		/* the signature in the query changes at each read */
		read.text = arena_copy(arena, read.text, strcspn(read.text, "?"));
	}
	*ret_icon = read;
	return 0;
}

json_t *icon_to_json(const struct icon *icon, enum block_shape shape)
{
	json_t *object = shape == BLOCK_SHAPE_READ ? json_from_raw(icon->raw) : NULL;
	if (json_is_object(object)) {
		return object;
	}
	json_decref(object);
	json_t *value;
	object = json_object();
	switch (icon->kind) {
	case ICON_NONE: json_decref(object); return json_null();
	case ICON_EMOJI: json_set_typed(object, "emoji", json_text_string(icon->text)); break;
	case ICON_EXTERNAL:
	case ICON_FILE:
		json_set_typed(object, icon->kind == ICON_FILE ? "file" : "external",
			       json_object_of("url", json_text_string(icon->text)));
		break;
	case ICON_FILE_UPLOAD:
		json_set_typed(object, "file_upload",
			       json_object_of("id", json_text_string(icon->text)));
		break;
	case ICON_CUSTOM_EMOJI:
		value = json_object_of("id", json_uuid(&icon->id));
		if (icon->text != NULL && icon->text[0] != '\0') {
			json_object_set_new(value, "name", json_text_string(icon->text));
		}
		json_set_typed(object, "custom_emoji", value);
		break;
	case ICON_BUILTIN:
		value = json_object_of("name", json_text_string(icon->text));
		if (icon->color != NULL) {
			json_object_set_new(value, "color", json_text_string(icon->color));
		}
		json_set_typed(object, "icon", value);
		break;
	}
	return object;
}
