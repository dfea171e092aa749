/* Any bytes as a file. What parses is rendered, and parses to the same blocks again. */
#include <string.h>

#include "mapping/parse.h"
#include "mapping/render.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	CLEANUP(block_tree) struct block_tree *first = NULL;
	CLEANUP(block_tree) struct block_tree *second = NULL;
	CLEANUP(buf) struct buf text;
	CLEANUP(buf) struct buf again;
	struct page_text page;

	diagnostics_init(&diagnostics);
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	buf_init(&again, BUF_PAGE_MAX_BYTES);
	if (size > 100000) {
		return 0;
	}
	parse_split((const char *)data, size, &page);
	if (parse_blocks(page.body, page.body_len, page.body_line, NULL, NULL, &diagnostics,
			 &first) != 0) {
		LAW(diagnostics_first_error(&diagnostics) != NULL);
		LAW(diagnostics_first_error(&diagnostics)->line >= page.body_line);
		return 0;
	}
	LAW(!diagnostics.has_error);
	render_page(NULL, first, NULL, &text);
	LAW(buf_check(&text) == 0);
	parse_split(text.data, text.len, &page);
	LAW(parse_blocks(page.body, page.body_len, page.body_line, first, NULL, &diagnostics,
			 &second) == 0);
	LAW(block_subtree_equal(&first->root, &second->root));
	render_page(NULL, second, NULL, &again);
	LAW(text.len == again.len && memcmp(text.data, again.data, text.len) == 0);
	return 0;
}
