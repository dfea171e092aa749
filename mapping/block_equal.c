#include <stdlib.h>
#include <string.h>

#include "mapping/block.h"

/*
 * Fields a type doesn't use are empty in every block of that type, so one comparison of all fields
 * serves all types.
 */

static bool same_string(const char *a, const char *b)
{
	if (a == NULL || b == NULL) {
		return a == b;
	}
	return strcmp(a, b) == 0;
}

/* Length of a URL without the signature of a hosted file. */
static size_t unsigned_length(const char *url)
{
	return strcspn(url, "?");
}

static bool same_hosted_url(const char *a, const char *b)
{
	if (a == NULL || b == NULL) {
		return a == b;
	}
	size_t len = unsigned_length(a);
	return len == unsigned_length(b) && memcmp(a, b, len) == 0;
}

static bool same_icon(const struct icon *a, const struct icon *b)
{
	if (a->kind != b->kind) {
		return false;
	}
	switch (a->kind) {
	case ICON_NONE: return true;
	case ICON_EMOJI:
	case ICON_EXTERNAL:
	case ICON_FILE_UPLOAD: return same_string(a->text, b->text);
	case ICON_FILE: return same_hosted_url(a->text, b->text);
	case ICON_CUSTOM_EMOJI: return uuid_equal(&a->id, &b->id);
	case ICON_BUILTIN: return same_string(a->text, b->text) && same_string(a->color, b->color);
	}
	return false;
}

static bool same_ratio(const char *a, const char *b)
{
	if (a == NULL || b == NULL) {
		return a == b;
	}
	/* equal numbers, however they are spelled */
	return !(strtod(a, NULL) < strtod(b, NULL)) && !(strtod(a, NULL) > strtod(b, NULL));
}

static bool same_cells(const struct block *a, const struct block *b)
{
	if (a->cell_count != b->cell_count) {
		return false;
	}
	for (size_t i = 0; i < a->cell_count; i++) {
		if (!rich_text_equal(&a->cells[i], &b->cells[i])) {
			return false;
		}
	}
	return true;
}

static bool same_url(const struct block *a, const struct block *b)
{
	return a->media == MEDIA_FILE ? same_hosted_url(a->url, b->url)
				      : same_string(a->url, b->url);
}

bool block_payload_equal(const struct block *a, const struct block *b)
{
	return a->type == b->type && a->color == b->color &&
	       same_string(a->color_name, b->color_name) && a->checked == b->checked &&
	       a->is_toggleable == b->is_toggleable && a->media == b->media &&
	       a->has_column_header == b->has_column_header &&
	       a->has_row_header == b->has_row_header && a->table_width == b->table_width &&
	       a->link_target == b->link_target && uuid_equal(&a->target, &b->target) &&
	       a->is_synced_copy == b->is_synced_copy &&
	       a->list_start_index == b->list_start_index && same_icon(&a->icon, &b->icon) &&
	       same_string(a->language, b->language) && same_string(a->expression, b->expression) &&
	       same_url(a, b) && same_string(a->name, b->name) &&
	       same_ratio(a->width_ratio, b->width_ratio) &&
	       same_string(a->list_format, b->list_format) &&
	       same_string(a->block_type, b->block_type) && rich_text_equal(&a->text, &b->text) &&
	       rich_text_equal(&a->caption, &b->caption) && same_cells(a, b);
}

bool block_subtree_equal(const struct block *a, const struct block *b)
{
	if (!block_payload_equal(a, b) || a->child_count != b->child_count) {
		return false;
	}
	const struct block *other = b->first_child;
	block_children_foreach (child, a) {
		if (!block_subtree_equal(child, other)) {
			return false;
		}
		other = other->next;
	}
	return true;
}

/* Hashes exactly what block_payload_equal compares, so that equal hashes may be trusted. */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ (hash >> 29);
}

static uint64_t mix_bytes(uint64_t hash, const char *bytes, size_t len)
{
	uint64_t word = 0;
	for (; len >= sizeof(word); len -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = mix(hash, word);
	}
	word = 0;
	memcpy(&word, bytes, len);
	return mix(hash, word ^ ((uint64_t)(len + 1) << 56));
}

static uint64_t mix_string(uint64_t hash, const char *string)
{
	return string == NULL ? mix(hash, 1) : mix_bytes(hash, string, strlen(string));
}

static uint64_t mix_uuid(uint64_t hash, const struct uuid *id)
{
	return mix_bytes(hash, (const char *)id->bytes, sizeof(id->bytes));
}

static uint64_t mix_run(uint64_t hash, const struct run *run)
{
	hash = mix(hash, (uint64_t)run->kind << 16 | run->style << 8 | run->color);
	hash = run->extra != NULL ? mix_string(hash, run->extra) : hash;
	if (run->kind != RUN_MENTION) {
		hash = mix_bytes(hash, run->text, run->text_len);
		return run->kind == RUN_TEXT ? mix_string(hash, run->link) : hash;
	}
	hash = mix(hash, run->mention);
	switch (run->mention) {
	case MENTION_USER:
	case MENTION_PAGE:
	case MENTION_DATABASE:
	case MENTION_CUSTOM_EMOJI: return mix_uuid(hash, &run->id);
	case MENTION_DATE:
		hash = mix_string(hash, run->start);
		hash = mix_string(hash, run->end);
		return mix_string(hash, run->time_zone);
	case MENTION_TEMPLATE_DATE:
	case MENTION_TEMPLATE_USER: return mix_bytes(hash, run->text, run->text_len);
	case MENTION_LINK_MENTION:
	case MENTION_LINK_PREVIEW: return mix_string(hash, run->url);
	case MENTION_OTHER: return mix_string(mix_string(hash, run->name), run->raw);
	}
	return hash;
}

static uint64_t mix_rich_text(uint64_t hash, const struct rich_text *text)
{
	hash = mix(hash, text->count);
	for (size_t i = 0; i < text->count; i++) {
		hash = mix_run(hash, &text->runs[i]);
	}
	return hash;
}

static uint64_t mix_hosted_url(uint64_t hash, const char *url)
{
	return url == NULL ? mix(hash, 1) : mix_bytes(hash, url, unsigned_length(url));
}

static uint64_t mix_icon(uint64_t hash, const struct icon *icon)
{
	hash = mix(hash, icon->kind);
	switch (icon->kind) {
	case ICON_NONE: return hash;
	case ICON_EMOJI:
	case ICON_EXTERNAL:
	case ICON_FILE_UPLOAD: return mix_string(hash, icon->text);
	case ICON_FILE: return mix_hosted_url(hash, icon->text);
	case ICON_CUSTOM_EMOJI: return mix_uuid(hash, &icon->id);
	case ICON_BUILTIN: return mix_string(mix_string(hash, icon->text), icon->color);
	}
	return hash;
}

static uint64_t mix_ratio(uint64_t hash, const char *ratio)
{
	double number = ratio != NULL ? strtod(ratio, NULL) : -1;
	return mix_bytes(hash, (const char *)&number, sizeof(number));
}

static uint64_t mix_payload(uint64_t hash, const struct block *block)
{
	hash = mix(hash, (uint64_t)block->type << 8 | block->color);
	hash = mix(hash, (uint64_t)block->checked | (uint64_t)block->is_toggleable << 1 |
				 (uint64_t)block->has_column_header << 2 |
				 (uint64_t)block->has_row_header << 3 |
				 (uint64_t)block->is_synced_copy << 4 |
				 (uint64_t)block->media << 8 | (uint64_t)block->link_target << 12 |
				 (uint64_t)block->table_width << 24);
	hash = mix(hash, block->list_start_index);
	hash = mix_icon(hash, &block->icon);
	hash = mix_ratio(hash, block->width_ratio);
	hash = mix_string(hash, block->list_format);
	hash = mix_rich_text(hash, &block->text);
	hash = mix_rich_text(hash, &block->caption);
	for (size_t i = 0; i < block->cell_count; i++) {
		hash = mix_rich_text(hash, &block->cells[i]);
	}
	hash = mix_string(hash, block->language);
	hash = mix_string(hash, block->expression);
	hash = mix_string(hash, block->name);
	hash = mix_string(hash, block->block_type);
	hash = block->color_name != NULL ? mix_string(hash, block->color_name) : hash;
	hash = block->media == MEDIA_FILE ? mix_hosted_url(hash, block->url)
					  : mix_string(hash, block->url);
	return mix_uuid(hash, &block->target);
}

uint64_t block_payload_hash(const struct block *block)
{
	return mix_payload(0, block);
}

static uint64_t hash_subtree(struct block *block)
{
	uint64_t hash = mix_payload(0, block);
	hash = mix(hash, block->child_count);
	block_children_foreach (child, block) {
		hash = mix(hash, hash_subtree(child));
	}
	block->hash = hash;
	return hash;
}

void block_tree_hash(struct block_tree *tree)
{
	(void)hash_subtree(&tree->root);
}
