#include "fs/prefetch.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fs/inode.h"
#include "fs/thread.h"
#include "mapping/base/clock.h"

/* Larger pages are read by the kernel's own read-ahead well enough. */
#define PAGE_MAX_BYTES ((size_t)256 << 10)
/* Of one directory at a time; the kernel may need its memory for other things. */
#define ROUND_MAX_BYTES ((size_t)64 << 20)
#define READS_OF_A_SCAN 2
/* A directory whose pages the kernel drops again at once is not pushed for ever. */
#define ROUND_EVERY_MS 1000
#define DIRECTORIES 16

struct watched {
	node_id directory; /* 0 = none */
	unsigned reads;	   /* since the last round */
	int64_t round_ms;
	bool is_wanted;
};

struct prefetch {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* guarded by lock */
	struct watched watched[DIRECTORIES]; /* the one read last comes first */
	bool is_stopping;
	/* set once */
	struct fs *fs;
	struct fuse_session *session;
	pthread_t thread;
	bool has_thread;
};

struct prefetch *prefetch_new(struct fs *fs)
{
	struct prefetch *prefetch = calloc(1, sizeof *prefetch);
	if (prefetch == NULL) {
		abort();
	}
	prefetch->fs = fs;
	(void)pthread_mutex_init(&prefetch->lock, NULL);
	(void)pthread_cond_init(&prefetch->changed, NULL);
	return prefetch;
}

void prefetch_free(struct prefetch *prefetch)
{
	if (prefetch == NULL) {
		return;
	}
	(void)pthread_cond_destroy(&prefetch->changed);
	(void)pthread_mutex_destroy(&prefetch->lock);
	free(prefetch);
}

/* The entry of a directory, moved to the front; the one unused longest makes room. */
static struct watched *watch_locked(struct prefetch *prefetch, node_id directory)
{
	size_t at = 0;
	while (at < DIRECTORIES - 1 && prefetch->watched[at].directory != directory) {
		at++;
	}
	struct watched entry = prefetch->watched[at];
	if (entry.directory != directory) {
		entry = (struct watched){.directory = directory};
	}
	memmove(prefetch->watched + 1, prefetch->watched, at * sizeof entry);
	prefetch->watched[0] = entry;
	return &prefetch->watched[0];
}

void prefetch_note_read(struct prefetch *prefetch, fuse_ino_t number, size_t size)
{
	node_id directory;
	if (size > PAGE_MAX_BYTES ||
	    inode_directory(prefetch->fs->inodes, number, &directory) < 0) {
		return;
	}
	int64_t now_ms = clock_now_ms();
	LOCK_SCOPE(&prefetch->lock);
	struct watched *watched = watch_locked(prefetch, directory);
	watched->reads++;
	if (watched->reads >= READS_OF_A_SCAN && !watched->is_wanted &&
	    (watched->round_ms == 0 || now_ms - watched->round_ms >= ROUND_EVERY_MS ||
	     now_ms < watched->round_ms)) {
		watched->is_wanted = true;
		watched->round_ms = now_ms;
		(void)pthread_cond_signal(&prefetch->changed);
	}
}

struct sibling {
	node_id node;
	uint64_t size;
};

struct siblings {
	struct sibling *items;
	size_t count;
	size_t allocated;
	size_t bytes;
};

/* Under the workspace's read transaction: copies, and calls nobody. */
static bool collect(void *context, uint64_t cookie, const char *name, const struct node_attr *attr)
{
	struct siblings *siblings = context;
	(void)cookie;
	(void)name;
	if (attr->kind != NODE_PAGE || !attr->is_size_exact || attr->size == 0 ||
	    attr->size > PAGE_MAX_BYTES) {
		return true;
	}
	if (siblings->count == siblings->allocated) {
		siblings->allocated = siblings->allocated == 0 ? 256 : siblings->allocated * 2;
		siblings->items =
			realloc(siblings->items, siblings->allocated * sizeof *siblings->items);
		if (siblings->items == NULL) {
			abort();
		}
	}
	siblings->items[siblings->count++] =
		(struct sibling){.node = attr->node, .size = attr->size};
	siblings->bytes += attr->size;
	return siblings->bytes < ROUND_MAX_BYTES;
}

static bool is_stopping(struct prefetch *prefetch)
{
	LOCK_SCOPE(&prefetch->lock);
	return prefetch->is_stopping;
}

/* The bytes of the version that the number means; what the kernel does not know is left out. */
static void push(struct prefetch *prefetch, const struct sibling *sibling, char *bytes)
{
	struct fs *fs = prefetch->fs;
	struct place place;
	uint64_t number = inode_number(fs->inodes, sibling->node);
	if (number == 0 || inode_place(fs->inodes, number, &place) < 0 || place.version == 0) {
		return;
	}
	ssize_t len = workspace_read_version(fs->workspace, place.node, place.version, bytes,
					     PAGE_MAX_BYTES, 0);
	if (len <= 0 || (size_t)len == PAGE_MAX_BYTES) {
		return;
	}
	struct fuse_bufvec vector = FUSE_BUFVEC_INIT((size_t)len);
	vector.buf[0].mem = bytes;
	(void)fuse_lowlevel_notify_store(prefetch->session, number, 0, &vector, 0);
}

static void push_directory(struct prefetch *prefetch, node_id directory, char *bytes)
{
	struct siblings siblings = {0};
	if (workspace_list(prefetch->fs->workspace, directory, 0, collect, &siblings) == 0) {
		for (size_t i = 0; i < siblings.count && !is_stopping(prefetch); i++) {
			push(prefetch, &siblings.items[i], bytes);
		}
	}
	free(siblings.items);
}

static struct watched *wanted_locked(struct prefetch *prefetch)
{
	for (size_t i = 0; i < DIRECTORIES; i++) {
		if (prefetch->watched[i].is_wanted) {
			return &prefetch->watched[i];
		}
	}
	return NULL;
}

static void *run(void *context)
{
	struct prefetch *prefetch = context;
	char *bytes = malloc(PAGE_MAX_BYTES);
	if (bytes == NULL) {
		abort();
	}
	(void)pthread_mutex_lock(&prefetch->lock);
	while (!prefetch->is_stopping) {
		struct watched *watched = wanted_locked(prefetch);
		if (watched == NULL) {
			(void)pthread_cond_wait(&prefetch->changed, &prefetch->lock);
			continue;
		}
		node_id directory = watched->directory;
		(void)pthread_mutex_unlock(&prefetch->lock);
		push_directory(prefetch, directory, bytes);
		(void)pthread_mutex_lock(&prefetch->lock);
		/* Reads that came meanwhile asked for what was on its way. */
		watched = watch_locked(prefetch, directory);
		watched->is_wanted = false;
		watched->reads = 0;
	}
	(void)pthread_mutex_unlock(&prefetch->lock);
	free(bytes);
	return NULL;
}

int prefetch_start(struct prefetch *prefetch, struct fuse_session *session)
{
	prefetch->session = session;
	int r = thread_start(&prefetch->thread, run, prefetch);
	prefetch->has_thread = r == 0;
	return r;
}

void prefetch_stop(struct prefetch *prefetch)
{
	if (prefetch == NULL || !prefetch->has_thread) {
		return;
	}
	(void)pthread_mutex_lock(&prefetch->lock);
	prefetch->is_stopping = true;
	(void)pthread_cond_signal(&prefetch->changed);
	(void)pthread_mutex_unlock(&prefetch->lock);
	(void)pthread_join(prefetch->thread, NULL);
	prefetch->has_thread = false;
}
