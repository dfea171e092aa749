#include "cache/events.h"

#include <stdlib.h>
#include <string.h>

#include "cache/status.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

#define LINE_MAX_BYTES ((size_t)64 << 10)

void events_init(struct events *events)
{
	(void)pthread_mutex_init(&events->mutex, NULL);
	buf_init(&events->text, EVENTS_MAX_BYTES);
}

void events_release(struct events *events)
{
	buf_release(&events->text);
	(void)pthread_mutex_destroy(&events->mutex);
}

/* Takes `event` over. */
static void append(struct workspace *workspace, json_t *event)
{
	struct events *events = &workspace->event_log;
	CLEANUP(free) char *line = event == NULL ? NULL : json_dumps(event, JSON_COMPACT);
	json_decref(event);
	size_t len = line == NULL ? 0 : strlen(line);
	if (len == 0 || len > LINE_MAX_BYTES) {
		return;
	}
	{
		LOCK_SCOPE(&events->mutex);
		if (events->text.len + len + 1 > EVENTS_MAX_BYTES) {
			buf_clear(&events->text);
		}
		buf_append(&events->text, line, len);
		buf_putc(&events->text, '\n');
	}
	if (atomic_load(&workspace->is_started) && workspace->events.events_grew != NULL) {
		workspace->events.events_grew(workspace->events.context);
	}
}

/* "Roadmap/Q1.md". malloc'ed, or NULL. */
static char *path_of(struct store_transaction *state, node_id directory, const char *name)
{
	CLEANUP(free) char *above = status_path(state, directory);
	char *path = NULL;
	if (above == NULL ||
	    asprintf(&path, "%s%s%s", above, *above == '\0' ? "" : "/", name) < 0) {
		return NULL;
	}
	return path;
}

static json_t *new_event(const char *what, const char *by)
{
	char at[CLOCK_ISO_BYTES];
	clock_format_iso(clock_now_ms(), at);
	return json_pack("{ss ss ss*}", "at", at, "what", what, "by", by);
}

static void put_place(struct store_transaction *state, node_id directory, const char *name,
		      const struct uuid *object, json_t *event)
{
	CLEANUP(free) char *path = path_of(state, directory, name);
	struct node_record record;
	char id[UUID_TEXT_BYTES];
	(void)json_object_set_new(event, "path", json_string(path == NULL ? name : path));
	if (object == NULL && tree_lookup(state, directory, name, &record) == 0 &&
	    (record.flags & NODE_NEW) == 0) {
		object = &record.object;
	}
	if (object != NULL) {
		uuid_format(object, id);
		(void)json_object_set_new(event, "id", json_string(id));
	}
}

void events_note(struct workspace *workspace, const struct event *event)
{
	const char *by = event->name == NULL ? NULL : event->is_ours ? "here" : "notion";
	json_t *line = new_event(event->what, by);
	if (event->name != NULL) {
		CLEANUP(transaction) struct store_transaction *state = NULL;
		if (workspace_begin(workspace, false, &state, NULL) == 0) {
			put_place(state, event->directory, event->name, NULL, line);
		}
	}
	if (event->more != NULL) {
		(void)json_object_update(line, event->more);
		json_decref(event->more);
	}
	append(workspace, line);
}

void events_note_node(struct workspace *workspace, const char *what, bool is_ours, node_id node,
		      json_t *more)
{
	struct node_record record;
	struct store_transaction *state = NULL;
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = tree_get(state, node, &record);
	}
	store_abort(state);
	if (r < 0) {
		json_decref(more);
		return;
	}
	struct event event = {.what = what,
			      .is_ours = is_ours,
			      .directory = record.parent,
			      .name = record.name,
			      .more = more};
	events_note(workspace, &event);
}

/* Where a node was before it came to the place of `to`, or NULL. */
static const struct tree_change *find_from(const struct tree_changes *changes,
					   const struct tree_change *to)
{
	for (const struct tree_change *from = changes->items; from < to; from++) {
		if (from->kind == TREE_NAME_GONE && from->node == to->node) {
			return from;
		}
	}
	return NULL;
}

static bool came_again(const struct tree_changes *changes, const struct tree_change *gone)
{
	for (const struct tree_change *to = gone + 1; to < changes->items + changes->count; to++) {
		if (to->kind == TREE_NAME_NEW && to->node == gone->node) {
			return true;
		}
	}
	return false;
}

/* What lies in .notionfs/trash or lost is not in the tree. */
static bool is_shown(node_id directory)
{
	return directory != NODE_TRASH && directory != NODE_LOST;
}

static json_t *event_of_change(struct store_transaction *state, const struct tree_changes *changes,
			       const struct tree_change *change)
{
	const char *by = changes->is_ours ? "here" : "notion";
	bool is_gone = change->kind == TREE_NAME_GONE;
	const struct tree_change *from = is_gone ? NULL : find_from(changes, change);
	const char *what = is_gone ? "removed" : "created";
	const struct tree_change *place = change;
	if (is_gone && (came_again(changes, change) || !is_shown(change->directory))) {
		return NULL;
	}
	if (!is_gone && !is_shown(change->directory)) {
		if (from == NULL || !is_shown(from->directory)) {
			return NULL;
		}
		what = "removed";
		place = from;
		from = NULL;
	}
	if (from != NULL && is_shown(from->directory)) {
		if (from->directory == change->directory && strcmp(from->name, change->name) == 0) {
			return NULL;
		}
		what = "moved";
	}
	json_t *event = new_event(what, by);
	put_place(state, place->directory, place->name, change->is_known ? &change->object : NULL,
		  event);
	if (from != NULL && is_shown(from->directory)) {
		CLEANUP(free) char *path = path_of(state, from->directory, from->name);
		(void)json_object_set_new(event, "from",
					  json_string(path == NULL ? from->name : path));
	}
	return event;
}

void events_note_changes(struct workspace *workspace, const struct tree_changes *changes)
{
	struct store_transaction *state = NULL;
	json_t *found = NULL;
	json_t *event;
	size_t n;
	for (size_t i = 0; i < changes->count; i++) {
		const struct tree_change *change = &changes->items[i];
		if (change->kind == TREE_NAME_TOUCHED) {
			continue;
		}
		if (state == NULL && workspace_begin(workspace, false, &state, NULL) < 0) {
			break;
		}
		found = found == NULL ? json_array() : found;
		(void)json_array_append_new(found, event_of_change(state, changes, change));
	}
	store_abort(state);
	json_array_foreach (found, n, event) {
		append(workspace, json_incref(event));
	}
	json_decref(found);
}

size_t workspace_events_size(struct workspace *workspace)
{
	LOCK_SCOPE(&workspace->event_log.mutex);
	return workspace->event_log.text.len;
}

size_t workspace_events_read(struct workspace *workspace, void *bytes, size_t len, off_t offset)
{
	LOCK_SCOPE(&workspace->event_log.mutex);
	const struct buf *text = &workspace->event_log.text;
	return bytes_read(text->data, text->len, bytes, len, offset);
}
