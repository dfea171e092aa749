#include "tools/filter_names.h"

#include <stdio.h>
#include <string.h>

/* A member of the id's entry; a string alone is the title and the stem. */
static const char *member_of(const json_t *entry, const char *member)
{
	if (json_is_string(entry)) {
		bool is_title = strcmp(member, "title") == 0 || strcmp(member, "stem") == 0;
		return is_title ? json_string_value(entry) : NULL;
	}
	return json_string_value(json_object_get(entry, member));
}

static const json_t *entry_of(const json_t *json, const struct uuid *id)
{
	char text[UUID_TEXT_BYTES];
	char bare[33];
	size_t len = 0;

	uuid_format(id, text);
	const json_t *entry = json_object_get(json, text);
	if (entry != NULL) {
		return entry;
	}
	for (const char *p = text; *p != '\0'; p++) {
		if (*p != '-') {
			bare[len++] = *p;
		}
	}
	bare[len] = '\0';
	return json_object_get(json, bare);
}

/* The id whose entry has `text` as one of the members; how many have it. */
static size_t find_id(const json_t *json, const char *const *members, const char *text, size_t len,
		      struct uuid *ret_id)
{
	const char *key;
	json_t *entry;
	size_t count = 0;

	json_object_foreach ((json_t *)json, key, entry) {
		bool is_found = false;
		for (size_t i = 0; members[i] != NULL && !is_found; i++) {
			const char *value = member_of(entry, members[i]);
			is_found = value != NULL && strlen(value) == len &&
				   memcmp(value, text, len) == 0;
		}
		if (is_found && uuid_parse(key, strlen(key), ret_id) == 0) {
			count++;
		}
	}
	return count;
}

static const char *title(void *json, const struct uuid *id)
{
	const json_t *entry = entry_of(json, id);
	const char *name = member_of(entry, "title");
	return name != NULL ? name : member_of(entry, "stem");
}

static const char *stem(void *json, const struct uuid *page)
{
	return member_of(entry_of(json, page), "stem");
}

static bool find_stem(void *json, const struct uuid *data_source, const char *text,
		      struct uuid *ret_page)
{
	static const char *const members[] = {"stem", "title", NULL};
	(void)data_source;
	return find_id(json, members, text, strlen(text), ret_page) == 1;
}

static bool user(void *json, const struct uuid *id, const char **ret_name, const char **ret_email,
		 bool *ret_is_unique)
{
	static const char *const members[] = {"user", NULL};
	const json_t *entry = entry_of(json, id);
	const char *name = member_of(entry, "user");
	struct uuid found;

	if (name == NULL) {
		return false;
	}
	*ret_name = name;
	*ret_email = member_of(entry, "email");
	*ret_is_unique = find_id(json, members, name, strlen(name), &found) == 1;
	return true;
}

static bool find_user(void *json, const char *text, struct uuid *ret_id)
{
	static const char *const members[] = {"user", "email", NULL};
	size_t len = strlen(text);
	const char *open = strrchr(text, '<');

	/* "Name <email>" or "Name <id>" */
	if (open != NULL && len > 0 && text[len - 1] == '>') {
		len -= (size_t)(open + 1 - text) + 1;
		text = open + 1;
	}
	return uuid_parse(text, len, ret_id) == 0 || find_id(json, members, text, len, ret_id) == 1;
}

static const char *asset(void *json, const struct asset *asset)
{
	const json_t *entry = entry_of(json, &asset->owner);
	const char *path = asset->place == ASSET_BLOCK ? member_of(entry, "asset") : NULL;
	return path != NULL ? path
			    : json_string_value(json_object_get(json_object_get(entry, "assets"),
								asset->url));
}

static const char *stored_file(void *json, const char *path)
{
	const char *id;
	const char *url;
	json_t *entry;
	json_t *shown;

	json_object_foreach ((json_t *)json, id, entry) {
		json_object_foreach (json_object_get(entry, "assets"), url, shown) {
			if (json_is_string(shown) && strcmp(json_string_value(shown), path) == 0) {
				return url;
			}
		}
	}
	return NULL;
}

static bool find_emoji(void *json, const char *name, size_t len, struct uuid *ret_id)
{
	static const char *const members[] = {"emoji", NULL};
	return find_id(json, members, name, len, ret_id) == 1;
}

void filter_names_init(struct names *names, json_t *json)
{
	*names = (struct names){
		.context = json,
		.title = title,
		.stem = stem,
		.find_stem = find_stem,
		.user = user,
		.find_user = find_user,
		.asset = asset,
		.stored_file = stored_file,
		.find_emoji = find_emoji,
	};
}
