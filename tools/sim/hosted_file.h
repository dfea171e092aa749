/*
 * What is behind the signed URLs of hosted files: GET /_files/<path>?X-Amz-…
 *
 * What it is not: storage of uploads. The workspace file's `files` has the contents as base64
 * under the decoded path of the stored URL. Any thread; takes the server's lock.
 */
#ifndef NOTIONFS_SIM_HOSTED_FILE_H
#define NOTIONFS_SIM_HOSTED_FILE_H

#include "tools/sim/exchange.h"

/* 403 when the URL was signed more than an hour ago or not at all; 404 for a path nobody has. */
void hosted_file_run(struct sim *sim, const struct request *request, struct outcome *ret_outcome);

#endif
