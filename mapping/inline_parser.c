#include "mapping/inline_parser.h"

#include <string.h>

void inline_parser_literal(struct inline_parser *parser, size_t len)
{
	inline_nodes_literal(&parser->nodes, parser->text + parser->at, len);
	parser->at += len;
}

void inline_parser_add_run(struct inline_parser *parser, const struct run *run)
{
	size_t node = inline_nodes_add(&parser->nodes, NODE_RUN);
	parser->nodes.items[node].run = arena_alloc(parser->arena, sizeof(*run));
	*parser->nodes.items[node].run = *run;
}

size_t inline_parser_run_length(const struct inline_parser *parser, size_t at)
{
	size_t end = at;
	while (end < parser->len && parser->text[end] == parser->text[at]) {
		end++;
	}
	return end - at;
}

size_t inline_parser_find(struct inline_parser *parser, struct search *search, const char *string,
			  size_t from)
{
	if (search->is_known && search->from <= from && from <= search->hit) {
		return search->hit;
	}
	const char *hit = NULL;
	if (from < parser->len) {
		hit = memmem(parser->text + from, parser->len - from, string, strlen(string));
	}
	*search = (struct search){true, from,
				  hit != NULL ? (size_t)(hit - parser->text) : parser->len};
	return search->hit;
}
