#include "cache/asset_json.h"

#include <string.h>

#include "cache/object.h"
#include "mapping/base/clock.h"

struct visitor {
	stored_file_visit *visit;
	void *context;
	struct stored_file file; /* the owner's part of it is filled */
};

/* {"type":"file","file":{"url","expiry_time"}}, or something else. */
static void look_at(struct visitor *visitor, const json_t *value)
{
	const json_t *file = json_object_get(value, "file");
	const char *url = json_string_value(json_object_get(file, "url"));
	if (url == NULL || strcmp(json_get_text(value, "type"), "file") != 0) {
		return;
	}
	struct stored_file found = visitor->file;
	found.url = url;
	found.bare_len = strcspn(url, "?");
	(void)clock_parse_iso(json_get_text(file, "expiry_time"), &found.expires_ms);
	visitor->visit(visitor->context, &found);
}

static bool begin(struct visitor *visitor, const json_t *owner)
{
	(void)clock_parse_iso(json_get_text(owner, "last_edited_time"), &visitor->file.edited_ms);
	return json_get_id(owner, NULL, &visitor->file.owner);
}

void stored_files_of_block(const json_t *block, stored_file_visit *visit, void *context)
{
	struct visitor visitor = {.visit = visit, .context = context};
	const json_t *payload = json_object_get(block, json_get_text(block, "type"));
	if (begin(&visitor, block)) {
		look_at(&visitor, payload);
		look_at(&visitor, json_object_get(payload, "icon"));
	}
}

void stored_files_of_blocks(const json_t *blocks, stored_file_visit *visit, void *context)
{
	size_t i;
	json_t *block;
	json_array_foreach (blocks, i, block) {
		stored_files_of_block(block, visit, context);
		stored_files_of_blocks(json_object_get(block, "children"), visit, context);
	}
}

void stored_files_of_page(const json_t *page, stored_file_visit *visit, void *context)
{
	struct visitor visitor = {.visit = visit, .context = context};
	const char *name;
	json_t *property;
	if (!begin(&visitor, page)) {
		return;
	}
	look_at(&visitor, json_object_get(page, "icon"));
	look_at(&visitor, json_object_get(page, "cover"));
	json_object_foreach (json_object_get(page, "properties"), name, property) {
		size_t i;
		json_t *item;
		json_array_foreach (json_object_get(property, "files"), i, item) {
			look_at(&visitor, item);
		}
	}
}
