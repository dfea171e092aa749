#include "cache/people.h"

#include <stdlib.h>
#include <string.h>

#include "cache/object.h"
#include "mapping/base/arena.h"
#include "mapping/base/cleanup.h"

#define PEOPLE_MAX_COUNT 20000

/* A renewed person is a new item: strings handed out stay valid. The last one of an id counts. */
struct person {
	struct uuid id;
	char *name;
	char *email; /* NULL = not known */
};

void people_init(struct people *people)
{
	*people = (struct people){.mutex = PTHREAD_MUTEX_INITIALIZER};
}

void people_release(struct people *people)
{
	for (size_t i = 0; i < people->count; i++) {
		free(people->items[i].name);
		free(people->items[i].email);
	}
	free(people->items);
	people->items = NULL;
	people->count = 0;
}

static struct person *find_locked(struct people *people, const struct uuid *id)
{
	for (size_t i = people->count; i > 0; i--) {
		if (uuid_equal(&people->items[i - 1].id, id)) {
			return &people->items[i - 1];
		}
	}
	return NULL;
}

void people_add(struct people *people, const json_t *user)
{
	struct person person = {0};
	const char *email = json_get_text(json_object_get(user, "person"), "email");
	const char *name = json_get_text(user, "name");
	if (!json_get_id(user, NULL, &person.id) || *name == '\0') {
		return;
	}
	LOCK_SCOPE(&people->mutex);
	const struct person *known = find_locked(people, &person.id);
	if (known != NULL && strcmp(known->name, name) == 0 &&
	    (*email == '\0' || (known->email != NULL && strcmp(known->email, email) == 0))) {
		return;
	}
	if (people->count == PEOPLE_MAX_COUNT) {
		return;
	}
	struct person *items = realloc(people->items, (people->count + 1) * sizeof *items);
	person.name = strdup(name);
	person.email = *email == '\0' ? NULL : strdup(email);
	if (items == NULL || person.name == NULL) {
		abort();
	}
	people->items = items;
	items[people->count++] = person;
}

/* How many different people bear this name? */
static size_t bearers_locked(struct people *people, const char *name, size_t len,
			     struct uuid *ret_id)
{
	size_t count = 0;
	for (size_t i = people->count; i > 0; i--) {
		const struct person *person = &people->items[i - 1];
		if (strlen(person->name) == len && memcmp(person->name, name, len) == 0 &&
		    find_locked(people, &person->id) == person) {
			*ret_id = person->id;
			count++;
		}
	}
	return count;
}

bool people_find(struct people *people, const struct uuid *id, const char **ret_name,
		 const char **ret_email, bool *ret_is_unique)
{
	struct uuid other;
	LOCK_SCOPE(&people->mutex);
	const struct person *person = find_locked(people, id);
	if (person == NULL) {
		return false;
	}
	*ret_name = person->name;
	*ret_email = person->email;
	*ret_is_unique = bearers_locked(people, person->name, strlen(person->name), &other) == 1;
	return true;
}

static bool by_email_locked(struct people *people, const char *email, size_t len,
			    struct uuid *ret_id)
{
	for (size_t i = people->count; i > 0; i--) {
		const struct person *person = &people->items[i - 1];
		if (person->email != NULL && strlen(person->email) == len &&
		    strncasecmp(person->email, email, len) == 0) {
			*ret_id = person->id;
			return true;
		}
	}
	return false;
}

bool people_search(struct people *people, const char *text, struct uuid *ret_id)
{
	size_t len = strlen(text);
	LOCK_SCOPE(&people->mutex);
	if (bearers_locked(people, text, len, ret_id) == 1) {
		return true;
	}
	const char *open = strrchr(text, '<');
	if (open != NULL && len > 0 && text[len - 1] == '>') {
		text = open + 1;
		len = strlen(text) - 1;
	}
	return uuid_parse(text, len, ret_id) == 0 || by_email_locked(people, text, len, ret_id);
}
