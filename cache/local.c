#include "cache/local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

struct local {
	int root; /* the folder `local` itself */
};

#define FOLDER_BYTES 17
#define LOCAL_PATH_BYTES (FOLDER_BYTES + PATH_MAX)

int local_new(const char *state_path, struct local **ret_local)
{
	CLEANUP(fd) int state = open(state_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (state < 0) {
		return -errno;
	}
	if (mkdirat(state, "local", 0700) < 0 && errno != EEXIST) {
		return -errno;
	}
	int root = openat(state, "local", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (root < 0) {
		return -errno;
	}
	struct local *local = malloc(sizeof *local);
	if (local == NULL) {
		abort();
	}
	local->root = root;
	*ret_local = local;
	return 0;
}

void local_free(struct local *local)
{
	if (local == NULL) {
		return;
	}
	(void)close(local->root);
	free(local);
}

/* "<16 hex digits>" or "<16 hex digits>/<path>". */
static int full_path(node_id directory, const char *path, char full[LOCAL_PATH_BYTES])
{
	int len = snprintf(full, LOCAL_PATH_BYTES, "%016" PRIx64 "%s%s", directory,
			   *path == '\0' ? "" : "/", path);
	return len < LOCAL_PATH_BYTES ? 0 : -ENAMETOOLONG;
}

/* Never leaves the root, never follows a symlink: those are the mount's to resolve, not ours. */
static int open_beneath(const struct local *local, const char *full, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC | O_NOFOLLOW),
		.mode = (flags & O_CREAT) != 0 ? mode & 07777 : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, local->root, full, &how, sizeof how);
	return fd < 0 ? -errno : (int)fd;
}

static int make_folder(const struct local *local, node_id directory)
{
	char folder[FOLDER_BYTES];
	(void)snprintf(folder, sizeof folder, "%016" PRIx64, directory);
	if (mkdirat(local->root, folder, 0700) < 0 && errno != EEXIST) {
		return -errno;
	}
	return 0;
}

/*
 * The directory that holds `path`, opened, and where the last component begins. With `make` the
 * folder is made where it is missing. `full` is the caller's memory for *ret_name.
 */
static int open_parent(const struct local *local, node_id directory, const char *path, bool make,
		       char full[LOCAL_PATH_BYTES], const char **ret_name)
{
	if (*path == '\0') {
		return -EBUSY;
	}
	int r = full_path(directory, path, full);
	if (r < 0) {
		return r;
	}
	char *slash = strrchr(full, '/');
	*slash = '\0';
	int fd = open_beneath(local, full, O_PATH | O_DIRECTORY, 0);
	if (fd == -ENOENT && make && strchr(path, '/') == NULL) {
		r = make_folder(local, directory);
		if (r < 0) {
			return r;
		}
		fd = open_beneath(local, full, O_PATH | O_DIRECTORY, 0);
	}
	if (fd >= 0) {
		*ret_name = slash + 1;
	}
	return fd;
}

static int open_object(const struct local *local, node_id directory, const char *path)
{
	char full[LOCAL_PATH_BYTES];
	int r = full_path(directory, path, full);
	return r < 0 ? r : open_beneath(local, full, O_PATH, 0);
}

int local_stat(struct local *local, node_id directory, const char *path, struct stat *ret_stat)
{
	CLEANUP(fd) int fd = open_object(local, directory, path);
	if (fd < 0) {
		return fd;
	}
	return local_fstat(fd, ret_stat);
}

int local_fstat(int fd, struct stat *ret_stat)
{
	struct stat st;
	if (fstatat(fd, "", &st, AT_EMPTY_PATH) < 0) {
		return -errno;
	}
	st.st_ino |= LOCAL_NODE_BIT;
	*ret_stat = st;
	return 0;
}

int local_open(struct local *local, node_id directory, const char *path, int flags, mode_t mode)
{
	char full[LOCAL_PATH_BYTES];
	int r = full_path(directory, path, full);
	if (r < 0) {
		return r;
	}
	int fd = open_beneath(local, full, flags, mode);
	bool makes = (flags & O_CREAT) != 0 || *path == '\0';
	if (fd == -ENOENT && makes && strchr(path, '/') == NULL) {
		r = make_folder(local, directory);
		if (r < 0) {
			return r;
		}
		fd = open_beneath(local, full, flags, mode);
	}
	return fd;
}

int local_mkdir(struct local *local, node_id directory, const char *path, mode_t mode)
{
	char full[LOCAL_PATH_BYTES];
	const char *name = NULL;
	CLEANUP(fd) int parent = open_parent(local, directory, path, true, full, &name);
	if (parent < 0) {
		return parent;
	}
	return mkdirat(parent, name, mode & 07777) < 0 ? -errno : 0;
}

int local_mknod(struct local *local, node_id directory, const char *path, mode_t mode, dev_t device)
{
	char full[LOCAL_PATH_BYTES];
	const char *name = NULL;
	CLEANUP(fd) int parent = open_parent(local, directory, path, true, full, &name);
	if (parent < 0) {
		return parent;
	}
	return mknodat(parent, name, mode, device) < 0 ? -errno : 0;
}

static int remove_name(struct local *local, node_id directory, const char *path, int flags)
{
	char full[LOCAL_PATH_BYTES];
	const char *name = NULL;
	CLEANUP(fd) int parent = open_parent(local, directory, path, false, full, &name);
	if (parent < 0) {
		return parent;
	}
	return unlinkat(parent, name, flags) < 0 ? -errno : 0;
}

int local_unlink(struct local *local, node_id directory, const char *path)
{
	return remove_name(local, directory, path, 0);
}

int local_rmdir(struct local *local, node_id directory, const char *path)
{
	return remove_name(local, directory, path, AT_REMOVEDIR);
}

int local_rename(struct local *local, node_id directory, const char *path, node_id new_directory,
		 const char *new_path, unsigned flags)
{
	char full[LOCAL_PATH_BYTES];
	char new_full[LOCAL_PATH_BYTES];
	const char *name = NULL;
	const char *new_name = NULL;
	CLEANUP(fd) int parent = open_parent(local, directory, path, false, full, &name);
	if (parent < 0) {
		return parent;
	}
	CLEANUP(fd)
	int new_parent = open_parent(local, new_directory, new_path, true, new_full, &new_name);
	if (new_parent < 0) {
		return new_parent;
	}
	return renameat2(parent, name, new_parent, new_name, flags) < 0 ? -errno : 0;
}

int local_adopt(struct local *local, node_id directory, const char *name, node_id new_directory)
{
	char full[LOCAL_PATH_BYTES];
	char folder[FOLDER_BYTES];
	const char *last = NULL;
	CLEANUP(fd) int parent = open_parent(local, directory, name, false, full, &last);
	if (parent < 0) {
		return parent == -ENOENT ? 0 : parent;
	}
	(void)snprintf(folder, sizeof folder, "%016" PRIx64, new_directory);
	if (renameat(parent, last, local->root, folder) < 0) {
		return errno == ENOENT ? 0 : -errno;
	}
	return 0;
}

int local_symlink(struct local *local, const char *target, node_id directory, const char *path)
{
	char full[LOCAL_PATH_BYTES];
	const char *name = NULL;
	CLEANUP(fd) int parent = open_parent(local, directory, path, true, full, &name);
	if (parent < 0) {
		return parent;
	}
	return symlinkat(target, parent, name) < 0 ? -errno : 0;
}

int local_link(struct local *local, node_id directory, const char *path, node_id new_directory,
	       const char *new_path)
{
	char full[LOCAL_PATH_BYTES];
	char new_full[LOCAL_PATH_BYTES];
	const char *name = NULL;
	const char *new_name = NULL;
	CLEANUP(fd) int parent = open_parent(local, directory, path, false, full, &name);
	if (parent < 0) {
		return parent;
	}
	CLEANUP(fd)
	int new_parent = open_parent(local, new_directory, new_path, true, new_full, &new_name);
	if (new_parent < 0) {
		return new_parent;
	}
	return linkat(parent, name, new_parent, new_name, 0) < 0 ? -errno : 0;
}

int local_readlink(struct local *local, node_id directory, const char *path, char *target,
		   size_t size)
{
	CLEANUP(fd) int fd = open_object(local, directory, path);
	if (fd < 0) {
		return fd;
	}
	ssize_t len = readlinkat(fd, "", target, size);
	if (len < 0) {
		return errno == ENOENT ? -EINVAL : -errno;
	}
	if ((size_t)len >= size) {
		return -ENAMETOOLONG;
	}
	target[len] = '\0';
	return 0;
}

/* chmod knows no AT_SYMLINK_NOFOLLOW everywhere: through /proc, which leads to the very object. */
int local_chmod(struct local *local, node_id directory, const char *path, mode_t mode)
{
	CLEANUP(fd) int fd = open_object(local, directory, path);
	if (fd < 0) {
		return fd;
	}
	char link[32];
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	return chmod(link, mode & 07777) < 0 ? -errno : 0;
}

int local_chown(struct local *local, node_id directory, const char *path, uid_t uid, gid_t gid)
{
	CLEANUP(fd) int fd = open_object(local, directory, path);
	if (fd < 0) {
		return fd;
	}
	return fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0 ? -errno : 0;
}

int local_utimens(struct local *local, node_id directory, const char *path,
		  const struct timespec times[2])
{
	char full[LOCAL_PATH_BYTES];
	const char *name = NULL;
	CLEANUP(fd) int parent = open_parent(local, directory, path, false, full, &name);
	if (parent < 0) {
		return parent;
	}
	return utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

/* Written outside of every folder first, so that nobody ever reads or lists half of it. */
int local_write_file(struct local *local, node_id directory, const char *path, const void *bytes,
		     size_t len)
{
	char full[LOCAL_PATH_BYTES];
	const char *name = NULL;
	CLEANUP(fd) int parent = open_parent(local, directory, path, true, full, &name);
	if (parent < 0) {
		return parent;
	}
	char temporary[64];
	(void)snprintf(temporary, sizeof temporary, ".new-%d-%lx", (int)getpid(),
		       (unsigned long)pthread_self());
	CLEANUP(fd)
	int fd = openat(local->root, temporary,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		return -errno;
	}
	int r = 0;
	const char *next = bytes;
	while (len > 0 && r == 0) {
		ssize_t n = write(fd, next, len);
		if (n >= 0) {
			next += n;
			len -= (size_t)n;
		} else if (errno != EINTR) {
			r = -errno;
		}
	}
	if (r == 0 && (fchmod(fd, 0644) < 0 || fdatasync(fd) < 0)) {
		r = -errno;
	}
	if (r == 0 && renameat(local->root, temporary, parent, name) < 0) {
		r = -errno;
	}
	if (r < 0) {
		(void)unlinkat(local->root, temporary, 0);
	}
	return r;
}

int local_move_folder(struct local *local, node_id directory, node_id new_directory,
		      const char *name)
{
	char folder[FOLDER_BYTES];
	char full[LOCAL_PATH_BYTES];
	const char *new_name = NULL;
	(void)snprintf(folder, sizeof folder, "%016" PRIx64, directory);
	if (unlinkat(local->root, folder, AT_REMOVEDIR) == 0) {
		return -ENOENT;
	}
	if (errno != ENOTEMPTY && errno != EEXIST) {
		return -errno;
	}
	CLEANUP(fd)
	int parent = open_parent(local, new_directory, name, true, full, &new_name);
	if (parent < 0) {
		return parent;
	}
	return renameat2(local->root, folder, parent, new_name, RENAME_NOREPLACE) < 0 ? -errno : 0;
}

int local_folders(struct local *local, size_t max, node_id **ret_directories, size_t *ret_count)
{
	int fd = openat(local->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *root = fd < 0 ? NULL : fdopendir(fd);
	if (root == NULL) {
		int r = -errno;
		cleanup_fd(&fd);
		return r;
	}
	node_id *directories = NULL;
	size_t count = 0;
	const struct dirent *entry;
	while (count < max && (entry = readdir(root)) != NULL) {
		char *end;
		unsigned long long node = strtoull(entry->d_name, &end, 16);
		if (*end != '\0' || strlen(entry->d_name) != FOLDER_BYTES - 1) {
			continue;
		}
		if (count % 64 == 0) {
			directories = realloc(directories, (count + 64) * sizeof *directories);
			if (directories == NULL) {
				abort();
			}
		}
		directories[count++] = node;
	}
	(void)closedir(root);
	*ret_directories = directories;
	*ret_count = count;
	return 0;
}
