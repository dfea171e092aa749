#include "fs/adopt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fs/notify.h"

/* One decision at a time: two may make the same directory's parents. */
static pthread_mutex_t deciding = PTHREAD_MUTEX_INITIALIZER;

static bool is_named_local(const char *name)
{
	static const char *const names[] = {"node_modules", "bower_components", "__pycache__",
					    "venv", "site-packages"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(name, names[i]) == 0) {
			return true;
		}
	}
	return *name == '.';
}

static bool is_marker(const char *name)
{
	static const char *const names[] = {
		".git",
		"package.json",
		".package-lock.json",
		"package-lock.json",
		".hg",
		".svn",
		"Cargo.toml",
		"go.mod",
		"Makefile",
		"CMakeLists.txt",
		"meson.build",
		"configure",
		"setup.py",
		"pyproject.toml",
		"pom.xml",
		"build.gradle",
		"composer.json",
		"Gemfile",
		"node_modules",
		"PKG-INFO",
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(name, names[i]) == 0) {
			return true;
		}
	}
	return false;
}

struct contents {
	bool is_decided;
	bool is_empty;
	bool has_files; /* something that is no directory; told when it is not decided */
};

static int look_into(struct fs *fs, node_id directory, const char *path,
		     struct contents *ret_contents)
{
	*ret_contents = (struct contents){.is_empty = true};
	int fd = local_open(fs->local, directory, path, O_RDONLY | O_DIRECTORY, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		int r = fd < 0 ? fd : -errno;
		if (fd >= 0) {
			(void)close(fd);
		}
		return r;
	}
	for (const struct dirent *entry;
	     !ret_contents->is_decided && (entry = readdir(dir)) != NULL;) {
		const char *name = entry->d_name;
		size_t len = strlen(name);
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
			continue;
		}
		ret_contents->is_empty = false;
		ret_contents->has_files |= entry->d_type != DT_DIR;
		bool is_page = *name != '.' && len > 3 && strcmp(name + len - 3, ".md") == 0;
		ret_contents->is_decided = is_marker(name) || is_page;
	}
	(void)closedir(dir);
	return 0;
}

/* Are all directories of this path ones that may become pages'? */
static bool is_undecided(struct fs *fs, node_id directory, const char *path)
{
	char prefix[PATH_MAX];
	char file_name[NAME_MAX + 4];
	for (const char *at = path; at != NULL;) {
		size_t len = strcspn(at, "/");
		struct contents contents;
		if (len > NAME_MAX - 3) {
			return false;
		}
		(void)snprintf(file_name, sizeof file_name, "%.*s", (int)len, at);
		if (is_named_local(file_name)) {
			return false;
		}
		(void)strcat(file_name, ".md");
		(void)snprintf(prefix, sizeof prefix, "%.*s", (int)(at - path + (long)len), path);
		if (workspace_name_kind(fs->workspace, file_name) != NAME_PAGE ||
		    look_into(fs, directory, prefix, &contents) < 0 || contents.is_decided) {
			return false;
		}
		at = at[len] == '/' ? at + len + 1 : NULL;
	}
	return true;
}

/* The local directory `name` becomes the workspace's; *ret_node is its number there. */
static int adopt_one(struct fs *fs, node_id directory, const char *name, node_id *ret_node)
{
	struct stat st;
	struct node_attr attr;
	int r = local_stat(fs->local, directory, name, &st);
	if (r == 0) {
		r = workspace_adopt(fs->workspace, directory, name, &attr);
	}
	if (r < 0) {
		if (r == -EPERM) {
			workspace_explain(fs->workspace, directory, name,
					  "no page can be made here: at the top of the workspace "
					  "this needs a personal access token; put it into a "
					  "page's directory");
		}
		return r;
	}
	fuse_ino_t number = inode_number(fs->inodes, st.st_ino);
	inode_adopt_local(fs->inodes, st.st_ino, directory, name, attr.node);
	if (number != 0) {
		notify_inode(fs, number);
	}
	*ret_node = attr.node;
	return 0;
}

/* All directories of this path, from the top. */
static int adopt_path(struct fs *fs, node_id directory, char *path)
{
	int r = 0;
	for (char *at = path; r == 0 && at != NULL;) {
		char *slash = strchr(at, '/');
		if (slash != NULL) {
			*slash = '\0';
		}
		r = adopt_one(fs, directory, at, &directory);
		at = slash == NULL ? NULL : slash + 1;
	}
	return r;
}

int adopt_parent(struct fs *fs, fuse_ino_t parent)
{
	struct place place;
	LOCK_SCOPE(&deciding);
	int r = inode_place(fs->inodes, parent, &place);
	if (r < 0 || place.kind != PLACE_LOCAL || place.is_detached ||
	    !is_undecided(fs, place.node, place.path)) {
		return r;
	}
	return adopt_path(fs, place.node, place.path);
}

/* Steps into what has become the workspace's meanwhile. False: it is no path of local directories
 * any more. */
static bool resolve_local(struct fs *fs, node_id *directory, char path[PATH_MAX])
{
	struct stat st;
	struct node_attr attr;
	char *slash;
	while ((slash = strchr(path, '/')) != NULL) {
		*slash = '\0';
		if (local_stat(fs->local, *directory, path, &st) == 0) {
			*slash = '/';
			break;
		}
		if (workspace_lookup(fs->workspace, *directory, path, &attr) < 0 ||
		    attr.kind != NODE_DIRECTORY) {
			return false;
		}
		*directory = attr.node;
		memmove(path, slash + 1, strlen(slash + 1) + 1);
	}
	return local_stat(fs->local, *directory, path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Those it lies in hold directories alone: what is beside files is as local as they are. */
static bool is_empty(struct fs *fs, node_id *directory, char path[PATH_MAX])
{
	struct contents contents;
	if (!resolve_local(fs, directory, path) || !is_undecided(fs, *directory, path)) {
		return false;
	}
	for (char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool is_local =
			look_into(fs, *directory, path, &contents) < 0 || contents.has_files;
		*slash = '/';
		if (is_local) {
			return false;
		}
	}
	return look_into(fs, *directory, path, &contents) == 0 && contents.is_empty;
}

bool adopt_is_empty(struct fs *fs, node_id directory, const char *path)
{
	char copy[PATH_MAX];
	(void)strcpy(copy, path);
	return is_empty(fs, &directory, copy);
}

void adopt_empty(struct fs *fs, node_id directory, const char *path)
{
	char copy[PATH_MAX];
	(void)strcpy(copy, path);
	LOCK_SCOPE(&deciding);
	if (is_empty(fs, &directory, copy)) {
		(void)!adopt_path(fs, directory, copy);
	}
}

void adopt_beside(struct fs *fs, node_id directory, const char *name)
{
	char stem[NAME_MAX + 1];
	struct stat st;
	node_id node;
	LOCK_SCOPE(&deciding);
	if (name_companion(name, stem) && local_stat(fs->local, directory, stem, &st) == 0 &&
	    S_ISDIR(st.st_mode) && is_undecided(fs, directory, stem)) {
		(void)!adopt_one(fs, directory, stem, &node);
	}
}

bool adopt_is_first(struct fs *fs, const struct name_place *place)
{
	char path[PATH_MAX];
	struct contents contents;
	(void)strcpy(path, place->path);
	char *slash = strrchr(path, '/');
	if (slash == NULL) {
		return false;
	}
	*slash = '\0';
	return is_undecided(fs, place->directory, path) &&
	       look_into(fs, place->directory, path, &contents) == 0 && contents.is_empty;
}
