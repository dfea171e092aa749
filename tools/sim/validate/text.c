#include "tools/sim/validate/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

size_t text_utf16_length(const char *text, size_t bytes)
{
	size_t units = 0;
	for (size_t i = 0; i < bytes; i++) {
		unsigned char byte = (unsigned char)text[i];
		if ((byte & 0xc0) != 0x80) {
			units += byte >= 0xf0 ? 2 : 1;
		}
	}
	return units;
}

/* `count` digits whose number is within min..max; moves *text behind them. */
static bool take_digits(const char **text, int count, int min, int max)
{
	int number = 0;
	for (int i = 0; i < count; i++) {
		char c = (*text)[i];
		if (c < '0' || c > '9') {
			return false;
		}
		number = number * 10 + (c - '0');
	}
	*text += count;
	return number >= min && number <= max;
}

static bool take(const char **text, char c)
{
	if (**text != c) {
		return false;
	}
	(*text)++;
	return true;
}

static bool take_zone(const char **text)
{
	if (take(text, 'Z')) {
		return true;
	}
	if (!take(text, '+') && !take(text, '-')) {
		return true;
	}
	if (!take_digits(text, 2, 0, 14)) {
		return false;
	}
	(void)take(text, ':');
	return take_digits(text, 2, 0, 59);
}

bool text_is_iso_date(const char *text)
{
	if (!take_digits(&text, 4, 0, 9999) || !take(&text, '-') || !take_digits(&text, 2, 1, 12) ||
	    !take(&text, '-') || !take_digits(&text, 2, 1, 31)) {
		return false;
	}
	if (*text == '\0') {
		return true;
	}
	if ((!take(&text, 'T') && !take(&text, ' ')) || !take_digits(&text, 2, 0, 23) ||
	    !take(&text, ':') || !take_digits(&text, 2, 0, 59)) {
		return false;
	}
	if (take(&text, ':')) {
		if (!take_digits(&text, 2, 0, 59)) {
			return false;
		}
		if (take(&text, '.')) {
			size_t fraction = strspn(text, "0123456789");
			if (fraction == 0) {
				return false;
			}
			text += fraction;
		}
	}
	return take_zone(&text) && *text == '\0';
}

bool text_is_url(const char *text, bool any_scheme)
{
	size_t scheme = 0;
	while (isalnum((unsigned char)text[scheme]) || strchr("+.-", text[scheme]) != NULL) {
		if (text[scheme] == '\0') {
			return false;
		}
		scheme++;
	}
	if (scheme == 0 || !isalpha((unsigned char)text[0]) || text[scheme] != ':') {
		return false;
	}
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == ' ' || iscntrl((unsigned char)*c)) {
			return false;
		}
	}
	const char *rest = text + scheme + 1;
	bool is_http = (scheme == 4 && strncasecmp(text, "http", 4) == 0) ||
		       (scheme == 5 && strncasecmp(text, "https", 5) == 0);
	if (!is_http) {
		return any_scheme && *rest != '\0';
	}
	return strncmp(rest, "//", 2) == 0 && rest[2] != '\0' && strchr("/?#:", rest[2]) == NULL;
}

bool text_is_emoji(const char *text)
{
	unsigned char first = (unsigned char)text[0];
	/* Digits, # and * are emoji with a keycap behind them. */
	bool keycap = strchr("0123456789#*", text[0]) != NULL && strstr(text, "\u20e3") != NULL;
	return first != '\0' && (first >= 0x80 || keycap) && strlen(text) <= 64;
}
