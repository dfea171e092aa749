#include "tests/system/fake_tree.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ESTIMATED_BYTES 100000
#define NS_PER_SEC 1000000000

static int64_t now_ns(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

int64_t fake_now_ms(void)
{
	return now_ns() / 1000000;
}

struct node *fake_node(struct workspace *workspace, node_id id)
{
	return id >= 1 && id <= workspace->count ? workspace->nodes[id - 1] : NULL;
}

struct node *fake_child(struct workspace *workspace, node_id directory, const char *name)
{
	for (size_t i = 1; i < workspace->count; i++) {
		struct node *node = workspace->nodes[i];
		if (node->parent == directory && strcmp(node->name, name) == 0) {
			return node;
		}
	}
	return NULL;
}

struct node *fake_add(struct workspace *workspace, node_id parent, const char *name,
		      enum node_kind kind)
{
	struct node *node = calloc(1, sizeof *node);
	if (node == NULL || workspace->count == FAKE_NODES || strlen(name) > 255) {
		abort();
	}
	workspace->nodes[workspace->count++] = node;
	node->id = workspace->count;
	node->kind = kind;
	node->parent = parent;
	node->cookie = 16 + ++workspace->last_cookie;
	(void)strcpy(node->name, name);
	node->mode = kind == NODE_PAGE ? S_IFREG | 0644 : S_IFDIR | 0755;
	node->uid = geteuid();
	node->gid = getegid();
	node->is_fetched = true;
	node->is_listed = true;
	node->text = fake_text_new(workspace, "", 0);
	fake_touch(node);
	struct node *directory = fake_node(workspace, parent);
	if (directory != NULL) {
		fake_touch(directory);
	}
	return node;
}

struct node *fake_path(struct workspace *workspace, const char *path)
{
	struct node *node = fake_node(workspace, NODE_ROOT);
	char part[256];
	while (node != NULL && *path != '\0') {
		size_t len = strcspn(path, "/");
		memcpy(part, path, len);
		part[len] = '\0';
		path += len + (path[len] == '/' ? 1 : 0);
		node = fake_child(workspace, node->id, part);
	}
	return node;
}

void fake_attr(const struct node *node, struct node_attr *ret_attr)
{
	*ret_attr = (struct node_attr){
		.node = node->id,
		.kind = node->kind,
		.mode = node->mode,
		.uid = node->uid,
		.gid = node->gid,
		.size = node->is_fetched ? node->text->bytes.len : ESTIMATED_BYTES,
		.is_size_exact = node->is_fetched,
		.mtime_ns = node->mtime_ns,
		.ctime_ns = node->ctime_ns,
		.version = node->text->version,
	};
}

void fake_touch(struct node *node)
{
	int64_t now = now_ns();
	node->mtime_ns = now > node->mtime_ns ? now : node->mtime_ns + 1;
	node->ctime_ns = node->mtime_ns;
}

struct text *fake_text_new(struct workspace *workspace, const void *bytes, size_t len)
{
	struct text *text = calloc(1, sizeof *text);
	if (text == NULL) {
		abort();
	}
	text->references = 1;
	text->version = ++workspace->last_version;
	buf_init(&text->bytes, BUF_PAGE_MAX_BYTES);
	buf_append(&text->bytes, bytes, len);
	return text;
}

struct text *fake_text_ref(struct text *text)
{
	text->references++;
	return text;
}

void fake_text_unref(struct text *text)
{
	if (text != NULL && --text->references == 0) {
		buf_release(&text->bytes);
		free(text);
	}
}

void fake_set_text(struct node *node, struct text *text)
{
	fake_text_unref(node->text);
	node->text = text;
	node->is_fetched = true;
	fake_touch(node);
}
