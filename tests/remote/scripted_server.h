/*
 * A server on loopback that answers each request with the next line of a script, whatever it
 * asks: for what a well-behaved server (tools/sim) never does.
 *
 * What it is not: an HTTP server. Requests are expected whole, with Content-Length. A thread for
 * each connection; the functions below may be called from the test's thread at any time.
 */
#ifndef NOTIONFS_TESTS_REMOTE_SCRIPTED_SERVER_H
#define NOTIONFS_TESTS_REMOTE_SCRIPTED_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct scripted_reply {
	int status;	     /* 0: no answer, the connection is closed */
	const char *headers; /* further ones, each with \r\n; or NULL */
	const char *body;    /* or NULL */
	size_t repeat_body;  /* send the body so many times; 0 = once */
	bool is_cut;	     /* the body is announced 10 bytes longer than it is, then closed */
	bool is_held;	     /* no answer until scripted_server_free */
};

struct scripted_server;

/* The script is borrowed; after its last line connections are closed without an answer. */
struct scripted_server *scripted_server_new(const struct scripted_reply *script, size_t count);
void scripted_server_free(struct scripted_server *server);

/* "http://127.0.0.1:<port>", as long as the server. */
const char *scripted_server_url(const struct scripted_server *server);
size_t scripted_server_requests(struct scripted_server *server);
size_t scripted_server_connections(struct scripted_server *server);
/* Waits until so many requests have come. */
void scripted_server_await(struct scripted_server *server, size_t requests);
/* The request as it came, head and body; as long as the server. NULL = there was none. */
const char *scripted_server_request(struct scripted_server *server, size_t index);

#endif
