#include "tools/filters.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "mapping/frontmatter.h"
#include "mapping/json.h"
#include "mapping/parse.h"
#include "mapping/render.h"
#include "tools/filter_input.h"
#include "tools/filter_names.h"

DEFINE_CLEANUP(json_t, json, json_decref);

struct request {
	const char *file;
	const char *page_path;
	const char *schema_path;
	const char *names_path;
	const char *base_path;
	bool is_create;

	json_t *page;
	json_t *schema;
	json_t *names_json;
	struct block_tree *base;
	struct names names;
};

static void release_request(struct request *request)
{
	json_decref(request->page);
	json_decref(request->schema);
	json_decref(request->names_json);
	block_tree_free(request->base);
}

static int read_options(int argc, char **argv, const char *allowed, struct request *request)
{
	static const struct option options[] = {
		{"page", required_argument, NULL, 'p'},	 {"schema", required_argument, NULL, 's'},
		{"names", required_argument, NULL, 'n'}, {"base", required_argument, NULL, 'b'},
		{"create", no_argument, NULL, 'c'},	 {NULL, 0, NULL, 0},
	};
	int option = 0;

	*request = (struct request){0};
	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (strchr(allowed, option) == NULL) {
			return -EINVAL;
		}
		switch (option) {
		case 'p': request->page_path = optarg; break;
		case 's': request->schema_path = optarg; break;
		case 'n': request->names_path = optarg; break;
		case 'b': request->base_path = optarg; break;
		case 'c': request->is_create = true; break;
		default: return -EINVAL;
		}
	}
	if (argc - optind > 1) {
		return -EINVAL;
	}
	request->file = optind < argc ? argv[optind] : NULL;
	return 0;
}

static int read_tree(const char *path, struct block_tree **ret_tree)
{
	CLEANUP(json) json_t *json = input_json(path);
	if (json == NULL) {
		return -EINVAL;
	}
	int error = block_tree_from_json(json, ret_tree);
	if (error != 0) {
		fprintf(stderr, "%s: %s\n", path != NULL ? path : "standard input",
			error == -ELOOP ? "nested too deep" : "not an array of blocks");
	}
	return error;
}

/* The wrong file would be taken for one with nothing in it. */
static int check_kind(const char *path, const json_t *json, const char *member, const char *kind)
{
	if (path == NULL || (json_is_object(json) &&
			     (member == NULL || json_is_object(json_object_get(json, member))))) {
		return 0;
	}
	fprintf(stderr, "%s: not %s\n", path, kind);
	return -EINVAL;
}

/* Everything the options name. */
static int read_files(struct request *request)
{
	const struct {
		const char *path;
		json_t **json;
	} files[] = {
		{request->page_path, &request->page},
		{request->schema_path, &request->schema},
		{request->names_path, &request->names_json},
	};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (files[i].path == NULL) {
			continue;
		}
		*files[i].json = input_json(files[i].path);
		if (*files[i].json == NULL) {
			return -EINVAL;
		}
	}
	if (check_kind(request->page_path, request->page, "properties", "a page") != 0 ||
	    check_kind(request->schema_path, request->schema, "properties", "a data source") != 0 ||
	    check_kind(request->names_path, request->names_json, NULL,
		       "an object of ids and names") != 0) {
		return -EINVAL;
	}
	if (request->names_json != NULL) {
		filter_names_init(&request->names, request->names_json);
	}
	return request->base_path != NULL ? read_tree(request->base_path, &request->base) : 0;
}

static int render(struct request *request)
{
	CLEANUP(block_tree) struct block_tree *tree = NULL;
	CLEANUP(buf) struct buf head;
	CLEANUP(buf) struct buf text;

	buf_init(&head, BUF_PAGE_MAX_BYTES);
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	if (read_files(request) != 0 || read_tree(request->file, &tree) != 0) {
		return 1;
	}
	if (request->page != NULL) {
		const struct frontmatter_options options = {.schema = request->schema,
							    .names = &request->names};
		frontmatter_render(request->page, &options, &head);
	}
	render_page(head.data, tree, &request->names, &text);
	if (buf_check(&head) != 0 || buf_check(&text) != 0) {
		fprintf(stderr, "the page is larger than %zu MB\n", BUF_PAGE_MAX_BYTES >> 20);
		return 1;
	}
	bool is_written = fwrite(text.data, 1, text.len, stdout) == text.len;
	return is_written && fflush(stdout) == 0 ? 0 : 1;
}

int filter_render(int argc, char **argv)
{
	struct request request;

	if (read_options(argc, argv, "psn", &request) != 0) {
		fputs("usage: notionfs render [--page PAGE.json --schema DATA_SOURCE.json] "
		      "[--names NAMES.json] [FILE]\n",
		      stderr);
		return 2;
	}
	int code = render(&request);
	release_request(&request);
	return code;
}

static bool has_link_mention(const struct rich_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct run *run = &text->runs[i];
		if (run->kind == RUN_MENTION &&
		    (run->mention == MENTION_LINK_MENTION || run->mention == MENTION_LINK_PREVIEW ||
		     run->mention == MENTION_OTHER)) {
			return true;
		}
	}
	return false;
}

/* What of this block alone the API can't create, or NULL. */
static const char *uncreatable(const struct block *block)
{
	if (!block_type_is_creatable(block->type)) {
		return "this block";
	}
	if (block->media == MEDIA_FILE) {
		return "a file that is not uploaded";
	}
	if (block->list_start_index != 0 || block->list_format != NULL) {
		return "a list's start or format";
	}
	if (block->icon.kind == ICON_FILE) {
		return "an icon that is not uploaded";
	}
	bool has_link = has_link_mention(&block->text) || has_link_mention(&block->caption);
	for (size_t i = 0; i < block->cell_count && !has_link; i++) {
		has_link = has_link_mention(&block->cells[i]);
	}
	return has_link ? "a link mention" : NULL;
}

static void refuse_uncreatable(const struct block *parent, struct diagnostics *diagnostics)
{
	block_children_foreach (block, parent) {
		const char *what = uncreatable(block);
		if (what != NULL) {
			diagnostics_add(diagnostics, SEVERITY_ERROR, block->line, 0,
					"Notion's API can't create %s, remove it", what);
		}
		refuse_uncreatable(block, diagnostics);
	}
}

/* The properties of a page that is to be created with this head. */
static int parse_head(const struct request *request, const struct page_text *page,
		      struct diagnostics *diagnostics, json_t **ret_patch)
{
	const struct frontmatter_options options = {.schema = request->schema,
						    .names = &request->names,
						    .create_options = true,
						    .keeps_stored = !request->is_create};
	int error =
		frontmatter_patch(page->frontmatter, page->frontmatter_len, page->frontmatter_line,
				  NULL, &options, diagnostics, ret_patch);
	if (error == 0 && json_object_get(*ret_patch, "properties") == NULL) {
		json_object_set_new(*ret_patch, "properties", json_object());
	}
	return error;
}

static int parse_text(const struct request *request, const struct buf *text,
		      struct diagnostics *diagnostics, json_t **ret_json)
{
	CLEANUP(block_tree) struct block_tree *tree = NULL;
	CLEANUP(json) json_t *patch = NULL;
	struct page_text page;

	parse_split(text->data, text->len, &page);
	int error = 0;
	if (request->schema != NULL && page.frontmatter != NULL) {
		error = parse_head(request, &page, diagnostics, &patch);
	} else {
		error = check_unread_head(&page, "give --schema to have them printed", diagnostics);
	}
	int body_error = parse_blocks(page.body, page.body_len, page.body_line, request->base,
				      &request->names, diagnostics, &tree);
	if (error != 0 || body_error != 0) {
		return error != 0 ? error : body_error;
	}
	if (request->is_create) {
		refuse_uncreatable(&tree->root, diagnostics);
	}
	if (diagnostics->has_error) {
		return -EINVAL;
	}
	json_t *blocks = block_tree_to_json(tree, request->is_create ? BLOCK_SHAPE_CREATE
								     : BLOCK_SHAPE_PARSE);
	if (patch != NULL) {
		json_object_set_new(patch, "children", blocks);
		*ret_json = steal(&patch);
	} else {
		*ret_json = blocks;
	}
	return 0;
}

static int parse(struct request *request)
{
	CLEANUP(json) json_t *json = NULL;
	CLEANUP(buf) struct buf text;
	CLEANUP(diagnostics) struct diagnostics diagnostics;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	diagnostics_init(&diagnostics);
	if (read_files(request) != 0 || input_text(request->file, &text) != 0) {
		return 1;
	}
	int error = parse_text(request, &text, &diagnostics, &json);
	print_diagnostics(&diagnostics);
	return error == 0 && print_json(json) == 0 ? 0 : 1;
}

int filter_parse(int argc, char **argv)
{
	struct request request;

	if (read_options(argc, argv, "bcsn", &request) != 0) {
		fputs("usage: notionfs parse [--base BLOCKS.json] [--create] "
		      "[--schema DATA_SOURCE.json] [--names NAMES.json] [FILE]\n",
		      stderr);
		return 2;
	}
	int code = parse(&request);
	release_request(&request);
	return code;
}
