/*
 * Whatever goes wrong with a write, and however often the process dies meanwhile: in the end the
 * page is what was saved, each block once, and blocks that were not touched are the same blocks.
 *
 * Every page here has neighbours that look the same: a text never tells which one is meant.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mapping/base/clock.h"
#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define ROOT_PAGE "Lantern Yard Coffee"
#define ROUNDS_MAX 12
#define BLOCKS_MAX 400

/* ---- the writes ---- */

struct write_kind {
	const char *name;
	const char *method;
	const char *path; /* of the request that the fault hits: a regular expression */
	const char *directory;
	const char *before; /* NULL: the file is new */
	const char *after;  /* "×N" at the start: that many equal paragraphs instead */
	size_t kept;	    /* so many blocks are still the same ones */
	bool has_icon;
};

#define THREE "Same.\n\nSame.\n\nSame.\n\nLast.\n"
#define BLOCK "^/v1/blocks/[0-9a-f-]+$"
#define CHILDREN "^/v1/blocks/[0-9a-f-]+/children$"
#define NEW_PAGE "^/v1/pages$"

static const struct write_kind kinds[] = {
	{"update", "PATCH", BLOCK, ROOT_PAGE, THREE, "Same.\n\nSame.\n\nOther.\n\nLast.\n", 4,
	 false},
	{"append", "PATCH", CHILDREN, ROOT_PAGE, THREE,
	 "Same.\n\nSame.\n\nSame.\n\nSame.\n\nLast.\n", 4, false},
	{"append at the end", "PATCH", CHILDREN, ROOT_PAGE, THREE, THREE "\nLast.\n\nLast.\n", 4,
	 false},
	{"append in the middle", "PATCH", CHILDREN, ROOT_PAGE, "Same.\n\n# One\n\nSame.\n\n# Two\n",
	 "Same.\n\nSame.\n\nSame.\n\n# One\n\nSame.\n\n# Two\n\nSame.\n", 4, false},
	{"append of two chunks", "PATCH", CHILDREN, ROOT_PAGE, THREE, "×130", 3, false},
	{"append of a nested list", "PATCH", CHILDREN, ROOT_PAGE, THREE,
	 THREE "\n- a\n  - a\n    - a\n- a\n", 4, false},
	{"delete", "DELETE", BLOCK, ROOT_PAGE, THREE, "Same.\n\nSame.\n\nLast.\n", 3, false},
	{"append, update and delete", "PATCH", ".", ROOT_PAGE,
	 "# Head\n\nSame.\n\nSame.\n\nLast one.\n",
	 "# Head\n\nSame.\n\nLast two.\n\nNew.\n\nNew.\n", 0, false},
	{"page PATCH", "PATCH", "^/v1/pages/[0-9a-f-]+$", ROOT_PAGE, THREE,
	 "---\nicon: 🌱\n---\n" THREE, 4, true},
	{"create page", "POST", NEW_PAGE, ROOT_PAGE, NULL, THREE, 0, false},
	{"create page of two chunks", "POST", NEW_PAGE, ROOT_PAGE, NULL, "×130", 0, false},
	{"create page, then append", "PATCH", CHILDREN, ROOT_PAGE, NULL, "×130", 0, false},
	{"create row", "POST", NEW_PAGE, ROOT_PAGE "/Tasks", NULL, THREE, 0, false},
};

/* ---- the faults ---- */

struct fault_kind {
	const char *name;
	const char *fault; /* its JSON without "match" */
	bool is_late;
	bool is_partial; /* for appends alone: no create was ever seen to be cut short */
};

static const struct fault_kind faults[] = {
	{"cut before", "\"do\":\"cut\"", false, false},
	{"cut after", "\"do\":\"cut\",\"apply\":\"all\"", false, false},
	{"late", "\"do\":\"cut\",\"apply\":\"late\",\"late_ms\":40000", true, false},
	{"first of it", "\"do\":\"cut\",\"apply\":\"first:1\"", false, true},
	{"503 saved", "\"do\":\"status\",\"status\":503,\"apply\":\"all\"", false, false},
	{"503 saved, not said",
	 "\"do\":\"status\",\"status\":503,\"apply\":\"all\",\"committed\":false", false, false},
	{"503 not saved", "\"do\":\"status\",\"status\":503", false, false},
	{"504 saved", "\"do\":\"status\",\"status\":504,\"apply\":\"all\"", false, false},
	{"504 not saved", "\"do\":\"status\",\"status\":504", false, false},
	{"502 of a proxy, saved", "\"do\":\"html\",\"apply\":\"all\"", false, false},
	{"half an answer", "\"do\":\"truncate\"", false, false},
	{"409", "\"do\":\"status\",\"status\":409", false, false},
	{"429", "\"do\":\"status\",\"status\":429,\"retry_after\":1", false, false},
};

/* ---- helpers ---- */

static char *text_of(const char *after)
{
	unsigned count;
	if (sscanf(after, "×%u", &count) != 1) {
		return strdup(after);
	}
	struct buf text;
	buf_init(&text, (size_t)1 << 20);
	for (unsigned i = 0; i < count; i++) {
		buf_puts(&text, i == 0 ? "Same.\n" : "\nSame.\n");
	}
	return buf_steal(&text, NULL);
}

static void advance(struct fixture *fixture, unsigned seconds)
{
	char body[64];
	(void)snprintf(body, sizeof body, "{\"advance_s\":%u}", seconds);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/clock", body);
	int64_t now_ms = json_integer_value(json_object_get(answer, "now_ms"));
	json_decref(answer);
	/* Until we have heard of it, too. */
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never = PTHREAD_COND_INITIALIZER;
	LOCK_SCOPE(&mutex);
	while (clock_now_ms() < now_ms) {
		clock_wait_until(&never, &mutex, now_ms);
	}
}

static void order_fault(struct fixture *fixture, const struct write_kind *kind, const char *fault)
{
	char *body;
	ck_assert_int_ge(asprintf(&body,
				  "{\"faults\":[{\"match\":{\"method\":\"%s\",\"path\":\"%s\","
				  "\"nth\":1},%s}]}",
				  kind->method, kind->path, fault),
			 0);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/faults", body);
	ck_assert_msg(json_object_size(answer) <= 1, "%s", body);
	json_decref(answer);
	free(body);
}

static json_t *sync_now(struct fixture *fixture)
{
	return fixture_command(fixture, "{\"command\":\"sync\",\"send_only\":true}");
}

/* A late write lands within the server's own deadline: the next look at the page comes after. One
 * that was repeated meanwhile (a DELETE) may never be applied itself. */
static void await_late(struct fixture *fixture)
{
	advance(fixture, 45);
	bool is_applied = false;
	for (int look = 0; look < 200 && !is_applied; look++) {
		size_t i;
		json_t *request;
		json_t *requests = fixture_http(fixture, "GET", "/_sim/requests", NULL);
		json_array_foreach (requests, i, request) {
			is_applied |= json_is_string(json_object_get(request, "fault")) &&
				      json_is_true(json_object_get(request, "applied"));
		}
		json_decref(requests);
	}
}

/* Lets time pass until nothing is owed. */
static void settle_owed(struct fixture *fixture, const char *name)
{
	char *said = NULL;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		json_t *answer = sync_now(fixture);
		bool is_over = json_integer_value(json_object_get(answer, "pending")) == 0 &&
			       json_array_size(json_object_get(answer, "failed")) == 0;
		free(said);
		said = json_dumps(answer, 0);
		size_t conflicts = json_array_size(json_object_get(answer, "conflicts"));
		json_decref(answer);
		if (is_over) {
			ck_assert_msg(conflicts == 0, "%s: %s", name, said);
			free(said);
			return;
		}
		advance(fixture, 70);
	}
	ck_abort_msg("%s: still owed: %s", name, said);
}

struct listed {
	char *ids[BLOCKS_MAX];
	size_t count;
	char *text; /* types and texts, a line each, nested ones indented */
};

static void list_below(struct fixture *fixture, struct listed *listed, struct buf *text,
		       const char *id, unsigned depth)
{
	char cursor[128] = "";
	bool has_more = true;
	while (has_more) {
		char path[320];
		size_t i;
		json_t *block;
		(void)snprintf(path, sizeof path, "/v1/blocks/%s/children?page_size=100%s%s", id,
			       *cursor == '\0' ? "" : "&start_cursor=", cursor);
		json_t *answer = fixture_http(fixture, "GET", path, NULL);
		json_array_foreach (json_object_get(answer, "results"), i, block) {
			const char *type = json_string_value(json_object_get(block, "type"));
			const char *own = json_string_value(json_object_get(block, "id"));
			const json_t *runs =
				json_object_get(json_object_get(block, type), "rich_text");
			const char *words = json_string_value(
				json_object_get(json_array_get(runs, 0), "plain_text"));
			buf_printf(text, "%*s%s %s\n", (int)depth, "", type,
				   words == NULL ? "" : words);
			if (depth == 0) {
				ck_assert_uint_lt(listed->count, BLOCKS_MAX);
				listed->ids[listed->count++] = strdup(own);
			}
			if (json_is_true(json_object_get(block, "has_children"))) {
				list_below(fixture, listed, text, own, depth + 1);
			}
		}
		has_more = json_is_true(json_object_get(answer, "has_more"));
		(void)snprintf(cursor, sizeof cursor, "%s",
			       has_more ? json_string_value(json_object_get(answer, "next_cursor"))
					: "");
		json_decref(answer);
	}
}

static void list_page(struct fixture *fixture, const char *file, struct listed *listed)
{
	char command[512];
	struct buf text;
	*listed = (struct listed){0};
	buf_init(&text, (size_t)1 << 20);
	(void)snprintf(command, sizeof command, "{\"command\":\"info\",\"path\":\"%s\"}", file);
	json_t *info = fixture_command(fixture, command);
	const char *id = json_string_value(json_object_get(info, "id"));
	ck_assert_ptr_nonnull(id);
	list_below(fixture, listed, &text, id, 0);
	json_decref(info);
	listed->text = buf_steal(&text, NULL);
}

static void listed_release(struct listed *listed)
{
	for (size_t i = 0; i < listed->count; i++) {
		free(listed->ids[i]);
	}
	free(listed->text);
}

/* The lines `list_page` gives for a text of paragraphs, headings and list items. */
static char *expected_lines(const char *text)
{
	struct buf lines;
	buf_init(&lines, (size_t)1 << 20);
	if (strncmp(text, "---\n", 4) == 0) {
		text = strstr(text + 4, "---\n") + 4;
	}
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		size_t spaces = strspn(text, " ");
		const char *words = text + spaces;
		const char *type = "paragraph";
		if (strncmp(words, "# ", 2) == 0) {
			type = "heading_1";
		} else if (strncmp(words, "- ", 2) == 0) {
			type = "bulleted_list_item";
		}
		words += *type == 'p' ? 0 : 2;
		if (len > 0) {
			buf_printf(&lines, "%*s%s %.*s\n", (int)spaces / 2, "", type,
				   (int)(text + len - words), words);
		}
		text += len + (text[len] == '\n' ? 1 : 0);
	}
	return buf_steal(&lines, NULL);
}

static size_t count_pages(struct fixture *fixture, const char *title)
{
	size_t count = 0;
	size_t i;
	json_t *page;
	json_t *dump = fixture_http(fixture, "GET", "/_sim/dump", NULL);
	json_t *pages = json_object_get(dump, "pages");
	const char *key;
	if (json_is_array(pages)) {
		json_array_foreach (pages, i, page) {
			char *text = json_dumps(json_object_get(page, "properties"), JSON_COMPACT);
			count += strstr(text, title) != NULL ? 1 : 0;
			free(text);
		}
	} else {
		json_object_foreach (pages, key, page) {
			char *text = json_dumps(json_object_get(page, "properties"), JSON_COMPACT);
			count += strstr(text, title) != NULL ? 1 : 0;
			free(text);
		}
	}
	json_decref(dump);
	return count;
}

static void open_workspace(struct fixture *fixture)
{
	fixture_init(fixture);
	fixture->options.test_clock_url = fixture->base_url;
	fixture_reopen(fixture);
	fixture_settle(fixture);
}

/* One write that something goes wrong with. */
struct
try {
	struct fixture *fixture;
	const struct write_kind *kind;
	char name[200]; /* for messages */
	char file[100];
	char title[40];
	char *text;
	struct listed before;
};

static void try_init(struct try *try, struct fixture *fixture, const struct write_kind *kind,
		     const char *fault, const char *how, size_t number)
{
	*try = (struct try){.fixture = fixture, .kind = kind, .text = text_of(kind->after)};
	(void)snprintf(try->name, sizeof try->name, "%s, %s, %s", kind->name, fault, how);
	(void)snprintf(try->title, sizeof try->title, "\"Twins %zu\"", number);
	(void)snprintf(try->file, sizeof try->file, "%s/Twins %zu.md", kind->directory, number);
	if (kind->before != NULL) {
		fixture_write(fixture, try->file, kind->before);
		settle_owed(fixture, "before");
		list_page(fixture, try->file, &try->before);
	}
}

static void try_release(struct try *try)
{
	listed_release(&try->before);
	free(try->text);
}

static void check_result(struct try *try)
{
	struct fixture *fixture = try->fixture;
	const struct write_kind *kind = try->kind;
	struct listed now;
	char *lines = expected_lines(try->text);
	size_t kept = 0;
	settle_owed(fixture, try->name);
	json_decref(fixture_http(fixture, "DELETE", "/_sim/faults", NULL));
	advance(fixture, 120); /* what is late has landed */
	list_page(fixture, try->file, &now);
	ck_assert_msg(strcmp(now.text, lines) == 0, "%s:\n%s", try->name, now.text);
	for (size_t i = 0; i < try->before.count; i++) {
		for (size_t other = 0; other < now.count; other++) {
			kept += strcmp(try->before.ids[i], now.ids[other]) == 0 ? 1 : 0;
		}
	}
	ck_assert_msg(kept >= kind->kept, "%s: %zu blocks are still the same", try->name, kept);
	size_t pages = count_pages(fixture, try->title);
	ck_assert_msg(pages == 1, "%s: %zu pages", try->name, pages);
	/* And what is read here is what was saved. */
	char *read = fixture_read(fixture, try->file);
	ck_assert_ptr_nonnull(read);
	const char *body = kind->has_icon ? strstr(read, THREE) : read;
	ck_assert_msg(body != NULL && strcmp(body, kind->has_icon ? THREE : try->text) == 0,
		      "%s:\n%s", try->name, read);
	ck_assert_msg(!kind->has_icon || strstr(read, "🌱") != NULL, "%s:\n%s", try->name, read);
	free(read);
	listed_release(&now);
	free(lines);
}

/* All faults, one after the other, each on a page of its own. `is_restarted`: the process ends
 * after the fault and starts again. */
static void run(const struct write_kind *kind, bool is_restarted)
{
	struct fixture fixture;
	open_workspace(&fixture);
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct try try;
		bool is_append = strcmp(kind->path, CHILDREN) == 0;
		if (faults[i].is_partial && !is_append) {
			continue;
		}
		try_init(&try, &fixture, kind, faults[i].name,
			 is_restarted ? "restarted" : "one process", i);
		order_fault(&fixture, kind, faults[i].fault);
		fixture_clear_requests(&fixture);
		fixture_write(&fixture, try.file, try.text);
		json_decref(sync_now(&fixture));
		if (faults[i].is_late) {
			await_late(&fixture);
		}
		if (is_restarted) {
			fixture_reopen(&fixture);
		}
		check_result(&try);
		try_release(&try);
	}
	fixture_release(&fixture);
}

/* The process is killed while Notion has the request and has not answered. */
static void run_killed(const struct write_kind *kind, bool is_applied)
{
	struct fixture fixture;
	struct try try;
	open_workspace(&fixture);
	try_init(&try, &fixture, kind, is_applied ? "applied" : "not applied", "killed", 1);
	order_fault(&fixture, kind,
		    is_applied ? "\"do\":\"hold\"" : "\"do\":\"hold\",\"apply\":\"none\"");
	fixture_clear_requests(&fixture);
	fixture_close(&fixture);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		fixture_open(&fixture);
		fixture_write(&fixture, try.file, try.text);
		json_decref(sync_now(&fixture));
		_exit(0);
	}
	for (bool is_held = false; !is_held;) {
		size_t i;
		json_t *request;
		json_t *requests = fixture_http(&fixture, "GET", "/_sim/requests", NULL);
		json_array_foreach (requests, i, request) {
			is_held |= json_is_string(json_object_get(request, "fault"));
		}
		json_decref(requests);
		ck_assert_msg(is_held || waitpid(child, NULL, WNOHANG) == 0, "%s: the child ended",
			      try.name);
	}
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	json_decref(fixture_http(&fixture, "POST", "/_sim/release", NULL));
	fixture_open(&fixture);
	check_result(&try);
	try_release(&try);
	fixture_release(&fixture);
}

START_TEST(each_write_with_each_fault)
{
	run(&kinds[_i], false);
}
END_TEST

START_TEST(each_write_with_each_fault_and_a_restart)
{
	run(&kinds[_i], true);
}
END_TEST

START_TEST(each_write_by_a_process_that_is_killed)
{
	run_killed(&kinds[_i], true);
	run_killed(&kinds[_i], false);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exactly_once");
	TCase *cases = tcase_create("exactly_once");
	int count = (int)(sizeof kinds / sizeof kinds[0]);
	tcase_set_timeout(cases, 300);
	tcase_add_loop_test(cases, each_write_with_each_fault, 0, count);
	tcase_add_loop_test(cases, each_write_with_each_fault_and_a_restart, 0, count);
	tcase_add_loop_test(cases, each_write_by_a_process_that_is_killed, 0, count);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
