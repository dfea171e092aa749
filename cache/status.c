#include "cache/status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/marks.h"
#include "cache/object_index.h"
#include "cache/removed.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

#define DEPTH_MAX 200

char *status_path(struct store_transaction *state, node_id node)
{
	struct buf path;
	buf_init(&path, (size_t)1 << 20);
	for (int depth = 0; node != NODE_ROOT && depth < DEPTH_MAX; depth++) {
		struct node_record record;
		if (tree_get(state, node, &record) < 0) {
			break;
		}
		if (path.len > 0) {
			buf_splice(&path, 0, 0, "/", 1);
		}
		buf_splice(&path, 0, 0, record.name, strlen(record.name));
		node = record.parent;
	}
	return buf_steal(&path, NULL);
}

const char *status_of_entry(const struct queue_entry *entry)
{
	switch (entry->state) {
	case QUEUE_HELD: return "held";
	case QUEUE_KEPT:
	case QUEUE_ERROR: return "error";
	case QUEUE_PENDING: break;
	}
	return entry->error != NULL ? "error" : "pending";
}

struct owed {
	struct store_transaction *state;
	json_t *failed;
	json_t *held;
	json_t *removed; /* those of `held` that were removed */
	size_t pending;
};

/* A tree that was removed is named by its top. */
static bool is_top(struct store_transaction *state, node_id node)
{
	struct node_record record;
	struct node_record above;
	int64_t due_ms;
	return tree_get(state, node, &record) == 0 &&
	       removed_above(state, &record, &above, &due_ms) < 0;
}

static int note_owed(void *context, const struct queue_entry *entry)
{
	struct owed *owed = context;
	if ((entry->kind == QUEUE_TRASH || entry->kind == QUEUE_REVEAL) &&
	    entry->state != QUEUE_HELD) {
		return 0; /* in its grace time: owed when that is over, not before */
	}
	if (entry->state == QUEUE_KEPT && entry->error == NULL) {
		return 0; /* removed here with what was saved to it: as wanted */
	}
	char *path = status_path(owed->state, entry->node);
	if (path == NULL) {
		return -ENOMEM;
	}
	bool is_parked = entry->state == QUEUE_PENDING && entry->error != NULL;
	switch (is_parked ? QUEUE_ERROR : entry->state) {
	case QUEUE_PENDING: owed->pending++; break;
	case QUEUE_HELD:
		if (entry->kind != QUEUE_TRASH) {
			(void)json_array_append_new(owed->held, json_string(path));
		} else if (is_top(owed->state, entry->node)) {
			(void)json_array_append_new(owed->held, json_string(path));
			(void)json_array_append_new(owed->removed, json_string(path));
		}
		break;
	case QUEUE_KEPT:
	case QUEUE_ERROR: {
		json_t *message =
			entry->error_line > 0
				? json_sprintf("%u:%u: %s", entry->error_line, entry->error_column,
					       entry->error == NULL ? "" : entry->error)
				: json_string(entry->error == NULL ? "" : entry->error);
		(void)json_array_append_new(owed->failed,
					    json_pack("{ss so}", "path", path, "message", message));
		break;
	}
	}
	free(path);
	return 0;
}

bool status_is_conflict(struct workspace *workspace, const struct node_record *page)
{
	char prefix[NODE_NAME_MAX_BYTES + 16];
	bool is_there = false;
	if ((page->flags & NODE_CONFLICT) == 0) {
		return false;
	}
	(void)snprintf(prefix, sizeof prefix, "%s.conflict-", page->name);
	int fd = local_open(workspace->local, page->parent, "", O_RDONLY | O_DIRECTORY, 0);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	if (directory == NULL) {
		cleanup_fd(&fd);
		return false;
	}
	const struct dirent *file;
	while (!is_there && (file = readdir(directory)) != NULL) {
		is_there = strncmp(file->d_name, prefix, strlen(prefix)) == 0;
	}
	(void)closedir(directory);
	return is_there;
}

char *status_returned(struct workspace *workspace, const struct node_record *page)
{
	char name[NODE_NAME_MAX_BYTES + 16];
	char text[1000];
	if ((page->flags & NODE_RETURNED) == 0) {
		return NULL;
	}
	(void)snprintf(name, sizeof name, "%s.error", page->name);
	CLEANUP(fd) int fd = local_open(workspace->local, page->parent, name, O_RDONLY, 0);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (len < 0) {
		return NULL;
	}
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	size_t head = strlen(page->name);
	bool has_head = strncmp(text, page->name, head) == 0 && strncmp(text + head, ": ", 2) == 0;
	return strdup(has_head ? text + head + 2 : text);
}

struct conflicts {
	struct workspace *workspace;
	struct store_transaction *state;
	json_t *paths;
	json_t *failed;
};

/* In the root or below it: what lies in .notionfs/trash or lost is nobody's conflict. */
static bool is_in_tree(struct store_transaction *state, const struct node_record *page)
{
	struct node_record above = *page;
	for (int depth = 0; above.parent != NODE_ROOT; depth++) {
		if (depth == DEPTH_MAX || above.parent == NODE_TRASH || above.parent == NODE_LOST ||
		    tree_get(state, above.parent, &above) < 0) {
			return false;
		}
	}
	return true;
}

static int note_conflict(void *context, const struct node_record *record)
{
	const struct conflicts *conflicts = context;
	if (!is_in_tree(conflicts->state, record)) {
		return 0;
	}
	if (status_is_conflict(conflicts->workspace, record)) {
		char *path = status_path(conflicts->state, record->node);
		(void)json_array_append_new(conflicts->paths, json_string(path));
		free(path);
	}
	CLEANUP(free) char *returned = status_returned(conflicts->workspace, record);
	if (returned != NULL && !queue_exists(conflicts->state, record->node)) {
		CLEANUP(free) char *path = status_path(conflicts->state, record->node);
		(void)json_array_append_new(conflicts->failed, json_pack("{ss? ss}", "path", path,
									 "message", returned));
	}
	return 0;
}

static json_t *time_or_null(int64_t ms)
{
	char text[CLOCK_ISO_BYTES];
	if (ms == 0) {
		return json_null();
	}
	clock_format_iso(ms, text);
	return json_string(text);
}

static json_t *seconds_or_null(int64_t ms)
{
	return ms < 0 ? json_null() : json_integer(ms / 1000);
}

static void add_ring(struct workspace *workspace, json_t *rings, const char *name,
		     enum sweep_ring_name ring, unsigned limit)
{
	struct sweep_age age;
	unsigned share = refresher_sweep_share(&workspace->options, limit);
	sweep_age(&workspace->sweep, ring, share, clock_now_ms(), &age);
	(void)json_array_append_new(
		rings, json_pack("{ss sI so so}", "name", name, "items", (json_int_t)age.items,
				 "age_s", seconds_or_null(age.age_ms), "worst_s",
				 seconds_or_null(age.worst_ms > 0 ? age.worst_ms : -1)));
}

json_t *status_json(struct workspace *workspace)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct notion_budget budget;
	size_t known = 0;
	size_t cached = 0;
	if (workspace_begin(workspace, false, &state, &cache) < 0) {
		return NULL;
	}
	struct owed owed = {.state = state,
			    .failed = json_array(),
			    .held = json_array(),
			    .removed = json_array()};
	struct conflicts conflicts = {
		.workspace = workspace,
		.state = state,
		.paths = json_array(),
		.failed = owed.failed,
	};
	int r = object_count_pages(cache, &known);
	if (r == 0) {
		r = store_count(cache, CACHE_BODY, &cached);
	}
	if (r == 0) {
		r = queue_each(state, true, note_owed, &owed);
	}
	if (r == 0) {
		r = marks_each(state, note_conflict, &conflicts);
	}
	if (r < 0) {
		json_decref(owed.failed);
		json_decref(owed.removed);
		json_decref(owed.held);
		json_decref(conflicts.paths);
		return NULL;
	}
	notion_budget(workspace->notion, &budget);
	int64_t last_ms = workspace->last_refresh_ms;
	uint64_t messages = workspace->count_messages == NULL
				    ? 0
				    : workspace->count_messages(workspace->count_context);
	json_t *rings = json_array();
	(void)json_array_append_new(
		rings,
		json_pack("{ss sI so}", "name", "search", "items", (json_int_t)known, "age_s",
			  last_ms == 0 ? json_null()
				       : json_integer((clock_now_ms() - last_ms) / 1000)));
	add_ring(workspace, rings, "sweep", SWEEP_ALL, budget.limit);
	add_ring(workspace, rings, "used", SWEEP_USED, budget.limit);
	add_ring(workspace, rings, "rows", SWEEP_ROWS, budget.limit);
	return json_pack("{si ss? s{sI sI} sI so so so so sI s{sI sI sI} so so so sI}", "pid",
			 (int)getpid(), "mount", workspace->options.mount_directory, "pages",
			 "known", (json_int_t)(known > cached ? known : cached), "cached",
			 (json_int_t)cached, "pending", (json_int_t)owed.pending, "failed",
			 owed.failed, "conflicts", conflicts.paths, "held", owed.held,
			 "held_removals", owed.removed, "frozen",
			 (json_int_t)atomic_load(&workspace->vanished.frozen), "budget", "window_s",
			 (json_int_t)budget.window_s, "limit", (json_int_t)budget.limit, "used",
			 (json_int_t)budget.used, "rings", rings, "offline_since",
			 time_or_null(budget.offline_since_ms), "last_refresh",
			 time_or_null(last_ms), "fuse_messages", (json_int_t)messages);
}

/* A title may hold anything; a terminal must not obey it. */
static void print_safe(struct buf *out, const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;
		if (c < 0x20 || c == 0x7f) {
			buf_printf(out, "\\x%02x", c);
		} else {
			buf_putc(out, *at);
		}
	}
}

static void print_list(struct buf *out, const char *head, const json_t *paths)
{
	size_t i;
	json_t *path;
	json_array_foreach (paths, i, path) {
		buf_puts(out, head);
		print_safe(out, json_string_value(path));
		buf_putc(out, '\n');
	}
}

static void print_failed(struct buf *out, const char *head, const json_t *failed)
{
	size_t i;
	json_t *item;
	json_array_foreach (failed, i, item) {
		buf_puts(out, head);
		print_safe(out, json_get_text(item, "path"));
		buf_puts(out, ": ");
		print_safe(out, json_get_text(item, "message"));
		buf_putc(out, '\n');
	}
}

static void print_minutes(struct buf *out, json_int_t seconds)
{
	json_int_t minutes = (seconds + 59) / 60;
	if (minutes < 120) {
		buf_printf(out, "%lld min", (long long)minutes);
	} else {
		buf_printf(out, "%lld h", (long long)((minutes + 59) / 60));
	}
}

static void print_rings(struct buf *out, const json_t *rings)
{
	size_t i;
	json_t *ring;
	json_array_foreach (rings, i, ring) {
		const json_t *age = json_object_get(ring, "age_s");
		const json_t *worst = json_object_get(ring, "worst_s");
		const char *name = json_get_text(ring, "name");
		if (strcmp(name, "search") == 0 || !json_is_integer(age)) {
			continue;
		}
		buf_printf(out, "  %-9s%lld, all looked at within the last ",
			   strcmp(name, "sweep") == 0 ? "all" : name,
			   (long long)json_integer_value(json_object_get(ring, "items")));
		print_minutes(out, json_integer_value(age));
		if (json_is_integer(worst)) {
			buf_puts(out, "; at the latest after ");
			print_minutes(out, json_integer_value(worst));
		}
		buf_putc(out, '\n');
	}
}

/* How long background readings take, at four fifths of the limit and a little over one each. */
static json_int_t left_s(json_int_t left, json_int_t limit)
{
	return limit > 0 ? (left * 13 / 10 * 60) / (limit * 4 / 5 + 1) : 0;
}

void status_text(struct workspace *workspace, struct buf *out)
{
	json_t *status = status_json(workspace);
	const json_t *pages = json_object_get(status, "pages");
	const json_t *budget = json_object_get(status, "budget");
	json_int_t known = json_integer_value(json_object_get(pages, "known"));
	json_int_t cached = json_integer_value(json_object_get(pages, "cached"));
	json_int_t pending = json_integer_value(json_object_get(status, "pending"));
	size_t failed = json_array_size(json_object_get(status, "failed"));
	size_t held = json_array_size(json_object_get(status, "held"));
	size_t conflicts = json_array_size(json_object_get(status, "conflicts"));
	const char *offline = json_string_value(json_object_get(status, "offline_since"));
	buf_printf(out, "%s at %s\n", workspace_name(workspace),
		   workspace->options.mount_directory == NULL ? "-"
							      : workspace->options.mount_directory);
	if (store_is_deleted(workspace->state)) {
		buf_printf(out, "%s was deleted: nothing can be saved, unmount and mount again\n",
			   workspace->state_path);
	}
	json_int_t frozen = json_integer_value(json_object_get(status, "frozen"));
	if (frozen > 0) {
		buf_printf(
			out,
			"frozen: %lld pages are gone in Notion at once and are kept here as they "
			"were; share them again, or `notionfs sync --confirm` if that is meant\n",
			(long long)frozen);
	}
	if (offline != NULL) {
		buf_printf(out, "offline since %s; cached pages and saves go on\n", offline);
	} else if (pending + (json_int_t)(failed + held + conflicts) == 0 && cached >= known) {
		buf_puts(out, "everything is up to date\n");
	}
	json_int_t limit = json_integer_value(json_object_get(budget, "limit"));
	buf_printf(out, "pages      %lld known, %lld here", (long long)known, (long long)cached);
	if (cached < known) {
		buf_puts(out, ", the rest is being read, about ");
		print_minutes(out, left_s(known - cached, limit));
	}
	buf_putc(out, '\n');
	buf_printf(out, "saves      %lld on their way, %zu held, %zu in error, %zu in conflict\n",
		   (long long)pending, held, failed, conflicts);
	print_failed(out, "  error     ", json_object_get(status, "failed"));
	print_list(out, "  held      ", json_object_get(status, "held"));
	print_list(out, "  conflict  ", json_object_get(status, "conflicts"));
	buf_printf(out, "requests   %lld of %lld in this minute\n",
		   (long long)json_integer_value(json_object_get(budget, "used")),
		   (long long)json_integer_value(json_object_get(budget, "limit")));
	print_rings(out, json_object_get(status, "rings"));
	const char *last = json_string_value(json_object_get(status, "last_refresh"));
	buf_printf(out, "looked     %s\n", last == NULL ? "not yet" : last);
	json_decref(status);
}

static bool has_path(const json_t *paths, const char *path)
{
	size_t i;
	json_t *other;
	json_array_foreach (paths, i, other) {
		if (strcmp(json_string_value(other), path) == 0) {
			return true;
		}
	}
	return false;
}

void status_errors(struct workspace *workspace, struct buf *out)
{
	json_t *status = status_json(workspace);
	size_t i;
	json_t *path;
	print_failed(out, "", json_object_get(status, "failed"));
	json_array_foreach (json_object_get(status, "held"), i, path) {
		bool is_removal =
			has_path(json_object_get(status, "held_removals"), json_string_value(path));
		print_safe(out, json_string_value(path));
		buf_puts(out,
			 is_removal ? ": held, more than 50 pages were removed within a minute; "
				      "`notionfs sync --confirm` removes them, `mv` out of "
				      ".notionfs/trash takes them back\n"
				    : ": held, an empty text would replace the page; write to it, "
				      "or `notionfs sync --confirm` if that is meant\n");
	}
	json_int_t frozen = json_integer_value(json_object_get(status, "frozen"));
	if (frozen > 0) {
		buf_printf(out,
			   "%lld pages are gone in Notion at once and are kept here as they were; "
			   "share them again, or `notionfs sync --confirm` if that is meant\n",
			   (long long)frozen);
	}
	json_array_foreach (json_object_get(status, "conflicts"), i, path) {
		const char *name = strrchr(json_string_value(path), '/');
		print_safe(out, json_string_value(path));
		buf_puts(out, ": changed in Notion at the same place; take what is missing from ");
		print_safe(out, name == NULL ? json_string_value(path) : name + 1);
		buf_puts(out, ".conflict-… beside it, and remove that\n");
	}
	if (store_is_deleted(workspace->state)) {
		buf_printf(out, "%s was deleted: nothing can be saved, unmount and mount again\n",
			   workspace->state_path);
	}
	json_decref(status);
	refusals_print(&workspace->refusals, out);
}

void workspace_set_message_counter(struct workspace *workspace, uint64_t (*count)(void *context),
				   void *context)
{
	workspace->count_messages = count;
	workspace->count_context = context;
}

int workspace_special(struct workspace *workspace, const char *name, struct buf *out)
{
	static const char readme[] =
		"This directory is a Notion workspace, mounted by notionfs.\n"
		"\n"
		"* `X.md` is a page: properties as YAML between `---` lines, then its blocks as\n"
		"  Markdown. `X/` holds the pages and databases inside it. A database is a\n"
		"  directory of its rows.\n"
		"* Saving a page sends the changed blocks to Notion about a second later. Blocks\n"
		"  you did not touch are not touched in Notion.\n"
		"* A new `X.md` in a page's or database's directory becomes a new page or row.\n"
		"* Names with a leading dot and files that do not end in `.md` stay on this\n"
		"  machine.\n"
		"* If a save can't be sent, `X.md.error` beside the page says why.\n"
		"* `.notionfs/status` shows how things stand, `.notionfs/errors` what is wrong.\n"
		"* `tail -f .notionfs/events` shows changes here and in Notion as they happen, "
		"one\n"
		"  JSON object a line.\n"
		"* What was removed is in `.notionfs/trash/` for 30 days; `mv` it out of there.\n"
		"  Files of yours whose page is gone are in `.notionfs/lost/`.\n"
		"* A new directory that stays empty for half a minute becomes a page.\n"
		"* `.schema.yaml` in a database's directory says what its properties are.\n"
		"* `.assets/` in a directory has the files that Notion stores, read-only.\n";
	if (strcmp(name, "status") == 0) {
		status_text(workspace, out);
	} else if (strcmp(name, "status.json") == 0) {
		json_t *status = status_json(workspace);
		char *text = json_dumps(status, JSON_INDENT(1));
		buf_puts(out, text == NULL ? "{}" : text);
		buf_putc(out, '\n');
		free(text);
		json_decref(status);
	} else if (strcmp(name, "errors") == 0) {
		status_errors(workspace, out);
	} else if (strcmp(name, "README.md") == 0) {
		buf_puts(out, readme);
	} else {
		return -ENOENT;
	}
	return buf_check(out);
}
