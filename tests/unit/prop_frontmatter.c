/*
 * The laws of frontmatter.h on random schemas and pages of all property types:
 *   - what a page is rendered to asks for nothing;
 *   - what another page of the same schema is rendered to asks for a patch, and once that is
 *     applied, for nothing;
 *   - the simulator would take that patch;
 *   - a splice of the page's own head changes no byte, one of another page's head asks for
 *     nothing.
 * usage: prop_frontmatter [SEED [COUNT]]; prints the seed; a failure prints what to run again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/frontmatter.h"
#include "mapping/json.h"
#include "tests/unit/frontmatter_fixture.h"
#include "tests/unit/random_text.h"
#include "tools/sim/validate.h"

static const char *const types[] = {
	"rich_text", "number",	"select",	"status",	"multi_select",	 "date",
	"people",    "files",	"checkbox",	"url",		"email",	 "phone_number",
	"relation",  "formula", "rollup",	"created_time", "created_by",	 "last_edited_time",
	"unique_id", "button",	"verification", "place",	"of_the_future",
};

#define TYPE_COUNT (sizeof types / sizeof types[0])
#define MAX_PROPERTIES 12

struct generator {
	struct random random;
	struct arena arena;
};

static unsigned below(struct generator *generator, unsigned max)
{
	return random_below(&generator->random, max);
}

/* A string that is never empty. */
static const char *word(struct generator *generator)
{
	const char *text = random_string(&generator->random, &generator->arena, 6);
	return text[0] != '\0' ? text : "x";
}

static json_t *rich_text(struct generator *generator)
{
	struct rich_text text;
	random_rich_text(&generator->random, &generator->arena, &text);
	size_t kept = 0;
	for (size_t i = 0; i < text.count; i++) {
		const struct run *run = &text.runs[i];
		bool can_be_written =
			run->kind != RUN_MENTION ||
			(run->mention != MENTION_LINK_MENTION &&
			 run->mention != MENTION_LINK_PREVIEW && run->mention != MENTION_OTHER);
		if (can_be_written) {
			struct run *copy = &text.runs[kept++];
			*copy = *run;
			copy->id.bytes[6] = (copy->id.bytes[6] & 0x0F) | 0x40;
			copy->id.bytes[8] = (copy->id.bytes[8] & 0x3F) | 0x80;
			copy->link = copy->link != NULL ? "https://x.org/a_b*c" : NULL;
			copy->raw = NULL;
		}
	}
	text.count = kept;
	rich_text_normalize(&generator->arena, &text);
	return rich_text_to_json(&text, BLOCK_SHAPE_READ);
}

static json_t *options(struct generator *generator)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < 4; i++) {
		char *name = strdup(word(generator));
		for (char *c = name; *c != '\0'; c++) {
			*c = *c == ',' ? ';' : *c;
		}
		char id[8];
		(void)snprintf(id, sizeof id, "o%u", i);
		(void)json_array_append_new(list, json_pack("{s:s, s:s}", "id", id, "name", name));
		free(name);
	}
	return json_pack("{s:o, s:[{s:s, s:[s]}]}", "options", list, "groups", "id", "g",
			 "option_ids", "o1");
}

static json_t *moment(struct generator *generator)
{
	char text[64];
	(void)snprintf(text, sizeof text, "20%02u-%02u-%02u", below(generator, 100),
		       1 + below(generator, 12), 1 + below(generator, 28));
	if (below(generator, 2) == 0) {
		(void)snprintf(text + 10, sizeof text - 10, "T%02u:%02u:00.000%c%02u:%02u",
			       below(generator, 24), below(generator, 60),
			       below(generator, 2) == 0 ? '+' : '-', below(generator, 13),
			       15 * below(generator, 4));
	}
	return json_string(text);
}

static json_t *date(struct generator *generator)
{
	json_t *value =
		json_pack("{s:o, s:n, s:n}", "start", moment(generator), "end", "time_zone");
	if (below(generator, 3) == 0) {
		const char *start = json_string_value(json_object_get(value, "start"));
		char end[64];
		/* A year of the next century comes after every start. */
		(void)snprintf(end, sizeof end, "21%s", start + 2);
		(void)json_object_set_new(value, "end", json_string(end));
	}
	return value;
}

static json_t *number(struct generator *generator)
{
	switch (below(generator, 4)) {
	case 0: return json_integer((json_int_t)random_next(&generator->random));
	case 1: return json_integer((json_int_t)below(generator, 100));
	case 2: return json_real((double)below(generator, 1000) / 7.0);
	default: return json_real((double)random_next(&generator->random) * 1e30);
	}
}

static json_t *ids(struct generator *generator, const char *const *known, unsigned known_count)
{
	json_t *list = json_array();
	unsigned start = below(generator, known_count);
	unsigned count = below(generator, known_count + 1);
	for (unsigned i = 0; i < count; i++) {
		(void)json_array_append_new(
			list, json_pack("{s:s}", "id", known[(start + i) % known_count]));
	}
	return list;
}

static json_t *files(struct generator *generator, bool with_hosted)
{
	json_t *list = json_array();
	for (unsigned i = below(generator, 4); i > 0; i--) {
		char url[64];
		(void)snprintf(url, sizeof url, "https://x.org/%u/f.png", below(generator, 5));
		const char *type = with_hosted && below(generator, 2) == 0 ? "file" : "external";
		(void)json_array_append_new(list, json_pack("{s:s, s:s, s:{s:s}}", "name",
							    word(generator), "type", type, type,
							    "url", url));
	}
	return list;
}

static json_t *option_of(struct generator *generator, const json_t *config)
{
	const json_t *list = json_object_get(config, "options");
	return json_deep_copy(json_array_get(list, below(generator, 4)));
}

static json_t *random_value(struct generator *generator, const char *type, const json_t *config,
			    bool with_hosted)
{
	static const char *const people[] = {ADA, BOB, BOB_TOO, ROW_UNKNOWN};
	static const char *const pages[] = {ROW_LOGIN, ROW_PLAN, ROW_UNKNOWN, SMILE};
	bool is_empty = below(generator, 4) == 0;
	if (strcmp(type, "rich_text") == 0) {
		return is_empty ? json_array() : rich_text(generator);
	}
	if (strcmp(type, "multi_select") == 0) {
		json_t *list = json_array();
		for (unsigned i = below(generator, 4); i > 0; i--) {
			(void)json_array_append_new(list, option_of(generator, config));
		}
		return list;
	}
	if (strcmp(type, "people") == 0) {
		return ids(generator, people, 4);
	}
	if (strcmp(type, "relation") == 0) {
		return ids(generator, pages, 4);
	}
	if (strcmp(type, "files") == 0) {
		return files(generator, with_hosted);
	}
	if (strcmp(type, "checkbox") == 0) {
		return json_boolean(below(generator, 2));
	}
	if (strcmp(type, "status") == 0) {
		return option_of(generator, config);
	}
	if (strcmp(type, "formula") == 0) {
		return json_pack("{s:s, s:s}", "type", "string", "string", word(generator));
	}
	if (strcmp(type, "rollup") == 0) {
		return json_pack("{s:s, s:[{s:s, s:o}]}", "type", "array", "array", "type",
				 "number", "number", number(generator));
	}
	if (strcmp(type, "created_by") == 0) {
		return json_pack("{s:s}", "id", ADA);
	}
	if (strcmp(type, "unique_id") == 0) {
		return json_pack("{s:s, s:i}", "prefix", word(generator), "number", 5);
	}
	if (strcmp(type, "button") == 0) {
		return json_object();
	}
	if (is_empty) {
		return json_null();
	}
	if (strcmp(type, "number") == 0) {
		return number(generator);
	}
	if (strcmp(type, "select") == 0) {
		return option_of(generator, config);
	}
	if (strcmp(type, "date") == 0) {
		return date(generator);
	}
	if (strcmp(type, "verification") == 0) {
		return json_pack("{s:s, s:o, s:{s:s}}", "state", "verified", "date",
				 date(generator), "verified_by", "id", ADA);
	}
	if (strcmp(type, "place") == 0) {
		return json_pack("{s:f, s:f, s:s}", "lat", (double)below(generator, 180) / 3, "lon",
				 1.0, "name", word(generator));
	}
	return json_string(word(generator)); /* url, email, phone_number, times, the future */
}

static json_t *random_schema(struct generator *generator)
{
	static const char *const clashing[] = {"title", "icon", "properties", "cover"};
	json_t *properties = json_object();
	unsigned count = below(generator, MAX_PROPERTIES);
	for (unsigned i = 0; i < count; i++) {
		const char *type = types[below(generator, TYPE_COUNT)];
		const char *name =
			below(generator, 40) == 0 ? clashing[below(generator, 4)] : word(generator);
		(void)json_object_set_new(properties, name,
					  json_pack("{s:s, s:s, s:o}", "id", "abcd", "type", type,
						    type, options(generator)));
	}
	(void)json_object_set_new(
		properties, "Name of the title",
		json_pack("{s:s, s:s, s:{}}", "id", "title", "type", "title", "title"));
	return json_pack("{s:o}", "properties", properties);
}

static json_t *random_page(struct generator *generator, const json_t *schema, bool with_hosted)
{
	json_t *properties = json_object();
	const char *name;
	json_t *definition;
	json_object_foreach (json_object_get(schema, "properties"), name, definition) {
		const char *type = json_string_value(json_object_get(definition, "type"));
		json_t *value =
			strcmp(type, "title") == 0
				? rich_text(generator)
				: random_value(generator, type, json_object_get(definition, type),
					       with_hosted);
		(void)json_object_set_new(properties, name,
					  json_pack("{s:s, s:o}", "type", type, type, value));
	}
	json_t *page = json_pack("{s:s, s:n, s:n, s:o}", "id", PAGE, "icon", "cover", "properties",
				 properties);
	if (below(generator, 3) == 0) {
		(void)json_object_set_new(page, "icon",
					  json_pack("{s:s, s:s}", "type", "emoji", "emoji", "💡"));
	}
	if (below(generator, 3) == 0) {
		(void)json_object_set_new(page, "cover",
					  json_pack("{s:s, s:{s:s}}", "type", "external",
						    "external", "url", "https://x.org/c.png"));
	}
	return page;
}

/* What the server would hold after this patch. */
static void apply(json_t *page, const json_t *patch)
{
	json_t *properties = json_object_get(page, "properties");
	const char *name;
	json_t *written;
	json_object_foreach (json_object_get(patch, "properties"), name, written) {
		const char *key =
			json_object_get(properties, name) != NULL ? name : "Name of the title";
		(void)json_object_update(json_object_get(properties, key), written);
	}
	static const char *const keys[] = {"icon", "cover"};
	for (size_t i = 0; i < 2; i++) {
		json_t *value = json_object_get(patch, keys[i]);
		if (value != NULL) {
			(void)json_object_set(page, keys[i], value);
		}
	}
}

static char *render_inner(const json_t *page, const struct frontmatter_options *options,
			  size_t *ret_len)
{
	struct buf out;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	frontmatter_render(page, options, &out);
	if (out.len > 0) {
		buf_truncate(&out, out.len - 4);
		buf_splice(&out, 0, 4, NULL, 0);
	}
	return buf_steal(&out, ret_len);
}

static const char *problem;
static char problem_text[2000];

static void describe(const char *what, const char *head, const json_t *patch)
{
	char *json = patch != NULL ? json_dumps(patch, JSON_COMPACT) : NULL;
	problem = what;
	(void)snprintf(problem_text, sizeof problem_text, "%s\n%s", json != NULL ? json : "", head);
	free(json);
}

/* Does this head ask for nothing? */
static bool is_settled(const char *what, const char *head, size_t len, const json_t *page,
		       const struct frontmatter_options *options)
{
	struct diagnostics diagnostics;
	json_t *patch = NULL;
	diagnostics_init(&diagnostics);
	int err = frontmatter_patch(head, len, 1, page, options, &diagnostics, &patch);
	bool ok = err == 0 && json_object_size(patch) == 0;
	if (!ok) {
		describe(what, err < 0 ? diagnostics.items[0].message : head, patch);
	}
	json_decref(patch);
	diagnostics_release(&diagnostics);
	return ok;
}

static bool splice_is_exact(const char *head, size_t len, const json_t *page,
			    const struct frontmatter_options *options)
{
	struct buf out;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	int err = frontmatter_splice(head, len, page, options, &out);
	bool ok = err == 0 && out.len == len && memcmp(out.data, head, len) == 0;
	if (!ok) {
		describe("a splice of nothing changed bytes", head, NULL);
	}
	buf_release(&out);
	return ok;
}

static bool splice_settles(const char *head, size_t len, const json_t *page,
			   const struct frontmatter_options *options)
{
	struct buf out;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	bool ok = frontmatter_splice(head, len, page, options, &out) == 0;
	if (!ok) {
		describe("another page's values could not be spliced in", head, NULL);
	} else {
		ok = is_settled("a splice is not settled", out.data, out.len, page, options);
	}
	buf_release(&out);
	return ok;
}

/* Would Notion take it? The simulator's judgement is not the mapping's. */
static bool is_acceptable(const json_t *patch, const json_t *schema)
{
	char *message = NULL;
	const json_t *properties = json_object_get(patch, "properties");
	bool ok = validate_page_update(patch, &message) == 0 &&
		  (properties == NULL ||
		   validate_property_values(properties, json_object_get(schema, "properties"),
					    &message) == 0);
	if (!ok) {
		describe("a patch would be refused", message, patch);
	}
	free(message);
	return ok;
}

/* The head of one page as that of a new one. */
static bool fills_a_new_page(const char *head, size_t len,
			     const struct frontmatter_options *options)
{
	struct diagnostics diagnostics;
	json_t *body = NULL;
	diagnostics_init(&diagnostics);
	bool ok = frontmatter_patch(head, len, 1, NULL, options, &diagnostics, &body) == 0;
	if (!ok) {
		describe(diagnostics.items[0].message, head, NULL);
	}
	ok = ok && is_acceptable(body, options->schema);
	json_decref(body);
	diagnostics_release(&diagnostics);
	return ok;
}

static bool check_case(struct generator *generator)
{
	json_t *schema = random_schema(generator);
	json_t *page = random_page(generator, schema, true);
	json_t *other = random_page(generator, schema, false);
	struct frontmatter_options options = {.schema = schema,
					      .names = below(generator, 4) == 0 ? NULL
										: &fixture_names,
					      .file_stem = below(generator, 2) == 0 ? "Row" : NULL};
	size_t len = 0;
	size_t other_len = 0;
	char *head = render_inner(page, &options, &len);
	char *other_head = render_inner(other, &options, &other_len);
	json_t *patch = NULL;
	struct diagnostics diagnostics;
	diagnostics_init(&diagnostics);

	bool ok = is_settled("a rendering is not settled", head, len, page, &options) &&
		  splice_is_exact(head, len, page, &options) &&
		  splice_settles(other_head, other_len, page, &options);
	if (ok &&
	    frontmatter_patch(other_head, other_len, 1, page, &options, &diagnostics, &patch) < 0) {
		describe(diagnostics.items[0].message, other_head, NULL);
		ok = false;
	}
	ok = ok && is_acceptable(patch, schema) &&
	     fills_a_new_page(other_head, other_len, &options);
	if (ok) {
		apply(page, patch);
		free(head);
		head = render_inner(page, &options, &len);
		ok = is_settled("what was applied is asked for again", other_head, other_len, page,
				&options) &&
		     is_settled("a patched page's rendering is not settled", head, len, page,
				&options);
	}
	diagnostics_release(&diagnostics);
	json_decref(patch);
	json_decref(schema);
	json_decref(page);
	json_decref(other);
	free(head);
	free(other_head);
	return ok;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 3000;
	(void)printf("seed %" PRIu64 "\n", seed);
	for (unsigned long i = 0; i < count; i++) {
		struct generator generator = {.random = {seed + i}};
		if (!check_case(&generator)) {
			(void)printf("%s\n%s\nagain: prop_frontmatter %" PRIu64 " 1\n", problem,
				     problem_text, seed + i);
			return 1;
		}
		arena_release(&generator.arena);
	}
	return 0;
}
