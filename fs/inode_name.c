#include "fs/inode_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *copy_string(const char *string)
{
	char *copy = strdup(string);
	if (copy == NULL) {
		abort();
	}
	return copy;
}

/* ---- names ---- */

void inode_clear_names(struct inode *inode)
{
	for (struct name *name = inode->names, *next; name != NULL; name = next) {
		next = name->next;
		free(name->path);
		free(name);
	}
	inode->names = NULL;
}

static struct name **find_name(struct inode *inode, node_id directory, const char *path)
{
	struct name **link = &inode->names;
	while (*link != NULL &&
	       ((*link)->directory != directory || strcmp((*link)->path, path) != 0)) {
		link = &(*link)->next;
	}
	return link;
}

void inode_add_name(struct inode *inode, node_id directory, const char *path)
{
	struct name **link = find_name(inode, directory, path);
	if (*link == NULL) {
		struct name *name = inode_allocate(1, sizeof *name);
		name->directory = directory;
		name->path = copy_string(path);
		*link = name;
	}
}

static void drop_name(struct inode *inode, node_id directory, const char *path)
{
	struct name **link = find_name(inode, directory, path);
	struct name *name = *link;
	if (name != NULL) {
		*link = name->next;
		free(name->path);
		free(name);
	}
}

void inode_set_only_name(struct inode *inode, node_id directory, const char *path)
{
	struct name *name = inode->names;
	if (name != NULL && name->next == NULL && name->directory == directory &&
	    strcmp(name->path, path) == 0) {
		return;
	}
	inode_clear_names(inode);
	inode_add_name(inode, directory, path);
}

bool inode_copy_name(const struct inode *inode, node_id *ret_directory, char ret_name[NAME_MAX + 1])
{
	if (inode->names == NULL || strlen(inode->names->path) > NAME_MAX) {
		return false;
	}
	*ret_directory = inode->names->directory;
	(void)strcpy(ret_name, inode->names->path);
	return true;
}

/* ---- changes of names ---- */

void inode_detach(struct inode_table *table, node_id object)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_object(table, object);
	if (inode != NULL) {
		inode_detach_locked(table, inode);
	}
}

static void become(struct inode_table *table, uint64_t number, enum place_kind kind, node_id object,
		   node_id directory, const char *path)
{
	LOCK_SCOPE(&table->lock);
	struct inode *other = inode_find_object(table, object);
	struct inode *inode = inode_find_number(table, number);
	if (other != NULL && other != inode) {
		inode_detach_locked(table, other);
	}
	if (inode == NULL) {
		return;
	}
	inode_detach_locked(table, inode);
	inode->kind = kind;
	inode->object = object;
	inode->version = 0;
	inode_set_only_name(inode, directory, path);
	inode_attach_locked(table, inode);
}

void inode_become_node(struct inode_table *table, uint64_t number, node_id object,
		       node_id directory, const char *name)
{
	become(table, number, PLACE_PAGE, object, directory, name);
}

void inode_become_local(struct inode_table *table, uint64_t number, node_id object,
			node_id directory, const char *path)
{
	become(table, number, PLACE_LOCAL, object, directory, path);
}

void inode_rename_node(struct inode_table *table, node_id object, node_id directory,
		       const char *name)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_object(table, object);
	if (inode != NULL) {
		inode_set_only_name(inode, directory, name);
	}
}

/* Re-points a name that is `path` or lies below it. */
static void move_name(struct name *name, node_id directory, const char *path, node_id new_directory,
		      const char *new_path)
{
	size_t len = strlen(path);
	if (name->directory != directory || strncmp(name->path, path, len) != 0 ||
	    (name->path[len] != '\0' && name->path[len] != '/')) {
		return;
	}
	size_t new_len = strlen(new_path);
	size_t rest = strlen(name->path + len);
	char *moved = inode_allocate(1, new_len + rest + 1);
	memcpy(moved, new_path, new_len);
	memcpy(moved + new_len, name->path + len, rest);
	free(name->path);
	name->path = moved;
	name->directory = new_directory;
}

static void move_names_of(struct inode *inode, node_id directory, const char *path,
			  node_id new_directory, const char *new_path)
{
	for (struct name *name = inode->names; name != NULL; name = name->next) {
		move_name(name, directory, path, new_directory, new_path);
	}
}

/* Of everything: whatever lies below a directory. */
static void move_names_locked(struct inode_table *table, node_id directory, const char *path,
			      node_id new_directory, const char *new_path)
{
	for (size_t i = 0; i < table->slots; i++) {
		for (struct inode *inode = table->by_number[i]; inode != NULL;
		     inode = inode->next_number) {
			if (inode->kind == PLACE_LOCAL) {
				move_names_of(inode, directory, path, new_directory, new_path);
			}
		}
	}
}

void inode_rename_local(struct inode_table *table, node_id object, bool is_directory,
			node_id directory, const char *path, node_id new_directory,
			const char *new_path)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_object(table, object);
	if (is_directory) {
		move_names_locked(table, directory, path, new_directory, new_path);
	} else if (inode != NULL) {
		move_names_of(inode, directory, path, new_directory, new_path);
	}
}

void inode_adopt_local(struct inode_table *table, node_id object, node_id directory,
		       const char *path, node_id node)
{
	LOCK_SCOPE(&table->lock);
	size_t len = strlen(path);
	struct inode *inode = inode_find_object(table, object);
	if (inode != NULL) {
		inode_detach_locked(table, inode);
		inode->kind = PLACE_DIRECTORY;
		inode->object = node;
		inode_set_only_name(inode, directory, path);
		inode_attach_locked(table, inode);
	}
	for (size_t i = 0; i < table->slots; i++) {
		for (inode = table->by_number[i]; inode != NULL; inode = inode->next_number) {
			for (struct name *name = inode->kind == PLACE_LOCAL ? inode->names : NULL;
			     name != NULL; name = name->next) {
				if (name->directory == directory &&
				    strncmp(name->path, path, len) == 0 && name->path[len] == '/') {
					memmove(name->path, name->path + len + 1,
						strlen(name->path + len + 1) + 1);
					name->directory = node;
				}
			}
		}
	}
}

void inode_exchange_local(struct inode_table *table, node_id directory, const char *path,
			  node_id new_directory, const char *new_path)
{
	static const char between[] = "/"; /* no path begins with a slash */
	LOCK_SCOPE(&table->lock);
	move_names_locked(table, directory, path, directory, between);
	move_names_locked(table, new_directory, new_path, directory, path);
	move_names_locked(table, directory, between, new_directory, new_path);
}

void inode_unlink_local(struct inode_table *table, node_id object, node_id directory,
			const char *path, bool is_last)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_object(table, object);
	if (inode == NULL) {
		return;
	}
	drop_name(inode, directory, path);
	if (is_last) {
		inode_detach_locked(table, inode);
	}
}

int inode_node_name(struct inode_table *table, node_id object, node_id *ret_directory,
		    char ret_name[NAME_MAX + 1])
{
	LOCK_SCOPE(&table->lock);
	const struct inode *inode = inode_find_object(table, object);
	return inode != NULL && inode_copy_name(inode, ret_directory, ret_name) ? 0 : -ENOENT;
}

int inode_directory(struct inode_table *table, uint64_t number, node_id *ret_directory)
{
	LOCK_SCOPE(&table->lock);
	const struct inode *inode = inode_find_number(table, number);
	if (inode == NULL || inode->kind != PLACE_PAGE || inode->names == NULL) {
		return -ENOENT;
	}
	*ret_directory = inode->names->directory;
	return 0;
}
