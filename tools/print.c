#include "tools/print.h"

#include <stdbool.h>
#include <stdio.h>

/* Of more than one byte: C1 controls (U+009B begins a sequence as ESC [ does), and what turns the
 * direction of the text around. Answers how many bytes it has, 0 for none. */
static size_t unsafe_length(const unsigned char *at)
{
	if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0) {
		return 2;
	}
	bool is_direction = at[0] == 0xe2 && ((at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae) ||
					      (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
	return is_direction ? 3 : 0;
}

void print_safe(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	while (*at != '\0') {
		size_t len = unsafe_length(at);
		if (len == 0 && ((*at < 0x20 && *at != '\n') || *at == 0x7f)) {
			len = 1;
		}
		if (len == 0) {
			(void)putchar(*at++);
		}
		for (; len > 0; len--) {
			(void)printf("\\x%02x", *at++);
		}
	}
}
