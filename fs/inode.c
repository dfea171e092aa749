/*
 * On identities. Four numbers are easily taken for one another:
 *
 * 1. The kernel's node id ("number" here). What requests name. Given out by us from a counter and
 *    never used twice, so a late request can't hit another object. Lives until the kernel forgets
 *    as many lookups as it was answered.
 * 2. The object: the workspace's node_id, a local file's own number (top bit), or one of
 *    .notionfs/ (bit 62). This is st_ino, stable over remounts.
 * 3. A name: (directory, component) of a page or directory; (directory, path) of a local object,
 *    several when it has hard links. Needed to find local files, and to tell the kernel which name
 *    to look up anew.
 * 4. The version: which bytes of a page the kernel's page cache under a number belongs to.
 *
 * number → object is a function; object → number is one too, for attached inodes only. They part
 * (inode_detach) when a page changes under an open reader, when it is unlinked, and when another
 * file was renamed onto it: the number with its open handles, cached pages and mappings stays what
 * it was, whole, and the next lookup gets a fresh number with the same st_ino.
 *
 * A rename moves the number: the kernel moves its dentry, and what the number means has to follow.
 * So when a local file is renamed onto a page, *its* number becomes the page, and the number that
 * was the page is detached; when a page is renamed to a local name, its number becomes that local
 * file. Otherwise `X.md~` and the new `X.md` would be one inode to the kernel.
 *
 * Kernel pages of an inode nobody has open may be stale; inode_open says whether to keep them.
 */
#include "fs/inode.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/local.h"
#include "fs/handle.h"

struct name {
	struct name *next;
	node_id directory;
	char *path;
};

struct inode {
	struct inode *next_number; /* chains of the two tables */
	struct inode *next_object;
	uint64_t number;
	node_id object;
	uint64_t lookups;
	uint64_t version;
	struct name *names;
	struct handle *handles;
	unsigned writers;
	enum place_kind kind;
	bool is_attached;
};

struct inode_table {
	pthread_mutex_t lock;
	/* all guarded by lock */
	struct inode **by_number;
	struct inode **by_object;
	size_t slots; /* a power of two */
	size_t count;
	uint64_t last_number;
};

#define FIRST_SLOTS 1024

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);
	if (memory == NULL) {
		abort();
	}
	return memory;
}

static char *copy_string(const char *string)
{
	char *copy = strdup(string);
	if (copy == NULL) {
		abort();
	}
	return copy;
}

static size_t slot_of(const struct inode_table *table, uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (table->slots - 1);
}

/* ---- the two tables ---- */

static struct inode *find_number(const struct inode_table *table, uint64_t number)
{
	struct inode *inode = table->by_number[slot_of(table, number)];
	while (inode != NULL && inode->number != number) {
		inode = inode->next_number;
	}
	return inode;
}

static struct inode *find_object(const struct inode_table *table, node_id object)
{
	struct inode *inode = table->by_object[slot_of(table, object)];
	while (inode != NULL && inode->object != object) {
		inode = inode->next_object;
	}
	return inode;
}

static void link_number(struct inode_table *table, struct inode *inode)
{
	struct inode **slot = &table->by_number[slot_of(table, inode->number)];
	inode->next_number = *slot;
	*slot = inode;
}

static void link_object(struct inode_table *table, struct inode *inode)
{
	struct inode **slot = &table->by_object[slot_of(table, inode->object)];
	inode->next_object = *slot;
	*slot = inode;
	inode->is_attached = true;
}

static void detach_locked(struct inode_table *table, struct inode *inode)
{
	if (!inode->is_attached) {
		return;
	}
	struct inode **link = &table->by_object[slot_of(table, inode->object)];
	while (*link != inode) {
		link = &(*link)->next_object;
	}
	*link = inode->next_object;
	inode->is_attached = false;
}

static void grow(struct inode_table *table)
{
	struct inode **old = table->by_number;
	size_t old_slots = table->slots;
	free(table->by_object);
	table->slots *= 2;
	table->by_number = allocate(table->slots, sizeof(struct inode *));
	table->by_object = allocate(table->slots, sizeof(struct inode *));
	for (size_t i = 0; i < old_slots; i++) {
		for (struct inode *inode = old[i], *next; inode != NULL; inode = next) {
			next = inode->next_number;
			link_number(table, inode);
			if (inode->is_attached) {
				link_object(table, inode);
			}
		}
	}
	free(old);
}

static struct inode *add_locked(struct inode_table *table, enum place_kind kind, node_id object)
{
	if (table->count >= table->slots) {
		grow(table);
	}
	struct inode *inode = allocate(1, sizeof *inode);
	inode->kind = kind;
	inode->object = object;
	inode->number = ++table->last_number;
	table->count++;
	link_number(table, inode);
	link_object(table, inode);
	return inode;
}

/* ---- names ---- */

static void clear_names(struct inode *inode)
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

static void add_name(struct inode *inode, node_id directory, const char *path)
{
	struct name **link = find_name(inode, directory, path);
	if (*link == NULL) {
		struct name *name = allocate(1, sizeof *name);
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

static void set_only_name(struct inode *inode, node_id directory, const char *path)
{
	struct name *name = inode->names;
	if (name != NULL && name->next == NULL && name->directory == directory &&
	    strcmp(name->path, path) == 0) {
		return;
	}
	clear_names(inode);
	add_name(inode, directory, path);
}

static bool copy_name(const struct inode *inode, node_id *ret_directory,
		      char ret_name[NAME_MAX + 1])
{
	if (inode->names == NULL || strlen(inode->names->path) > NAME_MAX) {
		return false;
	}
	*ret_directory = inode->names->directory;
	(void)strcpy(ret_name, inode->names->path);
	return true;
}

static void free_inode(struct inode *inode)
{
	clear_names(inode);
	free(inode);
}

/* ---- life ---- */

struct inode_table *inode_table_new(void)
{
	struct inode_table *table = allocate(1, sizeof *table);
	(void)pthread_mutex_init(&table->lock, NULL);
	table->slots = FIRST_SLOTS;
	table->by_number = allocate(table->slots, sizeof(struct inode *));
	table->by_object = allocate(table->slots, sizeof(struct inode *));
	struct inode *root = add_locked(table, PLACE_DIRECTORY, NODE_ROOT);
	assert(root->number == 1);
	root->lookups = 1;
	return table;
}

void inode_table_free(struct inode_table *table)
{
	if (table == NULL) {
		return;
	}
	for (size_t i = 0; i < table->slots; i++) {
		for (struct inode *inode = table->by_number[i], *next; inode != NULL;
		     inode = next) {
			next = inode->next_number;
			free_inode(inode);
		}
	}
	free(table->by_number);
	free(table->by_object);
	(void)pthread_mutex_destroy(&table->lock);
	free(table);
}

int inode_place(struct inode_table *table, uint64_t number, struct place *ret_place)
{
	LOCK_SCOPE(&table->lock);
	const struct inode *inode = find_number(table, number);
	if (inode == NULL) {
		return -ESTALE;
	}
	ret_place->kind = inode->kind;
	ret_place->number = number;
	ret_place->node = inode->object;
	ret_place->is_detached = !inode->is_attached;
	ret_place->path[0] = '\0';
	if (inode->kind == PLACE_LOCAL) {
		if (inode->names == NULL) {
			ret_place->is_detached = true;
			return 0;
		}
		ret_place->node = inode->names->directory;
		(void)stpncpy(ret_place->path, inode->names->path, PATH_MAX - 1);
		ret_place->path[PATH_MAX - 1] = '\0';
	}
	return 0;
}

uint64_t inode_number(struct inode_table *table, node_id object)
{
	LOCK_SCOPE(&table->lock);
	const struct inode *inode = find_object(table, object);
	return inode == NULL ? 0 : inode->number;
}

size_t inode_count(struct inode_table *table)
{
	LOCK_SCOPE(&table->lock);
	return table->count;
}

/* ---- lookup counts ---- */

/* Are the bytes under this number being read in another version than this? What our own writers
 * do to a page is no other version. */
static bool is_changed_under_readers(const struct inode *inode, uint64_t version)
{
	return inode->kind == PLACE_PAGE && inode->handles != NULL && inode->writers == 0 &&
	       inode->version != version;
}

uint64_t inode_remember_node(struct inode_table *table, const struct node_attr *attr,
			     node_id directory, const char *name)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = find_object(table, attr->node);
	if (inode != NULL && is_changed_under_readers(inode, attr->version)) {
		detach_locked(table, inode);
		inode = NULL;
	}
	if (inode == NULL) {
		inode = add_locked(table, attr->kind == NODE_PAGE ? PLACE_PAGE : PLACE_DIRECTORY,
				   attr->node);
	}
	set_only_name(inode, directory, name);
	inode->lookups++;
	return inode->number;
}

uint64_t inode_remember_local(struct inode_table *table, node_id object, node_id directory,
			      const char *path)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = find_object(table, object);
	if (inode == NULL) {
		inode = add_locked(table, PLACE_LOCAL, object);
	}
	add_name(inode, directory, path);
	inode->lookups++;
	return inode->number;
}

uint64_t inode_remember_special(struct inode_table *table, node_id object)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = find_object(table, object);
	if (inode == NULL) {
		inode = add_locked(table, PLACE_SPECIAL, object);
	}
	inode->lookups++;
	return inode->number;
}

static void free_unused_locked(struct inode_table *table, struct inode *inode)
{
	if (inode->lookups > 0 || inode->handles != NULL) {
		return;
	}
	detach_locked(table, inode);
	struct inode **link = &table->by_number[slot_of(table, inode->number)];
	while (*link != inode) {
		link = &(*link)->next_number;
	}
	*link = inode->next_number;
	table->count--;
	free_inode(inode);
}

void inode_forget(struct inode_table *table, uint64_t number, uint64_t count)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = find_number(table, number);
	if (inode == NULL || number == 1) {
		return;
	}
	assert(inode->lookups >= count);
	inode->lookups -= count;
	free_unused_locked(table, inode);
}

/* ---- changes of names ---- */

void inode_detach(struct inode_table *table, node_id object)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = find_object(table, object);
	if (inode != NULL) {
		detach_locked(table, inode);
	}
}

static void become(struct inode_table *table, uint64_t number, enum place_kind kind, node_id object,
		   node_id directory, const char *path)
{
	LOCK_SCOPE(&table->lock);
	struct inode *other = find_object(table, object);
	struct inode *inode = find_number(table, number);
	if (other != NULL && other != inode) {
		detach_locked(table, other);
	}
	if (inode == NULL) {
		return;
	}
	detach_locked(table, inode);
	inode->kind = kind;
	inode->object = object;
	inode->version = 0;
	set_only_name(inode, directory, path);
	link_object(table, inode);
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
	struct inode *inode = find_object(table, object);
	if (inode != NULL) {
		set_only_name(inode, directory, name);
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
	char *moved = allocate(1, new_len + rest + 1);
	memcpy(moved, new_path, new_len);
	memcpy(moved + new_len, name->path + len, rest);
	free(name->path);
	name->path = moved;
	name->directory = new_directory;
}

static void move_names_locked(struct inode_table *table, node_id directory, const char *path,
			      node_id new_directory, const char *new_path)
{
	for (size_t i = 0; i < table->slots; i++) {
		for (struct inode *inode = table->by_number[i]; inode != NULL;
		     inode = inode->next_number) {
			if (inode->kind != PLACE_LOCAL) {
				continue;
			}
			for (struct name *name = inode->names; name != NULL; name = name->next) {
				move_name(name, directory, path, new_directory, new_path);
			}
		}
	}
}

void inode_rename_local(struct inode_table *table, node_id directory, const char *path,
			node_id new_directory, const char *new_path)
{
	LOCK_SCOPE(&table->lock);
	move_names_locked(table, directory, path, new_directory, new_path);
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
	struct inode *inode = find_object(table, object);
	if (inode == NULL) {
		return;
	}
	drop_name(inode, directory, path);
	if (is_last) {
		detach_locked(table, inode);
	}
}

int inode_node_name(struct inode_table *table, node_id object, node_id *ret_directory,
		    char ret_name[NAME_MAX + 1])
{
	LOCK_SCOPE(&table->lock);
	const struct inode *inode = find_object(table, object);
	return inode != NULL && copy_name(inode, ret_directory, ret_name) ? 0 : -ENOENT;
}

/* ---- open handles ---- */

int inode_open(struct inode_table *table, uint64_t number, struct handle *handle, uint64_t version,
	       bool *ret_keep_cache)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = find_number(table, number);
	if (inode == NULL || (inode->kind == PLACE_PAGE && !inode->is_attached)) {
		return -ESTALE;
	}
	if (handle->kind == HANDLE_PAGE) {
		if (is_changed_under_readers(inode, version)) {
			detach_locked(table, inode);
			return -ESTALE;
		}
		*ret_keep_cache = inode->version == version;
		inode->version = version;
	} else {
		*ret_keep_cache = true;
	}
	handle->inode = inode;
	handle->next = inode->handles;
	handle->previous = NULL;
	if (inode->handles != NULL) {
		inode->handles->previous = handle;
	}
	inode->handles = handle;
	inode->writers += handle->is_writable ? 1 : 0;
	return 0;
}

void inode_close(struct inode_table *table, struct handle *handle)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = handle->inode;
	if (handle->next != NULL) {
		handle->next->previous = handle->previous;
	}
	if (handle->previous != NULL) {
		handle->previous->next = handle->next;
	} else {
		inode->handles = handle->next;
	}
	inode->writers -= handle->is_writable ? 1 : 0;
	handle->inode = NULL;
	free_unused_locked(table, inode);
}

struct handle *inode_any_handle(struct inode_table *table, uint64_t number)
{
	LOCK_SCOPE(&table->lock);
	const struct inode *inode = find_number(table, number);
	if (inode == NULL || inode->handles == NULL) {
		return NULL;
	}
	return handle_ref(inode->handles);
}

void inode_set_version(struct inode_table *table, uint64_t number, uint64_t version)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = find_number(table, number);
	if (inode != NULL) {
		inode->version = version;
	}
}

bool inode_is_current(struct inode_table *table, uint64_t number, uint64_t version,
		      node_id *ret_directory, char ret_name[NAME_MAX + 1])
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = find_number(table, number);
	if (inode == NULL || !is_changed_under_readers(inode, version)) {
		return true;
	}
	*ret_directory = 0;
	*ret_name = '\0';
	copy_name(inode, ret_directory, ret_name);
	detach_locked(table, inode);
	return false;
}

uint64_t inode_page_changed(struct inode_table *table, node_id page, bool *ret_detached)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = find_object(table, page);
	*ret_detached = false;
	if (inode == NULL || inode->kind != PLACE_PAGE) {
		return 0;
	}
	if (inode->handles != NULL) {
		detach_locked(table, inode);
		*ret_detached = true;
	}
	return inode->number;
}
