#include "tests/cache/die_try.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cache/die_tree.h"

#define START_TIME "2026-03-02T10:00:20.000Z"
#define STEP_S 5
#define SETTLE_MAX_S 1800
#define PATIENT_AFTER_S 200
#define CHILD_MAX_S 120
/* Whoever asks for people does it when there is time. */
#define COUNTED "^/v1/[^u]"

void try_release(struct try *try)
{
	free(try->tree);
	free(try->files);
	free(try->message);
	json_decref(try->points);
	json_decref(try->requests);
}

void try_say(struct try *try, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0) {
		abort();
	}
	va_end(args);
	if (try->message == NULL) {
		try->message = text;
	} else {
		free(text);
	}
	try->is_good = false;
}

static void run_program(const char *const arguments[])
{
	pid_t child = fork();
	int status = 0;
	if (child == 0) {
		(void)execvp(arguments[0], (char *const *)arguments);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
		(void)fprintf(stderr, "%s failed\n", arguments[0]);
		abort();
	}
}

static char *read_file(const char *folder, const char *name)
{
	char path[200];
	char piece[65536];
	struct buf text;
	size_t n;
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		return strdup("");
	}
	buf_init(&text, (size_t)64 << 20);
	while ((n = fread(piece, 1, sizeof piece, file)) > 0) {
		buf_append(&text, piece, n);
	}
	(void)fclose(file);
	return buf_steal(&text, NULL);
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[200];
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	if (file == NULL || fputs(text, file) == EOF || fclose(file) != 0) {
		abort();
	}
}

/* ---- in a process of its own ---- */

static bool follows_late; /* a late write is on its way: it lands before the time goes on */

static void await_late(struct fixture *fixture)
{
	bool is_waiting = true;
	for (int look = 0; look < 100 && is_waiting; look++) {
		size_t i;
		json_t *request;
		json_t *clock = fixture_http(fixture, "GET", "/_sim/clock", NULL);
		json_t *requests = fixture_http(fixture, "GET", "/_sim/requests", NULL);
		int64_t now_ms = json_integer_value(json_object_get(clock, "now_ms"));
		is_waiting = false;
		json_array_foreach (requests, i, request) {
			int64_t sent_ms = json_integer_value(json_object_get(request, "t_ms"));
			bool is_due = json_is_string(json_object_get(request, "fault")) &&
				      now_ms - sent_ms >= 40000;
			is_waiting |= is_due && !json_is_true(json_object_get(request, "applied"));
		}
		json_decref(requests);
		json_decref(clock);
		if (is_waiting) {
			(void)usleep(500);
		}
	}
}

static void take_time(struct fixture *fixture)
{
	json_t *clock = fixture_http(fixture, "GET", "/_sim/clock", NULL);
	clock_set_simulated(json_integer_value(json_object_get(clock, "now_ms")), false);
	json_decref(clock);
}

void die_advance(struct fixture *fixture, unsigned seconds)
{
	char body[64];
	(void)snprintf(body, sizeof body, "{\"advance_s\":%u}", seconds);
	json_t *clock = fixture_http(fixture, "POST", "/_sim/clock", body);
	clock_set_simulated(json_integer_value(json_object_get(clock, "now_ms")), false);
	json_decref(clock);
	if (follows_late) {
		await_late(fixture);
	}
}

static void await_idle(void)
{
	for (int look = 0; look < 20000 && !probe_is_idle(); look++) {
		(void)usleep(500);
	}
}

static json_t *get_status(struct fixture *fixture)
{
	CLEANUP(buf) struct buf text;
	buf_init(&text, (size_t)1 << 20);
	if (workspace_special(fixture->workspace, "status.json", &text) < 0) {
		abort();
	}
	return json_loads(text.data, 0, NULL);
}

unsigned die_settle_min_s;

bool die_settle(struct fixture *fixture, char **ret_said)
{
	for (unsigned spent_s = 0; spent_s < SETTLE_MAX_S; spent_s += STEP_S) {
		await_idle();
		json_t *status = get_status(fixture);
		bool is_over = json_integer_value(json_object_get(status, "pending")) == 0 &&
			       json_array_size(json_object_get(status, "failed")) == 0 &&
			       json_array_size(json_object_get(status, "held")) == 0;
		free(*ret_said);
		*ret_said = json_dumps(status, 0);
		json_decref(status);
		if (is_over && spent_s >= die_settle_min_s) {
			return true;
		}
		die_advance(fixture, STEP_S);
		probe_touch();
		if (spent_s >= PATIENT_AFTER_S) {
			/* Either it takes so long, or the machine has no time for its threads. */
			(void)usleep(20000);
		}
	}
	return false;
}

static void settle_or_die(struct fixture *fixture)
{
	char *said = NULL;
	if (!die_settle(fixture, &said)) {
		(void)fprintf(stderr, "still owed: %s\n", said);
		_exit(3);
	}
	free(said);
}

static pid_t begin_process(void)
{
	(void)fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)alarm(CHILD_MAX_S);
	}
	return child;
}

static int end_process(pid_t child)
{
	int status = 0;
	if (child < 0 || waitpid(child, &status, 0) != child) {
		abort();
	}
	return status;
}

static void order_fault(struct fixture *fixture, const struct try *try)
{
	char body[300];
	(void)snprintf(body, sizeof body,
		       "{\"faults\":[{\"match\":{\"path\":\"" COUNTED "\",\"nth\":%u},%s}]}",
		       try->number, try->fault->fault);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/faults", body);
	if (json_object_get(answer, "code") != NULL) {
		(void)fprintf(stderr, "%s\n", body);
		abort();
	}
	json_decref(answer);
}

/* The process that dies, or does not. */
static void run_first(struct fixture *fixture, const struct try *try)
{
	take_time(fixture);
	fixture_open(fixture);
	await_idle();
	if (try->scenario->arm != NULL) {
		try->scenario->arm(fixture);
	}
	await_idle();
	fixture_clear_requests(fixture);
	if (try->fault != NULL) {
		order_fault(fixture, try);
		follows_late = try->fault->is_late;
	}
	die_settle_min_s = try->scenario->wait_s;
	probe_start(try->moment, try->fault == NULL ? try->number : 0);
	try->scenario->act(fixture);
	write_file(fixture->folder, "acted", "yes");
	settle_or_die(fixture);
	probe_stop();
	json_t *labels = json_array();
	for (unsigned number = 1; number <= probe_count(); number++) {
		(void)json_array_append_new(labels, json_string(probe_label(number)));
	}
	char *text = json_dumps(labels, 0);
	write_file(fixture->folder, "points", text);
	_exit(0);
}

struct listing {
	struct fixture *fixture;
	struct buf *out;
	char path[1024];
	json_t *directories;
	json_t *pages;
};

static bool note_name(void *context, uint64_t cookie, const char *name,
		      const struct node_attr *attr)
{
	struct listing *listing = context;
	(void)cookie;
	(void)json_object_set_new(attr->kind == NODE_DIRECTORY ? listing->directories
							       : listing->pages,
				  name, json_integer((json_int_t)attr->node));
	return true;
}

static void list_files(struct listing *listing, node_id directory)
{
	const char *name;
	json_t *node;
	size_t len = strlen(listing->path);
	if (fixture_fetch(listing->fixture, directory, WANT_LISTING) != 0) {
		buf_printf(listing->out, "%s can't be listed\n", listing->path);
		return;
	}
	listing->directories = json_object();
	listing->pages = json_object();
	int r = workspace_list(listing->fixture->workspace, directory, 0, note_name, listing);
	json_t *directories = listing->directories;
	json_t *pages = listing->pages;
	buf_printf(listing->out, "%s/ %d\n", listing->path, r);
	const char **sorted = calloc(json_object_size(pages) + 1, sizeof *sorted);
	size_t count = 0;
	json_object_foreach (pages, name, node) {
		size_t at = count++;
		for (; at > 0 && strcmp(sorted[at - 1], name) > 0; at--) {
			sorted[at] = sorted[at - 1];
		}
		sorted[at] = name;
	}
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(listing->path + len, sizeof listing->path - len, "%s%s",
			       len > 0 ? "/" : "", sorted[i]);
		char *text = fixture_read(listing->fixture, listing->path);
		buf_printf(listing->out, "%s: %s\n", listing->path,
			   text == NULL ? "(can't be read)" : text);
		free(text);
	}
	free(sorted);
	json_object_foreach (directories, name, node) {
		if (strcmp(name, ASSETS_NAME) == 0) {
			continue; /* it follows from the texts */
		}
		(void)snprintf(listing->path + len, sizeof listing->path - len, "%s%s",
			       len > 0 ? "/" : "", name);
		list_files(listing, (node_id)json_integer_value(node));
	}
	listing->path[len] = '\0';
	json_decref(directories);
	json_decref(pages);
}

/* The names and bytes of all pages, into a file. */
static void list_all(struct fixture *fixture, const char *file)
{
	CLEANUP(buf) struct buf text;
	buf_init(&text, (size_t)64 << 20);
	struct listing listing = {.fixture = fixture, .out = &text};
	list_files(&listing, NODE_ROOT);
	write_file(fixture->folder, file, text.data);
}

static size_t files_found;

static int count_file(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
	(void)stat;
	const char *ending = strrchr(path + where->base, '.');
	bool is_picture = ending != NULL && strcmp(ending, ".png") == 0; /* put there by the act */
	if (kind == FTW_F && !is_picture) {
		(void)fprintf(stderr, "left beside the pages: %s\n", path);
		files_found++;
	}
	return 0;
}

/* No error file, no copy of a conflict. */
static void check_nothing_beside(struct fixture *fixture)
{
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/local", workspace_state_path(fixture->workspace));
	files_found = 0;
	(void)nftw(path, count_file, 16, FTW_PHYS);
	if (files_found > 0) {
		_exit(4);
	}
}

/* The process after it. */
static void run_second(struct fixture *fixture, const struct try *try)
{
	take_time(fixture);
	follows_late = try->fault != NULL && try->fault->is_late;
	die_settle_min_s = try->scenario->wait_s;
	fixture_open(fixture);
	await_idle();
	if (!try->has_acted) {
		try->scenario->act(fixture);
	}
	settle_or_die(fixture);
	die_advance(fixture, 60); /* what is late has landed */
	die_advance(fixture, 60);
	await_idle();
	check_nothing_beside(fixture);
	list_all(fixture, "files");
	fixture_close(fixture);
	_exit(0);
}

/* "pic%20~1a2b.png": which of two gets the suffix is certain, its digits are not. */
static void hide_suffixes(char *text)
{
	for (char *at = text; at != NULL && (at = strstr(at, "%20~")) != NULL;) {
		at += strlen("%20~");
		memset(at, 'x', strspn(at, "0123456789abcdef"));
	}
}

/* A mount that never saw this one shows what is expected. */
static void run_fresh(struct fixture *fixture, const struct try *try)
{
	int status = 0;
	run_program((const char *const[]){"rm", "-rf", fixture->cache_folder, fixture->state_folder,
					  NULL});
	take_time(fixture);
	fixture_open(fixture);
	fixture_settle(fixture);
	for (size_t i = 0; i < EXPECTED_MAX && try->scenario->expected[i].path != NULL; i++) {
		const struct expected_page *expected = &try->scenario->expected[i];
		struct node_attr attr;
		if (expected->text == NULL) {
			if (fixture_find(fixture, expected->path, &attr) != -ENOENT) {
				(void)fprintf(stderr, "%s is still there\n", expected->path);
				status = 5;
			}
			continue;
		}
		char *text = fixture_read(fixture, expected->path);
		hide_suffixes(text);
		if (text == NULL || strcmp(text, expected->text) != 0) {
			(void)fprintf(stderr, "%s:\n%s", expected->path, text == NULL ? "" : text);
			status = 5;
		}
		free(text);
	}
	fixture_close(fixture);
	_exit(status);
}

bool is_write(const json_t *request)
{
	const char *method = json_string_value(json_object_get(request, "method"));
	const char *path = json_string_value(json_object_get(request, "path"));
	size_t len = strlen(path);
	return strcmp(method, "GET") != 0 && !(len > 6 && strcmp(path + len - 6, "/query") == 0) &&
	       !(len > 7 && strcmp(path + len - 7, "/search") == 0);
}

unsigned count_writes(const json_t *requests)
{
	unsigned count = 0;
	size_t i;
	json_t *request;
	json_array_foreach (requests, i, request) {
		count += is_write(request) ? 1 : 0;
	}
	return count;
}

/* ---- the parent's side of a try ---- */

/* Those a fault may hit; new reference. */
static json_t *get_requests(struct fixture *fixture)
{
	size_t i;
	json_t *request;
	json_t *counted = json_array();
	json_t *requests = fixture_http(fixture, "GET", "/_sim/requests", NULL);
	json_array_foreach (requests, i, request) {
		if (strncmp(json_string_value(json_object_get(request, "path")), "/v1/u", 5) != 0) {
			(void)json_array_append(counted, request);
		}
	}
	json_decref(requests);
	return counted;
}

static void check_status(struct try *try, const char *who, int status)
{
	if (WIFSIGNALED(status)) {
		try_say(try, "%s: signal %d", who, WTERMSIG(status));
	} else if (WEXITSTATUS(status) != 0) {
		try_say(try, "%s: exit status %d", who, WEXITSTATUS(status));
	}
}

void show_requests(const json_t *requests)
{
	size_t i;
	json_t *request;
	json_array_foreach (requests, i, request) {
		char *body = json_dumps(json_object_get(request, "body"),
					JSON_COMPACT | JSON_ENCODE_ANY);
		(void)fprintf(stderr, "  %s %s %lld %s\n",
			      json_string_value(json_object_get(request, "method")),
			      json_string_value(json_object_get(request, "path")),
			      (long long)json_integer_value(json_object_get(request, "status")),
			      body);
		free(body);
	}
	(void)fprintf(stderr, "  --\n");
}

void run_try(struct try *try)
{
	struct fixture fixture;
	char from[100];
	try->is_good = true;
	fixture_prepare(&fixture);
	for (int i = 0; i < 2; i++) {
		(void)snprintf(from, sizeof from, "%s/%s", try->seed->folder,
			       i == 0 ? "cache" : "state");
		run_program((const char *const[]){"cp", "-r", from, fixture.folder, NULL});
	}
	fixture_serve(&fixture, try->seed->dump, try->seed->now);

	pid_t child = begin_process();
	if (child == 0) {
		run_first(&fixture, try);
	}
	int status = end_process(child);
	try->was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (!try->was_killed) {
		check_status(try, "the first process", status);
	}
	char *acted = read_file(fixture.folder, "acted");
	try->has_acted = *acted != '\0';
	free(acted);
	char *points = read_file(fixture.folder, "points");
	try->points = json_loads(points, 0, NULL);
	free(points);
	try->requests = get_requests(&fixture);

	if (try->is_good) {
		json_decref(fixture_http(&fixture, "DELETE", "/_sim/faults", NULL));
		fixture_clear_requests(&fixture);
		child = begin_process();
		if (child == 0) {
			run_second(&fixture, try);
		}
		check_status(try, "the process after it", end_process(child));
	}
	json_t *later = fixture_http(&fixture, "GET", "/_sim/requests", NULL);
	if (try->is_good && try->number == 0 && count_writes(later) > 0) {
		try_say(try, "after all was done, %u more writes", count_writes(later));
	}
	if (!try->is_good && getenv("DIE_SHOW_REQUESTS") != NULL) {
		show_requests(try->requests);
		show_requests(later);
	}
	json_decref(later);
	json_t *dump = fixture_http(&fixture, "GET", "/_sim/dump", NULL);
	try->tree = tree_text(dump, try->seed->ids);
	try->files = read_file(fixture.folder, "files");
	json_decref(dump);
	if (try->is_good && try->number == 0) {
		child = begin_process();
		if (child == 0) {
			run_fresh(&fixture, try);
		}
		check_status(try, "a fresh mount", end_process(child));
	}
	fixture_release(&fixture);
}

/* ---- the seed ---- */

void seed_make(const struct scenario *scenario, struct seed *seed, struct fixture *fixture)
{
	*seed = (struct seed){0};
	fixture_prepare(fixture);
	fixture_serve(fixture, SMALL_WORKSPACE, START_TIME);
	pid_t child = begin_process();
	if (child == 0) {
		take_time(fixture);
		fixture_open(fixture);
		fixture_settle(fixture);
		if (scenario->before != NULL) {
			scenario->before(fixture);
		}
		/* All stamps are of a minute that is over. */
		die_advance(fixture, 300);
		fixture_settle(fixture);
		fixture_close(fixture);
		_exit(0);
	}
	int status = end_process(child);
	if (status != 0) {
		(void)fprintf(stderr, "%s: preparing failed: %d\n", scenario->name, status);
		abort();
	}
	json_t *dump = fixture_http(fixture, "GET", "/_sim/dump", NULL);
	json_t *clock = fixture_http(fixture, "GET", "/_sim/clock", NULL);
	char *text = json_dumps(dump, 0);
	write_file(fixture->folder, "dump.json", text);
	free(text);
	(void)snprintf(seed->folder, sizeof seed->folder, "%s", fixture->folder);
	(void)snprintf(seed->dump, sizeof seed->dump, "%s/dump.json", fixture->folder);
	clock_format_iso(json_integer_value(json_object_get(clock, "now_ms")), seed->now);
	seed->ids = tree_ids(dump);
	json_decref(clock);
	json_decref(dump);
	(void)kill(fixture->server, SIGKILL);
}
