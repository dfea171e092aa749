/*
 * The part of workspace.h that remembers directories which are not decided yet.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/workspace_private.h"

#define MOVED_AT_ONCE 64

/* On disk: directory, when it was made, and the path without its NUL. */
#define HEAD_BYTES 16

static int put(struct store_transaction *state, uint64_t number,
	       const struct empty_directory *empty)
{
	unsigned char key[KEY_NODE_BYTES];
	unsigned char value[HEAD_BYTES + PATH_MAX];
	size_t len = strlen(empty->path);
	memcpy(value, &empty->directory, 8);
	memcpy(value + 8, &empty->made_ms, 8);
	memcpy(value + HEAD_BYTES, empty->path, len);
	key_put_u64(key, number);
	return store_put(state, STATE_EMPTY, key, sizeof key, value, HEAD_BYTES + len);
}

static int decode(const void *key, size_t key_len, const struct store_value *value,
		  struct empty_directory *ret_empty)
{
	if (key_len != KEY_NODE_BYTES || value->len < HEAD_BYTES ||
	    value->len - HEAD_BYTES >= PATH_MAX) {
		return -EINVAL;
	}
	const char *bytes = value->bytes;
	ret_empty->number = key_get_u64(key);
	memcpy(&ret_empty->directory, bytes, 8);
	memcpy(&ret_empty->made_ms, bytes + 8, 8);
	memcpy(ret_empty->path, bytes + HEAD_BYTES, value->len - HEAD_BYTES);
	ret_empty->path[value->len - HEAD_BYTES] = '\0';
	return 0;
}

int workspace_keep_empty(struct workspace *workspace, const struct empty_directory *items,
			 size_t count)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	int r = workspace_begin(workspace, true, &state, NULL);
	for (size_t i = 0; r == 0 && i < count; i++) {
		uint64_t number;
		r = tree_counter(state, "next_empty", 1, &number);
		r = r < 0 ? r : put(state, number, &items[i]);
	}
	return r < 0 ? r : workspace_commit(&state, NULL);
}

struct finding {
	struct empty_directory *found;
	bool is_found;
};

static int take_first(void *context, const void *key, size_t key_len,
		      const struct store_value *value)
{
	struct finding *finding = context;
	int r = decode(key, key_len, value, finding->found);
	finding->is_found = r == 0;
	return r < 0 ? r : 1;
}

int workspace_first_empty(struct workspace *workspace, struct empty_directory *ret_empty)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct finding finding = {.found = ret_empty};
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = store_each(state, STATE_EMPTY, "", 0, 0, take_first, &finding);
	}
	return r < 0 ? r : finding.is_found ? 0 : -ENOENT;
}

int workspace_forget_empty(struct workspace *workspace, uint64_t number)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, number);
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = store_delete(state, STATE_EMPTY, key, sizeof key);
	}
	return r < 0 ? r : workspace_commit(&state, NULL);
}

bool empty_directory_move(struct empty_directory *empty, node_id directory, const char *path,
			  node_id new_directory, const char *new_path)
{
	char moved[PATH_MAX];
	size_t len = strlen(path);
	if (empty->directory != directory || strncmp(empty->path, path, len) != 0 ||
	    (empty->path[len] != '\0' && empty->path[len] != '/') ||
	    strlen(new_path) + strlen(empty->path + len) >= sizeof moved) {
		return false;
	}
	(void)stpcpy(stpcpy(moved, new_path), empty->path + len);
	(void)strcpy(empty->path, moved);
	empty->directory = new_directory;
	return true;
}

struct moving {
	node_id directory;
	const char *path;
	node_id new_directory;
	const char *new_path;
	struct empty_directory *items; /* MOVED_AT_ONCE */
	size_t count;
};

static int collect_moved(void *context, const void *key, size_t key_len,
			 const struct store_value *value)
{
	struct moving *moving = context;
	struct empty_directory *empty = &moving->items[moving->count];
	int r = decode(key, key_len, value, empty);
	if (r == 0 && empty_directory_move(empty, moving->directory, moving->path,
					   moving->new_directory, moving->new_path)) {
		moving->count++;
	}
	return r < 0 ? r : moving->count == MOVED_AT_ONCE;
}

int workspace_move_empty(struct workspace *workspace, node_id directory, const char *path,
			 node_id new_directory, const char *new_path)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct moving moving = {.directory = directory,
				.path = path,
				.new_directory = new_directory,
				.new_path = new_path};
	size_t count = 0;
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = store_count(state, STATE_EMPTY, &count);
	}
	store_abort(steal(&state));
	if (r < 0 || count == 0) {
		return r;
	}
	moving.items = calloc(MOVED_AT_ONCE, sizeof *moving.items);
	r = moving.items == NULL ? -ENOMEM : workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = store_each(state, STATE_EMPTY, "", 0, 0, collect_moved, &moving);
	}
	for (size_t i = 0; r >= 0 && i < moving.count; i++) {
		r = put(state, moving.items[i].number, &moving.items[i]);
	}
	free(moving.items);
	return r < 0 ? r : workspace_commit(&state, NULL);
}

int64_t workspace_grace_ms(const struct workspace *workspace)
{
	return workspace->options.trash_delay_ms;
}
