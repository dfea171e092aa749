/*
 * main: which command. Each is in a file of its own and answers an exit code: 0 done, 1 failed,
 * 2 wrong usage.
 */
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"
#include "tools/filter_diff.h"
#include "tools/filters.h"
#include "tools/mount.h"
#include "tools/options.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{"mount", command_mount, "DIR          mount your workspace"},
	{"unmount", command_unmount, "[DIR]      send what is owed, then unmount"},
	{"demo", command_demo, "[DIR]         try it without an account"},
	{"status", command_status, "[DIR]       how a mount is"},
	{"sync", command_sync, "[PATH]        send and look now, and wait for it"},
	{"info", command_info, "PATH          one page's state"},
	{"render", filter_render, "[FILE]      Notion's JSON to Markdown"},
	{"parse", filter_parse, "[FILE]       Markdown to Notion's JSON"},
	{"diff", filter_diff, "BASE NEW      the calls that turn one into the other"},
};

static void print_help(FILE *out)
{
	(void)fputs(
		"usage: notionfs COMMAND …\n\n"
		"A Notion workspace as files: pages are Markdown, databases are directories.\n\n",
		out);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		(void)fprintf(out, "  %s %s\n", commands[i].name, commands[i].summary);
	}
	(void)fputs("\nEach command tells more with --help.\n", out);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("notionfs %s\n", NOTIONFS_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(argv[1], commands[i].name) == 0) {
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	(void)fprintf(stderr,
		      "notionfs: there is no command \"%s\", `notionfs --help` lists them\n",
		      argv[1]);
	return EXIT_USAGE;
}
