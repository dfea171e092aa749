/*
 * What a mount would need of Notion and of the disk, looked at without mounting: the part of
 * `notionfs doctor` that only this side of the waist can tell.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "cache/object.h"
#include "cache/remote/notion.h"
#include "cache/workspace.h"
#include "mapping/base/clock.h"

#define CLOCK_SKEW_MS 120000
#define LITTLE_SPACE_BYTES ((uint64_t)256 << 20)

struct examination {
	workspace_found *found;
	void *context;
};

static void say(const struct examination *examination, enum finding_kind kind, const char *subject,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

static void say(const struct examination *examination, enum finding_kind kind, const char *subject,
		const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	examination->found(examination->context, kind, subject, text);
}

/* ---- the disk ---- */

/* LMDB's map and locks need a disk of this machine (lmdb.h, caveats). */
static const char *remote_disk(const char *folder)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} kinds[] = {{0x6969, "NFS"},	  {0xff534d42, "CIFS"},
		     {0xfe534d42, "SMB"}, {0x65735546, "a FUSE mount"},
		     {0x01021997, "9p"},  {0x5346414f, "AFS"}};
	struct statfs fs;
	if (statfs(folder, &fs) != 0) {
		return NULL;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if ((unsigned long)fs.f_type == kinds[i].magic) {
			return kinds[i].name;
		}
	}
	return NULL;
}

/* The folder, or the nearest one above it that is there. */
static void nearest_folder(const char *path, char *folder, size_t size)
{
	struct stat st;
	(void)snprintf(folder, size, "%s", path);
	for (char *slash; stat(folder, &st) != 0 && (slash = strrchr(folder, '/')) != NULL;) {
		*(slash == folder ? slash + 1 : slash) = '\0';
		if (slash == folder) {
			break;
		}
	}
}

static void examine_folder(const struct examination *examination, const char *subject,
			   const char *path, const char *variable)
{
	char folder[4096];
	struct stat st;
	struct statvfs space;
	nearest_folder(path, folder, sizeof folder);
	bool is_there = strcmp(folder, path) == 0;
	if (is_there && (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid())) {
		say(examination, FINDING_BAD, subject,
		    "%s is not a folder of yours: move it away, or set %s", path, variable);
		return;
	}
	if (access(folder, W_OK | X_OK) != 0) {
		say(examination, FINDING_BAD, subject,
		    "%s can't be written (%s): set %s to a folder that can", folder,
		    strerror(errno), variable);
		return;
	}
	const char *remote = remote_disk(folder);
	if (remote != NULL) {
		say(examination, FINDING_BAD, subject,
		    "%s lies on %s, where its database can break: set %s to a folder on a disk of "
		    "this machine",
		    path, remote, variable);
		return;
	}
	uint64_t free_bytes =
		statvfs(folder, &space) == 0 ? (uint64_t)space.f_bavail * space.f_frsize : 0;
	if (free_bytes < LITTLE_SPACE_BYTES) {
		say(examination, FINDING_ODD, subject,
		    "%s has %llu MB left: saves end with \"No space left\" when there is none",
		    path, (unsigned long long)(free_bytes >> 20));
		return;
	}
	say(examination, FINDING_GOOD, subject, "%s, %llu MB free", path,
	    (unsigned long long)(free_bytes >> 20));
}

/* ---- Notion ---- */

static void examine_failure(const struct examination *examination, const char *subject, int error,
			    const struct failure *failure)
{
	switch (error) {
	case -EACCES:
		say(examination, FINDING_BAD, subject,
		    "Notion does not accept this token: copy it again from "
		    "https://www.notion.so/profile/integrations, or make a new one");
		break;
	case -EPERM:
		say(examination, FINDING_BAD, subject,
		    "the connection may not do this (%s): give it the capability at "
		    "https://www.notion.so/profile/integrations",
		    failure->message);
		break;
	case -EHOSTUNREACH:
	case -ETIMEDOUT:
		say(examination, FINDING_BAD, subject,
		    "Notion can't be reached: check the network, and HTTPS_PROXY if you use one "
		    "(%s)",
		    failure->message);
		break;
	default:
		say(examination, FINDING_BAD, subject, "Notion does not answer as it should: %s",
		    failure->message);
		break;
	}
}

static bool examine_token(const struct examination *examination, struct notion *notion)
{
	CLEANUP(failure) struct failure failure = {0};
	json_t *me = NULL;
	int r = notion_me(notion, PRIORITY_PERSON, &failure, &me);
	if (r < 0) {
		examine_failure(examination, "token", r, &failure);
		return false;
	}
	const json_t *bot = json_object_get(me, "bot");
	bool is_person = strcmp(json_get_text(json_object_get(bot, "owner"), "type"), "user") == 0;
	const char *name = json_get_text(bot, "workspace_name");
	say(examination, FINDING_GOOD, "token", "%s of the workspace \"%s\"%s",
	    is_person ? "acts as a person" : "an internal connection", name,
	    is_person ? "; it ends a year after it was made at the latest"
		      : "; new pages need a page to be in");
	json_decref(me);
	int64_t skew_ms = notion_now_ms(notion) - clock_now_ms();
	if (skew_ms > CLOCK_SKEW_MS || skew_ms < -CLOCK_SKEW_MS) {
		say(examination, FINDING_ODD, "clock",
		    "this machine's clock is %lld s away from Notion's: times of files will be, "
		    "too; `timedatectl set-ntp true` mends it",
		    (long long)(skew_ms / 1000));
	} else {
		say(examination, FINDING_GOOD, "clock", "within two minutes of Notion's");
	}
	return true;
}

static void examine_content(const struct examination *examination, struct notion *notion)
{
	CLEANUP(failure) struct failure failure = {0};
	json_t *answer = NULL;
	int r = notion_search(notion, PRIORITY_PERSON, NULL, &failure, &answer);
	if (r < 0) {
		examine_failure(examination, "read content", r, &failure);
		return;
	}
	size_t count = json_array_size(json_object_get(answer, "results"));
	bool has_more = json_is_true(json_object_get(answer, "has_more"));
	json_decref(answer);
	if (count == 0) {
		say(examination, FINDING_BAD, "read content",
		    "nothing is shared with this connection: in Notion open a page, then ••• > "
		    "Connections, and add it");
	} else {
		say(examination, FINDING_GOOD, "read content", "%zu%s pages and databases are seen",
		    count, has_more ? " and more" : "");
	}
}

static void examine_users(const struct examination *examination, struct notion *notion)
{
	CLEANUP(failure) struct failure failure = {0};
	json_t *answer = NULL;
	int r = notion_users(notion, PRIORITY_PERSON, NULL, &failure, &answer);
	if (r == 0) {
		say(examination, FINDING_GOOD, "read users", "names of people are seen");
		json_decref(answer);
	} else if (r == -EPERM || r == -ENOENT || r == -EINVAL) {
		/* A personal token has no list of users (notion-api.md §2). */
		say(examination, FINDING_ODD, "read users",
		    "people can't be listed: their properties are shown by id where Notion sends "
		    "no name, and set by id");
	} else {
		examine_failure(examination, "read users", r, &failure);
	}
}

void workspace_examine(const struct workspace_options *options, workspace_found *found,
		       void *context)
{
	const struct examination examination = {.found = found, .context = context};
	struct notion *notion = NULL;
	examine_folder(&examination, "state", options->state_directory, "XDG_STATE_HOME");
	examine_folder(&examination, "cache", options->cache_directory, "XDG_CACHE_HOME");
	if (options->token == NULL) {
		return;
	}
	const struct notion_options remote = {.base_url = options->base_url,
					      .api_version = options->api_version,
					      .token = options->token};
	if (notion_new(&remote, &notion) < 0) {
		say(&examination, FINDING_BAD, "address",
		    "%s is no address of Notion's API: https is needed, plain http only to this "
		    "machine",
		    options->base_url);
		return;
	}
	if (examine_token(&examination, notion)) {
		examine_content(&examination, notion);
		examine_users(&examination, notion);
	}
	notion_free(notion);
}
