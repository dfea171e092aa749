/*
 * .notionfs/: reachable by name in the root, not listed there. status, status.json, errors and
 * README.md are texts of the workspace; events is one that grows (cache/events.h); control takes
 * commands (fs/control); trash and lost are directories of the workspace.
 *
 * What it is not: cached. Sizes are exact when looked up, texts (but events) are fixed when opened.
 * Any thread.
 */
#ifndef NOTIONFS_FS_SPECIAL_H
#define NOTIONFS_FS_SPECIAL_H

#include <sys/stat.h>

#include "fs/context.h"
#include "fs/inode.h"

#define SPECIAL_DIRECTORY ".notionfs"
#define SPECIAL_ROOT (SPECIAL_NODE_BIT | 1)
#define SPECIAL_CONTROL (SPECIAL_NODE_BIT | 2)
#define SPECIAL_EVENTS (SPECIAL_NODE_BIT | 7)

/* `.schema.yaml` of a database's directory: a text of the workspace like those, for its number. */
#define SPECIAL_SCHEMA_BIT ((node_id)1 << 58)
static inline bool special_is_schema(node_id special)
{
	return (special & (SPECIAL_NODE_BIT | SPECIAL_SCHEMA_BIT)) ==
	       (SPECIAL_NODE_BIT | SPECIAL_SCHEMA_BIT);
}
static inline node_id special_schema_directory(node_id special)
{
	return special & ~(SPECIAL_NODE_BIT | SPECIAL_SCHEMA_BIT);
}
static inline node_id special_schema_of(node_id directory)
{
	return directory | SPECIAL_NODE_BIT | SPECIAL_SCHEMA_BIT;
}

/* The number of `name`: ".notionfs" in the root, the others in SPECIAL_ROOT. 0 or -ENOENT. */
must_check int special_lookup(node_id directory, const char *name, node_id *ret_special);
/* trash/ and lost/ are directories of the workspace (NODE_TRASH, NODE_LOST). */
bool special_is_directory(node_id special);
/* `text_bytes`: how long its text is, of one that has been made already. */
void special_stat(struct fs *fs, node_id special, size_t text_bytes, struct stat *ret_stat);
/* Is it one of the files with a text? */
bool special_has_text(node_id special);
/* The text of one of the files. */
must_check int special_text(struct fs *fs, node_id special, struct buf *out);
/* The names in order, from 0; NULL after the last. */
const char *special_name(unsigned index, node_id *ret_special);

#endif
