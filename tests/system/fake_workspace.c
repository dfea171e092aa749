/*
 * workspace.h in memory: the tree's functions. Open pages are in fake_page.c, the thread that
 * answers waits and commands in fake_serve.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "tests/system/fake_tree.h"

int workspace_open(const struct workspace_options *options, struct workspace **ret_workspace,
		   char **ret_message)
{
	(void)ret_message;
	struct workspace *workspace = calloc(1, sizeof *workspace);
	if (workspace == NULL) {
		abort();
	}
	(void)pthread_mutex_init(&workspace->lock, NULL);
	(void)pthread_cond_init(&workspace->changed, NULL);
	workspace->list_wait_ms = options->list_wait_ms;
	(void)fake_add(workspace, 0, "", NODE_DIRECTORY);
	*ret_workspace = workspace;
	return 0;
}

int workspace_start(struct workspace *workspace, const struct workspace_events *events)
{
	workspace->events = *events;
	return -pthread_create(&workspace->thread, NULL, fake_serve, workspace);
}

void workspace_stop(struct workspace *workspace)
{
	(void)pthread_mutex_lock(&workspace->lock);
	workspace->is_stopping = true;
	(void)pthread_cond_signal(&workspace->changed);
	(void)pthread_mutex_unlock(&workspace->lock);
	(void)pthread_join(workspace->thread, NULL);
}

void workspace_free(struct workspace *workspace)
{
	for (size_t i = 0; i < workspace->count; i++) {
		fake_text_unref(workspace->nodes[i]->text);
		free(workspace->nodes[i]);
	}
	free(workspace);
}

/* ---- waiting ---- */

int workspace_fetch(struct workspace *workspace, node_id id, enum want want, workspace_done *done,
		    void *context, struct workspace_wait **ret_wait)
{
	LOCK_SCOPE(&workspace->lock);
	const struct node *node = fake_node(workspace, id);
	if (node == NULL) {
		return -ENOENT;
	}
	if (want == WANT_LISTING ? node->is_listed : node->is_fetched) {
		return 0;
	}
	struct workspace_wait *wait = calloc(1, sizeof *wait);
	if (wait == NULL) {
		abort();
	}
	*wait = (struct workspace_wait){
		.next = workspace->waits,
		.node = id,
		.want = want,
		.done = done,
		.context = context,
		.deadline_ms = fake_now_ms() + workspace->list_wait_ms,
	};
	workspace->waits = wait;
	*ret_wait = wait;
	(void)pthread_cond_signal(&workspace->changed);
	return -EINPROGRESS;
}

void workspace_cancel(struct workspace *workspace, struct workspace_wait *wait, int error)
{
	(void)pthread_mutex_lock(&workspace->lock);
	struct workspace_wait **link = &workspace->waits;
	while (*link != NULL && *link != wait) {
		link = &(*link)->next;
	}
	bool is_found = *link == wait;
	if (is_found) {
		*link = wait->next;
	}
	(void)pthread_mutex_unlock(&workspace->lock);
	if (is_found) {
		wait->done(wait->context, error);
		free(wait);
	}
}

/* ---- the tree ---- */

enum name_kind workspace_name_kind(struct workspace *workspace, const char *name)
{
	(void)workspace;
	size_t len = strlen(name);
	if (strcmp(name, ".notionfs") == 0 || strcmp(name, ".assets") == 0) {
		return NAME_RESERVED;
	}
	bool is_page = *name != '.' && len > 3 && strcmp(name + len - 3, ".md") == 0 &&
		       strchr(name, '\xff') == NULL;
	return is_page ? NAME_PAGE : NAME_LOCAL;
}

static int find(struct workspace *workspace, node_id directory, const char *name,
		struct node **ret_node)
{
	const struct node *parent = fake_node(workspace, directory);
	struct node *node = fake_child(workspace, directory, name);
	if (parent != NULL && !parent->is_listed) {
		return -EAGAIN;
	}
	if (parent == NULL || node == NULL || node->is_unlinked) {
		return -ENOENT;
	}
	*ret_node = node;
	return 0;
}

int workspace_lookup(struct workspace *workspace, node_id directory, const char *name,
		     struct node_attr *ret_attr)
{
	LOCK_SCOPE(&workspace->lock);
	struct node *node = NULL;
	int r = find(workspace, directory, name, &node);
	if (r == 0) {
		fake_attr(node, ret_attr);
	}
	return r;
}

int workspace_alias(struct workspace *workspace, node_id directory, const char *name, pid_t process,
		    node_id *ret_directory, char ret_name[NAME_MAX + 1])
{
	(void)workspace;
	(void)directory;
	(void)name;
	(void)process;
	(void)ret_directory;
	(void)ret_name;
	return -ENOENT;
}

int workspace_drop_alias(struct workspace *workspace, node_id directory, const char *name)
{
	(void)workspace;
	(void)directory;
	(void)name;
	return 0;
}

bool workspace_is_only_text(struct workspace *workspace, node_id page)
{
	(void)workspace;
	(void)page;
	return false;
}

int workspace_getattr(struct workspace *workspace, node_id id, struct node_attr *ret_attr)
{
	LOCK_SCOPE(&workspace->lock);
	const struct node *node = fake_node(workspace, id);
	if (node == NULL) {
		return -ENOENT;
	}
	fake_attr(node, ret_attr);
	return 0;
}

int workspace_parent(struct workspace *workspace, node_id directory, node_id *ret_parent)
{
	LOCK_SCOPE(&workspace->lock);
	const struct node *node = fake_node(workspace, directory);
	if (node == NULL) {
		return -ENOENT;
	}
	*ret_parent = node->parent == 0 ? NODE_ROOT : node->parent;
	return 0;
}

int workspace_list(struct workspace *workspace, node_id directory, uint64_t after,
		   workspace_emit *emit, void *context)
{
	LOCK_SCOPE(&workspace->lock);
	const struct node *parent = fake_node(workspace, directory);
	if (parent == NULL || !parent->is_listed) {
		return parent == NULL ? -ENOENT : -EAGAIN;
	}
	for (size_t i = 1; i < workspace->count; i++) {
		const struct node *node = workspace->nodes[i];
		struct node_attr attr;
		if (node->parent != directory || node->is_unlinked || node->cookie <= after) {
			continue;
		}
		fake_attr(node, &attr);
		if (!emit(context, node->cookie, node->name, &attr)) {
			break;
		}
	}
	return 0;
}

int workspace_setattr(struct workspace *workspace, node_id id, unsigned set,
		      const struct node_attr *attr, struct node_attr *ret_attr)
{
	LOCK_SCOPE(&workspace->lock);
	struct node *node = fake_node(workspace, id);
	if (node == NULL) {
		return -ENOENT;
	}
	if ((set & SET_MODE) != 0) {
		node->mode = (node->mode & S_IFMT) | (attr->mode & 07777);
	}
	if ((set & SET_MTIME) != 0) {
		node->mtime_ns = attr->mtime_ns;
	}
	fake_attr(node, ret_attr);
	return 0;
}

void workspace_statfs(struct workspace *workspace, struct statvfs *ret_statfs)
{
	(void)workspace;
	*ret_statfs = (struct statvfs){.f_bsize = 4096,
				       .f_frsize = 4096,
				       .f_blocks = 1 << 20,
				       .f_bfree = 1 << 19,
				       .f_bavail = 1 << 19,
				       .f_namemax = 255};
}

int workspace_save(struct workspace *workspace, node_id directory, const char *name,
		   const void *bytes, size_t len, mode_t mode, int64_t mtime_ns, int64_t begun_ns,
		   pid_t process, struct node_attr *ret_attr)
{
	(void)begun_ns;
	(void)process;
	LOCK_SCOPE(&workspace->lock);
	struct node *node = fake_child(workspace, directory, name);
	if (node == NULL) {
		node = fake_add(workspace, directory, name, NODE_PAGE);
		node->mode = S_IFREG | mode;
	}
	node->is_unlinked = false;
	fake_set_text(node, fake_text_new(workspace, bytes, len));
	node->mtime_ns = mtime_ns;
	fake_attr(node, ret_attr);
	return 0;
}

int workspace_unlink(struct workspace *workspace, node_id directory, const char *name)
{
	LOCK_SCOPE(&workspace->lock);
	struct node *node = NULL;
	int r = find(workspace, directory, name, &node);
	if (r == 0) {
		node->is_unlinked = true;
		fake_touch(fake_node(workspace, directory));
	}
	return r;
}

int workspace_mkdir(struct workspace *workspace, node_id directory, const char *name, mode_t mode,
		    struct node_attr *ret_attr)
{
	LOCK_SCOPE(&workspace->lock);
	struct node *node = fake_child(workspace, directory, name);
	if (node != NULL && !node->is_unlinked) {
		return -EEXIST;
	}
	if (node == NULL) {
		node = fake_add(workspace, directory, name, NODE_DIRECTORY);
	}
	node->is_unlinked = false;
	node->mode = S_IFDIR | mode;
	fake_attr(node, ret_attr);
	return 0;
}

int workspace_adopt(struct workspace *workspace, node_id directory, const char *name,
		    struct node_attr *ret_attr)
{
	(void)workspace;
	(void)directory;
	(void)name;
	(void)ret_attr;
	return -EPERM;
}

void workspace_file_came(struct workspace *workspace, const char *path)
{
	(void)workspace;
	(void)path;
}

void workspace_explain(struct workspace *workspace, node_id directory, const char *name,
		       const char *why)
{
	(void)workspace;
	(void)directory;
	(void)name;
	(void)why;
}

int workspace_rmdir(struct workspace *workspace, node_id directory, const char *name)
{
	LOCK_SCOPE(&workspace->lock);
	struct node *node = NULL;
	int r = find(workspace, directory, name, &node);
	for (size_t i = 1; r == 0 && i < workspace->count; i++) {
		if (workspace->nodes[i]->parent == node->id && !workspace->nodes[i]->is_unlinked) {
			r = -ENOTEMPTY;
		}
	}
	if (r == 0) {
		node->is_unlinked = true;
	}
	return r;
}

int workspace_rename(struct workspace *workspace, node_id directory, const char *name,
		     node_id new_directory, const char *new_name, unsigned flags, pid_t process)
{
	(void)flags;
	(void)process;
	LOCK_SCOPE(&workspace->lock);
	struct node *node = NULL;
	int r = find(workspace, directory, name, &node);
	if (r < 0) {
		return r;
	}
	struct node *target = fake_child(workspace, new_directory, new_name);
	if (target != NULL && target->kind == NODE_PAGE && node->kind == NODE_PAGE) {
		/* A save of the target, which keeps its node. */
		fake_set_text(target, fake_text_ref(node->text));
		target->is_unlinked = false;
		node->is_unlinked = true;
		return 0;
	}
	if (target != NULL) {
		target->name[0] = '\0';
		target->is_unlinked = true;
	}
	node->parent = new_directory;
	(void)strcpy(node->name, new_name);
	node->cookie = 16 + ++workspace->last_cookie;
	return 0;
}

void workspace_set_message_counter(struct workspace *workspace, uint64_t (*count)(void *context),
				   void *context)
{
	(void)workspace;
	(void)count;
	(void)context;
}

int workspace_special(struct workspace *workspace, const char *name, struct buf *out)
{
	(void)workspace;
	buf_printf(out, "text of %s\n", name);
	return 0;
}

size_t workspace_events_size(struct workspace *workspace)
{
	(void)workspace;
	return 0;
}

size_t workspace_events_read(struct workspace *workspace, void *bytes, size_t len, off_t offset)
{
	(void)workspace;
	(void)bytes;
	(void)len;
	(void)offset;
	return 0;
}

int workspace_command(struct workspace *workspace, const char *json, size_t len,
		      workspace_answer *answer, void *context)
{
	struct command *command = calloc(1, sizeof *command);
	if (command == NULL) {
		abort();
	}
	command->json = strndup(json, len);
	command->len = len;
	command->answer = answer;
	command->context = context;
	LOCK_SCOPE(&workspace->lock);
	command->next = workspace->commands;
	workspace->commands = command;
	(void)pthread_cond_signal(&workspace->changed);
	return -EINPROGRESS;
}

/* ---- directories that stay empty: here they do ---- */

int64_t workspace_grace_ms(const struct workspace *workspace)
{
	(void)workspace;
	return 0;
}

int workspace_keep_empty(struct workspace *workspace, const struct empty_directory *items,
			 size_t count)
{
	(void)workspace;
	(void)items;
	(void)count;
	return 0;
}

int workspace_first_empty(struct workspace *workspace, struct empty_directory *ret_empty)
{
	(void)workspace;
	(void)ret_empty;
	return -ENOENT;
}

int workspace_forget_empty(struct workspace *workspace, uint64_t number)
{
	(void)workspace;
	(void)number;
	return 0;
}

int workspace_move_empty(struct workspace *workspace, node_id directory, const char *path,
			 node_id new_directory, const char *new_path)
{
	(void)workspace;
	(void)directory;
	(void)path;
	(void)new_directory;
	(void)new_path;
	return 0;
}

bool empty_directory_move(struct empty_directory *empty, node_id directory, const char *path,
			  node_id new_directory, const char *new_path)
{
	(void)empty;
	(void)directory;
	(void)path;
	(void)new_directory;
	(void)new_path;
	return false;
}

int workspace_schema(struct workspace *workspace, node_id directory, struct buf *out,
		     int64_t *ret_mtime_ns)
{
	(void)workspace;
	(void)directory;
	(void)out;
	(void)ret_mtime_ns;
	return -ENOENT;
}

bool workspace_has_schema(struct workspace *workspace, node_id directory)
{
	(void)workspace;
	(void)directory;
	return false;
}
