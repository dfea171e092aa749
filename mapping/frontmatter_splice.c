/*
 * New values in the user's own bytes. A value that stood on its key's line is replaced on that
 * line, and a comment behind it stays; one of several lines is replaced as a whole. What the page
 * has and the head has not goes behind the key that precedes it in a fresh rendering; a key that
 * means nothing any more goes.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/frontmatter.h"
#include "mapping/frontmatter_fields.h"
#include "mapping/json_value.h"
#include "mapping/yaml_write.h"

struct edit {
	size_t start;
	size_t end;
	const char *text;
	size_t len;
	size_t number; /* order among edits of one place */
};

struct splice {
	const struct property_context *context;
	const struct fields *fields;
	const char *head; /* ends with a newline, or is empty */
	size_t len;
	const struct yaml_value **entries; /* of each field, NULL where the head has none */
	struct edit *edits;
	size_t edit_count;
};

static void add_edit(struct splice *splice, size_t start, size_t end, const struct buf *text)
{
	struct edit edit = {.start = start, .end = end, .number = splice->edit_count};
	edit.text = text != NULL ? arena_copy(splice->context->arena, text->data, text->len) : "";
	edit.len = text != NULL ? text->len : 0;
	splice->edits[splice->edit_count++] = edit;
}

/* The byte behind the colon of an entry's key; 0 when the key is written in another way. */
static size_t colon_end(const struct splice *splice, const struct yaml_value *entry)
{
	size_t at = entry->key->end;
	at += strspn(splice->head + at, " \t");
	return splice->head[at] == ':' ? at + 1 : 0;
}

/* Where the last visible character of the value (or the colon) ends. */
static size_t value_end(const struct splice *splice, const struct yaml_value *entry, size_t colon)
{
	size_t end = entry->end > colon ? entry->end : colon;
	while (end > colon && strchr(" \t\r\n", splice->head[end - 1]) != NULL) {
		end--;
	}
	return end;
}

/* The start of the next line. */
static size_t next_line(const struct splice *splice, size_t at)
{
	const char *newline = memchr(splice->head + at, '\n', splice->len - at);
	return newline != NULL ? (size_t)(newline - splice->head) + 1 : splice->len;
}

static size_t line_start(const struct splice *splice, size_t at)
{
	const char *newline = memrchr(splice->head, '\n', at);
	return newline != NULL ? (size_t)(newline - splice->head) + 1 : 0;
}

/* The line behind the whole entry. */
static size_t entry_end(const struct splice *splice, const struct yaml_value *entry)
{
	size_t end = value_end(splice, entry, entry->key->end);
	/* The blank lines at the end of a block of text may belong to it. */
	if (entry->is_block && entry->kind == YAML_SCALAR && entry->end > end) {
		end = entry->end - 1;
	}
	return next_line(splice, end);
}

/* The blank lines behind an entry too. A `|+` text in front of it would take them for its own. */
static size_t deletion_end(const struct splice *splice, const struct yaml_value *entry)
{
	size_t end = entry_end(splice, entry);
	for (size_t at = end; at < splice->len;) {
		at += strspn(splice->head + at, " \t\r");
		if (splice->head[at] != '\n') {
			break;
		}
		end = ++at;
	}
	return end;
}

/* Where an entry ends with blank lines that count (`|+`), what stands behind it counts too; the
 * user's blank lines may stand behind any place we write to. */
static void quote_trailing_newlines(struct fields *fields)
{
	for (size_t i = 0; i < fields->count; i++) {
		struct yaml_value *shown = fields->items[i].shown;
		if (shown != NULL && shown->kind == YAML_SCALAR && shown->len >= 2 &&
		    memcmp(shown->text + shown->len - 2, "\n\n", 2) == 0) {
			shown->is_quoted = true;
		}
	}
}

static bool replace_value(struct splice *splice, const struct yaml_value *entry,
			  const struct yaml_value *shown)
{
	size_t colon = colon_end(splice, entry);
	if (colon == 0) {
		return false;
	}
	size_t end = value_end(splice, entry, colon);
	bool is_one_line = memchr(splice->head + colon, '\n', end - colon) == NULL;
	size_t rest = end + strspn(splice->head + end, " \t\r");
	bool has_comment = is_one_line && rest < splice->len && splice->head[rest] != '\n';
	CLEANUP(buf) struct buf text;
	buf_init(&text, YAML_MAX_BYTES);
	if (!has_comment) {
		unsigned indent = entry->key->column - 1;
		yaml_write_after_key(&text, indent, colon - entry->key->start, shown);
	} else if (!yaml_is_empty(shown)) {
		buf_putc(&text, ' ');
		yaml_write_line(&text, shown);
	}
	add_edit(splice, colon, end, &text);
	return !text.failed;
}

static int splice_field(void *argument, struct field *field, struct yaml_value *entry)
{
	struct splice *splice = argument;
	if (field == NULL) {
		add_edit(splice, line_start(splice, entry->key->start), deletion_end(splice, entry),
			 NULL);
		return 0;
	}
	splice->entries[field - splice->fields->items] = entry;
	const struct property *property = &field->property;
	if (property->kind->access == PROPERTY_HIDDEN ||
	    property_is_unchanged(splice->context, property, field->shown, entry)) {
		return 0;
	}
	return replace_value(splice, entry, field->shown) ? 0 : -EINVAL;
}

/* Does this field belong into a head that has no key for it? An empty one does not: absent means
 * untouched. The name may carry the title no longer, though it be empty. */
static bool is_wanted(const struct field *field)
{
	return field->is_listed && (!yaml_is_empty(field->shown) || !field->is_property);
}

/* New keys, each behind the one that precedes it. `first_property` is where a property goes that
 * none precedes; SIZE_MAX where there is no such place. */
static int insert_missing(struct splice *splice, unsigned indent, size_t first_property)
{
	static const enum property_access order[] = {PROPERTY_WRITABLE, PROPERTY_READ_ONLY};
	bool has_tail = strstr(splice->head, FRONTMATTER_READ_ONLY_COMMENT) != NULL;
	size_t place = 0;
	bool in_properties = false;
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < splice->fields->count; i++) {
			const struct field *field = &splice->fields->items[i];
			if (field->property.kind->access != order[pass]) {
				continue;
			}
			if (field->is_property && !in_properties) {
				in_properties = true;
				place = first_property != SIZE_MAX ? first_property : place;
			}
			if (splice->entries[i] != NULL) {
				place = entry_end(splice, splice->entries[i]);
				continue;
			}
			if (!is_wanted(field) || (order[pass] == PROPERTY_READ_ONLY && !has_tail)) {
				continue;
			}
			CLEANUP(buf) struct buf line;
			buf_init(&line, YAML_MAX_BYTES);
			field_write(&line, field->is_property ? indent : 0, field);
			if (line.failed) {
				return -EINVAL;
			}
			add_edit(splice, place, place, &line);
		}
		if (pass == 0 && has_tail) {
			const char *comment = strstr(splice->head, FRONTMATTER_READ_ONLY_COMMENT);
			place = next_line(splice, (size_t)(comment - splice->head));
		}
	}
	return 0;
}

static int compare_edits(const void *left, const void *right)
{
	const struct edit *a = left;
	const struct edit *b = right;
	if (a->start != b->start) {
		return a->start < b->start ? -1 : 1;
	}
	return a->number < b->number ? -1 : a->number > b->number;
}

static int carry_out(struct splice *splice, struct buf *ret_head)
{
	size_t at = 0;
	qsort(splice->edits, splice->edit_count, sizeof *splice->edits, compare_edits);
	for (size_t i = 0; i < splice->edit_count; i++) {
		const struct edit *edit = &splice->edits[i];
		if (edit->start < at) {
			return -EINVAL;
		}
		buf_append(ret_head, splice->head + at, edit->start - at);
		buf_append(ret_head, edit->text, edit->len);
		at = edit->end;
	}
	buf_append(ret_head, splice->head + at, splice->len - at);
	return buf_check(ret_head);
}

/* Where and how deep properties stand in this head. -EINVAL when it can't be extended. */
static int find_place_of_properties(const struct splice *splice, const struct yaml_value *map,
				    unsigned *ret_indent, size_t *ret_first)
{
	const struct yaml_value *nested = yaml_entry(map, "properties");
	*ret_indent = 0;
	*ret_first = SIZE_MAX;
	if (!map->is_block) {
		return -EINVAL;
	}
	if (!splice->fields->is_nested && nested == NULL) {
		return 0;
	}
	if (nested == NULL || nested->kind != YAML_MAP || !nested->is_block ||
	    nested->first == NULL) {
		return -EINVAL;
	}
	*ret_indent = nested->first->key->column - 1;
	*ret_first = line_start(splice, nested->first->key->start);
	return 0;
}

/* Copies the head and sees that it ends with a newline. */
static void take_head(struct splice *splice, const char *head, size_t len)
{
	bool is_open = len > 0 && head[len - 1] != '\n';
	char *copy = arena_alloc(splice->context->arena, len + 2);
	memcpy(copy, head, len);
	if (is_open) {
		copy[len] = '\n';
	}
	splice->head = copy;
	splice->len = len + is_open;
}

int frontmatter_splice(const char *head, size_t len, const json_t *page,
		       const struct frontmatter_options *options, struct buf *out)
{
	CLEANUP(arena) struct arena arena = {0};
	CLEANUP(fields) struct fields fields = {0};
	CLEANUP(buf) struct buf result;
	struct property_context context = {.arena = &arena, .options = options};
	struct splice splice = {.context = &context, .fields = &fields};
	buf_init(&result, out->max_bytes);
	struct yaml_value *map = NULL;
	unsigned indent = 0;
	size_t first_property = 0;
	if (len > YAML_MAX_BYTES) {
		return -EINVAL;
	}
	take_head(&splice, head != NULL ? head : "", head != NULL ? len : 0);
	int err = yaml_read(&arena, splice.head, splice.len, 1, NULL, &map);
	if (err < 0) {
		return err;
	}
	fields_init(&fields, &context, page);
	quote_trailing_newlines(&fields);
	err = find_place_of_properties(&splice, map, &indent, &first_property);
	if (err < 0) {
		return err;
	}
	const struct yaml_value *nested = yaml_entry(map, "properties");
	size_t max_edits = map->count + (nested != NULL ? nested->count : 0) + fields.count;
	splice.edits = arena_array(&arena, max_edits + 1, sizeof *splice.edits);
	splice.entries = arena_array(&arena, fields.count + 1, sizeof *splice.entries);
	err = fields_walk(&fields, &context, map, splice_field, &splice);
	if (err == 0) {
		err = insert_missing(&splice, indent, first_property);
	}
	if (err == 0) {
		err = carry_out(&splice, &result);
	}
	if (err < 0) {
		return -EINVAL;
	}

	/* The proof: read again, it asks for nothing. */
	CLEANUP(json) json_t *patch = NULL;
	if (frontmatter_patch(result.data, result.len, 1, page, options, NULL, &patch) < 0 ||
	    json_object_size(patch) > 0) {
		return -EINVAL;
	}
	buf_append(out, result.data, result.len);
	return 0;
}
