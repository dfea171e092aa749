#include "cache/object_index.h"

#include <errno.h>
#include <string.h>

#include "cache/tables.h"

#define IS_BUILT "indexes"
#define PAGES "pages"
#define EVICTED "evicted"

#define UNREAD 'u'
#define GIVEN_UP 'e'

/* ---- counters ---- */

static int get_count(struct store_transaction *cache, const char *name, uint64_t *ret_count)
{
	struct store_value value;
	int r = store_get(cache, CACHE_META, name, strlen(name), &value);
	if (r == -ENOENT) {
		*ret_count = 0;
		return 0;
	}
	if (r < 0 || value.len != sizeof *ret_count) {
		return r < 0 ? r : -EINVAL;
	}
	memcpy(ret_count, value.bytes, sizeof *ret_count);
	return 0;
}

static int put_count(struct store_transaction *cache, const char *name, uint64_t count)
{
	return store_put(cache, CACHE_META, name, strlen(name), &count, sizeof count);
}

static int add_to_count(struct store_transaction *cache, const char *name, int more)
{
	uint64_t count = 0;
	int r = get_count(cache, name, &count);
	return r < 0 ? r : put_count(cache, name, count + (uint64_t)more);
}

int object_count_pages(struct store_transaction *cache, size_t *ret_count)
{
	uint64_t count = 0;
	int r = get_count(cache, PAGES, &count);
	if (r == 0) {
		*ret_count = (size_t)count;
	}
	return r;
}

/* ---- what has to be read ---- */

static char get_mark(struct store_transaction *cache, const struct uuid *page)
{
	struct store_value value;
	return store_get(cache, CACHE_UNREAD, page->bytes, 16, &value) == 0 && value.len == 1
		       ? *(const char *)value.bytes
		       : '\0';
}

/* '\0' takes it out. */
static int set_mark(struct store_transaction *cache, const struct uuid *page, char mark)
{
	char old = get_mark(cache, page);
	int r = 0;
	if (old == mark) {
		return 0;
	}
	if ((old == GIVEN_UP) != (mark == GIVEN_UP)) {
		r = add_to_count(cache, EVICTED, mark == GIVEN_UP ? 1 : -1);
	}
	if (r < 0) {
		return r;
	}
	return mark == '\0' ? store_delete(cache, CACHE_UNREAD, page->bytes, 16)
			    : store_put(cache, CACHE_UNREAD, page->bytes, 16, &mark, 1);
}

int unread_add(struct store_transaction *cache, const struct uuid *page)
{
	return set_mark(cache, page, UNREAD);
}

int unread_remove(struct store_transaction *cache, const struct uuid *page)
{
	return set_mark(cache, page, '\0');
}

int unread_set_evicted(struct store_transaction *cache, const struct uuid *page)
{
	return set_mark(cache, page, GIVEN_UP);
}

bool unread_is_evicted(struct store_transaction *cache, const struct uuid *page)
{
	return get_mark(cache, page) == GIVEN_UP;
}

int unread_count_evicted(struct store_transaction *cache, size_t *ret_count)
{
	uint64_t count = 0;
	int r = get_count(cache, EVICTED, &count);
	if (r == 0) {
		*ret_count = (size_t)count;
	}
	return r;
}

struct unread_each {
	unread_visit *visit;
	void *context;
};

static int visit_unread(void *context, const void *key, size_t key_len,
			const struct store_value *value)
{
	const struct unread_each *each = context;
	struct uuid page;
	if (key_len != sizeof page.bytes || value->len != 1 ||
	    *(const char *)value->bytes != UNREAD) {
		return 0;
	}
	memcpy(page.bytes, key, sizeof page.bytes);
	return each->visit(each->context, &page);
}

int unread_each(struct store_transaction *cache, unread_visit *visit, void *context)
{
	struct unread_each each = {.visit = visit, .context = context};
	int r = store_each(cache, CACHE_UNREAD, "", 0, 0, visit_unread, &each);
	return r > 0 ? 0 : r;
}

/* ---- where objects lie ---- */

static int put_place(struct store_transaction *cache, const json_t *object)
{
	CLEANUP(object_info) struct object_info info = {0};
	if (object_info_init(object, &info) < 0) {
		return 0; /* of a kind newer than us: it lies nowhere */
	}
	const struct object_place place = {
		.id = info.id,
		.parent = info.parent,
		.database = info.database,
		.database_parent = info.database_parent,
		.kind = (uint8_t)info.kind,
		.parent_kind = (uint8_t)info.parent_kind,
		.database_parent_kind = (uint8_t)info.database_parent_kind,
		.in_trash = info.in_trash,
	};
	return store_put(cache, CACHE_PLACE, info.id.bytes, 16, &place, sizeof place);
}

int object_index_put(struct store_transaction *cache, const json_t *object, bool is_new)
{
	struct uuid id;
	int r = put_place(cache, object);
	if (r < 0 || !is_new || strcmp(json_get_text(object, "object"), "page") != 0 ||
	    !json_get_id(object, NULL, &id)) {
		return r;
	}
	r = add_to_count(cache, PAGES, 1);
	return r < 0 || body_exists(cache, &id) || unread_is_evicted(cache, &id)
		       ? r
		       : unread_add(cache, &id);
}

int object_index_delete(struct store_transaction *cache, const struct uuid *id)
{
	struct store_value value;
	int r = store_get(cache, CACHE_OBJECT, id->bytes, sizeof id->bytes, &value);
	if (r == 0 && value.len > 0 && *(const char *)value.bytes == OBJECT_PAGE) {
		r = add_to_count(cache, PAGES, -1);
	}
	if (r == 0 || r == -ENOENT) {
		r = unread_remove(cache, id);
	}
	return r < 0 ? r : store_delete(cache, CACHE_PLACE, id->bytes, sizeof id->bytes);
}

struct place_each {
	object_place_visit *visit;
	void *context;
};

static int visit_place(void *context, const void *key, size_t key_len,
		       const struct store_value *value)
{
	const struct place_each *each = context;
	struct object_place place;
	(void)key;
	(void)key_len;
	if (value->len != sizeof place) {
		return -EINVAL;
	}
	memcpy(&place, value->bytes, sizeof place);
	return each->visit(each->context, &place);
}

int object_place_each(struct store_transaction *cache, const struct uuid *from,
		      object_place_visit *visit, void *context)
{
	struct place_each each = {.visit = visit, .context = context};
	return store_each(cache, CACHE_PLACE, from->bytes, 16, 0, visit_place, &each);
}

/* ---- a cache without them ---- */

bool object_index_is_built(struct store_transaction *cache)
{
	struct store_value value;
	return store_get(cache, CACHE_META, IS_BUILT, strlen(IS_BUILT), &value) == 0;
}

static int build_one(void *context, const void *key, size_t key_len,
		     const struct store_value *value)
{
	struct store_transaction *cache = context;
	(void)key;
	(void)key_len;
	if (value->len == 0) {
		return 0;
	}
	json_t *object = json_loadb((const char *)value->bytes + 1, value->len - 1, 0, NULL);
	struct uuid id;
	int r = 0;
	if (json_get_id(object, NULL, &id)) {
		r = object_index_put(cache, object, true);
		if (r == 0 && *(const char *)value->bytes == OBJECT_PAGE &&
		    body_exists(cache, &id) && !body_is_fresh(cache, &id)) {
			r = unread_add(cache, &id);
		}
	}
	json_decref(object);
	return r;
}

int object_index_build(struct store_transaction *cache)
{
	int r = store_clear(cache, CACHE_PLACE);
	if (r == 0) {
		r = store_clear(cache, CACHE_UNREAD);
	}
	if (r == 0) {
		r = put_count(cache, PAGES, 0);
	}
	if (r == 0) {
		r = put_count(cache, EVICTED, 0);
	}
	if (r == 0) {
		r = store_each(cache, CACHE_OBJECT, "", 0, 0, build_one, cache);
	}
	return r < 0 ? r : store_put(cache, CACHE_META, IS_BUILT, strlen(IS_BUILT), "", 0);
}
