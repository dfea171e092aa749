#include "tools/sim/generate/row.h"

#include <stdio.h>

struct option {
	const char *id;
	const char *name;
	const char *color;
};

static const struct option stages[] = {
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c01", "Not started", "default"},
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c02", "In progress", "blue"},
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c03", "Done", "green"},
};
static const struct option tags[] = {
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c11", "Paper", "yellow"},
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c12", "Wood", "brown"},
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c13", "Glass", "blue"},
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c14", "Wool", "pink"},
};
static const char *const groups[3][3] = {
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c21", "To-do", "gray"},
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c22", "In progress", "blue"},
	{"3f1c2a70-9d0e-4c41-8a51-6b0f2f9a7c23", "Complete", "green"},
};

static json_t *schema_options(const struct option *options, size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:n}", "id", options[i].id,
						       "name", options[i].name, "color",
						       options[i].color, "description"));
	}
	return array;
}

static json_t *schema_entry(const char *id, const char *name, const char *type, json_t *config)
{
	return json_pack("{s:s, s:s, s:n, s:s, s:o}", "id", id, "name", name, "description", "type",
			 type, type, config);
}

/* In the order of the ids, the title last, as Notion has them. */
json_t *generate_schema(void)
{
	json_t *status_groups = json_array();
	for (size_t i = 0; i < 3; i++) {
		json_array_append_new(status_groups,
				      json_pack("{s:s, s:s, s:s, s:[s]}", "id", groups[i][0],
						"name", groups[i][1], "color", groups[i][2],
						"option_ids", stages[i].id));
	}
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o}", "Paid",
		schema_entry("Bq3w", "Paid", "checkbox", json_object()), "Due",
		schema_entry("F%3Dkd", "Due", "date", json_object()), "Amount",
		schema_entry("Kx7_", "Amount", "number", json_pack("{s:s}", "format", "euro")),
		"Stage",
		schema_entry("Qm2z", "Stage", "status",
			     json_pack("{s:o, s:o}", "options", schema_options(stages, 3), "groups",
				       status_groups)),
		"Tags",
		schema_entry("bT5y", "Tags", "multi_select",
			     json_pack("{s:o}", "options", schema_options(tags, 4))),
		"Name", schema_entry("title", "Name", "title", json_object()));
}

static json_t *value_of(const struct option *option)
{
	return json_pack("{s:s, s:s, s:s}", "id", option->id, "name", option->name, "color",
			 option->color);
}

json_t *generate_values(const struct generate_blocks *blocks, struct generate_random *random,
			json_t *name)
{
	char due[16];
	snprintf(due, sizeof due, "2025-%02u-%02u", 7 + generate_below(random, 6),
		 1 + generate_below(random, 28));
	json_t *chosen = json_array();
	unsigned first = generate_below(random, 4);
	for (unsigned i = generate_below(random, 3); i > 0; i--) {
		json_array_append_new(chosen, value_of(&tags[(first + i) % 4]));
	}
	int paid = (int)generate_below(random, 2);
	int amount = (int)generate_below(random, 5000);
	json_t *stage = value_of(&stages[generate_below(random, 3)]);
	return json_pack("{s:{s:s, s:s, s:b}, s:{s:s, s:s, s:{s:s, s:n, s:n}}, s:{s:s, s:s, s:i}, "
			 "s:{s:s, s:s, s:o}, s:{s:s, s:s, s:o}, s:{s:s, s:s, s:o}}",
			 "Paid", "id", "Bq3w", "type", "checkbox", "checkbox", paid, "Due", "id",
			 "F%3Dkd", "type", "date", "date", "start", due, "end", "time_zone",
			 "Amount", "id", "Kx7_", "type", "number", "number", amount, "Stage", "id",
			 "Qm2z", "type", "status", "status", stage, "Tags", "id", "bT5y", "type",
			 "multi_select", "multi_select", chosen, "Name", "id", "title", "type",
			 "title", "title", generate_run(blocks, name));
}
