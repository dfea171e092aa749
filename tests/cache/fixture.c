#include "tests/cache/fixture.h"

#include <arpa/inet.h>
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
	(void)stat;
	(void)kind;
	(void)where;
	return remove(path);
}

void fixture_open(struct fixture *fixture)
{
	char *message = NULL;
	struct workspace_events events = {0};
	int r = workspace_open(&fixture->options, &fixture->workspace, &message);
	if (r < 0) {
		(void)fprintf(stderr, "open: %s\n", message);
		abort();
	}
	free(message);
	r = workspace_start(fixture->workspace, &events);
	assert(r == 0);
}

void fixture_close(struct fixture *fixture)
{
	workspace_stop(fixture->workspace);
	workspace_free(fixture->workspace);
	fixture->workspace = NULL;
}

void fixture_reopen(struct fixture *fixture)
{
	fixture_close(fixture);
	fixture_open(fixture);
}

/* notion-sim says where it listens on its first line. */
void fixture_serve(struct fixture *fixture, const char *workspace, const char *now)
{
	int out[2];
	char line[128];
	int r = pipe(out);
	assert(r == 0);
	fixture->server = fork();
	assert(fixture->server >= 0);
	if (fixture->server == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)execl(NOTION_SIM, NOTION_SIM, "--workspace", workspace, "--token", "ntn_test",
			    "--rate", "off", now == NULL ? NULL : "--now", now, (char *)NULL);
		_exit(127);
	}
	(void)close(out[1]);
	FILE *ready = fdopen(out[0], "r");
	assert(ready != NULL);
	char *read = fgets(line, sizeof line, ready);
	assert(read != NULL);
	r = sscanf(line, "notion-sim: listening on http://127.0.0.1:%u", &fixture->port);
	assert(r == 1);
	(void)fclose(ready);
	(void)snprintf(fixture->base_url, sizeof fixture->base_url, "http://127.0.0.1:%u",
		       fixture->port);
}

void fixture_prepare(struct fixture *fixture)
{
	memset(fixture, 0, sizeof *fixture);
	(void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/notionfs-test-XXXXXX");
	char *made = mkdtemp(fixture->folder);
	assert(made != NULL);
	(void)snprintf(fixture->cache_folder, sizeof fixture->cache_folder, "%s/cache",
		       fixture->folder);
	(void)snprintf(fixture->state_folder, sizeof fixture->state_folder, "%s/state",
		       fixture->folder);
	workspace_options_init(&fixture->options);
	fixture->options.base_url = fixture->base_url;
	fixture->options.token = "ntn_test";
	fixture->options.cache_directory = fixture->cache_folder;
	fixture->options.state_directory = fixture->state_folder;
	fixture->options.poll_ms = 0;
	fixture->options.sweep = false;
	fixture->options.save_delay_ms = 10;
}

void fixture_init(struct fixture *fixture)
{
	fixture_prepare(fixture);
	fixture_serve(fixture, DEMO_WORKSPACE, NULL);
	fixture_open(fixture);
}

void fixture_release(struct fixture *fixture)
{
	if (fixture->workspace != NULL) {
		fixture_close(fixture);
	}
	(void)kill(fixture->server, SIGKILL);
	(void)waitpid(fixture->server, NULL, 0);
	(void)nftw(fixture->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void fixture_delete_cache(struct fixture *fixture)
{
	(void)nftw(fixture->cache_folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- callbacks made blocking ---- */

struct outcome {
	pthread_mutex_t mutex;
	pthread_cond_t done;
	bool is_done;
	int error;
	char *text;
};

static void outcome_init(struct outcome *outcome)
{
	*outcome = (struct outcome){.mutex = PTHREAD_MUTEX_INITIALIZER,
				    .done = PTHREAD_COND_INITIALIZER};
}

static void outcome_set(struct outcome *outcome, int error, char *text)
{
	(void)pthread_mutex_lock(&outcome->mutex);
	outcome->is_done = true;
	outcome->error = error;
	outcome->text = text;
	(void)pthread_cond_signal(&outcome->done);
	(void)pthread_mutex_unlock(&outcome->mutex);
}

static void outcome_wait(struct outcome *outcome)
{
	(void)pthread_mutex_lock(&outcome->mutex);
	while (!outcome->is_done) {
		(void)pthread_cond_wait(&outcome->done, &outcome->mutex);
	}
	(void)pthread_mutex_unlock(&outcome->mutex);
}

static void take_error(void *context, int error)
{
	outcome_set(context, error, NULL);
}

static void take_text(void *context, const char *json, size_t len)
{
	outcome_set(context, 0, strndup(json, len));
}

int fixture_fetch(struct fixture *fixture, node_id node, enum want want)
{
	struct outcome outcome;
	struct workspace_wait *wait;
	outcome_init(&outcome);
	int r = workspace_fetch(fixture->workspace, node, want, take_error, &outcome, &wait);
	if (r != -EINPROGRESS) {
		return r;
	}
	outcome_wait(&outcome);
	return outcome.error;
}

int fixture_find(struct fixture *fixture, const char *path, struct node_attr *ret_attr)
{
	node_id directory = NODE_ROOT;
	for (;;) {
		char name[256];
		size_t len = strcspn(path, "/");
		assert(len < sizeof name);
		memcpy(name, path, len);
		name[len] = '\0';
		int r = workspace_lookup(fixture->workspace, directory, name, ret_attr);
		if (r == -EAGAIN) {
			r = fixture_fetch(fixture, directory, WANT_LISTING);
			if (r == 0) {
				r = workspace_lookup(fixture->workspace, directory, name, ret_attr);
			}
		}
		if (r < 0 || path[len] == '\0') {
			return r;
		}
		directory = ret_attr->node;
		path += len + 1;
	}
}

char *fixture_read(struct fixture *fixture, const char *path)
{
	struct node_attr attr;
	struct page_file *file;
	int r = fixture_find(fixture, path, &attr);
	if (r == 0) {
		r = fixture_fetch(fixture, attr.node, WANT_CONTENT);
	}
	if (r == 0) {
		r = workspace_open_page(fixture->workspace, attr.node, O_RDONLY, getpid(), &file);
	}
	if (r < 0) {
		(void)fprintf(stderr, "%s: %s\n", path, strerror(-r));
		return NULL;
	}
	page_file_getattr(file, &attr);
	char *text = calloc(1, attr.size + 1);
	ssize_t n = page_file_read(file, text, attr.size, 0);
	assert(n == (ssize_t)attr.size);
	(void)page_file_close(file);
	return text;
}

void fixture_write(struct fixture *fixture, const char *path, const char *text)
{
	struct node_attr attr;
	struct page_file *file;
	const char *slash = strrchr(path, '/');
	int r = fixture_find(fixture, path, &attr);
	if (r == -ENOENT) {
		char *directory = strndup(path, slash == NULL ? 0 : (size_t)(slash - path));
		node_id parent = NODE_ROOT;
		if (slash != NULL) {
			r = fixture_find(fixture, directory, &attr);
			assert(r == 0);
			parent = attr.node;
		}
		free(directory);
		r = workspace_create(fixture->workspace, parent, slash == NULL ? path : slash + 1,
				     0644, getpid(), &attr, &file);
	} else {
		r = fixture_fetch(fixture, attr.node, WANT_CONTENT);
		assert(r == 0);
		r = workspace_open_page(fixture->workspace, attr.node, O_WRONLY | O_TRUNC, getpid(),
					&file);
	}
	assert(r == 0);
	ssize_t n = page_file_write(file, text, strlen(text), 0, false);
	assert(n == (ssize_t)strlen(text));
	r = page_file_close(file);
	assert(r == 0);
}

json_t *fixture_command(struct fixture *fixture, const char *json)
{
	struct outcome outcome;
	outcome_init(&outcome);
	int r = workspace_command(fixture->workspace, json, strlen(json), take_text, &outcome);
	assert(r == -EINPROGRESS);
	outcome_wait(&outcome);
	json_t *answer = json_loads(outcome.text, 0, NULL);
	free(outcome.text);
	assert(answer != NULL);
	return answer;
}

void fixture_settle(struct fixture *fixture)
{
	json_decref(fixture_command(fixture, "{\"command\":\"sync\",\"complete\":true}"));
}

char *fixture_local_copy(struct fixture *fixture, node_id directory, const char *name_start)
{
	char path[4096];
	char *text = NULL;
	(void)snprintf(path, sizeof path, "%s/local/%016llx",
		       workspace_state_path(fixture->workspace), (unsigned long long)directory);
	DIR *dir = opendir(path);
	const struct dirent *entry;
	while (dir != NULL && text == NULL && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, name_start, strlen(name_start)) == 0) {
			size_t len = strlen(path);
			struct buf bytes;
			char piece[65536];
			ssize_t n;
			(void)snprintf(path + len, sizeof path - len, "/%s", entry->d_name);
			int fd = open(path, O_RDONLY | O_CLOEXEC);
			buf_init(&bytes, (size_t)64 << 20);
			while ((n = read(fd, piece, sizeof piece)) > 0) {
				buf_append(&bytes, piece, (size_t)n);
			}
			(void)close(fd);
			text = buf_steal(&bytes, NULL);
		}
	}
	if (dir != NULL) {
		(void)closedir(dir);
	}
	return text;
}

/* ---- the server's side, by hand: curl.h is for cache/remote alone ---- */

json_t *fixture_http(struct fixture *fixture, const char *method, const char *path,
		     const char *body)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)fixture->port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = connect(fd, (struct sockaddr *)&address, sizeof address);
	assert(r == 0);
	char *request;
	int len = asprintf(&request,
			   "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
			   "Authorization: Bearer ntn_test\r\nNotion-Version: 2026-03-11\r\n"
			   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			   method, path, body == NULL ? 0 : strlen(body), body == NULL ? "" : body);
	assert(len > 0);
	ssize_t n = write(fd, request, (size_t)len);
	assert(n == len);
	free(request);
	struct buf answer;
	char piece[65536];
	buf_init(&answer, (size_t)64 << 20);
	while ((n = read(fd, piece, sizeof piece)) > 0) {
		buf_append(&answer, piece, (size_t)n);
	}
	(void)close(fd);
	const char *start = strstr(answer.data, "\r\n\r\n");
	json_t *json = start == NULL ? NULL
				     : json_loads(start + 4,
						  JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY, NULL);
	buf_release(&answer);
	return json;
}

size_t fixture_count_requests(struct fixture *fixture, const char *method)
{
	size_t count = 0;
	size_t i;
	json_t *item;
	bool is_not = *method == '!';
	json_t *requests = fixture_http(fixture, "GET", "/_sim/requests", NULL);
	json_array_foreach (requests, i, item) {
		const char *of = json_string_value(json_object_get(item, "method"));
		count += (strcmp(of, method + (is_not ? 1 : 0)) == 0) != is_not ? 1 : 0;
	}
	json_decref(requests);
	return count;
}

void fixture_clear_requests(struct fixture *fixture)
{
	json_decref(fixture_http(fixture, "DELETE", "/_sim/requests", NULL));
}
