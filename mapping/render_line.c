#include <string.h>

#include "mapping/inline_safe.h"
#include "mapping/parse.h"
#include "mapping/renderer.h"

void render_line(struct renderer *renderer, const char *text, size_t len)
{
	const struct buf *prefix = &renderer->prefix;
	size_t prefix_len = prefix->len;

	if (len == 0) {
		while (prefix_len > 0 && (prefix->data[prefix_len - 1] == ' ' ||
					  prefix->data[prefix_len - 1] == '\t')) {
			prefix_len--;
		}
	}
	buf_append(renderer->out, prefix->data, prefix_len);
	buf_append(renderer->out, text, len);
	buf_putc(renderer->out, '\n');
}

void render_lines(struct renderer *renderer, const char *text, size_t len)
{
	const char *end = text + len;
	const char *feed = NULL;

	while ((feed = memchr(text, '\n', (size_t)(end - text))) != NULL) {
		render_line(renderer, text, (size_t)(feed - text));
		text = feed + 1;
	}
	render_line(renderer, text, (size_t)(end - text));
}

void append_prefixed(struct buf *out, const char *text, size_t len, const char *prefix)
{
	const char *end = text + len;
	const char *feed = NULL;

	while ((feed = memchr(text, '\n', (size_t)(end - text))) != NULL) {
		buf_append(out, text, (size_t)(feed + 1 - text));
		buf_puts(out, prefix);
		text = feed + 1;
	}
	buf_append(out, text, (size_t)(end - text));
}

void render_blank(struct renderer *renderer)
{
	render_line(renderer, "", 0);
}

bool render_safe(struct renderer *renderer, const char *before, const struct rich_text *text)
{
	if (!inline_is_safe(text)) {
		return false;
	}
	buf_append(renderer->out, renderer->prefix.data, renderer->prefix.len);
	buf_puts(renderer->out, before);
	inline_safe_render(text, renderer->out);
	buf_putc(renderer->out, '\n');
	return true;
}

static bool parses_back(struct renderer *renderer, const struct block *block)
{
	CLEANUP(block_tree) struct block_tree *tree = NULL;

	if (parse_blocks(renderer->text.data, renderer->text.len, 1, NULL, renderer->names, NULL,
			 &tree) != 0 ||
	    tree->root.child_count != 1) {
		return false;
	}
	const struct block *again = tree->root.first_child;
	return block->type == BLOCK_TABLE
		       ? block_subtree_equal(block, again)
		       : block_payload_equal(block, again) && again->child_count == 0;
}

int render_verified(struct renderer *renderer, const struct block *block, compose_function *compose)
{
	for (unsigned attempt = 0;; attempt++) {
		buf_clear(&renderer->text);
		if (!compose(renderer, block, attempt, &renderer->text)) {
			return -1;
		}
		if (parses_back(renderer, block)) {
			return (int)attempt;
		}
	}
}

void render_inline(struct renderer *renderer, const struct rich_text *text,
		   enum inline_context context, struct buf *out)
{
	CLEANUP(arena) struct arena arena = {0};
	size_t start = out->len;
	struct rich_text again = {0};

	if (context != INLINE_VALUE && inline_is_safe(text)) {
		inline_safe_render(text, out);
		return;
	}
	inline_render_unchecked(text, context, false, renderer->names, out);
	inline_parse(&arena, out->data + start, out->len - start, context, renderer->names, 0, NULL,
		     &again);
	if (!rich_text_equal(text, &again) ||
	    memchr(out->data + start, '\n', out->len - start) != NULL) {
		buf_truncate(out, start);
		inline_render_unchecked(text, context, true, renderer->names, out);
	}
}
