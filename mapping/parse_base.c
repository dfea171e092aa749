#include "mapping/parse_base.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/asset.h"

/* Something in the base that may be taken over, under the key a text shows of it. */
struct offer {
	uint64_t key;
	size_t order;
	const struct block *block; /* exactly one of these three */
	const struct run *run;
	const struct icon *icon;
	size_t number;	    /* of the block; it may be offered under several keys */
	size_t taken_count; /* of the first of a key: how many are taken */
};

struct offers {
	struct offer *items;
	size_t count;
	size_t allocated;
	size_t block_count;
	bool *is_taken; /* by the block's number */
	const struct names *names;
};

static uint64_t mix(uint64_t key, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	for (size_t i = 0; i < len; i++) {
		key = (key ^ p[i]) * 0x100000001b3u;
	}
	return (key ^ len) * 0x9e3779b97f4a7c15u;
}

static uint64_t mix_string(uint64_t key, const char *string)
{
	return string != NULL ? mix(key, string, strlen(string)) : key;
}

/* 0: the block has nothing that a text can't carry. */
static uint64_t block_key(const struct block *block, const char *url)
{
	uint64_t key = mix(1, &block->type, sizeof(block->type));

	switch (block->type) {
	case BLOCK_UNSUPPORTED:
	case BLOCK_OTHER: return mix_string(key, block->block_type);
	case BLOCK_MEETING_NOTES:
	case BLOCK_TRANSCRIPTION:
	case BLOCK_AI_BLOCK: return key;
	case BLOCK_LINK_PREVIEW: return mix_string(key, block->url);
	case BLOCK_IMAGE:
	case BLOCK_VIDEO:
	case BLOCK_AUDIO:
	case BLOCK_PDF:
	case BLOCK_FILE: return block->media == MEDIA_FILE ? mix(key, url, strcspn(url, "?")) : 0;
	default: return 0;
	}
}

static uint64_t run_key(const struct run *run)
{
	uint64_t key = mix(2, &run->mention, sizeof(run->mention));

	if (run->kind != RUN_MENTION) {
		return 0;
	}
	switch (run->mention) {
	case MENTION_USER:
	case MENTION_PAGE:
	case MENTION_DATABASE:
	case MENTION_CUSTOM_EMOJI: return mix(key, &run->id, sizeof(run->id));
	case MENTION_LINK_MENTION:
	case MENTION_LINK_PREVIEW: return mix_string(key, run->url);
	default: return 0;
	}
}

static uint64_t icon_key(const struct icon *icon)
{
	uint64_t key = mix(3, &icon->kind, sizeof(icon->kind));

	switch (icon->kind) {
	case ICON_FILE: return mix(key, icon->text, strcspn(icon->text, "?"));
	case ICON_CUSTOM_EMOJI: return mix_string(key, icon->text);
	default: return 0;
	}
}

static void add_offer(struct offers *offers, const struct offer *offer)
{
	if (offer->key == 0) {
		return;
	}
	if (offers->count == offers->allocated) {
		offers->allocated = offers->allocated * 2 + 64;
		offers->items =
			reallocarray(offers->items, offers->allocated, sizeof(*offers->items));
		if (offers->items == NULL) {
			abort();
		}
	}
	offers->items[offers->count] = *offer;
	offers->items[offers->count].order = offers->count;
	offers->count++;
}

static void offer_text(struct offers *offers, const struct rich_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		if (text->runs[i].raw != NULL) {
			add_offer(offers, &(struct offer){.key = run_key(&text->runs[i]),
							  .run = &text->runs[i]});
		}
	}
}

/* A file's path in the text, as written and as it is. */
static void offer_asset(struct offers *offers, const struct asset *asset, const struct offer *offer,
			uint64_t (*key_of)(const struct offer *offer, const char *path))
{
	const char *path = asset_shown(offers->names, asset);
	CLEANUP(arena) struct arena arena = {0};

	if (path == NULL) {
		return;
	}
	struct offer named = *offer;
	named.key = key_of(offer, path);
	add_offer(offers, &named);
	const char *decoded = asset_decode(&arena, path);
	if (decoded != path) {
		named.key = key_of(offer, decoded);
		add_offer(offers, &named);
	}
}

static uint64_t key_of_block(const struct offer *offer, const char *path)
{
	return block_key(offer->block, path);
}

static uint64_t key_of_icon(const struct offer *offer, const char *path)
{
	struct icon icon = *offer->icon;
	icon.text = path;
	return icon_key(&icon);
}

static void offer_files(struct offers *offers, const struct block *block)
{
	CLEANUP(arena) struct arena arena = {0};
	struct asset asset = {.owner = block->id, .name = block->name};

	if (block->media == MEDIA_FILE && block->has_id) {
		asset.url = asset_bare_url(&arena, block->url);
		offer_asset(offers, &asset,
			    &(struct offer){.block = block, .number = offers->block_count},
			    key_of_block);
	}
	if (block->icon.kind == ICON_FILE && block->has_id) {
		asset.place = ASSET_BLOCK_ICON;
		asset.name = NULL;
		asset.url = asset_bare_url(&arena, block->icon.text);
		offer_asset(offers, &asset, &(struct offer){.icon = &block->icon}, key_of_icon);
	}
}

static void offer_blocks(struct offers *offers, const struct block *parent)
{
	block_children_foreach (block, parent) {
		add_offer(offers, &(struct offer){.key = block_key(block, block->url),
						  .block = block,
						  .number = offers->block_count});
		offer_files(offers, block);
		offers->block_count++;
		if (block->icon.raw != NULL) {
			add_offer(offers, &(struct offer){.key = icon_key(&block->icon),
							  .icon = &block->icon});
		}
		offer_text(offers, &block->text);
		offer_text(offers, &block->caption);
		for (size_t i = 0; i < block->cell_count; i++) {
			offer_text(offers, &block->cells[i]);
		}
		offer_blocks(offers, block);
	}
}

static int compare_offers(const void *a, const void *b)
{
	const struct offer *x = a;
	const struct offer *y = b;
	if (x->key != y->key) {
		return x->key < y->key ? -1 : 1;
	}
	return (x->order > y->order) - (x->order < y->order);
}

/* First offer of the key; its successors stand behind it. */
static struct offer *find_offer(const struct offers *offers, uint64_t key)
{
	size_t low = 0;
	size_t high = offers->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (offers->items[middle].key < key) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return key != 0 && low < offers->count && offers->items[low].key == key
		       ? &offers->items[low]
		       : NULL;
}

static const char *copy(struct block_tree *tree, const char *string)
{
	return string != NULL ? arena_copy(&tree->arena, string, strlen(string)) : NULL;
}

/* The next block of this key that no line has taken; NULL when there is none. */
static const struct block *next_block(const struct offers *offers, uint64_t key)
{
	struct offer *first = find_offer(offers, key);
	const struct offer *end = offers->count > 0 ? offers->items + offers->count : NULL;

	while (first != NULL) {
		const struct offer *offer = first + first->taken_count;
		if (offer >= end || offer->key != key) {
			break;
		}
		first->taken_count++;
		if (!offers->is_taken[offer->number]) {
			offers->is_taken[offer->number] = true;
			return offer->block;
		}
	}
	return NULL;
}

/* The block that showed what lay at this path before, and is to show what lies there now. */
static const struct block *find_replaced(struct block_tree *tree, struct block *block,
					 const struct offers *offers)
{
	const char *url;
	for (size_t i = 0;
	     (url = asset_replaced(offers->names, &tree->arena, block->url, i)) != NULL; i++) {
		const struct block *found = next_block(offers, block_key(block, url));
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

/* The stored file of a path, else an upload of the local one. */
static const struct block *find_file(struct block_tree *tree, struct block *block,
				     const struct offers *offers)
{
	const char *stored = asset_stored(offers->names, &tree->arena, block->url);
	const struct block *found =
		stored != NULL ? next_block(offers, block_key(block, stored)) : NULL;
	if (found == NULL) {
		const char *upload = asset_upload(offers->names, &tree->arena, block->url);
		if (upload != NULL) {
			found = find_replaced(tree, block, offers);
			block->media = MEDIA_FILE_UPLOAD;
			block->url = upload;
		}
	}
	return found;
}

static void take_block(struct block_tree *tree, struct block *block, const struct offers *offers)
{
	const struct block *base = next_block(offers, block_key(block, block->url));

	if (base == NULL && block->media == MEDIA_FILE) {
		base = find_file(tree, block, offers);
	}
	if (base == NULL) {
		return;
	}
	block->has_id = base->has_id;
	block->id = base->id;
	block->has_children = block->has_children || base->has_children;
	block->raw = copy(tree, base->raw);
	if (block->media == MEDIA_FILE) {
		block->url = copy(tree, base->url);
	}
}

static void take_icon(struct block_tree *tree, struct icon *icon, const struct offers *offers)
{
	const struct offer *offer = find_offer(offers, icon_key(icon));

	if (offer == NULL && icon->kind == ICON_FILE) {
		struct icon named = *icon;
		named.text = asset_stored(offers->names, &tree->arena, icon->text);
		offer = named.text != NULL ? find_offer(offers, icon_key(&named)) : NULL;
		const char *upload = offer == NULL
					     ? asset_upload(offers->names, &tree->arena, icon->text)
					     : NULL;
		if (upload != NULL) {
			icon->kind = ICON_FILE_UPLOAD;
			icon->text = upload;
		}
	}
	if (offer == NULL) {
		return;
	}
	icon->raw = copy(tree, offer->icon->raw);
	if (icon->kind == ICON_FILE) {
		icon->text = copy(tree, offer->icon->text);
	}
	if (uuid_is_zero(&icon->id)) {
		icon->id = offer->icon->id;
	}
}

static void take_text(struct block_tree *tree, struct rich_text *text, const struct offers *offers)
{
	for (size_t i = 0; i < text->count; i++) {
		struct run *run = &text->runs[i];
		const struct offer *offer = find_offer(offers, run_key(run));
		if (run->raw == NULL && offer != NULL) {
			run->raw = copy(tree, offer->run->raw);
		}
	}
}

static void take_blocks(struct block_tree *tree, struct block *parent, const struct offers *offers)
{
	block_children_foreach (block, parent) {
		take_block(tree, block, offers);
		take_icon(tree, &block->icon, offers);
		take_text(tree, &block->text, offers);
		take_text(tree, &block->caption, offers);
		for (size_t i = 0; i < block->cell_count; i++) {
			take_text(tree, &block->cells[i], offers);
		}
		take_blocks(tree, block, offers);
	}
}

void parse_take_base(struct block_tree *tree, const struct block_tree *base,
		     const struct names *names)
{
	struct offers offers = {.names = names};
	bool has_files = names != NULL && (names->stored_file != NULL || names->upload != NULL);

	if (base != NULL) {
		offer_blocks(&offers, &base->root);
	}
	if (offers.count > 0 || has_files) {
		offers.is_taken = calloc(offers.block_count + 1, sizeof(*offers.is_taken));
		if (offers.is_taken == NULL) {
			abort();
		}
		if (offers.count > 0) {
			qsort(offers.items, offers.count, sizeof(*offers.items), compare_offers);
		}
		take_blocks(tree, &tree->root, &offers);
	}
	free(offers.is_taken);
	free(offers.items);
}
