#include "mapping/asset.h"

#include <string.h>

#include "mapping/utf8.h"

bool asset_is_path(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789+-.";
	return text[0] != '\0' && (strspn(text, letters) == 0 || text[strspn(text, others)] != ':');
}

bool asset_is_file_path(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789";
	const char *dot = strrchr(text, '.');
	size_t extension = dot != NULL ? strspn(dot + 1, letters) : 0;
	return asset_is_path(text) &&
	       (strchr(text, '/') != NULL ||
		(dot != text && extension > 0 && extension <= 5 && dot[1 + extension] == '\0'));
}

const char *asset_bare_url(struct arena *arena, const char *url)
{
	return arena_copy(arena, url, strcspn(url, "?"));
}

static int digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

const char *asset_decode(struct arena *arena, const char *text)
{
	if (strchr(text, '%') == NULL) {
		return text;
	}
	char *copy = arena_alloc(arena, strlen(text) + 1);
	size_t len = 0;
	for (const char *p = text; *p != '\0'; p++) {
		int high = *p == '%' ? digit(p[1]) : -1;
		int low = high >= 0 ? digit(p[2]) : -1;
		if (low >= 0 && high * 16 + low != 0) {
			copy[len++] = (char)(high * 16 + low);
			p += 2;
		} else {
			copy[len++] = *p;
		}
	}
	copy[len] = '\0';
	return utf8_find_invalid(copy, len) == len ? copy : text;
}

const char *asset_file_name(struct arena *arena, const char *text)
{
	const char *scheme = asset_is_path(text) ? NULL : strstr(text, "://");
	const char *start = scheme != NULL ? scheme + 3 : text;
	size_t len = scheme != NULL ? strcspn(start, "?#") : strlen(start);
	while (len > 0 && start[len - 1] == '/') {
		len--;
	}
	const char *slash = memrchr(start, '/', len);
	if (slash != NULL) {
		len -= (size_t)(slash + 1 - start);
		start = slash + 1;
	}
	return asset_decode(arena, arena_copy(arena, start, len));
}

const char *asset_shown(const struct names *names, const struct asset *asset)
{
	return names != NULL && names->asset != NULL ? names->asset(names->context, asset) : NULL;
}

static const char *ask(const char *(*function)(void *, const char *), void *context,
		       struct arena *arena, const char *path)
{
	if (function == NULL || !asset_is_path(path)) {
		return NULL;
	}
	const char *answer = function(context, path);
	if (answer == NULL) {
		const char *decoded = asset_decode(arena, path);
		answer = decoded != path ? function(context, decoded) : NULL;
	}
	return answer != NULL ? arena_copy(arena, answer, strlen(answer)) : NULL;
}

const char *asset_stored(const struct names *names, struct arena *arena, const char *path)
{
	return names != NULL ? ask(names->stored_file, names->context, arena, path) : NULL;
}

const char *asset_upload(const struct names *names, struct arena *arena, const char *path)
{
	return names != NULL ? ask(names->upload, names->context, arena, path) : NULL;
}

const char *asset_replaced(const struct names *names, struct arena *arena, const char *path,
			   size_t index)
{
	if (names == NULL || names->replaced_file == NULL || !asset_is_path(path)) {
		return NULL;
	}
	const char *url = names->replaced_file(names->context, path, index);
	const char *decoded = url == NULL ? asset_decode(arena, path) : path;
	if (decoded != path) {
		url = names->replaced_file(names->context, decoded, index);
	}
	return url != NULL ? arena_copy(arena, url, strlen(url)) : NULL;
}
