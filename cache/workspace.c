/*
 * Opening and closing, and the plain look-ups. Changing names is in names.c, open pages in
 * draft.c, waiting in fetch.c, commands in command.c.
 */
#define LOG_MODULE "workspace"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "cache/alias.h"
#include "cache/asset_read.h"
#include "cache/asset_view.h"
#include "cache/awaited.h"
#include "cache/command.h"
#include "cache/content.h"
#include "cache/identity.h"
#include "cache/lost.h"
#include "cache/made.h"
#include "cache/marks.h"
#include "cache/object_index.h"
#include "cache/shown.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

/* Address space only: the files grow as they are filled. */
#define STATE_MAX_BYTES ((size_t)32 << 30)
#define CACHE_MAX_BYTES ((size_t)64 << 30)
/* How often what is kept for a time is looked through. */
#define TIDY_MS ((int64_t)6 * 3600 * 1000)
#define CACHE_FORMAT "1"

void workspace_options_init(struct workspace_options *options)
{
	static const char *const local_globs[] = {"*_BASE_[0-9]*.md", "*_LOCAL_[0-9]*.md",
						  "*_REMOTE_[0-9]*.md", "*_BACKUP_[0-9]*.md", NULL};
	*options = (struct workspace_options){
		.base_url = "https://api.notion.com",
		.api_version = "2026-03-11",
		.save_delay_ms = 1000,
		.trash_delay_ms = 30000,
		.poll_ms = 30000,
		.sweep = true,
		.stat_mode = STAT_AUTO,
		.stat_wait_ms = 5000,
		.list_wait_ms = 30000,
		.local_globs = local_globs,
		.uid = getuid(),
		.gid = getgid(),
		.umask = 022,
	};
}

int workspace_begin(struct workspace *workspace, bool is_write,
		    struct store_transaction **ret_state, struct store_transaction **ret_cache)
{
	int r = 0;
	if (ret_state != NULL) {
		r = is_write ? store_write(workspace->state, ret_state)
			     : store_read(workspace->state, ret_state);
	}
	if (r == 0 && ret_cache != NULL) {
		r = is_write ? store_write(workspace->cache, ret_cache)
			     : store_read(workspace->cache, ret_cache);
		if (r < 0 && ret_state != NULL) {
			store_abort(steal(ret_state));
		}
	}
	return r;
}

int workspace_commit(struct store_transaction **state, struct store_transaction **cache)
{
	int r = 0;
	if (cache != NULL && *cache != NULL) {
		r = store_commit(steal(cache));
	}
	if (r == 0 && state != NULL && *state != NULL) {
		r = store_commit(steal(state));
	}
	return r;
}

void workspace_tell(struct workspace *workspace, const struct tree_changes *changes)
{
	if (!atomic_load(&workspace->is_started)) {
		return;
	}
	for (size_t i = 0; workspace->events.directory_changed != NULL && i < changes->count; i++) {
		const char *name = changes->items[i].name;
		workspace->events.directory_changed(workspace->events.context,
						    changes->items[i].directory, &name, 1);
	}
	events_note_changes(workspace, changes);
}

void workspace_tell_page(struct workspace *workspace, node_id page)
{
	if (atomic_load(&workspace->is_started) && workspace->events.page_changed != NULL) {
		workspace->events.page_changed(workspace->events.context, page);
	}
}

void workspace_tell_pulled(struct workspace *workspace, node_id page)
{
	struct node_attr attr;
	workspace_tell_page(workspace, page);
	if (workspace_getattr(workspace, page, &attr) == 0 && attr.version > 1) {
		events_note_node(workspace, "changed", false, page, NULL);
	}
}

/* ---- life ---- */

static int open_cache(struct workspace *workspace)
{
	static const char *const tables[] = CACHE_TABLE_NAMES;
	struct store_options options = {
		.directory = workspace->cache_path, .tables = tables, .max_bytes = CACHE_MAX_BYTES};
	struct store_transaction *cache = NULL;
	struct store_value format;
	int r = store_open(&options, &workspace->cache);
	if (r == -EINVAL) {
		/* Nothing of it is ours alone: it is made anew. */
		CLEANUP(free) char *file = NULL;
		log_warning("the cache can't be read and is made anew");
		if (asprintf(&file, "%s/data.mdb", workspace->cache_path) < 0) {
			return -ENOMEM;
		}
		(void)unlink(file);
		r = store_open(&options, &workspace->cache);
	}
	if (r == 0) {
		r = store_write(workspace->cache, &cache);
	}
	if (r < 0) {
		return r;
	}
	if (store_get(cache, CACHE_META, "format", 6, &format) < 0 ||
	    format.len != strlen(CACHE_FORMAT) ||
	    memcmp(format.bytes, CACHE_FORMAT, format.len) != 0) {
		for (unsigned table = 0; r == 0 && tables[table] != NULL; table++) {
			r = store_clear(cache, table);
		}
		if (r == 0) {
			r = store_put(cache, CACHE_META, "format", 6, CACHE_FORMAT,
				      strlen(CACHE_FORMAT));
		}
	}
	if (r == 0) {
		r = shown_clear(cache);
	}
	if (r < 0) {
		store_abort(cache);
		return r;
	}
	return store_commit(cache);
}

static int open_state(struct workspace *workspace)
{
	static const char *const tables[] = STATE_TABLE_NAMES;
	struct store_options options = {.directory = workspace->state_path,
					.tables = tables,
					.max_bytes = STATE_MAX_BYTES,
					.is_durable = true};
	struct store_transaction *state = NULL;
	int r = store_open(&options, &workspace->state);
	if (r == 0) {
		r = store_write(workspace->state, &state);
	}
	if (r == 0) {
		r = tree_init(state, &workspace->owner, clock_now_ms());
		r = r < 0 ? r : marks_init(state);
		if (r < 0) {
			store_abort(state);
		} else {
			r = store_commit(state);
		}
	}
	return r;
}

/* A page of the tree whose body is not here, or stale. */
static int note_unread(void *context, const struct node_record *record)
{
	struct store_transaction **both = context;
	if (record->role == ROLE_PAGE) {
		return (record->flags & NODE_NEW) != 0 || body_is_fresh(both[1], &record->object)
			       ? 0
			       : unread_add(both[1], &record->object);
	}
	return tree_each(both[0], record->node, 0, note_unread, context);
}

/* What is new, or of a version without indexes, is looked through once. */
static int index_cache(struct workspace *workspace)
{
	struct store_transaction *both[2] = {NULL, NULL}; /* state and cache */
	int r = store_read(workspace->state, &both[0]);
	if (r == 0) {
		r = store_write(workspace->cache, &both[1]);
	}
	if (r == 0 && !object_index_is_built(both[1])) {
		r = object_index_build(both[1]);
		r = r < 0 ? r : tree_each(both[0], NODE_ROOT, 0, note_unread, both);
		r = r < 0 ? r : store_commit(steal(&both[1]));
	}
	store_abort(both[0]);
	store_abort(both[1]);
	return r;
}

static int fail(char **ret_message, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(char **ret_message, int error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (vasprintf(ret_message, format, args) < 0) {
		*ret_message = NULL;
	}
	va_end(args);
	return error;
}

/* One process a workspace. The file says where it is mounted, for the second one's message. */
static int take_lock(struct workspace *workspace, char **ret_message)
{
	CLEANUP(free) char *path = NULL;
	char where[4096] = "";
	if (asprintf(&path, "%s/lock", workspace->state_path) < 0) {
		return -ENOMEM;
	}
	workspace->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (workspace->lock_fd < 0) {
		return fail(ret_message, -errno, "%s can't be opened: %s", path, strerror(errno));
	}
	if (flock(workspace->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		ssize_t n = pread(workspace->lock_fd, where, sizeof where - 1, 0);
		where[n > 0 ? n : 0] = '\0';
		return fail(ret_message, -EBUSY,
			    "this workspace is mounted already%s%s: unmount it first, with "
			    "`notionfs unmount DIR`",
			    *where != '\0' ? " at " : "", where);
	}
	const char *mount = workspace->options.mount_directory;
	if (ftruncate(workspace->lock_fd, 0) != 0 ||
	    (mount != NULL && pwrite(workspace->lock_fd, mount, strlen(mount), 0) < 0)) {
		log_warning("the lock file can't be written: %s", strerror(errno));
	}
	return 0;
}

static void copy_options(struct workspace *workspace, const struct workspace_options *options)
{
	workspace->options = *options;
	const char **strings[] = {
		&workspace->options.cache_directory,
		&workspace->options.state_directory,
		&workspace->options.base_url,
		&workspace->options.api_version,
		&workspace->options.root,
		&workspace->options.mount_directory,
		&workspace->options.time_zone,
		&workspace->options.test_clock_url,
	};
	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
		if (*strings[i] != NULL) {
			*strings[i] = strdup(*strings[i]);
		}
	}
	/* The token lives in `notion` only. */
	workspace->options.token = NULL;
	workspace->owner = (struct tree_owner){
		.uid = options->uid, .gid = options->gid, .umask = options->umask};
}

static void free_options(struct workspace_options *options)
{
	const char *const strings[] = {
		options->cache_directory,
		options->state_directory,
		options->base_url,
		options->api_version,
		options->root,
		options->mount_directory,
		options->time_zone,
		options->test_clock_url,
	};
	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
		free((char *)strings[i]);
	}
}

/* With nothing cached the first search has to show something, or there is nothing to mount. */
static int check_shared(struct workspace *workspace, char **ret_message)
{
	CLEANUP(failure) struct failure failure = {0};
	json_t *answer = NULL;
	int r = notion_search(workspace->notion, PRIORITY_PERSON, NULL, &failure, &answer);
	if (r < 0) {
		return identity_fail(r, &failure, ret_message);
	}
	size_t count = json_array_size(json_object_get(answer, "results"));
	json_decref(answer);
	return count > 0 ? 0
			 : fail(ret_message, -ENOENT,
				"nothing is shared with this connection: in Notion open a page, "
				"then ••• > Connections, and add it; its sub-pages come along");
}

static void note_connection(void *context, bool is_offline)
{
	events_note(context, &(struct event){.what = is_offline ? "offline" : "online"});
}

int workspace_open(const struct workspace_options *options, struct workspace **ret_workspace,
		   char **ret_message)
{
	struct workspace *workspace = calloc(1, sizeof *workspace);
	*ret_message = NULL;
	if (workspace == NULL) {
		return -ENOMEM;
	}
	workspace->lock_fd = -1;
	copy_options(workspace, options);
	drafts_init(&workspace->drafts, workspace);
	fetcher_init(&workspace->fetcher, workspace);
	refresher_init(&workspace->refresher, workspace);
	writeback_init(&workspace->writeback, workspace);
	people_init(&workspace->people);
	sweep_init(&workspace->sweep);
	refusals_init(&workspace->refusals);
	events_init(&workspace->event_log);
	digests_init(&workspace->digests);
	awaited_init(workspace);
	recent_init(&workspace->moved);
	recent_init(&workspace->written);
	recent_init(&workspace->left_out);

	struct notion_options notion = {.base_url = options->base_url,
					.api_version = options->api_version,
					.token = options->token,
					.requests = options->requests,
					.connection_changed = note_connection,
					.context = workspace};
	int r = notion_new(&notion, &workspace->notion);
	if (r == -EINVAL) {
		r = fail(ret_message, r,
			 "%s is no address of Notion's API: https is needed, plain http only to "
			 "this machine",
			 options->base_url);
	}
	if (r == 0 && options->test_clock_url != NULL) {
		r = notion_follow_clock(workspace->notion, options->test_clock_url);
		if (r < 0) {
			r = fail(ret_message, r, "the test clock at %s can't be followed: %s",
				 options->test_clock_url, strerror(-r));
		}
	}
	if (r == 0) {
		r = identity_find(workspace, options->token, ret_message);
	}
	if (r == 0) {
		r = take_lock(workspace, ret_message);
	}
	if (r == 0) {
		openings_init(&workspace->openings, workspace->state_path);
		r = open_state(workspace);
		if (r < 0) {
			r = fail(ret_message, r,
				 "the state in %s can't be opened (%s): it holds saves that are "
				 "not sent yet, so it is not made anew; move it away to start over",
				 workspace->state_path, strerror(-r));
		}
	}
	if (r == 0) {
		r = open_cache(workspace);
		r = r < 0 ? r : index_cache(workspace);
		if (r < 0) {
			r = fail(ret_message, r, "the cache in %s can't be opened: %s",
				 workspace->cache_path, strerror(-r));
		}
	}
	if (r == 0) {
		r = asset_read_open(workspace);
		if (r < 0) {
			r = fail(ret_message, r, "no folder for files can be made in %s: %s",
				 workspace->cache_path, strerror(-r));
		}
	}
	if (r == 0) {
		r = local_new(workspace->state_path, &workspace->local);
	}
	if (r == 0 && options->root != NULL &&
	    uuid_parse(options->root, strlen(options->root), &workspace->only_root) < 0 &&
	    uuid_from_url(options->root, strlen(options->root), &workspace->only_root) < 0) {
		r = fail(ret_message, -EINVAL, "--root %s is neither an id nor a page's URL",
			 options->root);
	}
	struct node_record root;
	struct store_transaction *state = NULL;
	if (r == 0) {
		r = store_read(workspace->state, &state);
	}
	if (r == 0) {
		r = tree_get(state, NODE_ROOT, &root);
		store_abort(state);
	}
	if (r == 0 && (root.flags & NODE_LISTED) == 0 && options->root == NULL) {
		r = check_shared(workspace, ret_message);
	}
	if (r < 0) {
		if (*ret_message == NULL) {
			(void)fail(ret_message, r, "the workspace can't be opened: %s",
				   strerror(-r));
		}
		notion_stop(workspace->notion);
		workspace_free(workspace);
		return r;
	}
	*ret_workspace = workspace;
	return 0;
}

static void prune_names(struct workspace *workspace, int64_t now_ms)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = alias_prune(state, now_ms);
	}
	if (r == 0) {
		r = made_prune(state, now_ms - workspace->options.trash_delay_ms);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r < 0) {
		log_warning("old names are not forgotten: %s", strerror(-r));
	}
}

void workspace_tidy(struct workspace *workspace)
{
	int64_t now_ms = clock_now_ms();
	int64_t last_ms = atomic_load(&workspace->tidied_ms);
	if (last_ms == 0 || now_ms - last_ms >= TIDY_MS) {
		atomic_store(&workspace->tidied_ms, now_ms);
		trash_tend(workspace);
		prune_names(workspace, now_ms);
	}
}

int workspace_start(struct workspace *workspace, const struct workspace_events *events)
{
	workspace->events = *events;
	atomic_store(&workspace->is_started, true);
	int r = fetcher_start(&workspace->fetcher);
	if (r == 0) {
		r = refresher_start(&workspace->refresher);
	}
	if (r == 0) {
		r = writeback_start(&workspace->writeback);
	}
	if (r == 0) {
		lost_collect(workspace);
		workspace_tidy(workspace);
	}
	return r < 0 ? r : refresh_resume(workspace);
}

void workspace_stop(struct workspace *workspace)
{
	if (workspace == NULL) {
		return;
	}
	notion_stop(workspace->notion);
	refresher_stop(&workspace->refresher);
	writeback_stop(&workspace->writeback);
	fetcher_stop(&workspace->fetcher);
	asset_read_tidy(workspace);
	commands_wait(workspace);
	atomic_store(&workspace->is_started, false);
}

void workspace_free(struct workspace *workspace)
{
	if (workspace == NULL) {
		return;
	}
	fetcher_release(&workspace->fetcher);
	refresher_release(&workspace->refresher);
	writeback_release(&workspace->writeback);
	drafts_release(&workspace->drafts);
	people_release(&workspace->people);
	refusals_release(&workspace->refusals);
	events_release(&workspace->event_log);
	digests_release(&workspace->digests);
	local_free(workspace->local);
	openings_release(&workspace->openings);
	store_close(workspace->cache);
	store_close(workspace->state);
	notion_free(workspace->notion);
	cleanup_fd(&workspace->lock_fd);
	free_options(&workspace->options);
	free(workspace->state_path);
	free(workspace->cache_path);
	free(workspace->workspace_name);
	free(workspace);
}

const char *workspace_state_path(const struct workspace *workspace)
{
	return workspace->state_path;
}

const char *workspace_name(const struct workspace *workspace)
{
	return workspace->workspace_name == NULL ? "Notion" : workspace->workspace_name;
}

void workspace_set_token(struct workspace *workspace, const char *token)
{
	notion_set_token(workspace->notion, token);
}

bool workspace_is_unauthorized(struct workspace *workspace)
{
	struct notion_budget budget;
	notion_budget(workspace->notion, &budget);
	return budget.is_unauthorized;
}
