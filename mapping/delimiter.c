#include "mapping/delimiter.h"

#include <limits.h>
#include <stdlib.h>

#include "mapping/character.h"

void delimiters_release(struct delimiters *delimiters)
{
	free(delimiters->items);
	*delimiters = (struct delimiters){.last = DELIMITER_NONE};
}

static void find_flanks(struct delimiter *delimiter, enum character_class before,
			enum character_class after)
{
	bool is_left = after != CHARACTER_SPACE &&
		       (after != CHARACTER_PUNCTUATION || before != CHARACTER_OTHER);
	bool is_right = before != CHARACTER_SPACE &&
			(before != CHARACTER_PUNCTUATION || after != CHARACTER_OTHER);
	delimiter->can_open = is_left;
	delimiter->can_close = is_right;
	if (delimiter->mark == '_') {
		delimiter->can_open = is_left && (!is_right || before == CHARACTER_PUNCTUATION);
		delimiter->can_close = is_right && (!is_left || after == CHARACTER_PUNCTUATION);
	}
}

static int append(struct delimiters *delimiters, const struct delimiter *delimiter)
{
	if (delimiters->count == delimiters->allocated) {
		if (delimiters->allocated > INT_MAX / 2 - 16) {
			abort();
		}
		delimiters->allocated = delimiters->allocated * 2 + 16;
		delimiters->items = realloc(delimiters->items, (size_t)delimiters->allocated *
								       sizeof(*delimiters->items));
		if (delimiters->items == NULL) {
			abort();
		}
	}
	delimiters->items[delimiters->count] = *delimiter;
	return delimiters->count++;
}

void delimiters_add(struct delimiters *delimiters, struct inline_nodes *nodes, const char *source,
		    size_t source_len, size_t at, size_t len)
{
	struct delimiter delimiter = {
		.mark = source[at],
		.original_len = len,
		.previous = delimiters->last,
		.next = DELIMITER_NONE,
	};
	find_flanks(&delimiter, character_class_before(source, at),
		    character_class_at(source, source_len, at + len));
	bool is_mark = delimiter.mark != '~' || len == 2;
	if (!is_mark || (!delimiter.can_open && !delimiter.can_close)) {
		inline_nodes_literal(nodes, source + at, len);
		return;
	}
	delimiter.node = inline_nodes_add(nodes, NODE_DELIMITER);
	inline_nodes_extend(nodes, source + at, len);
	int index = append(delimiters, &delimiter);
	if (delimiters->last != DELIMITER_NONE) {
		delimiters->items[delimiters->last].next = index;
	}
	delimiters->last = index;
}

static void take_out(struct delimiters *delimiters, int index)
{
	const struct delimiter *delimiter = &delimiters->items[index];
	if (delimiter->previous != DELIMITER_NONE) {
		delimiters->items[delimiter->previous].next = delimiter->next;
	}
	if (delimiter->next != DELIMITER_NONE) {
		delimiters->items[delimiter->next].previous = delimiter->previous;
	} else {
		delimiters->last = delimiter->previous;
	}
}

/* CommonMark's "multiple of three" rule. */
static bool lengths_allow(const struct delimiter *opener, const struct delimiter *closer)
{
	if (!opener->can_close && !closer->can_open) {
		return true;
	}
	return (opener->original_len + closer->original_len) % 3 != 0 ||
	       (opener->original_len % 3 == 0 && closer->original_len % 3 == 0);
}

static int find_opener(const struct delimiters *delimiters, int closer, int bottom)
{
	const struct delimiter *end = &delimiters->items[closer];
	for (int i = end->previous; i > bottom; i = delimiters->items[i].previous) {
		const struct delimiter *opener = &delimiters->items[i];
		if (opener->mark == end->mark && opener->can_open && lengths_allow(opener, end)) {
			return i;
		}
	}
	return DELIMITER_NONE;
}

/* The kinds of closer for which a failed search for an opener need not be repeated further down. */
#define CLOSER_KINDS 18

static int closer_kind(const struct delimiter *closer)
{
	int mark = closer->mark == '*' ? 0 : closer->mark == '_' ? 1 : 2;
	return mark * 6 + (closer->can_open ? 3 : 0) + (int)(closer->original_len % 3);
}

static void join(struct delimiters *delimiters, struct inline_nodes *nodes, int opener, int closer)
{
	struct inline_node *open = &nodes->items[delimiters->items[opener].node];
	struct inline_node *close = &nodes->items[delimiters->items[closer].node];
	size_t used = open->len >= 2 && close->len >= 2 ? 2 : 1;
	enum emphasis emphasis = used == 2 ? EMPHASIS_BOLD : EMPHASIS_ITALIC;
	if (delimiters->items[opener].mark == '~') {
		emphasis = EMPHASIS_STRIKETHROUGH;
	}
	open->len -= used;
	open->opens[emphasis]++;
	close->len -= used;
	close->closes[emphasis]++;
	/* what stands between can find no partner any more */
	delimiters->items[opener].next = closer;
	delimiters->items[closer].previous = opener;
	if (open->len == 0) {
		take_out(delimiters, opener);
	}
}

void delimiters_match(struct delimiters *delimiters, struct inline_nodes *nodes, int bottom)
{
	int bottoms[CLOSER_KINDS];
	for (int i = 0; i < CLOSER_KINDS; i++) {
		bottoms[i] = bottom;
	}
	int closer = delimiters->last;
	while (closer != DELIMITER_NONE && delimiters->items[closer].previous > bottom) {
		closer = delimiters->items[closer].previous;
	}
	while (closer > bottom && closer != DELIMITER_NONE) {
		struct delimiter *delimiter = &delimiters->items[closer];
		int next = delimiter->next;
		if (!delimiter->can_close) {
			closer = next;
			continue;
		}
		int *lowest = &bottoms[closer_kind(delimiter)];
		int opener = find_opener(delimiters, closer, *lowest);
		if (opener == DELIMITER_NONE) {
			*lowest = delimiter->previous > bottom ? delimiter->previous : bottom;
			if (!delimiter->can_open) {
				take_out(delimiters, closer);
			}
			closer = next;
			continue;
		}
		join(delimiters, nodes, opener, closer);
		if (nodes->items[delimiter->node].len == 0) {
			take_out(delimiters, closer);
			closer = next;
		}
	}
	while (delimiters->last > bottom) {
		take_out(delimiters, delimiters->last);
	}
}
