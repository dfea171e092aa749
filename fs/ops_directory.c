/*
 * Listings. There is no open directory (opendir is ENOSYS, so that the kernel keeps listings):
 * where a listing goes on is in the cookie alone, and a cookie names an entry, never a position,
 * so that removing files while listing skips none.
 *
 * Cookies of a workspace directory: 1 and 2 are `.` and `..`; from 16 the workspace's own; from
 * 2^62 local entries, by a hash of the name. (The backing directory's own offsets take 63 bits on
 * ext4 and leave no room to tell them apart.) A local directory uses its backing one's offsets.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fs/attr.h"
#include "fs/name.h"
#include "fs/ops.h"
#include "fs/special.h"
#include "fs/wait.h"

#define COOKIE_SELF 1
#define COOKIE_PARENT 2
#define COOKIE_WORKSPACE 16
#define COOKIE_SCHEMA (COOKIE_LOCAL - 1)
#define COOKIE_LOCAL ((uint64_t)1 << 62)
#define REPLY_MAX_BYTES ((size_t)1 << 20)

/* One reply being filled. */
struct listing {
	fuse_req_t req;
	struct fs *fs;
	bool is_plus;
	char *bytes;
	size_t size;
	size_t len;
	/* What was looked up by it, to be given back when the kernel does not take the reply. */
	fuse_ino_t *numbers;
	size_t count;
};

static size_t entry_bytes(const struct listing *listing, const char *name)
{
	return listing->is_plus ? fuse_add_direntry_plus(listing->req, NULL, 0, name, NULL, 0)
				: fuse_add_direntry(listing->req, NULL, 0, name, NULL, 0);
}

static bool fits(const struct listing *listing, const char *name)
{
	return entry_bytes(listing, name) <= listing->size - listing->len;
}

/* With room for it. entry->ino is 0 for what the kernel shall look up by itself. */
static void add(struct listing *listing, const char *name, const struct fuse_entry_param *entry,
		uint64_t cookie)
{
	char *at = listing->bytes + listing->len;
	size_t left = listing->size - listing->len;
	if (listing->is_plus) {
		listing->len +=
			fuse_add_direntry_plus(listing->req, at, left, name, entry, (off_t)cookie);
		if (entry->ino != 0) {
			listing->numbers[listing->count++] = entry->ino;
		}
	} else {
		listing->len += fuse_add_direntry(listing->req, at, left, name, &entry->attr,
						  (off_t)cookie);
	}
}

static bool add_dot(struct listing *listing, const char *name, ino_t object, uint64_t cookie)
{
	struct fuse_entry_param entry = {.attr = {.st_ino = object, .st_mode = S_IFDIR}};
	if (!fits(listing, name)) {
		return false;
	}
	add(listing, name, &entry, cookie);
	return true;
}

static void send_listing(struct listing *listing, int error)
{
	if (error < 0 && listing->len == 0) {
		(void)fuse_reply_err(listing->req, -error);
		error = -1;
	} else {
		error = fuse_reply_buf(listing->req, listing->bytes, listing->len);
	}
	for (size_t i = 0; error < 0 && i < listing->count; i++) {
		inode_forget(listing->fs->inodes, listing->numbers[i], 1);
	}
}

/* ---- the workspace's entries ---- */

struct found {
	uint64_t cookie;
	struct node_attr attr;
	char name[NAME_MAX + 1];
};

struct found_list {
	const struct listing *listing;
	size_t left; /* bytes of the reply */
	struct found *entries;
	size_t count;
	size_t allocated;
	bool is_full;
};

/* Under the workspace's read transaction: copies, and calls nobody. */
static bool collect(void *context, uint64_t cookie, const char *name, const struct node_attr *attr)
{
	struct found_list *list = context;
	if (!name_is_shown(list->listing->fs, attr)) {
		return true;
	}
	size_t bytes = entry_bytes(list->listing, name);
	if (bytes > list->left || strlen(name) > NAME_MAX) {
		list->is_full = bytes > list->left;
		return !list->is_full;
	}
	if (list->count == list->allocated) {
		list->allocated = list->allocated == 0 ? 64 : list->allocated * 2;
		list->entries = realloc(list->entries, list->allocated * sizeof *list->entries);
		if (list->entries == NULL) {
			abort();
		}
	}
	struct found *found = &list->entries[list->count++];
	found->cookie = cookie;
	found->attr = *attr;
	(void)strcpy(found->name, name);
	list->left -= bytes;
	return true;
}

/* 0 with *ret_full set when the reply is full, or -errno. */
static int add_workspace(struct listing *listing, node_id directory, uint64_t after, bool *ret_full)
{
	struct found_list list = {.listing = listing, .left = listing->size - listing->len};
	int r = workspace_list(listing->fs->workspace, directory, after, collect, &list);
	for (size_t i = 0; r == 0 && i < list.count; i++) {
		const struct found *found = &list.entries[i];
		struct fuse_entry_param entry;
		if (listing->is_plus) {
			attr_entry_node(listing->fs, &found->attr, directory, found->name, &entry);
		} else {
			memset(&entry, 0, sizeof entry);
			entry.attr.st_ino = found->attr.node;
			entry.attr.st_mode = found->attr.mode;
		}
		add(listing, found->name, &entry, found->cookie);
	}
	free(list.entries);
	*ret_full = list.is_full;
	return r;
}

/* ---- local entries of a workspace directory ---- */

struct local_name {
	uint64_t cookie;
	ino_t object;
	unsigned char type;
	char name[NAME_MAX + 1];
};

/* FNV-1a: the order of local names in a listing, nothing more. */
static uint64_t local_cookie(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (; *name != '\0'; name++) {
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	}
	return COOKIE_LOCAL | hash >> 2;
}

static int compare_cookies(const void *a, const void *b)
{
	const struct local_name *x = a;
	const struct local_name *y = b;
	return (x->cookie > y->cookie) - (x->cookie < y->cookie);
}

static DIR *open_local_directory(struct fs *fs, node_id directory, const char *path, int *ret_error)
{
	int fd = local_open(fs->local, directory, path, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0) {
		*ret_error = fd;
		return NULL;
	}
	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		*ret_error = -errno;
		(void)close(fd);
	}
	return dir;
}

static struct local_name *read_local_names(DIR *dir, uint64_t after, size_t *ret_count)
{
	struct local_name *names = NULL;
	size_t count = 0;
	size_t allocated = 0;
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		uint64_t cookie = local_cookie(entry->d_name);
		if (cookie <= after || strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0) {
			continue;
		}
		if (count == allocated) {
			allocated = allocated == 0 ? 16 : allocated * 2;
			names = realloc(names, allocated * sizeof *names);
			if (names == NULL) {
				abort();
			}
		}
		names[count].cookie = cookie;
		names[count].object = entry->d_ino | LOCAL_NODE_BIT;
		names[count].type = entry->d_type;
		(void)strcpy(names[count].name, entry->d_name);
		count++;
	}
	if (count > 0) {
		qsort(names, count, sizeof *names, compare_cookies);
	}
	*ret_count = count;
	return names;
}

/* One local entry at `path`; false when the reply is full. One that just vanished is left out. */
static bool add_local(struct listing *listing, node_id directory, const char *path,
		      const struct local_name *name)
{
	struct fuse_entry_param entry = {
		.attr = {.st_ino = name->object, .st_mode = DTTOIF(name->type)}};
	struct stat st;
	if (!fits(listing, name->name)) {
		return false;
	}
	if (listing->is_plus) {
		if (local_stat(listing->fs->local, directory, path, &st) < 0) {
			return true;
		}
		attr_entry_local(listing->fs, &st, directory, path, &entry);
	}
	add(listing, name->name, &entry, name->cookie);
	return true;
}

static void add_local_names(struct listing *listing, node_id directory, uint64_t after)
{
	struct stat st;
	int error = 0;
	if (local_stat(listing->fs->local, directory, "", &st) < 0) {
		return;
	}
	DIR *dir = open_local_directory(listing->fs, directory, "", &error);
	if (dir == NULL) {
		return;
	}
	size_t count = 0;
	CLEANUP(free) struct local_name *names = read_local_names(dir, after, &count);
	(void)closedir(dir);
	for (size_t i = 0; i < count; i++) {
		if (workspace_name_kind(listing->fs->workspace, names[i].name) == NAME_LOCAL &&
		    !add_local(listing, directory, names[i].name, &names[i])) {
			return;
		}
	}
}

static int list_workspace_directory(struct listing *listing, node_id directory, uint64_t after)
{
	node_id parent = NODE_ROOT;
	int r = workspace_parent(listing->fs->workspace, directory, &parent);
	if (r < 0 || (after < COOKIE_SELF && !add_dot(listing, ".", directory, COOKIE_SELF)) ||
	    (after < COOKIE_PARENT && !add_dot(listing, "..", parent, COOKIE_PARENT))) {
		return r;
	}
	bool is_full = false;
	if (after < COOKIE_SCHEMA) {
		r = add_workspace(listing, directory,
				  after < COOKIE_WORKSPACE ? COOKIE_WORKSPACE - 1 : after,
				  &is_full);
	}
	if (r == 0 && !is_full && after < COOKIE_SCHEMA &&
	    workspace_has_schema(listing->fs->workspace, directory)) {
		struct fuse_entry_param entry = {
			.attr = {.st_ino = special_schema_of(directory), .st_mode = S_IFREG}};
		is_full = !fits(listing, SCHEMA_NAME);
		if (!is_full) {
			add(listing, SCHEMA_NAME, &entry, COOKIE_SCHEMA);
		}
	}
	if (r == 0 && !is_full) {
		add_local_names(listing, directory, after);
	}
	return r;
}

/* ---- local directories, and .notionfs/ ---- */

static int list_local_directory(struct listing *listing, const struct place *place, uint64_t after)
{
	int error = 0;
	DIR *dir = open_local_directory(listing->fs, place->node, place->path, &error);
	if (dir == NULL) {
		return error;
	}
	seekdir(dir, (long)after);
	bool has_room = true;
	for (const struct dirent *entry; has_room && (entry = readdir(dir)) != NULL;) {
		struct local_name name = {.cookie = (uint64_t)entry->d_off,
					  .object = entry->d_ino | LOCAL_NODE_BIT,
					  .type = entry->d_type};
		char path[PATH_MAX];
		(void)strcpy(name.name, entry->d_name);
		if (strcmp(name.name, ".") == 0 || strcmp(name.name, "..") == 0) {
			has_room = add_dot(listing, name.name, name.object, name.cookie);
		} else if (strlen(place->path) + strlen(name.name) + 2 <= sizeof path) {
			(void)stpcpy(stpcpy(stpcpy(path, place->path), "/"), name.name);
			has_room = add_local(listing, place->node, path, &name);
		}
	}
	(void)closedir(dir);
	return 0;
}

static int list_special(struct listing *listing, uint64_t after)
{
	if ((after < COOKIE_SELF && !add_dot(listing, ".", SPECIAL_ROOT, COOKIE_SELF)) ||
	    (after < COOKIE_PARENT && !add_dot(listing, "..", NODE_ROOT, COOKIE_PARENT))) {
		return 0;
	}
	unsigned first = after < COOKIE_WORKSPACE ? 0 : (unsigned)(after - COOKIE_WORKSPACE + 1);
	node_id special;
	const char *name;
	for (unsigned i = first; (name = special_name(i, &special)) != NULL; i++) {
		struct fuse_entry_param entry = {
			.attr = {.st_ino = special,
				 .st_mode = special_is_directory(special) ? S_IFDIR : S_IFREG}};
		if (!fits(listing, name)) {
			break;
		}
		add(listing, name, &entry, COOKIE_WORKSPACE + i);
	}
	return 0;
}

/* ---- the requests ---- */

static void list(struct fs *fs, const struct wait_call *call)
{
	size_t size = call->size < REPLY_MAX_BYTES ? call->size : REPLY_MAX_BYTES;
	struct listing listing = {
		.req = call->req, .fs = fs, .is_plus = call->to_set != 0, .size = size};
	CLEANUP(free) char *bytes = malloc(size);
	CLEANUP(free) fuse_ino_t *numbers = calloc(size / 64 + 1, sizeof *numbers);
	if (bytes == NULL || numbers == NULL) {
		abort();
	}
	listing.bytes = bytes;
	listing.numbers = numbers;
	struct place place;
	int r = inode_place(fs->inodes, call->number, &place);
	if (r == 0 && place.is_detached) {
		r = -ENOENT;
	}
	if (r == 0) {
		uint64_t after = (uint64_t)call->offset;
		switch (place.kind) {
		case PLACE_DIRECTORY:
			r = list_workspace_directory(&listing, place.node, after);
			break;
		case PLACE_LOCAL: r = list_local_directory(&listing, &place, after); break;
		case PLACE_SPECIAL: r = list_special(&listing, after); break;
		case PLACE_PAGE:
		case PLACE_ASSET: r = -ENOTDIR; break;
		}
	}
	send_listing(&listing, r == -EAGAIN ? -ETIMEDOUT : r);
}

static void resume_list(struct fs *fs, const struct wait_call *call, int error)
{
	if (error < 0) {
		(void)fuse_reply_err(call->req, -error);
	} else {
		list(fs, call);
	}
}

/* A listing is complete or it waits: asked for at its beginning. */
static void start_list(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset, bool is_plus)
{
	struct fs *fs = fs_of(req);
	struct wait_call call = {.req = req,
				 .number = number,
				 .want = WANT_LISTING,
				 .size = size,
				 .offset = offset,
				 .to_set = is_plus ? 1 : 0};
	struct place place;
	if (offset == 0 && inode_place(fs->inodes, number, &place) == 0 &&
	    place.kind == PLACE_DIRECTORY && !place.is_detached) {
		call.node = place.node;
		wait_fetch(fs, &call, resume_list);
	} else {
		list(fs, &call);
	}
}

void ops_opendir(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
	(void)number;
	(void)file;
	(void)fuse_reply_err(req, ENOSYS);
}

void ops_readdir(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
		 struct fuse_file_info *file)
{
	(void)file;
	start_list(req, number, size, offset, false);
}

void ops_readdirplus(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
		     struct fuse_file_info *file)
{
	(void)file;
	start_list(req, number, size, offset, true);
}

void ops_fsyncdir(fuse_req_t req, fuse_ino_t number, int datasync, struct fuse_file_info *file)
{
	(void)datasync;
	(void)file;
	struct fs *fs = fs_of(req);
	struct place place;
	int r = inode_place(fs->inodes, number, &place);
	if (r == 0 && place.kind == PLACE_LOCAL) {
		CLEANUP(fd)
		int fd = local_open(fs->local, place.node, place.path, O_RDONLY | O_DIRECTORY, 0);
		r = fd < 0 ? fd : fsync(fd) < 0 ? -errno : 0;
	}
	(void)fuse_reply_err(req, -r);
}
