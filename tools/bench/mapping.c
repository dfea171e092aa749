/*
 * How fast the mapping is: render and parse of a small and a large page, and the diff of large
 * ones. Prints JSON; tools/bench/mapping.mjs compares.
 *
 * What it is not: a test. Nothing is asserted about time.
 *
 * bench_mapping PAGE.md FOLDER: the page and a hundred of it. The blocks and the text of each are
 * left in FOLDER for others to be measured with.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mapping/diff.h"
#include "mapping/json.h"
#include "mapping/parse.h"
#include "mapping/render.h"

#define ROUND_COUNT 7
#define ROUND_SECONDS 0.2

/* Processor time: the machine may have other things to do. */
static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench_mapping: %s\n", what);
	exit(1);
}

/* ---- a page */

struct page {
	struct buf text;
	struct block_tree *tree;
	char *json;
};

typedef void work(const struct page *page);

static struct block_tree *parse(const char *text, size_t len)
{
	struct block_tree *tree = NULL;

	if (parse_blocks(text, len, 1, NULL, NULL, NULL, &tree) < 0) {
		die("the page can't be parsed");
	}
	return tree;
}

static void work_parse(const struct page *page)
{
	block_tree_free(parse(page->text.data, page->text.len));
}

static void work_render(const struct page *page)
{
	CLEANUP(buf) struct buf text;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	render_blocks(page->tree, NULL, &text);
	if (text.len != page->text.len) {
		die("a rendering has another length");
	}
}

static void copy_words(const struct block *parent, struct buf *out)
{
	block_children_foreach (block, parent) {
		for (size_t i = 0; i < block->text.count; i++) {
			buf_append(out, block->text.runs[i].text, block->text.runs[i].text_len);
		}
		for (size_t i = 0; i < block->cell_count; i++) {
			for (size_t j = 0; j < block->cells[i].count; j++) {
				const struct run *run = &block->cells[i].runs[j];
				buf_append(out, run->text, run->text_len);
			}
		}
		buf_putc(out, '\n');
		copy_words(block, out);
	}
}

/* What no renderer of this tree can be faster than: its words, copied without a mark or a look. */
static void work_copy(const struct page *page)
{
	CLEANUP(buf) struct buf text;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	copy_words(&page->tree->root, &text);
	if (text.len < page->text.len / 2) {
		die("words are missing");
	}
}

static void work_json_to_text(const struct page *page)
{
	CLEANUP(buf) struct buf text;
	CLEANUP(block_tree) struct block_tree *tree = NULL;
	json_t *json = json_loads(page->json, 0, NULL);

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	if (block_tree_from_json(json, &tree) < 0) {
		die("the blocks can't be read");
	}
	json_decref(json);
	render_blocks(tree, NULL, &text);
}

static void work_text_to_json(const struct page *page)
{
	struct block_tree *tree = parse(page->text.data, page->text.len);
	json_t *json = block_tree_to_json(tree, BLOCK_SHAPE_CREATE);

	free(json_dumps(json, JSON_COMPACT));
	json_decref(json);
	block_tree_free(tree);
}

/* Seconds of one run, the best of several rounds. */
static double measure(work *run, const struct page *page)
{
	double best = 1e9;

	for (int round = 0; round < ROUND_COUNT; round++) {
		unsigned runs = 0;
		double start = now();
		double spent = 0;
		while (spent < ROUND_SECONDS) {
			run(page);
			runs++;
			spent = now() - start;
		}
		best = spent / runs < best ? spent / runs : best;
	}
	return best;
}

static void write_file(const char *folder, const char *kind, unsigned copies, const char *text)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s-%u", folder, kind, copies);
	FILE *file = fopen(path, "we");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
		die("a file can't be written");
	}
}

static json_t *bench_page(const struct buf *source, unsigned copies, const char *folder)
{
	struct page page = {0};
	CLEANUP(buf) struct buf text;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	buf_init(&page.text, BUF_PAGE_MAX_BYTES);
	for (unsigned i = 0; i < copies; i++) {
		buf_append(&text, source->data, source->len);
		buf_putc(&text, '\n');
	}
	page.tree = parse(text.data, text.len);
	render_blocks(page.tree, NULL, &page.text);
	json_t *blocks = block_tree_to_json(page.tree, BLOCK_SHAPE_READ);
	page.json = json_dumps(blocks, JSON_COMPACT);
	json_decref(blocks);
	write_file(folder, "text", copies, page.text.data);
	write_file(folder, "blocks", copies, page.json);
	json_t *result = json_pack(
		"{s:i, s:I, s:I, s:f, s:f, s:f, s:f, s:f}", "copies", (int)copies, "bytes",
		(json_int_t)page.text.len, "blocks", (json_int_t)page.tree->block_count,
		"render_secs", measure(work_render, &page), "copy_secs", measure(work_copy, &page),
		"parse_secs", measure(work_parse, &page), "json_to_text_secs",
		measure(work_json_to_text, &page), "text_to_json_secs",
		measure(work_text_to_json, &page));
	free(page.json);
	block_tree_free(page.tree);
	buf_release(&page.text);
	return result;
}

/* ---- diff */

static struct uuid number_to_id(unsigned number)
{
	struct uuid id = {{0}};

	memcpy(id.bytes, &number, sizeof(number));
	id.bytes[15] = 1;
	return id;
}

/* `count` blocks; every `changed`-th says something else, and `salt` makes all of them other. */
static struct block_tree *list_of(unsigned count, unsigned changed, const char *salt)
{
	CLEANUP(buf) struct buf text;
	static const char *const marks[] = {"", "- ", "- [ ] ", "> ", "## "};

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	for (unsigned i = 0; i < count; i++) {
		bool is_changed = changed > 0 && i % changed == changed / 2;
		buf_printf(&text, "%sline %u of %s, with a few words about the number %u%s\n\n",
			   marks[i % 5], i, salt, i * 7919 % 1000,
			   is_changed ? " and a change" : "");
	}
	struct block_tree *tree = parse(text.data, text.len);
	unsigned number = 1;
	block_children_foreach (block, &tree->root) {
		block->id = number_to_id(number++);
		block->has_id = true;
	}
	return tree;
}

static int compare_seconds(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The median, and how many calls the plan has. */
static json_t *bench_diff(unsigned count, unsigned changed, const char *salt)
{
	CLEANUP(block_tree) struct block_tree *base = list_of(count, 0, "the page");
	struct diff_options options = {.page = number_to_id(0), .weight_percent = 100};
	double seconds[ROUND_COUNT];
	size_t calls = 0;

	for (int round = 0; round < ROUND_COUNT; round++) {
		CLEANUP(block_tree) struct block_tree *wanted = list_of(count, changed, salt);
		CLEANUP(plan) struct plan *plan = NULL;
		block_children_foreach (block, &wanted->root) {
			block->has_id = false;
		}
		double start = now();
		if (diff_plan(base, wanted, &options, NULL, &plan) < 0) {
			die("no plan");
		}
		seconds[round] = now() - start;
		calls = plan->count;
	}
	qsort(seconds, ROUND_COUNT, sizeof(seconds[0]), compare_seconds);
	return json_pack("{s:i, s:I, s:f}", "blocks", (int)count, "calls", (json_int_t)calls,
			 "secs", seconds[ROUND_COUNT / 2]);
}

int main(int argc, char **argv)
{
	CLEANUP(buf) struct buf source;
	char chunk[4096];
	size_t len = 0;
	FILE *file = argc == 3 ? fopen(argv[1], "re") : NULL;

	buf_init(&source, BUF_PAGE_MAX_BYTES);
	if (file == NULL) {
		die("usage: bench_mapping PAGE.md FOLDER");
	}
	while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0) {
		buf_append(&source, chunk, len);
	}
	(void)fclose(file);
	json_t *result = json_pack("{s:[o, o], s:o, s:o}", "pages", bench_page(&source, 1, argv[2]),
				   bench_page(&source, 100, argv[2]), "diff_scattered",
				   bench_diff(10000, 100, "the page"), "diff_different",
				   bench_diff(2000, 0, "something else entirely"));
	json_dumpf(result, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(result);
	return 0;
}
