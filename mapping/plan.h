/*
 * The plan as data while it is made: calls appended to it, targets named.
 *
 * What it is not: part of the contract of diff.h; only diff*.c and plan*.c include it.
 */
#ifndef NOTIONFS_MAPPING_PLAN_H
#define NOTIONFS_MAPPING_PLAN_H

#include "mapping/diff.h"

struct plan *plan_new(size_t block_count);
/* A zeroed call at the end of the plan; valid until the next one is added. */
struct plan_call *plan_add(struct plan *plan, enum call_kind kind);

struct plan_target plan_target_of_id(const struct uuid *id);
/* The `index`-th (from 1) first-level block of call `call`. */
struct plan_target plan_target_created(unsigned call, size_t index);
/* The `index`-th (from 1) child of `parent`, which must be a created block. */
struct plan_target plan_target_child(const struct plan_target *parent, size_t index);

/* "@2.1.3", or the id with dashes. */
#define PLAN_TARGET_TEXT_BYTES 64
void plan_target_format(const struct plan_target *target, char text[PLAN_TARGET_TEXT_BYTES]);

#endif
