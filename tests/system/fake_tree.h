/*
 * The tree of the fake workspace: nodes in memory, one lock, pages with counted texts.
 *
 * What it is not: Notion. It lets tests of fs hold back contents and listings, and change pages
 * from outside, without network or store.
 */
#ifndef NOTIONFS_TESTS_FAKE_TREE_H
#define NOTIONFS_TESTS_FAKE_TREE_H

#include "cache/workspace.h"

struct text {
	unsigned references;
	uint64_t version;
	struct buf bytes;
};

struct node {
	node_id id;
	enum node_kind kind;
	node_id parent;
	uint64_t cookie;
	char name[256];
	mode_t mode;
	uid_t uid;
	gid_t gid;
	int64_t mtime_ns;
	int64_t ctime_ns;
	struct text *text;
	bool is_fetched;  /* page: its bytes are here */
	bool is_listed;	  /* directory */
	bool is_unlinked; /* within its grace time */
};

struct workspace_wait {
	struct workspace_wait *next;
	node_id node;
	enum want want;
	workspace_done *done;
	void *context;
	int64_t deadline_ms;
};

struct command {
	struct command *next;
	char *json;
	size_t len;
	workspace_answer *answer;
	void *context;
};

#define FAKE_NODES 8192

struct workspace {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all guarded by lock */
	struct node *nodes[FAKE_NODES];
	size_t count;
	uint64_t last_cookie;
	uint64_t last_version;
	struct workspace_wait *waits;
	struct command *commands;
	struct command *held; /* answered at the end only */
	bool is_stopping;
	/* set once */
	struct workspace_events events;
	int64_t list_wait_ms;
	pthread_t thread;
};

/* All with the lock held. */
struct node *fake_node(struct workspace *workspace, node_id id);
struct node *fake_child(struct workspace *workspace, node_id directory, const char *name);
struct node *fake_add(struct workspace *workspace, node_id parent, const char *name,
		      enum node_kind kind);
/* By its path from the root, "" the root itself. NULL when there is none. */
struct node *fake_path(struct workspace *workspace, const char *path);
void fake_attr(const struct node *node, struct node_attr *ret_attr);
void fake_touch(struct node *node);
struct text *fake_text_new(struct workspace *workspace, const void *bytes, size_t len);
struct text *fake_text_ref(struct text *text);
void fake_text_unref(struct text *text);
/* In the place of the node's text. Takes the reference. */
void fake_set_text(struct node *node, struct text *text);
int64_t fake_now_ms(void);

/* The thread that answers waits and commands. */
void *fake_serve(void *workspace);

#endif
