#include "tools/sim/block_content.h"

#include <string.h>

#include "tools/sim/file_upload.h"
#include "tools/sim/rich_text.h"

enum field_kind {
	FIELD_RICH_TEXT,
	FIELD_CELLS,
	FIELD_ICON,
	FIELD_COLOR,
	FIELD_FALSE,	/* a flag, unset by default */
	FIELD_COPY,	/* as sent, left out when not sent */
	FIELD_NULLABLE, /* as sent, null when not sent */
	FIELD_LANGUAGE,
};

struct content_field {
	const char *name;
	enum field_kind kind;
};

#define FIELDS_MAX 5

static const struct content_type {
	const char *name;
	struct content_field fields[FIELDS_MAX];
} types[] = {
	{"paragraph",
	 {{"rich_text", FIELD_RICH_TEXT}, {"icon", FIELD_ICON}, {"color", FIELD_COLOR}}},
	{"heading_1",
	 {{"rich_text", FIELD_RICH_TEXT}, {"is_toggleable", FIELD_FALSE}, {"color", FIELD_COLOR}}},
	{"heading_2",
	 {{"rich_text", FIELD_RICH_TEXT}, {"is_toggleable", FIELD_FALSE}, {"color", FIELD_COLOR}}},
	{"heading_3",
	 {{"rich_text", FIELD_RICH_TEXT}, {"is_toggleable", FIELD_FALSE}, {"color", FIELD_COLOR}}},
	{"heading_4",
	 {{"rich_text", FIELD_RICH_TEXT}, {"is_toggleable", FIELD_FALSE}, {"color", FIELD_COLOR}}},
	{"bulleted_list_item", {{"rich_text", FIELD_RICH_TEXT}, {"color", FIELD_COLOR}}},
	{"numbered_list_item",
	 {{"rich_text", FIELD_RICH_TEXT},
	  {"color", FIELD_COLOR},
	  {"list_start_index", FIELD_COPY},
	  {"list_format", FIELD_COPY}}},
	{"to_do",
	 {{"rich_text", FIELD_RICH_TEXT}, {"checked", FIELD_FALSE}, {"color", FIELD_COLOR}}},
	{"toggle", {{"rich_text", FIELD_RICH_TEXT}, {"color", FIELD_COLOR}}},
	{"quote", {{"rich_text", FIELD_RICH_TEXT}, {"color", FIELD_COLOR}}},
	{"callout", {{"rich_text", FIELD_RICH_TEXT}, {"icon", FIELD_ICON}, {"color", FIELD_COLOR}}},
	{"code",
	 {{"caption", FIELD_RICH_TEXT},
	  {"rich_text", FIELD_RICH_TEXT},
	  {"language", FIELD_LANGUAGE}}},
	{"equation", {{"expression", FIELD_COPY}}},
	{"divider", {{0}}},
	{"breadcrumb", {{0}}},
	{"table_of_contents", {{"color", FIELD_COLOR}}},
	{"bookmark", {{"caption", FIELD_RICH_TEXT}, {"url", FIELD_COPY}}},
	{"embed", {{"caption", FIELD_RICH_TEXT}, {"url", FIELD_COPY}}},
	{"table",
	 {{"table_width", FIELD_COPY},
	  {"has_column_header", FIELD_FALSE},
	  {"has_row_header", FIELD_FALSE}}},
	{"table_row", {{"cells", FIELD_CELLS}}},
	{"column_list", {{0}}},
	{"column", {{"width_ratio", FIELD_COPY}}},
	{"synced_block", {{"synced_from", FIELD_NULLABLE}}},
	{"tab", {{0}}},
	{"template", {{"rich_text", FIELD_RICH_TEXT}}},
};

static const struct content_type *find_type(const char *name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (strcmp(types[i].name, name) == 0) {
			return &types[i];
		}
	}
	return NULL;
}

static bool is_media(const char *type)
{
	static const char *const names[] = {"image", "video", "audio", "pdf", "file"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(names[i], type) == 0) {
			return true;
		}
	}
	return false;
}

const char *block_content_type(const json_t *given)
{
	const char *type = json_string_value(json_object_get(given, "type"));
	const char *key;
	json_t *value;
	if (type != NULL) {
		return type;
	}
	json_object_foreach ((json_t *)given, key, value) {
		if (json_is_object(value) && strcmp(key, "parent") != 0 &&
		    strcmp(key, "created_by") != 0 && strcmp(key, "last_edited_by") != 0) {
			return key;
		}
	}
	return NULL;
}

/* ── icons ── */

/* https://www.notion.so/icons/<name>_<color>.svg is a built-in icon. */
static json_t *read_built_in_icon(const char *url)
{
	static const char prefix[] = "https://www.notion.so/icons/";
	if (url == NULL || strncmp(url, prefix, sizeof prefix - 1) != 0) {
		return NULL;
	}
	const char *name = url + sizeof prefix - 1;
	const char *end = strstr(name, ".svg");
	const char *color = end == NULL ? NULL : memrchr(name, '_', (size_t)(end - name));
	if (color == NULL || strchr(name, '/') != NULL) {
		return NULL;
	}
	return json_pack("{s:s, s:{s:s%, s:s%}}", "type", "icon", "icon", "name", name,
			 (size_t)(color - name), "color", color + 1, (size_t)(end - color - 1));
}

static json_t *make_external(const json_t *external)
{
	return json_pack("{s:s, s:{s:O?}}", "type", "external", "external", "url",
			 json_object_get(external, "url"));
}

static json_t *make_hosted(json_t *file)
{
	return json_pack("{s:s, s:o}", "type", "file", "file", file);
}

json_t *icon_normalise(const struct workspace *workspace, const json_t *given)
{
	const json_t *value;
	json_t *uploaded;
	if (!json_is_object(given)) {
		return json_null();
	}
	if ((uploaded = file_upload_attach(workspace, given)) != NULL) {
		return make_hosted(uploaded);
	}
	if ((value = json_object_get(given, "emoji")) != NULL) {
		return json_pack("{s:s, s:O}", "type", "emoji", "emoji", value);
	}
	if ((value = json_object_get(given, "external")) != NULL) {
		json_t *icon = read_built_in_icon(json_string_value(json_object_get(value, "url")));
		return icon != NULL ? icon : make_external(value);
	}
	if ((value = json_object_get(given, "icon")) != NULL) {
		const char *color = json_string_value(json_object_get(value, "color"));
		return json_pack("{s:s, s:{s:O?, s:s}}", "type", "icon", "icon", "name",
				 json_object_get(value, "name"), "color",
				 color != NULL ? color : "gray");
	}
	if ((value = json_object_get(given, "custom_emoji")) != NULL) {
		return json_pack("{s:s, s:{s:O?, s:O?, s:O?}}", "type", "custom_emoji",
				 "custom_emoji", "id", json_object_get(value, "id"), "name",
				 json_object_get(value, "name"), "url",
				 json_object_get(value, "url"));
	}
	return json_deep_copy(given);
}

json_t *cover_normalise(const struct workspace *workspace, const json_t *given)
{
	json_t *uploaded = file_upload_attach(workspace, given);
	if (uploaded != NULL) {
		return make_hosted(uploaded);
	}
	const json_t *external = json_object_get(given, "external");
	if (external != NULL) {
		return make_external(external);
	}
	return json_is_object(given) ? json_deep_copy(given) : json_null();
}

/* ── fields ── */

static json_t *normalise_cells(const struct workspace *workspace, const json_t *cells)
{
	json_t *result = json_array();
	size_t index;
	const json_t *cell;
	json_array_foreach (cells, index, cell) {
		(void)json_array_append_new(result, rich_text_normalise(workspace, cell));
	}
	return result;
}

/* NULL: the field is left out. */
static json_t *normalise_field(const struct workspace *workspace, enum field_kind kind,
			       const json_t *given)
{
	const char *text = json_string_value(given);
	switch (kind) {
	case FIELD_RICH_TEXT: return rich_text_normalise(workspace, given);
	case FIELD_CELLS: return normalise_cells(workspace, given);
	case FIELD_ICON: return icon_normalise(workspace, given);
	case FIELD_COLOR:
		return json_string(
			text == NULL || strcmp(text, "default_background") == 0 ? "default" : text);
	case FIELD_FALSE: return json_boolean(json_is_true(given));
	case FIELD_COPY: return given != NULL ? json_deep_copy(given) : NULL;
	case FIELD_NULLABLE: return given != NULL ? json_deep_copy(given) : json_null();
	case FIELD_LANGUAGE: return json_string(text != NULL ? text : "plain text");
	}
	return NULL;
}

/* ── media ── */

/* The last part of the URL's path. */
static void copy_file_name(const char *url, char *name, size_t size)
{
	size_t end = strcspn(url, "?#");
	size_t start = end;
	while (start > 0 && url[start - 1] != '/') {
		start--;
	}
	(void)snprintf(name, size, "%.*s", (int)(end - start), url + start);
}

static const char *media_url(const json_t *media)
{
	const char *type = json_string_value(json_object_get(media, "type"));
	return json_string_value(
		json_object_get(json_object_get(media, type != NULL ? type : "external"), "url"));
}

/* A new name keeps the extension of the source. */
static json_t *name_with_extension(const char *name, const char *url)
{
	char source[256];
	copy_file_name(url != NULL ? url : "", source, sizeof source);
	const char *extension = strrchr(source, '.');
	size_t len = strlen(name);
	if (extension == NULL || extension == source ||
	    (len >= strlen(extension) &&
	     strcasecmp(name + len - strlen(extension), extension) == 0)) {
		return json_string(name);
	}
	return json_sprintf("%s%s", name, extension);
}

static json_t *normalise_media(const struct workspace *workspace, const char *type,
			       const json_t *stored, const json_t *given)
{
	json_t *media = json_object();
	const json_t *caption = json_object_get(given, "caption");
	const json_t *external = json_object_get(given, "external");
	const json_t *hosted = json_object_get(given, "file");
	const json_t *name = json_object_get(given, "name");
	json_t *uploaded = file_upload_attach(workspace, given);
	bool is_uploaded = uploaded != NULL;
	if (caption == NULL && stored != NULL) {
		(void)json_object_set(media, "caption", json_object_get(stored, "caption"));
	} else {
		(void)json_object_set_new(media, "caption",
					  rich_text_normalise(workspace, caption));
	}
	if (uploaded != NULL) {
		(void)json_object_set_new(media, "type", json_string("file"));
		(void)json_object_set_new(media, "file", uploaded);
	} else if (external != NULL) {
		(void)json_object_set_new(media, "type", json_string("external"));
		(void)json_object_set_new(
			media, "external",
			json_pack("{s:O?}", "url", json_object_get(external, "url")));
	} else {
		const json_t *source = stored != NULL ? stored : given;
		const char *kind = json_string_value(json_object_get(source, "type"));
		kind = kind != NULL ? kind : hosted != NULL ? "file" : "external";
		(void)json_object_set_new(media, "type", json_string(kind));
		(void)json_object_set_new(media, kind,
					  json_deep_copy(json_object_get(source, kind)));
	}
	if (strcmp(type, "file") != 0) {
		return media;
	}
	const char *url = media_url(media);
	if (name != NULL && stored != NULL) {
		(void)json_object_set_new(media, "name",
					  name_with_extension(json_string_value(name), url));
	} else if (name != NULL) {
		(void)json_object_set(media, "name", (json_t *)name);
	} else if (is_uploaded) {
		(void)json_object_set(media, "name", file_upload_name(workspace, given));
	} else if (stored != NULL && external == NULL) {
		(void)json_object_set(media, "name", json_object_get(stored, "name"));
	} else {
		char own_name[256];
		copy_file_name(url != NULL ? url : "", own_name, sizeof own_name);
		(void)json_object_set_new(media, "name", json_string(own_name));
	}
	return media;
}

static json_t *normalise_link(const json_t *given)
{
	static const char *const kinds[] = {"page_id", "database_id", "comment_id"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		json_t *id = json_object_get(given, kinds[i]);
		if (id != NULL) {
			return json_pack("{s:s, s:O}", "type", kinds[i], kinds[i], id);
		}
	}
	return json_deep_copy(given);
}

/* ── the payload ── */

json_t *block_content_new(const struct workspace *workspace, const char *type, const json_t *given)
{
	if (is_media(type)) {
		return normalise_media(workspace, type, NULL, given);
	}
	if (strcmp(type, "link_to_page") == 0) {
		return normalise_link(given);
	}
	const struct content_type *known = find_type(type);
	bool keeps_given = known == NULL && json_is_object(given);
	json_t *content = keeps_given ? json_deep_copy(given) : json_object();
	if (known == NULL) {
		(void)json_object_del(content, "children");
	}
	for (size_t i = 0; known != NULL && i < FIELDS_MAX && known->fields[i].name != NULL; i++) {
		json_t *value = normalise_field(workspace, known->fields[i].kind,
						json_object_get(given, known->fields[i].name));
		if (value != NULL) {
			(void)json_object_set_new(content, known->fields[i].name, value);
		}
	}
	const json_t *from = json_object_get(content, "synced_from");
	if (strcmp(type, "synced_block") == 0 && json_is_object(from)) {
		(void)json_object_set_new(content, "synced_from",
					  json_pack("{s:s, s:O}", "type", "block_id", "block_id",
						    json_object_get(from, "block_id")));
	}
	return content;
}

json_t *block_content_update(const struct workspace *workspace, const char *type,
			     const json_t *stored, const json_t *given)
{
	if (is_media(type)) {
		return normalise_media(workspace, type, stored, given);
	}
	json_t *content = json_deep_copy(stored);
	const struct content_type *known = find_type(type);
	for (size_t i = 0; known != NULL && i < FIELDS_MAX && known->fields[i].name != NULL; i++) {
		const char *name = known->fields[i].name;
		const json_t *value = json_object_get(given, name);
		bool is_fixed =
			strcmp(name, "table_width") == 0 || strcmp(name, "synced_from") == 0;
		if (value != NULL && !is_fixed) {
			(void)json_object_set_new(
				content, name,
				normalise_field(workspace, known->fields[i].kind, value));
		}
	}
	return content;
}
