/*
 * NOTES ON THE THREAD MODEL
 *
 * One thread takes notices from a queue, holding no lock while it speaks to the kernel. The order
 * within a directory matters (each changed name, then the directory itself): any other leaves a
 * stale listing behind. A notice is about numbers as they are when it is sent, so it carries
 * objects, and they are looked up late.
 *
 * inval_entry takes the directory's lock in the kernel. A LOOKUP or READDIR that waits for a
 * listing holds it; hence the parking. A request that comes between the look and the call only
 * delays the thread: what answers that request never waits for us.
 */
#include "fs/notify.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fs/inode.h"
#include "fs/special.h"
#include "fs/thread.h"
#include "fs/wait.h"

enum notice_kind { NOTICE_NAME, NOTICE_DIRECTORY, NOTICE_INODE };

struct notice {
	struct notice *next;
	enum notice_kind kind;
	node_id directory;
	fuse_ino_t number;
	char name[]; /* NOTICE_NAME */
};

struct notifier {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* guarded by lock */
	struct notice *first;
	struct notice **last;
	bool is_news;
	bool is_stopping;
	/* set once */
	struct fs *fs;
	struct fuse_session *session;
	pthread_t thread;
	bool has_thread;
};

static void queue(struct notifier *notifier, enum notice_kind kind, node_id directory,
		  fuse_ino_t number, const char *name)
{
	size_t len = strlen(name) + 1;
	struct notice *notice = calloc(1, sizeof *notice + len);
	if (notice == NULL) {
		abort();
	}
	notice->kind = kind;
	notice->directory = directory;
	notice->number = number;
	memcpy(notice->name, name, len);
	LOCK_SCOPE(&notifier->lock);
	*notifier->last = notice;
	notifier->last = &notice->next;
	notifier->is_news = true;
	(void)pthread_cond_signal(&notifier->changed);
}

void notifier_kick(struct notifier *notifier)
{
	LOCK_SCOPE(&notifier->lock);
	notifier->is_news = true;
	(void)pthread_cond_signal(&notifier->changed);
}

/* Takes the first notice that may be sent now off the queue, or NULL. */
static struct notice *next_notice(struct notifier *notifier)
{
	struct fs *fs = notifier->fs;
	for (struct notice **link = &notifier->first; *link != NULL; link = &(*link)->next) {
		struct notice *notice = *link;
		fuse_ino_t number = notice->kind == NOTICE_INODE
					    ? notice->number
					    : inode_number(fs->inodes, notice->directory);
		if (number != 0 && wait_is_pending(fs->waits, number)) {
			continue;
		}
		*link = notice->next;
		if (notifier->last == &notice->next) {
			notifier->last = link;
		}
		return notice;
	}
	return NULL;
}

/* A directory that is still the same one must not be unhashed: somebody may stand in it. */
static bool is_same_directory(struct fs *fs, node_id directory, const char *name)
{
	struct node_attr attr;
	node_id known_directory;
	char known_name[NAME_MAX + 1];
	return workspace_lookup(fs->workspace, directory, name, &attr) == 0 &&
	       attr.kind == NODE_DIRECTORY &&
	       inode_node_name(fs->inodes, attr.node, &known_directory, known_name) == 0 &&
	       known_directory == directory && strcmp(known_name, name) == 0;
}

static void send_name(struct notifier *notifier, const struct notice *notice)
{
	fuse_ino_t parent = inode_number(notifier->fs->inodes, notice->directory);
	if (parent == 0) {
		return;
	}
	size_t len = strlen(notice->name);
	if (is_same_directory(notifier->fs, notice->directory, notice->name)) {
		(void)fuse_lowlevel_notify_expire_entry(notifier->session, parent, notice->name,
							len, FUSE_LL_EXPIRE_ONLY);
	} else {
		(void)fuse_lowlevel_notify_inval_entry(notifier->session, parent, notice->name,
						       len);
	}
}

/* What the kernel does not know (ENOENT) needs no notice; a mount that ended neither. */
static void send_notice(struct notifier *notifier, const struct notice *notice)
{
	if (notice->kind == NOTICE_NAME) {
		send_name(notifier, notice);
		return;
	}
	fuse_ino_t number = notice->kind == NOTICE_INODE
				    ? notice->number
				    : inode_number(notifier->fs->inodes, notice->directory);
	if (number != 0) {
		(void)fuse_lowlevel_notify_inval_inode(notifier->session, number, 0, 0);
	}
}

static void *deliver(void *context)
{
	struct notifier *notifier = context;
	(void)pthread_mutex_lock(&notifier->lock);
	while (!notifier->is_stopping) {
		notifier->is_news = false;
		struct notice *notice = next_notice(notifier);
		if (notice == NULL) {
			while (!notifier->is_news && !notifier->is_stopping) {
				(void)pthread_cond_wait(&notifier->changed, &notifier->lock);
			}
			continue;
		}
		(void)pthread_mutex_unlock(&notifier->lock);
		send_notice(notifier, notice);
		free(notice);
		(void)pthread_mutex_lock(&notifier->lock);
	}
	(void)pthread_mutex_unlock(&notifier->lock);
	return NULL;
}

/* ---- what is told ---- */

void notify_name(struct fs *fs, node_id directory, const char *name)
{
	queue(fs->notifier, NOTICE_NAME, directory, 0, name);
}

void notify_directory(struct fs *fs, node_id directory)
{
	queue(fs->notifier, NOTICE_DIRECTORY, directory, 0, "");
}

void notify_inode(struct fs *fs, fuse_ino_t number)
{
	queue(fs->notifier, NOTICE_INODE, 0, number, "");
}

void notify_directory_changed(void *context, node_id directory, const char *const *names,
			      size_t count)
{
	struct fs *fs = context;
	for (size_t i = 0; i < count; i++) {
		notify_name(fs, directory, names[i]);
	}
	notify_directory(fs, directory);
}

/* Of a page the kernel does not know, on a read-only mount: what it was before is of use to
 * nobody, and where a page is listed only once it is here, its directory reads otherwise now. */
static void changed_unknown(struct fs *fs, const struct node_attr *attr)
{
	node_id directory;
	char name[NAME_MAX + 1];
	if (attr->version > 1) {
		workspace_forget_version(fs->workspace, attr->node, attr->version - 1);
	}
	if (atomic_load(&fs->is_openless) &&
	    workspace_place(fs->workspace, attr->node, &directory, name) == 0) {
		notify_name(fs, directory, name);
		notify_directory(fs, directory);
	}
}

void notify_page_changed(void *context, node_id page)
{
	struct fs *fs = context;
	node_id directory;
	char name[NAME_MAX + 1];
	bool is_detached = false;
	if (node_is_asset(page)) {
		/* Its size: other bytes would be another object. */
		uint64_t known = inode_number(fs->inodes, page);
		if (known != 0) {
			notify_inode(fs, known);
		}
		return;
	}
	int named = inode_node_name(fs->inodes, page, &directory, name);
	struct node_attr attr = {0};
	bool is_there = workspace_getattr(fs->workspace, page, &attr) == 0;
	uint64_t number = inode_page_changed(fs->inodes, page, attr.version, &is_detached);
	if (is_detached && named == 0) {
		notify_name(fs, directory, name);
	} else if (number != 0 && !is_detached) {
		notify_inode(fs, number);
	} else if (fs->is_read_only && named < 0 && is_there) {
		changed_unknown(fs, &attr);
	}
}

/* Read without an open it is in the kernel's cache, as it was. */
void notify_events_grew(void *context)
{
	struct fs *fs = context;
	uint64_t number =
		atomic_load(&fs->is_openless) ? inode_number(fs->inodes, SPECIAL_EVENTS) : 0;
	if (number != 0) {
		notify_inode(fs, number);
	}
}

/* ---- life ---- */

int notifier_new(struct fs *fs, struct notifier **ret_notifier)
{
	struct notifier *notifier = calloc(1, sizeof *notifier);
	if (notifier == NULL) {
		abort();
	}
	notifier->fs = fs;
	notifier->last = &notifier->first;
	(void)pthread_mutex_init(&notifier->lock, NULL);
	(void)pthread_cond_init(&notifier->changed, NULL);
	*ret_notifier = notifier;
	return 0;
}

int notifier_start(struct notifier *notifier, struct fuse_session *session)
{
	notifier->session = session;
	int r = thread_start(&notifier->thread, deliver, notifier);
	notifier->has_thread = r == 0;
	return r;
}

void notifier_stop(struct notifier *notifier)
{
	if (notifier == NULL || !notifier->has_thread) {
		return;
	}
	(void)pthread_mutex_lock(&notifier->lock);
	notifier->is_stopping = true;
	(void)pthread_cond_signal(&notifier->changed);
	(void)pthread_mutex_unlock(&notifier->lock);
	(void)pthread_join(notifier->thread, NULL);
	notifier->has_thread = false;
}

void notifier_free(struct notifier *notifier)
{
	if (notifier == NULL) {
		return;
	}
	for (struct notice *notice = notifier->first, *next; notice != NULL; notice = next) {
		next = notice->next;
		free(notice);
	}
	(void)pthread_cond_destroy(&notifier->changed);
	(void)pthread_mutex_destroy(&notifier->lock);
	free(notifier);
}
