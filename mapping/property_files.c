/* External files by URL, files that Notion stores by name. The latter can be kept, moved and
 * removed here, never made. */
#include <errno.h>
#include <string.h>

#include "mapping/block.h"
#include "mapping/json_value.h"
#include "mapping/property.h"

#define MAX_FILES 100
#define NAME_MAX_BYTES 100
#define URL_MAX_UNITS 2000

static const char *external_url(const json_t *file)
{
	return json_string_value(json_object_get(json_object_get(file, "external"), "url"));
}

static const char *shown_text(const json_t *file)
{
	const char *url = external_url(file);
	return url != NULL ? url : json_string_value(json_object_get(file, "name"));
}

static struct yaml_value *show_files(const struct property_context *context,
				     const struct property *property)
{
	struct yaml_value *list = yaml_new(context->arena, YAML_LIST);
	size_t index;
	json_t *file;
	json_array_foreach (property->value, index, file) {
		const char *text = shown_text(file);
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
	const char *url = external_url(file);
	(void)json_object_set(kept, "name", json_object_get(file, "name"));
	if (url != NULL) {
		json_set_typed(kept, "external", json_object_of("url", json_string(url)));
		return kept;
	}
	url = json_string_value(json_object_get(json_object_get(file, "file"), "url"));
	json_set_typed(kept, "file", json_object_of("url", json_text_string(url)));
	return kept;
}

/* The last part of the URL's path, else its host. */
static json_t *name_from_url(const char *url)
{
	const char *start = strstr(url, "://") + 3;
	size_t len = strcspn(start, "?#");
	while (len > 0 && start[len - 1] == '/') {
		len--;
	}
	const char *slash = memrchr(start, '/', len);
	if (slash != NULL) {
		len -= (size_t)(slash + 1 - start);
		start = slash + 1;
	}
	if (len > NAME_MAX_BYTES) {
		for (len = NAME_MAX_BYTES; ((unsigned char)start[len] & 0xC0) == 0x80; len--) {
		}
	}
	return len > 0 ? json_text(start, len) : json_string("file");
}

static int read_file(const struct property_context *context, const struct property *property,
		     const struct yaml_value *item, json_t *present, json_t **ret_file)
{
	if (item->kind != YAML_SCALAR) {
		return property_error(context, item, "\"%s\" is a list of files, write [https://…]",
				      property->name);
	}
	/* Several files may have one name: each use takes the next of them. */
	json_t *same = json_object_get(present, item->text);
	if (json_array_size(same) > 0) {
		*ret_file = keep_file(json_array_get(same, 0));
		if (json_array_size(same) > 1) {
			(void)json_array_remove(same, 0);
		}
		return 0;
	}
	if (strncmp(item->text, "https://", 8) != 0 && strncmp(item->text, "http://", 7) != 0) {
		return property_error(
			context, item,
			"\"%.80s\" is no file of \"%s\" yet, write the https:// URL of "
			"one or add it in Notion",
			item->text, property->name);
	}
	if (utf16_length(item->text, item->len) > URL_MAX_UNITS) {
		return property_error(context, item,
				      "a URL of \"%s\" is longer than %d characters, shorten it",
				      property->name, URL_MAX_UNITS);
	}
	json_t *file = json_object();
	(void)json_object_set_new(file, "name", name_from_url(item->text));
	json_set_typed(file, "external", json_object_of("url", json_text(item->text, item->len)));
	*ret_file = file;
	return 0;
}

/* Shown text → the files it stands for, in order. */
static json_t *present_files(const struct property *property)
{
	json_t *present = json_object();
	size_t index;
	json_t *file;
	json_array_foreach (property->value, index, file) {
		const char *text = shown_text(file);
		if (text == NULL) {
			continue;
		}
		json_t *same = json_object_get(present, text);
		if (same == NULL) {
			same = json_array();
			(void)json_object_set_new(present, text, same);
		}
		(void)json_array_append(same, file);
	}
	return present;
}

static int read_files(const struct property_context *context, const struct property *property,
		      const struct yaml_value *value, json_t **ret_value)
{
	CLEANUP(json) json_t *present = present_files(property);
	CLEANUP(json) json_t *list = json_array();
	int result = 0;
	for (const struct yaml_value *item = property_first_item(value); item != NULL;
	     item = value->kind == YAML_LIST ? item->next : NULL) {
		json_t *file = NULL;
		if (yaml_is_empty(item)) {
			continue;
		}
		int err = read_file(context, property, item, present, &file);
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
