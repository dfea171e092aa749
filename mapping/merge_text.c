#include "mapping/merge_text.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/diff_node.h"

/* A table of two texts' differing parts has at most so many cells. */
#define MAX_CELLS ((size_t)4 << 20)

/* A word, what stands between words, or a mention or equation as a whole; with its style. */
struct token {
	const struct run *run;
	const char *text;
	size_t len;
	uint64_t hash;
};

struct tokens {
	struct token *items;
	size_t count;
	size_t allocated;
};

static void *must(void *memory)
{
	if (memory == NULL) {
		abort();
	}
	return memory;
}

static uint64_t hash_of(const struct token *token)
{
	struct run run = *token->run;
	struct block block = {.text = {.runs = &run, .count = 1}};

	run.text = token->text;
	run.text_len = token->len;
	return block_payload_hash(&block);
}

static void add_token(struct tokens *tokens, const struct run *run, const char *text, size_t len)
{
	if (tokens->count == tokens->allocated) {
		tokens->allocated = tokens->allocated * 2 + 64;
		tokens->items = must(
			reallocarray(tokens->items, tokens->allocated, sizeof(*tokens->items)));
	}
	struct token *token = &tokens->items[tokens->count++];
	*token = (struct token){.run = run, .text = text, .len = len};
	token->hash = hash_of(token);
}

static bool is_word(unsigned char byte)
{
	return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') || byte == '_';
}

/* Bytes of the token at `text`: a word, one character of a script without spaces, or one other
 * character. */
static size_t token_length(const char *text, size_t len)
{
	size_t at = 1;
	unsigned char first = (unsigned char)text[0];

	if (!is_word(first)) {
		return 1;
	}
	if (first >= 0xe3) {
		while (at < len && ((unsigned char)text[at] & 0xc0) == 0x80) {
			at++;
		}
		return at;
	}
	while (at < len && is_word((unsigned char)text[at]) && (unsigned char)text[at] < 0xe3) {
		at++;
	}
	return at;
}

static void tokenize(struct tokens *tokens, const struct rich_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct run *run = &text->runs[i];
		if (run->kind != RUN_TEXT) {
			add_token(tokens, run, run->text, run->text_len);
			continue;
		}
		for (size_t at = 0; at < run->text_len;) {
			size_t len = token_length(run->text + at, run->text_len - at);
			add_token(tokens, run, run->text + at, len);
			at += len;
		}
	}
}

/* For each token of `a` its equal in `b`, in order, as many as there are, or SIZE_MAX. False when
 * that is too much work. */
static bool match_tokens(const struct tokens *a, const struct tokens *b, size_t *matches)
{
	size_t head = 0;
	size_t n = a->count;
	size_t m = b->count;

	for (size_t i = 0; i < n; i++) {
		matches[i] = SIZE_MAX;
	}
	while (head < n && head < m && a->items[head].hash == b->items[head].hash) {
		matches[head] = head;
		head++;
	}
	while (n > head && m > head && a->items[n - 1].hash == b->items[m - 1].hash) {
		matches[--n] = --m;
	}
	size_t width = m - head + 1;
	if (n - head + 1 > MAX_CELLS / width) {
		return false;
	}
	/* lengths[i][j]: of the longest common part of a from i on and b from j on */
	uint32_t *lengths = must(calloc((n - head + 1) * width, sizeof(*lengths)));
	for (size_t i = n; i-- > head;) {
		uint32_t *row = lengths + (i - head) * width;
		for (size_t j = m; j-- > head;) {
			uint32_t down = row[width + (j - head)];
			uint32_t right = row[j - head + 1];
			row[j - head] = a->items[i].hash == b->items[j].hash
						? row[width + (j - head) + 1] + 1
					: down > right ? down
						       : right;
		}
	}
	for (size_t i = head, j = head; i < n && j < m;) {
		const uint32_t *row = lengths + (i - head) * width;
		if (a->items[i].hash == b->items[j].hash) {
			matches[i++] = j++;
		} else if (row[width + (j - head)] >= row[j - head + 1]) {
			i++;
		} else {
			j++;
		}
	}
	free(lengths);
	return true;
}

struct part {
	const struct tokens *tokens;
	size_t from;
	size_t to;
};

static bool parts_equal(const struct part *a, const struct part *b)
{
	if (a->to - a->from != b->to - b->from) {
		return false;
	}
	for (size_t i = 0; i < a->to - a->from; i++) {
		if (a->tokens->items[a->from + i].hash != b->tokens->items[b->from + i].hash) {
			return false;
		}
	}
	return true;
}

static void add_part(struct tokens *merged, const struct part *part)
{
	for (size_t i = part->from; i < part->to; i++) {
		const struct token *token = &part->tokens->items[i];
		add_token(merged, token->run, token->text, token->len);
	}
}

/* What lies between two places where all three agree. */
static bool merge_part(struct tokens *merged, const struct part *base, const struct part *local,
		       const struct part *remote)
{
	if (parts_equal(base, local) || parts_equal(local, remote)) {
		add_part(merged, remote);
		return true;
	}
	if (parts_equal(base, remote)) {
		add_part(merged, local);
		return true;
	}
	return false;
}

static bool merge_tokens(struct tokens *merged, const struct tokens *base,
			 const struct tokens *local, const struct tokens *remote,
			 const size_t *in_local, const size_t *in_remote)
{
	struct part base_part = {base, 0, 0};
	struct part local_part = {local, 0, 0};
	struct part remote_part = {remote, 0, 0};

	for (size_t i = 0; i <= base->count; i++) {
		bool is_end = i == base->count;
		if (!is_end && (in_local[i] == SIZE_MAX || in_remote[i] == SIZE_MAX)) {
			continue;
		}
		base_part.to = i;
		local_part.to = is_end ? local->count : in_local[i];
		remote_part.to = is_end ? remote->count : in_remote[i];
		if (!merge_part(merged, &base_part, &local_part, &remote_part)) {
			return false;
		}
		if (!is_end) {
			/* The label of a mention may be newer in Notion. */
			const struct token *token = &remote->items[in_remote[i]];
			add_token(merged, token->run, token->text, token->len);
		}
		base_part.from = base_part.to + 1;
		local_part.from = local_part.to + 1;
		remote_part.from = remote_part.to + 1;
	}
	return true;
}

static void join(struct arena *arena, const struct tokens *tokens, struct rich_text *ret_text)
{
	struct rich_text text = {0};

	text.runs = arena_array(arena, tokens->count + 1, sizeof(*text.runs));
	for (size_t i = 0; i < tokens->count; i++) {
		const struct token *token = &tokens->items[i];
		struct run *run = &text.runs[text.count++];
		*run = *token->run;
		run->text = arena_copy(arena, token->text, token->len);
		run->text_len = token->len;
	}
	rich_text_normalize(arena, &text);
	*ret_text = text;
}

bool merge_rich_text(struct arena *arena, const struct rich_text *base,
		     const struct rich_text *local, const struct rich_text *remote,
		     struct rich_text *ret_text)
{
	struct tokens all[3] = {{0}};
	struct tokens merged = {0};

	tokenize(&all[0], base);
	tokenize(&all[1], local);
	tokenize(&all[2], remote);
	size_t *in_local = must(reallocarray(NULL, all[0].count + 1, sizeof(*in_local)));
	size_t *in_remote = must(reallocarray(NULL, all[0].count + 1, sizeof(*in_remote)));
	bool merges = match_tokens(&all[0], &all[1], in_local) &&
		      match_tokens(&all[0], &all[2], in_remote) &&
		      merge_tokens(&merged, &all[0], &all[1], &all[2], in_local, in_remote);
	if (merges) {
		join(arena, &merged, ret_text);
	}
	for (size_t i = 0; i < 3; i++) {
		free(all[i].items);
	}
	free(merged.items);
	free(in_local);
	free(in_remote);
	return merges;
}
