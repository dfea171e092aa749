/*
 * What is behind the signed URLs of hosted files: GET /_files/<path>?X-Amz-…
 *
 * What it is not: storage of uploads. The workspace file's `files` has the contents under the id
 * that is a part of the stored URL's path: a text, or {"base64"}. Any thread; takes the server's
 * lock.
 */
#ifndef NOTIONFS_SIM_HOSTED_FILE_H
#define NOTIONFS_SIM_HOSTED_FILE_H

#include "tools/sim/exchange.h"

/* 403 when the URL was signed more than an hour ago or not at all. A file whose contents the
 * workspace doesn't have is a line of text. */
void hosted_file_run(struct sim *sim, const struct request *request, struct outcome *ret_outcome);

#endif
