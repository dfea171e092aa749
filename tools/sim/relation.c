#include "tools/sim/relation.h"

#include <string.h>

#include "tools/sim/object.h"

static size_t find_id(const json_t *list, const char *id)
{
	return workspace_child_index(list, id);
}

/* The relation of `page` whose property id is `property_id`. */
static json_t *find_relation(const json_t *page, const char *property_id)
{
	char wanted[64];
	object_decode_property_id(property_id, wanted, sizeof wanted);
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(page, "properties"), name, property) {
		char id[64];
		const char *encoded = json_string_value(json_object_get(property, "id"));
		object_decode_property_id(encoded != NULL ? encoded : "", id, sizeof id);
		if (strcmp(id, wanted) == 0) {
			return json_object_get(property, "relation");
		}
	}
	return NULL;
}

/* Makes the pages of `list` that are not in `other` name `page` on their side, or forget it. */
static void mirror(struct workspace *workspace, const json_t *list, const json_t *other,
		   const char *property_id, const char *page_id, bool is_added)
{
	size_t index;
	const json_t *item;
	json_array_foreach (list, index, item) {
		const char *id = json_string_value(json_object_get(item, "id"));
		if (find_id(other, id) < json_array_size(other)) {
			continue;
		}
		const struct record *record = workspace_find(workspace, id);
		json_t *side = record == NULL ? NULL : find_relation(record->page, property_id);
		size_t place = find_id(side, page_id);
		if (side != NULL && is_added && place == json_array_size(side)) {
			(void)json_array_append_new(side, json_pack("{s:s}", "id", page_id));
		} else if (side != NULL && !is_added) {
			(void)json_array_remove(side, place);
		}
	}
}

json_t *relation_keep(struct workspace *workspace, json_t *page, const json_t *entry,
		      const json_t *given)
{
	json_t *kept = json_array();
	size_t index;
	const json_t *item;
	json_array_foreach (given, index, item) {
		const char *id = json_string_value(json_object_get(item, "id"));
		struct uuid uuid = {{0}};
		char dashed[UUID_TEXT_BYTES];
		(void)!uuid_parse(id, strlen(id), &uuid);
		uuid_format(&uuid, dashed);
		if (find_id(kept, dashed) == json_array_size(kept)) {
			(void)json_array_append_new(kept, json_pack("{s:s}", "id", dashed));
		}
	}
	const json_t *config = json_object_get(entry, "relation");
	const char *synced = json_string_value(
		json_object_get(json_object_get(config, "dual_property"), "synced_property_id"));
	if (synced != NULL) {
		const char *page_id = json_string_value(json_object_get(page, "id"));
		json_t *before = json_incref(
			find_relation(page, json_string_value(json_object_get(entry, "id"))));
		mirror(workspace, kept, before, synced, page_id, true);
		mirror(workspace, before, kept, synced, page_id, false);
		json_decref(before);
	}
	return kept;
}
