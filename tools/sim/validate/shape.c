#include "tools/sim/validate/shape.h"

#include <string.h>

#include "tools/sim/validate.h"
#include "tools/sim/validate/text.h"

#define URL_MAX 2000
#define EXPECTATION_MAX_BYTES 8192

static void join(struct buf *buf, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0) {
			buf_puts(buf, count == 2 ? " or " : i + 1 == count ? ", or " : ", ");
		}
		buf_puts(buf, parts[i]);
	}
}

void shape_put_words(struct buf *buf, const char *const *words, bool nullable, bool required)
{
	size_t count = 0;
	while (words[count] != NULL) {
		count++;
	}
	size_t total = count + (nullable ? 1 : 0) + (required ? 0 : 1);
	buf_clear(buf);
	for (size_t i = 0; i < total; i++) {
		if (i > 0) {
			buf_puts(buf, total == 2 ? " or " : i + 1 == total ? ", or " : ", ");
		}
		if (i < count) {
			buf_printf(buf, "`\"%s\"`", words[i]);
		} else {
			buf_puts(buf, nullable && i == count ? "`null`" : "`undefined`");
		}
	}
}

static const char *kind_name(enum shape_kind kind)
{
	switch (kind) {
	case SHAPE_BOOLEAN: return "a boolean";
	case SHAPE_TRUE: return "`true`";
	case SHAPE_NUMBER:
	case SHAPE_INTEGER:
	case SHAPE_RATIO: return "a number";
	case SHAPE_OBJECT:
	case SHAPE_MAP: return "an object";
	case SHAPE_ARRAY: return "an array";
	case SHAPE_TEXT_OR_TEXTS: return "a string or an array";
	case SHAPE_ANY: return "anything";
	case SHAPE_STRING:
	case SHAPE_WORD:
	case SHAPE_ID:
	case SHAPE_DATE:
	case SHAPE_URL:
	case SHAPE_LINK: return "a string";
	}
	return "";
}

static void report_kind(struct validate_report *report, const json_t *value,
			const struct shape *shape, bool required)
{
	const char *parts[3] = {kind_name(shape->kind)};
	size_t count = 1;
	if (shape->nullable) {
		parts[count++] = "`null`";
	}
	if (!required) {
		parts[count++] = "`undefined`";
	}
	struct buf expectation;
	buf_init(&expectation, EXPECTATION_MAX_BYTES);
	join(&expectation, parts, count);
	report_expected(report, expectation.data, value);
	buf_release(&expectation);
}

static void check_number(struct validate_report *report, const json_t *value,
			 const struct shape *shape)
{
	char bound[48];
	double number = json_number_value(value);
	if (shape->kind == SHAPE_RATIO) {
		if (number <= 0) {
			report_expected(report, "> `0`", value);
		} else if (number >= 1) {
			report_expected(report, "< `1`", value);
		}
	} else if (shape->kind == SHAPE_INTEGER) {
		if (!json_is_integer(value)) {
			report_expected(report, "an integer", value);
		} else if (number < (double)shape->min) {
			snprintf(bound, sizeof bound, "≥ `%zu`", shape->min);
			report_expected(report, bound, value);
		} else if (shape->max > 0 && number > (double)shape->max) {
			snprintf(bound, sizeof bound, "≤ `%zu`", shape->max);
			report_expected(report, bound, value);
		}
	}
}

static void check_word(struct validate_report *report, const json_t *value,
		       const struct shape *shape, bool required)
{
	for (const char *const *word = shape->words; *word != NULL; word++) {
		if (strcmp(*word, json_string_value(value)) == 0) {
			return;
		}
	}
	struct buf expectation;
	buf_init(&expectation, EXPECTATION_MAX_BYTES);
	shape_put_words(&expectation, shape->words, shape->nullable, required);
	report_expected(report, expectation.data, value);
	buf_release(&expectation);
}

static void check_string(struct validate_report *report, const json_t *value,
			 const struct shape *shape, bool required)
{
	const char *text = json_string_value(value);
	bool is_url = shape->kind == SHAPE_URL || shape->kind == SHAPE_LINK;
	size_t max = is_url ? URL_MAX : shape->max;
	size_t length = text_utf16_length(text, json_string_length(value));
	if (shape->kind == SHAPE_WORD) {
		check_word(report, value, shape, required);
	} else if (shape->kind == SHAPE_ID) {
		if (validate_uuid(text) != 0) {
			report_expected(report, "a valid uuid", value);
		}
	} else if (shape->kind == SHAPE_DATE) {
		if (!text_is_iso_date(text)) {
			report_expected(report, "a valid ISO 8601 date string", value);
		}
	} else if (length < shape->min) {
		report_expected(report, shape->nullable ? "populated or `null`" : "populated",
				value);
	} else if (max > 0 && length > max) {
		report_length(report, "≤", max, length);
	} else if (is_url && !text_is_url(text, shape->kind == SHAPE_LINK)) {
		report_content(report, shape->complaint);
	}
}

static void check_array(struct validate_report *report, const json_t *value,
			const struct shape *shape)
{
	size_t length = json_array_size(value);
	if (length < shape->min) {
		report_length(report, "≥", shape->min, length);
		return;
	}
	if (shape->max > 0 && length > shape->max) {
		report_length(report, "≤", shape->max, length);
		return;
	}
	for (size_t i = 0; i < length && shape->items != NULL; i++) {
		size_t mark = report_enter_index(report, i);
		shape_check(report, json_array_get(value, i), shape->items, true);
		report_leave(report, mark);
	}
}

static void check_map(struct validate_report *report, const json_t *value,
		      const struct shape *shape)
{
	const char *key;
	json_t *item;
	json_object_foreach ((json_t *)value, key, item) {
		size_t mark = report_enter_key(report, key);
		shape_check(report, item, shape->items, true);
		report_leave(report, mark);
	}
	if (shape->check != NULL) {
		shape->check(report, value);
	}
}

static const struct field *find_field(const struct field *fields, const char *key)
{
	for (; fields != NULL && fields->key != NULL; fields++) {
		if (strcmp(fields->key, key) == 0) {
			return fields;
		}
	}
	return NULL;
}

static bool is_tolerated(const struct shape *shape, const char *key)
{
	for (const char *const *word = shape->tolerated; word != NULL && *word != NULL; word++) {
		if (strcmp(*word, key) == 0) {
			return true;
		}
	}
	return false;
}

/* The one variant that is there; the others beside it are reported. NULL when there is none. */
static const struct field *check_variants(struct validate_report *report, const json_t *value,
					  const struct shape *shape)
{
	const struct field *chosen = NULL;
	for (const struct field *field = shape->variants; field->key != NULL; field++) {
		const json_t *payload = json_object_get(value, field->key);
		if (payload == NULL) {
			continue;
		}
		size_t mark = report_enter_key(report, field->key);
		if (chosen == NULL) {
			chosen = field;
			shape_check(report, payload, field->shape, true);
		} else {
			report_expected(report, "not present", payload);
		}
		report_leave(report, mark);
	}
	for (const struct field *field = shape->variants; chosen == NULL && field->key != NULL;
	     field++) {
		size_t mark = report_enter_key(report, field->key);
		report_expected(report, "defined", NULL);
		report_leave(report, mark);
	}
	return chosen;
}

static void check_type(struct validate_report *report, const json_t *type,
		       const struct field *chosen)
{
	if (type == NULL || chosen == NULL) {
		return;
	}
	const char *const words[] = {chosen->key, NULL};
	const struct shape shape = {.kind = SHAPE_WORD, .words = words};
	size_t mark = report_enter_key(report, "type");
	shape_check(report, type, &shape, false);
	report_leave(report, mark);
}

void shape_check_object(struct validate_report *report, const json_t *value,
			const struct shape *shape, const char *elsewhere)
{
	size_t failures = report->failure_count;
	if (shape->variants != NULL) {
		const struct field *chosen = check_variants(report, value, shape);
		if (shape->typed) {
			check_type(report, json_object_get(value, "type"), chosen);
		}
	}
	for (const struct field *field = shape->fields; field != NULL && field->key != NULL;
	     field++) {
		shape_check_key(report, value, field->key, field->shape, field->required);
	}
	const char *key;
	json_t *item;
	json_object_foreach ((json_t *)value, key, item) {
		if (find_field(shape->fields, key) != NULL ||
		    find_field(shape->variants, key) != NULL || is_tolerated(shape, key) ||
		    (shape->typed && strcmp(key, "type") == 0) ||
		    (elsewhere != NULL && strcmp(key, elsewhere) == 0)) {
			continue;
		}
		size_t mark = report_enter_key(report, key);
		report_expected(report, "not present", item);
		report_leave(report, mark);
	}
	if (shape->check != NULL && report->failure_count == failures) {
		shape->check(report, value);
	}
}

void shape_check_key(struct validate_report *report, const json_t *object, const char *key,
		     const struct shape *shape, bool required)
{
	size_t mark = report_enter_key(report, key);
	shape_check(report, json_object_get(object, key), shape, required);
	report_leave(report, mark);
}

static bool is_of_kind(const json_t *value, enum shape_kind kind)
{
	switch (kind) {
	case SHAPE_BOOLEAN: return json_is_boolean(value);
	case SHAPE_TRUE: return json_is_true(value);
	case SHAPE_NUMBER:
	case SHAPE_INTEGER:
	case SHAPE_RATIO: return json_is_number(value);
	case SHAPE_OBJECT:
	case SHAPE_MAP: return json_is_object(value);
	case SHAPE_ARRAY: return json_is_array(value);
	case SHAPE_TEXT_OR_TEXTS: return json_is_string(value) || json_is_array(value);
	case SHAPE_ANY: return true;
	case SHAPE_STRING:
	case SHAPE_WORD:
	case SHAPE_ID:
	case SHAPE_DATE:
	case SHAPE_URL:
	case SHAPE_LINK: return json_is_string(value);
	}
	return false;
}

void shape_check(struct validate_report *report, const json_t *value, const struct shape *shape,
		 bool required)
{
	if (value == NULL) {
		if (required) {
			report_expected(report, "defined", NULL);
		}
	} else if (json_is_null(value) && shape->nullable) {
		return;
	} else if (shape->kind == SHAPE_ANY) {
		return;
	} else if (!is_of_kind(value, shape->kind)) {
		report_kind(report, value, shape, required);
	} else if (json_is_string(value)) {
		check_string(report, value, shape, required);
	} else if (json_is_number(value)) {
		check_number(report, value, shape);
	} else if (json_is_array(value)) {
		check_array(report, value, shape);
	} else if (shape->kind == SHAPE_MAP) {
		check_map(report, value, shape);
	} else if (shape->kind == SHAPE_OBJECT) {
		shape_check_object(report, value, shape, NULL);
	}
}
