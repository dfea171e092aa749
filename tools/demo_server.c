#include "tools/demo_server.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

int demo_server_find(struct demo_server *demo, char **ret_message)
{
	char here[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", here, sizeof here - 1);
	if (n <= 0) {
		return -errno;
	}
	here[n] = '\0';
	*strrchr(here, '/') = '\0';
	static const char *const workspaces[] = {"demo.json", "../share/notionfs/demo.json"};
	if ((size_t)snprintf(demo->program, sizeof demo->program, "%s/notion-sim", here) <
		    sizeof demo->program &&
	    access(demo->program, X_OK) == 0) {
		for (size_t i = 0; i < 2; i++) {
			int len = snprintf(demo->workspace, sizeof demo->workspace, "%s/%s", here,
					   workspaces[i]);
			if ((size_t)len < sizeof demo->workspace &&
			    access(demo->workspace, R_OK) == 0) {
				return 0;
			}
		}
	}
	if (asprintf(ret_message,
		     "notion-sim and its demo.json are not beside this program in %s: install or "
		     "build the whole",
		     here) < 0) {
		*ret_message = NULL;
	}
	return -ENOENT;
}

int demo_server_start(const struct demo_server *demo, char *url, size_t size, char **ret_message)
{
	int out[2];
	char line[128] = "";
	char address[64];
	if (pipe2(out, O_CLOEXEC) != 0) {
		return -errno;
	}
	pid_t child = fork();
	if (child < 0) {
		return -errno;
	}
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		(void)dup2(out[1], STDOUT_FILENO);
		/* Not the terminal's or a pipe's: whoever reads there would wait for us. */
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDERR_FILENO);
		(void)execl(demo->program, demo->program, "--workspace", demo->workspace, "--token",
			    DEMO_TOKEN, (char *)NULL);
		_exit(127);
	}
	(void)close(out[1]);
	FILE *ready = fdopen(out[0], "re");
	bool is_ready = ready != NULL && fgets(line, sizeof line, ready) != NULL &&
			sscanf(line, "notion-sim: listening on %63s", address) == 1;
	if (ready != NULL) {
		(void)fclose(ready);
	}
	if (!is_ready || (size_t)snprintf(url, size, "%s", address) >= size) {
		*ret_message = strdup("the demo server did not start");
		return -EIO;
	}
	return 0;
}

int demo_folders(struct demo_server *demo, char *cache_directory, char *state_directory,
		 char **ret_message)
{
	const char *base = getenv("TMPDIR");
	(void)snprintf(demo->folder, sizeof demo->folder, "%s/notionfs-demo-XXXXXX",
		       base == NULL || *base != '/' ? "/tmp" : base);
	if (mkdtemp(demo->folder) == NULL) {
		int error = errno;
		if (asprintf(ret_message, "%s can't be made: %s", demo->folder, strerror(error)) <
		    0) {
			*ret_message = NULL;
		}
		return -error;
	}
	(void)snprintf(cache_directory, PATH_MAX, "%s/cache", demo->folder);
	(void)snprintf(state_directory, PATH_MAX, "%s/state", demo->folder);
	return 0;
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *place)
{
	(void)stat;
	(void)type;
	(void)place;
	(void)remove(path);
	return 0;
}

void demo_folders_remove(const struct demo_server *demo)
{
	(void)nftw(demo->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
