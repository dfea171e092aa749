#include "tests/remote/scripted_server.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mapping/base/buf.h"
#include "mapping/base/cleanup.h"

#define MAX_CONNECTIONS 64
#define MAX_REQUESTS 256
#define REQUEST_MAX_BYTES ((size_t)1 << 20)

struct scripted_server {
	const struct scripted_reply *script;
	size_t count;
	int listener;
	char url[64];
	pthread_t thread;

	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool is_stopped;		    /* guarded by mutex */
	char *requests[MAX_REQUESTS];	    /* guarded by mutex */
	size_t request_count;		    /* guarded by mutex */
	int sockets[MAX_CONNECTIONS];	    /* guarded by mutex; -1 = closed */
	pthread_t threads[MAX_CONNECTIONS]; /* the listener's thread, then free */
	size_t connection_count;	    /* guarded by mutex */
};

struct connection {
	struct scripted_server *server;
	size_t index;
	int socket;
};

static bool send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
		if (sent <= 0) {
			return false;
		}
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

/* Reads one request into `request`. */
static bool read_request(int fd, struct buf *request)
{
	buf_clear(request);
	for (;;) {
		const char *end = strstr(request->data, "\r\n\r\n");
		if (end != NULL) {
			const char *length = strcasestr(request->data, "\r\nContent-Length:");
			size_t body_len = length != NULL ? strtoul(length + 17, NULL, 10) : 0;
			size_t head_len = (size_t)(end - request->data) + 4;
			if (request->len >= head_len + body_len) {
				return true;
			}
		}
		char bytes[4096];
		ssize_t got = recv(fd, bytes, sizeof bytes, 0);
		if (got <= 0 || buf_check(request) < 0) {
			return false;
		}
		buf_append(request, bytes, (size_t)got);
	}
}

/* Notes the request; the reply it gets, or NULL when the script is over. */
static const struct scripted_reply *note_request(struct scripted_server *server,
						 const struct buf *request)
{
	LOCK_SCOPE(&server->mutex);
	if (server->request_count >= MAX_REQUESTS) {
		return NULL;
	}
	size_t index = server->request_count++;
	server->requests[index] = strdup(request->data);
	(void)pthread_cond_broadcast(&server->changed);
	return index < server->count ? &server->script[index] : NULL;
}

static void await_stop(struct scripted_server *server)
{
	LOCK_SCOPE(&server->mutex);
	while (!server->is_stopped) {
		(void)pthread_cond_wait(&server->changed, &server->mutex);
	}
}

static bool send_reply(int fd, const struct scripted_reply *reply)
{
	const char *body = reply->body != NULL ? reply->body : "";
	size_t times = reply->repeat_body > 0 ? reply->repeat_body : 1;
	char head[1024];
	int len =
		snprintf(head, sizeof head, "HTTP/1.1 %d Scripted\r\nContent-Length: %zu\r\n%s\r\n",
			 reply->status, strlen(body) * times + (reply->is_cut ? 10 : 0),
			 reply->headers != NULL ? reply->headers : "");
	bool is_sent = send_all(fd, head, (size_t)len);
	for (size_t i = 0; i < times && is_sent; i++) {
		is_sent = send_all(fd, body, strlen(body));
	}
	return is_sent && !reply->is_cut;
}

static void *serve(void *context)
{
	struct connection *connection = context;
	struct scripted_server *server = connection->server;
	CLEANUP(buf) struct buf request;
	buf_init(&request, REQUEST_MAX_BYTES);
	while (read_request(connection->socket, &request)) {
		const struct scripted_reply *reply = note_request(server, &request);
		if (reply != NULL && reply->is_held) {
			await_stop(server);
			break;
		}
		if (reply == NULL || reply->status == 0 || !send_reply(connection->socket, reply)) {
			break;
		}
	}
	LOCK_SCOPE(&server->mutex);
	server->sockets[connection->index] = -1;
	(void)close(connection->socket);
	free(connection);
	return NULL;
}

static void *listen_for_connections(void *context)
{
	struct scripted_server *server = context;
	for (;;) {
		int fd = accept(server->listener, NULL, NULL);
		LOCK_SCOPE(&server->mutex);
		if (fd < 0 || server->is_stopped || server->connection_count >= MAX_CONNECTIONS) {
			if (fd >= 0) {
				(void)close(fd);
			}
			return NULL;
		}
		struct connection *connection = calloc(1, sizeof *connection);
		if (connection == NULL) {
			abort();
		}
		size_t index = server->connection_count++;
		*connection = (struct connection){
			.server = server,
			.index = index,
			.socket = fd,
		};
		server->sockets[index] = fd;
		if (pthread_create(&server->threads[index], NULL, serve, connection) != 0) {
			abort();
		}
	}
}

struct scripted_server *scripted_server_new(const struct scripted_reply *script, size_t count)
{
	struct scripted_server *server = calloc(1, sizeof *server);
	if (server == NULL) {
		abort();
	}
	server->script = script;
	server->count = count;
	(void)pthread_mutex_init(&server->mutex, NULL);
	(void)pthread_cond_init(&server->changed, NULL);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t address_len = sizeof address;
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->listener < 0 ||
	    bind(server->listener, (struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(server->listener, 64) < 0 ||
	    getsockname(server->listener, (struct sockaddr *)&address, &address_len) < 0 ||
	    pthread_create(&server->thread, NULL, listen_for_connections, server) != 0) {
		abort();
	}
	(void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u",
		       ntohs(address.sin_port));
	return server;
}

void scripted_server_free(struct scripted_server *server)
{
	if (server == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&server->mutex);
	server->is_stopped = true;
	(void)pthread_cond_broadcast(&server->changed);
	for (size_t i = 0; i < server->connection_count; i++) {
		if (server->sockets[i] >= 0) {
			(void)shutdown(server->sockets[i], SHUT_RDWR);
		}
	}
	(void)pthread_mutex_unlock(&server->mutex);
	(void)shutdown(server->listener, SHUT_RDWR);
	(void)pthread_join(server->thread, NULL);
	for (size_t i = 0; i < server->connection_count; i++) {
		(void)pthread_join(server->threads[i], NULL);
	}
	(void)close(server->listener);
	for (size_t i = 0; i < server->request_count; i++) {
		free(server->requests[i]);
	}
	(void)pthread_cond_destroy(&server->changed);
	(void)pthread_mutex_destroy(&server->mutex);
	free(server);
}

const char *scripted_server_url(const struct scripted_server *server)
{
	return server->url;
}

size_t scripted_server_requests(struct scripted_server *server)
{
	LOCK_SCOPE(&server->mutex);
	return server->request_count;
}

size_t scripted_server_connections(struct scripted_server *server)
{
	LOCK_SCOPE(&server->mutex);
	return server->connection_count;
}

void scripted_server_await(struct scripted_server *server, size_t requests)
{
	LOCK_SCOPE(&server->mutex);
	while (server->request_count < requests) {
		(void)pthread_cond_wait(&server->changed, &server->mutex);
	}
}

const char *scripted_server_request(struct scripted_server *server, size_t index)
{
	LOCK_SCOPE(&server->mutex);
	return index < server->request_count ? server->requests[index] : NULL;
}
