#include "tools/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/options.h"
#include "tools/print.h"
#include "tools/token.h"

struct doctor {
	json_t *findings; /* NULL: printed as they come */
	bool is_bad;
};

static void note(void *context, enum finding_kind kind, const char *subject, const char *text)
{
	static const char *const words[] = {"ok", "note", "bad"};
	struct doctor *doctor = context;
	doctor->is_bad |= kind == FINDING_BAD;
	if (doctor->findings != NULL) {
		(void)json_array_append_new(doctor->findings,
					    json_pack("{ss ss ss}", "state", words[kind], "subject",
						      subject, "text", text));
		return;
	}
	(void)printf("%-5s %-13s ", words[kind], subject);
	print_safe(text);
	(void)putchar('\n');
	(void)fflush(stdout);
}

/* ---- FUSE ---- */

static void look_at_device(struct doctor *doctor)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		(void)close(fd);
		note(doctor, FINDING_GOOD, "/dev/fuse", "can be opened");
	} else if (errno == EACCES || errno == EPERM) {
		note(doctor, FINDING_BAD, "/dev/fuse",
		     "you may not open it: `sudo chmod 666 /dev/fuse`, as Debian does by itself");
	} else {
		note(doctor, FINDING_BAD, "/dev/fuse",
		     "is missing: `sudo modprobe fuse`, and in a container pass the device in");
	}
}

static void look_at_helper(struct doctor *doctor)
{
	if (geteuid() == 0) {
		return;
	}
	if (access("/usr/bin/fusermount3", X_OK) == 0 || access("/bin/fusermount3", X_OK) == 0) {
		note(doctor, FINDING_GOOD, "fusermount3", "is installed");
	} else {
		note(doctor, FINDING_BAD, "fusermount3", "is missing: `sudo apt install fuse3`");
	}
}

static bool file_has_line(const char *path, const char *wanted)
{
	char line[256];
	FILE *file = fopen(path, "re");
	bool found = false;
	while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, " \t\r\n")] = '\0';
		found = strcmp(line, wanted) == 0;
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	return found;
}

static void look_at_allow_other(struct doctor *doctor, const struct mount_options *options)
{
	if (options->allow_other && geteuid() != 0 &&
	    !file_has_line("/etc/fuse.conf", "user_allow_other")) {
		note(doctor, FINDING_BAD, "allow_other",
		     "is not permitted: put the line user_allow_other into /etc/fuse.conf");
	}
}

/* Where the kernel ends mounts that answer late, no wait of ours may be longer. */
static void look_at_timeout(struct doctor *doctor, const struct mount_options *options)
{
	static const char path[] = "/proc/sys/fs/fuse/default_request_timeout";
	long timeout_s = 0;
	char text[160];
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return;
	}
	int n = fscanf(file, "%ld", &timeout_s);
	(void)fclose(file);
	int64_t wait_ms = options->workspace.list_wait_ms > options->workspace.stat_wait_ms
				  ? options->workspace.list_wait_ms
				  : options->workspace.stat_wait_ms;
	if (n == 1 && timeout_s > 0 && wait_ms >= timeout_s * 1000) {
		(void)snprintf(text, sizeof text,
			       "the kernel ends mounts that answer after %ld s: choose a smaller "
			       "list_wait and stat_wait",
			       timeout_s);
		note(doctor, FINDING_BAD, "timeouts", text);
	}
}

int command_doctor(int argc, char **argv)
{
	struct mount_options options;
	struct doctor doctor = {0};
	CLEANUP(free) char *message = NULL;
	char *token = NULL;
	bool is_json = false;
	int kept = 0;
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			is_json = true;
		} else {
			argv[kept++] = argv[i];
		}
	}
	argv[kept] = NULL;
	int r = options_parse(kept, argv, &options);
	if (r != 0) {
		return r;
	}
	if (options.directory != NULL) {
		(void)fprintf(stderr,
			      "%s: it takes no directory\n`%s --help` tells how it is used\n",
			      argv[0], argv[0]);
		return EXIT_USAGE;
	}
	doctor.findings = is_json ? json_array() : NULL;
	look_at_device(&doctor);
	look_at_helper(&doctor);
	look_at_allow_other(&doctor, &options);
	look_at_timeout(&doctor, &options);
	if (token_get(&options, &token, &message) < 0) {
		note(&doctor, FINDING_BAD, "token", message != NULL ? message : "there is none");
	}
	options.workspace.token = token;
	workspace_examine(&options.workspace, note, &doctor);
	if (token != NULL) {
		explicit_bzero(token, strlen(token));
		free(token);
	}
	if (doctor.findings != NULL) {
		(void)json_dumpf(doctor.findings, stdout, JSON_INDENT(1));
		(void)putchar('\n');
		json_decref(doctor.findings);
	}
	return doctor.is_bad ? EXIT_FAILED : EXIT_DONE;
}
