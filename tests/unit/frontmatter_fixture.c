#include "tests/unit/frontmatter_fixture.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *id;
	const char *name;
	const char *email;
	bool is_unique;
} fixture_people[] = {
	{ADA, "Ada", "ada@example.com", true},
	{BOB, "Bob", "bob@example.com", false},
	{BOB_TOO, "Bob", NULL, false},
};

static const struct {
	const char *id;
	const char *stem;
} fixture_rows[] = {{ROW_LOGIN, "Fix login"}, {ROW_PLAN, "Plan: phase 2"}};

struct uuid fixture_id(const char *text)
{
	struct uuid id = {{0}};
	if (uuid_parse(text, strlen(text), &id) < 0) {
		abort();
	}
	return id;
}

static bool fixture_user(void *context, const struct uuid *id, const char **ret_name,
			 const char **ret_email, bool *ret_is_unique)
{
	(void)context;
	for (size_t i = 0; i < sizeof fixture_people / sizeof fixture_people[0]; i++) {
		struct uuid person = fixture_id(fixture_people[i].id);
		if (uuid_equal(&person, id)) {
			*ret_name = fixture_people[i].name;
			*ret_email = fixture_people[i].email;
			*ret_is_unique = fixture_people[i].is_unique;
			return true;
		}
	}
	return false;
}

static bool fixture_find_user(void *context, const char *text, struct uuid *ret_id)
{
	(void)context;
	if (strcmp(text, "Ada") == 0 || strcmp(text, "ada@example.com") == 0) {
		*ret_id = fixture_id(ADA);
		return true;
	}
	if (strcmp(text, "Bob <bob@example.com>") == 0 || strcmp(text, "bob@example.com") == 0) {
		*ret_id = fixture_id(BOB);
		return true;
	}
	return false;
}

static const char *fixture_stem(void *context, const struct uuid *page)
{
	(void)context;
	for (size_t i = 0; i < sizeof fixture_rows / sizeof fixture_rows[0]; i++) {
		struct uuid row = fixture_id(fixture_rows[i].id);
		if (uuid_equal(&row, page)) {
			return fixture_rows[i].stem;
		}
	}
	return NULL;
}

static bool fixture_find_stem(void *context, const struct uuid *data_source, const char *stem,
			      struct uuid *ret_page)
{
	(void)context;
	(void)data_source;
	for (size_t i = 0; i < sizeof fixture_rows / sizeof fixture_rows[0]; i++) {
		if (strcmp(fixture_rows[i].stem, stem) == 0) {
			*ret_page = fixture_id(fixture_rows[i].id);
			return true;
		}
	}
	return false;
}

static bool fixture_find_emoji(void *context, const char *name, size_t len, struct uuid *ret_id)
{
	(void)context;
	if (len == 5 && memcmp(name, "smile", 5) == 0) {
		*ret_id = fixture_id(SMILE);
		return true;
	}
	return false;
}

/* Files on files.example have a copy each. */
static const char *fixture_asset(void *context, const struct asset *asset)
{
	static char path[256];
	(void)context;
	if (strncmp(asset->url, "https://files.example/", 22) != 0) {
		return NULL;
	}
	(void)snprintf(path, sizeof path, ".assets/%s", asset->url + 22);
	return path;
}

/* drafts/plan.pdf is what plan.pdf was uploaded from. */
static const char *fixture_stored_file(void *context, const char *path)
{
	(void)context;
	return strcmp(path, "drafts/plan.pdf") == 0 ? "https://files.example/plan.pdf" : NULL;
}

static const char *fixture_upload(void *context, const char *path)
{
	(void)context;
	return strcmp(path, "../my pic.png") == 0 ? "upload-of-my-pic" : NULL;
}

const struct names fixture_names = {
	.asset = fixture_asset,
	.stored_file = fixture_stored_file,
	.upload = fixture_upload,
	.user = fixture_user,
	.find_user = fixture_find_user,
	.stem = fixture_stem,
	.find_stem = fixture_find_stem,
	.find_emoji = fixture_find_emoji,
};

json_t *fixture_json(const char *text)
{
	char *copy = strdup(text);
	for (char *c = copy; *c != '\0'; c++) {
		if (*c == '\'') {
			*c = '"';
		}
	}
	json_error_t error;
	json_t *value = json_loads(copy, JSON_DECODE_ANY, &error);
	if (value == NULL) {
		(void)fprintf(stderr, "%s: %s\n", copy, error.text);
		abort();
	}
	free(copy);
	return value;
}

json_t *fixture_schema(const char *name, const char *type, const char *config)
{
	json_t *definition = json_pack("{s:s, s:s, s:s, s:o}", "id", "abcd", "name", name, "type",
				       type, type, fixture_json(config));
	return json_pack("{s:s, s:{s:o, s:{s:s, s:s, s:{}}}}", "object", "data_source",
			 "properties", name, definition, "Name", "id", "title", "type", "title",
			 "title");
}

json_t *fixture_page(const char *name, const char *type, const char *value, const char *extra)
{
	json_t *property =
		json_pack("{s:s, s:s, s:o}", "id", "abcd", "type", type, type, fixture_json(value));
	json_t *more = fixture_json(extra);
	(void)json_object_update(property, more);
	json_decref(more);
	json_t *title = fixture_json("[{'type':'text','text':{'content':'Row','link':null},"
				     "'plain_text':'Row','href':null}]");
	return json_pack("{s:s, s:s, s:n, s:n, s:{s:o, s:{s:s, s:s, s:o}}}", "object", "page", "id",
			 PAGE, "icon", "cover", "properties", name, property, "Name", "id", "title",
			 "type", "title", "title", title);
}

struct frontmatter_options fixture_options(const json_t *schema)
{
	return (struct frontmatter_options){
		.schema = schema, .names = &fixture_names, .file_stem = "Row"};
}

char *fixture_head(const json_t *page, const struct frontmatter_options *options)
{
	struct buf out;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	frontmatter_render(page, options, &out);
	assert(buf_check(&out) == 0);
	if (out.len == 0) {
		return buf_steal(&out, NULL);
	}
	assert(out.len >= 8);
	assert(strncmp(out.data, "---\n", 4) == 0);
	assert(strcmp(out.data + out.len - 4, "---\n") == 0);
	buf_truncate(&out, out.len - 4);
	buf_splice(&out, 0, 4, NULL, 0);
	return buf_steal(&out, NULL);
}

char *fixture_patch(const char *head, const json_t *page, const struct frontmatter_options *options)
{
	struct diagnostics diagnostics;
	struct buf out;
	json_t *patch = NULL;
	diagnostics_init(&diagnostics);
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	int err = frontmatter_patch(head, strlen(head), 2, page, options, &diagnostics, &patch);
	for (size_t i = 0; i < diagnostics.count; i++) {
		const struct diagnostic *item = &diagnostics.items[i];
		buf_printf(&out, "%s %u:%u %s\n",
			   item->severity == SEVERITY_ERROR ? "error" : "warning", item->line,
			   item->column, item->message);
	}
	assert(err == (diagnostics.has_error ? -EINVAL : 0));
	if (err == 0) {
		char *json = json_dumps(patch, JSON_COMPACT | JSON_SORT_KEYS);
		buf_puts(&out, json);
		free(json);
		json_decref(patch);
	}
	diagnostics_release(&diagnostics);
	for (char *c = out.data; *c != '\0'; c++) {
		if (*c == '"') {
			*c = '\'';
		}
	}
	return buf_steal(&out, NULL);
}
