/* Numbers are read and written by jansson, which no locale can change. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "mapping/json_value.h"
#include "mapping/property.h"

#define NUMBER_MAX_BYTES 400

/* The shortest digits that are read back as this number. */
struct yaml_value *number_show(const struct property_context *context, const json_t *number)
{
	if (!json_is_number(number)) {
		return NULL;
	}
	double real = json_real_value(number);
	if (json_is_real(number) && real >= -1e15 && real <= 1e15 &&
	    real == (double)(json_int_t)real) {
		CLEANUP(json) json_t *integer = json_integer((json_int_t)real);
		return yaml_word(context->arena, json_copy_compact(context->arena, integer));
	}
	for (unsigned precision = 15; json_is_real(number) && precision < 17; precision++) {
		CLEANUP(free)
		char *text = json_dumps(number, JSON_ENCODE_ANY | JSON_REAL_PRECISION(precision));
		CLEANUP(json) json_t *again = json_loads(text, JSON_DECODE_ANY, NULL);
		if (json_number_value(again) == real) {
			return yaml_word(context->arena, text);
		}
	}
	return yaml_word(context->arena, json_copy_compact(context->arena, number));
}

static struct yaml_value *show_number(const struct property_context *context,
				      const struct property *property)
{
	return number_show(context, property->value);
}

/* "+5", "05", ".5" and "5." are numbers for people, not for JSON. */
static json_t *parse_number(const char *text, size_t len)
{
	if (len == 0 || len > NUMBER_MAX_BYTES || strspn(text, "0123456789+-.eE") != len) {
		return NULL;
	}
	CLEANUP(buf) struct buf json;
	buf_init(&json, NUMBER_MAX_BYTES + 4);
	const char *at = text;
	if (*at == '-' || *at == '+') {
		if (*at == '-') {
			buf_putc(&json, '-');
		}
		at++;
	}
	size_t digits = strspn(at, "0123456789");
	size_t decimals = at[digits] == '.' ? strspn(at + digits + 1, "0123456789") : 0;
	if (digits + decimals == 0) {
		return NULL;
	}
	while (digits > 1 && *at == '0') {
		at++;
		digits--;
	}
	buf_append(&json, digits > 0 ? at : "0", digits > 0 ? digits : 1);
	at += digits;
	if (*at == '.') {
		if (decimals > 0) {
			buf_append(&json, at, decimals + 1);
		}
		at += decimals + 1;
	}
	buf_puts(&json, at);
	json_t *number = json_loads(json.data, JSON_DECODE_ANY, NULL);
	if (number == NULL) {
		/* Larger than an integer of ours, perhaps. */
		number = json_loads(json.data, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
	}
	return number;
}

int number_read(const struct property_context *context, const struct property *property,
		const struct yaml_value *value, json_t **ret_value)
{
	const struct yaml_value *scalar = NULL;
	int err = property_scalar(context, property, value, &scalar);
	if (err < 0) {
		return err;
	}
	json_t *number = parse_number(scalar->text, scalar->len);
	if (number == NULL) {
		return property_error(
			context, scalar,
			"\"%.80s\" is no number for \"%s\", write digits such as 1234.5",
			scalar->text, property->name);
	}
	*ret_value = number;
	return 0;
}

static bool number_equal(const struct property *property, const json_t *a, const json_t *b)
{
	(void)property;
	if (json_is_integer(a) && json_is_integer(b)) {
		return json_integer_value(a) == json_integer_value(b);
	}
	if (!json_is_number(a) || !json_is_number(b)) {
		return json_equal(a, b) == 1;
	}
	return json_number_value(a) == json_number_value(b);
}

static struct yaml_value *show_checkbox(const struct property_context *context,
					const struct property *property)
{
	return json_is_boolean(property->value)
		       ? yaml_word(context->arena, json_is_true(property->value) ? "true" : "false")
		       : NULL;
}

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strcasecmp(text, *words) == 0) {
			return true;
		}
	}
	return false;
}

static int read_checkbox(const struct property_context *context, const struct property *property,
			 const struct yaml_value *value, json_t **ret_value)
{
	static const char *const yes[] = {"true", "yes", "on", "y", NULL};
	static const char *const no[] = {"false", "no", "off", "n", NULL};
	const struct yaml_value *scalar = NULL;
	int err = property_scalar(context, property, value, &scalar);
	if (err < 0) {
		return err;
	}
	bool is_yes = is_one_of(scalar->text, yes);
	if (!is_yes && !is_one_of(scalar->text, no)) {
		return property_error(context, scalar,
				      "\"%.80s\" is no checkbox for \"%s\", write true or false",
				      scalar->text, property->name);
	}
	if (strcasecmp(scalar->text, is_yes ? "true" : "false") != 0) {
		property_warning(context, scalar, "\"%s\" was taken for %s, write %s", scalar->text,
				 is_yes ? "true" : "false", is_yes ? "true" : "false");
	}
	*ret_value = json_boolean(is_yes);
	return 0;
}

const struct property_kind property_number_kinds[] = {
	{"number", PROPERTY_WRITABLE, "null", show_number, number_read, number_equal},
	{"checkbox", PROPERTY_WRITABLE, "false", show_checkbox, read_checkbox, NULL},
	{0},
};
