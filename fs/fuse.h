/*
 * libfuse's header, with the API version pinned in one place. Only fs/ includes it.
 */
#ifndef NOTIONFS_FS_FUSE_H
#define NOTIONFS_FS_FUSE_H

#define FUSE_USE_VERSION 314

#include <fuse_lowlevel.h>

#endif
