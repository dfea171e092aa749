#include "tools/sim/request_log.h"

void request_log_init(struct request_log *log)
{
	*log = (struct request_log){.entries = json_array()};
	(void)pthread_mutex_init(&log->mutex, NULL);
}

void request_log_release(struct request_log *log)
{
	json_decref(log->entries);
	(void)pthread_mutex_destroy(&log->mutex);
}

json_t *request_log_begin(struct request_log *log, const struct request *request, int64_t now_ms)
{
	json_t *body = request->body != NULL	 ? json_deep_copy(request->body)
		       : request->form != NULL	 ? form_describe(request->form)
		       : request->has_json_error ? json_string(request->body_text)
						 : NULL;
	LOCK_SCOPE(&log->mutex);
	json_t *entry = json_pack(
		"{s:I, s:I, s:s, s:s, s:s, s:n, s:b, s:n, s:o?}", "seq", ++log->number, "t_ms",
		(json_int_t)now_ms, "method", request->method, "path", request->path, "query",
		request->query_text, "status", "applied", false, "fault", "body", body);
	if (entry == NULL) { /* a path that isn't UTF-8 */
		entry = json_pack("{s:I, s:I, s:s, s:s, s:s, s:n, s:b, s:n, s:n}", "seq",
				  log->number, "t_ms", (json_int_t)now_ms, "method",
				  request->method, "path", "", "query", "", "status", "applied",
				  false, "fault", "body");
	}
	(void)json_array_append(log->entries, entry);
	return entry;
}

void request_log_unref(struct request_log *log, json_t *entry)
{
	LOCK_SCOPE(&log->mutex);
	json_decref(entry);
}

void request_log_set_fault(struct request_log *log, json_t *entry, const char *fault)
{
	LOCK_SCOPE(&log->mutex);
	(void)json_object_set_new(entry, "fault", fault != NULL ? json_string(fault) : json_null());
}

void request_log_set_applied(struct request_log *log, json_t *entry)
{
	LOCK_SCOPE(&log->mutex);
	(void)json_object_set_new(entry, "applied", json_true());
}

void request_log_set_status(struct request_log *log, json_t *entry, unsigned status)
{
	LOCK_SCOPE(&log->mutex);
	(void)json_object_set_new(entry, "status", json_integer(status));
}

json_t *request_log_copy(struct request_log *log)
{
	LOCK_SCOPE(&log->mutex);
	return json_deep_copy(log->entries);
}

void request_log_clear(struct request_log *log)
{
	LOCK_SCOPE(&log->mutex);
	(void)json_array_clear(log->entries);
}
