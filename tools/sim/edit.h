/*
 * /_sim/edit: changes by somebody else, as a test needs them. As `app` they may do what the API
 * cannot (move a block, change its type, make one that can't be created) and bump as the app does:
 * block and page. As `api` they bump by the API's rules.
 *
 * What it is not: strict. What makes no sense is refused, what the app would never do isn't. The
 * server's lock is held.
 *
 *   {"as":"app|api", "op":…, "id", …}
 *   update  block            fields of the block, or with another type key another type
 *   insert  block [after]    one block or an array, with `children` in the payloads, under `id`
 *                            (or `parent`); after: a child's id; null: at the start; missing: at
 *                            the end; {"child_page":{"title"}} makes a page
 *           properties       with the id of a data source: a row
 *   delete, trash, restore   block, page, database or data source
 *   unshare, share           page or database: the connection does not see it any more, nor what is
 *                            below it; or it does again. No stamp moves, and `dump` has it still
 *   move    [parent] [after] block or page; without `parent` among its siblings
 *   rename  title            page, database or data source
 *   set     properties …     page: values, icon, cover, is_locked, is_archived, and anything else
 *                            as it is; data source: schema entries (edit_schema.h)
 */
#ifndef NOTIONFS_SIM_EDIT_H
#define NOTIONFS_SIM_EDIT_H

#include "tools/sim/answer.h"
#include "tools/sim/request.h"
#include "tools/sim/sim.h"

/* Answers {"ids":[…]}: what was changed or made. */
void edit_run(struct sim *sim, const struct request *request, struct answer *answer);

#endif
