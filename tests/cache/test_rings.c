/*
 * How old what is shown can be: each kind of change that polls may miss is found within the bound
 * that `status` states for its ring, by the server's clock, which is moved by hand. And what an
 * idle workspace asks for.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/object.h"
#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

/* No longer than between two steps of the sweep: each sets off one. */
#define STEP_S 2
#define LOOK_EVERY_S 60
#define TOP "Lantern Yard Coffee"
#define PAGE TOP "/Handbook.md"
#define TASKS TOP "/Tasks"
#define ROW TASKS "/Checkout: one page instead of three.md"

static void advance(struct fixture *fixture, unsigned seconds)
{
	char body[64];
	(void)snprintf(body, sizeof body, "{\"advance_s\":%u}", seconds);
	json_decref(fixture_http(fixture, "POST", "/_sim/clock", body));
	json_decref(fixture_command(fixture, "{\"command\":\"settle\"}"));
}

static json_t *ring(struct fixture *fixture, const char *name)
{
	json_t *status = fixture_command(fixture, "{\"command\":\"status\"}");
	json_t *found = NULL;
	size_t i;
	json_t *item;
	json_array_foreach (json_object_get(status, "rings"), i, item) {
		if (strcmp(json_get_text(item, "name"), name) == 0) {
			found = json_incref(item);
		}
	}
	json_decref(status);
	ck_assert_msg(found != NULL, "there is no ring %s", name);
	return found;
}

static json_int_t ring_number(struct fixture *fixture, const char *name, const char *key)
{
	json_t *found = ring(fixture, name);
	json_int_t number = json_is_integer(json_object_get(found, key))
				    ? json_integer_value(json_object_get(found, key))
				    : -1;
	json_decref(found);
	return number;
}

/* Everything is read and one round of all is over, so that the bound is known. */
static json_int_t open_idle(struct fixture *fixture)
{
	fixture_prepare(fixture);
	fixture_serve(fixture, DEMO_WORKSPACE, "2026-11-28T10:00:00.000Z");
	fixture->options.test_clock_url = fixture->base_url;
	fixture->options.poll_ms = 30000;
	fixture->options.sweep = true;
	fixture_open(fixture);
	fixture_settle(fixture);
	for (int now_s = 0; now_s < 720; now_s += STEP_S) {
		advance(fixture, STEP_S);
	}
	ck_assert_int_gt(ring_number(fixture, "sweep", "items"), 50);
	json_int_t worst_s = ring_number(fixture, "sweep", "worst_s");
	ck_assert_int_gt(worst_s, 0);
	return worst_s;
}

static void edit(struct fixture *fixture, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void edit(struct fixture *fixture, const char *format, ...)
{
	char body[1024];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(body, sizeof body, format, args);
	va_end(args);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/edit", body);
	ck_assert_msg(json_is_array(json_object_get(answer, "ids")), "not done: %s", body);
	json_decref(answer);
}

/* Its id as Notion has it; static. */
static const char *id_of(struct fixture *fixture, const char *path)
{
	static char id[UUID_TEXT_BYTES];
	char command[512];
	(void)snprintf(command, sizeof command, "{\"command\":\"info\",\"path\":\"%s\"}", path);
	json_t *info = fixture_command(fixture, command);
	(void)snprintf(id, sizeof id, "%s", json_get_text(info, "id"));
	json_decref(info);
	ck_assert_uint_gt(strlen(id), 0);
	return id;
}

/* ---- what is looked for ---- */

struct wanted {
	const char *path;
	const char *text; /* NULL: that the path is (not) there */
	bool is_gone;
};

struct search {
	struct fixture *fixture;
	const char *text;
	node_id directories[200];
	size_t count;
	bool is_found;
};

static bool is_in_page(struct fixture *fixture, node_id page, const char *needle)
{
	struct page_file *file;
	struct node_attr attr;
	bool is_found = false;
	if (workspace_open_page(fixture->workspace, page, O_RDONLY, 1, &file) < 0) {
		return false;
	}
	page_file_getattr(file, &attr);
	char *bytes = calloc(1, attr.size + 1);
	if (page_file_read(file, bytes, attr.size, 0) == (ssize_t)attr.size) {
		is_found = strstr(bytes, needle) != NULL;
	}
	free(bytes);
	(void)page_file_close(file);
	return is_found;
}

static bool note_entry(void *context, uint64_t cookie, const char *name,
		       const struct node_attr *attr)
{
	struct search *search = context;
	(void)cookie;
	(void)name;
	if (attr->kind == NODE_DIRECTORY && search->count < 200) {
		search->directories[search->count++] = attr->node;
	} else if (attr->kind == NODE_PAGE && !search->is_found) {
		search->is_found = is_in_page(search->fixture, attr->node, search->text);
	}
	return true;
}

/* Anywhere in the tree. */
static bool is_somewhere(struct fixture *fixture, const char *text)
{
	struct search search = {.fixture = fixture, .text = text};
	search.directories[search.count++] = NODE_ROOT;
	for (size_t i = 0; i < search.count && !search.is_found; i++) {
		int r = workspace_list(fixture->workspace, search.directories[i], 0, note_entry,
				       &search);
		ck_assert(r == 0 || r == -EAGAIN);
	}
	return search.is_found;
}

/* A paragraph below the first level of some page that is shown. */
static void nested_paragraph(struct fixture *fixture, char id[UUID_TEXT_BYTES])
{
	json_t *dump = fixture_http(fixture, "GET", "/_sim/dump", NULL);
	const char *parent;
	json_t *blocks;
	size_t i;
	json_t *block;
	*id = '\0';
	json_object_foreach (json_object_get(dump, "blocks"), parent, blocks) {
		json_array_foreach (blocks, i, block) {
			const json_t *above = json_object_get(block, "parent");
			const char *text = json_get_text(
				json_array_get(json_object_get(json_object_get(block, "paragraph"),
							       "rich_text"),
					       0),
				"plain_text");
			if (*id == '\0' && strlen(text) > 12 &&
			    json_object_get(above, "block_id") != NULL &&
			    is_somewhere(fixture, text)) {
				(void)strcpy(id, json_get_text(block, "id"));
			}
		}
	}
	json_decref(dump);
	ck_assert_uint_gt(strlen(id), 0);
}

static bool holds(struct fixture *fixture, const struct wanted *wanted)
{
	struct node_attr attr;
	if (wanted->path == NULL) {
		return is_somewhere(fixture, wanted->text);
	}
	int r = fixture_find(fixture, wanted->path, &attr);
	if (wanted->text == NULL || r < 0) {
		return (r == -ENOENT) == wanted->is_gone;
	}
	return is_in_page(fixture, attr.node, wanted->text);
}

/* Seconds of the server's clock until it is shown; looking itself is a person's use, so it is done
 * seldom. -1: not within `most_s`. */
static int until(struct fixture *fixture, const struct wanted *wanted, json_int_t most_s)
{
	for (int now_s = 0; now_s <= most_s; now_s += LOOK_EVERY_S) {
		if (holds(fixture, wanted)) {
			return now_s;
		}
		for (int step = 0; step < LOOK_EVERY_S / STEP_S; step++) {
			advance(fixture, STEP_S);
		}
	}
	return -1;
}

static void expect_within(struct fixture *fixture, const struct wanted *wanted, json_int_t worst_s,
			  const char *what)
{
	int took_s = until(fixture, wanted, worst_s + 60);
	ck_assert_msg(took_s >= 0, "%s: not found within %lld s", what, (long long)worst_s);
	(void)printf("# %s: %d s, at most %lld s\n", what, took_s, (long long)worst_s);
}

START_TEST(changes_that_polls_miss_are_found_within_the_bound_of_their_ring)
{
	struct fixture fixture;
	char id[UUID_TEXT_BYTES];
	char other[UUID_TEXT_BYTES];
	json_int_t worst_s = open_idle(&fixture);

	nested_paragraph(&fixture, id);
	edit(&fixture,
	     "{\"as\":\"api\",\"op\":\"update\",\"id\":\"%s\",\"block\":{\"paragraph\":"
	     "{\"rich_text\":[{\"text\":{\"content\":\"Nested, by the API.\"}}]}}}",
	     id);
	expect_within(&fixture, &(struct wanted){.text = "Nested, by the API."}, worst_s,
		      "a nested edit");

	/* A page is gone when two complete listings lack it: two looks at its parent. */
	edit(&fixture, "{\"as\":\"api\",\"op\":\"trash\",\"id\":\"%s\"}",
	     id_of(&fixture, TOP "/Archive/Menu 2015.md"));
	expect_within(&fixture,
		      &(struct wanted){.path = TOP "/Archive/Menu 2015.md", .is_gone = true},
		      worst_s, "a deletion");

	(void)strcpy(other, id_of(&fixture, TOP "/Meetings.md"));
	edit(&fixture,
	     "{\"as\":\"app\",\"op\":\"move\",\"id\":\"%s\",\"parent\":{\"page_id\":\"%s\"}}",
	     id_of(&fixture, TOP "/Travel diary: Huila 2026.md"), other);
	expect_within(&fixture,
		      &(struct wanted){.path = TOP "/Meetings/Travel diary: Huila 2026.md"},
		      worst_s, "a move");

	edit(&fixture, "{\"as\":\"app\",\"op\":\"rename\",\"id\":\"%s\",\"title\":\"Manual\"}",
	     id_of(&fixture, PAGE));
	expect_within(&fixture, &(struct wanted){.path = TOP "/Manual.md"}, worst_s, "a rename");
	fixture_release(&fixture);
}
END_TEST

START_TEST(rows_and_schemas_are_found_within_the_bound_of_their_ring)
{
	struct fixture fixture;
	char source[UUID_TEXT_BYTES];
	json_int_t worst_s = open_idle(&fixture);
	json_t *dump = fixture_http(&fixture, "GET", "/_sim/dump", NULL);
	size_t i;
	json_t *item;
	json_array_foreach (json_object_get(dump, "data_sources"), i, item) {
		const json_t *title = json_array_get(json_object_get(item, "title"), 0);
		if (strcmp(json_get_text(title, "plain_text"), "Tasks") == 0) {
			(void)strcpy(source, json_get_text(item, "id"));
		}
	}
	json_decref(dump);

	/* Search leaves out half of the rows: with six, one is left out for sure enough. */
	for (int row = 0; row < 6; row++) {
		edit(&fixture,
		     "{\"as\":\"api\",\"op\":\"insert\",\"id\":\"%s\",\"properties\":{\"Task\":"
		     "{\"title\":[{\"text\":{\"content\":\"New row %d\"}}]}}}",
		     source, row);
	}
	for (int row = 0; row < 6; row++) {
		char path[128];
		(void)snprintf(path, sizeof path, TASKS "/New row %d.md", row);
		/* The ring of rows: a minute between two looks, one for its turn. */
		expect_within(&fixture, &(struct wanted){.path = path}, 180, "a new row");
	}

	edit(&fixture,
	     "{\"as\":\"api\",\"op\":\"set\",\"id\":\"%s\",\"properties\":"
	     "{\"Hours\":{\"name\":\"Effort\"}}}",
	     source);
	expect_within(&fixture, &(struct wanted){.path = ROW, .text = "Effort:"}, worst_s,
		      "a schema");

	edit(&fixture, "{\"as\":\"api\",\"op\":\"trash\",\"id\":\"%s\"}",
	     id_of(&fixture, TASKS "/New row 3.md"));
	expect_within(&fixture, &(struct wanted){.path = TASKS "/New row 3.md", .is_gone = true},
		      worst_s, "a row's deletion");
	fixture_release(&fixture);
}
END_TEST

#define IDLE_MINUTES 20

START_TEST(idle_it_is_a_search_a_poll_and_the_share_of_the_sweep)
{
	struct fixture fixture;
	size_t per_minute[IDLE_MINUTES + 1] = {0};
	size_t searches = 0;
	size_t i;
	json_t *request;
	(void)open_idle(&fixture);
	fixture_clear_requests(&fixture);
	json_t *clock = fixture_http(&fixture, "GET", "/_sim/clock", NULL);
	int64_t start_ms = json_integer_value(json_object_get(clock, "now_ms"));
	json_decref(clock);
	for (int step = 0; step < IDLE_MINUTES * 60 / STEP_S; step++) {
		advance(&fixture, STEP_S);
	}
	json_t *log = fixture_http(&fixture, "GET", "/_sim/requests", NULL);
	json_array_foreach (log, i, request) {
		int64_t ms = json_integer_value(json_object_get(request, "t_ms")) - start_ms;
		bool is_search = strcmp(json_get_text(request, "path"), "/v1/search") == 0;
		searches += is_search ? 1 : 0;
		ck_assert(ms >= 0 && ms / 60000 <= IDLE_MINUTES);
		per_minute[ms / 60000]++;
	}
	/* A poll may be one step late each time. */
	ck_assert_uint_le(searches, 2 * IDLE_MINUTES + 1);
	ck_assert_uint_ge(searches, 2 * IDLE_MINUTES - 4);
	/* A step is not cut in two: what it takes beyond the share is waited for after it. */
	for (i = 0; i <= IDLE_MINUTES; i++) {
		ck_assert_uint_le(per_minute[i], 36 + 20);
	}
	ck_assert_uint_le(json_array_size(log), 36 * (IDLE_MINUTES + 1));
	(void)printf("# %d idle minutes: %zu requests, %zu of them searches\n", IDLE_MINUTES,
		     json_array_size(log), searches);
	ck_assert_uint_gt(json_array_size(log), searches);
	json_decref(log);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&changes_that_polls_miss_are_found_within_the_bound_of_their_ring,
	&rows_and_schemas_are_found_within_the_bound_of_their_ring,
	&idle_it_is_a_search_a_poll_and_the_share_of_the_sweep,
};
SUITE_MAIN("rings")
