#include "mapping/base/uuid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	if (c >= 'A' && c <= 'F') {
		return c - 'A' + 10;
	}
	return -1;
}

int uuid_parse(const char *text, size_t len, struct uuid *ret_uuid)
{
	if (len != 32 && len != 36) {
		return -EINVAL;
	}
	struct uuid uuid = {{0}};
	size_t digits = 0;
	for (size_t i = 0; i < len; i++) {
		if (len == 36 && (i == 8 || i == 13 || i == 18 || i == 23)) {
			if (text[i] != '-') {
				return -EINVAL;
			}
			continue;
		}
		int digit = hex_digit(text[i]);
		if (digit < 0) {
			return -EINVAL;
		}
		uuid.bytes[digits / 2] = (uint8_t)(uuid.bytes[digits / 2] << 4 | digit);
		digits++;
	}
	*ret_uuid = uuid;
	return 0;
}

void uuid_format(const struct uuid *uuid, char text[UUID_TEXT_BYTES])
{
	static const char hex[] = "0123456789abcdef";
	char *out = text;
	for (size_t i = 0; i < sizeof uuid->bytes; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10) {
			*out++ = '-';
		}
		*out++ = hex[uuid->bytes[i] >> 4];
		*out++ = hex[uuid->bytes[i] & 15];
	}
	*out = '\0';
}

int uuid_from_url(const char *url, size_t len, struct uuid *ret_uuid)
{
	size_t end = 0;
	while (end < len && url[end] != '?' && url[end] != '#') {
		end++;
	}
	if (end >= 36 && uuid_parse(url + end - 36, 36, ret_uuid) == 0) {
		return 0;
	}
	if (end < 32) {
		return -EINVAL;
	}
	return uuid_parse(url + end - 32, 32, ret_uuid);
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
	return uuid_compare(a, b) == 0;
}

int uuid_compare(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool uuid_is_zero(const struct uuid *uuid)
{
	static const struct uuid zero;
	return uuid_equal(uuid, &zero);
}
