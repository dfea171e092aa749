#include "tools/sim/zone.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define ZONE_FILE_MAX_BYTES ((size_t)256 << 10)
#define HEADER_BYTES 44

/* The counts in the header of a TZif file (RFC 8536), in their order there. */
struct tzif {
	uint32_t utc_flags, standard_flags, leaps, transitions, types, characters;
};

static uint64_t read_number(const unsigned char *bytes, int count)
{
	uint64_t number = 0;
	for (int i = 0; i < count; i++) {
		number = number << 8 | bytes[i];
	}
	return number;
}

static bool is_name(const char *name)
{
	for (const char *c = name; *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c) && strchr("_+-/", *c) == NULL) {
			return false;
		}
	}
	return *name != '\0' && *name != '/' && strlen(name) < 64;
}

static int read_zone_file(const char *name, unsigned char **ret_bytes, size_t *ret_size)
{
	if (!is_name(name)) {
		return -ENOENT;
	}
	CLEANUP(free) char *path = NULL;
	if (asprintf(&path, ZONE_FOLDER "/%s", name) < 0) {
		abort();
	}
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return -ENOENT;
	}
	unsigned char *bytes = malloc(ZONE_FILE_MAX_BYTES);
	*ret_size = bytes == NULL ? 0 : fread(bytes, 1, ZONE_FILE_MAX_BYTES, file);
	(void)fclose(file);
	*ret_bytes = bytes;
	return *ret_size > 0 ? 0 : -ENOENT;
}

static bool read_header(const unsigned char *bytes, size_t left, struct tzif *ret_tzif)
{
	if (left < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0) {
		return false;
	}
	uint32_t *counts[] = {&ret_tzif->utc_flags, &ret_tzif->standard_flags,
			      &ret_tzif->leaps,	    &ret_tzif->transitions,
			      &ret_tzif->types,	    &ret_tzif->characters};
	for (size_t i = 0; i < 6; i++) {
		*counts[i] = (uint32_t)read_number(bytes + 20 + 4 * i, 4);
	}
	return ret_tzif->transitions < 10000 && ret_tzif->types > 0 && ret_tzif->types < 256 &&
	       ret_tzif->leaps < 1000 && ret_tzif->characters < 1000;
}

static size_t data_bytes(const struct tzif *tzif, size_t time_bytes)
{
	return (size_t)tzif->transitions * (time_bytes + 1) + (size_t)tzif->types * 6 +
	       tzif->characters + (size_t)tzif->leaps * (time_bytes + 4) + tzif->standard_flags +
	       tzif->utc_flags;
}

/* Seconds east of UTC from the body of the 64-bit part. */
static int64_t find_offset(const unsigned char *body, const struct tzif *tzif, int64_t utc_s,
			   int64_t local_s)
{
	const unsigned char *indexes = body + (size_t)tzif->transitions * 8;
	const unsigned char *types = indexes + tzif->transitions;
	int64_t offset = (int32_t)read_number(types, 4);
	for (uint32_t i = 0; i < tzif->transitions; i++) {
		int64_t at_s = (int64_t)read_number(body + (size_t)i * 8, 8);
		/* A time on the wall belongs to the later side as soon as the earlier side's
		 * clocks have reached the switch. */
		if (utc_s != INT64_MIN ? utc_s < at_s : local_s < at_s + offset) {
			break;
		}
		if (indexes[i] < tzif->types) {
			offset = (int32_t)read_number(types + (size_t)indexes[i] * 6, 4);
		}
	}
	return offset;
}

int zone_offset(const char *name, int64_t utc_s, int64_t local_s, int *ret_minutes)
{
	if (strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0) {
		*ret_minutes = 0;
		return 0;
	}
	CLEANUP(free) unsigned char *bytes = NULL;
	size_t size;
	int result = read_zone_file(name, &bytes, &size);
	struct tzif tzif;
	if (result < 0) {
		return result;
	}
	if (!read_header(bytes, size, &tzif)) {
		return -ENOENT;
	}
	size_t second = HEADER_BYTES + data_bytes(&tzif, 4);
	if (second >= size || !read_header(bytes + second, size - second, &tzif) ||
	    second + HEADER_BYTES + data_bytes(&tzif, 8) > size) {
		return -ENOENT;
	}
	*ret_minutes =
		(int)(find_offset(bytes + second + HEADER_BYTES, &tzif, utc_s, local_s) / 60);
	return 0;
}
