#include "tools/sim/json_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define JSON_TEXT_MAX_BYTES ((size_t)1 << 30)

static void append_string(struct buf *buf, const char *text, size_t len)
{
	buf_putc(buf, '"');
	size_t start = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c >= 0x20 && c != '"' && c != '\\') {
			continue;
		}
		buf_append(buf, text + start, i - start);
		start = i + 1;
		switch (c) {
		case '"': buf_puts(buf, "\\\""); break;
		case '\\': buf_puts(buf, "\\\\"); break;
		case '\n': buf_puts(buf, "\\n"); break;
		case '\r': buf_puts(buf, "\\r"); break;
		case '\t': buf_puts(buf, "\\t"); break;
		default: buf_printf(buf, "\\u%04x", c); break;
		}
	}
	buf_append(buf, text + start, len - start);
	buf_putc(buf, '"');
}

static void append_real(struct buf *buf, double value)
{
	if (fabs(value) < 1e15 && value == floor(value)) {
		buf_printf(buf, "%.0f", value == 0 ? 0 : value);
		return;
	}
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value) {
			break;
		}
	}
	buf_puts(buf, text);
}

void json_text_append(struct buf *buf, const json_t *json)
{
	const char *separator = "";
	const char *key;
	json_t *value;
	size_t index;
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		buf_putc(buf, '{');
		json_object_foreach ((json_t *)json, key, value) {
			buf_puts(buf, separator);
			append_string(buf, key, strlen(key));
			buf_putc(buf, ':');
			json_text_append(buf, value);
			separator = ",";
		}
		buf_putc(buf, '}');
		break;
	case JSON_ARRAY:
		buf_putc(buf, '[');
		json_array_foreach (json, index, value) {
			buf_puts(buf, separator);
			json_text_append(buf, value);
			separator = ",";
		}
		buf_putc(buf, ']');
		break;
	case JSON_STRING:
		append_string(buf, json_string_value(json), json_string_length(json));
		break;
	case JSON_INTEGER:
		buf_printf(buf, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
		break;
	case JSON_REAL: append_real(buf, json_real_value(json)); break;
	case JSON_TRUE: buf_puts(buf, "true"); break;
	case JSON_FALSE: buf_puts(buf, "false"); break;
	case JSON_NULL: buf_puts(buf, "null"); break;
	}
}

char *json_text(const json_t *json)
{
	if (json == NULL) {
		return NULL;
	}
	struct buf buf;
	buf_init(&buf, JSON_TEXT_MAX_BYTES);
	json_text_append(&buf, json);
	return buf_steal(&buf, NULL);
}
