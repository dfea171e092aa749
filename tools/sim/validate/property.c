#include "tools/sim/validate/property.h"

#include <string.h>

#include "tools/sim/validate.h"
#include "tools/sim/validate/value.h"

#define EMAIL_MAX 200
#define PHONE_MAX 200
#define URL_MAX 2000
#define OPTION_NAME_MAX 100

/* options */

static const char *const option_colors[] = {"default", "gray",	"brown", "orange",
					    "yellow",  "green", "blue",	 "purple",
					    "pink",    "red",	NULL};
static const struct shape option_color = {.kind = SHAPE_WORD, .words = option_colors};
static const struct shape option_name = {.kind = SHAPE_STRING, .min = 1, .max = OPTION_NAME_MAX};
static const struct shape option_description = {.kind = SHAPE_STRING, .nullable = true};
static const struct field option_fields[] = {
	{"id", &shape_string, false},
	{"name", &option_name, false},
	{"color", &option_color, false},
	{"description", &option_description, false},
	{0},
};

/* An option is named by one of the two. */
static void check_option(struct validate_report *report, const json_t *option)
{
	static const char *const keys[] = {"id", "name"};
	if (json_object_get(option, "id") != NULL || json_object_get(option, "name") != NULL) {
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		size_t mark = report_enter_key(report, keys[i]);
		report_expected(report, "defined", NULL);
		report_leave(report, mark);
	}
}

static const struct shape option = {
	.kind = SHAPE_OBJECT, .fields = option_fields, .check = check_option};
static const struct shape option_or_null = {
	.kind = SHAPE_OBJECT, .fields = option_fields, .nullable = true, .check = check_option};
static const struct shape options = {.kind = SHAPE_ARRAY, .max = VALUE_ITEMS_MAX, .items = &option};

/* single values */

static const struct shape number = {.kind = SHAPE_NUMBER};
static const struct shape number_or_null = {.kind = SHAPE_NUMBER, .nullable = true};
static const struct shape string_or_null = {.kind = SHAPE_STRING, .nullable = true};
static const struct shape url = {.kind = SHAPE_STRING, .nullable = true, .min = 1, .max = URL_MAX};
static const struct shape email = {
	.kind = SHAPE_STRING, .nullable = true, .min = 1, .max = EMAIL_MAX};
static const struct shape phone_number = {
	.kind = SHAPE_STRING, .nullable = true, .min = 1, .max = PHONE_MAX};

static const struct field place_fields[] = {
	{"lat", &number, true},
	{"lon", &number, true},
	{"name", &string_or_null, false},
	{"address", &string_or_null, false},
	{"aws_place_id", &string_or_null, false},
	{"google_place_id", &string_or_null, false},
	{0},
};
static const struct shape place = {.kind = SHAPE_OBJECT, .fields = place_fields, .nullable = true};

static const char *const verification_states[] = {"verified", "unverified", NULL};
static const struct shape verification_state = {.kind = SHAPE_WORD, .words = verification_states};
static const struct field verification_fields[] = {
	{"state", &verification_state, true},
	{"date", &shape_date, false},
	{0},
};
static const struct shape verification = {.kind = SHAPE_OBJECT, .fields = verification_fields};

/* people, relations, files */

static const char *const person_words[] = {"user", "group", NULL};
static const struct shape person_object = {.kind = SHAPE_WORD, .words = person_words};
static const struct field person_fields[] = {
	{"id", &shape_id, true},
	{"object", &person_object, false},
	{"name", &string_or_null, false},
	{0},
};
static const struct shape person = {.kind = SHAPE_OBJECT, .fields = person_fields};
static const struct shape people = {.kind = SHAPE_ARRAY, .max = VALUE_ITEMS_MAX, .items = &person};
static const struct shape relation = {
	.kind = SHAPE_ARRAY, .max = VALUE_ITEMS_MAX, .items = &shape_has_id};

static const struct shape external_url = {.kind = SHAPE_URL, .complaint = "Invalid file url."};
static const struct field external_fields[] = {{"url", &external_url, true}, {0}};
static const struct shape external = {.kind = SHAPE_OBJECT, .fields = external_fields};
static const struct field hosted_fields[] = {
	{"url", &shape_string, true},
	{"expiry_time", &shape_string, false},
	{0},
};
static const struct shape hosted = {.kind = SHAPE_OBJECT, .fields = hosted_fields};
static const struct field file_variants[] = {
	{"file", &hosted, false},
	{"external", &external, false},
	{"file_upload", &shape_file_upload, false},
	{0},
};
static const struct field file_fields[] = {{"name", &shape_string, false}, {0}};

/* Only an upload knows its name. */
static void check_file_name(struct validate_report *report, const json_t *file)
{
	if (json_object_get(file, "file_upload") == NULL) {
		shape_check_key(report, file, "name", &shape_string, true);
	}
}

static const struct shape file = {.kind = SHAPE_OBJECT,
				  .fields = file_fields,
				  .variants = file_variants,
				  .typed = true,
				  .check = check_file_name};
static const struct shape files = {.kind = SHAPE_ARRAY, .max = VALUE_ITEMS_MAX, .items = &file};

/* What isn't here can't be written: rollup, formula, created_time and the like. */
static const struct field value_types[] = {
	{"title", &shape_rich_text, false},
	{"rich_text", &shape_rich_text, false},
	{"number", &number_or_null, false},
	{"url", &url, false},
	{"select", &option_or_null, false},
	{"multi_select", &options, false},
	{"people", &people, false},
	{"email", &email, false},
	{"phone_number", &phone_number, false},
	{"date", &shape_date_or_null, false},
	{"checkbox", &shape_boolean, false},
	{"relation", &relation, false},
	{"files", &files, false},
	{"status", &option_or_null, false},
	{"place", &place, false},
	{"verification", &verification, false},
	{0},
};
static const struct shape value = {.kind = SHAPE_OBJECT, .variants = value_types, .typed = true};
const struct shape shape_properties = {.kind = SHAPE_MAP, .items = &value};

/* the schema */

/* By name, by id, or by "title", which is the id of every title. */
static const json_t *find_property(const json_t *schema, const char *name)
{
	const json_t *property = json_object_get(schema, name);
	const char *key;
	json_t *candidate;
	if (property != NULL) {
		return property;
	}
	json_object_foreach ((json_t *)schema, key, candidate) {
		const char *id = json_string_value(json_object_get(candidate, "id"));
		if (id != NULL && strcmp(id, name) == 0) {
			return candidate;
		}
	}
	return NULL;
}

/* The type a value was written as. */
static const char *written_type(const json_t *written)
{
	for (const struct field *type = value_types; type->key != NULL; type++) {
		if (json_object_get(written, type->key) != NULL) {
			return type->key;
		}
	}
	return "";
}

static void begin_sentence(struct buf *complaints)
{
	if (complaints->len > 0) {
		buf_putc(complaints, ' ');
	}
}

static bool has_option(const json_t *property, const char *type, const char *key, const char *text)
{
	const json_t *known = json_object_get(json_object_get(property, type), "options");
	size_t i;
	json_t *candidate;
	json_array_foreach ((json_t *)known, i, candidate) {
		const char *mine = json_string_value(json_object_get(candidate, key));
		if (mine != NULL && strcmp(mine, text) == 0) {
			return true;
		}
	}
	return false;
}

static void check_status(struct buf *complaints, const json_t *property, const json_t *status)
{
	const char *id = json_string_value(json_object_get(status, "id"));
	const char *name = json_string_value(json_object_get(status, "name"));
	const char *key = id != NULL ? "id" : "name";
	const char *text = id != NULL ? id : name;
	if (text != NULL && !has_option(property, "status", key, text)) {
		begin_sentence(complaints);
		buf_printf(complaints,
			   "Invalid status option. Status option \"%s\" does not exist.", text);
	}
}

static void check_option_known(struct buf *complaints, const json_t *property, const char *type,
			       const json_t *chosen)
{
	const char *id = json_string_value(json_object_get(chosen, "id"));
	const char *name = json_string_value(json_object_get(chosen, "name"));
	if (name != NULL && strchr(name, ',') != NULL) {
		begin_sentence(complaints);
		buf_printf(complaints, "Invalid select option, commas not allowed: %s", name);
	} else if (id != NULL && name == NULL && !has_option(property, type, "id", id)) {
		begin_sentence(complaints);
		buf_printf(complaints, "Select option with ID \"%s\" does not exist.", id);
	}
}

static void check_against(struct buf *complaints, const char *name, const json_t *property,
			  const json_t *written)
{
	const char *type = written_type(written);
	const char *expected = json_string_value(json_object_get(property, "type"));
	const json_t *payload = json_object_get(written, type);
	if (expected == NULL || strcmp(type, expected) != 0) {
		begin_sentence(complaints);
		buf_printf(complaints, "%s is expected to be %s.", name,
			   expected == NULL ? "another type" : expected);
	} else if (strcmp(type, "status") == 0) {
		check_status(complaints, property, payload);
	} else if (strcmp(type, "select") == 0) {
		check_option_known(complaints, property, type, payload);
	} else if (strcmp(type, "multi_select") == 0) {
		size_t i;
		json_t *chosen;
		json_array_foreach ((json_t *)payload, i, chosen) {
			check_option_known(complaints, property, type, chosen);
		}
	}
}

int validate_property_values(const json_t *properties, const json_t *schema, char **ret_message)
{
	struct validate_report report;
	report_init(&report, "body");
	size_t mark = report_enter_key(&report, "properties");
	shape_check(&report, properties, &shape_properties, false);
	report_leave(&report, mark);
	int status = report_finish(&report, ret_message);
	if (status != 0) {
		return status;
	}

	struct buf complaints;
	buf_init(&complaints, BUF_PAGE_MAX_BYTES);
	json_t *title_only = schema == NULL ? json_pack("{s:{s:s, s:s}}", "title", "id", "title",
							"type", "title")
					    : NULL;
	const json_t *known = schema == NULL ? title_only : schema;
	const char *name;
	json_t *written;
	json_object_foreach ((json_t *)properties, name, written) {
		const json_t *property = find_property(known, name);
		if (property == NULL) {
			begin_sentence(&complaints);
			buf_printf(&complaints, "%s is not a property that exists.", name);
		} else {
			check_against(&complaints, name, property, written);
		}
	}
	if (complaints.len > 0) {
		status = report_message(ret_message, "%s", complaints.data);
	}
	json_decref(title_only);
	buf_release(&complaints);
	return status;
}
