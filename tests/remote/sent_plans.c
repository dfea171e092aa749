/*
 * Random edits through everything but the file system: a page on notion-sim is read, its text is
 * edited, the plan is sent over HTTP, and the page, read again, is the edited text; what was not
 * touched has its id still.
 *
 * sent_plans [COUNT [SEED]]: a failure prints the seed of its page, run `sent_plans 10 SEED`. The
 * program of the server is named by the environment's NOTION_SIM.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/remote/http.h"
#include "mapping/diff.h"
#include "mapping/json.h"
#include "mapping/parse.h"
#include "mapping/render.h"
#include "tests/remote/sim_process.h"
#include "tests/unit/random_edit.h"

#define EDITS_PER_PAGE 10
#define MAX_BLOCKS 30
#define MAX_DEPTH 5

DEFINE_CLEANUP(json_t, json, json_decref);

struct sender {
	struct http *http;
	char parent[UUID_TEXT_BYTES]; /* of the pages made here */
	char page[UUID_TEXT_BYTES];
	json_t *created; /* of each call: an array of its first level */
	unsigned long call_count;
	const char *problem; /* NULL: none so far */
	char detail[4000];
};

static bool note(struct sender *sender, const char *problem, const char *detail)
{
	if (sender->problem == NULL) {
		sender->problem = problem;
		(void)snprintf(sender->detail, sizeof(sender->detail), "%s", detail);
	}
	return false;
}

/* New reference to the answer; NULL when it is no success. */
static json_t *call(struct sender *sender, const char *method, const char *path, const json_t *body)
{
	CLEANUP(free) char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
	CLEANUP(http_answer) struct http_answer answer;
	struct http_request request = {.method = method,
				       .path = path,
				       .body = text,
				       .body_len = text != NULL ? strlen(text) : 0,
				       .token = "ntn_any",
				       .api_version = "2026-03-11",
				       .timeout_ms = 30000};

	http_answer_init(&answer);
	sender->call_count++;
	if (http_send(sender->http, &request, &answer) < 0) {
		note(sender, method, answer.reason);
		return NULL;
	}
	if (answer.status != 200) {
		CLEANUP(buf) struct buf detail;
		buf_init(&detail, BUF_PAGE_MAX_BYTES);
		buf_printf(&detail, "%s %s\n%s\n%s", method, path, text != NULL ? text : "",
			   answer.body.data);
		note(sender, "a call was refused", detail.data);
		return NULL;
	}
	return json_loadb(answer.body.data, answer.body.len, 0, NULL);
}

/* All children of a block, their own below them under `children`. */
static json_t *read_children(struct sender *sender, const char *id)
{
	json_t *all = json_array();
	char cursor[200] = "";
	bool has_more = true;

	while (has_more && sender->problem == NULL) {
		char path[400];
		(void)snprintf(path, sizeof(path), "/v1/blocks/%s/children?page_size=100%s", id,
			       cursor);
		CLEANUP(json) json_t *answer = call(sender, "GET", path, NULL);
		(void)json_array_extend(all, json_object_get(answer, "results"));
		const char *next = json_string_value(json_object_get(answer, "next_cursor"));
		has_more = next != NULL;
		(void)snprintf(cursor, sizeof(cursor), "&start_cursor=%s", has_more ? next : "");
	}
	size_t i = 0;
	json_t *block = NULL;
	json_array_foreach (all, i, block) {
		if (json_is_true(json_object_get(block, "has_children"))) {
			(void)json_object_set_new(
				block, "children",
				read_children(sender,
					      json_string_value(json_object_get(block, "id"))));
		}
	}
	return all;
}

static struct block_tree *read_page(struct sender *sender)
{
	CLEANUP(json) json_t *blocks = read_children(sender, sender->page);
	struct block_tree *tree = NULL;

	if (sender->problem == NULL && block_tree_from_json(blocks, &tree) < 0) {
		note(sender, "the page can't be read", "");
	}
	return tree;
}

/* "@n.i.j" → the id of what call n made, "@0" the page; other ids as they are. Caller frees. */
static char *resolve(struct sender *sender, const char *reference)
{
	unsigned number = 0;
	unsigned index = 0;
	int used = 0;

	if (sscanf(reference, "@%u%n", &number, &used) != 1) {
		return strdup(reference);
	}
	char *id = strdup(sender->page);
	json_t *level = number > 0 ? json_incref(json_array_get(sender->created, number - 1))
				   : read_children(sender, id);
	reference += used;
	while (sscanf(reference, ".%u%n", &index, &used) == 1) {
		const json_t *block = json_array_get(level, index - 1);
		const char *found = json_string_value(json_object_get(block, "id"));
		if (found == NULL) {
			(void)note(sender, "a plan names what was not made", reference);
			break;
		}
		free(id);
		id = strdup(found);
		reference += used;
		json_decref(level);
		level = *reference == '.' ? read_children(sender, id) : NULL;
	}
	json_decref(level);
	return id;
}

static bool send_call(struct sender *sender, const struct plan_call *planned)
{
	CLEANUP(json) json_t *request = plan_call_to_json(planned);
	json_t *after = json_object_get(
		json_object_get(json_object_get(request, "body"), "position"), "after_block");
	const char *path = json_string_value(json_object_get(request, "path"));
	const char *target = path + strlen("/v1/blocks/");
	const char *rest = target + strcspn(target, "/");
	CLEANUP(free) char *name = strndup(target, (size_t)(rest - target));
	CLEANUP(free) char *id = resolve(sender, name);
	char whole[200];

	if (after != NULL) {
		CLEANUP(free)
		char *anchor = resolve(sender, json_string_value(json_object_get(after, "id")));
		(void)json_object_set_new(after, "id", json_string(anchor));
	}
	(void)snprintf(whole, sizeof(whole), "/v1/blocks/%s%s", id, rest);
	CLEANUP(json)
	json_t *answer = call(sender, json_string_value(json_object_get(request, "method")), whole,
			      json_object_get(request, "body"));
	json_t *blocks = json_object_get(answer, "results");
	(void)json_array_append_new(sender->created,
				    blocks != NULL ? json_incref(blocks) : json_array());
	return sender->problem == NULL;
}

static bool send_plan(struct sender *sender, const struct plan *plan)
{
	sender->created = json_array();
	bool is_sent = true;
	for (size_t i = 0; i < plan->count && is_sent; i++) {
		is_sent = send_call(sender, &plan->calls[i]);
	}
	json_decref(sender->created);
	return is_sent;
}

static bool note_with_texts(struct sender *sender, const char *problem,
			    const struct block_tree *from, const struct block_tree *to)
{
	CLEANUP(buf) struct buf text;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	render_blocks(from, NULL, &text);
	buf_puts(&text, "--- to\n");
	render_blocks(to, NULL, &text);
	return note(sender, problem, text.data);
}

static bool make_page(struct sender *sender, struct block_tree *wanted)
{
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	CLEANUP(plan) struct plan *plan = NULL;
	json_t *children = NULL;

	diagnostics_init(&diagnostics);
	if (diff_plan_create(wanted, &diagnostics, &children, &plan) < 0) {
		return note(sender, "a page can't be created", diagnostics.items[0].message);
	}
	CLEANUP(json)
	json_t *body = json_pack("{s:{s:s, s:s}, s:{s:{s:[{s:{s:s}}]}}, s:o}", "parent", "type",
				 "page_id", "page_id", sender->parent, "properties", "title",
				 "title", "text", "content", "Edited", "children", children);
	CLEANUP(json) json_t *page = call(sender, "POST", "/v1/pages", body);
	if (page == NULL) {
		return false;
	}
	(void)snprintf(sender->page, sizeof(sender->page), "%s",
		       json_string_value(json_object_get(page, "id")));
	return send_plan(sender, plan);
}

/* Kept blocks stand where the plan says, with the ids they had. */
static bool kept_ids(const struct block *page, const struct plan *plan, size_t *at)
{
	block_children_foreach (block, page) {
		const struct plan_target *target = &plan->blocks[(*at)++];
		bool is_kept = target->depth == 0 && target->call == 0;
		if ((is_kept && !uuid_equal(&target->id, &block->id)) ||
		    !kept_ids(block, plan, at)) {
			return false;
		}
	}
	return true;
}

/* The edited tree as its text says it. */
static struct block_tree *through_text(struct sender *sender, const struct block_tree *base,
				       const struct block_tree *edited)
{
	CLEANUP(buf) struct buf text;
	struct block_tree *wanted = NULL;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	render_blocks(edited, NULL, &text);
	if (parse_blocks(text.data, text.len, 1, base, NULL, NULL, &wanted) < 0) {
		note(sender, "an edited text can't be parsed", text.data);
	}
	return wanted;
}

/* One pair: `*page` and an edit of it; on success `*page` is what it became. */
static bool edit_page(struct sender *sender, struct random *random, struct block_tree **page)
{
	CLEANUP(block_tree)
	struct block_tree *edited =
		random_below(random, 10) == 0
			? random_tree(random, RANDOM_CONTAINED, MAX_BLOCKS, MAX_DEPTH)
			: random_edit(random, *page, 1 + random_below(random, 8));
	CLEANUP(block_tree) struct block_tree *wanted = through_text(sender, *page, edited);
	CLEANUP(block_tree) struct block_tree *became = NULL;
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	CLEANUP(plan) struct plan *plan = NULL;
	struct diff_options options = {.weight_percent = 100};
	size_t at = 0;

	diagnostics_init(&diagnostics);
	if (wanted == NULL || uuid_parse(sender->page, strlen(sender->page), &options.page) < 0) {
		return note(sender, "the page has no id", sender->page);
	}
	if (diff_plan(*page, wanted, &options, &diagnostics, &plan) < 0) {
		return note_with_texts(sender, diagnostics.items[0].message, *page, wanted);
	}
	if (!send_plan(sender, plan)) {
		return false;
	}
	became = read_page(sender);
	if (became == NULL) {
		return false;
	}
	if (!block_subtree_equal(&became->root, &wanted->root)) {
		return note_with_texts(sender, "the page is not what was asked for", became,
				       wanted);
	}
	if (!plan->is_exact || !kept_ids(&became->root, plan, &at) || at != plan->block_count) {
		return note_with_texts(sender, "a block has another id", *page, wanted);
	}
	block_tree_free(*page);
	*page = steal(&became);
	return true;
}

static bool edit_pages(struct sender *sender, struct random *random, unsigned long count)
{
	CLEANUP(block_tree)
	struct block_tree *first = random_tree(random, RANDOM_CONTAINED, MAX_BLOCKS, MAX_DEPTH);

	if (!make_page(sender, first)) {
		return false;
	}
	CLEANUP(block_tree) struct block_tree *page = read_page(sender);
	if (page == NULL) {
		return false;
	}
	if (!block_subtree_equal(&page->root, &first->root)) {
		return note_with_texts(sender, "a new page is not what was asked for", page, first);
	}
	for (unsigned long i = 0; i < count; i++) {
		if (!edit_page(sender, random, &page)) {
			return false;
		}
	}
	char path[100];
	(void)snprintf(path, sizeof(path), "/v1/pages/%s", sender->page);
	CLEANUP(json) json_t *body = json_pack("{s:b}", "in_trash", 1);
	CLEANUP(json) json_t *trashed = call(sender, "PATCH", path, body);
	return trashed != NULL;
}

static bool find_parent(struct sender *sender)
{
	CLEANUP(json)
	json_t *body = json_pack("{s:{s:s, s:s}}", "filter", "property", "object", "value", "page");
	CLEANUP(json) json_t *found = call(sender, "POST", "/v1/search", body);
	size_t i = 0;
	json_t *page = NULL;

	json_array_foreach (json_object_get(found, "results"), i, page) {
		const char *type =
			json_string_value(json_object_get(json_object_get(page, "parent"), "type"));
		if (type != NULL && strcmp(type, "data_source_id") != 0) {
			(void)snprintf(sender->parent, sizeof(sender->parent), "%s",
				       json_string_value(json_object_get(page, "id")));
			return true;
		}
	}
	return note(sender, "the workspace has no page", "");
}

static unsigned long edit_count = 1000;
static uint64_t first_seed = 1;

START_TEST(what_is_sent_makes_the_page_what_was_asked_for)
{
	static const char *const arguments[] = {"--generate", "pages=2,rows=0,blocks=1,seed=1",
						"--rate", "off", NULL};
	struct sim_process *sim = sim_process_new(arguments);
	struct sender sender = {0};
	uint64_t seed = first_seed;

	ck_assert_int_eq(http_new(sim_process_url(sim), &sender.http), 0);
	ck_assert(find_parent(&sender));
	for (unsigned long done = 0; done < edit_count; done += EDITS_PER_PAGE, seed++) {
		struct random random = {seed * 0x9e3779b97f4a7c15u + 1};
		unsigned long left = edit_count - done;
		bool is_ok =
			edit_pages(&sender, &random, left < EDITS_PER_PAGE ? left : EDITS_PER_PAGE);
		ck_assert_msg(is_ok, "seed %llu: %s\n%s", (unsigned long long)seed, sender.problem,
			      sender.detail);
		/* The request log is not what is tested, and it grows. */
		sim_process_order(sim, "DELETE", "requests", NULL);
	}
	fprintf(stderr, "%lu edits from seed %llu in %lu requests\n", edit_count,
		(unsigned long long)first_seed, sender.call_count);
	http_free(sender.http);
	sim_process_free(sim);
}
END_TEST

int main(int argc, char **argv)
{
	edit_count = argc > 1 ? strtoul(argv[1], NULL, 10) : edit_count;
	first_seed = argc > 2 ? strtoull(argv[2], NULL, 10) : first_seed;
	Suite *suite = suite_create("sent_plans");
	TCase *test_case = tcase_create("sent_plans");
	tcase_set_timeout(test_case, 600);
	tcase_add_test(test_case, what_is_sent_makes_the_page_what_was_asked_for);
	suite_add_tcase(suite, test_case);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
