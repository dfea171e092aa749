#include "cache/command.h"

#define LOG_MODULE "command"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/children.h"
#include "cache/command_page.h"
#include "cache/comments.h"
#include "cache/status.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

#define COMMAND_MAX_BYTES 65536

struct command {
	struct workspace *workspace;
	json_t *request;
	workspace_answer *answer;
	void *context;
};

/* The node a path below the mount names; "" is the root. */
static int find_path(struct store_transaction *state, const char *path,
		     struct node_record *ret_record)
{
	int r = tree_get(state, NODE_ROOT, ret_record);
	while (r == 0) {
		char name[NODE_NAME_MAX_BYTES + 1];
		path += strspn(path, "/");
		size_t len = strcspn(path, "/");
		if (len == 0) {
			return 0;
		}
		if (len > NODE_NAME_MAX_BYTES) {
			return -ENAMETOOLONG;
		}
		memcpy(name, path, len);
		name[len] = '\0';
		r = tree_lookup(state, ret_record->node, name, ret_record);
		path += len;
	}
	return r;
}

static json_t *failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

static json_t *failed(const char *format, ...)
{
	char *text;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	json_t *answer = json_pack("{ss}", "failure", n < 0 ? "no memory" : text);
	if (n >= 0) {
		free(text);
	}
	return answer;
}

/* Held saves become pending ones. */
static int confirm_entry(struct workspace *workspace, node_id node)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = queue_get(state, node, &entry);
	}
	if (r < 0 || entry.state != QUEUE_HELD) {
		return r == -ENOENT ? 0 : r;
	}
	entry.state = QUEUE_PENDING;
	r = queue_put(state, &entry);
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		writeback_schedule(&workspace->writeback, node, clock_now_ms());
	}
	return r;
}

struct held {
	node_id nodes[100000];
	size_t count;
};

static int note_held(void *context, const struct queue_entry *entry)
{
	struct held *held = context;
	if (entry->state == QUEUE_HELD &&
	    held->count < sizeof held->nodes / sizeof held->nodes[0]) {
		held->nodes[held->count++] = entry->node;
	}
	return 0;
}

/* Is it this page, or below it or this directory? A removed tree is confirmed by its top. */
static bool is_at_or_below(struct store_transaction *state, node_id node,
			   const struct node_record *top)
{
	struct node_record record;
	for (int depth = 0; depth < 200 && tree_get(state, node, &record) == 0; depth++) {
		if (record.node == top->node ||
		    (top->role == ROLE_PAGE && uuid_equal(&record.object, &top->object))) {
			return true;
		}
		if (node == NODE_ROOT) {
			return false;
		}
		node = record.parent;
	}
	return false;
}

/* `top`: NULL for all. */
static int confirm(struct workspace *workspace, const struct node_record *top)
{
	struct held *held = calloc(1, sizeof *held);
	struct store_transaction *state = NULL;
	int r = held == NULL ? -ENOMEM : workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = queue_each(state, true, note_held, held);
	}
	size_t kept = 0;
	for (size_t i = 0; r == 0 && i < held->count; i++) {
		if (top == NULL || is_at_or_below(state, held->nodes[i], top)) {
			held->nodes[kept++] = held->nodes[i];
		}
	}
	store_abort(state);
	for (size_t i = 0; r == 0 && i < kept; i++) {
		r = confirm_entry(workspace, held->nodes[i]);
	}
	if (r == 0 && top == NULL) {
		children_accept_loss(workspace);
	}
	free(held);
	return r;
}

/* Sends what is owed, looks at Notion, and says what is left. */
static json_t *run_sync(struct workspace *workspace, const json_t *request)
{
	static const struct uuid none;
	struct store_transaction *state = NULL;
	struct node_record record;
	const char *path = json_get_text(request, "path");
	node_id node = 0;
	if (*path != '\0') {
		int r = workspace_begin(workspace, false, &state, NULL);
		if (r == 0) {
			r = find_path(state, path, &record);
			store_abort(state);
		}
		if (r < 0) {
			return failed("%s: %s", path, strerror(-r));
		}
		node = record.role == ROLE_PAGE ? record.node : 0;
	}
	if (json_is_true(json_object_get(request, "confirm"))) {
		int r = confirm(workspace, *path == '\0' ? NULL : &record);
		if (r < 0) {
			return failed("what is held can't be released: %s", strerror(-r));
		}
	}
	writeback_flush(&workspace->writeback, node);
	writeback_wait(&workspace->writeback, node);
	if (!json_is_true(json_object_get(request, "send_only"))) {
		struct fetcher *fetcher = &workspace->fetcher;
		bool is_discovered = refresher_is_discovered(&workspace->refresher);
		fetcher_request(fetcher, is_discovered ? JOB_POLL : JOB_DISCOVER, &none,
				PRIORITY_SAVE, false);
		fetcher_wait_idle(fetcher, json_is_true(json_object_get(request, "complete"))
						   ? PRIORITY_HYDRATION
						   : PRIORITY_REFRESH);
	}
	return status_json(workspace);
}

static const char *state_of(struct workspace *workspace, const struct node_record *record,
			    bool is_owed, const struct queue_entry *entry)
{
	CLEANUP(free) char *returned = is_owed ? NULL : status_returned(workspace, record);
	return is_owed				       ? status_of_entry(entry)
	       : returned != NULL		       ? "error"
	       : status_is_conflict(workspace, record) ? "conflict"
						       : "synced";
}

/* Where ", remedy" begins: at the first comma that is in no quotes. */
static const char *find_remedy(const char *message)
{
	bool is_quoted = false;
	for (const char *at = message; *at != '\0'; at++) {
		is_quoted ^= *at == '"';
		if (!is_quoted && at[0] == ',' && at[1] == ' ') {
			return at;
		}
	}
	return NULL;
}

static json_t *describe(struct workspace *workspace, struct store_transaction *state,
			struct store_transaction *cache, const char *path,
			const struct node_record *record)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct body body;
	char id[UUID_TEXT_BYTES];
	char checked[CLOCK_ISO_BYTES];
	json_t *object = NULL;
	json_t *error = json_null();
	bool is_owed = record->role == ROLE_PAGE && queue_get(state, record->node, &entry) == 0;
	bool is_here =
		record->role == ROLE_PAGE ? body_get(cache, &record->object, &body) == 0 : false;
	bool has_id = record->role != ROLE_ROOT && (record->flags & NODE_NEW) == 0;
	(void)workspace;
	checked[0] = '\0';
	if (is_here) {
		clock_format_iso(body.fetched_ms, checked);
		json_decref(body.blocks);
	}
	uuid_format(&record->object, id);
	object = object_find(cache, &record->object);
	if (is_owed && entry.error != NULL) {
		json_decref(error);
		const char *comma = find_remedy(entry.error);
		error = json_pack("{sI sI ss% ss}", "line", (json_int_t)entry.error_line, "column",
				  (json_int_t)entry.error_column, "message", entry.error,
				  comma == NULL ? strlen(entry.error)
						: (size_t)(comma - entry.error),
				  "remedy", comma == NULL ? "" : comma + 2);
	}
	CLEANUP(free) char *returned = is_owed ? NULL : status_returned(workspace, record);
	if (returned != NULL) {
		json_decref(error);
		error = json_pack("{sn sn ss ss}", "line", "column", "message", returned, "remedy",
				  "remove what is in it first, or remove the .error file to keep "
				  "the page");
	}
	const char *url = json_string_value(json_object_get(object, "url"));
	bool is_listed = (record->flags & NODE_LISTED) != 0;
	json_t *answer =
		json_pack("{ss ss? ss? ss so ss? sb}", "path", path, "id", has_id ? id : NULL,
			  "url", url, "state", state_of(workspace, record, is_owed, &entry),
			  "error", error, "checked_at", checked[0] == '\0' ? NULL : checked,
			  "cached", record->role == ROLE_PAGE ? is_here : is_listed);
	json_decref(object);
	return answer;
}

static json_t *run_info(struct workspace *workspace, const json_t *request)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct node_record record;
	const char *path = json_get_text(request, "path");
	int r = workspace_begin(workspace, false, &state, &cache);
	if (r == 0) {
		r = find_path(state, path, &record);
	}
	if (r == -ENOENT) {
		/* The caller saw that the file exists: then it is one of ours alone. */
		return json_pack("{ss sn sn ss sn sn sb}", "path", path, "id", "url", "state",
				 "local", "error", "checked_at", "cached", 1);
	}
	return r < 0 ? failed("%s: %s", path, strerror(-r))
		     : describe(workspace, state, cache, path, &record);
}

/* comments: of one page; written with "add", in the thread "reply" or about the block "block". */
static json_t *run_comments(struct workspace *workspace, node_id page, const json_t *request)
{
	const char *text = json_string_value(json_object_get(request, "add"));
	return text != NULL ? comments_add(workspace, page, json_get_text(request, "reply"),
					   json_get_text(request, "block"), text)
			    : comments_list(workspace, page,
					    !json_is_true(json_object_get(request, "page_only")));
}

/* plan, discard, log, comments: about one page; log, of all, too. */
static json_t *run_about_page(struct workspace *workspace, const char *name, const json_t *request)
{
	struct store_transaction *state = NULL;
	struct node_record record = {.role = ROLE_ROOT};
	const char *path = json_get_text(request, "path");
	bool is_log = strcmp(name, "log") == 0;
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = find_path(state, path, &record);
		store_abort(state);
	}
	if (r == -ENOENT || (r == 0 && !is_log && record.role != ROLE_PAGE)) {
		return failed("%s is no page of Notion's", path);
	}
	if (r < 0) {
		return failed("%s: %s", path, strerror(-r));
	}
	node_id page = record.role == ROLE_PAGE ? record.node : 0;
	return strcmp(name, "plan") == 0       ? page_command_plan(workspace, page)
	       : strcmp(name, "comments") == 0 ? run_comments(workspace, page, request)
	       : strcmp(name, "discard") == 0
		       ? page_command_discard(workspace, page)
		       : page_command_log(
				 workspace, page,
				 (uint64_t)json_integer_value(json_object_get(request, "show")));
}

static bool is_about_page(const char *name)
{
	return strcmp(name, "plan") == 0 || strcmp(name, "discard") == 0 ||
	       strcmp(name, "log") == 0 || strcmp(name, "comments") == 0;
}

/* Waits until what is due by the clock has been asked for and read: for tests that move time. */
static json_t *run_settle(struct workspace *workspace)
{
	refresher_catch_up(&workspace->refresher);
	fetcher_wait_idle(&workspace->fetcher, PRIORITY_HYDRATION);
	return json_object();
}

static void *command_main(void *argument)
{
	struct command *command = argument;
	struct workspace *workspace = command->workspace;
	const char *name = json_get_text(command->request, "command");
	json_t *answer = strcmp(name, "sync") == 0   ? run_sync(workspace, command->request)
			 : strcmp(name, "info") == 0 ? run_info(workspace, command->request)
			 : is_about_page(name) ? run_about_page(workspace, name, command->request)
			 : strcmp(name, "settle") == 0 ? run_settle(workspace)
			 : strcmp(name, "status") == 0
				 ? status_json(workspace)
				 : failed("there is no command \"%s\" in this daemon: is it older "
					  "than the program?",
					  name);
	char *text = json_dumps(answer, JSON_COMPACT);
	const char *sent = text == NULL ? "{}" : text;
	command->answer(command->context, sent, strlen(sent));
	free(text);
	json_decref(answer);
	json_decref(command->request);
	free(command);
	{
		LOCK_SCOPE(&workspace->fetcher.mutex);
		workspace->commands_running--;
		(void)pthread_cond_broadcast(&workspace->fetcher.idle);
	}
	return NULL;
}

int workspace_command(struct workspace *workspace, const char *json, size_t len,
		      workspace_answer *answer, void *context)
{
	if (len > COMMAND_MAX_BYTES) {
		return -E2BIG;
	}
	json_t *request = json_loadb(json, len, 0, NULL);
	if (request == NULL) {
		return -EINVAL;
	}
	struct command *command = calloc(1, sizeof *command);
	pthread_t thread;
	if (command == NULL) {
		json_decref(request);
		return -ENOMEM;
	}
	*command = (struct command){
		.workspace = workspace, .request = request, .answer = answer, .context = context};
	{
		LOCK_SCOPE(&workspace->fetcher.mutex);
		if (workspace->fetcher.is_stopping) {
			json_decref(request);
			free(command);
			return -ENOTCONN;
		}
		workspace->commands_running++;
	}
	int r = -pthread_create(&thread, NULL, command_main, command);
	if (r < 0) {
		LOCK_SCOPE(&workspace->fetcher.mutex);
		workspace->commands_running--;
		json_decref(request);
		free(command);
		return r;
	}
	(void)pthread_detach(thread);
	return -EINPROGRESS;
}

void commands_wait(struct workspace *workspace)
{
	LOCK_SCOPE(&workspace->fetcher.mutex);
	while (workspace->commands_running > 0) {
		(void)pthread_cond_wait(&workspace->fetcher.idle, &workspace->fetcher.mutex);
	}
}
