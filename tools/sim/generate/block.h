/*
 * The blocks a generated workspace is filled with, as the API returns them.
 *
 * What it is not: the tree; generate.c decides what stands where. One thread.
 */
#ifndef NOTIONFS_SIM_GENERATE_BLOCK_H
#define NOTIONFS_SIM_GENERATE_BLOCK_H

#include <jansson.h>
#include <stdbool.h>

#include "mapping/base/uuid.h"
#include "tools/sim/generate/text.h"

#define GENERATE_TEXTS 2048 /* different paragraphs in one workspace, and as many phrases */

/* What all blocks share. */
struct generate_blocks {
	json_t *annotations;		    /* owned, these all */
	json_t *paragraphs[GENERATE_TEXTS]; /* rich text each */
	json_t *phrases[GENERATE_TEXTS];
	json_t *color;
	json_t *bot;
};

/* Where a block stands and when it was made. The references are the caller's. */
struct generate_place {
	json_t *parent;
	json_t *created_time;
	json_t *last_edited_time;
};

void generate_blocks_init(struct generate_blocks *blocks, struct generate_random *random,
			  json_t *bot);
void generate_blocks_release(struct generate_blocks *blocks);

void generate_id(struct generate_random *random, unsigned version, char id[UUID_TEXT_BYTES]);

/* New references, as all below. Rich text of one plain run. */
json_t *generate_run(const struct generate_blocks *blocks, json_t *string);
/* A whole block; `payload` is stolen. */
json_t *generate_envelope(const struct generate_blocks *blocks, const struct generate_place *place,
			  const char *id, bool has_children, const char *type, json_t *payload);
/* Appends the block of a page's position `index` to `children`; what is nested goes to
 * `all_blocks` under its parent's id. */
void generate_block(const struct generate_blocks *blocks, struct generate_random *random,
		    const struct generate_place *place, unsigned index, json_t *children,
		    json_t *all_blocks);

#endif
