#include "fs/name.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "fs/adopt.h"
#include "fs/notify.h"
#include "fs/process.h"
#include "fs/special.h"

static bool ends_in_md(const char *name, size_t len)
{
	return len > 3 && strcmp(name + len - 3, ".md") == 0;
}

int name_resolve(struct fs *fs, fuse_ino_t parent, const char *name, struct name_place *ret_place)
{
	size_t len = strlen(name);
	if (len > NAME_MAX) {
		return -ENAMETOOLONG;
	}
	struct place place;
	int r = inode_place(fs->inodes, parent, &place);
	if (r < 0) {
		return r;
	}
	if (place.is_detached) {
		return -ENOENT;
	}
	ret_place->directory = place.node;
	ret_place->name = name;
	ret_place->alias = NULL;
	ret_place->is_alias_of_others = false;
	if (place.kind == PLACE_LOCAL) {
		ret_place->target = NAME_IN_LOCAL;
		int n = snprintf(ret_place->path, PATH_MAX, "%s/%s", place.path, name);
		return n < PATH_MAX ? 0 : -ENAMETOOLONG;
	}
	(void)strcpy(ret_place->path, name);
	if (place.kind == PLACE_SPECIAL) {
		ret_place->target = NAME_IN_RESERVED;
		return 0;
	}
	if (place.kind == PLACE_PAGE || place.kind == PLACE_ASSET) {
		return -ENOTDIR;
	}
	if (node_is_assets(place.node)) {
		ret_place->target = NAME_IN_ASSETS;
		return 0;
	}
	switch (workspace_name_kind(fs->workspace, name)) {
	case NAME_PAGE: ret_place->target = NAME_IN_WORKSPACE; break;
	case NAME_RESERVED:
		ret_place->target =
			strcmp(name, ASSETS_NAME) == 0 ? NAME_IN_ASSETS : NAME_IN_RESERVED;
		break;
	case NAME_LOCAL:
		ret_place->target =
			*name == '.' || ends_in_md(name, len) ? NAME_IN_LOCAL : NAME_PLAIN;
		break;
	}
	return 0;
}

static bool is_utf8(const char *text)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
	utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(text);
	while (left > 0) {
		utf8proc_int32_t point;
		utf8proc_ssize_t n = utf8proc_iterate(at, left, &point);
		if (n <= 0) {
			return false;
		}
		at += n;
		left -= n;
	}
	return true;
}

int name_resolve_new(struct fs *fs, fuse_ino_t parent, const char *name,
		     struct name_place *ret_place)
{
	int r = name_resolve(fs, parent, name, ret_place);
	if (r < 0) {
		return r;
	}
	if (ret_place->target == NAME_IN_RESERVED || ret_place->target == NAME_IN_ASSETS) {
		return -EPERM;
	}
	bool is_in_local_directory = strcmp(ret_place->path, name) != 0;
	if (!is_in_local_directory && *name != '.' && ends_in_md(name, strlen(name)) &&
	    !is_utf8(name)) {
		return -EILSEQ;
	}
	return 0;
}

int name_resolve_made(struct fs *fs, fuse_ino_t parent, const char *name,
		      struct name_place *ret_place)
{
	int r = name_resolve_new(fs, parent, name, ret_place);
	if (r < 0 || ret_place->target != NAME_IN_LOCAL || strcmp(ret_place->path, name) == 0) {
		return r;
	}
	switch (workspace_name_kind(fs->workspace, name)) {
	case NAME_PAGE:
		r = adopt_parent(fs, parent);
		return r < 0 ? r : name_resolve_new(fs, parent, name, ret_place);
	case NAME_RESERVED:
		if (strcmp(name, ".schema.yaml") == 0 && adopt_is_first(fs, ret_place)) {
			workspace_explain(fs->workspace, ret_place->directory, ret_place->path,
					  "databases can't be made here yet; make it in Notion");
			return -EPERM;
		}
		return 0;
	case NAME_LOCAL: break;
	}
	return 0;
}

static int lookup_local(struct fs *fs, const struct name_place *place, enum name_object *ret_object,
			struct stat *ret_stat)
{
	int r = local_stat(fs->local, place->directory, place->path, ret_stat);
	if (r == 0) {
		*ret_object = OBJECT_LOCAL;
	}
	return r;
}

bool name_is_shown(struct fs *fs, const struct node_attr *attr)
{
	return attr->kind != NODE_PAGE || attr->is_size_exact || !atomic_load(&fs->is_openless);
}

int name_lookup(struct fs *fs, const struct name_place *place, enum name_object *ret_object,
		struct node_attr *ret_attr, struct stat *ret_stat)
{
	if (place->target == NAME_IN_LOCAL) {
		return lookup_local(fs, place, ret_object, ret_stat);
	}
	int r = workspace_lookup(fs->workspace, place->directory, place->name, ret_attr);
	if (r == 0 && !name_is_shown(fs, ret_attr)) {
		return -ENOENT;
	}
	if (r == 0) {
		static const enum name_object objects[] = {[NODE_PAGE] = OBJECT_PAGE,
							   [NODE_DIRECTORY] = OBJECT_DIRECTORY,
							   [NODE_ASSET] = OBJECT_ASSET};
		*ret_object = objects[ret_attr->kind];
		return 0;
	}
	if (place->target == NAME_PLAIN && (r == -ENOENT || r == -EAGAIN)) {
		int local = lookup_local(fs, place, ret_object, ret_stat);
		return local == -ENOENT ? r : local;
	}
	return r;
}

bool name_follow(struct fs *fs, fuse_req_t req, struct name_place *place)
{
	node_id directory;
	char name[NAME_MAX + 1];
	if (place->target != NAME_IN_WORKSPACE || place->alias != NULL) {
		return false;
	}
	int r = workspace_alias(fs->workspace, place->directory, place->name, process_of(req),
				&directory, name);
	place->is_alias_of_others = r == -ESRCH;
	if (r < 0) {
		return false;
	}
	place->alias = place->name;
	place->alias_directory = place->directory;
	place->directory = directory;
	(void)strcpy(place->path, name);
	place->name = place->path;
	return true;
}

void name_note_alias(struct fs *fs, const struct name_place *place)
{
	if (place->alias != NULL) {
		notify_name(fs, place->alias_directory, place->alias);
		notify_name(fs, place->directory, place->name);
		notify_directory(fs, place->directory);
	}
}

bool name_companion(const char *name, char ret_name[NAME_MAX + 1])
{
	size_t len = strlen(name);
	if (ends_in_md(name, len)) {
		len -= 3;
		memcpy(ret_name, name, len);
		ret_name[len] = '\0';
		return true;
	}
	if (len + 3 > NAME_MAX) {
		return false;
	}
	(void)stpcpy(stpcpy(ret_name, name), ".md");
	return true;
}
