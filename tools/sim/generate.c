#include "tools/sim/generate.h"

#include <stdbool.h>
#include <stdlib.h>

#include "mapping/base/clock.h"
#include "mapping/base/uuid.h"
#include "tools/sim/generate/block.h"
#include "tools/sim/generate/row.h"
#include "tools/sim/generate/text.h"

#define FIRST_STAMP_MS 1704099600000 /* 2024-01-01 09:00 */
#define LAST_STAMP_MS 1748768400000  /* 2025-06-01 09:00 */
#define MINUTE_MS 60000
#define NAME_MAX_BYTES 200

struct generator {
	const struct generate_options *options;
	struct generate_random random;
	struct generate_blocks blocks;
	json_t *workspace;
	json_t *bot;	 /* partial user */
	int64_t step_ms; /* between the creation of two pages or rows */
	char database_id[UUID_TEXT_BYTES];
	char data_source_id[UUID_TEXT_BYTES];
};

static json_t *list(const struct generator *generator, const char *key)
{
	return json_object_get(generator->workspace, key);
}

static json_t *stamp_of(int64_t ms)
{
	char text[CLOCK_ISO_BYTES];
	clock_format_iso(ms - ms % MINUTE_MS, text);
	return json_string(text);
}

static json_t *name_of(unsigned index)
{
	struct buf buf;
	buf_init(&buf, NAME_MAX_BYTES);
	generate_put_name(&buf, index);
	json_t *name = json_stringn(buf.data, buf.len);
	buf_release(&buf);
	return name;
}

/* "https://www.notion.so/<slug->32hex" */
static json_t *url_of(const char *name, const char *id)
{
	struct buf buf;
	buf_init(&buf, NAME_MAX_BYTES + UUID_TEXT_BYTES + 40);
	buf_puts(&buf, "https://www.notion.so/");
	for (const char *c = name; c != NULL && *c != '\0'; c++) {
		buf_putc(&buf, *c == ' ' ? '-' : *c);
	}
	if (name != NULL) {
		buf_putc(&buf, '-');
	}
	for (const char *c = id; *c != '\0'; c++) {
		if (*c != '-') {
			buf_putc(&buf, *c);
		}
	}
	json_t *url = json_stringn(buf.data, buf.len);
	buf_release(&buf);
	return url;
}

/* `properties` and `parent` are stolen. */
static void add_page(struct generator *generator, const char *id, json_t *name, json_t *parent,
		     json_t *properties, const struct generate_place *place)
{
	json_t *page = json_pack(
		"{s:s, s:s, s:O, s:O, s:O, s:O, s:n, s:n, s:o, s:b, s:b, s:b, s:o, s:o, s:n}",
		"object", "page", "id", id, "created_time", place->created_time, "last_edited_time",
		place->last_edited_time, "created_by", generator->bot, "last_edited_by",
		generator->bot, "cover", "icon", "parent", parent, "in_trash", 0, "is_archived", 0,
		"is_locked", 0, "properties", properties, "url",
		url_of(json_string_value(name), id), "public_url");
	json_array_append_new(list(generator, "pages"), page);
}

static void begin_place(struct generator *generator, struct generate_place *place,
			unsigned position)
{
	int64_t created_ms = FIRST_STAMP_MS + position * generator->step_ms;
	int64_t edited_ms = created_ms + generate_below(&generator->random, 200) * MINUTE_MS;
	place->created_time = stamp_of(created_ms);
	place->last_edited_time = stamp_of(edited_ms);
}

static void end_place(struct generate_place *place)
{
	json_decref(place->created_time);
	json_decref(place->last_edited_time);
	json_decref(place->parent);
}

/* The content blocks of the page or row `id`. */
static void fill(struct generator *generator, const char *id, struct generate_place *place)
{
	json_t *children = json_array();
	place->parent = json_pack("{s:s, s:s}", "type", "page_id", "page_id", id);
	for (unsigned i = 0; i < generator->options->blocks; i++) {
		generate_block(&generator->blocks, &generator->random, place, i, children,
			       list(generator, "blocks"));
	}
	if (json_array_size(children) > 0) {
		json_object_set(list(generator, "blocks"), id, children);
	}
	json_decref(children);
}

/* The block by which a page or database stands in its parent page. */
static void add_child_block(struct generator *generator, const char *parent_id, const char *id,
			    bool has_children, const char *type, json_t *title,
			    struct generate_place *place)
{
	json_t *children = json_object_get(list(generator, "blocks"), parent_id);
	if (children == NULL) {
		children = json_array();
		json_object_set_new(list(generator, "blocks"), parent_id, children);
	}
	json_decref(place->parent);
	place->parent = json_pack("{s:s, s:s}", "type", "page_id", "page_id", parent_id);
	json_array_append_new(children,
			      generate_envelope(&generator->blocks, place, id, has_children, type,
						json_pack("{s:O}", "title", title)));
}

static void add_pages(struct generator *generator, char (*ids)[UUID_TEXT_BYTES])
{
	unsigned count = generator->options->pages;
	for (unsigned i = 0; i < count; i++) {
		struct generate_place place = {0};
		json_t *name = name_of(i);
		json_t *parent = NULL;
		generate_id(&generator->random, 8, ids[i]);
		begin_place(generator, &place, i);
		if (i == 0) {
			parent = json_pack("{s:s, s:b}", "type", "workspace", "workspace", 1);
			json_array_append_new(list(generator, "roots"), json_string(ids[0]));
		} else {
			parent = json_pack("{s:s, s:s}", "type", "page_id", "page_id",
					   ids[(i - 1) / GENERATE_FAN_OUT]);
		}
		json_t *title = generate_run(&generator->blocks, name);
		add_page(generator, ids[i], name, parent,
			 json_pack("{s:{s:s, s:s, s:o}}", "title", "id", "title", "type", "title",
				   "title", title),
			 &place);
		fill(generator, ids[i], &place);
		end_place(&place);
		json_decref(name);
	}
	/* Child pages stand behind the content. */
	for (unsigned i = 1; i < count; i++) {
		const json_t *page = json_array_get(list(generator, "pages"), i);
		const json_t *title = json_object_get(json_object_get(page, "properties"), "title");
		struct generate_place place = {
			.created_time = json_incref(json_object_get(page, "created_time")),
			.last_edited_time = json_incref(json_object_get(page, "last_edited_time")),
		};
		json_t *run = json_array_get(json_object_get(title, "title"), 0);
		bool has_children = generator->options->blocks > 0 ||
				    (uint64_t)i * GENERATE_FAN_OUT + 1 < count;
		add_child_block(generator, ids[(i - 1) / GENERATE_FAN_OUT], ids[i], has_children,
				"child_page", json_object_get(run, "plain_text"), &place);
		end_place(&place);
	}
}

static void add_database(struct generator *generator, const char *parent_id)
{
	json_t *name = json_string("Orders");
	json_t *title = generate_run(&generator->blocks, name);
	json_t *url = url_of(NULL, generator->database_id);
	json_t *parent = parent_id == NULL
				 ? json_pack("{s:s, s:b}", "type", "workspace", "workspace", 1)
				 : json_pack("{s:s, s:s}", "type", "page_id", "page_id", parent_id);
	struct generate_place place = {0};
	begin_place(generator, &place, 0);
	json_array_append_new(
		list(generator, "databases"),
		json_pack(
			"{s:s, s:s, s:O, s:[], s:O, s:b, s:b, s:b, s:s, s:s, s:[{s:s, s:O}], s:n, "
			"s:n, s:O, s:n}",
			"object", "database", "id", generator->database_id, "title", title,
			"description", "parent", parent, "is_inline", 0, "in_trash", 0, "is_locked",
			0, "created_time", "2024-01-01T09:00:02.417+00:00", "last_edited_time",
			"2024-01-01T09:00:02.417+00:00", "data_sources", "id",
			generator->data_source_id, "name", name, "icon", "cover", "url", url,
			"public_url"));
	json_array_append_new(
		list(generator, "data_sources"),
		json_pack("{s:s, s:s, s:n, s:n, s:O, s:O, s:O, s:O, s:O, s:[], s:b, s:o, "
			  "s:{s:s, s:s}, s:O, s:O, s:n, s:b}",
			  "object", "data_source", "id", generator->data_source_id, "cover", "icon",
			  "created_time", place.created_time, "created_by", generator->bot,
			  "last_edited_by", generator->bot, "last_edited_time",
			  place.last_edited_time, "title", title, "description", "is_inline", 0,
			  "properties", generate_schema(), "parent", "type", "database_id",
			  "database_id", generator->database_id, "database_parent", parent, "url",
			  url, "public_url", "in_trash", 0));
	if (parent_id == NULL) {
		json_array_append_new(list(generator, "roots"),
				      json_string(generator->database_id));
	} else {
		add_child_block(generator, parent_id, generator->database_id, false,
				"child_database", name, &place);
	}
	end_place(&place);
	json_decref(name);
	json_decref(title);
	json_decref(url);
	json_decref(parent);
}

static void add_rows(struct generator *generator)
{
	json_t *parent =
		json_pack("{s:s, s:s, s:s}", "type", "data_source_id", "data_source_id",
			  generator->data_source_id, "database_id", generator->database_id);
	for (unsigned i = 0; i < generator->options->rows; i++) {
		char id[UUID_TEXT_BYTES];
		struct generate_place place = {0};
		json_t *name = name_of(generator->options->pages + i);
		generate_id(&generator->random, 8, id);
		begin_place(generator, &place, generator->options->pages + i);
		add_page(generator, id, name, json_incref(parent),
			 generate_values(&generator->blocks, &generator->random, name), &place);
		fill(generator, id, &place);
		end_place(&place);
		json_decref(name);
	}
	json_decref(parent);
}

static void add_users(struct generator *generator)
{
	char id[UUID_TEXT_BYTES];
	generate_id(&generator->random, 4, id);
	json_array_append_new(list(generator, "users"),
			      json_pack("{s:s, s:s, s:s, s:n, s:s, s:{s:s}}", "object", "user",
					"id", id, "name", "Robin Hale", "avatar_url", "type",
					"person", "person", "email", "robin@example.com"));
	generate_id(&generator->random, 4, id);
	json_array_append_new(list(generator, "users"),
			      json_pack("{s:s, s:s, s:s, s:n, s:s, s:{}}", "object", "user", "id",
					id, "name", "Generator", "avatar_url", "type", "bot",
					"bot"));
	generator->bot = json_pack("{s:s, s:s}", "object", "user", "id", id);
	json_object_set_new(list(generator, "config"), "bot_id", json_string(id));
}

json_t *generate_workspace(const struct generate_options *options)
{
	struct generator generator = {
		.options = options,
		.random = {.state = options->seed},
		.workspace = json_pack("{s:[], s:[], s:[], s:[], s:{}, s:[], s:{}, s:[], s:{}}",
				       "users", "pages", "databases", "data_sources", "blocks",
				       "comments", "files", "roots", "config"),
	};
	uint64_t places = (uint64_t)options->pages + options->rows + 1;
	generator.step_ms =
		(LAST_STAMP_MS - FIRST_STAMP_MS) / MINUTE_MS / (int64_t)places * MINUTE_MS;
	add_users(&generator);
	generate_blocks_init(&generator.blocks, &generator.random, generator.bot);
	generate_id(&generator.random, 4, generator.database_id);
	generate_id(&generator.random, 4, generator.data_source_id);

	char(*ids)[UUID_TEXT_BYTES] = calloc((size_t)options->pages + 1, sizeof *ids);
	if (ids == NULL) {
		abort();
	}
	add_pages(&generator, ids);
	if (options->rows > 0) {
		add_database(&generator, options->pages > 0 ? ids[0] : NULL);
		add_rows(&generator);
	}
	free(ids);
	generate_blocks_release(&generator.blocks);
	json_decref(generator.bot);
	return generator.workspace;
}
