#include "fs/inode_private.h"

#include <errno.h>

#include "fs/handle.h"

int inode_open(struct inode_table *table, uint64_t number, struct handle *handle, uint64_t version,
	       bool *ret_keep_cache)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_number(table, number);
	if (inode == NULL || (inode->kind == PLACE_PAGE && !inode->is_attached)) {
		return -ESTALE;
	}
	if (handle->kind == HANDLE_PAGE && inode_is_changed_under_readers(inode, version)) {
		inode_detach_locked(table, inode);
		return -ESTALE;
	}
	*ret_keep_cache = inode->version == version;
	inode->version = version;
	if (handle->kind == HANDLE_PAGE) {
		inode_pin_locked(table, inode, version);
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
	struct forgotten forgotten = {0};
	(void)pthread_mutex_lock(&table->lock);
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
	inode_free_unused_locked(table, inode, &forgotten);
	(void)pthread_mutex_unlock(&table->lock);
	inode_tell_forgotten(table, &forgotten);
}

struct handle *inode_take_handle(struct inode_table *table)
{
	(void)pthread_mutex_lock(&table->lock);
	struct handle *found = NULL;
	for (size_t i = 0; found == NULL && i < table->slots; i++) {
		const struct inode *inode = table->by_number[i];
		while (inode != NULL && inode->handles == NULL) {
			inode = inode->next_number;
		}
		found = inode == NULL ? NULL : inode->handles;
	}
	(void)pthread_mutex_unlock(&table->lock);
	if (found != NULL) {
		inode_close(table, found);
	}
	return found;
}

struct handle *inode_any_handle(struct inode_table *table, uint64_t number)
{
	LOCK_SCOPE(&table->lock);
	const struct inode *inode = inode_find_number(table, number);
	if (inode == NULL || inode->handles == NULL) {
		return NULL;
	}
	return handle_ref(inode->handles);
}

void inode_set_version(struct inode_table *table, uint64_t number, uint64_t version)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_number(table, number);
	if (inode != NULL) {
		inode->version = version;
	}
}

void inode_begin(struct inode_table *table, uint64_t number, int64_t now_ns)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_number(table, number);
	if (inode != NULL && (inode->begun_ns == 0 || now_ns == 0)) {
		inode->begun_ns = now_ns;
	}
}

int64_t inode_begun(struct inode_table *table, uint64_t number)
{
	LOCK_SCOPE(&table->lock);
	const struct inode *inode = inode_find_number(table, number);
	return inode == NULL ? 0 : inode->begun_ns;
}

bool inode_is_current(struct inode_table *table, uint64_t number, uint64_t version,
		      node_id *ret_directory, char ret_name[NAME_MAX + 1])
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_number(table, number);
	if (inode == NULL || !inode_is_changed_under_readers(inode, version)) {
		return true;
	}
	*ret_directory = 0;
	*ret_name = '\0';
	inode_copy_name(inode, ret_directory, ret_name);
	inode_detach_locked(table, inode);
	return false;
}

uint64_t inode_page_changed(struct inode_table *table, node_id page, uint64_t version,
			    bool *ret_detached)
{
	LOCK_SCOPE(&table->lock);
	struct inode *inode = inode_find_object(table, page);
	*ret_detached = false;
	if (inode == NULL || inode->kind != PLACE_PAGE) {
		return 0;
	}
	if (inode->is_pinned && inode->version == version) {
		return 0;
	}
	if (inode->handles != NULL || inode->is_pinned) {
		inode_detach_locked(table, inode);
		*ret_detached = true;
	}
	return inode->number;
}
