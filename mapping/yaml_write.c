#include "mapping/yaml_write.h"

#include <string.h>
#include <strings.h>
#include <utf8proc.h>

/* Words that YAML 1.1 or 1.2 takes for null, a boolean, a merge or a default key. */
static const char *const special_words[] = {
	"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "<<", "=",
};

/* Numbers of any base, sexagesimals, dates, times, infinities: begins like one and has no other
 * characters. A few words too many are quoted ("2 bad"); none too few. */
static bool looks_numeric(const char *text, size_t len)
{
	return strchr("0123456789+-.", text[0]) != NULL &&
	       strspn(text, "0123456789abcdefABCDEFxXoOiInN_+-.:, tTzZ") == len;
}

/* Characters that stand for themselves in no plain or literal scalar. */
static bool needs_escape(int32_t character)
{
	return (character < 0x20 && character != '\n') || (character >= 0x7F && character < 0xA0) ||
	       character == 0x2028 || character == 0x2029 || character == 0xFEFF ||
	       (character & 0xFFFE) == 0xFFFE;
}

struct shape {
	bool has_newline;
	bool needs_escape;
	bool has_line_edge_space; /* a line starts or ends with one */
};

static struct shape look_at(const char *text, size_t len)
{
	struct shape shape = {0};
	for (size_t at = 0; at < len;) {
		int32_t character = 0;
		utf8proc_ssize_t used = utf8proc_iterate((const uint8_t *)text + at,
							 (utf8proc_ssize_t)(len - at), &character);
		if (used <= 0) {
			shape.needs_escape = true;
			used = 1;
			character = 0xFFFD;
		}
		if (character == '\n') {
			shape.has_newline = true;
		}
		if (character == ' ' &&
		    (at == 0 || text[at - 1] == '\n' || at + 1 == len || text[at + 1] == '\n')) {
			shape.has_line_edge_space = true;
		}
		shape.needs_escape |= needs_escape(character);
		at += (size_t)used;
	}
	return shape;
}

static bool is_plain_safe(const char *text, size_t len, bool in_flow)
{
	if (len == 0 || strchr("[]{}&*!|>%@`-?:,'\"#", text[0]) != NULL ||
	    strncmp(text, "...", 3) == 0 || looks_numeric(text, len)) {
		return false;
	}
	for (size_t i = 0; i < sizeof special_words / sizeof special_words[0]; i++) {
		if (strcasecmp(text, special_words[i]) == 0) {
			return false;
		}
	}
	if (text[len - 1] == ':' || strstr(text, ": ") != NULL || strstr(text, " #") != NULL) {
		return false;
	}
	if (in_flow && strpbrk(text, ",[]{}:?") != NULL) {
		return false;
	}
	struct shape shape = look_at(text, len);
	return !shape.has_newline && !shape.needs_escape && !shape.has_line_edge_space;
}

static void write_quoted(struct buf *out, const char *text, size_t len)
{
	buf_putc(out, '"');
	for (size_t at = 0; at < len;) {
		int32_t character = 0;
		utf8proc_ssize_t used = utf8proc_iterate((const uint8_t *)text + at,
							 (utf8proc_ssize_t)(len - at), &character);
		if (used <= 0) {
			used = 1;
			character = 0xFFFD;
			buf_puts(out, "\xef\xbf\xbd");
		} else if (character == '"' || character == '\\') {
			buf_printf(out, "\\%c", (char)character);
		} else if (character == '\n') {
			buf_puts(out, "\\n");
		} else if (character == '\t') {
			buf_puts(out, "\\t");
		} else if (character == '\r') {
			buf_puts(out, "\\r");
		} else if (!needs_escape(character)) {
			buf_append(out, text + at, (size_t)used);
		} else if (character < 0x100) {
			buf_printf(out, "\\x%02X", (unsigned)character);
		} else if (character < 0x10000) {
			buf_printf(out, "\\u%04X", (unsigned)character);
		} else {
			buf_printf(out, "\\U%08X", (unsigned)character);
		}
		at += (size_t)used;
	}
	buf_putc(out, '"');
}

void yaml_write_quoted(struct buf *out, const struct yaml_value *value)
{
	write_quoted(out, value != NULL ? value->text : "", value != NULL ? value->len : 0);
}

static void write_scalar(struct buf *out, const struct yaml_value *value, bool in_flow)
{
	if (value->is_plain || is_plain_safe(value->text, value->len, in_flow)) {
		buf_append(out, value->text, value->len);
	} else {
		write_quoted(out, value->text, value->len);
	}
}

static void write_flow(struct buf *out, const struct yaml_value *value)
{
	if (value->kind == YAML_SCALAR) {
		write_scalar(out, value, true);
		return;
	}
	buf_putc(out, value->kind == YAML_LIST ? '[' : '{');
	yaml_foreach(child, value)
	{
		if (child != value->first) {
			buf_puts(out, ", ");
		}
		if (child->key != NULL) {
			write_scalar(out, child->key, true);
			buf_puts(out, ": ");
		}
		write_flow(out, child);
	}
	buf_putc(out, value->kind == YAML_LIST ? ']' : '}');
}

void yaml_write_line(struct buf *out, const struct yaml_value *value)
{
	if (yaml_is_empty(value)) {
		return;
	}
	if (value->kind == YAML_SCALAR) {
		write_scalar(out, value, false);
	} else {
		write_flow(out, value);
	}
}

/* Can this text stand as `|` lines, and come back from them byte by byte? */
static bool is_literal_safe(const struct yaml_value *value)
{
	if (value->text[0] == '\n') {
		return false;
	}
	struct shape shape = look_at(value->text, value->len);
	return shape.has_newline && !shape.needs_escape && !shape.has_line_edge_space;
}

static void write_spaces(struct buf *out, unsigned count)
{
	buf_printf(out, "%*s", (int)count, "");
}

static void write_literal(struct buf *out, unsigned indent, const struct yaml_value *value)
{
	const char *text = value->text;
	size_t len = value->len;
	size_t trailing = 0;
	while (trailing < len && text[len - 1 - trailing] == '\n') {
		trailing++;
	}
	buf_puts(out, trailing == 0 ? " |-" : trailing == 1 ? " |" : " |+");
	for (size_t at = 0; at < len - trailing;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line_len = end != NULL ? (size_t)(end - text) - at : len - at;
		buf_putc(out, '\n');
		if (line_len > 0) {
			write_spaces(out, indent + 2);
		}
		buf_append(out, text + at, line_len);
		at += line_len + 1;
	}
	for (size_t i = 1; i < trailing; i++) {
		buf_putc(out, '\n');
	}
}

/* Columns of a text that has no control characters: wide ones count two. */
static size_t count_columns(const char *text, size_t len)
{
	size_t columns = 0;
	for (size_t at = 0; at < len;) {
		int32_t character = 0;
		utf8proc_ssize_t used = utf8proc_iterate((const uint8_t *)text + at,
							 (utf8proc_ssize_t)(len - at), &character);
		if (used <= 0) {
			return columns + len - at;
		}
		columns += (size_t)utf8proc_charwidth(character);
		at += (size_t)used;
	}
	return columns;
}

void yaml_write_after_key(struct buf *out, unsigned indent, size_t key_columns,
			  const struct yaml_value *value)
{
	if (yaml_is_empty(value)) {
		return;
	}
	if (value->kind == YAML_SCALAR && !value->is_plain && !value->is_quoted &&
	    is_literal_safe(value)) {
		write_literal(out, indent, value);
		return;
	}
	size_t start = out->len;
	buf_putc(out, ' ');
	yaml_write_line(out, value);
	if (value->kind != YAML_LIST || out->failed ||
	    indent + key_columns + count_columns(out->data + start, out->len - start) <=
		    YAML_LINE_MAX_COLUMNS) {
		return;
	}
	buf_truncate(out, start);
	yaml_foreach(child, value)
	{
		buf_putc(out, '\n');
		write_spaces(out, indent + 2);
		buf_puts(out, "- ");
		if (yaml_is_empty(child)) {
			buf_puts(out, "\"\"");
		}
		yaml_write_line(out, child);
	}
}

void yaml_write_entry(struct buf *out, unsigned indent, const char *key,
		      const struct yaml_value *value)
{
	write_spaces(out, indent);
	struct yaml_value name = {.kind = YAML_SCALAR, .text = key, .len = strlen(key)};
	size_t start = out->len;
	write_scalar(out, &name, false);
	buf_putc(out, ':');
	yaml_write_after_key(out, indent, count_columns(out->data + start, out->len - start),
			     value);
	buf_putc(out, '\n');
}
