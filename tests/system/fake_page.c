/*
 * Open pages of the fake workspace. A handle pins the text it was opened with; writers of this
 * mount share it, and a change from outside replaces the page's text and leaves theirs alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "tests/system/fake_tree.h"

struct page_file {
	struct workspace *workspace;
	struct node *node;
	struct text *text;
};

static struct page_file *file_new(struct workspace *workspace, struct node *node)
{
	struct page_file *file = calloc(1, sizeof *file);
	if (file == NULL) {
		abort();
	}
	file->workspace = workspace;
	file->node = node;
	file->text = fake_text_ref(node->text);
	return file;
}

int workspace_create(struct workspace *workspace, node_id directory, const char *name, mode_t mode,
		     pid_t process, struct node_attr *ret_attr, struct page_file **ret_file)
{
	(void)process;
	LOCK_SCOPE(&workspace->lock);
	struct node *node = fake_child(workspace, directory, name);
	if (node != NULL && !node->is_unlinked) {
		return -EEXIST;
	}
	if (node == NULL) {
		node = fake_add(workspace, directory, name, NODE_PAGE);
	}
	node->is_unlinked = false;
	node->mode = S_IFREG | (mode & 07777);
	fake_set_text(node, fake_text_new(workspace, "", 0));
	fake_attr(node, ret_attr);
	*ret_file = file_new(workspace, node);
	return 0;
}

int workspace_open_page(struct workspace *workspace, node_id page, int flags, pid_t process,
			struct page_file **ret_file)
{
	(void)process;
	LOCK_SCOPE(&workspace->lock);
	struct node *node = fake_node(workspace, page);
	if (node == NULL) {
		return -ENOENT;
	}
	if (!node->is_fetched && (flags & O_TRUNC) == 0) {
		return -EAGAIN;
	}
	if (!node->is_fetched) {
		fake_set_text(node, fake_text_new(workspace, "", 0));
	}
	*ret_file = file_new(workspace, node);
	return 0;
}

ssize_t page_file_read(struct page_file *file, void *bytes, size_t len, off_t offset)
{
	LOCK_SCOPE(&file->workspace->lock);
	const struct buf *text = &file->text->bytes;
	size_t start = (size_t)offset < text->len ? (size_t)offset : text->len;
	size_t n = text->len - start < len ? text->len - start : len;
	memcpy(bytes, text->data + start, n);
	return (ssize_t)n;
}

/* The file's text is the page's again, in a new version. */
static void changed_locked(struct page_file *file)
{
	file->text->version = ++file->workspace->last_version;
	if (file->node->text != file->text) {
		fake_set_text(file->node, fake_text_ref(file->text));
	}
	fake_touch(file->node);
}

static void resize(struct buf *text, size_t size)
{
	while (text->len < size) {
		buf_append(text, "", 1);
	}
	buf_truncate(text, size);
}

ssize_t page_file_write(struct page_file *file, const void *bytes, size_t len, off_t offset,
			bool append)
{
	LOCK_SCOPE(&file->workspace->lock);
	struct buf *text = &file->text->bytes;
	size_t start = append ? text->len : (size_t)offset;
	if (text->len < start + len) {
		resize(text, start + len);
	}
	memcpy(text->data + start, bytes, len);
	changed_locked(file);
	return (ssize_t)len;
}

int page_file_truncate(struct page_file *file, off_t size)
{
	LOCK_SCOPE(&file->workspace->lock);
	resize(&file->text->bytes, (size_t)size);
	changed_locked(file);
	return 0;
}

int page_file_commit(struct page_file *file, bool is_fsync)
{
	(void)file;
	(void)is_fsync;
	return 0;
}

int page_file_close(struct page_file *file)
{
	(void)pthread_mutex_lock(&file->workspace->lock);
	fake_text_unref(file->text);
	(void)pthread_mutex_unlock(&file->workspace->lock);
	free(file);
	return 0;
}

void page_file_getattr(struct page_file *file, struct node_attr *ret_attr)
{
	LOCK_SCOPE(&file->workspace->lock);
	fake_attr(file->node, ret_attr);
	ret_attr->size = file->text->bytes.len;
	ret_attr->version = file->text->version;
	ret_attr->is_size_exact = true;
}

int workspace_truncate(struct workspace *workspace, node_id page, off_t size, pid_t process,
		       struct node_attr *ret_attr)
{
	struct page_file *file = NULL;
	int r = workspace_open_page(workspace, page, size == 0 ? O_WRONLY | O_TRUNC : O_WRONLY,
				    process, &file);
	if (r == 0) {
		r = page_file_truncate(file, size);
		page_file_getattr(file, ret_attr);
		(void)page_file_close(file);
	}
	return r;
}

/* ---- -o ro: the fake one never says that everything is here ---- */

bool workspace_is_complete(struct workspace *workspace)
{
	(void)workspace;
	return false;
}

ssize_t workspace_read_version(struct workspace *workspace, node_id node, uint64_t version,
			       void *bytes, size_t len, off_t offset)
{
	(void)workspace;
	(void)node;
	(void)version;
	(void)bytes;
	(void)len;
	(void)offset;
	return -ESTALE;
}

int workspace_version_getattr(struct workspace *workspace, node_id node, uint64_t version,
			      struct node_attr *ret_attr)
{
	(void)workspace;
	(void)node;
	(void)version;
	(void)ret_attr;
	return -ESTALE;
}

void workspace_forget_version(struct workspace *workspace, node_id node, uint64_t version)
{
	(void)workspace;
	(void)node;
	(void)version;
}

int workspace_place(struct workspace *workspace, node_id node, node_id *ret_directory,
		    char ret_name[NAME_MAX + 1])
{
	(void)workspace;
	(void)node;
	(void)ret_directory;
	(void)ret_name;
	return -ENOENT;
}

/* This tree has no `.assets`. */
int workspace_open_asset(struct workspace *workspace, node_id asset, int *ret_fd)
{
	(void)workspace;
	(void)asset;
	(void)ret_fd;
	return -ESTALE;
}

int workspace_unlink_asset(struct workspace *workspace, node_id assets, const char *name)
{
	(void)workspace;
	(void)assets;
	(void)name;
	return -ENOENT;
}
