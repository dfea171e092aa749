#include "tools/options.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int wrong(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)fputs("notionfs: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
	return EXIT_USAGE;
}

static int read_number(const char *key, const char *value, double least, double most,
		       double *ret_number)
{
	char *end;
	errno = 0;
	double number = strtod(value, &end);
	if (end == value || *end != '\0' || errno != 0 || number < least || number > most) {
		return wrong("%s=%s: a number from %g to %g is needed", key, value, least, most);
	}
	*ret_number = number;
	return 0;
}

static int set_time(const char *key, const char *value, double most_s, int64_t *ret_ms)
{
	double seconds = 0;
	int r = read_number(key, value, 0, most_s, &seconds);
	if (r == 0) {
		*ret_ms = (int64_t)(seconds * 1000);
	}
	return r;
}

static int set_bool(const char *key, const char *value, bool *ret_bool)
{
	static const char *const yes[] = {"", "on", "true", "yes", "1"};
	static const char *const no[] = {"off", "false", "no", "0"};
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
		if (strcmp(value, yes[i]) == 0) {
			*ret_bool = true;
			return 0;
		}
	}
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		if (strcmp(value, no[i]) == 0) {
			*ret_bool = false;
			return 0;
		}
	}
	return wrong("%s=%s: on or off is needed", key, value);
}

static int set_id(const char *key, const char *value, int base, unsigned *ret_id)
{
	char *end;
	errno = 0;
	unsigned long number = strtoul(value, &end, base);
	if (end == value || *end != '\0' || errno != 0 || number > 0xffffffffUL) {
		return wrong("%s=%s: %s number is needed", key, value,
			     base == 8 ? "an octal" : "a");
	}
	*ret_id = (unsigned)number;
	return 0;
}

static int set_stat(const char *value, enum stat_mode *ret_mode)
{
	static const char *const names[] = {"auto", "exact", "estimate"};
	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(value, names[i]) == 0) {
			*ret_mode = (enum stat_mode)i;
			return 0;
		}
	}
	return wrong("stat=%s: auto, exact or estimate is needed", value);
}

static int add_glob(struct mount_options *options, const char *value)
{
	size_t count = 0;
	while (options->local_globs[count] != NULL) {
		count++;
	}
	if (count == LOCAL_GLOBS_MAX) {
		return wrong("local=%s: at most %d patterns", value, LOCAL_GLOBS_MAX);
	}
	options->local_globs[count] = strdup(value);
	return 0;
}

/* What mount(8) hands to every file system. */
static bool is_for_the_kernel(const char *key)
{
	static const char *const keys[] = {"rw",      "defaults", "auto",  "noauto", "user",
					   "users",   "nouser",	  "owner", "group",  "nofail",
					   "_netdev", "dev",	  "nodev", "suid",   "nosuid",
					   "exec",    "noexec"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (strcmp(key, keys[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* A plan has 180 or 600 a minute; somebody may share it with other programs. */
static int set_requests(const char *value, unsigned *ret_requests)
{
	char *end;
	errno = 0;
	unsigned long requests = strtoul(value, &end, 10);
	if (errno != 0 || *end != '\0' || *value < '0' || *value > '9' || requests < 10 ||
	    requests > 600) {
		return wrong("requests=%s: between 10 and 600 a minute are possible", value);
	}
	*ret_requests = (unsigned)requests;
	return 0;
}

int options_set(struct mount_options *options, const char *item)
{
	struct workspace_options *workspace = &options->workspace;
	char key[64];
	size_t len = strcspn(item, "=");
	const char *value = item[len] == '=' ? item + len + 1 : "";
	if (len == 0 || len >= sizeof key) {
		return wrong("\"%s\" is no option, `notionfs mount --help` lists them", item);
	}
	memcpy(key, item, len);
	key[len] = '\0';
	unsigned number = 0;
	int r;
	if (strcmp(key, "save_delay") == 0) {
		return set_time(key, value, 10, &workspace->save_delay_ms);
	}
	if (strcmp(key, "trash_delay") == 0) {
		return set_time(key, value, 86400, &workspace->trash_delay_ms);
	}
	if (strcmp(key, "poll") == 0) {
		return set_time(key, value, 86400, &workspace->poll_ms);
	}
	if (strcmp(key, "stat_wait") == 0) {
		return set_time(key, value, 600, &workspace->stat_wait_ms);
	}
	if (strcmp(key, "list_wait") == 0) {
		return set_time(key, value, 600, &workspace->list_wait_ms);
	}
	if (strcmp(key, "sweep") == 0) {
		return set_bool(key, value, &workspace->sweep);
	}
	if (strcmp(key, "requests") == 0) {
		return set_requests(value, &workspace->requests);
	}
	if (strcmp(key, "eager") == 0) {
		return set_bool(key, value, &options->is_eager);
	}
	if (strcmp(key, "ro") == 0) {
		return set_bool(key, value, &workspace->read_only);
	}
	if (strcmp(key, "create_options") == 0) {
		return set_bool(key, value, &workspace->create_options);
	}
	if (strcmp(key, "allow_other") == 0) {
		return set_bool(key, value, &options->allow_other);
	}
	if (strcmp(key, "stat") == 0) {
		return set_stat(value, &workspace->stat_mode);
	}
	if (strcmp(key, "local") == 0) {
		return add_glob(options, value);
	}
	if (strcmp(key, "tz") == 0) {
		workspace->time_zone = strdup(value);
		return 0;
	}
	if (strcmp(key, "uid") == 0 || strcmp(key, "gid") == 0) {
		r = set_id(key, value, 10, &number);
		if (r == 0) {
			*(key[0] == 'u' ? &workspace->uid : &workspace->gid) = number;
		}
		return r;
	}
	if (strcmp(key, "root") == 0) {
		workspace->root = strdup(value);
		return 0;
	}
	if (strcmp(key, "token_file") == 0 || strcmp(key, "token_command") == 0) {
		*(key[6] == 'f' ? &options->token_file : &options->token_command) = strdup(value);
		return 0;
	}
	if (strcmp(key, "umask") == 0) {
		r = set_id(key, value, 8, &number);
		if (r == 0) {
			workspace->umask = number & 0777;
		}
		return r;
	}
	if (strcmp(key, "strict") == 0) {
		return set_bool(key, value, &workspace->strict);
	}
	if (strcmp(key, "xattr") == 0 || strcmp(key, "cache_size") == 0) {
		return wrong("the option %s is not built yet", key);
	}
	if (is_for_the_kernel(key)) {
		return 0;
	}
	return wrong("\"%s\" is no option, `notionfs mount --help` lists them", key);
}

static int set_list(struct mount_options *options, char *list)
{
	char *rest = list;
	char *item;
	int r = 0;
	while (r == 0 && (item = strsep(&rest, ",")) != NULL) {
		r = *item == '\0' ? 0 : options_set(options, item);
	}
	return r;
}

static char *trim(char *text)
{
	text += strspn(text, " \t\r\n");
	size_t len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL) {
		text[--len] = '\0';
	}
	return text;
}

/* systemd mounts without HOME. */
static const char *home_folder(void)
{
	const char *home = getenv("HOME");
	const struct passwd *user = home != NULL && *home == '/' ? NULL : getpwuid(geteuid());
	return home != NULL && *home == '/' ? home : user == NULL ? "" : user->pw_dir;
}

static int read_config(struct mount_options *options)
{
	char path[4096];
	char line[4096];
	const char *config = getenv("XDG_CONFIG_HOME");
	if (config != NULL && *config == '/') {
		(void)snprintf(path, sizeof path, "%s/notionfs/config", config);
	} else {
		(void)snprintf(path, sizeof path, "%s/.config/notionfs/config", home_folder());
	}
	FILE *file = fopen(path, "re");
	int r = 0;
	if (file == NULL) {
		return errno == ENOENT || errno == ENOTDIR ? 0
							   : wrong("%s: %s", path, strerror(errno));
	}
	for (unsigned number = 1; r == 0 && fgets(line, sizeof line, file) != NULL; number++) {
		char item[sizeof line + 1];
		char *key = trim(line);
		char *equals = strchr(key, '=');
		if (*key == '\0' || *key == '#') {
			continue;
		}
		if (equals != NULL) {
			*equals = '\0';
			(void)snprintf(item, sizeof item, "%s=%s", trim(key), trim(equals + 1));
		} else {
			(void)snprintf(item, sizeof item, "%s", key);
		}
		r = options_set(options, item);
		if (r != 0) {
			(void)fprintf(stderr, "notionfs: (in %s, line %u)\n", path, number);
		}
	}
	(void)fclose(file);
	return r;
}

static void folder(char *path, size_t size, const char *variable, const char *below_home)
{
	const char *base = getenv(variable);
	if (base != NULL && *base == '/') {
		(void)snprintf(path, size, "%s/notionfs", base);
	} else {
		(void)snprintf(path, size, "%s/%s/notionfs", home_folder(), below_home);
	}
}

int options_parse(int argc, char **argv, struct mount_options *options)
{
	static const struct option longs[] = {{"root", required_argument, NULL, 'r'},
					      {"token-file", required_argument, NULL, 't'},
					      {"token-command", required_argument, NULL, 'c'},
					      {NULL, 0, NULL, 0}};
	*options = (struct mount_options){0};
	workspace_options_init(&options->workspace);
	folder(options->cache_directory, sizeof options->cache_directory, "XDG_CACHE_HOME",
	       ".cache");
	folder(options->state_directory, sizeof options->state_directory, "XDG_STATE_HOME",
	       ".local/state");
	options->workspace.cache_directory = options->cache_directory;
	options->workspace.state_directory = options->state_directory;
	if (getenv("NOTION_API_BASE_URL") != NULL) {
		options->workspace.base_url = getenv("NOTION_API_BASE_URL");
	}
	if (getenv("NOTION_API_VERSION") != NULL) {
		options->workspace.api_version = getenv("NOTION_API_VERSION");
	}
	options->workspace.test_clock_url = getenv("NOTIONFS_TEST_CLOCK");
	int r = read_config(options);
	int c;
	optind = 1;
	while (r == 0 && (c = getopt_long(argc, argv, "fdo:", longs, NULL)) != -1) {
		switch (c) {
		case 'f': options->is_foreground = true; break;
		case 'd': options->is_foreground = options->is_debug = true; break;
		case 'o': r = set_list(options, optarg); break;
		case 'r': options->workspace.root = optarg; break;
		case 't': options->token_file = optarg; break;
		case 'c': options->token_command = optarg; break;
		default: r = wrong("`%s --help` lists the options", argv[0]); break;
		}
	}
	if (r != 0) {
		return r;
	}
	if (optind < argc) {
		options->directory = argv[optind];
	}
	if (argc - optind > 1) {
		return wrong("one directory is needed, not \"%s\" besides", argv[optind + 1]);
	}
	if (options->local_globs[0] != NULL) {
		options->workspace.local_globs = options->local_globs;
	}
	return 0;
}
