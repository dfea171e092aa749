#include "cache/remote/notion.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/remote/failure.h"
#include "cache/remote/notion_call.h"
#include "mapping/base/buf.h"
#include "mapping/base/clock.h"

#define DEFAULT_TIMEOUT_MS 65000
#define PAGE_SIZE 100
#define PATH_MAX_BYTES ((size_t)16 * 1024)

/* ---- life ---- */

/* What can stand in a header; NULL = `token` has something else. White space around goes. */
static char *clean_token(const char *token)
{
	if (token == NULL) {
		return NULL;
	}
	token += strspn(token, " \t\r\n");
	size_t len = strlen(token);
	while (len > 0 && strchr(" \t\r\n", token[len - 1]) != NULL) {
		len--;
	}
	for (size_t i = 0; i < len; i++) {
		if (token[i] <= ' ' || token[i] > '~') {
			return NULL;
		}
	}
	char *clean = len > 0 ? strndup(token, len) : NULL;
	if (len > 0 && clean == NULL) {
		abort();
	}
	return clean;
}

int notion_new(const struct notion_options *options, struct notion **ret_notion)
{
	struct http *http;
	int r = http_new(options->base_url, &http);
	if (r < 0) {
		return r;
	}
	struct notion *notion = calloc(1, sizeof *notion);
	char *api_version = strdup(options->api_version);
	if (notion == NULL || api_version == NULL) {
		abort();
	}
	notion->http = http;
	notion->api_version = api_version;
	notion->token = clean_token(options->token);
	notion->connection_changed = options->connection_changed;
	notion->context = options->context;
	notion->write_timeout_ms =
		options->write_timeout_ms > 0 ? options->write_timeout_ms : DEFAULT_TIMEOUT_MS;
	notion->read_timeout_ms =
		options->read_timeout_ms > 0 ? options->read_timeout_ms : DEFAULT_TIMEOUT_MS;
	(void)pthread_mutex_init(&notion->mutex, NULL);
	(void)pthread_cond_init(&notion->changed, NULL);
	rate_init(&notion->rate, options->requests > 0 ? options->requests : RATE_DEFAULT_LIMIT);
	*ret_notion = notion;
	return 0;
}

void notion_stop(struct notion *notion)
{
	if (notion == NULL) {
		return;
	}
	http_stop(notion->http);
	LOCK_SCOPE(&notion->mutex);
	notion->is_stopped = true;
	if (notion->follower != NULL) {
		clock_follower_stop(notion->follower);
	}
	(void)pthread_cond_broadcast(&notion->changed);
}

void notion_free(struct notion *notion)
{
	if (notion == NULL) {
		return;
	}
	notion_stop(notion);
	(void)pthread_mutex_lock(&notion->mutex);
	while (notion->calls > 0) {
		(void)pthread_cond_wait(&notion->changed, &notion->mutex);
	}
	(void)pthread_mutex_unlock(&notion->mutex);
	clock_follower_free(notion->follower);
	http_free(notion->http);
	(void)pthread_cond_destroy(&notion->changed);
	(void)pthread_mutex_destroy(&notion->mutex);
	if (notion->token != NULL) {
		explicit_bzero(notion->token, strlen(notion->token));
	}
	free(notion->token);
	free(notion->api_version);
	free(notion);
}

void notion_set_token(struct notion *notion, const char *token)
{
	char *clean = clean_token(token);
	LOCK_SCOPE(&notion->mutex);
	if (notion->token != NULL) {
		explicit_bzero(notion->token, strlen(notion->token));
	}
	free(notion->token);
	notion->token = clean;
	notion->token_version++;
	notion->is_unauthorized = false;
	(void)pthread_cond_broadcast(&notion->changed);
}

int notion_follow_clock(struct notion *notion, const char *url)
{
	struct clock_follower *follower;
	int r = clock_follower_new(url, &follower);
	if (r < 0) {
		return r;
	}
	{
		LOCK_SCOPE(&notion->mutex);
		if (notion->follower == NULL && !notion->is_stopped) {
			notion->follower = follower;
			return 0;
		}
		r = notion->is_stopped ? -ECANCELED : -EALREADY;
	}
	clock_follower_free(follower);
	return r;
}

int64_t notion_now_ms(struct notion *notion)
{
	LOCK_SCOPE(&notion->mutex);
	/* A simulated clock is the server's own. */
	bool is_known = notion->is_offset_known && !clock_is_simulated();
	return clock_now_ms() + (is_known ? notion->server_offset_ms : 0);
}

void notion_budget(struct notion *notion, struct notion_budget *ret_budget)
{
	int64_t now_ms = clock_now_ms();
	LOCK_SCOPE(&notion->mutex);
	const struct rate *rate = &notion->rate;
	bool is_over = now_ms - rate->window_start_ms >= RATE_WINDOW_MS;
	*ret_budget = (struct notion_budget){
		.window_s = RATE_WINDOW_MS / 1000,
		.limit = rate->limit,
		.used = is_over ? 0 : rate->used,
		.is_blocked = rate->is_blocked,
		.is_unauthorized = notion->is_unauthorized,
		.paused_until_ms = rate->paused_until_ms > now_ms ? rate->paused_until_ms : 0,
		.requests = notion->requests,
		.offline_since_ms = notion->offline_since_ms,
	};
}

/* ---- paths ---- */

/* Percent-encodes what is not unreserved; with `is_encoded` what is encoded already stays. */
static void append_encoded(struct buf *path, const char *text, bool is_encoded)
{
	static const char unreserved[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789-._~";
	for (const char *c = text; *c != '\0'; c++) {
		if (strchr(unreserved, *c) != NULL || (is_encoded && *c == '%')) {
			buf_putc(path, *c);
		} else {
			buf_printf(path, "%%%02X", (unsigned)(unsigned char)*c);
		}
	}
}

static void append_id(struct buf *path, const char *collection, const struct uuid *id)
{
	char text[UUID_TEXT_BYTES];
	uuid_format(id, text);
	buf_printf(path, "/v1/%s/%s", collection, text);
}

static void append_cursor(struct buf *path, const char *cursor)
{
	buf_printf(path, "?page_size=%d", PAGE_SIZE);
	if (cursor != NULL) {
		buf_puts(path, "&start_cursor=");
		append_encoded(path, cursor, false);
	}
}

/* The body of a list asked for with POST. New reference. */
static json_t *list_body(const json_t *body, const char *cursor)
{
	json_t *list = body != NULL ? json_copy((json_t *)body) : json_object();
	if (json_object_get(list, "page_size") == NULL) {
		(void)json_object_set_new(list, "page_size", json_integer(PAGE_SIZE));
	}
	if (cursor != NULL) {
		(void)json_object_set_new(list, "start_cursor", json_string(cursor));
	}
	return list;
}

/* ---- reads ---- */

/* Cursors come from outside and may be of any length. */
static int check_path(const struct buf *path, struct failure *failure)
{
	if (buf_check(path) == 0) {
		return 0;
	}
	if (failure != NULL) {
		*failure = (struct failure){0};
		(void)failure_before_sending(failure, -EIO, "the cursor is too long");
	}
	return -EIO;
}

/* GET; releases `path`. */
static int get(struct notion *notion, enum priority priority, struct buf *path, bool is_list,
	       struct failure *failure, json_t **ret_answer)
{
	struct notion_call call = {
		.method = "GET",
		.path = path->data,
		.priority = priority,
		.is_repeatable = true,
		.is_list = is_list,
	};
	int r = check_path(path, failure);
	if (r == 0) {
		r = notion_call(notion, &call, failure, ret_answer);
	}
	buf_release(path);
	return r;
}

static int get_object(struct notion *notion, enum priority priority, const char *collection,
		      const struct uuid *id, struct failure *failure, json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	append_id(&path, collection, id);
	return get(notion, priority, &path, false, failure, ret_answer);
}

/* POST that only asks; steals `body`. */
static int ask(struct notion *notion, enum priority priority, const char *path, json_t *body,
	       struct failure *failure, json_t **ret_answer)
{
	struct notion_call call = {
		.method = "POST",
		.path = path,
		.body = body,
		.priority = priority,
		.is_repeatable = true,
		.is_list = true,
	};
	int r = notion_call(notion, &call, failure, ret_answer);
	json_decref(body);
	return r;
}

int notion_me(struct notion *notion, enum priority priority, struct failure *failure,
	      json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	buf_puts(&path, "/v1/users/me");
	return get(notion, priority, &path, false, failure, ret_answer);
}

int notion_users(struct notion *notion, enum priority priority, const char *cursor,
		 struct failure *failure, json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	buf_puts(&path, "/v1/users");
	append_cursor(&path, cursor);
	return get(notion, priority, &path, true, failure, ret_answer);
}

int notion_comments(struct notion *notion, enum priority priority, const struct uuid *id,
		    const char *cursor, struct failure *failure, json_t **ret_answer)
{
	struct buf path;
	char text[UUID_TEXT_BYTES];
	buf_init(&path, PATH_MAX_BYTES);
	uuid_format(id, text);
	buf_puts(&path, "/v1/comments");
	append_cursor(&path, cursor);
	buf_printf(&path, "&block_id=%s", text);
	return get(notion, priority, &path, true, failure, ret_answer);
}

int notion_search(struct notion *notion, enum priority priority, const char *cursor,
		  struct failure *failure, json_t **ret_answer)
{
	json_t *order = json_pack("{s:{s:s,s:s}}", "sort", "timestamp", "last_edited_time",
				  "direction", "descending");
	json_t *body = list_body(order, cursor);
	json_decref(order);
	return ask(notion, priority, "/v1/search", body, failure, ret_answer);
}

int notion_block(struct notion *notion, enum priority priority, const struct uuid *id,
		 struct failure *failure, json_t **ret_answer)
{
	return get_object(notion, priority, "blocks", id, failure, ret_answer);
}

int notion_children(struct notion *notion, enum priority priority, const struct uuid *id,
		    const char *cursor, struct failure *failure, json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	append_id(&path, "blocks", id);
	buf_puts(&path, "/children");
	append_cursor(&path, cursor);
	return get(notion, priority, &path, true, failure, ret_answer);
}

int notion_page(struct notion *notion, enum priority priority, const struct uuid *id,
		struct failure *failure, json_t **ret_answer)
{
	return get_object(notion, priority, "pages", id, failure, ret_answer);
}

int notion_database(struct notion *notion, enum priority priority, const struct uuid *id,
		    struct failure *failure, json_t **ret_answer)
{
	return get_object(notion, priority, "databases", id, failure, ret_answer);
}

int notion_data_source(struct notion *notion, enum priority priority, const struct uuid *id,
		       struct failure *failure, json_t **ret_answer)
{
	return get_object(notion, priority, "data_sources", id, failure, ret_answer);
}

int notion_query(struct notion *notion, enum priority priority, const struct uuid *id,
		 const json_t *body, const char *cursor, struct failure *failure,
		 json_t **ret_answer)
{
	CLEANUP(buf) struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	append_id(&path, "data_sources", id);
	buf_puts(&path, "/query");
	return ask(notion, priority, path.data, list_body(body, cursor), failure, ret_answer);
}

int notion_property(struct notion *notion, enum priority priority, const struct uuid *page,
		    const char *property_id, const char *cursor, struct failure *failure,
		    json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	append_id(&path, "pages", page);
	buf_puts(&path, "/properties/");
	append_encoded(&path, property_id, true);
	append_cursor(&path, cursor);
	return get(notion, priority, &path, false, failure, ret_answer);
}

/* ---- writes ---- */

/* Releases `path`. */
static int write_object(struct notion *notion, const char *method, struct buf *path,
			const json_t *body, bool is_list, struct failure *failure,
			json_t **ret_answer)
{
	assert(buf_check(path) == 0);
	struct notion_call call = {
		.method = method,
		.path = path->data,
		.body = body,
		.priority = PRIORITY_SAVE,
		.is_write = true,
		.is_repeatable = strcmp(method, "DELETE") == 0,
		.is_list = is_list,
	};
	int r = notion_call(notion, &call, failure, ret_answer);
	buf_release(path);
	return r;
}

int notion_append(struct notion *notion, const struct uuid *container, const json_t *body,
		  struct failure *failure, json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	append_id(&path, "blocks", container);
	buf_puts(&path, "/children");
	return write_object(notion, "PATCH", &path, body, true, failure, ret_answer);
}

int notion_update_block(struct notion *notion, const struct uuid *id, const json_t *body,
			struct failure *failure, json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	append_id(&path, "blocks", id);
	return write_object(notion, "PATCH", &path, body, false, failure, ret_answer);
}

int notion_delete_block(struct notion *notion, const struct uuid *id, struct failure *failure,
			json_t **ret_answer)
{
	struct failure own;
	struct failure *why = failure != NULL ? failure : &own;
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	append_id(&path, "blocks", id);
	int r = write_object(notion, "DELETE", &path, NULL, false, why, ret_answer);
	if (r == -ENOENT || (r == -EINVAL && failure_is_trashed(why))) {
		failure_release(why);
		*why = (struct failure){0};
		if (ret_answer != NULL) {
			*ret_answer = NULL;
		}
		r = 0;
	}
	if (failure == NULL) {
		failure_release(&own);
	}
	return r;
}

int notion_create_comment(struct notion *notion, const json_t *body, struct failure *failure,
			  json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	buf_puts(&path, "/v1/comments");
	return write_object(notion, "POST", &path, body, false, failure, ret_answer);
}

int notion_create_page(struct notion *notion, const json_t *body, struct failure *failure,
		       json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	buf_puts(&path, "/v1/pages");
	return write_object(notion, "POST", &path, body, false, failure, ret_answer);
}

int notion_update_page(struct notion *notion, const struct uuid *id, const json_t *body,
		       struct failure *failure, json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	append_id(&path, "pages", id);
	return write_object(notion, "PATCH", &path, body, false, failure, ret_answer);
}

int notion_move_page(struct notion *notion, const struct uuid *id, const json_t *body,
		     struct failure *failure, json_t **ret_answer)
{
	struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	append_id(&path, "pages", id);
	buf_puts(&path, "/move");
	return write_object(notion, "POST", &path, body, false, failure, ret_answer);
}
