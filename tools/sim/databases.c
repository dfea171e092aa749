#include <string.h>

#include "tools/sim/endpoint.h"
#include "tools/sim/object.h"

void databases_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "database_id", OBJECT_DATABASE, answer);
	if (record == NULL) {
		return;
	}
	bool is_linked = json_array_size(json_object_get(record->database, "data_sources")) == 0;
	if (is_linked &&
	    strcmp(workspace_config_string(&sim->workspace, "linked_databases", "empty"),
		   "error") == 0) {
		answer_refuse(answer,
			      "Database with ID %s does not contain any data sources accessible by "
			      "this API bot.",
			      json_string_value(json_object_get(record->database, "id")));
		return;
	}
	answer_ok(answer, object_database(sim, record));
}

void data_sources_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "data_source_id", OBJECT_DATA_SOURCE, answer);
	if (record != NULL) {
		answer_ok(answer, object_data_source(sim, record));
	}
}
