#include "cache/marks.h"

#include <errno.h>

#include "cache/keys.h"
#include "cache/tables.h"

#define IS_BUILT "marks"

static bool is_marked(const struct node_record *record)
{
	bool is_table = record->role == ROLE_DATABASE || record->role == ROLE_DATA_SOURCE;
	return (record->flags & (NODE_CONFLICT | NODE_RETURNED)) != 0 ||
	       (is_table && (record->flags & NODE_LISTED) == 0);
}

int marks_forget(struct store_transaction *state, node_id node)
{
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, node);
	return store_delete(state, STATE_MARKED, key, sizeof key);
}

int marks_keep(struct store_transaction *state, const struct node_record *record)
{
	unsigned char key[KEY_NODE_BYTES];
	if (!is_marked(record)) {
		return marks_forget(state, record->node);
	}
	key_put_u64(key, record->node);
	return store_put(state, STATE_MARKED, key, sizeof key, "", 0);
}

static int note_node(void *context, const void *key, size_t key_len,
		     const struct store_value *value)
{
	struct store_transaction *state = context;
	struct node_record record;
	(void)value;
	if (key_len != KEY_NODE_BYTES || tree_get(state, key_get_u64(key), &record) < 0 ||
	    !is_marked(&record)) {
		return 0;
	}
	return marks_keep(state, &record);
}

int marks_init(struct store_transaction *state)
{
	struct store_value value;
	int r = store_get(state, STATE_META, IS_BUILT, sizeof IS_BUILT - 1, &value);
	if (r != -ENOENT) {
		return r;
	}
	r = store_each(state, STATE_NODE, "", 0, 0, note_node, state);
	return r < 0 ? r : store_put(state, STATE_META, IS_BUILT, sizeof IS_BUILT - 1, "", 0);
}

struct each {
	struct store_transaction *state;
	tree_visit *visit;
	void *context;
};

static int visit_marked(void *context, const void *key, size_t key_len,
			const struct store_value *value)
{
	const struct each *each = context;
	struct node_record record;
	(void)value;
	if (key_len != KEY_NODE_BYTES) {
		return -EINVAL;
	}
	int r = tree_get(each->state, key_get_u64(key), &record);
	return r == -ENOENT ? 0 : r < 0 ? r : each->visit(each->context, &record);
}

int marks_each(struct store_transaction *state, tree_visit *visit, void *context)
{
	struct each each = {.state = state, .visit = visit, .context = context};
	int r = store_each(state, STATE_MARKED, "", 0, 0, visit_marked, &each);
	return r > 0 ? 0 : r;
}
