/*
 * main: which command. Each is in a file of its own and answers an exit code: 0 done, 1 failed,
 * 2 wrong usage.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"
#include "tools/comments.h"
#include "tools/doctor.h"
#include "tools/filter_diff.h"
#include "tools/filters.h"
#include "tools/help.h"
#include "tools/mount.h"
#include "tools/mount_helper.h"
#include "tools/options.h"

static const struct {
	const char *name; /* also what getopt calls us */
	int (*run)(int argc, char **argv);
} commands[] = {
	{"notionfs mount", command_mount},   {"notionfs unmount", command_unmount},
	{"notionfs demo", command_demo},     {"notionfs status", command_status},
	{"notionfs sync", command_sync},     {"notionfs info", command_info},
	{"notionfs plan", command_plan},     {"notionfs discard", command_discard},
	{"notionfs log", command_log},	     {"notionfs comments", command_comments},
	{"notionfs doctor", command_doctor}, {"notionfs render", filter_render},
	{"notionfs parse", filter_parse},    {"notionfs diff", filter_diff},
};

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			return true;
		}
	}
	return false;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		help_print_all(stderr);
		return EXIT_USAGE;
	}
	const char *word = argv[1];
	if (mount_helper_is_named(argv[0])) {
		return mount_helper_run(argc, argv);
	}
	if (strcmp(word, "help") == 0 && argc > 2 && help_print(stdout, argv[2])) {
		return EXIT_DONE;
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		help_print_all(stdout);
		return EXIT_DONE;
	}
	if (strcmp(word, "--version") == 0) {
		(void)printf("notionfs %s\n", NOTIONFS_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(word, commands[i].name + strlen("notionfs ")) != 0) {
			continue;
		}
		if (asks_for_help(argc - 2, argv + 2) && help_print(stdout, word)) {
			return EXIT_DONE;
		}
		argv[1] = (char *)commands[i].name;
		return commands[i].run(argc - 1, argv + 1);
	}
	if (mount_helper_is_form(argc, argv)) {
		return mount_helper_run(argc, argv);
	}
	(void)fprintf(stderr,
		      "notionfs: there is no command \"%s\", `notionfs --help` lists them\n", word);
	return EXIT_USAGE;
}
