#include "tools/mount.h"

#define LOG_MODULE "mount"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include "cache/local.h"
#include "cache/workspace.h"
#include "fs/session.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"
#include <jansson.h>

#include "tools/client.h"
#include "tools/demo_server.h"
#include "tools/options.h"
#include "tools/token.h"

/* The first line of the report waits this long for the first search. */
#define REPORT_WAIT_MS 3000

static int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int complain(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)fputs("notionfs: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
	return EXIT_FAILED;
}

/* ---- the mount point ---- */

/* A mount of ours whose daemon has died answers ENOTCONN: to statfs(2), that is; stat and open may
 * still be answered from what the kernel remembers. */
static bool is_dead_mount(const char *directory)
{
	struct statvfs statistics;
	return statvfs(directory, &statistics) != 0 && errno == ENOTCONN;
}

static int clear_dead_mount(const char *directory)
{
	if (umount2(directory, MNT_DETACH) == 0) {
		return 0;
	}
	pid_t child = fork();
	if (child == 0) {
		(void)execlp("fusermount3", "fusermount3", "-u", "-z", directory, (char *)NULL);
		_exit(127);
	}
	int status = 1;
	if (child > 0) {
		(void)waitpid(child, &status, 0);
	}
	return status == 0 ? 0 : -EIO;
}

static bool is_empty(const char *directory)
{
	DIR *dir = opendir(directory);
	bool empty = true;
	const struct dirent *entry;
	while (dir != NULL && empty && (entry = readdir(dir)) != NULL) {
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	}
	if (dir != NULL) {
		(void)closedir(dir);
	}
	return empty;
}

static bool is_below(const char *path, const char *directory)
{
	size_t len = strlen(directory);
	return strncmp(path, directory, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

/* The absolute mount point, checked; malloc'ed. */
static int check_directory(const struct mount_options *options, char **ret_directory)
{
	struct stat stat_buffer;
	const char *given = options->directory;
	if (given == NULL) {
		(void)complain("which directory? `notionfs mount DIR`");
		return EXIT_USAGE;
	}
	if (is_dead_mount(given)) {
		if (clear_dead_mount(given) < 0) {
			return complain("%s is a dead mount that can't be cleared: "
					"`fusermount3 -uz %s`",
					given, given);
		}
		(void)fprintf(stderr, "notionfs: cleared a dead mount on %s\n", given);
	}
	if (stat(given, &stat_buffer) != 0) {
		return complain("%s: %s%s", given, strerror(errno),
				errno == ENOENT ? ": make it first, with mkdir" : "");
	}
	if (!S_ISDIR(stat_buffer.st_mode)) {
		return complain("%s is not a directory", given);
	}
	char *directory = realpath(given, NULL);
	if (directory == NULL) {
		return complain("%s: %s", given, strerror(errno));
	}
	int r = 0;
	if (client_is_mount(directory)) {
		r = complain("%s is mounted already: `notionfs status %s` shows how it is", given,
			     given);
	} else if (!is_empty(directory)) {
		r = complain("%s is not empty: what is in it would be hidden; choose another "
			     "directory",
			     given);
	} else if (is_below(options->cache_directory, directory) ||
		   is_below(options->state_directory, directory)) {
		r = complain("the cache and state folders lie below %s: choose another directory",
			     given);
	}
	if (r != 0) {
		free(directory);
		return r;
	}
	*ret_directory = directory;
	return 0;
}

static int check_fuse(void)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		(void)close(fd);
		return 0;
	}
	if (errno == EACCES || errno == EPERM) {
		return complain("you may not open /dev/fuse: `sudo chmod 666 /dev/fuse` lets "
				"everybody mount, as Debian does by itself");
	}
	return complain("/dev/fuse can't be opened (%s): load the kernel's module with `modprobe "
			"fuse`, and in a container pass the device in",
			strerror(errno));
}

/* ---- the daemon ---- */

struct daemon {
	struct mount_options *options;
	struct workspace *workspace;
	struct local *local;
	struct fs_session *session;
	int report_fd; /* where the parent reads how it went; -1 once told */
};

/* What the parent reads: '+' or '-', then text for a person. */
static void report(struct daemon *daemon, bool is_good, const char *text)
{
	if (daemon->report_fd < 0) {
		(void)fprintf(is_good ? stdout : stderr, "%s%s\n",
			      is_good ? "" : "notionfs: ", text);
		(void)fflush(stdout);
		return;
	}
	(void)!write(daemon->report_fd, is_good ? "+" : "-", 1);
	(void)!write(daemon->report_fd, text, strlen(text));
	(void)close(daemon->report_fd);
	daemon->report_fd = -1;
}

struct first_listing {
	pthread_mutex_t mutex;
	pthread_cond_t done;
	bool is_done;
};

static void wake(struct first_listing *listing)
{
	(void)pthread_mutex_lock(&listing->mutex);
	listing->is_done = true;
	(void)pthread_cond_signal(&listing->done);
	(void)pthread_mutex_unlock(&listing->mutex);
}

static void listing_done(void *context, int error)
{
	(void)error;
	wake(context);
}

static void sync_answered(void *context, const char *json, size_t len)
{
	(void)json;
	(void)len;
	wake(context);
}

static void status_line(struct daemon *daemon, char *line, size_t size)
{
	struct buf text;
	buf_init(&text, (size_t)1 << 24);
	json_t *status = NULL;
	if (workspace_special(daemon->workspace, "status.json", &text) == 0) {
		status = json_loadb(text.data, text.len, 0, NULL);
	}
	buf_release(&text);
	const json_t *pages = json_object_get(status, "pages");
	const json_t *budget = json_object_get(status, "budget");
	long long known = json_integer_value(json_object_get(pages, "known"));
	long long cached = json_integer_value(json_object_get(pages, "cached"));
	long long limit = json_integer_value(json_object_get(budget, "limit"));
	long long left = known > cached ? known - cached : 0;
	/* Background readings use four fifths of a window, about one request a page. */
	long long minutes = limit > 0 ? (left + limit * 4 / 5 - 1) / (limit * 4 / 5) : 0;
	bool is_offline = json_is_string(json_object_get(status, "offline_since"));
	int n = snprintf(line, size, "%s is mounted on %s: %lld pages known",
			 workspace_name(daemon->workspace),
			 daemon->options->workspace.mount_directory, known);
	if (is_offline && (size_t)n < size) {
		(void)snprintf(line + n, size - (size_t)n,
			       "; Notion can't be reached now, the cache is shown and it is tried "
			       "again");
	} else if (left > 0 && (size_t)n < size) {
		(void)snprintf(line + n, size - (size_t)n,
			       ", all here in about %lld minute%s (`notionfs status`)", minutes,
			       minutes == 1 ? "" : "s");
	} else if ((size_t)n < size) {
		(void)snprintf(line + n, size - (size_t)n, ", all here");
	}
	json_decref(status);
}

/* Says how it went once the first search has said what there is, or does not answer. */
static void *report_main(void *argument)
{
	struct daemon *daemon = argument;
	/* Outlives this thread: the callback may come after the patience has ended. */
	static struct first_listing listing = {.mutex = PTHREAD_MUTEX_INITIALIZER,
					       .done = PTHREAD_COND_INITIALIZER};
	static const char everything[] = "{\"command\":\"sync\",\"complete\":true}";
	struct workspace_wait *wait;
	char line[2048];
	bool is_eager = daemon->options->is_eager;
	int r = is_eager ? workspace_command(daemon->workspace, everything, strlen(everything),
					     sync_answered, &listing)
			 : workspace_fetch(daemon->workspace, NODE_ROOT, WANT_LISTING, listing_done,
					   &listing, &wait);
	struct timespec until;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += is_eager ? INT_MAX : REPORT_WAIT_MS / 1000;
	(void)pthread_mutex_lock(&listing.mutex);
	while (r == -EINPROGRESS && !listing.is_done) {
		if (pthread_cond_timedwait(&listing.done, &listing.mutex, &until) == ETIMEDOUT) {
			break;
		}
	}
	(void)pthread_mutex_unlock(&listing.mutex);
	status_line(daemon, line, sizeof line);
	report(daemon, true, line);
	return NULL;
}

static void open_log(struct daemon *daemon)
{
	char path[PATH_MAX];
	(void)snprintf(path, sizeof path, "%s/log", workspace_state_path(daemon->workspace));
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0) {
		log_set_fd(fd);
	}
	/* The terminal is the parent's; what libraries print goes nowhere. */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int standard = 0; null >= 0 && standard < 3; standard++) {
		(void)dup2(null, standard);
	}
}

static int start(struct daemon *daemon, const char *token, char **ret_message)
{
	struct mount_options *options = daemon->options;
	options->workspace.token = token;
	int r = workspace_open(&options->workspace, &daemon->workspace, ret_message);
	if (r < 0) {
		return r;
	}
	r = local_new(workspace_state_path(daemon->workspace), &daemon->local);
	if (r < 0) {
		return r;
	}
	const struct fs_options fs = {
		.mount_directory = options->workspace.mount_directory,
		.workspace = daemon->workspace,
		.local = daemon->local,
		.read_only = options->workspace.read_only,
		.allow_other = options->allow_other,
		.debug = options->is_debug,
		.name = workspace_name(daemon->workspace),
	};
	r = fs_mount(&fs, &daemon->session, ret_message);
	if (r < 0) {
		return r;
	}
	if (!options->is_foreground) {
		open_log(daemon);
	}
	log_info("mounted on %s", options->workspace.mount_directory);
	return workspace_start(daemon->workspace, fs_events(daemon->session));
}

/* ---- a token that changes ---- */

#define TOKEN_RETRY_S 60

/* Waits for SIGHUP, and looks every minute whether the token was refused: then file or command
 * are read again (design.md §8). Ended by pthread_cancel, which takes effect in sigtimedwait. */
static void *token_main(void *argument)
{
	struct daemon *daemon = argument;
	sigset_t hang_up;
	(void)sigemptyset(&hang_up);
	(void)sigaddset(&hang_up, SIGHUP);
	for (;;) {
		struct timespec wait = {.tv_sec = TOKEN_RETRY_S};
		int signal_number = sigtimedwait(&hang_up, NULL, &wait);
		int old;
		(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
		char *token = NULL;
		char *message = NULL;
		if (signal_number == SIGHUP || workspace_is_unauthorized(daemon->workspace)) {
			if (token_get(daemon->options, &token, &message) == 0) {
				workspace_set_token(daemon->workspace, token);
				explicit_bzero(token, strlen(token));
			} else {
				log_warning("the token can't be read again: %s",
					    message == NULL ? "" : message);
			}
		}
		free(token);
		free(message);
		(void)pthread_setcancelstate(old, NULL);
	}
	return NULL;
}

/* From the fork to the end. Exit code. */
static int serve(struct daemon *daemon, char *token)
{
	char *message = NULL;
	sigset_t signals;
	pthread_t reporter;
	pthread_t token_thread;
	bool has_token_thread = false;
	/* Threads inherit this; the serving one takes them back. */
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);

	int r = start(daemon, token, &message);
	explicit_bzero(token, strlen(token));
	if (r == 0) {
		r = -pthread_create(&reporter, NULL, report_main, daemon);
	}
	if (r == 0 &&
	    (daemon->options->token_file != NULL || daemon->options->token_command != NULL)) {
		has_token_thread = pthread_create(&token_thread, NULL, token_main, daemon) == 0;
	}
	if (r == 0) {
		(void)sigdelset(&signals, SIGHUP);
		(void)pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
		r = fs_run(daemon->session);
		(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
		log_info("unmounted");
	} else {
		report(daemon, false, message != NULL ? message : strerror(-r));
	}
	bool was_serving = r == 0;
	if (has_token_thread) {
		(void)pthread_cancel(token_thread);
		(void)pthread_join(token_thread, NULL);
	}
	if (daemon->session != NULL) {
		fs_unmount(daemon->session);
	}
	workspace_stop(daemon->workspace);
	if (was_serving) {
		(void)pthread_join(reporter, NULL);
	}
	fs_session_free(daemon->session);
	local_free(daemon->local);
	workspace_free(daemon->workspace);
	free(message);
	return r == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* The parent: reads the child's report, prints it, and goes. */
static int await_report(int fd)
{
	char text[4096];
	size_t len = 0;
	ssize_t n;
	while (len < sizeof text - 1 && (n = read(fd, text + len, sizeof text - 1 - len)) > 0) {
		len += (size_t)n;
	}
	text[len] = '\0';
	if (len == 0) {
		return complain("the daemon ended without a word: try -f to see more");
	}
	if (text[0] == '+') {
		(void)printf("%s\n", text + 1);
		return EXIT_DONE;
	}
	return complain("%s", text + 1);
}

static int run(struct mount_options *options, char *token, const struct demo_server *demo)
{
	struct daemon daemon = {.options = options, .report_fd = -1};
	int channel[2];
	if (options->is_debug) {
		log_set_level(LOG_LEVEL_DEBUG);
	}
	if (!options->is_foreground) {
		if (pipe2(channel, O_CLOEXEC) != 0) {
			return complain("%s", strerror(errno));
		}
		pid_t child = fork();
		if (child < 0) {
			return complain("%s", strerror(errno));
		}
		if (child > 0) {
			(void)close(channel[1]);
			return await_report(channel[0]);
		}
		(void)close(channel[0]);
		(void)setsid();
		(void)!chdir("/");
		daemon.report_fd = channel[1];
	}
	char *message = NULL;
	char url[64];
	if (demo != NULL) {
		/* Its parent is the daemon, and it goes when that goes. */
		if (demo_server_start(demo, url, sizeof url, &message) < 0) {
			report(&daemon, false, message != NULL ? message : "no demo server");
			demo_folders_remove(demo);
			return EXIT_FAILED;
		}
		options->workspace.base_url = url;
	}
	int r = serve(&daemon, token);
	if (demo != NULL) {
		demo_folders_remove(demo);
	}
	return r;
}

int command_mount(int argc, char **argv)
{
	struct mount_options options;
	char *directory = NULL;
	char *token = NULL;
	char *message = NULL;
	int r = options_parse(argc, argv, &options);
	if (r == 0) {
		r = check_directory(&options, &directory);
	}
	if (r == 0) {
		r = check_fuse();
	}
	/* A core dump would hold the token and everybody's pages, and so does /proc/PID/mem. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (r == 0 && token_get(&options, &token, &message) < 0) {
		r = complain("%s", message != NULL ? message : "no token");
	}
	if (r == 0) {
		options.workspace.mount_directory = directory;
		r = run(&options, token, NULL);
	}
	free(directory);
	free(token);
	free(message);
	return r;
}

int command_demo(int argc, char **argv)
{
	struct mount_options options;
	struct demo_server demo;
	char place[PATH_MAX];
	char *directory = NULL;
	int r = options_parse(argc, argv, &options);
	if (r != 0) {
		return r;
	}
	if (options.directory == NULL) {
		const char *home = getenv("HOME");
		(void)snprintf(place, sizeof place, "%s/notion-demo", home == NULL ? "" : home);
		options.directory = place;
	}
	if (mkdir(options.directory, 0755) != 0 && errno != EEXIST && errno != ENOTCONN) {
		return complain("%s: %s", options.directory, strerror(errno));
	}
	char *message = NULL;
	r = check_directory(&options, &directory);
	if (r == 0) {
		r = check_fuse();
	}
	/* Its own folders: what is tried out here stays apart, and starts afresh each time. */
	if (r == 0 &&
	    (demo_server_find(&demo, &message) < 0 ||
	     demo_folders(&demo, options.cache_directory, options.state_directory, &message) < 0)) {
		r = complain("%s", message != NULL ? message : "the demo can't be set up");
	}
	if (r == 0) {
		char token[] = DEMO_TOKEN;
		options.workspace.mount_directory = directory;
		r = run(&options, token, &demo);
	}
	free(message);
	free(directory);
	return r;
}
