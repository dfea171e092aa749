#include <string.h>

#include "tools/sim/endpoint.h"
#include "tools/sim/filter.h"
#include "tools/sim/object.h"
#include "tools/sim/pages.h"
#include "tools/sim/validate.h"

#define QUERY_ROWS_MAX 10000
#define SORTS_MAX 8

/* ── order ── */

struct row {
	json_t *page;
	size_t position; /* in the workspace: later ones were created later */
	struct {
		char *text;
		double number;
		bool is_empty;
	} keys[SORTS_MAX];
};

struct order {
	size_t count;
	bool descending[SORTS_MAX];
};

static int compare_rows(const void *left, const void *right, void *context)
{
	const struct row *a = left;
	const struct row *b = right;
	const struct order *order = context;
	for (size_t i = 0; i < order->count; i++) {
		if (a->keys[i].is_empty != b->keys[i].is_empty) {
			return a->keys[i].is_empty ? 1 : -1; /* empty values last, always */
		}
		int result = 0;
		if (a->keys[i].text != NULL && b->keys[i].text != NULL) {
			result = strcasecmp(a->keys[i].text, b->keys[i].text);
		} else if (a->keys[i].number != b->keys[i].number) {
			result = a->keys[i].number < b->keys[i].number ? -1 : 1;
		}
		if (result != 0) {
			return order->descending[i] ? -result : result;
		}
	}
	int created = strcmp(json_string_value(json_object_get(a->page, "created_time")),
			     json_string_value(json_object_get(b->page, "created_time")));
	if (created != 0) {
		return -created;
	}
	return a->position > b->position ? -1 : a->position < b->position;
}

/* The place of an option in the schema: selects sort by it, not by name. */
static double option_rank(const json_t *schema, const json_t *property, const json_t *option)
{
	const char *type = json_string_value(json_object_get(property, "type"));
	const char *id = json_string_value(json_object_get(property, "id"));
	const char *wanted = json_string_value(json_object_get(option, "id"));
	const char *name;
	json_t *entry;
	json_object_foreach ((json_t *)schema, name, entry) {
		if (strcmp(json_string_value(json_object_get(entry, "id")), id) != 0) {
			continue;
		}
		size_t index;
		const json_t *known;
		json_array_foreach (json_object_get(json_object_get(entry, type), "options"), index,
				    known) {
			const char *known_id = json_string_value(json_object_get(known, "id"));
			if (known_id != NULL && wanted != NULL && strcmp(known_id, wanted) == 0) {
				return (double)index;
			}
		}
	}
	return 0;
}

static void fill_key(struct row *row, size_t slot, const json_t *schema, const json_t *sort)
{
	const char *timestamp = json_string_value(json_object_get(sort, "timestamp"));
	if (timestamp != NULL) {
		row->keys[slot].text =
			strdup(json_string_value(json_object_get(row->page, timestamp)));
		return;
	}
	const json_t *property =
		filter_find_property(json_object_get(row->page, "properties"),
				     json_string_value(json_object_get(sort, "property")));
	const char *type = json_string_value(json_object_get(property, "type"));
	const json_t *value = type == NULL ? NULL : json_object_get(property, type);
	if (json_is_string(value)) {
		row->keys[slot].text = strdup(json_string_value(value));
	} else if (json_is_number(value)) {
		row->keys[slot].number = json_number_value(value);
	} else if (json_is_boolean(value)) {
		row->keys[slot].number = json_is_true(value);
	} else if (json_object_get(value, "start") != NULL) {
		row->keys[slot].text = strdup(json_string_value(json_object_get(value, "start")));
	} else if (json_object_get(value, "color") != NULL) {
		row->keys[slot].number = option_rank(schema, property, value);
	} else if (json_is_number(json_object_get(value, "number"))) {
		row->keys[slot].number = json_number_value(json_object_get(value, "number"));
	} else if (json_is_array(value) && json_array_size(value) > 0) {
		row->keys[slot].text = object_plain_text(value);
	} else {
		row->keys[slot].is_empty = true;
	}
}

/* ── the query ── */

static bool read_order(const json_t *schema, const json_t *sorts, struct answer *answer,
		       struct order *order)
{
	size_t index;
	const json_t *sort;
	*order = (struct order){.count = json_array_size(sorts)};
	if (order->count > SORTS_MAX) {
		answer_refuse(answer,
			      "body failed validation: body.sorts.length should be ≤ `%d`, "
			      "instead was `%zu`.",
			      SORTS_MAX, order->count);
		return false;
	}
	json_array_foreach (sorts, index, sort) {
		const char *name = json_string_value(json_object_get(sort, "property"));
		const char *direction = json_string_value(json_object_get(sort, "direction"));
		order->descending[index] =
			direction != NULL && strcmp(direction, "descending") == 0;
		if (name != NULL && filter_find_property(schema, name) == NULL) {
			answer_refuse(answer, "Could not find sort property with name or id: %s",
				      name);
			return false;
		}
	}
	return true;
}

static bool is_candidate(const struct workspace *workspace, const json_t *page,
			 const char *data_source_id, bool archived)
{
	const char *parent = json_string_value(
		json_object_get(json_object_get(page, "parent"), "data_source_id"));
	return parent != NULL && strcmp(parent, data_source_id) == 0 &&
	       workspace_is_shared(
		       workspace,
		       workspace_find(workspace, json_string_value(json_object_get(page, "id")))) &&
	       !json_is_true(json_object_get(page, "in_trash")) &&
	       json_is_true(json_object_get(page, "is_archived")) == archived;
}

static void answer_rows(struct sim *sim, const struct request *request, const char *id,
			const struct row *rows, size_t count, struct answer *answer)
{
	struct list_window window = endpoint_body_window(sim, request->body);
	const json_t *limit = json_object_get(sim->workspace.config, "query_result_limit");
	size_t max = limit != NULL ? (size_t)json_integer_value(limit) : QUERY_ROWS_MAX;
	bool is_cut = count > max;
	size_t index = 0;
	if (window.cursor != NULL) {
		const char *row_id = strrchr(window.cursor, ':');
		while (index < count &&
		       (row_id == NULL ||
			strcmp(json_string_value(json_object_get(rows[index].page, "id")),
			       row_id + 1) != 0)) {
			index++;
		}
		if (strncmp(window.cursor, "s:", 2) != 0 || index == count) {
			endpoint_refuse_cursor(answer, window.cursor);
			return;
		}
	}
	json_t *results = json_array();
	size_t end = is_cut ? max : count;
	for (; index < end && json_array_size(results) < window.page_size; index++) {
		const char *row_id = json_string_value(json_object_get(rows[index].page, "id"));
		json_t *page = object_page(sim, workspace_find(&sim->workspace, row_id));
		pages_filter_properties(page, request);
		(void)json_array_append_new(results, page);
	}
	CLEANUP(free) char *next_cursor = NULL;
	if (index < end &&
	    asprintf(&next_cursor, "s:%s:%s", id,
		     json_string_value(json_object_get(rows[index].page, "id"))) < 0) {
		abort();
	}
	json_t *list = answer_list(results, next_cursor, "page_or_data_source");
	if (is_cut) {
		(void)json_object_set_new(list, "request_status",
					  json_pack("{s:s, s:s}", "type", "incomplete",
						    "incomplete_reason",
						    "query_result_limit_reached"));
	}
	answer_ok(answer, list);
}

void data_sources_query(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "data_source_id", OBJECT_DATA_SOURCE, answer);
	char *message = NULL;
	if (record == NULL) {
		return;
	}
	if (validate_query(request->body, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	const json_t *schema = json_object_get(record->data_source, "properties");
	const char *id = json_string_value(json_object_get(record->data_source, "id"));
	const json_t *sorts = json_object_get(request->body, "sorts");
	struct order order;
	const json_t *filter = json_object_get(request->body, "filter");
	if (!read_order(schema, sorts, answer, &order) || filter_refuses(schema, filter, answer)) {
		return;
	}
	bool archived = json_is_true(json_object_get(request->body, "is_archived"));
	CLEANUP(free)
	struct row *rows = calloc(json_array_size(sim->workspace.pages) + 1, sizeof(*rows));
	size_t count = 0;
	size_t index;
	json_t *page;
	json_array_foreach (sim->workspace.pages, index, page) {
		if (is_candidate(&sim->workspace, page, id, archived) &&
		    filter_passes(sim, page, filter)) {
			rows[count] = (struct row){.page = page, .position = index};
			for (size_t i = 0; i < order.count; i++) {
				fill_key(&rows[count], i, schema, json_array_get(sorts, i));
			}
			count++;
		}
	}
	qsort_r(rows, count, sizeof(*rows), compare_rows, &order);
	answer_rows(sim, request, id, rows, count, answer);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < order.count; j++) {
			free(rows[i].keys[j].text);
		}
	}
}
