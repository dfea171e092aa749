#include "cache/comments.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/labels.h"
#include "cache/workspace_private.h"
#include "mapping/base/arena.h"
#include "mapping/inline.h"
#include "mapping/json.h"

#define QUOTE_MAX_BYTES 2000
#define TEXT_MAX_BYTES ((size_t)64 << 10)
/* A thread is named by so many of its digits at least. */
#define DIGITS_MIN 4

static json_t *failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

static json_t *failed(const char *format, ...)
{
	CLEANUP(free) char *text = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		abort();
	}
	return json_pack("{ss}", "failure", text);
}

static json_t *refused(int error, const struct failure *failure)
{
	if (error == -EPERM) {
		return failed(
			"Notion does not let this token: give the connection the capabilities to "
			"read and to insert comments, at "
			"https://www.notion.so/profile/integrations");
	}
	if (error == -ENOENT) {
		return failed("Notion has no such page, block or thread (any more)");
	}
	return failed("%s", failure->message[0] != '\0' ? failure->message : strerror(-error));
}

/* ---- the page ---- */

struct subject {
	struct uuid page;
	json_t *blocks; /* with "children"; NULL: not here */
};

static int read_subject(struct workspace *workspace, node_id node, bool with_blocks,
			struct subject *ret_subject, json_t **ret_failure)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct node_record record;
	struct body body;
	int r = workspace_begin(workspace, false, &state, &cache);
	if (r == 0) {
		r = tree_get(state, node, &record);
	}
	if (r < 0) {
		*ret_failure = failed("%s", strerror(-r));
		return r;
	}
	if ((record.flags & NODE_NEW) != 0) {
		*ret_failure = failed("the page is not in Notion yet, `notionfs sync` sends it");
		return -ENOENT;
	}
	*ret_subject = (struct subject){.page = record.object};
	if (with_blocks) {
		r = body_get(cache, &record.object, &body);
		if (r < 0) {
			*ret_failure = failed("the page has not been read yet: open it first");
			return r;
		}
		ret_subject->blocks = body.blocks;
	}
	return 0;
}

/* ---- what is shown ---- */

static void append_plain(struct buf *out, const json_t *rich_text)
{
	size_t i;
	json_t *run;
	json_array_foreach (rich_text, i, run) {
		buf_puts(out, json_get_text(run, "plain_text"));
	}
}

/* What a block says, as far as it is text. */
static json_t *quote_of(const json_t *block)
{
	CLEANUP(buf) struct buf quote;
	buf_init(&quote, QUOTE_MAX_BYTES);
	const char *type = json_get_text(block, "type");
	const json_t *content = json_object_get(block, type);
	append_plain(&quote, json_object_get(content, "rich_text"));
	append_plain(&quote, json_object_get(content, "caption"));
	if (quote.len == 0) {
		buf_puts(&quote, json_get_text(content, "title"));
	}
	if (quote.len == 0) {
		buf_printf(&quote, "(%s)", type);
	}
	return json_string(quote.data);
}

static json_t *comment_json(struct workspace *workspace, const json_t *comment)
{
	CLEANUP(buf) struct buf text;
	struct uuid author;
	const char *name = json_get_text(json_object_get(comment, "display_name"), "resolved_name");
	const char *email;
	const char *known = NULL;
	bool is_unique;
	const char *id = json_get_text(json_object_get(comment, "created_by"), "id");
	buf_init(&text, TEXT_MAX_BYTES);
	append_plain(&text, json_object_get(comment, "rich_text"));
	if (uuid_parse(id, strlen(id), &author) == 0 &&
	    people_find(&workspace->people, &author, &known, &email, &is_unique) &&
	    known[0] != '\0') {
		name = known;
	}
	return json_pack("{ss ss ss ss sI}", "id", json_get_text(comment, "id"), "at",
			 json_get_text(comment, "created_time"), "by", *name == '\0' ? id : name,
			 "text", text.data, "attachments",
			 (json_int_t)json_array_size(json_object_get(comment, "attachments")));
}

/* ---- reading ---- */

struct listing {
	struct workspace *workspace;
	json_t *threads;
	size_t requests;
	struct failure failure;
};

static json_t *find_thread(const json_t *threads, const char *id)
{
	size_t i;
	json_t *thread;
	json_array_foreach (threads, i, thread) {
		if (strcmp(json_get_text(thread, "id"), id) == 0) {
			return thread;
		}
	}
	return NULL;
}

/* `block`: NULL for the page. */
static void take_comment(struct listing *listing, const json_t *block, const json_t *comment)
{
	const char *id = json_get_text(comment, "discussion_id");
	json_t *thread = find_thread(listing->threads, id);
	if (thread == NULL) {
		thread = json_pack(
			"{ss so so s[]}", "id", id, "block",
			block == NULL ? json_null() : json_incref(json_object_get(block, "id")),
			"quote", block == NULL ? json_null() : quote_of(block), "comments");
		(void)json_array_append_new(listing->threads, thread);
	}
	(void)json_array_append_new(json_object_get(thread, "comments"),
				    comment_json(listing->workspace, comment));
}

static int list_of(struct listing *listing, const struct uuid *id, const json_t *block)
{
	CLEANUP(free) char *cursor = NULL;
	bool has_more = true;
	int r = 0;
	while (r == 0 && has_more) {
		json_t *answer = NULL;
		size_t i;
		json_t *comment;
		failure_release(&listing->failure);
		r = notion_comments(listing->workspace->notion, PRIORITY_PERSON, id, cursor,
				    &listing->failure, &answer);
		listing->requests++;
		json_array_foreach (json_object_get(answer, "results"), i, comment) {
			take_comment(listing, block, comment);
		}
		const char *next = json_string_value(json_object_get(answer, "next_cursor"));
		has_more = next != NULL && json_is_true(json_object_get(answer, "has_more"));
		free(cursor);
		cursor = has_more ? strdup(next) : NULL;
		json_decref(answer);
	}
	return r;
}

/* A block that went meanwhile has none. */
static int list_blocks(struct listing *listing, const json_t *blocks)
{
	size_t i;
	json_t *block;
	int r = 0;
	json_array_foreach (blocks, i, block) {
		struct uuid id;
		const char *text = json_get_text(block, "id");
		if (r == 0 && uuid_parse(text, strlen(text), &id) == 0) {
			r = list_of(listing, &id, block);
			r = r == -ENOENT ? 0 : r;
		}
		const char *type = json_get_text(block, "type");
		bool is_page =
			strcmp(type, "child_page") == 0 || strcmp(type, "child_database") == 0;
		if (r == 0 && !is_page) {
			r = list_blocks(listing, json_object_get(block, "children"));
		}
	}
	return r;
}

json_t *comments_list(struct workspace *workspace, node_id page, bool with_blocks)
{
	struct subject subject;
	struct listing listing = {.workspace = workspace, .threads = json_array()};
	json_t *answer = NULL;
	int r = read_subject(workspace, page, with_blocks, &subject, &answer);
	if (r == 0) {
		r = list_of(&listing, &subject.page, NULL);
		r = r < 0 ? r : list_blocks(&listing, subject.blocks);
		answer = r < 0 ? refused(r, &listing.failure)
			       : json_pack("{sO sI}", "threads", listing.threads, "requests",
					   (json_int_t)listing.requests);
		json_decref(subject.blocks);
	}
	failure_release(&listing.failure);
	json_decref(listing.threads);
	return answer;
}

/* ---- writing ---- */

static json_t *parse_text(struct workspace *workspace, const char *text)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct rich_text rich_text;
	CLEANUP(arena) struct arena arena;
	arena_init(&arena);
	if (workspace_begin(workspace, false, &state, &cache) < 0) {
		return NULL;
	}
	CLEANUP(labels) struct labels labels;
	labels_init(&labels, state, cache, &workspace->people);
	inline_parse(&arena, text, strlen(text), INLINE_VALUE, &labels.names, 1, NULL, &rich_text);
	return rich_text_to_json(&rich_text, BLOCK_SHAPE_CREATE);
}

/* Digits without dashes, lower case. */
static void take_digits(const char *text, char digits[33])
{
	size_t len = 0;
	for (; *text != '\0' && len < 32; text++) {
		if (*text != '-') {
			digits[len++] = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
		}
	}
	digits[len] = '\0';
}

static bool ends_with(const char *id, const char *digits)
{
	char all[33];
	take_digits(id, all);
	size_t len = strlen(digits);
	return len <= strlen(all) && strcmp(all + strlen(all) - len, digits) == 0;
}

/* The whole id of a thread of this page that is named by its last digits; malloc'ed. */
static int find_whole_id(struct workspace *workspace, node_id page, const char *thread,
			 char **ret_id, json_t **ret_failure)
{
	char digits[33];
	size_t i;
	json_t *item;
	const char *found = NULL;
	take_digits(thread, digits);
	if (strlen(digits) < DIGITS_MIN || strspn(digits, "0123456789abcdef") != strlen(digits)) {
		*ret_failure = failed(
			"\"%.40s\" names no thread: `notionfs comments` shows their names", thread);
		return -EINVAL;
	}
	if (strlen(digits) == 32) {
		*ret_id = strdup(digits);
		return *ret_id == NULL ? -ENOMEM : 0;
	}
	json_t *list = comments_list(workspace, page, true);
	int r = json_object_get(list, "failure") != NULL ? -EIO : -ENOENT;
	if (r == -EIO) {
		*ret_failure = json_incref(list);
	}
	json_array_foreach (json_object_get(list, "threads"), i, item) {
		const char *id = json_get_text(item, "id");
		if (ends_with(id, digits)) {
			r = found == NULL ? 0 : -ENOTUNIQ;
			found = id;
		}
	}
	if (r == 0) {
		*ret_id = strdup(found);
		r = *ret_id == NULL ? -ENOMEM : 0;
	} else if (r != -EIO) {
		*ret_failure = failed("%s thread of this page ends in %s",
				      r == -ENOTUNIQ ? "more than one" : "no open", digits);
	}
	json_decref(list);
	return r;
}

json_t *comments_add(struct workspace *workspace, node_id page, const char *thread,
		     const char *block, const char *text)
{
	CLEANUP(free) char *discussion = NULL;
	CLEANUP(failure) struct failure failure = {0};
	struct subject subject;
	json_t *answer = NULL;
	json_t *written = NULL;
	char id[UUID_TEXT_BYTES];
	if (text[strspn(text, " \t\r\n")] == '\0') {
		return failed("a comment without text is none");
	}
	if (strlen(text) > TEXT_MAX_BYTES) {
		return failed("a comment of more than %zu bytes", TEXT_MAX_BYTES);
	}
	int r = read_subject(workspace, page, false, &subject, &answer);
	if (r == 0 && *thread != '\0') {
		r = find_whole_id(workspace, page, thread, &discussion, &answer);
	}
	if (r < 0) {
		return answer;
	}
	json_t *rich_text = parse_text(workspace, text);
	uuid_format(&subject.page, id);
	json_t *body =
		discussion != NULL
			? json_pack("{ss so}", "discussion_id", discussion, "rich_text", rich_text)
		: *block != '\0'
			? json_pack("{s{ss} so}", "parent", "block_id", block, "rich_text",
				    rich_text)
			: json_pack("{s{ss} so}", "parent", "page_id", id, "rich_text", rich_text);
	r = body == NULL ? -ENOMEM
			 : notion_create_comment(workspace->notion, body, &failure, &written);
	json_decref(body);
	if (r < 0 && failure.kind == FAILURE_UNKNOWN) {
		answer = failed(
			"no answer came: it may have been written, `notionfs comments` shows "
			"it then (%s)",
			failure.message);
	} else if (r < 0 && failure.kind != FAILURE_COMMITTED) {
		answer = refused(r, &failure);
	} else {
		answer = json_pack("{ss ss}", "id", json_get_text(written, "id"), "thread",
				   json_get_text(written, "discussion_id"));
	}
	json_decref(written);
	return answer;
}
