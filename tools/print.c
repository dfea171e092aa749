#include "tools/print.h"

#include <stdio.h>

void print_safe(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;
		if ((c < 0x20 && c != '\n') || c == 0x7f) {
			(void)printf("\\x%02x", c);
		} else {
			(void)putchar(*at);
		}
	}
}
