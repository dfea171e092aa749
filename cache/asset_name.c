/*
 * What a stored file is called: from its URL, free among its siblings, as a path in a text. And the
 * signed URLs, which are no names: they change with each reading and end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/asset.h"
#include "cache/keys.h"
#include "cache/object.h"
#include "cache/tables.h"
#include "mapping/name.h"

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* An ending that a program would look at: ".png", ".tar"; not ".2 final version". */
static bool is_ending(const char *text)
{
	size_t len = strlen(text);
	if (len < 2 || len > 16) {
		return false;
	}
	for (const char *c = text + 1; *c != '\0'; c++) {
		if (!((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
		      (*c >= 'A' && *c <= 'Z'))) {
			return false;
		}
	}
	return true;
}

void asset_name_from_url(const char *url, size_t len, char ret_stem[NODE_NAME_MAX_BYTES + 1],
			 char ret_ending[17])
{
	char decoded[ASSET_URL_MAX_BYTES + 1];
	size_t decoded_len = 0;
	const char *slash = memrchr(url, '/', len);
	const char *at = slash == NULL ? url : slash + 1;
	const char *end = url + len;
	while (at < end && decoded_len < ASSET_URL_MAX_BYTES) {
		int high = *at == '%' && end - at > 2 ? hex_digit(at[1]) : -1;
		int low = high >= 0 ? hex_digit(at[2]) : -1;
		bool is_encoded = low >= 0 && (high | low) != 0;
		decoded[decoded_len++] = is_encoded ? (char)(high << 4 | low) : *at;
		at += is_encoded ? 3 : 1;
	}
	decoded[decoded_len] = '\0';
	char *dot = strrchr(decoded, '.');
	ret_ending[0] = '\0';
	if (dot != NULL && dot != decoded && is_ending(dot)) {
		(void)strcpy(ret_ending, dot);
		*dot = '\0';
	}
	name_from_title(decoded_len == 0 ? "file" : decoded, ret_stem);
}

void asset_identity(const struct uuid *page, const struct uuid *owner, const char *url, size_t len,
		    struct uuid *ret_identity)
{
	*ret_identity = *owner;
	if (uuid_equal(page, owner)) {
		/* The page's own: several of them have one id. */
		uint64_t hash = content_hash(url, len);
		key_put_u64(ret_identity->bytes + 8, hash);
		for (int i = 0; i < 8; i++) {
			ret_identity->bytes[i] ^= ret_identity->bytes[8 + i];
		}
	}
}

static bool is_free(struct store_transaction *state, const struct asset_record *record,
		    int64_t now_ms, int *ret_error)
{
	struct asset_record other;
	*ret_error = asset_find_name(state, record->directory, record->name, &other);
	if (*ret_error == -ENOENT) {
		*ret_error = 0;
		return true;
	}
	return *ret_error == 0 && other.gone_ms != 0 && now_ms - other.gone_ms > ASSET_CLAIM_MS;
}

int asset_choose_name(struct store_transaction *state, struct asset_record *record, int64_t now_ms)
{
	char stem[NODE_NAME_MAX_BYTES + 1];
	char with_suffix[NAME_STEM_MAX_BYTES + 1];
	char ending[17];
	struct uuid identity;
	int error = 0;
	size_t len = strlen(record->url);
	asset_name_from_url(record->url, len, stem, ending);
	asset_identity(&record->page, &record->owner, record->url, len, &identity);
	(void)stpcpy(stpcpy(record->name, stem), ending);
	for (unsigned digits = 4; !is_free(state, record, now_ms, &error); digits += 4) {
		if (error < 0 || digits > 32) {
			return error < 0 ? error : -EEXIST;
		}
		name_with_suffix(stem, &identity, digits, with_suffix);
		(void)stpcpy(stpcpy(record->name, with_suffix), ending);
	}
	return error;
}

void asset_path(const struct asset_record *record, struct buf *out)
{
	buf_puts(out, ASSETS_NAME "/");
	path_encode(record->name, out);
}

void path_encode(const char *path, struct buf *out)
{
	for (const char *c = path; *c != '\0'; c++) {
		bool is_plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
				(*c >= 'A' && *c <= 'Z') || (unsigned char)*c >= 0x80 ||
				strchr("-._~+,=@/", *c) != NULL;
		if (is_plain) {
			buf_putc(out, *c);
		} else {
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)*c);
		}
	}
}

/* ---- signed URLs ---- */

int asset_put_signed_url(struct store_transaction *cache, node_id asset, const char *url,
			 int64_t expires_ms)
{
	unsigned char key[KEY_NODE_BYTES];
	size_t len = strlen(url);
	char *record = malloc(sizeof expires_ms + len);
	if (record == NULL) {
		return -ENOMEM;
	}
	key_put_u64(key, asset);
	memcpy(record, &expires_ms, sizeof expires_ms);
	memcpy(record + sizeof expires_ms, url, len);
	int r = store_put(cache, CACHE_SIGNED, key, sizeof key, record, sizeof expires_ms + len);
	free(record);
	return r;
}

int asset_signed_url(struct store_transaction *cache, node_id asset, char **ret_url,
		     int64_t *ret_expires_ms)
{
	unsigned char key[KEY_NODE_BYTES];
	struct store_value value;
	key_put_u64(key, asset);
	int r = store_get(cache, CACHE_SIGNED, key, sizeof key, &value);
	if (r < 0 || value.len < sizeof *ret_expires_ms) {
		return r < 0 ? r : -EINVAL;
	}
	memcpy(ret_expires_ms, value.bytes, sizeof *ret_expires_ms);
	*ret_url = strndup((const char *)value.bytes + sizeof *ret_expires_ms,
			   value.len - sizeof *ret_expires_ms);
	return *ret_url == NULL ? -ENOMEM : 0;
}
