/* The filters by themselves: filter render|parse|diff …, for tests of their output. */
#include <stdio.h>
#include <string.h>

#include "tools/filter_diff.h"
#include "tools/filters.h"

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {{"render", filter_render}, {"parse", filter_parse}, {"diff", filter_diff}};

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0) {
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	fputs("usage: filter render|parse|diff …\n", stderr);
	return 2;
}
