#include "cache/asset_read.h"

#define LOG_MODULE "asset"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cache/asset_json.h"
#include "cache/read_object.h"
#include "cache/remote/notion_file.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

#define FOLDER "assets"
#define HALF_WAY ".part"
/* A URL is not used so shortly before its end: the answer may be long. */
#define URL_MARGIN_MS 60000
#define PAGE_SIZE 100

/* ---- the folder ---- */

static char *folder_path(struct workspace *workspace, const char *name)
{
	char *path = NULL;
	if (asprintf(&path, "%s/" FOLDER "/%s", workspace->cache_path, name) < 0) {
		abort();
	}
	return path;
}

/* By what does not change: the folder may outlive the state's numbers, and the other way round. */
static char *bytes_name(const struct asset_record *record)
{
	struct uuid identity;
	char id[UUID_TEXT_BYTES];
	char *name = NULL;
	size_t len = strlen(record->url);
	asset_identity(&record->page, &record->owner, record->url, len, &identity);
	uuid_format(&identity, id);
	if (asprintf(&name, "%s-%016llx", id, (unsigned long long)content_hash(record->url, len)) <
	    0) {
		abort();
	}
	return name;
}

static char *bytes_path(struct workspace *workspace, const struct asset_record *record)
{
	CLEANUP(free) char *name = bytes_name(record);
	return folder_path(workspace, name);
}

struct kept {
	char **names;
	size_t count;
};

static int keep_name(void *context, const struct asset_record *record)
{
	struct kept *kept = context;
	if (kept->count % 64 == 0) {
		kept->names = realloc(kept->names, (kept->count + 64) * sizeof *kept->names);
		if (kept->names == NULL) {
			abort();
		}
	}
	kept->names[kept->count++] = bytes_name(record);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int asset_read_open(struct workspace *workspace)
{
	CLEANUP(free) char *path = folder_path(workspace, "");
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		return -errno;
	}
	DIR *folder = opendir(path);
	if (folder == NULL) {
		return -errno;
	}
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		const char *ending = strrchr(entry->d_name, '.');
		if (ending != NULL && strcmp(ending, HALF_WAY) == 0) {
			(void)unlinkat(dirfd(folder), entry->d_name, 0);
		}
	}
	(void)closedir(folder);
	return 0;
}

static void remove_unknown(const struct kept *kept, DIR *folder)
{
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		const char *name = entry->d_name;
		bool is_known =
			kept->count > 0 && bsearch(&name, kept->names, kept->count,
						   sizeof *kept->names, compare_names) != NULL;
		if (*name != '.' && !is_known) {
			(void)unlinkat(dirfd(folder), name, 0);
		}
	}
}

void asset_read_tidy(struct workspace *workspace)
{
	CLEANUP(free) char *path = folder_path(workspace, "");
	struct store_transaction *state = NULL;
	struct kept kept = {0};
	DIR *folder = opendir(path);
	if (folder == NULL) {
		return;
	}
	if (workspace_begin(workspace, false, &state, NULL) == 0) {
		int r = asset_each_of_all(state, keep_name, &kept);
		store_abort(state);
		if (kept.count > 0) {
			qsort(kept.names, kept.count, sizeof *kept.names, compare_names);
		}
		if (r == 0) {
			remove_unknown(&kept, folder);
		}
	}
	for (size_t i = 0; i < kept.count; i++) {
		free(kept.names[i]);
	}
	free(kept.names);
	(void)closedir(folder);
}

bool asset_size_is_here(const struct asset_record *record)
{
	return record->size != ASSET_SIZE_UNKNOWN;
}

/* A file that a power cut left short is none. */
static bool is_whole(const struct stat *st, const struct asset_record *record)
{
	return S_ISREG(st->st_mode) && asset_size_is_here(record) &&
	       (uint64_t)st->st_size == record->size;
}

bool asset_bytes_are_here(struct workspace *workspace, const struct asset_record *record)
{
	CLEANUP(free) char *path = bytes_path(workspace, record);
	struct stat st;
	return stat(path, &st) == 0 && is_whole(&st, record);
}

int workspace_open_asset(struct workspace *workspace, node_id asset, int *ret_fd)
{
	struct store_transaction *state = NULL;
	struct asset_record record;
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = asset_get(state, asset, &record);
		store_abort(state);
	}
	if (r < 0) {
		return r == -ENOENT ? -ESTALE : r;
	}
	CLEANUP(free) char *path = bytes_path(workspace, &record);
	CLEANUP(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0) {
		return errno == ENOENT ? -EAGAIN : -errno;
	}
	if (!is_whole(&st, &record)) {
		return -EAGAIN;
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* ---- signed URLs ---- */

struct fresh {
	struct store_transaction *state;
	struct store_transaction *cache;
	const struct uuid *page;
	node_id wanted;
	char *url; /* of the wanted one */
	int error;
};

static void keep_fresh(void *context, const struct stored_file *file)
{
	struct fresh *fresh = context;
	struct asset_record record;
	int r = asset_find(fresh->state, fresh->page, &file->owner, file->url, file->bare_len,
			   &record);
	if (r == 0) {
		r = asset_put_signed_url(fresh->cache, record.node, file->url, file->expires_ms);
		if (record.node == fresh->wanted) {
			free(fresh->url);
			fresh->url = strdup(file->url);
		}
	}
	fresh->error = fresh->error < 0 || r == -ENOENT ? fresh->error : r;
}

/* Keeps what an answer says of one page's files: `object` a page, `blocks` or one block. */
static int take_answer(struct workspace *workspace, const struct asset_record *record,
		       const json_t *answer, char **ret_url)
{
	struct fresh fresh = {.page = &record->page, .wanted = record->node};
	int r = workspace_begin(workspace, false, &fresh.state, NULL);
	if (r == 0) {
		r = workspace_begin(workspace, true, NULL, &fresh.cache);
	}
	if (r == 0) {
		const char *kind = json_get_text(answer, "object");
		if (strcmp(kind, "page") == 0) {
			stored_files_of_page(answer, keep_fresh, &fresh);
		} else if (strcmp(kind, "block") == 0) {
			stored_files_of_block(answer, keep_fresh, &fresh);
		} else {
			stored_files_of_blocks(json_object_get(answer, "results"), keep_fresh,
					       &fresh);
		}
		r = fresh.error;
	}
	store_abort(fresh.state);
	if (r == 0) {
		r = workspace_commit(NULL, &fresh.cache);
	}
	store_abort(fresh.cache);
	if (r < 0) {
		free(fresh.url);
		return r;
	}
	*ret_url = fresh.url;
	return 0;
}

/* Where a block lies: its container, and the place in it. */
static bool find_container(const json_t *blocks, const char *id, const struct uuid *container,
			   struct uuid *ret_container, const json_t **ret_list, size_t *ret_index)
{
	size_t i;
	json_t *block;
	json_array_foreach (blocks, i, block) {
		struct uuid inner;
		if (strcmp(json_get_text(block, "id"), id) == 0) {
			*ret_container = *container;
			*ret_list = blocks;
			*ret_index = i;
			return true;
		}
		if (json_get_id(block, NULL, &inner) &&
		    find_container(json_object_get(block, "children"), id, &inner, ret_container,
				   ret_list, ret_index)) {
			return true;
		}
	}
	return false;
}

struct lacking {
	struct workspace *workspace;
	struct store_transaction *state;
	const struct uuid *page;
	size_t count;
};

static void count_lacking(void *context, const struct stored_file *file)
{
	struct lacking *lacking = context;
	struct asset_record record;
	if (asset_find(lacking->state, lacking->page, &file->owner, file->url, file->bare_len,
		       &record) == 0 &&
	    (!asset_size_is_here(&record) || !asset_bytes_are_here(lacking->workspace, &record))) {
		lacking->count++;
	}
}

/*
 * How many lists of the container are cheaper than asking for its blocks one by one: `ls -l` of a
 * page with a hundred pictures is one request then, not a hundred. 0: ask for the one block.
 */
static size_t plan_lists(struct workspace *workspace, const struct asset_record *record,
			 struct uuid *ret_container)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct body body = {0};
	char id[UUID_TEXT_BYTES];
	const json_t *list;
	size_t index;
	size_t lists = 0;
	uuid_format(&record->owner, id);
	if (workspace_begin(workspace, false, &state, &cache) < 0 ||
	    body_get(cache, &record->page, &body) < 0) {
		return 0;
	}
	if (find_container(body.blocks, id, &record->page, ret_container, &list, &index)) {
		struct lacking lacking = {
			.workspace = workspace, .state = state, .page = &record->page};
		lists = index / PAGE_SIZE + 1;
		for (size_t i = 0; i < lists * PAGE_SIZE && i < json_array_size(list); i++) {
			stored_files_of_block(json_array_get(list, i), count_lacking, &lacking);
		}
		lists = lacking.count > lists ? lists : 0;
	}
	json_decref(body.blocks);
	return lists;
}

static int read_lists(struct workspace *workspace, const struct asset_record *record,
		      const struct uuid *container, size_t lists, enum priority priority,
		      struct failure *failure, char **ret_url)
{
	CLEANUP(free) char *cursor = NULL;
	CLEANUP(free) char *url = NULL;
	int r = 0;
	for (size_t i = 0; r == 0 && url == NULL && i < lists; i++) {
		json_t *answer = NULL;
		r = notion_children(workspace->notion, priority, container, cursor, failure,
				    &answer);
		if (r == 0) {
			r = take_answer(workspace, record, answer, &url);
		}
		free(cursor);
		cursor = NULL;
		if (r == 0 && json_is_true(json_object_get(answer, "has_more"))) {
			cursor = strdup(json_get_text(answer, "next_cursor"));
		}
		json_decref(answer);
		if (cursor == NULL) {
			break;
		}
	}
	if (r == 0) {
		*ret_url = steal(&url);
	}
	return r;
}

/* *ret_url stays NULL when Notion shows another file there, or nothing. */
static int renew_url(struct workspace *workspace, const struct asset_record *record,
		     enum priority priority, struct failure *failure, char **ret_url)
{
	struct uuid container;
	json_t *answer = NULL;
	bool is_of_page = uuid_equal(&record->owner, &record->page);
	size_t lists = is_of_page ? 0 : plan_lists(workspace, record, &container);
	if (lists > 0) {
		int r = read_lists(workspace, record, &container, lists, priority, failure,
				   ret_url);
		if (r < 0 || *ret_url != NULL) {
			return r;
		}
	}
	int r = is_of_page
			? notion_page(workspace->notion, priority, &record->page, failure, &answer)
			: notion_block(workspace->notion, priority, &record->owner, failure,
				       &answer);
	if (r == 0 && !json_is_true(json_object_get(answer, "in_trash"))) {
		r = take_answer(workspace, record, answer, ret_url);
	}
	json_decref(answer);
	return r == -ENOENT ? 0 : r;
}

/* The one that is known, while it is good. */
static int known_url(struct workspace *workspace, const struct asset_record *record, char **ret_url)
{
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(free) char *url = NULL;
	int64_t expires_ms = 0;
	int r = workspace_begin(workspace, false, NULL, &cache);
	if (r == 0) {
		r = asset_signed_url(cache, record->node, &url, &expires_ms);
	}
	bool is_good = r == 0 && (expires_ms == 0 ||
				  notion_now_ms(workspace->notion) < expires_ms - URL_MARGIN_MS);
	*ret_url = is_good ? steal(&url) : NULL;
	return r == -ENOENT ? 0 : r;
}

/* ---- the jobs ---- */

typedef int asset_use(struct workspace *workspace, const struct asset_record *record,
		      const char *url, struct failure *failure, void *context);

/* The page shows something else than we thought: read again, and whoever asked looks anew. */
static int page_changed(struct workspace *workspace, const struct asset_record *record,
			enum priority priority)
{
	int r = read_page(workspace, &record->page, priority);
	return r < 0 && r != -ENOENT ? r : -ESTALE;
}

/* Calls `use` with a URL that is good; asks for a new one when it is not (any more). */
static int with_url(struct workspace *workspace, const struct asset_record *record,
		    enum priority priority, asset_use *use, void *context)
{
	CLEANUP(failure) struct failure failure = {0};
	CLEANUP(free) char *url = NULL;
	int r = known_url(workspace, record, &url);
	if (r == 0 && url != NULL) {
		r = use(workspace, record, url, &failure, context);
		if (r != -ESTALE) {
			goto out;
		}
		free(url);
		url = NULL;
		r = 0;
	}
	if (r == 0) {
		failure_release(&failure);
		failure = (struct failure){0};
		r = renew_url(workspace, record, priority, &failure, &url);
	}
	if (r == 0 && url == NULL) {
		return page_changed(workspace, record, priority);
	}
	if (r == 0) {
		r = use(workspace, record, url, &failure, context);
		r = r == -ESTALE ? -EACCES : r; /* a new one, and refused */
	}
out:
	if (r < 0) {
		log_info("%s: %s", record->name,
			 failure.message[0] != '\0' ? failure.message : strerror(-r));
	}
	return r;
}

static int get_record(struct workspace *workspace, node_id asset, struct asset_record *ret_record)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	int r = workspace_begin(workspace, false, &state, NULL);
	r = r < 0 ? r : asset_get(state, asset, ret_record);
	return r == -ENOENT ? -ESTALE : r;
}

static int set_size(struct workspace *workspace, node_id asset, uint64_t size)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct asset_record record;
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = asset_get(state, asset, &record);
	}
	if (r < 0 || record.size == size) {
		return r;
	}
	record.size = size;
	r = asset_put(state, &record);
	return r < 0 ? r : workspace_commit(&state, NULL);
}

static int ask_size(struct workspace *workspace, const struct asset_record *record, const char *url,
		    struct failure *failure, void *context)
{
	(void)record;
	return notion_file_size(workspace->notion, url, failure, context);
}

int asset_read_size(struct workspace *workspace, node_id asset, enum priority priority)
{
	struct asset_record record;
	uint64_t size = 0;
	int r = get_record(workspace, asset, &record);
	if (r < 0 || asset_size_is_here(&record)) {
		return r;
	}
	r = with_url(workspace, &record, priority, ask_size, &size);
	return r < 0 ? r : set_size(workspace, asset, size);
}

static int get_bytes(struct workspace *workspace, const struct asset_record *record,
		     const char *url, struct failure *failure, void *context)
{
	int fd = *(int *)context;
	/* Full before the first byte is better than full before the last. */
	if (asset_size_is_here(record) && record->size > 0 && ftruncate(fd, 0) == 0) {
		int error = posix_fallocate(fd, 0, (off_t)record->size);
		if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
			return -error;
		}
	}
	return notion_file_read(workspace->notion, url, fd, failure);
}

int asset_read_bytes(struct workspace *workspace, node_id asset, enum priority priority)
{
	struct asset_record record;
	struct stat st;
	int r = get_record(workspace, asset, &record);
	if (r < 0 || asset_bytes_are_here(workspace, &record)) {
		return r;
	}
	CLEANUP(free) char *path = bytes_path(workspace, &record);
	CLEANUP(free) char *half_way = NULL;
	if (asprintf(&half_way, "%s.%llx" HALF_WAY, path, (unsigned long long)asset) < 0) {
		abort();
	}
	CLEANUP(fd) int fd = open(half_way, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		return -errno;
	}
	r = with_url(workspace, &record, priority, get_bytes, &fd);
	if (r == 0 && fstat(fd, &st) < 0) {
		r = -errno;
	}
	if (r == 0) {
		r = set_size(workspace, asset, (uint64_t)st.st_size);
	}
	if (r == 0 && asset_size_is_here(&record) && record.size != (uint64_t)st.st_size) {
		/* The host had said otherwise. */
		workspace_tell_page(workspace, asset);
	}
	if (r == 0 && rename(half_way, path) < 0) {
		r = -errno;
	}
	if (r < 0) {
		(void)unlink(half_way);
	}
	return r;
}
