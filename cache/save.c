#include "cache/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/content.h"
#include "cache/queue.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

/* A text being written without being closed is pushed after this long without a change. */
#define QUIET_MS 30000

static bool is_blank(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\0') {
			return false;
		}
	}
	return true;
}

/* Fills the queue's entry with a new text. */
static int make_entry(struct store_transaction *state, struct store_transaction *cache,
		      const struct node_record *record, const char *bytes, size_t len,
		      uint64_t base_version, struct queue_entry *entry)
{
	int r = 0;
	bool has_base = json_object_get(entry->base, "blocks") != NULL;
	if (!has_base && (record->flags & NODE_NEW) == 0) {
		json_t *base = NULL;
		r = content_version(state, cache, record, base_version, &base);
		if (r < 0) {
			return r == -ENOENT ? -EAGAIN : r;
		}
		json_decref(entry->base);
		entry->base = base;
	}
	free(entry->text);
	entry->text = malloc(len + 1);
	if (entry->text == NULL) {
		return -ENOMEM;
	}
	if (len > 0) {
		memcpy(entry->text, bytes, len);
	}
	entry->text_len = len;
	free(entry->error);
	entry->error = NULL;
	entry->error_line = entry->error_column = 0;
	entry->node = record->node;
	entry->kind = QUEUE_SAVE;
	entry->generation++;
	entry->saved_ms = clock_now_ms();
	entry->due_ms = entry->saved_ms + QUIET_MS;
	bool had_blocks = json_array_size(json_object_get(entry->base, "blocks")) > 0;
	entry->state = had_blocks && is_blank(bytes, len) ? QUEUE_HELD : QUEUE_PENDING;
	return 0;
}

int save_text(struct workspace *workspace, node_id node, const void *bytes, size_t len,
	      int64_t mtime_ns, pid_t process)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct node_record record;
	struct store_value shown;
	uint64_t version;
	uint64_t base_version = openings_base(&workspace->openings, node, process);
	bool is_read = openings_are_by_others(&workspace->openings, node, process);
	int r = store_write(workspace->state, &state);
	if (r == 0) {
		r = store_read(workspace->cache, &cache);
	}
	if (r == 0) {
		r = tree_get(state, node, &record);
	}
	if (r < 0) {
		return r;
	}
	r = queue_get(state, node, &entry);
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	bool is_pending = r == 0;
	bool is_same =
		is_pending ? entry.kind == QUEUE_SAVE && entry.text_len == len &&
				     memcmp(entry.text, bytes, len) == 0
			   : (record.flags & NODE_NEW) == 0 &&
				     rendering_get(cache, &record.object, &version, &shown) == 0 &&
				     shown.len == len && memcmp(shown.bytes, bytes, len) == 0;
	if (!is_same) {
		/* What readers were given goes on being a base for them (design.md §5.4). */
		r = !is_read || is_pending || (record.flags & NODE_NEW) != 0
			    ? 0
			    : content_keep_version(state, cache, &record.object);
		if (r == 0) {
			base_version = base_version == 0 ? record.version : base_version;
			r = make_entry(state, cache, &record, bytes, len, base_version, &entry);
		}
		if (r == 0) {
			r = queue_put(state, &entry);
		}
		record.size = len;
		record.content_hash = content_hash(bytes, len);
		record.flags |= NODE_SIZE_EXACT;
		record.version++;
	} else {
		r = 0;
	}
	int64_t now_ns = clock_now_ms() * 1000000;
	record.flags &= ~(unsigned)NODE_HIDDEN;
	record.mtime_ns = mtime_ns;
	record.ctime_ns = now_ns > record.ctime_ns ? now_ns : record.ctime_ns + 1;
	if (r == 0) {
		r = tree_put(state, &record);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		/* Who saved a text has seen it: what comes next was made over that. */
		openings_note(&workspace->openings, node, process, record.version, SEEN_SAVE);
	}
	if (r == 0 && (!is_same || is_pending)) {
		writeback_schedule(&workspace->writeback, node, clock_now_ms() + QUIET_MS);
	}
	return r;
}
