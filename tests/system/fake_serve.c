/*
 * What tests order through .notionfs/control, as JSON with "command" and "path":
 *
 *   page     its text from outside ("text"; made where it is missing; "fetched":false holds it)
 *   folder   a directory ("listed":false holds its listing)
 *   many     "count" pages below a directory
 *   release  content or listing that was held
 *   text     answers the page's text as it is now
 *   nothing  answers nothing until the mount ends
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/system/fake_tree.h"

/* What is told and answered once the lock is given back. */
struct outcome {
	node_id page;
	node_id directory;
	char name[256];
	bool is_held;
	char *answer;
};

static struct node *make_path(struct workspace *workspace, const char *path, enum node_kind kind)
{
	struct node *node = fake_path(workspace, path);
	if (node != NULL) {
		return node;
	}
	const char *slash = strrchr(path, '/');
	struct node *parent = fake_node(workspace, NODE_ROOT);
	if (slash != NULL) {
		char *above = strndup(path, (size_t)(slash - path));
		parent = make_path(workspace, above, NODE_DIRECTORY);
		free(above);
	}
	return fake_add(workspace, parent->id, slash == NULL ? path : slash + 1, kind);
}

static void tell_name(struct outcome *outcome, const struct node *node)
{
	outcome->directory = node->parent;
	(void)strcpy(outcome->name, node->name);
}

static void order_page(struct workspace *workspace, const json_t *order, const char *path,
		       struct outcome *outcome)
{
	bool is_new = fake_path(workspace, path) == NULL;
	struct node *node = make_path(workspace, path, NODE_PAGE);
	const char *text = json_string_value(json_object_get(order, "text"));
	text = text == NULL ? "" : text;
	fake_set_text(node, fake_text_new(workspace, text, strlen(text)));
	node->is_fetched = !json_is_false(json_object_get(order, "fetched"));
	outcome->page = node->id;
	if (is_new) {
		tell_name(outcome, node);
	}
}

static void order_many(struct workspace *workspace, const json_t *order, const char *path,
		       struct outcome *outcome)
{
	const struct node *node = make_path(workspace, path, NODE_DIRECTORY);
	for (int i = 0; i < json_integer_value(json_object_get(order, "count")); i++) {
		char name[32];
		(void)snprintf(name, sizeof name, "p%05d.md", i);
		(void)fake_add(workspace, node->id, name, NODE_PAGE);
	}
	tell_name(outcome, node);
}

static void run_order(struct workspace *workspace, const json_t *order, struct outcome *outcome)
{
	const char *name = json_string_value(json_object_get(order, "command"));
	const char *path = json_string_value(json_object_get(order, "path"));
	name = name == NULL ? "" : name;
	path = path == NULL ? "" : path;
	if (strcmp(name, "page") == 0) {
		order_page(workspace, order, path, outcome);
	} else if (strcmp(name, "folder") == 0) {
		struct node *node = make_path(workspace, path, NODE_DIRECTORY);
		node->is_listed = !json_is_false(json_object_get(order, "listed"));
		tell_name(outcome, node);
	} else if (strcmp(name, "many") == 0) {
		order_many(workspace, order, path, outcome);
	} else if (strcmp(name, "release") == 0) {
		struct node *node = make_path(workspace, path, NODE_PAGE);
		node->is_fetched = true;
		node->is_listed = true;
	} else if (strcmp(name, "text") == 0) {
		const struct node *node = fake_path(workspace, path);
		outcome->answer =
			strdup(node == NULL || node->is_unlinked ? "none" : node->text->bytes.data);
	} else {
		outcome->is_held = strcmp(name, "nothing") == 0;
	}
}

static void tell(struct workspace *workspace, const struct outcome *outcome)
{
	const char *name = outcome->name;
	if (outcome->directory != 0) {
		workspace->events.directory_changed(workspace->events.context, outcome->directory,
						    &name, 1);
	} else if (outcome->page != 0) {
		workspace->events.page_changed(workspace->events.context, outcome->page);
	}
}

static void run_command(struct workspace *workspace, struct command *command)
{
	struct outcome outcome = {0};
	json_t *json = json_loadb(command->json, command->len, 0, NULL);
	(void)pthread_mutex_lock(&workspace->lock);
	run_order(workspace, json, &outcome);
	bool is_held = outcome.is_held && !workspace->is_stopping;
	if (is_held) {
		command->next = workspace->held;
		workspace->held = command;
	}
	(void)pthread_mutex_unlock(&workspace->lock);
	tell(workspace, &outcome);
	if (!is_held) {
		const char *answer = outcome.answer == NULL ? "done" : outcome.answer;
		command->answer(command->context, answer, strlen(answer));
		free(command->json);
		free(command);
	}
	json_decref(json);
	free(outcome.answer);
}

/* A wait that is over, off the list, with how it ended; NULL when there is none. */
static struct workspace_wait *ended_wait(struct workspace *workspace, int *ret_error)
{
	for (struct workspace_wait **link = &workspace->waits; *link != NULL;
	     link = &(*link)->next) {
		struct workspace_wait *wait = *link;
		const struct node *node = fake_node(workspace, wait->node);
		bool is_here = wait->want == WANT_LISTING ? node->is_listed : node->is_fetched;
		bool is_late = wait->want != WANT_CONTENT && fake_now_ms() >= wait->deadline_ms;
		if (!is_here && !is_late && !workspace->is_stopping) {
			continue;
		}
		*ret_error = is_here ? 0 : is_late ? -ETIMEDOUT : -ENOTCONN;
		*link = wait->next;
		return wait;
	}
	return NULL;
}

static void wait_a_little(struct workspace *workspace)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 50000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	(void)pthread_cond_timedwait(&workspace->changed, &workspace->lock, &until);
}

void *fake_serve(void *context)
{
	struct workspace *workspace = context;
	(void)pthread_mutex_lock(&workspace->lock);
	for (;;) {
		int error = 0;
		struct workspace_wait *wait = ended_wait(workspace, &error);
		struct command *command = workspace->commands;
		if (wait != NULL) {
			(void)pthread_mutex_unlock(&workspace->lock);
			wait->done(wait->context, error);
			free(wait);
			(void)pthread_mutex_lock(&workspace->lock);
		} else if (command != NULL) {
			workspace->commands = command->next;
			(void)pthread_mutex_unlock(&workspace->lock);
			run_command(workspace, command);
			(void)pthread_mutex_lock(&workspace->lock);
		} else if (workspace->is_stopping && workspace->held != NULL) {
			workspace->commands = steal(&workspace->held);
		} else if (workspace->is_stopping) {
			break;
		} else {
			wait_a_little(workspace);
		}
	}
	(void)pthread_mutex_unlock(&workspace->lock);
	return NULL;
}
