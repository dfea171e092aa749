#include "tools/sim/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "mapping/base/buf.h"
#include "tools/sim/control.h"
#include "tools/sim/exchange.h"
#include "tools/sim/sim.h"

#define LISTEN_BACKLOG 511
/* Ours; the limits of the API are checked by the endpoints. A part of an upload has 20 MiB. */
#define BODY_MAX_BYTES ((size_t)32 << 20)

/* What a truncated answer is read from: half of what its length promised, then the end. */
struct half_text {
	char *text;
	size_t bytes;
};

static ssize_t read_half(void *context, uint64_t position, char *out, size_t max)
{
	const struct half_text *half = context;
	if (position >= half->bytes) {
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	size_t bytes = half->bytes - (size_t)position;
	bytes = bytes < max ? bytes : max;
	memcpy(out, half->text + position, bytes);
	return (ssize_t)bytes;
}

static void free_half(void *context)
{
	struct half_text *half = context;
	free(half->text);
	free(half);
}

static struct MHD_Response *make_response(struct outcome *outcome)
{
	if (outcome->delivery != DELIVERY_TRUNCATED) {
		return MHD_create_response_from_buffer(outcome->bytes, steal(&outcome->text),
						       MHD_RESPMEM_MUST_FREE);
	}
	struct half_text *half = malloc(sizeof(*half));
	if (half == NULL) {
		abort();
	}
	*half = (struct half_text){steal(&outcome->text), outcome->bytes / 2};
	return MHD_create_response_from_callback(outcome->bytes, 65536, read_half, half, free_half);
}

static void add_date(struct sim *sim, struct MHD_Response *response)
{
	time_t seconds = (time_t)(sim_clock_now_ms(&sim->clock) / 1000);
	struct tm utc;
	(void)gmtime_r(&seconds, &utc);
	char date[64];
	(void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
	(void)MHD_add_response_header(response, "Date", date);
}

static enum MHD_Result send_outcome(struct sim *sim, struct MHD_Connection *connection,
				    struct outcome *outcome)
{
	if (outcome->delivery == DELIVERY_CUT) {
		return MHD_NO; /* closes the connection */
	}
	unsigned status = outcome->status;
	struct MHD_Response *response = make_response(outcome);
	if (response == NULL) {
		return MHD_NO;
	}
	add_date(sim, response);
	(void)MHD_add_response_header(response, "Content-Type", outcome->content_type);
	if (outcome->request_id[0] != '\0') {
		(void)MHD_add_response_header(response, "x-notion-request-id", outcome->request_id);
	}
	if (outcome->retry_after_s > 0) {
		char seconds[16];
		(void)snprintf(seconds, sizeof seconds, "%u", outcome->retry_after_s);
		(void)MHD_add_response_header(response, "Retry-After", seconds);
	}
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* The query string as it was sent lives nowhere in MHD but in the URI, kept by log_uri. */
struct exchange_state {
	char *uri;
	struct buf body;
	bool started;
};

static void *log_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
	(void)context;
	(void)connection;
	struct exchange_state *state = calloc(1, sizeof(*state));
	if (state == NULL) {
		abort();
	}
	state->uri = strdup(uri);
	buf_init(&state->body, BODY_MAX_BYTES);
	return state;
}

static void forget_exchange(void *context, struct MHD_Connection *connection, void **slot,
			    enum MHD_RequestTerminationCode code)
{
	(void)context;
	(void)connection;
	(void)code;
	struct exchange_state *state = *slot;
	if (state != NULL) {
		free(state->uri);
		buf_release(&state->body);
		free(state);
	}
	*slot = NULL;
}

static char *copy_header(struct MHD_Connection *connection, const char *name)
{
	const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
	return value == NULL ? NULL : strdup(value);
}

static enum MHD_Result answer_request(struct sim *sim, struct MHD_Connection *connection,
				      const char *method, struct exchange_state *state)
{
	CLEANUP(free) char *path = strdup(state->uri);
	char *query = strchr(path, '?');
	if (query != NULL) {
		*query++ = '\0';
	}
	size_t body_bytes;
	char *body = buf_steal(&state->body, &body_bytes);
	const char *content_type =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
	struct request *request = request_new(method, path, query != NULL ? query : "",
					      content_type, body, body_bytes);
	request->authorization = copy_header(connection, "Authorization");
	request->version = copy_header(connection, "Notion-Version");
	struct outcome outcome = {0};
	if (control_run(sim, request, &outcome)) {
		request_free(request);
	} else {
		exchange_run(sim, request, &outcome);
	}
	enum MHD_Result result = send_outcome(sim, connection, &outcome);
	outcome_release(&outcome);
	return result;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *http_version, const char *upload,
			      size_t *upload_bytes, void **slot)
{
	(void)url;
	(void)http_version;
	struct exchange_state *state = *slot;
	if (!state->started) {
		state->started = true;
		return MHD_YES;
	}
	if (*upload_bytes > 0) {
		buf_append(&state->body, upload, *upload_bytes);
		*upload_bytes = 0;
		return MHD_YES;
	}
	if (state->body.failed) {
		struct outcome outcome = {
			.status = 413, .text = strdup(""), .content_type = "text/plain"};
		return send_outcome(context, connection, &outcome);
	}
	return answer_request(context, connection, method, state);
}

void sim_options_init(struct sim_options *options)
{
	*options = (struct sim_options){.rate = SIM_RATE_DEFAULT, .now_ms = SIM_NOW_SYSTEM};
}

static int load_workspace(const struct sim_options *options, struct workspace *workspace,
			  char **ret_message)
{
	json_t *document;
	if (options->workspace_file != NULL) {
		json_error_t error;
		document = json_load_file(options->workspace_file, 0, &error);
		if (document == NULL) {
			if (asprintf(ret_message, "%s:%d: %s", options->workspace_file, error.line,
				     error.text) < 0) {
				abort();
			}
			return -EINVAL;
		}
	} else {
		document = options->workspace != NULL ? json_incref(options->workspace)
						      : json_object();
	}
	int result = workspace_init(workspace, document, ret_message);
	if (result == 0 && options->is_personal) {
		workspace->all_shared = true;
	}
	return result;
}

/* Before MHD has it: the first request may come before MHD_start_daemon returns, and answers name
 * the port. */
static int open_socket(unsigned port, int *ret_socket, unsigned *ret_port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t bytes = sizeof address;
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return -errno;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(fd, LISTEN_BACKLOG) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &bytes) < 0) {
		int result = -errno;
		(void)close(fd);
		return result;
	}
	*ret_socket = fd;
	*ret_port = ntohs(address.sin_port);
	return 0;
}

static int listen_on(struct sim *sim, unsigned port, char **ret_message)
{
	int fd = -1;
	int result = open_socket(port, &fd, &sim->port);
	if (result == 0) {
		sim->daemon = MHD_start_daemon(
			MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
				MHD_USE_POLL | MHD_USE_SUPPRESS_DATE_NO_CLOCK,
			0, NULL, NULL, handle, sim, MHD_OPTION_LISTEN_SOCKET, fd,
			MHD_OPTION_URI_LOG_CALLBACK, log_uri, sim, MHD_OPTION_NOTIFY_COMPLETED,
			forget_exchange, sim, MHD_OPTION_CONNECTION_LIMIT, 1000u, MHD_OPTION_END);
		if (sim->daemon == NULL) {
			result = errno != 0 ? -errno : -EIO;
			(void)close(fd);
		}
	}
	if (result < 0 && asprintf(ret_message, "can't listen on 127.0.0.1 port %u: %s", port,
				   strerror(-result)) < 0) {
		abort();
	}
	return result;
}

int sim_start(const struct sim_options *options, struct sim **ret_sim, char **ret_message)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	if (sim == NULL) {
		abort();
	}
	int result = load_workspace(options, &sim->workspace, ret_message);
	if (result < 0) {
		free(sim);
		return result;
	}
	(void)pthread_mutex_init(&sim->lock, NULL);
	sim_clock_init(&sim->clock, options->now_ms);
	rate_window_init(&sim->rate, options->rate);
	faults_init(&sim->faults);
	request_log_init(&sim->log);
	writers_init(&sim->writers);
	late_init(&sim->late);
	sim->token = options->token != NULL ? strdup(options->token) : NULL;
	sim->is_personal = options->is_personal;
	sim->latency_ms = options->latency_ms;
	sim->search_lag_ms = options->search_lag_ms;
	result = listen_on(sim, options->port, ret_message);
	if (result < 0) {
		sim_stop(sim);
		return result;
	}
	*ret_sim = sim;
	return 0;
}

unsigned sim_port(const struct sim *sim)
{
	return sim->port;
}

void sim_stop(struct sim *sim)
{
	if (sim == NULL) {
		return;
	}
	sim_clock_stop(&sim->clock);
	faults_stop(&sim->faults);
	if (sim->daemon != NULL) {
		MHD_stop_daemon(sim->daemon);
	}
	late_join(&sim->late);
	workspace_release(&sim->workspace);
	writers_release(&sim->writers);
	request_log_release(&sim->log);
	faults_release(&sim->faults);
	rate_window_release(&sim->rate);
	sim_clock_release(&sim->clock);
	(void)pthread_mutex_destroy(&sim->lock);
	free(sim->token);
	free(sim);
}
