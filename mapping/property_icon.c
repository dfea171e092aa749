/*
 * A page's icon and cover, treated like properties of their own kind. An icon is an emoji, a URL,
 * `:name:` of the workspace's emoji, or `icon:pizza:blue` of Notion's set; a cover is a URL. Those
 * stored in Notion are shown by the path of their copy; the path of a local file is an upload.
 */
#include <errno.h>
#include <string.h>

#include "mapping/asset.h"
#include "mapping/block.h"
#include "mapping/json_value.h"
#include "mapping/link_destination.h"
#include "mapping/property.h"

#define EMOJI_MAX_BYTES 64
#define URL_MAX_UNITS 2000
#define ICON_URL "https://www.notion.so/icons/"

static const char *const icon_colors[] = {"gray",  "lightgray", "brown",  "yellow", "orange",
					  "green", "blue",	"purple", "pink",   "red"};

static const char *member_url(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(json_object_get(object, key), "url"));
}

static struct yaml_value *show_hosted(const struct property_context *context,
				      const struct property *property, const char *url)
{
	bool is_icon = property->kind == &property_icon_kind;
	const struct asset asset = {.place = is_icon ? ASSET_ICON : ASSET_COVER,
				    .owner = property->page,
				    .url = asset_bare_url(context->arena, url)};
	const char *path =
		uuid_is_zero(&property->page) ? NULL : asset_shown(context->options->names, &asset);
	const char *text = path == NULL
				   ? asset.url
				   : asset_decode(context->arena,
						  arena_copy(context->arena, path, strlen(path)));
	return yaml_string(context->arena, text, strlen(text));
}

/* Does the name alone lead to this emoji again? */
static bool is_found_by_name(const struct property_context *context, const json_t *custom,
			     const char *name)
{
	const struct names *names = context->options->names;
	struct uuid id;
	struct uuid found;
	return !json_read_uuid(json_object_get(custom, "id"), &id) ||
	       (names != NULL && names->find_emoji != NULL &&
		names->find_emoji(names->context, name, strlen(name), &found) &&
		uuid_equal(&id, &found));
}

static struct yaml_value *show_icon(const struct property_context *context,
				    const struct property *property)
{
	const json_t *emoji = json_object_get(property->value, "emoji");
	const json_t *custom = json_object_get(property->value, "custom_emoji");
	const json_t *builtin = json_object_get(property->value, "icon");
	const char *url = member_url(property->value, "external");
	if (json_is_string(emoji)) {
		return yaml_string(context->arena, json_string_value(emoji),
				   json_string_length(emoji));
	}
	if (url != NULL) {
		return yaml_string(context->arena, url, strlen(url));
	}
	CLEANUP(buf) struct buf text;
	buf_init(&text, YAML_MAX_BYTES);
	if (custom != NULL) {
		const char *name = json_string_value(json_object_get(custom, "name"));
		name = name != NULL ? name : "";
		buf_printf(&text, ":%s:", name);
		if (!is_found_by_name(context, custom, name)) {
			buf_puts(&text, json_string_value(json_object_get(custom, "id")));
		}
	} else if (builtin != NULL) {
		const char *name = json_string_value(json_object_get(builtin, "name"));
		const char *color = json_string_value(json_object_get(builtin, "color"));
		buf_printf(&text, "icon:%s", name != NULL ? name : "");
		if (color != NULL) {
			buf_printf(&text, ":%s", color);
		}
	} else {
		url = member_url(property->value, "file");
		return url != NULL ? show_hosted(context, property, url) : NULL;
	}
	return yaml_string(context->arena, text.data, text.len);
}

static struct yaml_value *show_cover(const struct property_context *context,
				     const struct property *property)
{
	const char *url = member_url(property->value, "external");
	if (url != NULL) {
		return yaml_string(context->arena, url, strlen(url));
	}
	url = member_url(property->value, "file");
	return url != NULL ? show_hosted(context, property, url) : NULL;
}

static bool is_url(const char *text)
{
	return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

static bool is_icon_color(const char *color)
{
	for (size_t i = 0; i < sizeof icon_colors / sizeof icon_colors[0]; i++) {
		if (strcmp(color, icon_colors[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* {"type":"icon","icon":{name, color}}; takes over `name`. */
static json_t *builtin_json(json_t *name, const char *color)
{
	json_t *object = json_object();
	json_t *builtin = json_object_of("name", name);
	if (color != NULL) {
		(void)json_object_set_new(builtin, "color", json_string(color));
	}
	json_set_typed(object, "icon", builtin);
	return object;
}

static json_t *external_json(const char *url)
{
	json_t *object = json_object();
	json_set_typed(object, "external", json_object_of("url", json_text_string(url)));
	return object;
}

/* ".../icons/pizza_blue.svg" is what Notion itself turns into icon:pizza:blue. */
static json_t *read_url(const char *url)
{
	const char *name = url + strlen(ICON_URL);
	size_t len = strlen(url);
	if (strncmp(url, ICON_URL, strlen(ICON_URL)) == 0 && len > 4 &&
	    strcmp(url + len - 4, ".svg") == 0) {
		const char *color = strrchr(name, '_');
		char color_text[16] = "";
		size_t color_len = color != NULL ? (size_t)(url + len - 4 - color) - 1 : 0;
		if (color != NULL && color_len < sizeof color_text) {
			memcpy(color_text, color + 1, color_len);
			if (is_icon_color(color_text)) {
				return builtin_json(json_text(name, (size_t)(color - name)),
						    color_text);
			}
		}
	}
	return external_json(url);
}

static int read_builtin(const struct property_context *context, const struct yaml_value *scalar,
			json_t **ret_value)
{
	const char *name = scalar->text + strlen("icon:");
	const char *color = strchr(name, ':');
	size_t name_len = color != NULL ? (size_t)(color - name) : strlen(name);
	if (name_len == 0 || (color != NULL && !is_icon_color(color + 1))) {
		return property_error(context, scalar,
				      "\"%.80s\" is no icon of Notion's set, write icon:name:color "
				      "with gray, lightgray, brown, yellow, orange, green, blue, "
				      "purple, pink or red",
				      scalar->text);
	}
	*ret_value = builtin_json(json_text(name, name_len), color != NULL ? color + 1 : NULL);
	return 0;
}

static int read_custom(const struct property_context *context, const struct property *property,
		       const struct yaml_value *scalar, json_t **ret_value)
{
	const struct names *names = context->options->names;
	const char *name = scalar->text + 1;
	const char *end = strrchr(name, ':');
	size_t len = (size_t)(end - name);
	const json_t *present = json_object_get(property->value, "custom_emoji");
	const char *present_name = json_string_value(json_object_get(present, "name"));
	struct uuid id;
	bool has_id = end[1] != '\0' && uuid_parse(end + 1, strlen(end + 1), &id) == 0;
	if ((end[1] != '\0' && !has_id) ||
	    (!has_id &&
	     (present_name == NULL || strlen(present_name) != len ||
	      memcmp(present_name, name, len) != 0 ||
	      !json_read_uuid(json_object_get(present, "id"), &id)) &&
	     (names == NULL || names->find_emoji == NULL ||
	      !names->find_emoji(names->context, name, len, &id)))) {
		return property_error(context, scalar,
				      "%.80s is no emoji of this workspace, write one that Notion "
				      "lists, or a plain emoji",
				      scalar->text);
	}
	json_t *object = json_object();
	json_set_typed(object, "custom_emoji", json_object_of("id", json_uuid(&id)));
	*ret_value = object;
	return 0;
}

/* Hosted and unchanged: equality needs a value, the API is never sent it. */
static bool keep_hosted(const struct property_context *context, const struct property *property,
			const struct yaml_value *scalar, json_t **ret_value)
{
	const char *url = member_url(property->value, "file");
	if (url == NULL) {
		return false;
	}
	const char *bare = asset_bare_url(context->arena, url);
	const char *stored =
		asset_is_path(scalar->text)
			? asset_stored(context->options->names, context->arena, scalar->text)
			: asset_bare_url(context->arena, scalar->text);
	const char *shown = show_hosted(context, property, url)->text;
	if (strcmp(shown, scalar->text) != 0 &&
	    strcmp(shown, asset_decode(context->arena, scalar->text)) != 0 &&
	    (stored == NULL || strcmp(stored, bare) != 0) &&
	    strcmp(asset_file_name(context->arena, bare), scalar->text) != 0) {
		return false;
	}
	*ret_value = json_object_of("file", json_text_string(bare));
	return true;
}

/* A local file, or, where that is only printed, one that Notion stores. */
static bool read_path(const struct property_context *context, const struct yaml_value *scalar,
		      json_t **ret_value)
{
	const struct frontmatter_options *options = context->options;
	bool is_path = asset_is_file_path(scalar->text);
	const char *upload =
		is_path ? asset_upload(options->names, context->arena, scalar->text) : NULL;
	json_t *object = json_object();
	if (upload != NULL) {
		json_set_typed(object, "file_upload",
			       json_object_of("id", json_text_string(upload)));
	} else if (options->keeps_stored &&
		   (is_path ||
		    (is_url(scalar->text) && media_kind_of_url(scalar->text) == MEDIA_FILE))) {
		const char *url = asset_stored(options->names, context->arena, scalar->text);
		json_set_typed(
			object, "file",
			json_object_of("url", json_text_string(url != NULL ? url : scalar->text)));
	}
	if (json_object_size(object) == 0) {
		json_decref(object);
		return false;
	}
	*ret_value = object;
	return true;
}

/* Its unsigned URL opens for nobody. */
static int refuse_stored(const struct property_context *context, const struct property *property,
			 const struct yaml_value *scalar)
{
	return property_error(context, scalar,
			      "this %s is stored in Notion for another page, copy the file into "
			      "the mount and write its path",
			      property->name);
}

static int read_icon(const struct property_context *context, const struct property *property,
		     const struct yaml_value *value, json_t **ret_value)
{
	const struct yaml_value *scalar = NULL;
	int err = property_scalar(context, property, value, &scalar);
	if (err < 0) {
		return err;
	}
	const char *text = scalar->text;
	if (keep_hosted(context, property, scalar, ret_value)) {
		return 0;
	}
	if (read_path(context, scalar, ret_value)) {
		return 0;
	}
	if (is_url(text) && media_kind_of_url(text) == MEDIA_FILE) {
		return refuse_stored(context, property, scalar);
	}
	if (is_url(text) && utf16_length(text, scalar->len) <= URL_MAX_UNITS) {
		*ret_value = read_url(text);
		return 0;
	}
	if (strncmp(text, "icon:", 5) == 0) {
		return read_builtin(context, scalar, ret_value);
	}
	if (scalar->len > 2 && text[0] == ':' && strchr(text + 1, ':') != NULL) {
		return read_custom(context, property, scalar, ret_value);
	}
	/* Digits, # and * begin keycap emoji; nothing else of ASCII begins one. */
	if (scalar->len > EMOJI_MAX_BYTES || scalar->len < 2 ||
	    ((unsigned char)text[0] < 0x80 && (unsigned char)text[1] < 0x80)) {
		return property_error(
			context, scalar,
			"\"%.80s\" is no icon, write an emoji, a URL, the path of an image, "
			":name: or icon:pizza:blue",
			text);
	}
	json_t *object = json_object();
	json_set_typed(object, "emoji", json_text(text, scalar->len));
	*ret_value = object;
	return 0;
}

static int read_cover(const struct property_context *context, const struct property *property,
		      const struct yaml_value *value, json_t **ret_value)
{
	const struct yaml_value *scalar = NULL;
	int err = property_scalar(context, property, value, &scalar);
	if (err < 0) {
		return err;
	}
	if (keep_hosted(context, property, scalar, ret_value)) {
		return 0;
	}
	if (read_path(context, scalar, ret_value)) {
		return 0;
	}
	if (is_url(scalar->text) && media_kind_of_url(scalar->text) == MEDIA_FILE) {
		return refuse_stored(context, property, scalar);
	}
	if (!is_url(scalar->text) || utf16_length(scalar->text, scalar->len) > URL_MAX_UNITS) {
		return property_error(
			context, scalar,
			"\"%.80s\" is no cover, write the https:// URL or the path of an "
			"image",
			scalar->text);
	}
	*ret_value = external_json(scalar->text);
	return 0;
}

const struct property_kind property_icon_kind = {"icon",    PROPERTY_WRITABLE, "null",
						 show_icon, read_icon,	       NULL};
const struct property_kind property_cover_kind = {"cover",    PROPERTY_WRITABLE, "null",
						  show_cover, read_cover,	 NULL};
