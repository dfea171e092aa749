/*
 * A mount of the fake workspace: fake-notionfs STATE_DIRECTORY MOUNT_DIRECTORY [ro] [debug].
 * Stays in the foreground; prints "mounted" when it is. It waits a second for a listing or a
 * size.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "fs/session.h"

#define LIST_WAIT_MS 1000

static int run(struct workspace *workspace, struct local *local, int argc, char **argv)
{
	struct fs_options options = {.mount_directory = argv[2],
				     .workspace = workspace,
				     .local = local,
				     .name = "fake, one"};
	for (int i = 3; i < argc; i++) {
		options.read_only = options.read_only || strcmp(argv[i], "ro") == 0;
		options.debug = options.debug || strcmp(argv[i], "debug") == 0;
	}
	struct fs_session *session = NULL;
	char *message = NULL;
	int r = fs_mount(&options, &session, &message);
	if (r < 0) {
		(void)fprintf(stderr, "fake-notionfs: %s\n", message);
		free(message);
		return r;
	}
	sigset_t ending;
	(void)sigemptyset(&ending);
	(void)sigaddset(&ending, SIGINT);
	(void)sigaddset(&ending, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &ending, NULL);
	r = workspace_start(workspace, fs_events(session));
	(void)pthread_sigmask(SIG_UNBLOCK, &ending, NULL);
	if (r == 0) {
		(void)puts("mounted");
		(void)fflush(stdout);
		r = fs_run(session);
		(void)printf("%llu messages\n", (unsigned long long)fs_message_count(session));
	}
	fs_unmount(session);
	workspace_stop(workspace);
	fs_session_free(session);
	return r;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		(void)fputs("usage: fake-notionfs STATE_DIRECTORY MOUNT_DIRECTORY [ro] [debug]\n",
			    stderr);
		return 2;
	}
	struct workspace_options options = {.list_wait_ms = LIST_WAIT_MS};
	struct workspace *workspace = NULL;
	struct local *local = NULL;
	char *message = NULL;
	int r = workspace_open(&options, &workspace, &message);
	if (r == 0) {
		r = local_new(argv[1], &local);
	}
	if (r == 0) {
		r = run(workspace, local, argc, argv);
	}
	local_free(local);
	workspace_free(workspace);
	return r == 0 ? 0 : 1;
}
