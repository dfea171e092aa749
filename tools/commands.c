#include "tools/commands.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tools/client.h"
#include "tools/options.h"
#include "tools/print.h"
#include "tools/progress.h"

struct arguments {
	const char *path; /* NULL: none given */
	bool is_json;
	bool is_complete;
	bool is_confirmed;
	long long show; /* 0: not given */
};

static int wrong_usage(const char *command)
{
	(void)fprintf(stderr, "`%s --help` tells how it is used\n", command);
	return EXIT_USAGE;
}

/* One optional path and the long options a command takes. */
static int parse(int argc, char **argv, const char *allowed, struct arguments *arguments)
{
	static const struct option longs[] = {{"json", no_argument, NULL, 'j'},
					      {"complete", no_argument, NULL, 'c'},
					      {"confirm", no_argument, NULL, 'y'},
					      {"show", required_argument, NULL, 's'},
					      {NULL, 0, NULL, 0}};
	int c;
	*arguments = (struct arguments){0};
	optind = 1;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c != '?' && strchr(allowed, c) == NULL) {
			(void)fprintf(stderr, "%s: it has no option \"%s\"\n", argv[0],
				      argv[optind - 1]);
			c = '?';
		}
		if (c == '?') {
			return wrong_usage(argv[0]);
		}
		arguments->is_json |= c == 'j';
		arguments->is_complete |= c == 'c';
		arguments->is_confirmed |= c == 'y';
		if (c == 's') {
			char *end;
			arguments->show = strtoll(optarg, &end, 10);
			if (arguments->show <= 0 || *end != '\0') {
				(void)fprintf(stderr,
					      "%s: --show wants a number of `notionfs log`\n",
					      argv[0]);
				return wrong_usage(argv[0]);
			}
		}
	}
	if (argc - optind > 1) {
		(void)fprintf(stderr, "%s: one path at a time, \"%s\" is too much\n", argv[0],
			      argv[optind + 1]);
		return wrong_usage(argv[0]);
	}
	arguments->path = optind < argc ? argv[optind] : NULL;
	return 0;
}

int command_status(int argc, char **argv)
{
	struct arguments arguments;
	CLEANUP(free) char *mount = NULL;
	CLEANUP(free) char *inside = NULL;
	CLEANUP(free) char *text = NULL;
	int r = parse(argc, argv, "j", &arguments);
	if (r != 0) {
		return r;
	}
	if (client_find(arguments.path, &mount, &inside) < 0 ||
	    client_read(mount, arguments.is_json ? "status.json" : "status", &text) < 0) {
		return EXIT_FAILED;
	}
	print_safe(text);
	return EXIT_DONE;
}

static size_t print_names(const char *head, const json_t *items)
{
	size_t i;
	json_t *item;
	json_array_foreach (items, i, item) {
		const char *path = json_string_value(
			json_is_object(item) ? json_object_get(item, "path") : item);
		const char *message = json_string_value(json_object_get(item, "message"));
		(void)printf("%s ", head);
		print_safe(path == NULL ? "" : path);
		if (message != NULL) {
			(void)printf(": ");
			print_safe(message);
		}
		(void)printf("\n");
	}
	return json_array_size(items);
}

int command_sync(int argc, char **argv)
{
	struct arguments arguments;
	CLEANUP(free) char *mount = NULL;
	CLEANUP(free) char *inside = NULL;
	json_t *answer = NULL;
	int r = parse(argc, argv, "cyj", &arguments);
	if (r != 0) {
		return r;
	}
	if (client_find(arguments.path, &mount, &inside) < 0) {
		return EXIT_FAILED;
	}
	json_t *command = json_pack("{ss ss sb sb}", "command", "sync", "path", inside, "complete",
				    arguments.is_complete, "confirm", arguments.is_confirmed);
	struct progress *progress =
		progress_start(mount, arguments.is_complete ? PROGRESS_PAGES : PROGRESS_SAVES);
	r = client_command(mount, command, &answer);
	progress_stop(progress);
	json_decref(command);
	if (r < 0) {
		return EXIT_FAILED;
	}
	if (arguments.is_json) {
		(void)json_dumpf(answer, stdout, JSON_INDENT(1));
		(void)printf("\n");
	}
	json_int_t pending = json_integer_value(json_object_get(answer, "pending"));
	size_t left = json_array_size(json_object_get(answer, "failed")) +
		      json_array_size(json_object_get(answer, "held"));
	if (!arguments.is_json) {
		(void)print_names("error:", json_object_get(answer, "failed"));
		(void)print_names("held:", json_object_get(answer, "held"));
		(void)print_names("conflict:", json_object_get(answer, "conflicts"));
		const json_t *pages = json_object_get(answer, "pages");
		if (pending > 0) {
			(void)printf("%lld saves could not be sent yet, they are tried again\n",
				     (long long)pending);
		} else if (left == 0) {
			(void)printf(
				"nothing is left to send; %lld of %lld pages are here\n",
				(long long)json_integer_value(json_object_get(pages, "cached")),
				(long long)json_integer_value(json_object_get(pages, "known")));
		}
	}
	json_decref(answer);
	return pending > 0 || left > 0 ? EXIT_FAILED : EXIT_DONE;
}

int command_info(int argc, char **argv)
{
	struct arguments arguments;
	CLEANUP(free) char *mount = NULL;
	CLEANUP(free) char *inside = NULL;
	struct stat stat_buffer;
	json_t *answer = NULL;
	int r = parse(argc, argv, "j", &arguments);
	if (r == 0 && arguments.path == NULL) {
		(void)fprintf(stderr, "%s: which page?\n", argv[0]);
		r = wrong_usage(argv[0]);
	}
	if (r != 0) {
		return r;
	}
	if (client_find(arguments.path, &mount, &inside) < 0) {
		return EXIT_FAILED;
	}
	if (lstat(arguments.path, &stat_buffer) != 0) {
		(void)fprintf(stderr, "notionfs: %s: %s\n", arguments.path, strerror(errno));
		return EXIT_FAILED;
	}
	json_t *command = json_pack("{ss ss}", "command", "info", "path", inside);
	r = client_command(mount, command, &answer);
	json_decref(command);
	if (r < 0) {
		return EXIT_FAILED;
	}
	if (arguments.is_json) {
		(void)json_dumpf(answer, stdout, JSON_INDENT(1));
		(void)printf("\n");
	} else {
		static const char *const keys[] = {"path", "state", "id", "url", "checked_at"};
		for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
			const char *value = json_string_value(json_object_get(answer, keys[i]));
			if (value != NULL) {
				(void)printf("%-11s", keys[i]);
				print_safe(value);
				(void)printf("\n");
			}
		}
		const json_t *error = json_object_get(answer, "error");
		if (json_is_object(error)) {
			json_int_t line = json_integer_value(json_object_get(error, "line"));
			(void)printf("error      ");
			if (line > 0) {
				(void)printf("line %lld: ", (long long)line);
			}
			print_safe(json_string_value(json_object_get(error, "message")));
			(void)printf(", ");
			print_safe(json_string_value(json_object_get(error, "remedy")));
			(void)printf("\n");
		}
	}
	json_decref(answer);
	return EXIT_DONE;
}

/* Asks the daemon about the page of the arguments. 0, or an exit code; a message is printed then.
 */
static int ask_about(const char *command_name, const char *program,
		     const struct arguments *arguments, bool needs_path, json_t **ret_answer)
{
	CLEANUP(free) char *mount = NULL;
	CLEANUP(free) char *inside = NULL;
	if (needs_path && arguments->path == NULL) {
		(void)fprintf(stderr, "%s: which page?\n", program);
		return wrong_usage(program);
	}
	if (client_find(arguments->path, &mount, &inside) < 0) {
		return EXIT_FAILED;
	}
	json_t *command = json_pack("{ss ss sI}", "command", command_name, "path", inside, "show",
				    (json_int_t)arguments->show);
	int r = client_command(mount, command, ret_answer);
	json_decref(command);
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}

static void print_json(const json_t *answer)
{
	(void)json_dumpf(answer, stdout, JSON_INDENT(1));
	(void)printf("\n");
}

int command_plan(int argc, char **argv)
{
	struct arguments arguments;
	json_t *answer = NULL;
	size_t i;
	json_t *call;
	int r = parse(argc, argv, "j", &arguments);
	r = r != 0 ? r : ask_about("plan", argv[0], &arguments, true, &answer);
	if (r != EXIT_DONE) {
		return r;
	}
	const char *error = json_string_value(json_object_get(answer, "error"));
	if (arguments.is_json) {
		print_json(answer);
	} else {
		json_array_foreach (json_object_get(answer, "calls"), i, call) {
			(void)json_dumpf(call, stdout, JSON_COMPACT);
			(void)printf("\n");
		}
		if (error != NULL) {
			(void)fprintf(stderr, "it can't be sent: %s\n", error);
		} else if (json_is_true(json_object_get(answer, "waits"))) {
			(void)fprintf(stderr, "it waits for another page that is new\n");
		} else if (strcmp(json_string_value(json_object_get(answer, "state")), "held") ==
			   0) {
			(void)fprintf(stderr, "it is held until `notionfs sync --confirm`\n");
		}
	}
	json_decref(answer);
	return error != NULL ? EXIT_FAILED : EXIT_DONE;
}

int command_discard(int argc, char **argv)
{
	struct arguments arguments;
	json_t *answer = NULL;
	int r = parse(argc, argv, "j", &arguments);
	r = r != 0 ? r : ask_about("discard", argv[0], &arguments, true, &answer);
	if (r == EXIT_DONE && arguments.is_json) {
		print_json(answer);
	}
	json_decref(answer);
	return r;
}

int command_log(int argc, char **argv)
{
	struct arguments arguments;
	json_t *answer = NULL;
	size_t i;
	json_t *event;
	int r = parse(argc, argv, "js", &arguments);
	r = r != 0 ? r : ask_about("log", argv[0], &arguments, false, &answer);
	if (r != EXIT_DONE) {
		return r;
	}
	const json_t *text = json_object_get(answer, "text");
	if (arguments.is_json) {
		print_json(answer);
	} else if (text != NULL) {
		/* The bytes as they were: into a file, or a pager. */
		(void)fwrite(json_string_value(text), 1, json_string_length(text), stdout);
	}
	json_array_foreach (json_object_get(answer, "events"), i, event) {
		json_int_t calls = json_integer_value(json_object_get(event, "calls"));
		if (arguments.is_json) {
			break;
		}
		(void)printf("%5lld  %.19sZ  %-9s  ",
			     (long long)json_integer_value(json_object_get(event, "n")),
			     json_string_value(json_object_get(event, "at")),
			     json_string_value(json_object_get(event, "what")));
		print_safe(json_string_value(json_object_get(event, "path")));
		if (calls > 0) {
			(void)printf(" (%lld request%s)", (long long)calls, calls == 1 ? "" : "s");
		}
		(void)printf("\n");
	}
	json_decref(answer);
	return EXIT_DONE;
}

/* The daemon's process, so that the end of the unmount is the end of the daemon. */
static int open_daemon(const char *mount)
{
	CLEANUP(free) char *text = NULL;
	if (client_read(mount, "status.json", &text) < 0) {
		return -1;
	}
	json_t *status = json_loads(text, 0, NULL);
	int fd = (int)syscall(SYS_pidfd_open,
			      (pid_t)json_integer_value(json_object_get(status, "pid")), 0);
	json_decref(status);
	return fd;
}

static int detach(const char *mount)
{
	if (geteuid() == 0 && umount2(mount, 0) == 0) {
		return 0;
	}
	pid_t child = fork();
	if (child == 0) {
		(void)execlp("fusermount3", "fusermount3", "-u", mount, (char *)NULL);
		_exit(127);
	}
	int status = 1;
	if (child > 0) {
		(void)waitpid(child, &status, 0);
	}
	return status == 0 ? 0 : -EBUSY;
}

int command_unmount(int argc, char **argv)
{
	struct arguments arguments;
	CLEANUP(free) char *mount = NULL;
	CLEANUP(free) char *inside = NULL;
	json_t *answer = NULL;
	int r = parse(argc, argv, "", &arguments);
	if (r != 0) {
		return r;
	}
	if (client_find(arguments.path, &mount, &inside) < 0) {
		return EXIT_FAILED;
	}
	if (*inside != '\0') {
		(void)fprintf(stderr, "notionfs: %s is not the top of a mount, %s is\n",
			      arguments.path, mount);
		return EXIT_FAILED;
	}
	CLEANUP(fd) int daemon = open_daemon(mount);
	json_t *command = json_pack("{ss sb}", "command", "sync", "send_only", 1);
	struct progress *progress = progress_start(mount, PROGRESS_SAVES);
	r = client_command(mount, command, &answer);
	progress_stop(progress);
	json_decref(command);
	if (r == 0) {
		json_int_t pending = json_integer_value(json_object_get(answer, "pending"));
		if (pending > 0) {
			(void)printf("%lld saves are not sent yet; the next mount sends them\n",
				     (long long)pending);
		}
		(void)print_names("error:", json_object_get(answer, "failed"));
		(void)print_names("held:", json_object_get(answer, "held"));
	}
	json_decref(answer);
	if (detach(mount) < 0) {
		(void)fprintf(stderr,
			      "notionfs: %s is in use: close what is open in it (`fuser -vm %s` "
			      "shows it) and try again\n",
			      mount, mount);
		return EXIT_FAILED;
	}
	struct pollfd ended = {.fd = daemon, .events = POLLIN};
	while (daemon >= 0 && poll(&ended, 1, -1) < 0 && errno == EINTR) {
	}
	return EXIT_DONE;
}
