#include "cache/object.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/object_index.h"
#include "cache/tables.h"
#include "mapping/base/buf.h"
#include "mapping/base/clock.h"

const char *json_get_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text == NULL ? "" : text;
}

bool json_get_id(const json_t *object, const char *key, struct uuid *ret_id)
{
	const char *text = json_get_text(object, key == NULL ? "id" : key);
	return uuid_parse(text, strlen(text), ret_id) == 0;
}

uint64_t content_hash(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t hash = 14695981039346656037U;
	for (size_t i = 0; i < len; i++) {
		hash = (hash ^ at[i]) * 1099511628211U;
	}
	return hash;
}

static enum parent_kind read_parent(const json_t *parent, struct uuid *ret_id)
{
	static const struct {
		const char *key;
		enum parent_kind kind;
	} kinds[] = {
		{"data_source_id", PARENT_DATA_SOURCE}, /* before database_id: rows have both */
		{"page_id", PARENT_PAGE},
		{"block_id", PARENT_BLOCK},
		{"database_id", PARENT_DATABASE},
	};
	if (json_is_true(json_object_get(parent, "workspace"))) {
		return PARENT_WORKSPACE;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (json_get_id(parent, kinds[i].key, ret_id)) {
			return kinds[i].kind;
		}
	}
	return PARENT_UNKNOWN;
}

static void append_plain(struct buf *out, const json_t *rich_text)
{
	size_t i;
	json_t *item;
	json_array_foreach (rich_text, i, item) {
		buf_puts(out, json_get_text(item, "plain_text"));
	}
}

static char *read_title(const json_t *object, enum object_kind kind)
{
	struct buf title;
	buf_init(&title, (size_t)1 << 20);
	if (kind != OBJECT_PAGE) {
		append_plain(&title, json_object_get(object, "title"));
		return buf_steal(&title, NULL);
	}
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(object, "properties"), name, property) {
		if (strcmp(json_get_text(property, "type"), "title") == 0) {
			append_plain(&title, json_object_get(property, "title"));
			break;
		}
	}
	return buf_steal(&title, NULL);
}

int object_info_init(const json_t *object, struct object_info *ret_info)
{
	struct object_info info = {0};
	const char *kind = json_get_text(object, "object");
	if (strcmp(kind, "page") == 0) {
		info.kind = OBJECT_PAGE;
	} else if (strcmp(kind, "database") == 0) {
		info.kind = OBJECT_DATABASE;
	} else if (strcmp(kind, "data_source") == 0) {
		info.kind = OBJECT_DATA_SOURCE;
	} else {
		return -EINVAL;
	}
	if (!json_get_id(object, NULL, &info.id)) {
		return -EINVAL;
	}
	info.parent_kind = read_parent(json_object_get(object, "parent"), &info.parent);
	if (info.kind == OBJECT_DATA_SOURCE) {
		info.database = info.parent;
		info.database_parent_kind = read_parent(json_object_get(object, "database_parent"),
							&info.database_parent);
	}
	(void)clock_parse_iso(json_get_text(object, "created_time"), &info.created_ms);
	(void)clock_parse_iso(json_get_text(object, "last_edited_time"), &info.edited_ms);
	info.in_trash = json_is_true(json_object_get(object, "in_trash"));
	info.title = read_title(object, info.kind);
	if (info.title == NULL) {
		return -ENOMEM;
	}
	*ret_info = info;
	return 0;
}

void object_info_release(struct object_info *info)
{
	if (info != NULL) {
		free(info->title);
		info->title = NULL;
	}
}

int object_put(struct store_transaction *cache, const json_t *object, bool *ret_changed)
{
	struct uuid id;
	if (!json_get_id(object, NULL, &id)) {
		return -EINVAL;
	}
	/* The request's own id would make every reading look new. */
	json_t *copy = json_copy((json_t *)object);
	if (copy == NULL) {
		return -ENOMEM;
	}
	(void)json_object_del(copy, "request_id");
	const char *kind = json_get_text(object, "object");
	char *text = json_dumps(copy, JSON_COMPACT);
	json_decref(copy);
	if (text == NULL) {
		return -ENOMEM;
	}
	size_t len = strlen(text);
	char *record = malloc(len + 2);
	if (record == NULL) {
		free(text);
		return -ENOMEM;
	}
	record[0] = strcmp(kind, "page") == 0	    ? OBJECT_PAGE
		    : strcmp(kind, "database") == 0 ? OBJECT_DATABASE
						    : OBJECT_DATA_SOURCE;
	memcpy(record + 1, text, len + 1);
	free(text);
	struct store_value old;
	bool is_new = store_get(cache, CACHE_OBJECT, id.bytes, sizeof id.bytes, &old) < 0;
	bool changed = is_new || old.len != len + 1 || memcmp(old.bytes, record, len + 1) != 0;
	int r = changed ? store_put(cache, CACHE_OBJECT, id.bytes, sizeof id.bytes, record, len + 1)
			: 0;
	if (r == 0 && changed) {
		r = object_index_put(cache, object, is_new);
	}
	free(record);
	if (r == 0 && ret_changed != NULL) {
		*ret_changed = changed;
	}
	return r;
}

int object_get(struct store_transaction *cache, const struct uuid *id, json_t **ret_object)
{
	struct store_value value;
	int r = store_get(cache, CACHE_OBJECT, id->bytes, sizeof id->bytes, &value);
	if (r < 0) {
		return r;
	}
	json_t *object = json_loadb((const char *)value.bytes + 1, value.len - 1, 0, NULL);
	if (object == NULL) {
		return -EINVAL;
	}
	*ret_object = object;
	return 0;
}

json_t *object_find(struct store_transaction *cache, const struct uuid *id)
{
	json_t *object;
	return object_get(cache, id, &object) < 0 ? NULL : object;
}

int object_delete(struct store_transaction *cache, const struct uuid *id)
{
	int r = object_index_delete(cache, id);
	if (r == 0) {
		r = store_delete(cache, CACHE_OBJECT, id->bytes, sizeof id->bytes);
	}
	if (r == 0) {
		r = store_delete(cache, CACHE_BODY, id->bytes, sizeof id->bytes);
	}
	return r < 0 ? r : store_delete(cache, CACHE_RENDERING, id->bytes, sizeof id->bytes);
}

bool object_exists(struct store_transaction *cache, const struct uuid *id)
{
	struct store_value value;
	return store_get(cache, CACHE_OBJECT, id->bytes, sizeof id->bytes, &value) == 0;
}

int object_add_child(struct store_transaction *cache, const struct uuid *parent,
		     const struct uuid *child)
{
	unsigned char key[32];
	memcpy(key, parent->bytes, 16);
	memcpy(key + 16, child->bytes, 16);
	return store_put(cache, CACHE_CHILD, key, sizeof key, "", 0);
}

int object_remove_child(struct store_transaction *cache, const struct uuid *parent,
			const struct uuid *child)
{
	unsigned char key[32];
	memcpy(key, parent->bytes, 16);
	memcpy(key + 16, child->bytes, 16);
	return store_delete(cache, CACHE_CHILD, key, sizeof key);
}

static int stop_at_first(void *context, const void *key, size_t key_len,
			 const struct store_value *value)
{
	(void)context;
	(void)key;
	(void)key_len;
	(void)value;
	return 1;
}

bool object_has_children(struct store_transaction *cache, const struct uuid *parent)
{
	return store_each(cache, CACHE_CHILD, parent->bytes, 16, 16, stop_at_first, NULL) == 1;
}

/* On disk: struct body_head, then the JSON text. */
struct body_head {
	int64_t fetched_ms;
	int64_t is_stale;
};

int body_put(struct store_transaction *cache, const struct uuid *page, const struct body *body)
{
	struct body_head head = {.fetched_ms = body->fetched_ms, .is_stale = body->is_stale};
	char *text = json_dumps(body->blocks, JSON_COMPACT);
	if (text == NULL) {
		return -ENOMEM;
	}
	size_t len = strlen(text);
	char *record = malloc(sizeof head + len);
	int r = -ENOMEM;
	if (record != NULL) {
		memcpy(record, &head, sizeof head);
		memcpy(record + sizeof head, text, len);
		r = store_put(cache, CACHE_BODY, page->bytes, 16, record, sizeof head + len);
	}
	if (r == 0) {
		r = body->is_stale ? unread_add(cache, page) : unread_remove(cache, page);
	}
	free(record);
	free(text);
	return r;
}

int body_get(struct store_transaction *cache, const struct uuid *page, struct body *ret_body)
{
	struct store_value value;
	struct body_head head;
	int r = store_get(cache, CACHE_BODY, page->bytes, 16, &value);
	if (r < 0) {
		return r;
	}
	if (value.len < sizeof head) {
		return -EINVAL;
	}
	memcpy(&head, value.bytes, sizeof head);
	json_t *blocks = json_loadb((const char *)value.bytes + sizeof head,
				    value.len - sizeof head, 0, NULL);
	if (blocks == NULL) {
		return -EINVAL;
	}
	*ret_body = (struct body){
		.blocks = blocks, .fetched_ms = head.fetched_ms, .is_stale = head.is_stale != 0};
	return 0;
}

bool body_exists(struct store_transaction *cache, const struct uuid *page)
{
	struct store_value value;
	return store_get(cache, CACHE_BODY, page->bytes, 16, &value) == 0;
}

uint64_t body_stamp(struct store_transaction *cache, const struct uuid *page)
{
	struct store_value value;
	return store_get(cache, CACHE_BODY, page->bytes, 16, &value) < 0
		       ? 0
		       : content_hash(value.bytes, value.len) | 1;
}

bool body_is_fresh(struct store_transaction *cache, const struct uuid *page)
{
	struct store_value value;
	struct body_head head;
	if (store_get(cache, CACHE_BODY, page->bytes, 16, &value) < 0 || value.len < sizeof head) {
		return false;
	}
	memcpy(&head, value.bytes, sizeof head);
	return head.is_stale == 0;
}

int body_set_stale(struct store_transaction *cache, const struct uuid *page)
{
	struct body body;
	int r = body_get(cache, page, &body);
	if (r < 0) {
		return r == -ENOENT ? 0 : r;
	}
	body.is_stale = true;
	r = body_put(cache, page, &body);
	json_decref(body.blocks);
	return r;
}

int rendering_get(struct store_transaction *cache, const struct uuid *page, uint64_t *ret_version,
		  struct store_value *ret_bytes)
{
	struct store_value value;
	int r = store_get(cache, CACHE_RENDERING, page->bytes, 16, &value);
	if (r < 0) {
		return r;
	}
	if (value.len < sizeof *ret_version) {
		return -EINVAL;
	}
	memcpy(ret_version, value.bytes, sizeof *ret_version);
	*ret_bytes = (struct store_value){.bytes = (const char *)value.bytes + sizeof *ret_version,
					  .len = value.len - sizeof *ret_version};
	return 0;
}

int rendering_put(struct store_transaction *cache, const struct uuid *page, uint64_t version,
		  const void *bytes, size_t len)
{
	char *record = malloc(sizeof version + len);
	if (record == NULL) {
		return -ENOMEM;
	}
	memcpy(record, &version, sizeof version);
	if (len > 0) {
		memcpy(record + sizeof version, bytes, len);
	}
	int r = store_put(cache, CACHE_RENDERING, page->bytes, 16, record, sizeof version + len);
	free(record);
	return r;
}

int rendering_delete(struct store_transaction *cache, const struct uuid *page)
{
	return store_delete(cache, CACHE_RENDERING, page->bytes, 16);
}
