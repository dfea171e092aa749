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
#include "fs/inode_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 1024

void *inode_allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);
	if (memory == NULL) {
		abort();
	}
	return memory;
}

static size_t slot_of(const struct inode_table *table, uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (table->slots - 1);
}

/* ---- the two tables ---- */

struct inode *inode_find_number(const struct inode_table *table, uint64_t number)
{
	struct inode *inode = table->by_number[slot_of(table, number)];
	while (inode != NULL && inode->number != number) {
		inode = inode->next_number;
	}
	return inode;
}

struct inode *inode_find_object(const struct inode_table *table, node_id object)
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

void inode_attach_locked(struct inode_table *table, struct inode *inode)
{
	struct inode **slot = &table->by_object[slot_of(table, inode->object)];
	inode->next_object = *slot;
	*slot = inode;
	inode->is_attached = true;
}

void inode_detach_locked(struct inode_table *table, struct inode *inode)
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
	table->by_number = inode_allocate(table->slots, sizeof(struct inode *));
	table->by_object = inode_allocate(table->slots, sizeof(struct inode *));
	for (size_t i = 0; i < old_slots; i++) {
		for (struct inode *inode = old[i], *next; inode != NULL; inode = next) {
			next = inode->next_number;
			link_number(table, inode);
			if (inode->is_attached) {
				inode_attach_locked(table, inode);
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
	struct inode *inode = inode_allocate(1, sizeof *inode);
	inode->kind = kind;
	inode->object = object;
	inode->number = ++table->last_number;
	table->count++;
	link_number(table, inode);
	inode_attach_locked(table, inode);
	return inode;
}

bool inode_is_changed_under_readers(const struct inode *inode, uint64_t version)
{
	return inode->kind == PLACE_PAGE && inode->version != version &&
	       (inode->is_pinned || (inode->handles != NULL && inode->writers == 0));
}

static void free_inode(struct inode *inode)
{
	inode_clear_names(inode);
	if (inode->text.data != NULL) {
		buf_release(&inode->text);
	}
	free(inode);
}

void inode_pin_versions(struct inode_table *table, inode_version_forgotten *forgotten,
			void *context)
{
	table->pins_versions = true;
	table->forgotten = forgotten;
	table->context = context;
}

void inode_pin_locked(const struct inode_table *table, struct inode *inode, uint64_t version)
{
	if (table->pins_versions && inode->kind == PLACE_PAGE && !inode->is_pinned) {
		inode->version = version;
		inode->is_pinned = true;
	}
}

void inode_pin(struct inode_table *table, uint64_t number, uint64_t version)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_number(table, number);
	if (inode != NULL) {
		inode_pin_locked(table, inode, version);
	}
}

/* ---- life ---- */

struct inode_table *inode_table_new(void)
{
	struct inode_table *table = inode_allocate(1, sizeof *table);
	(void)pthread_mutex_init(&table->lock, NULL);
	table->slots = FIRST_SLOTS;
	table->by_number = inode_allocate(table->slots, sizeof(struct inode *));
	table->by_object = inode_allocate(table->slots, sizeof(struct inode *));
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
	const struct inode *inode = inode_find_number(table, number);
	if (inode == NULL) {
		return -ESTALE;
	}
	ret_place->kind = inode->kind;
	ret_place->number = number;
	ret_place->node = inode->object;
	ret_place->is_detached = !inode->is_attached;
	ret_place->version = inode->is_pinned ? inode->version : 0;
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
	const struct inode *inode = inode_find_object(table, object);
	return inode == NULL ? 0 : inode->number;
}

size_t inode_count(struct inode_table *table)
{
	LOCK_SCOPE(&table->lock);
	return table->count;
}

/* ---- lookup counts ---- */

uint64_t inode_remember_node(struct inode_table *table, const struct node_attr *attr,
			     node_id directory, const char *name)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_object(table, attr->node);
	if (inode != NULL && inode_is_changed_under_readers(inode, attr->version)) {
		inode_detach_locked(table, inode);
		inode = NULL;
	}
	if (inode == NULL) {
		static const enum place_kind places[] = {[NODE_PAGE] = PLACE_PAGE,
							 [NODE_DIRECTORY] = PLACE_DIRECTORY,
							 [NODE_ASSET] = PLACE_ASSET};
		inode = add_locked(table, places[attr->kind], attr->node);
	}
	if (attr->is_size_exact) {
		inode_pin_locked(table, inode, attr->version);
	}
	inode_set_only_name(inode, directory, name);
	inode->lookups++;
	return inode->number;
}

uint64_t inode_remember_local(struct inode_table *table, node_id object, node_id directory,
			      const char *path)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_object(table, object);
	if (inode == NULL) {
		inode = add_locked(table, PLACE_LOCAL, object);
	}
	inode_add_name(inode, directory, path);
	inode->lookups++;
	return inode->number;
}

uint64_t inode_remember_special(struct inode_table *table, node_id object)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_object(table, object);
	if (inode == NULL) {
		inode = add_locked(table, PLACE_SPECIAL, object);
	}
	inode->lookups++;
	return inode->number;
}

uint64_t inode_remember_text(struct inode_table *table, node_id object, struct buf *text)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = add_locked(table, PLACE_SPECIAL, object);
	/* The next lookup gets another. */
	inode_detach_locked(table, inode);
	inode->text = *text;
	buf_init(text, text->max_bytes);
	inode->lookups++;
	return inode->number;
}

ssize_t inode_read_text(struct inode_table *table, uint64_t number, void *bytes, size_t len,
			off_t offset, size_t *ret_size)
{
	LOCK_SCOPE(&table->lock);
	const struct inode *inode = inode_find_number(table, number);
	if (inode == NULL || inode->kind != PLACE_SPECIAL || inode->text.data == NULL) {
		return -ESTALE;
	}
	if (ret_size != NULL) {
		*ret_size = inode->text.len;
	}
	return (ssize_t)bytes_read(inode->text.data, inode->text.len, bytes, len, offset);
}

void inode_free_unused_locked(struct inode_table *table, struct inode *inode,
			      struct forgotten *ret_forgotten)
{
	if (inode->lookups > 0 || inode->handles != NULL) {
		return;
	}
	if (inode->is_pinned && !inode->is_attached) {
		*ret_forgotten =
			(struct forgotten){.page = inode->object, .version = inode->version};
	}
	inode_detach_locked(table, inode);
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
	struct forgotten forgotten = {0};
	(void)pthread_mutex_lock(&table->lock);
	struct inode *inode = inode_find_number(table, number);
	if (inode != NULL && number != 1) {
		assert(inode->lookups >= count);
		inode->lookups -= count;
		inode_free_unused_locked(table, inode, &forgotten);
	}
	(void)pthread_mutex_unlock(&table->lock);
	inode_tell_forgotten(table, &forgotten);
}

void inode_tell_forgotten(const struct inode_table *table, const struct forgotten *forgotten)
{
	if (forgotten->page != 0 && table->forgotten != NULL) {
		table->forgotten(table->context, forgotten->page, forgotten->version);
	}
}
