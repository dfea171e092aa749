/*
 * Block tree → Markdown body (dialect.md §2), canonical: same blocks, same bytes.
 *
 * What it is not: frontmatter (frontmatter.h). Law: parse(render(tree)) == tree, for every tree
 * the API can return. Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_RENDER_H
#define NOTIONFS_MAPPING_RENDER_H

#include "mapping/base/buf.h"
#include "mapping/block.h"
#include "mapping/names.h"

/* Appends the body of the tree: "" for no blocks, else text that ends in exactly one newline.
 * `names` may be NULL. The caller looks at buf_check. */
void render_blocks(const struct block_tree *tree, const struct names *names, struct buf *out);

/* The whole file: `frontmatter` (may be "" or NULL; ends in a newline), then a blank line where
 * there is one, then the body. A body whose first line is `---` gets an empty frontmatter in
 * front when there is none. */
void render_page(const char *frontmatter, const struct block_tree *tree, const struct names *names,
		 struct buf *out);

#endif
