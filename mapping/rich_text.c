#include <string.h>

#include "mapping/block.h"

static bool same_string(const char *a, const char *b)
{
	if (a == NULL || b == NULL) {
		return a == b;
	}
	return strcmp(a, b) == 0;
}

static bool same_text(const struct run *a, const struct run *b)
{
	return a->text_len == b->text_len && memcmp(a->text, b->text, a->text_len) == 0;
}

static bool same_mention(const struct run *a, const struct run *b)
{
	if (a->mention != b->mention) {
		return false;
	}
	switch (a->mention) {
	case MENTION_USER:
	case MENTION_PAGE:
	case MENTION_DATABASE:
	case MENTION_CUSTOM_EMOJI: return uuid_equal(&a->id, &b->id);
	case MENTION_DATE:
		return same_string(a->start, b->start) && same_string(a->end, b->end) &&
		       same_string(a->time_zone, b->time_zone);
	case MENTION_TEMPLATE_DATE:
	case MENTION_TEMPLATE_USER: return same_text(a, b);
	case MENTION_LINK_MENTION:
	case MENTION_LINK_PREVIEW: return same_string(a->url, b->url);
	case MENTION_OTHER: return same_string(a->name, b->name) && same_string(a->raw, b->raw);
	}
	return false;
}

static bool same_run(const struct run *a, const struct run *b)
{
	if (a->kind != b->kind || a->style != b->style || a->color != b->color ||
	    !same_string(a->extra, b->extra)) {
		return false;
	}
	switch (a->kind) {
	case RUN_TEXT: return same_string(a->link, b->link) && same_text(a, b);
	case RUN_EQUATION: return same_text(a, b);
	case RUN_MENTION: return same_mention(a, b);
	}
	return false;
}

bool rich_text_equal(const struct rich_text *a, const struct rich_text *b)
{
	if (a->count != b->count) {
		return false;
	}
	for (size_t i = 0; i < a->count; i++) {
		if (!same_run(&a->runs[i], &b->runs[i])) {
			return false;
		}
	}
	return true;
}

static bool can_merge(const struct run *a, const struct run *b)
{
	return a->kind == RUN_TEXT && b->kind == RUN_TEXT && a->style == b->style &&
	       a->color == b->color && same_string(a->extra, b->extra) &&
	       same_string(a->link, b->link);
}

static void drop_empty(struct rich_text *text)
{
	size_t kept = 0;
	for (size_t i = 0; i < text->count; i++) {
		if (text->runs[i].kind != RUN_TEXT || text->runs[i].text_len > 0) {
			text->runs[kept++] = text->runs[i];
		}
	}
	text->count = kept;
}

void rich_text_normalize(struct arena *arena, struct rich_text *text)
{
	drop_empty(text);
	size_t kept = 0;
	size_t end;
	for (size_t start = 0; start < text->count; start = end) {
		struct run run = text->runs[start];
		for (end = start + 1; end < text->count && can_merge(&run, &text->runs[end]);
		     end++) {
			run.text_len += text->runs[end].text_len;
		}
		if (end > start + 1) {
			char *joined = arena_alloc(arena, run.text_len + 1);
			run.text = joined;
			for (size_t i = start; i < end; i++) {
				memcpy(joined, text->runs[i].text, text->runs[i].text_len);
				joined += text->runs[i].text_len;
			}
		}
		text->runs[kept++] = run;
	}
	text->count = kept;
}

size_t utf16_length(const char *text, size_t len)
{
	size_t units = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];
		/* a continuation byte adds nothing, a four-byte sequence is a surrogate pair */
		units += (byte & 0xc0) != 0x80;
		units += byte >= 0xf0;
	}
	return units;
}
