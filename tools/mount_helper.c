#include "tools/mount_helper.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/mount.h"
#include "tools/options.h"

#define ARGUMENTS_MAX 32
#define OPTIONS_MAX_BYTES 8192

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

bool mount_helper_is_named(const char *program)
{
	return strncmp(last_part(program), "mount.", 6) == 0;
}

bool mount_helper_is_form(int argc, char **argv)
{
	struct stat st;
	return argc >= 3 && argv[1][0] != '-' && argv[2][0] == '/' && stat(argv[2], &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* mount(8) names what it mounts from; we mount from an account. */
static bool is_placeholder(const char *source)
{
	static const char *const words[] = {"notionfs", "none", "-", "notion", "fuse"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(source, words[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* What is for mount(8) and systemd alone is left out; so are options for x-… programs. */
static bool is_for_us(const char *option)
{
	return strncmp(option, "x-", 2) != 0 && strncmp(option, "comment=", 8) != 0 &&
	       strcmp(option, "remount") != 0;
}

static int add_options(char *list, char *options, size_t size)
{
	char *item;
	while ((item = strsep(&list, ",")) != NULL) {
		size_t len = strlen(options);
		if (*item == '\0' || !is_for_us(item)) {
			continue;
		}
		if (len + strlen(item) + 2 > size) {
			(void)fprintf(stderr, "notionfs: the options are too long\n");
			return EXIT_USAGE;
		}
		(void)snprintf(options + len, size - len, "%s%s", len == 0 ? "" : ",", item);
	}
	return EXIT_DONE;
}

int mount_helper_run(int argc, char **argv)
{
	char options[OPTIONS_MAX_BYTES] = "";
	char *made[] = {(char *)"notionfs mount", (char *)"-o", options, NULL, NULL, NULL, NULL};
	const char *names[2] = {NULL, NULL};
	size_t count = 0;
	bool is_fake = false;
	for (int i = 1; i < argc; i++) {
		char *word = argv[i];
		bool takes_next = strcmp(word, "-o") == 0 || strcmp(word, "-t") == 0 ||
				  strcmp(word, "-N") == 0;
		if (takes_next && i + 1 < argc) {
			i++;
			if (word[1] == 'o' &&
			    add_options(argv[i], options, sizeof options) != EXIT_DONE) {
				return EXIT_USAGE;
			}
		} else if (word[0] == '-' && word[1] != '\0') {
			is_fake |= strchr(word, 'f') != NULL; /* -s, -n and -v ask for nothing */
		} else if (count < 2) {
			names[count++] = word;
		} else {
			count++;
		}
	}
	if (count != 2) {
		(void)fprintf(stderr, "usage: mount.fuse.notionfs SOURCE DIR [-o OPTION,…]\n");
		return EXIT_USAGE;
	}
	if (is_fake) {
		return EXIT_DONE;
	}
	size_t at = options[0] == '\0' ? 1 : 3;
	if (!is_placeholder(names[0])) {
		made[at++] = (char *)"--root";
		made[at++] = (char *)names[0];
	}
	made[at++] = (char *)names[1];
	made[at] = NULL;
	return command_mount((int)at, made);
}
