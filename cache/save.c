#include "cache/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/content.h"
#include "cache/labels_file.h"
#include "cache/queue.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

/* A text being written without being closed is pushed after this long without a change. */
#define QUIET_MS 30000

/* Nothing that a page could be made of: no bytes, or NULs and white space only, as a crash or an
 * editor's emptied window leaves it. */
static bool is_blank(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\0' && strchr(" \t\r\n\f\v", bytes[i]) == NULL) {
			return false;
		}
	}
	return true;
}

struct save {
	struct workspace *workspace;
	node_id node;
	const char *bytes;
	size_t len;
	int64_t mtime_ns;
	uint64_t base_version; /* 0: nobody is known to have seen the page */
	bool is_read;	       /* by others than who saves */
	/* results */
	bool is_same;
	bool is_pending;
	bool is_held;
	uint64_t version;
};

/* What the author saw: of several saves that were not sent, the oldest base counts. */
static int choose_base(struct store_transaction *state, struct store_transaction *cache,
		       const struct node_record *record, uint64_t version,
		       struct queue_entry *entry)
{
	json_t *base = NULL;
	bool has_base = json_object_get(entry->base, "blocks") != NULL;
	int r = 0;
	if ((record->flags & NODE_NEW) != 0) {
		return 0;
	}
	if (!has_base) {
		r = content_version(state, cache, record, version, &base);
		r = r == -ENOENT ? -EAGAIN : r;
	} else if (version < entry->base_version) {
		r = content_kept_version(state, record, version, &base);
		if (r == -ENOENT) {
			return 0;
		}
	}
	if (r == 0 && base != NULL) {
		json_decref(entry->base);
		entry->base = base;
		entry->base_version = version;
	}
	return r;
}

/* Fills the queue's entry with a new text. */
static int make_entry(const struct save *save, struct store_transaction *state,
		      struct store_transaction *cache, const struct node_record *record,
		      struct queue_entry *entry)
{
	uint64_t version = save->base_version == 0 ? record->version : save->base_version;
	int r = choose_base(state, cache, record, version, entry);
	if (r < 0) {
		return r;
	}
	free(entry->text);
	entry->text = malloc(save->len + 1);
	if (entry->text == NULL) {
		return -ENOMEM;
	}
	if (save->len > 0) {
		memcpy(entry->text, save->bytes, save->len);
	}
	entry->text_len = save->len;
	free(entry->error);
	entry->error = NULL;
	entry->error_line = entry->error_column = 0;
	entry->node = record->node;
	entry->kind = QUEUE_SAVE;
	entry->generation++;
	entry->saved_ms = clock_now_ms();
	entry->due_ms = entry->saved_ms + QUIET_MS;
	bool had_blocks = json_array_size(json_object_get(entry->base, "blocks")) > 0;
	entry->state = had_blocks && is_blank(save->bytes, save->len) ? QUEUE_HELD : QUEUE_PENDING;
	return 0;
}

/* Does the page read so already, and show what it shows? A refused text is worth another try: what
 * was wrong with it may have been put right in Notion. */
static bool reads_so(const struct save *save, struct store_transaction *state,
		     struct store_transaction *cache, const struct node_record *record,
		     const struct queue_entry *entry)
{
	struct store_value shown;
	uint64_t version;
	if (save->is_pending) {
		return entry->kind == QUEUE_SAVE && entry->state != QUEUE_ERROR &&
		       entry->text_len == save->len &&
		       memcmp(entry->text, save->bytes, save->len) == 0;
	}
	return (record->flags & NODE_NEW) == 0 &&
	       rendering_get(cache, &record->object, &version, &shown) == 0 &&
	       shown.len == save->len && memcmp(shown.bytes, save->bytes, save->len) == 0 &&
	       !labels_files_changed(save->workspace, state, &record->object, record->parent);
}

/* What readers were given goes on being a base for them (design.md §5.4). */
static int keep_read_version(const struct save *save, struct store_transaction *state,
			     struct store_transaction *cache, const struct node_record *record,
			     const struct queue_entry *entry)
{
	if (!save->is_read || (record->flags & NODE_NEW) != 0) {
		return 0;
	}
	/* A text that is not sent yet was made over its base: so is what is made over the text. */
	return save->is_pending && entry->kind == QUEUE_SAVE
		       ? content_keep_base(state, record, entry->base)
		       : content_keep_version(state, cache, &record->object);
}

static int put_text(void *context, struct store_transaction *state)
{
	struct save *save = context;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct node_record record;
	int r = store_read(save->workspace->cache, &cache);
	if (r == 0) {
		r = tree_get(state, save->node, &record);
	}
	if (r == 0) {
		r = queue_get(state, save->node, &entry);
		save->is_pending = r == 0;
		r = r == -ENOENT ? 0 : r;
	}
	if (r < 0) {
		return r;
	}
	save->is_same = reads_so(save, state, cache, &record, &entry);
	if (!save->is_same) {
		r = keep_read_version(save, state, cache, &record, &entry);
		if (r == 0) {
			r = make_entry(save, state, cache, &record, &entry);
		}
		if (r == 0) {
			r = queue_put(state, &entry);
			save->is_held = entry.state == QUEUE_HELD;
		}
		record.size = save->len;
		record.content_hash = content_hash(save->bytes, save->len);
		record.flags |= NODE_SIZE_EXACT;
		record.version++;
	}
	int64_t now_ns = clock_now_ms() * 1000000;
	record.flags &= ~(unsigned)(NODE_HIDDEN | NODE_IMPLIED | NODE_RETURNED);
	record.mtime_ns = save->mtime_ns;
	record.ctime_ns = now_ns > record.ctime_ns ? now_ns : record.ctime_ns + 1;
	save->version = record.version;
	return r < 0 ? r : tree_put(state, &record);
}

int save_text(struct workspace *workspace, node_id node, const void *bytes, size_t len,
	      int64_t mtime_ns, pid_t process, int64_t begun_ms, uint64_t opened_version)
{
	struct save save = {
		.workspace = workspace,
		.node = node,
		.bytes = bytes,
		.len = len,
		.mtime_ns = mtime_ns,
		.base_version = opened_version != 0 ? opened_version
						    : openings_base(&workspace->openings, node,
								    process, begun_ms),
		.is_read = openings_are_by_others(&workspace->openings, node, process),
	};
	int r = store_update(workspace->state, put_text, &save);
	if (r < 0) {
		return r;
	}
	/* Who saved a text has seen it: what comes next was made over that. */
	openings_note(&workspace->openings, node, process, save.version, SEEN_SAVE);
	if (!save.is_same) {
		events_note_node(workspace, save.is_held ? "held" : "saved", true, node, NULL);
	}
	if (!save.is_same || save.is_pending) {
		writeback_schedule(&workspace->writeback, node, clock_now_ms() + QUIET_MS);
	}
	return 0;
}
