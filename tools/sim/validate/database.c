/* POST and PATCH of databases and data sources: part of tools/sim/validate.h. */
#include "tools/sim/validate.h"
#include "tools/sim/validate/request.h"
#include "tools/sim/validate/schema.h"
#include "tools/sim/validate/value.h"

/* ── databases ── */

static const struct shape workspace = {.kind = SHAPE_TRUE};
static const struct field parents[] = {
	{"page_id", &shape_id, false},
	{"workspace", &workspace, false},
	{0},
};
static const char *const parent_words[] = {"page_id", "workspace", NULL};
static const struct shape parent_type = {.kind = SHAPE_WORD, .words = parent_words};

/* Here, other than with pages, the type has to be said. */
static void check_parent(struct validate_report *report, const json_t *parent)
{
	shape_check_key(report, parent, "type", &parent_type, true);
}

static const struct shape parent = {
	.kind = SHAPE_OBJECT, .variants = parents, .typed = true, .check = check_parent};

static const struct field initial_fields[] = {{"properties", &shape_schema, false}, {0}};
static const struct shape initial_data_source = {.kind = SHAPE_OBJECT, .fields = initial_fields};
static const struct field create_fields[] = {
	{"parent", &parent, true},
	{"title", &shape_rich_text, false},
	{"description", &shape_rich_text, false},
	{"is_inline", &shape_boolean, false},
	{"initial_data_source", &initial_data_source, false},
	{"icon", &shape_icon, false},
	{"cover", &shape_cover, false},
	{0},
};
static const struct shape create_body = {.kind = SHAPE_OBJECT, .fields = create_fields};
static const struct field update_fields[] = {
	{"parent", &parent, false},
	{"title", &shape_rich_text, false},
	{"description", &shape_rich_text, false},
	{"is_inline", &shape_boolean, false},
	{"icon", &shape_icon, false},
	{"cover", &shape_cover, false},
	{"in_trash", &shape_boolean, false},
	{"is_locked", &shape_boolean, false},
	{0},
};
static const struct shape update_body = {.kind = SHAPE_OBJECT, .fields = update_fields};

/* ── data sources ── */

static const struct field source_parents[] = {{"database_id", &shape_id, false}, {0}};
static const struct shape source_parent = {
	.kind = SHAPE_OBJECT, .variants = source_parents, .typed = true};
static const struct field source_create_fields[] = {
	{"parent", &source_parent, true},
	{"properties", &shape_schema, true},
	{"title", &shape_rich_text, false},
	{"icon", &shape_icon_or_null, false},
	{0},
};
static const struct shape source_create_body = {.kind = SHAPE_OBJECT,
						.fields = source_create_fields};
static const struct field source_update_fields[] = {
	{"title", &shape_rich_text, false},	     {"icon", &shape_icon_or_null, false},
	{"properties", &shape_schema_update, false}, {"in_trash", &shape_boolean, false},
	{"parent", &source_parent, false},	     {0},
};
static const struct shape source_update_body = {.kind = SHAPE_OBJECT,
						.fields = source_update_fields};

static int check(const json_t *body, size_t body_bytes, const struct shape *shape,
		 char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, body_bytes) == 0) {
		shape_check_object(&report, body, shape, NULL);
	}
	return report_finish(&report, ret_message);
}

int validate_database_create(const json_t *body, size_t body_bytes, char **ret_message)
{
	return check(body, body_bytes, &create_body, ret_message);
}

int validate_database_update(const json_t *body, size_t body_bytes, char **ret_message)
{
	return check(body, body_bytes, &update_body, ret_message);
}

int validate_data_source_create(const json_t *body, size_t body_bytes, char **ret_message)
{
	return check(body, body_bytes, &source_create_body, ret_message);
}

int validate_data_source_update(const json_t *body, size_t body_bytes, char **ret_message)
{
	return check(body, body_bytes, &source_update_body, ret_message);
}
