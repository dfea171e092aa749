#include "tools/sim/validate/block_type.h"

#include <string.h>

#include "tools/sim/validate/language.h"
#include "tools/sim/validate/value.h"

#define EXPRESSION_MAX 1000

#define OBJECT(name, ...)                                               \
	static const struct field name##_fields[] = {__VA_ARGS__, {0}}; \
	static const struct shape name = {.kind = SHAPE_OBJECT, .fields = name##_fields}

static const struct field no_fields[] = {{0}};
static const struct shape nothing = {.kind = SHAPE_OBJECT, .fields = no_fields};

/* text blocks */

OBJECT(text, {"rich_text", &shape_rich_text, true}, {"color", &shape_color, false});
OBJECT(paragraph, {"rich_text", &shape_rich_text, true}, {"color", &shape_color, false},
       {"icon", &shape_icon, false});
OBJECT(paragraph_update, {"rich_text", &shape_rich_text, false}, {"color", &shape_color, false},
       {"icon", &shape_icon, false});
OBJECT(heading, {"rich_text", &shape_rich_text, true}, {"color", &shape_color, false},
       {"is_toggleable", &shape_boolean, false});
OBJECT(to_do, {"rich_text", &shape_rich_text, true}, {"checked", &shape_boolean, false},
       {"color", &shape_color, false});
OBJECT(to_do_update, {"rich_text", &shape_rich_text, false}, {"checked", &shape_boolean, false},
       {"color", &shape_color, false});
OBJECT(template_text, {"rich_text", &shape_rich_text, true});
OBJECT(code, {"rich_text", &shape_rich_text, true}, {"language", &shape_language, true},
       {"caption", &shape_rich_text, false});
OBJECT(code_update, {"rich_text", &shape_rich_text, false}, {"language", &shape_language, false},
       {"caption", &shape_rich_text, false});

/* single values */

static const struct shape expression = {.kind = SHAPE_STRING, .max = EXPRESSION_MAX};
OBJECT(equation, {"expression", &expression, true});
OBJECT(table_of_contents, {"color", &shape_color, false});

static const struct field link_targets[] = {
	{"page_id", &shape_id, false},
	{"database_id", &shape_id, false},
	{"comment_id", &shape_id, false},
	{0},
};
static const struct shape link_to_page = {
	.kind = SHAPE_OBJECT, .variants = link_targets, .typed = true};

static const struct field sync_sources[] = {{"block_id", &shape_id, false}, {0}};
static const struct shape synced_from = {
	.kind = SHAPE_OBJECT, .variants = sync_sources, .typed = true, .nullable = true};
OBJECT(synced_block, {"synced_from", &synced_from, true});

/* URLs and files */

static const struct shape bookmark_url = {.kind = SHAPE_URL, .complaint = "Invalid bookmark url."};
static const struct shape embed_url = {.kind = SHAPE_URL, .complaint = "Invalid embed url."};
OBJECT(bookmark, {"url", &bookmark_url, true}, {"caption", &shape_rich_text, false});
OBJECT(bookmark_update, {"url", &bookmark_url, false}, {"caption", &shape_rich_text, false});
OBJECT(embed, {"url", &embed_url, true}, {"caption", &shape_rich_text, false});
OBJECT(embed_update, {"url", &embed_url, false}, {"caption", &shape_rich_text, false});

static const struct field caption_fields[] = {{"caption", &shape_rich_text, false}, {0}};
static const struct field file_fields[] = {
	{"caption", &shape_rich_text, false},
	{"name", &shape_string, false},
	{0},
};

/* One source on create; on update both are optional. */
#define MEDIA(name, create_fields, words, ...)                                          \
	static const struct shape name##_url = {.kind = SHAPE_URL, .complaint = words}; \
	OBJECT(name##_external, {"url", &name##_url, true});                            \
	static const struct field name##_sources[] = {                                  \
		{"external", &name##_external, false},                                  \
		{"file_upload", &shape_file_upload, false},                             \
		{0},                                                                    \
	};                                                                              \
	static const struct shape name = {.kind = SHAPE_OBJECT,                         \
					  .fields = create_fields,                      \
					  .variants = name##_sources,                   \
					  .typed = true};                               \
	OBJECT(name##_update, {"external", &name##_external, false},                    \
	       {"file_upload", &shape_file_upload, false}, __VA_ARGS__)

MEDIA(image, caption_fields, "Invalid image url.", {"caption", &shape_rich_text, false});
MEDIA(video, caption_fields, "Invalid video url.", {"caption", &shape_rich_text, false});
MEDIA(audio, caption_fields, "Invalid audio url.", {"caption", &shape_rich_text, false});
MEDIA(pdf, caption_fields, "Invalid pdf url.", {"caption", &shape_rich_text, false});
MEDIA(file, file_fields, "Invalid file url.", {"caption", &shape_rich_text, false},
      {"name", &shape_string, false});

/* tables and columns */

static const struct shape table_width = {.kind = SHAPE_INTEGER, .min = 1};
OBJECT(table, {"table_width", &table_width, true}, {"has_column_header", &shape_boolean, false},
       {"has_row_header", &shape_boolean, false});
OBJECT(table_update, {"has_column_header", &shape_boolean, false},
       {"has_row_header", &shape_boolean, false});
static const struct shape cells = {
	.kind = SHAPE_ARRAY, .max = VALUE_ITEMS_MAX, .items = &shape_rich_text};
OBJECT(table_row, {"cells", &cells, true});
static const struct shape width_ratio = {.kind = SHAPE_RATIO};
OBJECT(column, {"width_ratio", &width_ratio, false});

/* The order is the one in which Notion lists them when it misses one. */
const struct block_type block_types[] = {
	{"embed", &embed, &embed_update, 3, CHILDREN_NONE, false},
	{"bookmark", &bookmark, &bookmark_update, 3, CHILDREN_NONE, false},
	{"image", &image, &image_update, 3, CHILDREN_NONE, false},
	{"video", &video, &video_update, 3, CHILDREN_NONE, false},
	{"pdf", &pdf, &pdf_update, 3, CHILDREN_NONE, false},
	{"file", &file, &file_update, 3, CHILDREN_NONE, false},
	{"audio", &audio, &audio_update, 3, CHILDREN_NONE, false},
	{"code", &code, &code_update, 3, CHILDREN_NONE, false},
	{"equation", &equation, &equation, 3, CHILDREN_NONE, false},
	{"divider", &nothing, &nothing, 3, CHILDREN_NONE, false},
	{"breadcrumb", &nothing, &nothing, 3, CHILDREN_NONE, false},
	{"tab", &nothing, &nothing, 3, CHILDREN_PARAGRAPHS, false},
	{"table_of_contents", &table_of_contents, &table_of_contents, 3, CHILDREN_NONE, false},
	{"link_to_page", &link_to_page, &link_to_page, 3, CHILDREN_NONE, false},
	{"table_row", &table_row, &table_row, 3, CHILDREN_NONE, false},
	{"table", &table, &table_update, 2, CHILDREN_ROWS, false},
	{"column_list", &nothing, NULL, 1, CHILDREN_COLUMNS, false},
	{"column", &column, &column, 1, CHILDREN_OF_COLUMN, false},
	{"heading_1", &heading, &heading, 3, CHILDREN_TOGGLE, false},
	{"heading_2", &heading, &heading, 3, CHILDREN_TOGGLE, false},
	{"heading_3", &heading, &heading, 3, CHILDREN_TOGGLE, false},
	{"heading_4", &heading, &heading, 3, CHILDREN_TOGGLE, false},
	{"paragraph", &paragraph, &paragraph_update, 3, CHILDREN_ANY, false},
	{"bulleted_list_item", &text, &text, 3, CHILDREN_ANY, false},
	{"numbered_list_item", &text, &text, 3, CHILDREN_ANY, false},
	{"quote", &text, &text, 3, CHILDREN_ANY, false},
	{"to_do", &to_do, &to_do_update, 3, CHILDREN_ANY, true},
	{"toggle", &text, &text, 3, CHILDREN_ANY, false},
	{"template", &template_text, &template_text, 3, CHILDREN_ANY, false},
	{"callout", &paragraph, &paragraph_update, 3, CHILDREN_ANY, true},
	{"synced_block", &synced_block, &synced_block, 3, CHILDREN_ANY, false},
	{0},
};

const struct block_type *block_type_find(const char *name)
{
	for (const struct block_type *type = block_types; type->name != NULL; type++) {
		if (strcmp(type->name, name) == 0) {
			return type;
		}
	}
	return NULL;
}
