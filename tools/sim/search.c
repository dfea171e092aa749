#include <ctype.h>
#include <string.h>

#include "mapping/base/clock.h"
#include "tools/sim/endpoint.h"
#include "tools/sim/object.h"
#include "tools/sim/validate.h"

/* What may be a hit, once it is its turn: of many objects an answer looks at a hundred. */
struct hit {
	const json_t *object;
	int64_t edited_ms;
	size_t position;
};

struct search_terms {
	const char *query; /* these may be NULL: any */
	const char *object;
	const json_t *in_trash;
	const char *rows; /* "all", "partly", "none" */
	int64_t now_ms;
};

static int compare_hits(const void *left, const void *right, void *context)
{
	const struct hit *a = left;
	const struct hit *b = right;
	int result = (b->edited_ms > a->edited_ms) - (b->edited_ms < a->edited_ms);
	if (result == 0) {
		result = a->position > b->position ? -1 : a->position < b->position;
	}
	return *(const bool *)context ? -result : result;
}

/* Fuzzy as the index is: one word of the query in the title is enough. */
static bool matches_title(const char *title, const char *query)
{
	CLEANUP(free) char *words = strdup(query);
	char *rest = words;
	char *word;
	bool any_word = false;
	while ((word = strsep(&rest, " \t\n")) != NULL) {
		if (*word == '\0') {
			continue;
		}
		any_word = true;
		if (strcasestr(title, word) != NULL) {
			return true;
		}
	}
	return !any_word;
}

/* Rows are often missing from the index; which ones depends on the id alone. */
static bool hides_row(const struct record *record, const char *rows)
{
	if (json_object_get(json_object_get(record->page, "parent"), "data_source_id") == NULL ||
	    strcmp(rows, "all") == 0) {
		return false;
	}
	return strcmp(rows, "none") == 0 || record->id.bytes[15] % 2 == 1;
}

static bool matches(const struct workspace *workspace, const struct record *record,
		    const struct search_terms *terms)
{
	bool is_page = record->page != NULL;
	bool in_trash = workspace_is_trashed(workspace, record);
	if (terms->object != NULL && strcmp(terms->object, is_page ? "page" : "data_source") != 0) {
		return false;
	}
	if (terms->in_trash != NULL ? in_trash != json_is_true(terms->in_trash)
				    : is_page && in_trash) {
		return false;
	}
	if (record->searchable_ms > terms->now_ms || !workspace_is_shared(workspace, record) ||
	    (is_page && hides_row(record, terms->rows))) {
		return false;
	}
	if (terms->query == NULL) {
		return true;
	}
	CLEANUP(free)
	char *title = object_plain_text(is_page ? object_page_title(record->page)
						: json_object_get(record->data_source, "title"));
	return matches_title(title, terms->query);
}

static size_t collect(const json_t *objects, struct hit *hits, size_t count)
{
	size_t index;
	const json_t *object;
	json_array_foreach (objects, index, object) {
		struct hit *hit = &hits[count];
		*hit = (struct hit){.object = object, .position = count};
		(void)clock_parse_iso(
			json_string_value(json_object_get(object, "last_edited_time")),
			&hit->edited_ms);
		count++;
	}
	return count;
}

static json_t *make_hit(struct sim *sim, const struct record *record)
{
	return record->page != NULL ? object_page(sim, record) : object_data_source(sim, record);
}

/* The next hit from `*index` on, or NULL; `*index` is past it then. */
static const struct record *next_hit(struct sim *sim, const struct hit *hits, size_t count,
				     const struct search_terms *terms, size_t *index)
{
	while (*index < count) {
		const json_t *object = hits[(*index)++].object;
		const struct record *record = workspace_find(
			&sim->workspace, json_string_value(json_object_get(object, "id")));
		if (matches(&sim->workspace, record, terms)) {
			return record;
		}
	}
	return NULL;
}

static void answer_hits(struct sim *sim, const struct request *request, const struct hit *hits,
			size_t count, const struct search_terms *terms, struct answer *answer)
{
	struct list_window window = endpoint_body_window(sim, request->body);
	size_t index = 0;
	char id[UUID_TEXT_BYTES];
	const struct record *record;
	if (window.cursor != NULL) {
		while (index < count &&
		       strcmp(json_string_value(json_object_get(hits[index].object, "id")),
			      window.cursor) != 0) {
			index++;
		}
		size_t at = index;
		record = next_hit(sim, hits, count, terms, &at);
		if (record == NULL || at != index + 1) {
			endpoint_refuse_cursor(answer, window.cursor);
			return;
		}
	}
	json_t *results = json_array();
	while ((record = next_hit(sim, hits, count, terms, &index)) != NULL &&
	       json_array_size(results) < window.page_size) {
		(void)json_array_append_new(results, make_hit(sim, record));
	}
	if (record != NULL) {
		uuid_format(&record->id, id);
	}
	answer_ok(answer, answer_list(results, record != NULL ? id : NULL, "page_or_data_source"));
}

void search_run(struct sim *sim, const struct request *request, struct answer *answer)
{
	char *message = NULL;
	if (validate_search(request->body, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	const json_t *filter = json_object_get(request->body, "filter");
	const json_t *sort = json_object_get(request->body, "sort");
	const char *direction = json_string_value(json_object_get(sort, "direction"));
	bool ascending = direction != NULL && strcmp(direction, "ascending") == 0;
	struct search_terms terms = {
		.query = json_string_value(json_object_get(request->body, "query")),
		.object = json_string_value(json_object_get(filter, "value")),
		.in_trash = json_object_get(filter, "in_trash"),
		.rows = workspace_config_string(&sim->workspace, "search_rows", "partly"),
		.now_ms = sim_clock_now_ms(&sim->clock),
	};
	const struct workspace *workspace = &sim->workspace;
	CLEANUP(free)
	struct hit *hits = calloc(json_array_size(workspace->pages) +
					  json_array_size(workspace->data_sources) + 1,
				  sizeof(*hits));
	size_t count = collect(workspace->data_sources, hits, 0);
	count = collect(workspace->pages, hits, count);
	qsort_r(hits, count, sizeof(*hits), compare_hits, &ascending);
	answer_hits(sim, request, hits, count, &terms, answer);
}
