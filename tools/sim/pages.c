#include <string.h>

#include "tools/sim/endpoint.h"
#include "tools/sim/object.h"
#include "tools/sim/pages.h"

void pages_filter_properties(json_t *page, const struct request *request)
{
	const json_t *wanted = json_object_get(request->query, "filter_properties");
	if (json_array_size(wanted) == 0) {
		return;
	}
	json_t *kept = json_object();
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(page, "properties"), name, property) {
		const char *encoded = json_string_value(json_object_get(property, "id"));
		char id[64];
		object_decode_property_id(encoded, id, sizeof id);
		size_t index;
		const json_t *item;
		json_array_foreach (wanted, index, item) {
			const char *text = json_string_value(item);
			if (strcmp(text, name) == 0 || strcmp(text, id) == 0 ||
			    strcmp(text, encoded) == 0) {
				(void)json_object_set(kept, name, property);
			}
		}
	}
	(void)json_object_set_new(page, "properties", kept);
}

void pages_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "page_id", OBJECT_PAGE, answer);
	if (record != NULL) {
		json_t *page = object_page(sim, record);
		pages_filter_properties(page, request);
		answer_ok(answer, page);
	}
}
