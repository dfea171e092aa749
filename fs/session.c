#include "fs/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/context.h"
#include "fs/empty.h"
#include "fs/handle.h"
#include "fs/inode.h"
#include "fs/loop.h"
#include "fs/notify.h"
#include "fs/ops.h"
#include "fs/prefetch.h"
#include "fs/wait.h"

#define LOG_MODULE "fs"
#include "mapping/base/log.h"

/* So many saves at least share a commit when they come at once. */
#define THREADS 16
#define OPTIONS_MAX_BYTES 1024

struct fs_session {
	struct fs fs;
	struct workspace_events events;
	struct fuse_session *session;
	struct loop *loop;
	bool is_mounted;
	bool is_single_thread;
};

/* libfuse says why a mount failed in its log only. */
static char last_message[256];

static void take_message(enum fuse_log_level level, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void take_message(enum fuse_log_level level, const char *format, va_list args)
{
	char text[sizeof last_message];
	(void)vsnprintf(text, sizeof text, format, args);
	text[strcspn(text, "\n")] = '\0';
	if (level <= FUSE_LOG_ERR) {
		(void)strcpy(last_message, text);
	}
	if (level >= FUSE_LOG_DEBUG) {
		(void)fprintf(stderr, "%s\n", text);
	} else {
		log_debug("libfuse: %s", text);
	}
}

/* A comma would end the option. */
static void add_name(struct buf *out, const char *name)
{
	buf_puts(out, ",fsname=notionfs:");
	for (; name != NULL && *name != '\0'; name++) {
		if (*name == ',' || *name == '\\') {
			buf_putc(out, '\\');
		}
		buf_putc(out, (unsigned char)*name < ' ' ? ' ' : *name);
	}
}

static struct fuse_session *open_session(struct fs *fs, const struct fs_options *options)
{
	CLEANUP(buf) struct buf mount_options;
	buf_init(&mount_options, OPTIONS_MAX_BYTES);
	buf_puts(&mount_options, "-odefault_permissions,subtype=notionfs");
	add_name(&mount_options, options->name);
	buf_puts(&mount_options, options->read_only ? ",ro" : "");
	buf_puts(&mount_options, options->allow_other ? ",allow_other" : "");
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_session *session = NULL;
	if (buf_check(&mount_options) == 0 && fuse_opt_add_arg(&args, "notionfs") == 0 &&
	    fuse_opt_add_arg(&args, mount_options.data) == 0 &&
	    (!options->debug || fuse_opt_add_arg(&args, "-d") == 0)) {
		session = fuse_session_new(&args, &ops_table, sizeof ops_table, fs);
	}
	fuse_opt_free_args(&args);
	return session;
}

static char *explain(const char *directory, int error)
{
	char *text = NULL;
	int n;
	if (access("/dev/fuse", R_OK | W_OK) < 0) {
		n = asprintf(&text,
			     "/dev/fuse can't be opened (%s): load the fuse module, or give the "
			     "container --device /dev/fuse --cap-add SYS_ADMIN",
			     strerror(errno));
	} else if (access("/usr/bin/fusermount3", X_OK) < 0 && geteuid() != 0) {
		n = asprintf(&text, "fusermount3 is missing: apt install fuse3");
	} else {
		n = asprintf(&text, "%s can't be mounted on: %s", directory,
			     *last_message != '\0' ? last_message : strerror(-error));
	}
	return n < 0 ? NULL : text;
}

static uint64_t count_messages(void *context)
{
	return fs_message_count(context);
}

static void forget_version(void *context, node_id page, uint64_t version)
{
	struct fs *fs = context;
	workspace_forget_version(fs->workspace, page, version);
}

static int start(struct fs_session *session, const struct fs_options *options)
{
	struct fs *fs = &session->fs;
	fs->inodes = inode_table_new();
	if (fs->is_read_only) {
		inode_pin_versions(fs->inodes, forget_version, fs);
	}
	fs->prefetch = prefetch_new(fs);
	fs->empty = empty_list_new(fs);
	int r = notifier_new(fs, &fs->notifier);
	if (r == 0) {
		r = wait_list_new(fs, &fs->waits);
	}
	if (r < 0) {
		return r;
	}
	session->session = open_session(fs, options);
	if (session->session == NULL) {
		return -EINVAL;
	}
	errno = 0;
	if (fuse_session_mount(session->session, options->mount_directory) < 0) {
		return errno != 0 ? -errno : -EIO;
	}
	session->is_mounted = true;
	r = loop_new(session->session, &session->loop);
	if (r == 0) {
		workspace_set_message_counter(fs->workspace, count_messages, session);
		r = notifier_start(fs->notifier, session->session);
	}
	if (r == 0 && fs->is_read_only) {
		r = prefetch_start(fs->prefetch, session->session);
	}
	if (r == 0 && !fs->is_read_only) {
		r = empty_list_start(fs->empty);
	}
	return r;
}

int fs_mount(const struct fs_options *options, struct fs_session **ret, char **ret_message)
{
	struct fs_session *session = calloc(1, sizeof *session);
	if (session == NULL) {
		abort();
	}
	session->is_single_thread = options->single_thread;
	session->fs.workspace = options->workspace;
	session->fs.local = options->local;
	session->fs.is_read_only = options->read_only;
	session->fs.uid = geteuid();
	session->fs.gid = getegid();
	session->events.context = &session->fs;
	session->events.directory_changed = notify_directory_changed;
	session->events.page_changed = notify_page_changed;
	session->events.events_grew = notify_events_grew;
	*last_message = '\0';
	fuse_set_log_func(take_message);
	(void)umask(0);
	int r = start(session, options);
	if (r < 0) {
		*ret_message = explain(options->mount_directory, r);
		fs_unmount(session);
		fs_session_free(session);
		return r;
	}
	*ret = session;
	return 0;
}

/* In this order, and while requests are still answered: the notifier may stand in the kernel
 * behind one of them. */
static void end_threads(void *context)
{
	struct fs_session *session = context;
	wait_list_stop(session->fs.waits);
	prefetch_stop(session->fs.prefetch);
	empty_list_stop(session->fs.empty);
	notifier_stop(session->fs.notifier);
}

int fs_run(struct fs_session *session)
{
	return loop_run(session->loop, session->is_single_thread ? 1 : THREADS, end_threads,
			session);
}

void fs_unmount(struct fs_session *session)
{
	end_threads(session);
	if (session->is_mounted) {
		fuse_session_unmount(session->session);
		session->is_mounted = false;
	}
	/* What processes still have open is closed, and thereby saved, while the workspace lives.
	 */
	struct handle *handle;
	while (session->fs.inodes != NULL &&
	       (handle = inode_take_handle(session->fs.inodes)) != NULL) {
		handle_unref(handle);
	}
}

void fs_session_free(struct fs_session *session)
{
	if (session == NULL) {
		return;
	}
	if (session->loop != NULL) {
		workspace_set_message_counter(session->fs.workspace, NULL, NULL);
	}
	if (session->session != NULL) {
		fuse_session_destroy(session->session);
	}
	loop_free(session->loop);
	wait_list_free(session->fs.waits);
	prefetch_free(session->fs.prefetch);
	empty_list_free(session->fs.empty);
	notifier_free(session->fs.notifier);
	inode_table_free(session->fs.inodes);
	free(session);
}

const struct workspace_events *fs_events(struct fs_session *session)
{
	return &session->events;
}

uint64_t fs_message_count(const struct fs_session *session)
{
	return loop_message_count(session->loop);
}
