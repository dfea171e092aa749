/*
 * The listing of the trash: what lies in it, and what has a place elsewhere still, in its grace
 * time or held.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/queue.h"
#include "cache/removed.h"
#include "cache/trash_private.h"

struct leaving {
	struct store_transaction *state;
	struct node_record *items;
	size_t count;
};

static int collect_record(void *context, const struct node_record *record)
{
	struct leaving *leaving = context;
	if (leaving->count % 64 == 0) {
		leaving->items =
			realloc(leaving->items, (leaving->count + 64) * sizeof *leaving->items);
		if (leaving->items == NULL) {
			abort();
		}
	}
	leaving->items[leaving->count++] = *record;
	return 0;
}

static int note_leaving(void *context, const struct queue_entry *entry)
{
	struct leaving *leaving = context;
	struct node_record record;
	struct node_record above;
	int64_t due_ms;
	if (entry->kind != QUEUE_TRASH || tree_get(leaving->state, entry->node, &record) < 0 ||
	    (record.flags & NODE_HIDDEN) == 0 ||
	    removed_above(leaving->state, &record, &above, &due_ms) == 0) {
		return 0;
	}
	return collect_record(leaving, &record);
}

static int by_name(const void *a, const void *b)
{
	const struct node_record *left = a;
	const struct node_record *right = b;
	int order = strcmp(left->name, right->name);
	return order != 0 ? order : (left->node > right->node) - (left->node < right->node);
}

static int by_cookie(const void *a, const void *b)
{
	const struct node_record *left = a;
	const struct node_record *right = b;
	return (left->cookie > right->cookie) - (left->cookie < right->cookie);
}

/* With the names they are listed by. */
static int collect_leaving(struct store_transaction *state, struct leaving *leaving)
{
	*leaving = (struct leaving){.state = state};
	int r = queue_each(state, true, note_leaving, leaving);
	if (r < 0 || leaving->count == 0) {
		return r;
	}
	qsort(leaving->items, leaving->count, sizeof *leaving->items, by_name);
	char last[NODE_NAME_MAX_BYTES + 1] = "";
	for (size_t i = 0; i < leaving->count; i++) {
		struct node_record *record = &leaving->items[i];
		char stem[NODE_NAME_MAX_BYTES + 1];
		bool is_twin = strcmp(record->name, last) == 0;
		memcpy(last, record->name, sizeof last);
		trash_copy_stem(record->name, stem, true);
		if (is_twin || !trash_name_is_free(state, stem)) {
			trash_suffix(record, stem, is_twin ? 8 : 4, record->name);
		}
		record->flags &= ~(unsigned)NODE_HIDDEN;
	}
	return 0;
}

int trash_each(struct store_transaction *state, uint64_t after, tree_visit *visit, void *context)
{
	struct leaving leaving;
	int r = collect_leaving(state, &leaving);
	if (r == 0) {
		r = tree_each(state, NODE_TRASH, after, collect_record, &leaving);
	}
	if (leaving.count > 0) {
		qsort(leaving.items, leaving.count, sizeof *leaving.items, by_cookie);
	}
	for (size_t i = 0; r == 0 && i < leaving.count; i++) {
		r = leaving.items[i].cookie > after ? visit(context, &leaving.items[i]) : 0;
	}
	free(leaving.items);
	return r > 0 ? 0 : r;
}

int trash_lookup_leaving(struct store_transaction *state, const char *name,
			 struct node_record *ret_record)
{
	struct leaving leaving;
	int r = collect_leaving(state, &leaving);
	int found = -ENOENT;
	for (size_t i = 0; r == 0 && found < 0 && i < leaving.count; i++) {
		if (strcmp(leaving.items[i].name, name) == 0) {
			*ret_record = leaving.items[i];
			found = 0;
		}
	}
	free(leaving.items);
	return r < 0 ? r : found;
}
