#include "fs/ops.h"

/* With the default of 12, sixteen waiting OPENs would hold up a cached one for seconds. */
#define MAX_BACKGROUND 1024
#define CONGESTION_THRESHOLD 768

static void want(struct fuse_conn_info *connection, unsigned capability)
{
	connection->want |= connection->capable & capability;
}

/* What is not here on purpose: writeback_cache (the kernel would own size and mtime), locks (the
 * kernel's local ones work), xattr (ENOSYS spares two messages a file in every ls -l). */
static void init(void *context, struct fuse_conn_info *connection)
{
	(void)context;
	connection->want &=
		~(unsigned)(FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_READDIRPLUS_AUTO |
			    FUSE_CAP_WRITEBACK_CACHE | FUSE_CAP_POSIX_LOCKS | FUSE_CAP_FLOCK_LOCKS |
			    FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
	want(connection, FUSE_CAP_EXPLICIT_INVAL_DATA);
	want(connection, FUSE_CAP_READDIRPLUS);
	want(connection, FUSE_CAP_ATOMIC_O_TRUNC);
	want(connection, FUSE_CAP_NO_OPENDIR_SUPPORT);
	want(connection, FUSE_CAP_CACHE_SYMLINKS);
	want(connection, FUSE_CAP_EXPIRE_ONLY);
	want(connection, FUSE_CAP_ASYNC_READ);
	connection->max_background = MAX_BACKGROUND;
	connection->congestion_threshold = CONGESTION_THRESHOLD;
	connection->time_gran = 1;
}

const struct fuse_lowlevel_ops ops_table = {
	.init = init,
	.lookup = ops_lookup,
	.forget = ops_forget,
	.forget_multi = ops_forget_multi,
	.getattr = ops_getattr,
	.setattr = ops_setattr,
	.readlink = ops_readlink,
	.mknod = ops_mknod,
	.mkdir = ops_mkdir,
	.unlink = ops_unlink,
	.rmdir = ops_rmdir,
	.symlink = ops_symlink,
	.rename = ops_rename,
	.link = ops_link,
	.open = ops_open,
	.read = ops_read,
	.write = ops_write,
	.flush = ops_flush,
	.release = ops_release,
	.fsync = ops_fsync,
	.opendir = ops_opendir,
	.readdir = ops_readdir,
	.readdirplus = ops_readdirplus,
	.fsyncdir = ops_fsyncdir,
	.statfs = ops_statfs,
	.create = ops_create,
	.fallocate = ops_fallocate,
	.copy_file_range = ops_copy_file_range,
	.lseek = ops_lseek,
};
