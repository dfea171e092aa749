#include "fs/special.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static const struct special {
	const char *name;
	node_id number;
} specials[] = {
	{"control", SPECIAL_CONTROL},
	{"status", SPECIAL_NODE_BIT | 3},
	{"status.json", SPECIAL_NODE_BIT | 4},
	{"errors", SPECIAL_NODE_BIT | 5},
	{"README.md", SPECIAL_NODE_BIT | 6},
	{"events", SPECIAL_EVENTS},
	{"trash", NODE_TRASH},
	{"lost", NODE_LOST},
};

#define SPECIALS (sizeof specials / sizeof specials[0])

const char *special_name(unsigned index, node_id *ret_special)
{
	if (index >= SPECIALS) {
		return NULL;
	}
	*ret_special = specials[index].number;
	return specials[index].name;
}

int special_lookup(node_id directory, const char *name, node_id *ret_special)
{
	if (directory == NODE_ROOT && strcmp(name, SPECIAL_DIRECTORY) == 0) {
		*ret_special = SPECIAL_ROOT;
		return 0;
	}
	if (directory < SPECIAL_SCHEMA_BIT && strcmp(name, SCHEMA_NAME) == 0) {
		*ret_special = special_schema_of(directory);
		return 0;
	}
	for (size_t i = 0; directory == SPECIAL_ROOT && i < SPECIALS; i++) {
		if (strcmp(specials[i].name, name) == 0) {
			*ret_special = specials[i].number;
			return 0;
		}
	}
	return -ENOENT;
}

bool special_is_directory(node_id special)
{
	return special == NODE_TRASH || special == NODE_LOST;
}

bool special_has_text(node_id special)
{
	return special != SPECIAL_ROOT && special != SPECIAL_CONTROL && special != SPECIAL_EVENTS &&
	       !special_is_directory(special);
}

int special_text(struct fs *fs, node_id special, struct buf *out)
{
	if (special_is_schema(special)) {
		int64_t mtime_ns;
		return workspace_schema(fs->workspace, special_schema_directory(special), out,
					&mtime_ns);
	}
	for (size_t i = 0; i < SPECIALS; i++) {
		if (specials[i].number == special && special_has_text(special)) {
			int r = workspace_special(fs->workspace, specials[i].name, out);
			return r < 0 ? r : buf_check(out);
		}
	}
	return -ENOENT;
}

void special_stat(struct fs *fs, node_id special, size_t text_bytes, struct stat *ret_stat)
{
	memset(ret_stat, 0, sizeof *ret_stat);
	ret_stat->st_ino = special;
	ret_stat->st_nlink = 1;
	ret_stat->st_uid = fs->uid;
	ret_stat->st_gid = fs->gid;
	ret_stat->st_blksize = 4096;
	(void)clock_gettime(CLOCK_REALTIME, &ret_stat->st_mtim);
	ret_stat->st_ctim = ret_stat->st_mtim;
	ret_stat->st_atim = ret_stat->st_mtim;
	ret_stat->st_mode = special == SPECIAL_ROOT	 ? S_IFDIR | 0500
			    : special == SPECIAL_CONTROL ? S_IFREG | 0600
							 : S_IFREG | 0400;
	if (special_is_schema(special)) {
		CLEANUP(buf) struct buf text;
		int64_t mtime_ns;
		buf_init(&text, BUF_PAGE_MAX_BYTES);
		/* Steady: other programs compare times. */
		if (workspace_schema(fs->workspace, special_schema_directory(special), &text,
				     &mtime_ns) == 0) {
			ret_stat->st_mtim.tv_sec = mtime_ns / 1000000000;
			ret_stat->st_mtim.tv_nsec = mtime_ns % 1000000000;
			ret_stat->st_atim = ret_stat->st_ctim = ret_stat->st_mtim;
		}
		ret_stat->st_mode = S_IFREG | 0444;
	}
	if (special == SPECIAL_EVENTS) {
		text_bytes = workspace_events_size(fs->workspace);
	}
	ret_stat->st_size = (off_t)text_bytes;
	ret_stat->st_blocks = (ret_stat->st_size + 511) / 512;
}
