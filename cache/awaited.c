#include "cache/awaited.h"

#include <stdlib.h>
#include <string.h>

#include "cache/asset.h"
#include "cache/queue.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

#define PAGES_MAX 64 /* at once; with the next file the others */

struct looking {
	struct store_transaction *state;
	const char *name;
	char *encoded;
	node_id pages[PAGES_MAX];
	size_t count;
	size_t awaiting;
};

static bool shows(const struct queue_entry *entry, const char *name)
{
	return memmem(entry->text, entry->text_len, name, strlen(name)) != NULL;
}

static int look_at_entry(void *context, const struct queue_entry *light)
{
	struct looking *looking = context;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	if (light->state != QUEUE_ERROR || !light->awaits_file) {
		return 0;
	}
	looking->awaiting++;
	int r = queue_get(looking->state, light->node, &entry);
	if (r == 0 && looking->count < PAGES_MAX &&
	    (shows(&entry, looking->name) || shows(&entry, looking->encoded))) {
		looking->pages[looking->count++] = light->node;
	}
	return r;
}

/* Owed again, as it was saved. */
static int set_pending(struct workspace *workspace, node_id node)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = queue_get(state, node, &entry);
	}
	if (r < 0 || entry.state != QUEUE_ERROR) {
		return r;
	}
	entry.state = QUEUE_PENDING;
	r = queue_put(state, &entry);
	return r < 0 ? r : workspace_commit(&state, NULL);
}

static void try_again(struct workspace *workspace, node_id node)
{
	if (set_pending(workspace, node) == 0) {
		writeback_schedule(&workspace->writeback, node,
				   clock_now_ms() + workspace->options.save_delay_ms);
	}
}

void awaited_init(struct workspace *workspace)
{
	atomic_store(&workspace->may_await, true);
}

void awaited_note(struct workspace *workspace, node_id node, unsigned files_came)
{
	atomic_store(&workspace->may_await, true);
	if (atomic_load(&workspace->files_came) != files_came) {
		try_again(workspace, node); /* it came while the plan was made */
	}
}

void workspace_file_came(struct workspace *workspace, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct looking looking = {.name = slash == NULL ? path : slash + 1};
	CLEANUP(buf) struct buf encoded;
	buf_init(&encoded, (size_t)4 * NODE_NAME_MAX_BYTES);
	(void)atomic_fetch_add(&workspace->files_came, 1);
	if (!atomic_load(&workspace->may_await) || *looking.name == '\0') {
		return;
	}
	path_encode(looking.name, &encoded);
	looking.encoded = encoded.data;
	int r = workspace_begin(workspace, false, &looking.state, NULL);
	if (r == 0) {
		r = queue_each(looking.state, true, look_at_entry, &looking);
	}
	store_abort(looking.state);
	if (r == 0 && looking.awaiting == 0) {
		/* What is refused at this moment is noted after its commit, or sees this one come.
		 */
		atomic_store(&workspace->may_await, false);
	}
	for (size_t i = 0; r == 0 && i < looking.count; i++) {
		try_again(workspace, looking.pages[i]);
	}
}
