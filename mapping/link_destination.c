#include "mapping/link_destination.h"

#include <string.h>
#include <strings.h>

#include "mapping/asset.h"

static bool is_punctuation(char c)
{
	return c != '\0' && strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", c) != NULL;
}

static bool is_plain_destination(const char *url)
{
	int depth = 0;
	for (const char *p = url; *p != '\0'; p++) {
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '<' || *p == '\\' ||
		    (*p == '&' && (p[1] == '#' || strncmp(p, "&amp;", 5) == 0))) {
			return false;
		}
		depth += *p == '(';
		depth -= *p == ')';
		if (depth < 0 || depth > 30) {
			return false;
		}
	}
	return depth == 0 && url[0] != '\0';
}

void render_destination(struct buf *out, const char *url)
{
	if (is_plain_destination(url)) {
		buf_puts(out, url);
		return;
	}
	buf_putc(out, '<');
	for (const char *p = url; *p != '\0'; p++) {
		if (*p == '\n' || *p == '\r' || *p == '\t') {
			buf_printf(out, "&#%d;", *p);
		} else {
			if (strchr("<>\\&", *p) != NULL) {
				buf_putc(out, '\\');
			}
			buf_putc(out, *p);
		}
	}
	buf_putc(out, '>');
}

/* Undoes what render_destination did: backslashes, and numbers of characters. */
static const char *unescape(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 1 < len && is_punctuation(text[i + 1])) {
			i++;
		} else if (len - i >= 5 && memcmp(text + i, "&amp;", 5) == 0) {
			copy[used++] = '&';
			i += 4;
			continue;
		} else if (text[i] == '&' && len - i >= 4 && text[i + 1] == '#') {
			size_t end = i + 2;
			int number = 0;
			while (end < len && end < i + 5 && text[end] >= '0' && text[end] <= '9') {
				number = number * 10 + (text[end++] - '0');
			}
			if (end < len && text[end] == ';' && number > 0 && number < 128) {
				copy[used++] = (char)number;
				i = end;
				continue;
			}
		}
		copy[used++] = text[i];
	}
	return copy;
}

/* The caption's end: brackets have partners or a backslash, code spans hide them. */
static size_t caption_end(const char *text, size_t len)
{
	int depth = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\') {
			i++;
		} else if (text[i] == '`') {
			size_t fence = 0;
			while (i + fence < len && text[i + fence] == '`') {
				fence++;
			}
			const char *close = text + i + fence;
			const char *end = text + len;
			while ((close = memmem(close, (size_t)(end - close), text + i, fence)) !=
			       NULL) {
				size_t run = fence;
				while (close + run < end && close[run] == '`') {
					run++;
				}
				if (run == fence) {
					break;
				}
				close += run;
			}
			i = close != NULL ? (size_t)(close - text) + fence - 1 : i + fence - 1;
		} else if (text[i] == '[') {
			depth++;
		} else if (text[i] == ']' && depth-- == 0) {
			return i;
		}
	}
	return len;
}

static bool is_whole_destination(const char *text, size_t len)
{
	int depth = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 1 < len) {
			i++;
		} else if ((unsigned char)text[i] <= ' ' || text[i] == '<') {
			return false;
		} else if (text[i] == '(') {
			depth++;
		} else if (text[i] == ')' && depth-- == 0) {
			return false;
		}
	}
	return depth == 0;
}

static bool is_whole_pointy(const char *text, size_t len)
{
	if (len < 2 || text[0] != '<' || text[len - 1] != '>') {
		return false;
	}
	for (size_t i = 1; i < len - 1; i++) {
		if (text[i] == '\\') {
			i++;
			if (i == len - 1) {
				return false;
			}
		} else if (text[i] == '<' || text[i] == '>') {
			return false;
		}
	}
	return true;
}

/* Takes a link title ("…" or '…') off the end. */
static size_t without_title(const char *text, size_t len)
{
	if (len < 3 || (text[len - 1] != '"' && text[len - 1] != '\'')) {
		return len;
	}
	const char *open = memrchr(text, text[len - 1], len - 1);
	if (open == NULL || open == text || open[-1] != ' ') {
		return len;
	}
	len = (size_t)(open - text);
	while (len > 0 && text[len - 1] == ' ') {
		len--;
	}
	return len;
}

bool scan_image(struct arena *arena, const char *text, size_t len, struct image_text *ret_image)
{
	if (len < 5 || text[0] != '!' || text[1] != '[' || text[len - 1] != ')') {
		return false;
	}
	size_t caption_len = caption_end(text + 2, len - 2);
	const char *url = text + 2 + caption_len + 2;
	if (caption_len + 5 > len || url[-2] != ']' || url[-1] != '(') {
		return false;
	}
	size_t url_len = without_title(url, len - 1 - (size_t)(url - text));
	if (is_whole_pointy(url, url_len)) {
		url++;
		url_len -= 2;
	} else if (!is_whole_destination(url, url_len)) {
		return false;
	}
	ret_image->caption = text + 2;
	ret_image->caption_len = caption_len;
	ret_image->url = unescape(arena, url, url_len);
	return true;
}

void render_notion_url(struct buf *out, const struct uuid *id)
{
	buf_puts(out, "https://www.notion.so/");
	for (size_t i = 0; i < sizeof(id->bytes); i++) {
		buf_printf(out, "%02x", id->bytes[i]);
	}
}

static bool host_ends(const char *host, size_t len, const char *suffix)
{
	size_t suffix_len = strlen(suffix);
	return len >= suffix_len && strncasecmp(host + len - suffix_len, suffix, suffix_len) == 0;
}

enum media_kind media_kind_of_url(const char *url)
{
	if (url[0] == '\0') {
		return MEDIA_NONE;
	}
	if (asset_is_path(url)) {
		return MEDIA_FILE;
	}
	const char *host = strstr(url, "://");
	if (host == NULL) {
		return MEDIA_EXTERNAL;
	}
	host += 3;
	size_t len = strcspn(host, "/?#");
	bool is_storage = (host_ends(host, len, "amazonaws.com") &&
			   (strstr(url, "secure.notion-static.com") != NULL ||
			    strstr(url, "prod-files-secure") != NULL)) ||
			  host_ends(host, len, "file.notion.so") ||
			  host_ends(host, len, "notionusercontent.com");
	return is_storage ? MEDIA_FILE : MEDIA_EXTERNAL;
}
