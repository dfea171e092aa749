#include "tools/sim/generate/block.h"

#include <string.h>

#define TEXT_MAX_BYTES 4000

void generate_id(struct generate_random *random, unsigned version, char id[UUID_TEXT_BYTES])
{
	struct uuid uuid;
	for (size_t i = 0; i < sizeof uuid.bytes; i++) {
		uuid.bytes[i] = (uint8_t)(generate_next(random) >> 56);
	}
	uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0f) | version << 4);
	uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80);
	uuid_format(&uuid, id);
}

json_t *generate_run(const struct generate_blocks *blocks, json_t *string)
{
	return json_pack("[{s:s, s:{s:O, s:n}, s:O, s:O, s:n}]", "type", "text", "text", "content",
			 string, "link", "annotations", blocks->annotations, "plain_text", string,
			 "href");
}

static json_t *text_of(const struct generate_blocks *blocks, struct generate_random *random,
		       void (*put)(struct buf *, struct generate_random *))
{
	struct buf buf;
	buf_init(&buf, TEXT_MAX_BYTES);
	put(&buf, random);
	json_t *string = json_stringn(buf.data, buf.len);
	json_t *rich_text = generate_run(blocks, string);
	json_decref(string);
	buf_release(&buf);
	return rich_text;
}

void generate_blocks_init(struct generate_blocks *blocks, struct generate_random *random,
			  json_t *bot)
{
	blocks->annotations =
		json_pack("{s:b, s:b, s:b, s:b, s:b, s:s}", "bold", 0, "italic", 0, "strikethrough",
			  0, "underline", 0, "code", 0, "color", "default");
	blocks->color = json_string("default");
	blocks->bot = json_incref(bot);
	for (size_t i = 0; i < GENERATE_TEXTS; i++) {
		blocks->paragraphs[i] = text_of(blocks, random, generate_put_paragraph);
		blocks->phrases[i] = text_of(blocks, random, generate_put_phrase);
	}
}

void generate_blocks_release(struct generate_blocks *blocks)
{
	json_decref(blocks->annotations);
	json_decref(blocks->color);
	json_decref(blocks->bot);
	for (size_t i = 0; i < GENERATE_TEXTS; i++) {
		json_decref(blocks->paragraphs[i]);
		json_decref(blocks->phrases[i]);
	}
}

json_t *generate_envelope(const struct generate_blocks *blocks, const struct generate_place *place,
			  const char *id, bool has_children, const char *type, json_t *payload)
{
	return json_pack("{s:s, s:s, s:O, s:O, s:O, s:O, s:O, s:b, s:b, s:s, s:o}", "object",
			 "block", "id", id, "parent", place->parent, "created_time",
			 place->created_time, "last_edited_time", place->last_edited_time,
			 "created_by", blocks->bot, "last_edited_by", blocks->bot, "has_children",
			 has_children, "in_trash", 0, "type", type, type, payload);
}

static json_t *pick(json_t *const texts[GENERATE_TEXTS], struct generate_random *random)
{
	return texts[generate_below(random, GENERATE_TEXTS)];
}

static void add(const struct generate_blocks *blocks, struct generate_random *random,
		const struct generate_place *place, const char *type, json_t *payload,
		json_t *children)
{
	char id[UUID_TEXT_BYTES];
	generate_id(random, 8, id);
	json_array_append_new(children, generate_envelope(blocks, place, id, false, type, payload));
}

static void add_paragraph(const struct generate_blocks *blocks, struct generate_random *random,
			  const struct generate_place *place, json_t *children)
{
	add(blocks, random, place, "paragraph",
	    json_pack("{s:O, s:n, s:O}", "rich_text", pick(blocks->paragraphs, random), "icon",
		      "color", blocks->color),
	    children);
}

static json_t *phrase_payload(const struct generate_blocks *blocks, struct generate_random *random)
{
	return json_pack("{s:O, s:O}", "rich_text", pick(blocks->phrases, random), "color",
			 blocks->color);
}

static json_t *heading_payload(const struct generate_blocks *blocks, struct generate_random *random)
{
	return json_pack("{s:O, s:b, s:O}", "rich_text", pick(blocks->phrases, random),
			 "is_toggleable", 0, "color", blocks->color);
}

static json_t *code_payload(const struct generate_blocks *blocks)
{
	json_t *listing = json_string("total = 0\nfor order in orders:\n    total += order.sum\n");
	json_t *payload = json_pack("{s:[], s:o, s:s}", "caption", "rich_text",
				    generate_run(blocks, listing), "language", "python");
	json_decref(listing);
	return payload;
}

/* A block with `count` children of its own: rows of a table, paragraphs of a toggle. */
static void add_parent(const struct generate_blocks *blocks, struct generate_random *random,
		       const struct generate_place *place, bool is_table, json_t *children,
		       json_t *all_blocks)
{
	char id[UUID_TEXT_BYTES];
	generate_id(random, 8, id);
	json_t *payload = is_table ? json_pack("{s:i, s:b, s:b}", "table_width", 2,
					       "has_column_header", 1, "has_row_header", 0)
				   : phrase_payload(blocks, random);
	json_array_append_new(children, generate_envelope(blocks, place, id, true,
							  is_table ? "table" : "toggle", payload));
	struct generate_place inside = *place;
	inside.parent = json_pack("{s:s, s:s}", "type", "block_id", "block_id", id);
	json_t *nested = json_array();
	for (unsigned i = 2 + generate_below(random, 2); i > 0; i--) {
		if (is_table) {
			add(blocks, random, &inside, "table_row",
			    json_pack("{s:[O, O]}", "cells", pick(blocks->phrases, random),
				      pick(blocks->phrases, random)),
			    nested);
		} else {
			add_paragraph(blocks, random, &inside, nested);
		}
	}
	json_object_set_new(all_blocks, id, nested);
	json_decref(inside.parent);
}

void generate_block(const struct generate_blocks *blocks, struct generate_random *random,
		    const struct generate_place *place, unsigned index, json_t *children,
		    json_t *all_blocks)
{
	/* Drawn also where it isn't used, so that a page's text doesn't hang on its length. */
	unsigned kind = generate_below(random, 64);
	if (index % 3 == 0 || kind < 24) {
		add_paragraph(blocks, random, place, children);
	} else if (kind < 28) {
		add(blocks, random, place, "heading_2", heading_payload(blocks, random), children);
	} else if (kind < 31) {
		add(blocks, random, place, "heading_3", heading_payload(blocks, random), children);
	} else if (kind < 41) {
		add(blocks, random, place, "bulleted_list_item", phrase_payload(blocks, random),
		    children);
	} else if (kind < 47) {
		add(blocks, random, place, "numbered_list_item", phrase_payload(blocks, random),
		    children);
	} else if (kind < 54) {
		add(blocks, random, place, "to_do",
		    json_pack("{s:O, s:b, s:O}", "rich_text", pick(blocks->phrases, random),
			      "checked", (int)generate_below(random, 2), "color", blocks->color),
		    children);
	} else if (kind < 57) {
		add(blocks, random, place, "quote",
		    json_pack("{s:O, s:O}", "rich_text", pick(blocks->paragraphs, random), "color",
			      blocks->color),
		    children);
	} else if (kind < 59) {
		add(blocks, random, place, "code", code_payload(blocks), children);
	} else if (kind < 61) {
		add(blocks, random, place, "callout",
		    json_pack("{s:O, s:{s:s, s:s}, s:O}", "rich_text",
			      pick(blocks->phrases, random), "icon", "type", "emoji", "emoji", "💡",
			      "color", blocks->color),
		    children);
	} else if (kind == 61) {
		add(blocks, random, place, "divider", json_object(), children);
	} else {
		add_parent(blocks, random, place, kind == 62, children, all_blocks);
	}
}
