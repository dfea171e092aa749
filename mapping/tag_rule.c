#include "mapping/tag_rule.h"

#include <string.h>

#include "mapping/line.h"

static const struct tag_rule rules[] = {
	{"p", BLOCK_PARAGRAPH, TAG_TITLED, NULL},
	{"h1", BLOCK_HEADING_1, TAG_TITLED, NULL},
	{"h2", BLOCK_HEADING_2, TAG_TITLED, NULL},
	{"h3", BLOCK_HEADING_3, TAG_TITLED, NULL},
	{"h4", BLOCK_HEADING_4, TAG_TITLED, NULL},
	{"h5", BLOCK_HEADING_4, TAG_TITLED, NULL},
	{"h6", BLOCK_HEADING_4, TAG_TITLED, NULL},
	{"ul", BLOCK_BULLETED_LIST_ITEM, TAG_WRAPPER, NULL},
	{"ol", BLOCK_NUMBERED_LIST_ITEM, TAG_WRAPPER, NULL},
	{"li", BLOCK_BULLETED_LIST_ITEM, TAG_TITLED, "ul"}, /* or <ol> */
	{"todo", BLOCK_TO_DO, TAG_TITLED, NULL},
	{"quote", BLOCK_QUOTE, TAG_TITLED, NULL},
	{"callout", BLOCK_CALLOUT, TAG_TITLED, NULL},
	{"toggle", BLOCK_TOGGLE, TAG_TITLED, NULL},
	{"details", BLOCK_TOGGLE, TAG_TITLED, NULL},
	{"summary", BLOCK_PARAGRAPH, TAG_LEAF, "details"},
	{"code-block", BLOCK_CODE, TAG_RAW, NULL},
	{"equation", BLOCK_EQUATION, TAG_RAW, NULL},
	{"table", BLOCK_TABLE, TAG_RAW, NULL},
	{"tr", BLOCK_TABLE_ROW, TAG_RAW, "table"},
	{"columns", BLOCK_COLUMN_LIST, TAG_CONTAINER, NULL},
	{"column", BLOCK_COLUMN, TAG_CONTAINER, "columns"},
	{"synced-block", BLOCK_SYNCED_BLOCK, TAG_CONTAINER, NULL},
	{"synced_block", BLOCK_SYNCED_BLOCK, TAG_CONTAINER, NULL},
	{"synced-block-reference", BLOCK_SYNCED_BLOCK, TAG_CONTAINER, NULL},
	{"synced_block_reference", BLOCK_SYNCED_BLOCK, TAG_CONTAINER, NULL},
	{"tabs", BLOCK_TAB, TAG_CONTAINER, NULL},
	{"tab", BLOCK_PARAGRAPH, TAG_TITLED, "tabs"},
	{"template", BLOCK_TEMPLATE, TAG_TITLED, NULL},
	{"page", BLOCK_CHILD_PAGE, TAG_TITLED, NULL},
	{"database", BLOCK_CHILD_DATABASE, TAG_TITLED, NULL},
	{"link-to-page", BLOCK_LINK_TO_PAGE, TAG_LEAF, NULL},
	{"link-preview", BLOCK_LINK_PREVIEW, TAG_LEAF, NULL},
	{"table-of-contents", BLOCK_TABLE_OF_CONTENTS, TAG_VOID, NULL},
	{"table_of_contents", BLOCK_TABLE_OF_CONTENTS, TAG_VOID, NULL},
	{"breadcrumb", BLOCK_BREADCRUMB, TAG_VOID, NULL},
	{"divider", BLOCK_DIVIDER, TAG_VOID, NULL},
	{"empty-block", BLOCK_PARAGRAPH, TAG_VOID, NULL},
	{"image", BLOCK_IMAGE, TAG_LEAF, NULL},
	{"video", BLOCK_VIDEO, TAG_LEAF, NULL},
	{"audio", BLOCK_AUDIO, TAG_LEAF, NULL},
	{"pdf", BLOCK_PDF, TAG_LEAF, NULL},
	{"file", BLOCK_FILE, TAG_LEAF, NULL},
	{"bookmark", BLOCK_BOOKMARK, TAG_LEAF, NULL},
	{"embed", BLOCK_EMBED, TAG_LEAF, NULL},
	{"meeting-notes", BLOCK_MEETING_NOTES, TAG_CONTAINER, NULL},
	{"transcription", BLOCK_TRANSCRIPTION, TAG_CONTAINER, NULL},
	{"ai-block", BLOCK_AI_BLOCK, TAG_CONTAINER, NULL},
	{"unknown", BLOCK_UNSUPPORTED, TAG_CONTAINER, NULL},
};

static const struct tag_rule *find_rule(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strlen(rules[i].name) == len && memcmp(rules[i].name, name, len) == 0) {
			return &rules[i];
		}
	}
	return NULL;
}

bool tag_rule_accepts(const struct tag_rule *rule, enum block_type type)
{
	switch (rule->shape) {
	case TAG_LEAF:
	case TAG_VOID:
	case TAG_RAW: return false;
	case TAG_WRAPPER: return type == rule->type;
	case TAG_TITLED: return true;
	case TAG_CONTAINER:
		return rule->type == BLOCK_COLUMN_LIST ? type == BLOCK_COLUMN
		       : rule->type == BLOCK_TAB       ? type == BLOCK_PARAGRAPH
						       : true;
	}
	return true;
}

const struct tag_rule *tag_rule_find(const char *text, size_t len)
{
	size_t name_len = 0;
	while (name_len < len && name_len < 31 &&
	       ((text[name_len] >= 'a' && text[name_len] <= 'z') ||
		(text[name_len] >= '0' && text[name_len] <= '9') || text[name_len] == '-' ||
		text[name_len] == '_')) {
		name_len++;
	}
	return name_len > 0 ? find_rule(text, name_len) : NULL;
}

const struct tag_rule *scan_close_tag(const char *text, size_t len)
{
	if (len < 4 || text[0] != '<' || text[1] != '/') {
		return NULL;
	}
	const struct tag_rule *rule = tag_rule_find(text + 2, len - 2);
	return rule != NULL && is_close_tag_line(text, len, rule) ? rule : NULL;
}

bool is_close_tag_line(const char *text, size_t len, const struct tag_rule *rule)
{
	size_t name_len = strlen(rule->name);

	len = trim_end(text, len);
	return len == name_len + 3 && text[0] == '<' && text[1] == '/' && text[len - 1] == '>' &&
	       memcmp(text + 2, rule->name, name_len) == 0;
}
