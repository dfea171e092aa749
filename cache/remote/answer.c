#include "cache/remote/answer.h"

#include <errno.h>
#include <stdbool.h>

#include "mapping/base/buf.h"

/* Whole numbers of at least this many digits may not fit 64 bits. */
#define LONG_NUMBER_DIGITS 19

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The end of the string that starts at `at`, behind its quote. */
static size_t skip_string(const char *bytes, size_t len, size_t at)
{
	for (at++; at < len && bytes[at] != '"'; at++) {
		if (bytes[at] == '\\') {
			at++;
		}
	}
	return at + 1;
}

static size_t skip_digits(const char *bytes, size_t len, size_t at)
{
	while (at < len && is_digit(bytes[at])) {
		at++;
	}
	return at;
}

/*
 * Looks over the text before jansson does: jansson recurses as deep as the text nests, and
 * refuses a whole answer for one number of 20 digits. `ret_copy` becomes the text with such
 * numbers written as reals, and stays empty when there are none.
 */
static int look_over(const char *bytes, size_t len, struct buf *ret_copy)
{
	unsigned depth = 0;
	size_t copied = 0;
	for (size_t at = 0; at < len;) {
		char c = bytes[at];
		if (c == '"') {
			at = skip_string(bytes, len, at);
		} else if (is_digit(c)) {
			size_t end = skip_digits(bytes, len, at);
			bool is_whole = end >= len || (bytes[end] != '.' && bytes[end] != 'e' &&
						       bytes[end] != 'E');
			if (is_whole && end - at >= LONG_NUMBER_DIGITS) {
				buf_append(ret_copy, bytes + copied, end - copied);
				buf_puts(ret_copy, ".0");
				copied = end;
			}
			at = is_whole ? end : skip_digits(bytes, len, end + 1);
		} else {
			if (c == '{' || c == '[') {
				depth++;
			} else if ((c == '}' || c == ']') && depth > 0) {
				depth--;
			}
			if (depth > ANSWER_MAX_DEPTH) {
				return -EINVAL;
			}
			at++;
		}
	}
	if (copied > 0) {
		buf_append(ret_copy, bytes + copied, len - copied);
	}
	return buf_check(ret_copy);
}

int answer_parse(const char *bytes, size_t len, json_t **ret_answer)
{
	CLEANUP(buf) struct buf copy;
	buf_init(&copy, len + len / 4 + 16);
	if (look_over(bytes, len, &copy) < 0) {
		return -EINVAL;
	}
	if (copy.len > 0) {
		bytes = copy.data;
		len = copy.len;
	}
	json_error_t error;
	json_t *answer = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(answer)) {
		json_decref(answer);
		return -EINVAL;
	}
	*ret_answer = answer;
	return 0;
}
