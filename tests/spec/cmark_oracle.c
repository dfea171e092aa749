/*
 * Block structure against cmark, the reference of CommonMark: random documents of the marks both
 * know must nest the same way.
 *
 * Compared is an outline: types, levels and nesting, without text. Left out is where the dialect
 * differs by intent: pictures and equations are blocks, HTML and reference definitions are text,
 * an open fence is an error, two columns are enough below a numbered item, and what is indented
 * below an empty item and a blank line belongs to the item.
 *
 * cmark_oracle [count [seed]]: TAP, one case.
 */
#include <cmark.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "mapping/parse.h"
#include "tests/spec/random_tree.h"

#define PICK(random, list) (list)[random_below(random, sizeof(list) / sizeof((list)[0]))]

/* One line of a document; the marks cmark and the dialect share. */
static const char *const starts[] = {
	"",	  "",	  "",	 "",	 "- ",	  "* ",	   "+ ",      "1. ",
	"1) ",	  "2. ",  "> ",	 "> ",	 "> > ",  "> - ",  "- > ",    "   - ",
	"    - ", "\t- ", "\t",	 "    ", "- - ",  "# ",	   "## ",     "   # ",
	"-\n",	  "> \n", ">\n", "   ",	 "1. - ", "     ", "    1. ",
};
static const char *const contents[] = {
	"word",
	"two words",
	"a\nb",
	"",
	"",
	"",
	"---",
	"***",
	"===",
	"- - -",
	"#",
	"# #",
	"text\\",
	"text  ",
	"1984.",
	"-",
	"+x",
	"#x",
	"####### x",
	"* * *\n",
	"--",
	"=",
	"code\n    more",
};
static const char *const fences[] = {
	"```\ncode\n\n  more\n```",
	"~~~ c\n```\n~~~",
	"    indented\n\n    code",
	"````\n```\n````",
};

static void random_document(struct random *random, struct buf *out)
{
	unsigned count = 1 + random_below(random, 6);
	for (unsigned i = 0; i < count; i++) {
		if (random_below(random, 12) == 0) {
			buf_puts(out, PICK(random, fences));
		} else {
			buf_puts(out, PICK(random, starts));
			buf_puts(out, PICK(random, contents));
		}
		buf_puts(out, random_below(random, 3) == 0 ? "\n\n" : "\n");
	}
}

/* The outline of a tree: p h1 bullet(…) number(…) quote(…) code divider */
static void outline_blocks(const struct block *parent, struct buf *out)
{
	block_children_foreach (block, parent) {
		switch (block->type) {
		case BLOCK_PARAGRAPH: buf_puts(out, "p "); break;
		case BLOCK_HEADING_1:
		case BLOCK_HEADING_2:
		case BLOCK_HEADING_3:
		case BLOCK_HEADING_4:
			buf_printf(out, "h%d ", (int)(block->type - BLOCK_HEADING_1) + 1);
			break;
		case BLOCK_CODE: buf_puts(out, "code "); break;
		case BLOCK_DIVIDER: buf_puts(out, "divider "); break;
		default:
			buf_puts(out, block->type == BLOCK_QUOTE		? "quote("
				      : block->type == BLOCK_BULLETED_LIST_ITEM ? "bullet("
										: "number(");
			/* The text of an item or quote is a paragraph to cmark. */
			if (block->text.count > 0) {
				buf_puts(out, "p ");
			}
			outline_blocks(block, out);
			buf_puts(out, ") ");
			break;
		}
	}
}

static void outline_nodes(cmark_node *parent, struct buf *out)
{
	for (cmark_node *node = cmark_node_first_child(parent); node != NULL;
	     node = cmark_node_next(node)) {
		int level = 0;
		switch (cmark_node_get_type(node)) {
		case CMARK_NODE_PARAGRAPH: buf_puts(out, "p "); break;
		case CMARK_NODE_HEADING:
			level = cmark_node_get_heading_level(node);
			buf_printf(out, "h%d ", level < 4 ? level : 4);
			break;
		case CMARK_NODE_CODE_BLOCK: buf_puts(out, "code "); break;
		case CMARK_NODE_THEMATIC_BREAK: buf_puts(out, "divider "); break;
		case CMARK_NODE_LIST: outline_nodes(node, out); break;
		case CMARK_NODE_BLOCK_QUOTE:
			buf_puts(out, "quote(");
			outline_nodes(node, out);
			buf_puts(out, ") ");
			break;
		case CMARK_NODE_ITEM:
			buf_puts(out, cmark_node_get_list_type(parent) == CMARK_BULLET_LIST
					      ? "bullet("
					      : "number(");
			outline_nodes(node, out);
			buf_puts(out, ") ");
			break;
		default: buf_puts(out, "? "); break;
		}
	}
}

enum verdict { SAME, DIFFERENT, REFUSED /* by us, or an empty item */ };

static enum verdict compare(const struct buf *text, bool is_verbose)
{
	CLEANUP(buf) struct buf ours;
	CLEANUP(buf) struct buf theirs;
	CLEANUP(block_tree) struct block_tree *tree = NULL;

	buf_init(&ours, BUF_PAGE_MAX_BYTES);
	buf_init(&theirs, BUF_PAGE_MAX_BYTES);
	if (parse_blocks(text->data, text->len, 1, NULL, NULL, NULL, &tree) != 0) {
		return REFUSED;
	}
	outline_blocks(&tree->root, &ours);
	cmark_node *document = cmark_parse_document(text->data, text->len, CMARK_OPT_DEFAULT);
	outline_nodes(document, &theirs);
	cmark_node_free(document);
	bool is_same = strcmp(ours.data, theirs.data) == 0;
	if (!is_same &&
	    (strstr(theirs.data, "bullet()") != NULL || strstr(theirs.data, "number()") != NULL)) {
		return REFUSED;
	}
	if (!is_same && is_verbose) {
		printf("# ours:   %s\n# theirs: %s\n# of\n%s", ours.data, theirs.data, text->data);
	}
	return is_same ? SAME : DIFFERENT;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	unsigned long different = 0;
	unsigned long refused = 0;

	for (unsigned long i = 0; i < count; i++) {
		struct random random = {.state = (seed + i) * 0x9e3779b97f4a7c15u | 1};
		CLEANUP(buf) struct buf text;
		buf_init(&text, BUF_PAGE_MAX_BYTES);
		random_document(&random, &text);
		switch (compare(&text, different < 5)) {
		case SAME: break;
		case REFUSED: refused++; break;
		case DIFFERENT:
			printf("# seed %llu\n", (unsigned long long)(seed + i));
			different++;
			break;
		}
	}
	bool is_good = different == 0 && refused * 10 < count;
	printf("%s 1 - %lu documents from seed %llu nest as in cmark, %lu differ, %lu are left "
	       "out\n"
	       "1..1\n",
	       is_good ? "ok" : "not ok", count, (unsigned long long)seed, different, refused);
	return is_good ? 0 : 1;
}
