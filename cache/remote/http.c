#include "cache/remote/http_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/*
 * NOTES ON THE THREAD MODEL. Each request has a connection of its own: a curl multi handle (which
 * keeps the socket alive between requests) with one easy handle. A thread takes an idle one or
 * makes one, and drives it alone; http_stop wakes all with curl_multi_wakeup, the one call curl
 * allows from another thread. libcurl's connection sharing is not used: it is not safe between
 * threads in this version.
 */

#define CONNECT_TIMEOUT_MS 10000
/* Idle connections kept; more are closed after their request. */
#define MAX_IDLE 8
/* Servers close idle connections after a minute or more: one that is older is not written to,
 * since a write into a closing connection leaves us guessing. */
#define IDLE_MAX_SECS 45
#define POLL_MS 1000

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
	CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
	assert(code == CURLE_OK);
	(void)code;
}

/* ---- the server's address ---- */

static bool is_loopback_address(const char *host)
{
	struct in_addr four;
	struct in6_addr six;
	if (inet_pton(AF_INET, host, &four) == 1) {
		return ntohl(four.s_addr) >> 24 == 127;
	}
	return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

bool http_is_loopback_host(const char *host)
{
	size_t len = strlen(host);
	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		char inner[64];
		if (len - 2 >= sizeof inner) {
			return false;
		}
		memcpy(inner, host + 1, len - 2);
		inner[len - 2] = '\0';
		return is_loopback_address(inner);
	}
	return strcasecmp(host, "localhost") == 0 || is_loopback_address(host);
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	CURLUcode code = curl_url_get(url, part, &text, 0);
	curl_free(text);
	return code == CURLUE_OK;
}

static int check_base_url(const char *base_url, bool *ret_is_plain)
{
	int r = -EINVAL;
	char *scheme = NULL;
	char *host = NULL;
	CURLU *url = curl_url();
	if (url == NULL) {
		abort();
	}
	if (curl_url_set(url, CURLUPART_URL, base_url, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD) ||
	    has_part(url, CURLUPART_QUERY) || has_part(url, CURLUPART_FRAGMENT)) {
		goto out;
	}
	bool is_plain = strcmp(scheme, "http") == 0;
	if (strcmp(scheme, "https") == 0 || (is_plain && http_is_loopback_host(host))) {
		*ret_is_plain = is_plain;
		r = 0;
	}
out:
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(url);
	return r;
}

/* ---- life ---- */

static void lock_share(CURL *easy, curl_lock_data data, curl_lock_access access, void *context)
{
	(void)easy;
	(void)access;
	struct http *http = context;
	(void)pthread_mutex_lock(&http->share_mutexes[data]);
}

static void unlock_share(CURL *easy, curl_lock_data data, void *context)
{
	(void)easy;
	struct http *http = context;
	(void)pthread_mutex_unlock(&http->share_mutexes[data]);
}

int http_new(const char *base_url, struct http **ret_http)
{
	(void)pthread_once(&curl_once, init_curl);
	bool is_plain = false;
	int r = base_url != NULL ? check_base_url(base_url, &is_plain) : -EINVAL;
	if (r < 0) {
		return r;
	}
	struct http *http = calloc(1, sizeof *http);
	if (http == NULL) {
		abort();
	}
	http->base_url = strdup(base_url);
	http->share = curl_share_init();
	if (http->base_url == NULL || http->share == NULL) {
		abort();
	}
	for (size_t len = strlen(http->base_url); len > 0 && http->base_url[len - 1] == '/';
	     len--) {
		http->base_url[len - 1] = '\0';
	}
	http->is_plain = is_plain;
	(void)pthread_mutex_init(&http->mutex, NULL);
	for (int i = 0; i < CURL_LOCK_DATA_LAST; i++) {
		(void)pthread_mutex_init(&http->share_mutexes[i], NULL);
	}
	(void)curl_share_setopt(http->share, CURLSHOPT_LOCKFUNC, lock_share);
	(void)curl_share_setopt(http->share, CURLSHOPT_UNLOCKFUNC, unlock_share);
	(void)curl_share_setopt(http->share, CURLSHOPT_USERDATA, http);
	(void)curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
	(void)curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	*ret_http = http;
	return 0;
}

static void connection_free(struct connection *connection)
{
	curl_easy_cleanup(connection->easy);
	(void)curl_multi_cleanup(connection->multi);
	free(connection);
}

void http_free(struct http *http)
{
	if (http == NULL) {
		return;
	}
	while (http->all != NULL) {
		struct connection *connection = http->all;
		http->all = connection->next;
		connection_free(connection);
	}
	(void)curl_share_cleanup(http->share);
	for (int i = 0; i < CURL_LOCK_DATA_LAST; i++) {
		(void)pthread_mutex_destroy(&http->share_mutexes[i]);
	}
	(void)pthread_mutex_destroy(&http->mutex);
	free(http->base_url);
	free(http);
}

void http_stop(struct http *http)
{
	atomic_store(&http->is_stopped, true);
	LOCK_SCOPE(&http->mutex);
	for (struct connection *connection = http->all; connection != NULL;
	     connection = connection->next) {
		(void)curl_multi_wakeup(connection->multi);
	}
}

/* ---- what curl asks while it works ---- */

/* No child process inherits a connection. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)context;
	(void)purpose;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/*
 * A connection stands and the request is about to go. curl by itself repeats a request, even a
 * POST, when a reused connection ends without an answer; the server may have seen the first one,
 * so only a first attempt of which nothing was sent may be followed by another.
 */
static int before_request(void *context, char *address, char *local_address, int port,
			  int local_port)
{
	(void)local_address;
	(void)port;
	(void)local_port;
	struct connection *connection = context;
	if (connection->must_be_loopback && !is_loopback_address(address)) {
		connection->refusal = "plain http to a host that is not this one";
		return CURL_PREREQFUNC_ABORT;
	}
	long sent_bytes = 0;
	(void)curl_easy_getinfo(connection->easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
	if (connection->attempts > 0 && sent_bytes > 0 && !connection->is_repeatable) {
		connection->refusal = "the connection ended without an answer";
		return CURL_PREREQFUNC_ABORT;
	}
	long new_connections = 0;
	(void)curl_easy_getinfo(connection->easy, CURLINFO_NUM_CONNECTS, &new_connections);
	connection->answer->was_reused = new_connections == 0;
	connection->attempts++;
	return CURL_PREREQFUNC_OK;
}

size_t http_take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct connection *connection = context;
	buf_append(&connection->answer->body, bytes, size * count);
	if (buf_check(&connection->answer->body) < 0) {
		connection->is_too_large = true;
		return 0;
	}
	return size * count;
}

/* ---- the pool ---- */

static struct connection *connection_new(struct http *http)
{
	struct connection *connection = calloc(1, sizeof *connection);
	CURL *easy = curl_easy_init();
	CURLM *multi = curl_multi_init();
	if (connection == NULL || easy == NULL || multi == NULL) {
		abort();
	}
	connection->easy = easy;
	connection->multi = multi;
	set_option(CURLOPT_PRIVATE, http);
	set_option(CURLOPT_SHARE, http->share);
	set_option(CURLOPT_ERRORBUFFER, connection->error);
	set_option(CURLOPT_NOSIGNAL, 1L);
	set_option(CURLOPT_QUICK_EXIT, 1L);
	set_option(CURLOPT_PROTOCOLS_STR, http->is_plain ? "http" : "https");
	set_option(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	set_option(CURLOPT_FOLLOWLOCATION, 0L);
	set_option(CURLOPT_PATH_AS_IS, 1L);
	set_option(CURLOPT_ACCEPT_ENCODING, "gzip");
	set_option(CURLOPT_USERAGENT, "notionfs/" NOTIONFS_VERSION);
	set_option(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	set_option(CURLOPT_MAXAGE_CONN, (long)IDLE_MAX_SECS);
	set_option(CURLOPT_TCP_KEEPALIVE, 1L);
	set_option(CURLOPT_SSL_VERIFYPEER, 1L);
	set_option(CURLOPT_SSL_VERIFYHOST, 2L);
	if (http->is_plain) {
		set_option(CURLOPT_PROXY, "");
	}
	set_option(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	set_option(CURLOPT_PREREQFUNCTION, before_request);
	set_option(CURLOPT_PREREQDATA, connection);
	set_option(CURLOPT_WRITEFUNCTION, http_take_body);
	set_option(CURLOPT_WRITEDATA, connection);
	return connection;
}

struct connection *http_take_connection(struct http *http)
{
	{
		LOCK_SCOPE(&http->mutex);
		struct connection *idle = http->idle;
		if (idle != NULL) {
			http->idle = idle->next_idle;
			http->idle_count--;
			return idle;
		}
	}
	struct connection *connection = connection_new(http);
	LOCK_SCOPE(&http->mutex);
	connection->next = http->all;
	http->all = connection;
	return connection;
}

void http_give_back(struct http *http, struct connection *connection)
{
	{
		LOCK_SCOPE(&http->mutex);
		if (http->idle_count < MAX_IDLE) {
			connection->next_idle = http->idle;
			http->idle = connection;
			http->idle_count++;
			return;
		}
		struct connection **link = &http->all;
		while (*link != connection) {
			link = &(*link)->next;
		}
		*link = connection->next;
	}
	connection_free(connection);
}

/* ---- one request ---- */

void http_answer_init(struct http_answer *answer)
{
	*answer = (struct http_answer){.retry_after_ms = -1, .date_ms = -1};
	buf_init(&answer->body, HTTP_ANSWER_MAX_BYTES);
}

void http_answer_release(struct http_answer *answer)
{
	if (answer != NULL) {
		buf_release(&answer->body);
	}
}

static void add_header(struct curl_slist **headers, const char *name, const char *value)
{
	struct buf line;
	buf_init(&line, 4096);
	buf_printf(&line, "%s%s", name, value);
	struct curl_slist *longer = curl_slist_append(*headers, line.data);
	explicit_bzero(line.data, line.len);
	buf_release(&line);
	if (longer == NULL) {
		abort();
	}
	*headers = longer;
}

struct curl_slist *http_make_headers(const struct http_request *request)
{
	struct curl_slist *headers = NULL;
	add_header(&headers, "Accept: ", "application/json");
	add_header(&headers, "Expect:", "");
	if (request->token != NULL) {
		add_header(&headers, "Authorization: Bearer ", request->token);
	}
	if (request->api_version != NULL) {
		add_header(&headers, "Notion-Version: ", request->api_version);
	}
	if (request->body != NULL) {
		add_header(&headers, "Content-Type: ", "application/json");
	}
	return headers;
}

void http_free_headers(struct curl_slist *headers)
{
	for (struct curl_slist *header = headers; header != NULL; header = header->next) {
		explicit_bzero(header->data, strlen(header->data));
	}
	curl_slist_free_all(headers);
}

static void prepare(struct connection *connection, const struct http_request *request,
		    const char *url, struct curl_slist *headers)
{
	CURL *easy = connection->easy;
	set_option(CURLOPT_URL, url);
	set_option(CURLOPT_HTTPHEADER, headers);
	set_option(CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	if (request->body != NULL) {
		set_option(CURLOPT_POST, 1L);
		set_option(CURLOPT_POSTFIELDS, request->body);
		set_option(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
	} else {
		set_option(CURLOPT_POSTFIELDS, NULL);
		set_option(CURLOPT_HTTPGET, 1L);
	}
	set_option(CURLOPT_CUSTOMREQUEST, request->method);
}

bool http_drive(struct http *http, struct connection *connection, CURLcode *ret_code)
{
	CURLMcode code = curl_multi_add_handle(connection->multi, connection->easy);
	assert(code == CURLM_OK);
	int running = 1;
	while (code == CURLM_OK && running > 0) {
		if (atomic_load(&http->is_stopped)) {
			return false;
		}
		code = curl_multi_perform(connection->multi, &running);
		if (code == CURLM_OK && running > 0) {
			code = curl_multi_poll(connection->multi, NULL, 0, POLL_MS, NULL);
		}
	}
	*ret_code = code == CURLM_OK ? CURLE_RECV_ERROR : CURLE_OUT_OF_MEMORY;
	int left;
	for (CURLMsg *message; (message = curl_multi_info_read(connection->multi, &left));) {
		if (message->msg == CURLMSG_DONE) {
			*ret_code = message->data.result;
		}
	}
	return true;
}

const char *http_find_header(CURL *easy, const char *name)
{
	struct curl_header *header = NULL;
	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) {
		return NULL;
	}
	return header->value;
}

/* "Sat, 21 Nov 2026 09:30:00 GMT"; -1 = no date. */
static int64_t read_date_ms(const char *text)
{
	time_t seconds = text != NULL ? curl_getdate(text, NULL) : -1;
	return seconds < 0 ? -1 : (int64_t)seconds * 1000;
}

/* Seconds, or a date, which is measured by the server's own clock. */
static int64_t read_retry_after_ms(const char *text, int64_t date_ms)
{
	if (text == NULL) {
		return -1;
	}
	char *end;
	errno = 0;
	long seconds = strtol(text, &end, 10);
	if (end != text && *end == '\0' && errno == 0) {
		return seconds < 0 || seconds > 24 * 3600 ? -1 : (int64_t)seconds * 1000;
	}
	int64_t until_ms = read_date_ms(text);
	if (until_ms < 0 || date_ms < 0) {
		return -1;
	}
	return until_ms > date_ms ? until_ms - date_ms : 0;
}

void http_read_facts(struct connection *connection)
{
	struct http_answer *answer = connection->answer;
	CURL *easy = connection->easy;
	long status = 0;
	long sent_bytes = 0;
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
	answer->status = (int)status;
	/* Without an attempt the bytes counted are those asking a proxy for the way. */
	answer->was_sent = connection->attempts > 0 && sent_bytes > 0;
	answer->date_ms = read_date_ms(http_find_header(easy, "Date"));
	answer->retry_after_ms =
		read_retry_after_ms(http_find_header(easy, "Retry-After"), answer->date_ms);
}

int http_read_outcome(struct connection *connection, CURLcode code)
{
	struct http_answer *answer = connection->answer;
	if (code == CURLE_OK && answer->status > 0) {
		return 0;
	}
	const char *reason = connection->refusal;
	if (reason == NULL) {
		reason =
			connection->error[0] != '\0' ? connection->error : curl_easy_strerror(code);
	}
	(void)snprintf(answer->reason, sizeof answer->reason, "%s", reason);
	if (connection->is_too_large) {
		return -EFBIG;
	}
	if (!answer->was_sent) {
		return -EHOSTUNREACH;
	}
	return code == CURLE_OPERATION_TIMEDOUT ? -ETIMEDOUT : -ECONNRESET;
}

void http_begin(struct connection *connection, struct http_answer *answer)
{
	connection->answer = answer;
	connection->attempts = 0;
	connection->is_too_large = false;
	connection->must_be_loopback = false;
	connection->is_repeatable = false;
	connection->refusal = NULL;
	connection->error[0] = '\0';
}

int http_send(struct http *http, const struct http_request *request, struct http_answer *answer)
{
	struct buf url;
	buf_init(&url, (size_t)64 * 1024);
	buf_printf(&url, "%s%s", http->base_url, request->path);
	if (buf_check(&url) < 0) {
		buf_release(&url);
		(void)snprintf(answer->reason, sizeof answer->reason, "the address is too long");
		return -EHOSTUNREACH;
	}
	struct curl_slist *headers = http_make_headers(request);
	struct connection *connection = http_take_connection(http);
	http_begin(connection, answer);
	connection->must_be_loopback = http->is_plain;
	prepare(connection, request, url.data, headers);

	CURLcode code = CURLE_OK;
	bool is_complete = http_drive(http, connection, &code);
	http_read_facts(connection);
	int r = is_complete ? http_read_outcome(connection, code) : -ECANCELED;

	(void)curl_multi_remove_handle(connection->multi, connection->easy);
	CURL *easy = connection->easy;
	set_option(CURLOPT_POSTFIELDS, NULL);
	set_option(CURLOPT_HTTPHEADER, NULL);
	connection->answer = NULL;
	http_give_back(http, connection);
	http_free_headers(headers);
	buf_release(&url);
	return r;
}
