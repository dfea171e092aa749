/* External files by URL, files that Notion stores by the path of their copy; a path of a local file
 * asks for an upload. */
#include <errno.h>
#include <string.h>

#include "mapping/asset.h"
#include "mapping/block.h"
#include "mapping/json_value.h"
#include "mapping/link_destination.h"
#include "mapping/property.h"

#define MAX_FILES 100
#define NAME_MAX_BYTES 100
#define URL_MAX_UNITS 2000

static const char *member_url(const json_t *file, const char *key)
{
	return json_string_value(json_object_get(json_object_get(file, key), "url"));
}

/* A path, a URL, or where there is neither a page nor a URL, the name. */
static const char *shown_text(const struct property_context *context,
			      const struct property *property, size_t index, const json_t *file)
{
	const char *name = json_string_value(json_object_get(file, "name"));
	const char *url = member_url(file, "external");
	if (url != NULL) {
		return url;
	}
	url = member_url(file, "file");
	if (url == NULL || uuid_is_zero(&property->page)) {
		return name;
	}
	const struct asset asset = {.place = ASSET_PROPERTY,
				    .owner = property->page,
				    .property = property->name,
				    .index = index,
				    .name = name,
				    .url = asset_bare_url(context->arena, url)};
	const char *path = asset_shown(context->options->names, &asset);
	return path != NULL ? asset_decode(context->arena,
					   arena_copy(context->arena, path, strlen(path)))
			    : asset.url;
}

static struct yaml_value *show_files(const struct property_context *context,
				     const struct property *property)
{
	struct yaml_value *list = yaml_new(context->arena, YAML_LIST);
	size_t index;
	json_t *file;
	json_array_foreach (property->value, index, file) {
		const char *text = shown_text(context, property, index, file);
		if (text != NULL && text[0] != '\0') {
			yaml_append(context->arena, list, NULL,
				    yaml_string(context->arena, text, strlen(text)));
		}
	}
	return list;
}

/* The same file in write shape: what the page has, without what only the API writes. */
static json_t *keep_file(const json_t *file)
{
	json_t *kept = json_object();
	const char *url = member_url(file, "external");
	(void)json_object_set(kept, "name", json_object_get(file, "name"));
	if (url != NULL) {
		json_set_typed(kept, "external", json_object_of("url", json_string(url)));
		return kept;
	}
	url = member_url(file, "file");
	json_set_typed(kept, "file", json_object_of("url", json_text_string(url)));
	return kept;
}

static json_t *new_file(const struct property_context *context, const char *text, const char *type,
			json_t *object)
{
	const char *name = asset_file_name(context->arena, text);
	size_t len = strlen(name);
	if (len > NAME_MAX_BYTES) {
		for (len = NAME_MAX_BYTES; ((unsigned char)name[len] & 0xC0) == 0x80; len--) {
		}
	}
	json_t *file = json_object();
	(void)json_object_set_new(file, "name",
				  len > 0 ? json_text(name, len) : json_string("file"));
	json_set_typed(file, type, object);
	return file;
}

/* What the page's files are called, each by all its names: key → a list of files. */
static json_t *present_files(const struct property_context *context,
			     const struct property *property)
{
	json_t *present = json_object();
	size_t index;
	json_t *file;
	json_array_foreach (property->value, index, file) {
		const char *url = member_url(file, "file");
		const char *keys[] = {
			shown_text(context, property, index, file),
			url != NULL ? asset_bare_url(context->arena, url) : NULL,
			url != NULL ? json_string_value(json_object_get(file, "name")) : NULL,
		};
		for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
			bool is_known = keys[i] == NULL;
			for (size_t j = 0; j < i && !is_known; j++) {
				is_known = keys[j] != NULL && strcmp(keys[i], keys[j]) == 0;
			}
			if (is_known) {
				continue;
			}
			json_t *same = json_object_get(present, keys[i]);
			if (same == NULL) {
				same = json_array();
				(void)json_object_set_new(present, keys[i], same);
			}
			(void)json_array_append(same, file);
		}
	}
	return present;
}

/* Takes the next file of this name that is not taken yet, else the last that is. NULL: none. */
static const json_t *take_file(json_t *present, json_t *taken, const char *key)
{
	const json_t *found = NULL;
	size_t index;
	json_t *file;
	json_array_foreach (json_object_get(present, key != NULL ? key : ""), index, file) {
		size_t place;
		json_t *other;
		bool is_taken = false;
		json_array_foreach (taken, place, other) {
			is_taken = is_taken || other == file;
		}
		found = file;
		if (!is_taken) {
			(void)json_array_append(taken, file);
			break;
		}
	}
	return found;
}

static const json_t *find_present(const struct property_context *context, json_t *present,
				  json_t *taken, const char *text)
{
	const json_t *file = take_file(present, taken, text);
	if (file == NULL && asset_is_path(text)) {
		file = take_file(present, taken,
				 asset_stored(context->options->names, context->arena, text));
		return file != NULL ? file
				    : take_file(present, taken, asset_decode(context->arena, text));
	}
	return file != NULL ? file
			    : take_file(present, taken, asset_bare_url(context->arena, text));
}

static int read_file(const struct property_context *context, const struct property *property,
		     const struct yaml_value *item, json_t *present, json_t *taken,
		     json_t **ret_file)
{
	const struct names *names = context->options->names;
	if (item->kind != YAML_SCALAR) {
		return property_error(context, item, "\"%s\" is a list of files, write [https://…]",
				      property->name);
	}
	const json_t *file = find_present(context, present, taken, item->text);
	if (file != NULL) {
		*ret_file = keep_file(file);
		return 0;
	}
	const char *upload = asset_upload(names, context->arena, item->text);
	if (upload != NULL) {
		*ret_file = new_file(context, item->text, "file_upload",
				     json_object_of("id", json_text_string(upload)));
		return 0;
	}
	bool is_stored = media_kind_of_url(item->text) == MEDIA_FILE;
	if (is_stored && context->options->keeps_stored) {
		const char *url = asset_stored(names, context->arena, item->text);
		*ret_file = new_file(
			context, item->text, "file",
			json_object_of("url", json_text_string(url != NULL ? url : item->text)));
		return 0;
	}
	if (is_stored && !asset_is_path(item->text)) {
		return property_error(context, item,
				      "this file of \"%s\" is stored in Notion and is not in this "
				      "property, copy the file into the mount and write its path",
				      property->name);
	}
	if (strncmp(item->text, "https://", 8) != 0 && strncmp(item->text, "http://", 7) != 0) {
		return property_error(context, item,
				      "\"%.80s\" is no file of \"%s\" and none in the mount, write "
				      "the https:// URL or the path of one",
				      item->text, property->name);
	}
	if (utf16_length(item->text, item->len) > URL_MAX_UNITS) {
		return property_error(context, item,
				      "a URL of \"%s\" is longer than %d characters, shorten it",
				      property->name, URL_MAX_UNITS);
	}
	*ret_file = new_file(context, item->text, "external",
			     json_object_of("url", json_text(item->text, item->len)));
	return 0;
}

static int read_files(const struct property_context *context, const struct property *property,
		      const struct yaml_value *value, json_t **ret_value)
{
	CLEANUP(json) json_t *present = present_files(context, property);
	CLEANUP(json) json_t *taken = json_array();
	CLEANUP(json) json_t *list = json_array();
	int result = 0;
	for (const struct yaml_value *item = property_first_item(value); item != NULL;
	     item = value->kind == YAML_LIST ? item->next : NULL) {
		json_t *file = NULL;
		if (yaml_is_empty(item)) {
			continue;
		}
		int err = read_file(context, property, item, present, taken, &file);
		if (err < 0) {
			result = err;
			continue;
		}
		(void)json_array_append_new(list, file);
	}
	if (result == 0 && json_array_size(list) > MAX_FILES) {
		result =
			property_error(context, value, "\"%s\" takes at most %d files, remove some",
				       property->name, MAX_FILES);
	}
	if (result == 0) {
		*ret_value = steal(&list);
	}
	return result;
}

const struct property_kind property_files_kinds[] = {
	{"files", PROPERTY_WRITABLE, "[]", show_files, read_files, NULL},
	{0},
};
