#include "tools/sim/filter.h"

#include <string.h>

#include "mapping/base/clock.h"
#include "tools/sim/filter_date.h"
#include "tools/sim/object.h"
#include "tools/sim/users.h"

/* ── finding ── */

const json_t *filter_find_property(const json_t *properties, const char *name_or_id)
{
	const char *name;
	json_t *property;
	json_object_foreach ((json_t *)properties, name, property) {
		const char *encoded = json_string_value(json_object_get(property, "id"));
		char id[64];
		object_decode_property_id(encoded != NULL ? encoded : "", id, sizeof id);
		if (strcmp(name, name_or_id) == 0 || strcmp(id, name_or_id) == 0 ||
		    (encoded != NULL && strcmp(encoded, name_or_id) == 0)) {
			return property;
		}
	}
	return NULL;
}

/* The key with the condition of a property filter: the type it is for. */
static const char *condition_type(const json_t *filter)
{
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)filter, key, value) {
		if (json_is_object(value)) {
			return key;
		}
	}
	return "";
}

/* ── what is refused ── */

static bool refuses_dates(const json_t *condition, struct answer *answer)
{
	static const char *const operators[] = {"equals", "before", "after", "on_or_before",
						"on_or_after"};
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		const json_t *bound = json_object_get(condition, operators[i]);
		if (bound != NULL && !filter_date_is_bound(json_string_value(bound))) {
			answer_refuse(answer,
				      "body failed validation: body.filter should have a valid ISO "
				      "8601 date string, instead was `\"%s\"`.",
				      json_string_value(bound));
			return true;
		}
	}
	return false;
}

static bool refuses_property(const json_t *schema, const json_t *filter, struct answer *answer)
{
	const char *wanted = json_string_value(json_object_get(filter, "property"));
	const char *type = condition_type(filter);
	const json_t *entry = filter_find_property(schema, wanted);
	if (entry == NULL) {
		answer_refuse(answer, "Could not find property with name or id: %s", wanted);
		return true;
	}
	const char *known = json_string_value(json_object_get(entry, "type"));
	if (strcmp(known, type) != 0) {
		answer_refuse(answer, "database property %s does not match filter %s", known, type);
		return true;
	}
	const json_t *condition = json_object_get(filter, type);
	bool is_date = strcmp(type, "date") == 0 || strcmp(type, "created_time") == 0 ||
		       strcmp(type, "last_edited_time") == 0;
	const json_t *inner = is_date ? condition : json_object_get(condition, "date");
	return inner != NULL && refuses_dates(inner, answer);
}

bool filter_refuses(const json_t *schema, const json_t *filter, struct answer *answer)
{
	const char *timestamp = json_string_value(json_object_get(filter, "timestamp"));
	const json_t *all = json_object_get(filter, "and");
	const json_t *parts = all != NULL ? all : json_object_get(filter, "or");
	if (timestamp != NULL) {
		return refuses_dates(json_object_get(filter, timestamp), answer);
	}
	if (json_object_get(filter, "property") != NULL) {
		return refuses_property(schema, filter, answer);
	}
	size_t index;
	const json_t *part;
	json_array_foreach (parts, index, part) {
		if (filter_refuses(schema, part, answer)) {
			return true;
		}
	}
	return false;
}

/* ── conditions, one kind of value each ── */

struct operation {
	const char *name;
	const json_t *operand;
};

/* A condition has exactly one key. */
static struct operation read_operation(const json_t *condition)
{
	void *first = json_object_iter((json_t *)condition);
	return (struct operation){json_object_iter_key(first), json_object_iter_value(first)};
}

static bool is_op(const struct operation *operation, const char *name)
{
	return strcmp(operation->name, name) == 0;
}

/* is_empty and is_not_empty; false when it is another operation. */
static bool passes_existence(const struct operation *operation, bool is_empty, bool *ret_passes)
{
	if (!is_op(operation, "is_empty") && !is_op(operation, "is_not_empty")) {
		return false;
	}
	*ret_passes = is_empty == is_op(operation, "is_empty");
	return true;
}

static bool starts_with(const char *text, const char *start)
{
	return strncasecmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t text_len = strlen(text);
	size_t len = strlen(end);
	return text_len >= len && strcasecmp(text + text_len - len, end) == 0;
}

static bool passes_text(const char *text, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	const char *operand = json_string_value(op.operand);
	bool passes;
	text = text != NULL ? text : "";
	if (passes_existence(&op, *text == '\0', &passes)) {
		return passes;
	}
	return is_op(&op, "equals")		? strcmp(text, operand) == 0
	       : is_op(&op, "does_not_equal")	? strcmp(text, operand) != 0
	       : is_op(&op, "contains")		? strcasestr(text, operand) != NULL
	       : is_op(&op, "does_not_contain") ? strcasestr(text, operand) == NULL
	       : is_op(&op, "starts_with")	? starts_with(text, operand)
						: ends_with(text, operand);
}

static bool passes_number(const json_t *value, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	bool passes;
	if (passes_existence(&op, !json_is_number(value), &passes)) {
		return passes;
	}
	if (!json_is_number(value)) {
		return is_op(&op, "does_not_equal");
	}
	double number = json_number_value(value);
	double operand = json_number_value(op.operand);
	return is_op(&op, "equals")			? number == operand
	       : is_op(&op, "does_not_equal")		? number != operand
	       : is_op(&op, "greater_than")		? number > operand
	       : is_op(&op, "less_than")		? number < operand
	       : is_op(&op, "greater_than_or_equal_to") ? number >= operand
							: number <= operand;
}

static bool passes_checkbox(const json_t *value, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	return (json_is_true(value) == json_is_true(op.operand)) == is_op(&op, "equals");
}

/* By name or id; of several, any. */
static bool is_option(const json_t *option, const json_t *wanted)
{
	size_t index;
	const json_t *one;
	if (json_is_array(wanted)) {
		json_array_foreach (wanted, index, one) {
			if (is_option(option, one)) {
				return true;
			}
		}
		return false;
	}
	return json_equal(json_object_get(option, "name"), wanted) ||
	       json_equal(json_object_get(option, "id"), wanted);
}

static bool passes_option(const json_t *option, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	bool passes;
	if (passes_existence(&op, !json_is_object(option), &passes)) {
		return passes;
	}
	return is_option(option, op.operand) == is_op(&op, "equals");
}

static bool passes_options(const json_t *options, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	bool contains = false;
	bool passes;
	if (passes_existence(&op, json_array_size(options) == 0, &passes)) {
		return passes;
	}
	size_t index;
	const json_t *option;
	json_array_foreach (options, index, option) {
		contains = contains || is_option(option, op.operand);
	}
	return contains == is_op(&op, "contains");
}

static bool is_same_id(const char *left, const char *right)
{
	struct uuid a;
	struct uuid b;
	return left != NULL && right != NULL && uuid_parse(left, strlen(left), &a) == 0 &&
	       uuid_parse(right, strlen(right), &b) == 0 && uuid_equal(&a, &b);
}

/* People and relations; `value` may be one of them alone. */
static bool passes_ids(struct sim *sim, const json_t *value, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	bool is_list = json_is_array(value);
	bool passes;
	if (passes_existence(&op, is_list ? json_array_size(value) == 0 : !json_is_object(value),
			     &passes)) {
		return passes;
	}
	const char *wanted = json_string_value(op.operand);
	const char *me = json_string_value(json_object_get(workspace_bot(&sim->workspace), "id"));
	if (strcmp(wanted, "me") == 0) {
		wanted = me != NULL ? me : USERS_DEFAULT_BOT_ID;
	}
	bool contains =
		!is_list && is_same_id(json_string_value(json_object_get(value, "id")), wanted);
	size_t index;
	const json_t *item;
	json_array_foreach (value, index, item) {
		contains = contains ||
			   is_same_id(json_string_value(json_object_get(item, "id")), wanted);
	}
	return contains == is_op(&op, "contains");
}

static bool passes_date(struct sim *sim, const char *start, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	bool passes;
	if (passes_existence(&op, start == NULL, &passes)) {
		return passes;
	}
	return start != NULL && filter_date_passes(start, op.name, json_string_value(op.operand),
						   sim_clock_now_ms(&sim->clock));
}

static bool passes_verification(const json_t *value, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	const char *state = json_string_value(json_object_get(value, "state"));
	state = state == NULL || strcmp(state, "unverified") == 0 ? "none" : state;
	return (strcmp(state, json_string_value(op.operand)) == 0) == is_op(&op, "status");
}

/* ── properties ── */

static bool passes_value(struct sim *sim, const char *type, const json_t *value,
			 const json_t *condition);

static bool passes_formula(struct sim *sim, const json_t *value, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	const char *kind = is_op(&op, "checkbox") ? "boolean" : op.name;
	const json_t *inner = json_object_get(value, kind);
	if (is_op(&op, "string")) {
		return passes_text(json_string_value(inner), op.operand);
	}
	return passes_value(sim, op.name, inner, op.operand);
}

/* What a rollup shows of one row, under its own type; a title is text as well. */
static bool passes_item(struct sim *sim, const json_t *item, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	const char *type = json_string_value(json_object_get(item, "type"));
	bool is_text = type != NULL && strcmp(type, "title") == 0 && is_op(&op, "rich_text");
	return type != NULL && (is_text || strcmp(type, op.name) == 0) &&
	       passes_value(sim, type, json_object_get(item, type), op.operand);
}

static bool passes_rollup(struct sim *sim, const json_t *value, const json_t *condition)
{
	const struct operation op = read_operation(condition);
	if (is_op(&op, "date") || is_op(&op, "number")) {
		return passes_value(sim, op.name, json_object_get(value, op.name), op.operand);
	}
	const json_t *items = json_object_get(value, "array");
	size_t count = 0;
	size_t index;
	const json_t *item;
	json_array_foreach (items, index, item) {
		count += passes_item(sim, item, op.operand) ? 1 : 0;
	}
	return is_op(&op, "any")    ? count > 0
	       : is_op(&op, "none") ? count == 0
				    : count == json_array_size(items);
}

static bool passes_value(struct sim *sim, const char *type, const json_t *value,
			 const json_t *condition)
{
	if (strcmp(type, "title") == 0 || strcmp(type, "rich_text") == 0) {
		CLEANUP(free) char *text = object_plain_text(value);
		return passes_text(text, condition);
	}
	if (strcmp(type, "url") == 0 || strcmp(type, "email") == 0 ||
	    strcmp(type, "phone_number") == 0) {
		return passes_text(json_string_value(value), condition);
	}
	if (strcmp(type, "number") == 0) {
		return passes_number(value, condition);
	}
	if (strcmp(type, "unique_id") == 0) {
		return passes_number(json_object_get(value, "number"), condition);
	}
	if (strcmp(type, "checkbox") == 0) {
		return passes_checkbox(value, condition);
	}
	if (strcmp(type, "select") == 0 || strcmp(type, "status") == 0) {
		return passes_option(value, condition);
	}
	if (strcmp(type, "multi_select") == 0) {
		return passes_options(value, condition);
	}
	if (strcmp(type, "date") == 0) {
		return passes_date(sim, json_string_value(json_object_get(value, "start")),
				   condition);
	}
	if (strcmp(type, "created_time") == 0 || strcmp(type, "last_edited_time") == 0) {
		return passes_date(sim, json_string_value(value), condition);
	}
	if (strcmp(type, "files") == 0) {
		const struct operation op = read_operation(condition);
		return (json_array_size(value) == 0) == is_op(&op, "is_empty");
	}
	if (strcmp(type, "formula") == 0) {
		return passes_formula(sim, value, condition);
	}
	if (strcmp(type, "rollup") == 0) {
		return passes_rollup(sim, value, condition);
	}
	if (strcmp(type, "verification") == 0) {
		return passes_verification(value, condition);
	}
	return passes_ids(sim, value, condition); /* people, relation, created_by, last_edited_by */
}

bool filter_passes(struct sim *sim, const json_t *page, const json_t *filter)
{
	const char *timestamp = json_string_value(json_object_get(filter, "timestamp"));
	const char *name = json_string_value(json_object_get(filter, "property"));
	const json_t *all = json_object_get(filter, "and");
	if (filter == NULL) {
		return true;
	}
	if (timestamp != NULL) {
		return passes_date(sim, json_string_value(json_object_get(page, timestamp)),
				   json_object_get(filter, timestamp));
	}
	if (name != NULL) {
		const char *type = condition_type(filter);
		const json_t *property =
			filter_find_property(json_object_get(page, "properties"), name);
		return passes_value(sim, type, json_object_get(property, type),
				    json_object_get(filter, type));
	}
	size_t index;
	const json_t *part;
	json_array_foreach (all != NULL ? all : json_object_get(filter, "or"), index, part) {
		if (filter_passes(sim, page, part) != (all != NULL)) {
			return all == NULL;
		}
	}
	return all != NULL;
}
