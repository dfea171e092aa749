#include "cache/text_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cache/asset.h"
#include "cache/workspace_private.h"

/* As git has it: two changes within the disk's step of time look like one. */
#define YOUNG_NS ((int64_t)2000000000)
#define READ_BYTES ((size_t)1 << 16)

/* ---- paths ---- */

/* Takes the last part of a path away; "" stays. */
static void drop_last(char *path)
{
	char *slash = strrchr(path, '/');
	*(slash == NULL ? path : slash) = '\0';
}

static bool is_directory(struct store_transaction *state, node_id directory, const char *name,
			 struct node_record *ret_record)
{
	return tree_lookup(state, directory, name, ret_record) == 0 &&
	       node_is_directory(ret_record) && (ret_record->flags & NODE_HIDDEN) == 0;
}

/* One part of a path, from `place` on. */
static int step(struct store_transaction *state, const char *part, struct file_place *place)
{
	struct node_record record;
	size_t len = strlen(place->path);
	if (*part == '\0' || strcmp(part, ".") == 0) {
		return 0;
	}
	if (strcmp(part, "..") == 0) {
		if (len > 0) {
			drop_last(place->path);
			return 0;
		}
		int r = place->directory == NODE_ROOT ? -ENOENT
						      : tree_get(state, place->directory, &record);
		place->directory = r == 0 ? record.parent : place->directory;
		return r;
	}
	if (len == 0 && is_directory(state, place->directory, part, &record)) {
		place->directory = record.node;
		return 0;
	}
	if (len + 1 + strlen(part) > TEXT_FILE_PATH_MAX_BYTES) {
		return -ENOENT;
	}
	char *end = place->path + len;
	end = len > 0 ? stpcpy(end, "/") : end;
	(void)strcpy(end, part);
	return 0;
}

int text_file_find(struct store_transaction *state, node_id directory, const char *path,
		   struct file_place *ret_place)
{
	static const char assets[] = ASSETS_NAME "/";
	struct file_place place = {.directory = *path == '/' ? NODE_ROOT : directory};
	struct node_record record;
	size_t len = strlen(path);
	char part[NODE_NAME_MAX_BYTES + 1];
	int r = len == 0 || len > TEXT_FILE_PATH_MAX_BYTES || path[len - 1] == '/' ? -ENOENT : 0;
	while (r == 0 && *path != '\0') {
		size_t part_len = strcspn(path, "/");
		if (part_len > NODE_NAME_MAX_BYTES) {
			return -ENOENT;
		}
		memcpy(part, path, part_len);
		part[part_len] = '\0';
		path += part_len;
		path += *path == '/' ? 1 : 0;
		r = step(state, part, &place);
	}
	if (r < 0) {
		return r;
	}
	if (*place.path == '\0') {
		return -EISDIR;
	}
	if (strncmp(place.path, assets, sizeof assets - 1) == 0) {
		struct asset_record asset;
		r = asset_lookup(state, place.directory, place.path + sizeof assets - 1, &asset);
		place.asset = r == 0 ? asset.node : 0;
	} else if (strchr(place.path, '/') == NULL &&
		   tree_lookup(state, place.directory, place.path, &record) == 0 &&
		   (record.flags & NODE_HIDDEN) == 0) {
		r = -EISDIR; /* a page */
	}
	if (r == 0) {
		*ret_place = place;
	}
	return r;
}

/* ---- bytes ---- */

int file_stamp_of(int fd, struct file_stamp *ret_stamp)
{
	struct stat st;
	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	if (!S_ISREG(st.st_mode)) {
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENOTSUP;
	}
	*ret_stamp = (struct file_stamp){
		.inode = st.st_ino,
		.size = (uint64_t)st.st_size,
		.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
		.ctime_ns = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec,
	};
	return 0;
}

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->inode == b->inode && a->size == b->size && a->mtime_ns == b->mtime_ns &&
	       a->ctime_ns == b->ctime_ns;
}

bool file_stamp_is_young(const struct file_stamp *stamp)
{
	/* The disk's clock, which no test moves. */
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	int64_t now_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	return stamp->ctime_ns > now_ns - YOUNG_NS;
}

int text_file_open(struct workspace *workspace, const struct file_place *place, int *ret_fd,
		   struct file_stamp *ret_stamp)
{
	int opened = -1;
	int r = 0;
	if (place->asset != 0) {
		r = workspace_open_asset(workspace, place->asset, &opened);
	} else {
		/* Not for ever, should it be a pipe. */
		opened = local_open(workspace->local, place->directory, place->path,
				    O_RDONLY | O_NONBLOCK, 0);
		r = opened < 0 ? opened : 0;
	}
	if (r < 0) {
		return r == -ENOTDIR ? -ENOENT : r;
	}
	CLEANUP(fd) int fd = opened;
	r = file_stamp_of(fd, ret_stamp);
	if (r == 0) {
		*ret_fd = fd;
		fd = -1;
	}
	return r;
}

bool text_file_is_written(int fd)
{
	struct stat wanted;
	bool is_written = false;
	DIR *descriptors = opendir("/proc/self/fd");
	if (descriptors == NULL || fstat(fd, &wanted) < 0) {
		if (descriptors != NULL) {
			(void)closedir(descriptors);
		}
		return false;
	}
	for (const struct dirent *entry; !is_written && (entry = readdir(descriptors)) != NULL;) {
		struct stat st;
		char *end;
		long number = strtol(entry->d_name, &end, 10);
		if (end == entry->d_name || number == fd || fstat((int)number, &st) < 0 ||
		    st.st_dev != wanted.st_dev || st.st_ino != wanted.st_ino) {
			continue;
		}
		int flags = fcntl((int)number, F_GETFL);
		is_written = flags >= 0 && (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_RDONLY;
	}
	(void)closedir(descriptors);
	return is_written;
}

/* ---- digests ---- */

void digests_init(struct digests *digests)
{
	*digests = (struct digests){.next = 0};
	(void)pthread_mutex_init(&digests->mutex, NULL);
}

void digests_release(struct digests *digests)
{
	(void)pthread_mutex_destroy(&digests->mutex);
}

static bool recall(struct digests *digests, const struct file_stamp *stamp,
		   unsigned char ret_digest[DIGEST_BYTES])
{
	LOCK_SCOPE(&digests->mutex);
	for (size_t i = 0; i < DIGESTS_MAX; i++) {
		if (digests->items[i].stamp.inode != 0 &&
		    file_stamp_equal(&digests->items[i].stamp, stamp)) {
			memcpy(ret_digest, digests->items[i].digest, DIGEST_BYTES);
			return true;
		}
	}
	return false;
}

static void note(struct digests *digests, const struct file_stamp *stamp,
		 const unsigned char digest[DIGEST_BYTES])
{
	LOCK_SCOPE(&digests->mutex);
	size_t at = digests->next++ % DIGESTS_MAX;
	digests->items[at].stamp = *stamp;
	memcpy(digests->items[at].digest, digest, DIGEST_BYTES);
}

int text_file_digest(struct digests *digests, int fd, const struct file_stamp *stamp,
		     unsigned char ret_digest[DIGEST_BYTES])
{
	struct digest digest;
	struct file_stamp after;
	off_t offset = 0;
	bool was_young = file_stamp_is_young(stamp);
	if (recall(digests, stamp, ret_digest)) {
		return 0;
	}
	CLEANUP(free) char *bytes = malloc(READ_BYTES);
	if (bytes == NULL) {
		return -ENOMEM;
	}
	digest_init(&digest);
	for (ssize_t n; (n = pread(fd, bytes, READ_BYTES, offset)) != 0;) {
		if (n < 0) {
			return -errno;
		}
		digest_add(&digest, bytes, (size_t)n);
		offset += n;
	}
	digest_finish(&digest, ret_digest);
	if (!was_young && file_stamp_of(fd, &after) == 0 && file_stamp_equal(stamp, &after)) {
		note(digests, stamp, ret_digest);
	}
	return 0;
}
