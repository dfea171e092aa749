#include <stdio.h>
#include <string.h>

#include "mapping/block_attribute.h"
#include "mapping/link_destination.h"
#include "mapping/parse_tag.h"

static bool is_true(const struct block_tag *tag, const char *name)
{
	const char *value = tag_attribute(&tag->tag, name);
	return value != NULL && strcmp(value, "false") != 0;
}

/* v2's name of the attribute, or v1's. */
static const char *source_of(const struct block_tag *tag)
{
	static const char *const names[] = {"source", "src", "url"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = tag_attribute(&tag->tag, names[i]);
		if (value != NULL) {
			return value;
		}
	}
	return NULL;
}

static void apply_color(struct parser *parser, struct block *block, const struct block_tag *tag,
			const struct line *line)
{
	const char *value = tag_attribute(&tag->tag, "color");
	const char *later = tag_attribute(&tag->tag, "api-color");
	if (later != NULL && color_from_attribute(later, strlen(later)) == COLOR_COUNT) {
		block->color_name = later[0] != '\0' ? later : NULL;
	} else if (later != NULL) {
		block->color = color_from_attribute(later, strlen(later));
	}
	if (value == NULL || value[0] == '\0') {
		return;
	}
	enum color color = color_from_attribute(value, strlen(value));
	if (color == COLOR_COUNT) {
		parser_fail(parser, line->number, line_character(line),
			    "color=\"%.40s\" is unknown, use gray, brown, orange, yellow, green, "
			    "blue, purple, pink, red, or one of these with _bg",
			    value);
		return;
	}
	block->color = color;
}

static void apply_media(struct block *block, const struct block_tag *tag)
{
	const char *type = tag_attribute(&tag->tag, "type");

	block->url = source_of(tag);
	block->name = block->type == BLOCK_FILE ? tag_attribute(&tag->tag, "name") : NULL;
	block->media = block->url != NULL ? media_kind_of_url(block->url) : MEDIA_NONE;
	if (type != NULL && block->url != NULL) {
		block->media = strcmp(type, "file") == 0	  ? MEDIA_FILE
			       : strcmp(type, "external") == 0	  ? MEDIA_EXTERNAL
			       : strcmp(type, "file_upload") == 0 ? MEDIA_FILE_UPLOAD
								  : block->media;
	}
	if (block->media == MEDIA_NONE) {
		block->url = NULL;
	}
}

/* The id in url="…"; an error when there is a URL without one. */
static bool target_of(struct parser *parser, const struct block_tag *tag, const struct line *line,
		      struct uuid *ret_id)
{
	const char *url = source_of(tag);
	if (url == NULL) {
		return false;
	}
	if (uuid_from_url(url, strlen(url), ret_id) != 0 &&
	    uuid_parse(url, strlen(url), ret_id) != 0) {
		parser_fail(parser, line->number, line_character(line),
			    "url=\"%.80s\" names no page or block, use its Notion URL", url);
		return false;
	}
	return true;
}

static void apply_link(struct parser *parser, struct block *block, const struct block_tag *tag,
		       const struct line *line)
{
	const char *type = tag_attribute(&tag->tag, "type");

	if (!target_of(parser, tag, line, &block->target) && !parser->failed) {
		parser_fail(parser, line->number, line_character(line),
			    "<link-to-page> has no url, give the page's Notion URL");
	}
	block->link_target = type == NULL		     ? LINK_TO_PAGE_ID
			     : strcmp(type, "database") == 0 ? LINK_TO_DATABASE_ID
			     : strcmp(type, "comment") == 0  ? LINK_TO_COMMENT_ID
							     : LINK_TO_PAGE_ID;
}

static void apply_reference(struct parser *parser, struct block *block, const struct block_tag *tag,
			    const struct line *line)
{
	if (strstr(tag->rule->name, "reference") == NULL) {
		return;
	}
	block->is_synced_copy = target_of(parser, tag, line, &block->target);
	if (!block->is_synced_copy && !parser->failed) {
		parser_fail(parser, line->number, line_character(line),
			    "<%s> has no url, give the original's Notion URL or write "
			    "<synced-block>",
			    tag->rule->name);
	}
}

static void apply_column(struct parser *parser, struct block *block, const struct block_tag *tag)
{
	const char *percent = tag_attribute(&tag->tag, "ratio");

	block->width_ratio = tag_attribute(&tag->tag, "width-ratio");
	if (block->width_ratio == NULL && percent != NULL) {
		block->width_ratio = ratio_from_percent(&parser->tree->arena, percent);
	}
}

static void apply_code(struct parser *parser, struct block *block, const struct block_tag *tag)
{
	const char *caption = tag_attribute(&tag->tag, "caption");

	block->language = tag_attribute(&tag->tag, "language");
	if (block->language == NULL) {
		block->language = "plain text";
	}
	if (caption != NULL) {
		inline_parse(&parser->tree->arena, caption, strlen(caption), INLINE_TAG,
			     parser->names, block->line, parser->diagnostics, &block->caption);
	}
}

static void apply_table(struct block *block, const struct block_tag *tag)
{
	const char *width = tag_attribute(&tag->tag, "columns");

	block->has_column_header = is_true(tag, "header-row");
	block->has_row_header = is_true(tag, "header-column");
	if (width != NULL) {
		block->table_width = (unsigned)strtoul(width, NULL, 10);
	}
}

/* What each kind of tag understands, one blank around each. NULL: whatever it has is Notion's. */
static const char *known_attributes(const struct block *block)
{
	switch (block->type) {
	case BLOCK_HEADING_1:
	case BLOCK_HEADING_2:
	case BLOCK_HEADING_3:
	case BLOCK_HEADING_4: return " color heading toggle ";
	case BLOCK_TO_DO: return " checked color ";
	case BLOCK_PARAGRAPH:
	case BLOCK_CALLOUT: return " icon color ";
	case BLOCK_BULLETED_LIST_ITEM:
	case BLOCK_NUMBERED_LIST_ITEM:
	case BLOCK_QUOTE:
	case BLOCK_TEMPLATE:
	case BLOCK_TABLE_OF_CONTENTS: return " color ";
	case BLOCK_TOGGLE: return " color open ";
	case BLOCK_CODE: return " language caption ";
	case BLOCK_EQUATION: return " expression ";
	case BLOCK_TABLE: return " header-row header-column columns fit-page-width ";
	case BLOCK_COLUMN: return " ratio width-ratio ";
	case BLOCK_IMAGE:
	case BLOCK_VIDEO:
	case BLOCK_AUDIO:
	case BLOCK_PDF: return " source src url type ";
	case BLOCK_FILE: return " source src url type name ";
	case BLOCK_BOOKMARK:
	case BLOCK_EMBED: return " source src url ";
	case BLOCK_DIVIDER:
	case BLOCK_BREADCRUMB:
	case BLOCK_COLUMN_LIST:
	case BLOCK_TAB: return " ";
	default: return NULL;
	}
}

/* The text stays as it is in the file, but Notion has no place for them. */
static void warn_of_unknown(struct parser *parser, const struct block *block,
			    const struct block_tag *tag, const struct line *line)
{
	const char *known = known_attributes(block);

	for (size_t i = 0; known != NULL && i < tag->tag.attribute_count; i++) {
		char name[80];
		(void)snprintf(name, sizeof(name), " %.70s ", tag->tag.attributes[i].name);
		bool is_color =
			strcmp(name, " api-color ") == 0 && strstr(known, " color ") != NULL;
		if (strstr(known, name) == NULL && !is_color) {
			diagnostics_add(parser->diagnostics, SEVERITY_WARNING, line->number,
					line_character(line),
					"Notion has no%sfor <%s>, it is not sent", name,
					tag->rule->name);
		}
	}
}

void apply_attributes(struct parser *parser, struct block *block, const struct block_tag *tag,
		      const struct line *line)
{
	const char *icon = tag_attribute(&tag->tag, "icon");

	warn_of_unknown(parser, block, tag, line);
	switch (block->type) {
	case BLOCK_HEADING_1:
	case BLOCK_HEADING_2:
	case BLOCK_HEADING_3:
	case BLOCK_HEADING_4:
		block->is_toggleable = tag->rule->type == BLOCK_TOGGLE || is_true(tag, "toggle");
		apply_color(parser, block, tag, line);
		break;
	case BLOCK_TO_DO:
		block->checked = is_true(tag, "checked");
		apply_color(parser, block, tag, line);
		break;
	case BLOCK_PARAGRAPH:
	case BLOCK_CALLOUT:
		if (icon != NULL) {
			block->icon =
				icon_from_attribute(&parser->tree->arena, icon, parser->names);
		}
		apply_color(parser, block, tag, line);
		break;
	case BLOCK_BULLETED_LIST_ITEM:
	case BLOCK_NUMBERED_LIST_ITEM:
	case BLOCK_TOGGLE:
	case BLOCK_QUOTE:
	case BLOCK_TEMPLATE:
	case BLOCK_TABLE_OF_CONTENTS: apply_color(parser, block, tag, line); break;
	case BLOCK_CODE: apply_code(parser, block, tag); break;
	case BLOCK_EQUATION: block->expression = tag_attribute(&tag->tag, "expression"); break;
	case BLOCK_TABLE: apply_table(block, tag); break;
	case BLOCK_COLUMN: apply_column(parser, block, tag); break;
	case BLOCK_SYNCED_BLOCK: apply_reference(parser, block, tag, line); break;
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE:
		block->name = "";
		block->has_id = target_of(parser, tag, line, &block->id);
		break;
	case BLOCK_LINK_TO_PAGE: apply_link(parser, block, tag, line); break;
	case BLOCK_IMAGE:
	case BLOCK_VIDEO:
	case BLOCK_AUDIO:
	case BLOCK_PDF:
	case BLOCK_FILE: apply_media(block, tag); break;
	case BLOCK_BOOKMARK:
	case BLOCK_EMBED:
	case BLOCK_LINK_PREVIEW:
		block->url = source_of(tag);
		if (block->url == NULL) {
			block->url = "";
		}
		break;
	case BLOCK_UNSUPPORTED: block->block_type = tag_attribute(&tag->tag, "alt"); break;
	case BLOCK_OTHER: block->block_type = tag_attribute(&tag->tag, "type"); break;
	default: break;
	}
}
