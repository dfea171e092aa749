#include "cache/identity.h"

#define LOG_MODULE "identity"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

#define LIMITS_MS 60000

/* Makes a folder and those above it; ours alone, and refused when it is somebody else's. */
static int make_folder(const char *path, char **ret_message)
{
	CLEANUP(free) char *copy = strdup(path);
	struct stat stat;
	if (copy == NULL) {
		return -ENOMEM;
	}
	for (char *at = copy + 1; *at != '\0'; at++) {
		if (*at == '/') {
			*at = '\0';
			if (mkdir(copy, 0700) != 0 && errno != EEXIST) {
				break;
			}
			*at = '/';
		}
	}
	if ((mkdir(path, 0700) != 0 && errno != EEXIST) || lstat(path, &stat) != 0) {
		int error = errno;
		if (asprintf(ret_message, "%s can't be made: %s", path, strerror(error)) < 0) {
			*ret_message = NULL;
		}
		return -error;
	}
	if (!S_ISDIR(stat.st_mode) || stat.st_uid != geteuid()) {
		if (asprintf(ret_message, "%s is not a folder of yours: move it away", path) < 0) {
			*ret_message = NULL;
		}
		return -EPERM;
	}
	if ((stat.st_mode & 077) != 0 && chmod(path, 0700) != 0) {
		return -errno;
	}
	return 0;
}

int identity_fail(int error, const struct failure *failure, char **ret_message)
{
	int n;
	switch (error) {
	case -EACCES:
		n = asprintf(ret_message, "Notion does not accept this token: copy it again from "
					  "https://www.notion.so/profile/integrations (or make a "
					  "new one), and set NOTION_API_TOKEN");
		break;
	case -EHOSTUNREACH:
	case -ETIMEDOUT:
		n = asprintf(ret_message,
			     "Notion can't be reached and nothing is cached for this token: check "
			     "the network and try again (%s)",
			     failure->message);
		break;
	default:
		n = asprintf(ret_message, "Notion does not answer as it should: %s",
			     failure->message);
		break;
	}
	if (n < 0) {
		*ret_message = NULL;
	}
	return error;
}

static int ask(struct workspace *workspace, json_t **ret_me, char **ret_message)
{
	CLEANUP(failure) struct failure failure = {0};
	int r = notion_me(workspace->notion, PRIORITY_PERSON, &failure, ret_me);
	return r < 0 ? identity_fail(r, &failure, ret_message) : 0;
}

static char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *text_of(const char *format, ...)
{
	char *text;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	return n < 0 ? NULL : text;
}

static uint64_t fingerprint(const char *base_url, const char *token)
{
	CLEANUP(free) char *both = text_of("%s\n%s", base_url, token);
	return both == NULL ? 0 : content_hash(both, strlen(both));
}

static uint64_t max_bytes_of(const json_t *me)
{
	const json_t *limits = json_object_get(json_object_get(me, "bot"), "workspace_limits");
	json_int_t bytes =
		json_integer_value(json_object_get(limits, "max_file_upload_size_in_bytes"));
	return bytes > 0 ? (uint64_t)bytes : 0;
}

bool identity_renew_limits(struct workspace *workspace)
{
	json_t *me = NULL;
	int64_t now_ms = clock_now_ms();
	uint64_t known = atomic_load(&workspace->upload_max_bytes);
	int64_t asked_ms = atomic_exchange(&workspace->limits_asked_ms, now_ms);
	if ((asked_ms != 0 && now_ms - asked_ms < LIMITS_MS) ||
	    notion_me(workspace->notion, PRIORITY_SAVE, NULL, &me) < 0) {
		return false;
	}
	uint64_t bytes = max_bytes_of(me);
	json_decref(me);
	atomic_store(&workspace->upload_max_bytes, bytes);
	return known > 0 && (bytes == 0 || bytes > known);
}

int identity_find(struct workspace *workspace, const char *token, char **ret_message)
{
	const struct workspace_options *options = &workspace->options;
	CLEANUP(free) char *keys = text_of("%s/keys", options->state_directory);
	if (keys == NULL) {
		return -ENOMEM;
	}
	int r = make_folder(keys, ret_message);
	if (r < 0) {
		return r;
	}
	CLEANUP(free)
	char *file = text_of("%s/%016llx.json", keys,
			     (unsigned long long)fingerprint(options->base_url, token));
	json_t *me = file == NULL ? NULL : json_load_file(file, 0, NULL);
	if (me == NULL) {
		r = ask(workspace, &me, ret_message);
		if (r < 0) {
			return r;
		}
		int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (fd < 0 || json_dumpfd(me, fd, JSON_COMPACT) != 0) {
			log_warning("%s can't be written: a mount without a network will not find "
				    "its cache",
				    file);
		}
		cleanup_fd(&fd);
	}
	const json_t *bot = json_object_get(me, "bot");
	const char *owner = json_get_text(json_object_get(bot, "owner"), "type");
	const char *workspace_id = json_get_text(bot, "workspace_id");
	char id[UUID_TEXT_BYTES];
	if (!json_get_id(me, NULL, &workspace->bot)) {
		json_decref(me);
		return -EIO;
	}
	uuid_format(&workspace->bot, id);
	/* A personal token acts as a person: its bot belongs to a user, not to the workspace. */
	workspace->is_personal_token =
		strcmp(owner, "user") == 0 || strcmp(json_get_text(me, "type"), "person") == 0;
	(void)json_get_id(json_object_get(json_object_get(bot, "owner"), "user"), NULL,
			  &workspace->owner_user);
	atomic_store(&workspace->upload_max_bytes, max_bytes_of(me));
	workspace->workspace_name = strdup(json_get_text(bot, "workspace_name"));
	workspace->state_path = text_of("%s/%.36s_%s", options->state_directory,
					*workspace_id == '\0' ? "workspace" : workspace_id, id);
	workspace->cache_path = text_of("%s/%.36s_%s", options->cache_directory,
					*workspace_id == '\0' ? "workspace" : workspace_id, id);
	json_decref(me);
	if (workspace->state_path == NULL || workspace->cache_path == NULL) {
		return -ENOMEM;
	}
	for (char *at = strrchr(workspace->state_path, '/') + 1; *at != '\0'; at++) {
		*at = strchr("0123456789abcdefABCDEF-_workspc", *at) != NULL ? *at : '_';
	}
	r = make_folder(workspace->state_path, ret_message);
	return r < 0 ? r : make_folder(workspace->cache_path, ret_message);
}
