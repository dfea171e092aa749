#include "cache/remote/http_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache/remote/http_private.h"

#define MAX_REDIRECTS 5L
#define SIZE_TIMEOUT_MS 30000L
#define SILENCE_MAX_SECS 60L

/* ---- reading ---- */

struct reading {
	struct connection *connection;
	int fd;
	int disk_error;
	uint64_t received_bytes;
};

static bool has_success(CURL *easy)
{
	long status = 0;
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
	struct reading *reading = context;
	size_t len = size * count;
	if (!has_success(reading->connection->easy)) {
		return len; /* what an error says of itself is not the file */
	}
	if (reading->fd < 0) {
		return 0; /* the headers were all */
	}
	for (size_t done = 0; done < len;) {
		ssize_t n = write(reading->fd, bytes + done, len - done);
		if (n < 0 && errno != EINTR) {
			reading->disk_error = -errno;
			return 0;
		}
		done += n < 0 ? 0 : (size_t)n;
	}
	reading->received_bytes += len;
	return len;
}

/* 0, or -EINVAL: an address we do not follow. *ret_is_plain: http, to a loopback address. */
static int check_url(const struct http *http, const char *text, bool *ret_is_plain)
{
	char *scheme = NULL;
	char *host = NULL;
	CURLU *url = curl_url();
	int r = -EINVAL;
	if (url == NULL) {
		abort();
	}
	if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
		*ret_is_plain = strcmp(scheme, "http") == 0;
		bool is_allowed_plain =
			*ret_is_plain && http->is_plain && http_is_loopback_host(host);
		r = strcmp(scheme, "https") == 0 || is_allowed_plain ? 0 : -EINVAL;
	}
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(url);
	return r;
}

/* "bytes 0-0/1234", "bytes * /0"; else the length of the body. */
static uint64_t read_size(CURL *easy)
{
	const char *range = http_find_header(easy, "Content-Range");
	const char *slash = range == NULL ? NULL : strrchr(range, '/');
	if (slash != NULL) {
		char *end;
		errno = 0;
		unsigned long long size = strtoull(slash + 1, &end, 10);
		bool is_number = slash[1] >= '0' && slash[1] <= '9' && *end == '\0' && errno == 0;
		return is_number ? size : HTTP_SIZE_UNKNOWN;
	}
	curl_off_t length = -1;
	(void)curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	return length < 0 ? HTTP_SIZE_UNKNOWN : (uint64_t)length;
}

static void prepare_reading(CURL *easy, const char *url, struct reading *reading, bool is_plain)
{
	bool is_size = reading->fd < 0;
	set_option(CURLOPT_URL, url);
	set_option(CURLOPT_HTTPGET, 1L);
	set_option(CURLOPT_CUSTOMREQUEST, NULL);
	set_option(CURLOPT_PROTOCOLS_STR, is_plain ? "http" : "https");
	set_option(CURLOPT_REDIR_PROTOCOLS_STR, is_plain ? "http" : "https");
	set_option(CURLOPT_FOLLOWLOCATION, 1L);
	set_option(CURLOPT_MAXREDIRS, MAX_REDIRECTS);
	set_option(CURLOPT_ACCEPT_ENCODING, NULL);
	set_option(CURLOPT_RANGE, is_size ? "0-0" : NULL);
	set_option(CURLOPT_TIMEOUT_MS, is_size ? SIZE_TIMEOUT_MS : 0L);
	set_option(CURLOPT_LOW_SPEED_LIMIT, 1L);
	set_option(CURLOPT_LOW_SPEED_TIME, SILENCE_MAX_SECS);
	set_option(CURLOPT_WRITEFUNCTION, take_bytes);
	set_option(CURLOPT_WRITEDATA, reading);
}

/* As http.c made it. */
static void restore(const struct http *http, struct connection *connection)
{
	CURL *easy = connection->easy;
	set_option(CURLOPT_PROTOCOLS_STR, http->is_plain ? "http" : "https");
	set_option(CURLOPT_FOLLOWLOCATION, 0L);
	set_option(CURLOPT_ACCEPT_ENCODING, "gzip");
	set_option(CURLOPT_RANGE, NULL);
	set_option(CURLOPT_LOW_SPEED_LIMIT, 0L);
	set_option(CURLOPT_LOW_SPEED_TIME, 0L);
	set_option(CURLOPT_HTTPHEADER, NULL);
	set_option(CURLOPT_WRITEFUNCTION, http_take_body);
	set_option(CURLOPT_WRITEDATA, connection);
}

/* What curl says may quote the URL, whose query opens the file. */
static void cut_query(char *reason)
{
	char *query = strchr(reason, '?');
	if (query != NULL) {
		*query = '\0';
	}
}

int http_read_file(struct http *http, const char *url, int fd, struct http_file_answer *ret_answer)
{
	CLEANUP(http_answer) struct http_answer answer;
	http_answer_init(&answer);
	*ret_answer = (struct http_file_answer){.size = HTTP_SIZE_UNKNOWN};
	bool is_plain = false;
	if (check_url(http, url, &is_plain) < 0) {
		(void)snprintf(ret_answer->reason, sizeof ret_answer->reason,
			       "the file's address is neither https nor on this machine");
		return -EINVAL;
	}
	struct connection *connection = http_take_connection(http);
	struct reading reading = {.connection = connection, .fd = fd};
	http_begin(connection, &answer);
	connection->must_be_loopback = is_plain;
	connection->is_repeatable = true;
	prepare_reading(connection->easy, url, &reading, is_plain);

	CURLcode code = CURLE_OK;
	bool is_complete = http_drive(http, connection, &code);
	http_read_facts(connection);
	bool is_size = fd < 0 && code == CURLE_WRITE_ERROR;
	int r = !is_complete		 ? -ECANCELED
		: reading.disk_error < 0 ? reading.disk_error
		: is_size		 ? 0
					 : http_read_outcome(connection, code);
	ret_answer->status = answer.status;
	ret_answer->size = read_size(connection->easy);
	ret_answer->received_bytes = reading.received_bytes;
	if (r == -ECANCELED || reading.disk_error < 0) {
		(void)snprintf(ret_answer->reason, sizeof ret_answer->reason, "%s", strerror(-r));
	} else {
		(void)snprintf(ret_answer->reason, sizeof ret_answer->reason, "%s", answer.reason);
		cut_query(ret_answer->reason);
	}
	(void)curl_multi_remove_handle(connection->multi, connection->easy);
	restore(http, connection);
	connection->answer = NULL;
	http_give_back(http, connection);
	return r;
}

/* ---- sending ---- */

struct sending {
	const struct http_file_part *part;
	size_t done;
};

static size_t give_bytes(char *bytes, size_t size, size_t count, void *context)
{
	struct sending *sending = context;
	size_t left = sending->part->len - sending->done;
	size_t len = size * count < left ? size * count : left;
	ssize_t n =
		pread(sending->part->fd, bytes, len, sending->part->offset + (off_t)sending->done);
	if (n < 0 || (n == 0 && len > 0)) {
		return CURL_READFUNC_ABORT; /* the file got shorter */
	}
	sending->done += (size_t)n;
	return (size_t)n;
}

static int seek_bytes(void *context, curl_off_t offset, int origin)
{
	struct sending *sending = context;
	if (origin != SEEK_SET || offset < 0 || (size_t)offset > sending->part->len) {
		return CURL_SEEKFUNC_FAIL;
	}
	sending->done = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

static void check_mime(CURLcode code)
{
	if (code != CURLE_OK) {
		abort(); /* out of memory */
	}
}

static curl_mime *make_form(CURL *easy, struct sending *sending)
{
	const struct http_file_part *part = sending->part;
	char number[16];
	curl_mime *form = curl_mime_init(easy);
	if (form == NULL) {
		abort();
	}
	if (part->part_number > 0) {
		curl_mimepart *field = curl_mime_addpart(form);
		(void)snprintf(number, sizeof number, "%u", part->part_number);
		check_mime(curl_mime_name(field, "part_number"));
		check_mime(curl_mime_data(field, number, CURL_ZERO_TERMINATED));
	}
	curl_mimepart *file = curl_mime_addpart(form);
	check_mime(curl_mime_name(file, "file"));
	check_mime(curl_mime_filename(file, part->file_name));
	check_mime(curl_mime_type(file, part->content_type));
	check_mime(curl_mime_data_cb(file, (curl_off_t)part->len, give_bytes, seek_bytes, NULL,
				     sending));
	return form;
}

int http_send_file(struct http *http, const struct http_request *request,
		   const struct http_file_part *part, struct http_answer *answer)
{
	CLEANUP(buf) struct buf url;
	buf_init(&url, (size_t)64 * 1024);
	buf_printf(&url, "%s%s", http->base_url, request->path);
	struct curl_slist *headers = http_make_headers(request);
	struct connection *connection = http_take_connection(http);
	struct sending sending = {.part = part};
	CURL *easy = connection->easy;
	curl_mime *form = make_form(easy, &sending);
	http_begin(connection, answer);
	connection->must_be_loopback = http->is_plain;
	set_option(CURLOPT_URL, url.data);
	set_option(CURLOPT_HTTPHEADER, headers);
	set_option(CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	set_option(CURLOPT_CUSTOMREQUEST, NULL);
	set_option(CURLOPT_MIMEPOST, form);

	CURLcode code = CURLE_OK;
	bool is_complete = http_drive(http, connection, &code);
	http_read_facts(connection);
	int r = is_complete ? http_read_outcome(connection, code) : -ECANCELED;

	(void)curl_multi_remove_handle(connection->multi, easy);
	set_option(CURLOPT_MIMEPOST, NULL);
	set_option(CURLOPT_HTTPGET, 1L);
	set_option(CURLOPT_HTTPHEADER, NULL);
	curl_mime_free(form);
	connection->answer = NULL;
	http_give_back(http, connection);
	http_free_headers(headers);
	return r;
}
