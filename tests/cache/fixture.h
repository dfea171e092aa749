/*
 * A workspace on a server, without a mount: starts notion-sim, opens the workspace on fresh
 * folders, and gives blocking forms of what the waist answers by callback.
 */
#ifndef NOTIONFS_TESTS_CACHE_FIXTURE_H
#define NOTIONFS_TESTS_CACHE_FIXTURE_H

#include <jansson.h>
#include <sys/types.h>

#include "cache/workspace.h"

struct fixture {
	pid_t server;
	unsigned port;
	char base_url[64];
	char folder[64];
	char cache_folder[96];
	char state_folder[96];
	struct workspace_options options;
	struct workspace *workspace;
};

/* The sample workspace; no polls, no sweep, a short save delay. Aborts on failure. */
void fixture_init(struct fixture *fixture);
void fixture_release(struct fixture *fixture);
/* The two halves of fixture_init but for fixture_open: folders and options; a server of that
 * workspace, whose clock stands still at `now` when that is not NULL. */
void fixture_prepare(struct fixture *fixture);
void fixture_serve(struct fixture *fixture, const char *workspace, const char *now);
/* Closes and opens the workspace again, as a remount does. */
void fixture_reopen(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
void fixture_open(struct fixture *fixture);
void fixture_delete_cache(struct fixture *fixture);

/* Waits for what is wanted; 0 or -errno. */
int fixture_fetch(struct fixture *fixture, node_id node, enum want want);
/* "Handbook/First day.md" → its attributes; listings are waited for. */
int fixture_find(struct fixture *fixture, const char *path, struct node_attr *ret_attr);
/* The whole text; caller frees. */
char *fixture_read(struct fixture *fixture, const char *path);
void fixture_write(struct fixture *fixture, const char *path, const char *text);
/* {"command":…} and its answer. */
json_t *fixture_command(struct fixture *fixture, const char *json);
/* Everything is read, nothing is owed. */
void fixture_settle(struct fixture *fixture);

/* The text of the local file in `directory` whose name begins so; caller frees. NULL: none. */
char *fixture_local_copy(struct fixture *fixture, node_id directory, const char *name_start);

/* The server's side. `method` "GET", "POST", "DELETE"; body may be NULL. */
json_t *fixture_http(struct fixture *fixture, const char *method, const char *path,
		     const char *body);
/* Requests since the last clearing whose method is (or, with '!', is not) the given one. */
size_t fixture_count_requests(struct fixture *fixture, const char *method);
void fixture_clear_requests(struct fixture *fixture);

#endif
