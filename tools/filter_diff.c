#include "tools/filter_diff.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "mapping/diff.h"
#include "mapping/json.h"
#include "mapping/parse.h"
#include "tools/filter_input.h"

DEFINE_CLEANUP(json_t, json, json_decref);

struct request {
	struct diff_options options;
	bool has_page;
	const char *base_path;
	const char *text_path;
};

static int usage(void)
{
	fputs("usage: notionfs diff [--weight W] [--page ID] BASE.json NEW.md\n", stderr);
	return 2;
}

static int read_request(int argc, char **argv, struct request *request)
{
	static const struct option options[] = {{"weight", required_argument, NULL, 'w'},
						{"page", required_argument, NULL, 'p'},
						{NULL, 0, NULL, 0}};
	int option;

	*request = (struct request){.options = {.weight_percent = 100}};
	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		char *end = NULL;
		double weight;
		switch (option) {
		case 'w':
			weight = strtod(optarg, &end);
			if (end == optarg || *end != '\0' || !(weight >= 0 && weight <= 20)) {
				fputs("notionfs diff: the weight is a number from 0 to 20\n",
				      stderr);
				return -EINVAL;
			}
			request->options.weight_percent = (unsigned)lround(weight * 100);
			break;
		case 'p':
			if (uuid_parse(optarg, strlen(optarg), &request->options.page) < 0) {
				fputs("notionfs diff: --page takes an id of 32 hex digits\n",
				      stderr);
				return -EINVAL;
			}
			request->has_page = true;
			break;
		default: return -EINVAL;
		}
	}
	if (argc - optind != 2) {
		return -EINVAL;
	}
	request->base_path = argv[optind];
	request->text_path = argv[optind + 1];
	return 0;
}

/* The id of what the blocks are children of, as the API says in each. */
static bool find_parent(const json_t *base, struct uuid *ret_page)
{
	const json_t *list = json_is_object(base) ? json_object_get(base, "results") : base;
	const json_t *parent = json_object_get(json_array_get(list, 0), "parent");
	const char *id = json_string_value(json_object_get(parent, "page_id"));

	if (id == NULL) {
		id = json_string_value(json_object_get(parent, "block_id"));
	}
	return id != NULL && uuid_parse(id, strlen(id), ret_page) == 0;
}

static bool has_ids(const struct block *parent)
{
	block_children_foreach (block, parent) {
		if (!block->has_id || !has_ids(block)) {
			return false;
		}
	}
	return true;
}

static int read_base(struct request *request, struct block_tree **ret_base)
{
	CLEANUP(json) json_t *json = input_json(request->base_path);

	if (json == NULL) {
		return -EINVAL;
	}
	if (!request->has_page) {
		request->has_page = find_parent(json, &request->options.page);
	}
	if (block_tree_from_json(json, ret_base) < 0) {
		fprintf(stderr, "notionfs diff: %s: not an array of blocks\n", request->base_path);
		return -EINVAL;
	}
	if (!has_ids(&(*ret_base)->root)) {
		fprintf(stderr, "notionfs diff: %s: a block has no id\n", request->base_path);
		block_tree_free(*ret_base);
		*ret_base = NULL;
		return -EINVAL;
	}
	return 0;
}

static bool names_unknown_page(const struct request *request, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count && !request->has_page; i++) {
		const struct plan_target *target = &plan->calls[i].target;
		if (target->call == 0 && uuid_is_zero(&target->id)) {
			return true;
		}
	}
	return false;
}

static void print_plan(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		CLEANUP(json) json_t *line = json_pack("{s:I}", "n", (json_int_t)i + 1);
		json_object_update_new(line, plan_call_to_json(&plan->calls[i]));
		json_dumpf(line, stdout, JSON_COMPACT);
		putchar('\n');
	}
}

static int print_diff(const struct request *request, const struct block_tree *base,
		      const struct buf *text, struct diagnostics *diagnostics)
{
	CLEANUP(block_tree) struct block_tree *wanted = NULL;
	CLEANUP(plan) struct plan *plan = NULL;
	static const struct names no_names;
	struct page_text page;

	parse_split(text->data, text->len, &page);
	int error = check_unread_head(&page, "only blocks are compared", diagnostics);
	int body_error = parse_blocks(page.body, page.body_len, page.body_line, base, &no_names,
				      diagnostics, &wanted);
	error = error == 0 ? body_error : error;
	if (error == 0) {
		error = diff_plan(base, wanted, &request->options, diagnostics, &plan);
	}
	print_diagnostics(diagnostics);
	if (error < 0) {
		return error;
	}
	if (names_unknown_page(request, plan)) {
		fputs("notionfs diff: the page's id is not in the base, give it with --page\n",
		      stderr);
		return -EINVAL;
	}
	print_plan(plan);
	return 0;
}

int filter_diff(int argc, char **argv)
{
	struct request request;
	CLEANUP(block_tree) struct block_tree *base = NULL;
	CLEANUP(buf) struct buf text;
	CLEANUP(diagnostics) struct diagnostics diagnostics;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	diagnostics_init(&diagnostics);
	if (read_request(argc, argv, &request) < 0) {
		return usage();
	}
	if (input_text(request.text_path, &text) < 0 || read_base(&request, &base) < 0 ||
	    print_diff(&request, base, &text, &diagnostics) < 0) {
		return 1;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
