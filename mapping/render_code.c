#include <string.h>

#include "mapping/code_language.h"
#include "mapping/renderer.h"

/* The longest run of `c` in the text. */
static size_t longest_run(const char *text, size_t len, char c)
{
	size_t longest = 0;
	size_t run = 0;
	for (size_t i = 0; i < len; i++) {
		run = text[i] == c ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* The caption as an attribute's value. A backtick could end the fence's line. */
static void append_caption(struct renderer *renderer, const struct block *code, struct buf *out)
{
	CLEANUP(buf) struct buf caption;
	CLEANUP(buf) struct buf attribute;

	buf_init(&caption, BUF_PAGE_MAX_BYTES);
	buf_init(&attribute, BUF_PAGE_MAX_BYTES);
	render_inline(renderer, &code->caption, INLINE_TAG, &caption);
	tag_render_attribute(&attribute, "caption", caption.data);
	for (size_t i = 0; i < attribute.len; i++) {
		if (attribute.data[i] == '`') {
			buf_puts(out, "&#96;");
		} else {
			buf_putc(out, attribute.data[i]);
		}
	}
}

static bool compose_fence(struct renderer *renderer, const struct block *code, struct buf *out)
{
	const char *info = code_language_info(code->language);
	const struct run *run = code->text.count > 0 ? &code->text.runs[0] : NULL;

	if (info == NULL || code->text.count > 1 ||
	    (run != NULL &&
	     (run->kind != RUN_TEXT || run->style != 0 || run->color != COLOR_DEFAULT ||
	      run->extra != NULL || run->link != NULL))) {
		return false;
	}
	size_t longest = run != NULL ? longest_run(run->text, run->text_len, '`') : 0;
	size_t fence_len = longest < 3 ? 3 : longest + 1;
	for (size_t i = 0; i < fence_len; i++) {
		buf_putc(out, '`');
	}
	buf_puts(out, info);
	if (code->caption.count > 0) {
		buf_puts(out, " {");
		size_t start = out->len;
		append_caption(renderer, code, out);
		buf_splice(out, start, 1, NULL, 0); /* the attribute's leading space */
		buf_putc(out, '}');
	}
	buf_putc(out, '\n');
	if (run != NULL) {
		buf_append(out, run->text, run->text_len);
		buf_putc(out, '\n');
	}
	for (size_t i = 0; i < fence_len; i++) {
		buf_putc(out, '`');
	}
	return true;
}

static void compose_tag(struct renderer *renderer, const struct block *code, bool is_one_line,
			struct buf *out)
{
	buf_puts(out, "<code-block");
	if (strcmp(code->language, "plain text") != 0) {
		tag_render_attribute(out, "language", code->language);
	}
	if (code->caption.count > 0) {
		append_caption(renderer, code, out);
	}
	buf_putc(out, '>');
	if (is_one_line) {
		render_inline(renderer, &code->text, INLINE_TAG, out);
	} else {
		buf_putc(out, '\n');
		inline_render(&code->text, INLINE_VALUE, false, renderer->names, out);
		buf_putc(out, '\n');
	}
	buf_puts(out, "</code-block>");
}

static bool compose_code(struct renderer *renderer, const struct block *code, unsigned attempt,
			 struct buf *out)
{
	if (attempt == 0 && compose_fence(renderer, code, out)) {
		return true;
	}
	if (attempt < 2) {
		compose_tag(renderer, code, false, out);
	} else {
		compose_tag(renderer, code, true, out);
	}
	return attempt < 3;
}

/* Lines without a backtick can't end the fence; what else a fence holds is taken as it is. */
static bool is_sure(const struct block *code)
{
	const struct run *run = code->text.runs;
	if (code->text.count != 1 || code->caption.count > 0 || run->text[0] == '\n' ||
	    run->text[run->text_len - 1] == '\n') {
		return false;
	}
	for (size_t i = 0; i < run->text_len; i++) {
		unsigned char byte = (unsigned char)run->text[i];
		if (byte == '`' || byte == 0x7f || (byte < ' ' && byte != '\n' && byte != '\t')) {
			return false;
		}
	}
	return true;
}

void render_code(struct renderer *renderer, const struct block *code)
{
	struct block complete = *code;

	if (complete.language == NULL) {
		complete.language = "plain text";
	}
	buf_clear(&renderer->text);
	if (!is_sure(&complete) || !compose_fence(renderer, &complete, &renderer->text)) {
		(void)render_verified(renderer, &complete, compose_code);
	}
	render_lines(renderer, renderer->text.data, renderer->text.len);
}

static bool compose_equation(struct renderer *renderer, const struct block *equation,
			     unsigned attempt, struct buf *out)
{
	(void)renderer;
	if (attempt == 0) {
		buf_puts(out, "$$\n");
		if (equation->expression[0] != '\0') {
			buf_puts(out, equation->expression);
			buf_putc(out, '\n');
		}
		buf_puts(out, "$$");
	} else {
		buf_puts(out, "<equation");
		tag_render_attribute(out, "expression", equation->expression);
		buf_puts(out, " />");
	}
	return attempt < 2;
}

void render_equation(struct renderer *renderer, const struct block *equation)
{
	struct block complete = *equation;

	if (complete.expression == NULL) {
		complete.expression = "";
	}
	(void)render_verified(renderer, &complete, compose_equation);
	render_lines(renderer, renderer->text.data, renderer->text.len);
}
