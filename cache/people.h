/*
 * The users of the workspace, by id, name and email (for people properties and mentions).
 *
 * What it is not: a cache on disk; the list is read once after the start, by a background job.
 * Any thread.
 */
#ifndef NOTIONFS_CACHE_PEOPLE_H
#define NOTIONFS_CACHE_PEOPLE_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "mapping/base/uuid.h"

struct person;

struct people {
	pthread_mutex_t mutex;
	struct person *items;  /* guarded by mutex; never shrinks, strings live as long as it */
	size_t count;	       /* guarded by mutex */
	atomic_bool is_listed; /* since the start; or Notion refuses to list them */
};

void people_init(struct people *people);
void people_release(struct people *people);
/* Adds or renews one user object. */
void people_add(struct people *people, const json_t *user);
/* Strings live as long as `people`. False: not known. */
bool people_find(struct people *people, const struct uuid *id, const char **ret_name,
		 const char **ret_email, bool *ret_is_unique);
/* By unique name, "Name <email>", "Name <id>", email or id. */
bool people_search(struct people *people, const char *text, struct uuid *ret_id);

#endif
