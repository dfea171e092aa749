#include "cache/remote/failure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Tokens begin with 4 characters everybody knows. */
#define CUT_TOKEN_BYTES 5

void failure_release(struct failure *failure)
{
	if (failure == NULL) {
		return;
	}
	json_decref(failure->committed_children);
	failure->committed_children = NULL;
}

/* Copies what fits, whole UTF-8 characters only, control characters as spaces. */
static void set_message(struct failure *failure, const char *text)
{
	size_t len = 0;
	while (text[len] != '\0' && len < sizeof failure->message - 1) {
		unsigned char c = (unsigned char)text[len];
		failure->message[len] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
		len++;
	}
	if (text[len] != '\0') {
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
			len--;
		}
	}
	failure->message[len] = '\0';
}

static const char *string_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

const char *answer_additional(const json_t *answer, const char *key)
{
	return string_of(json_object_get(answer, "additional_data"), key);
}

static void read_committed(struct failure *failure, const json_t *answer)
{
	const char *id = answer_additional(answer, "committed_resource_id");
	if (id == NULL || uuid_parse(id, strlen(id), &failure->committed) < 0) {
		return;
	}
	failure->kind = FAILURE_COMMITTED;
	json_t *data = json_object_get(answer, "additional_data");
	json_t *children = json_object_get(data, "committed_child_ids");
	if (json_is_array(children)) {
		failure->committed_children = json_incref(children);
	}
}

static int errno_of(int status, const struct failure *failure)
{
	switch (status) {
	case 401: return -EACCES;
	case 403: return failure->is_block_limit ? -EDQUOT : -EPERM;
	case 404:
		/* Only Notion's own word means that a page is gone, not that of some proxy. */
		return strcmp(failure->code, "object_not_found") == 0 ? -ENOENT : -EIO;
	case 408: return -ETIMEDOUT;
	case 409: return -EBUSY;
	case 413: return -E2BIG;
	case 429:
	case 529: return -EAGAIN;
	default: return status >= 400 && status < 500 ? -EINVAL : -EIO;
	}
}

int failure_from_answer(struct failure *failure, int status, const json_t *answer)
{
	bool is_refusal = status >= 400 && status < 500 && status != 408;
	failure->kind = is_refusal || status == 529 ? FAILURE_REFUSED : FAILURE_UNKNOWN;
	failure->status = status;
	const char *code = string_of(answer, "code");
	(void)snprintf(failure->code, sizeof failure->code, "%s", code != NULL ? code : "");
	const char *message = string_of(answer, "message");
	if (message != NULL) {
		set_message(failure, message);
	} else {
		(void)snprintf(failure->message, sizeof failure->message,
			       "the server answered %d without a word of Notion's", status);
	}
	failure->is_block_limit = status == 403 && answer_additional(answer, "block_limit") != NULL;
	if (status == 503) {
		read_committed(failure, answer);
	}
	return errno_of(status, failure);
}

int failure_from_network(struct failure *failure, int error, bool was_sent, const char *reason)
{
	failure->kind = was_sent ? FAILURE_UNKNOWN : FAILURE_NOT_SENT;
	failure->status = 0;
	failure->code[0] = '\0';
	const char *what;
	switch (error) {
	case -EHOSTUNREACH: what = "no connection"; break;
	case -ETIMEDOUT: what = "no answer in time"; break;
	case -EFBIG: what = "the answer is too large"; break;
	case -ECANCELED: what = "stopped"; break;
	default: what = "the connection was cut"; break;
	}
	char message[sizeof failure->message];
	(void)snprintf(message, sizeof message, "%s%s%s", what, reason[0] != '\0' ? ": " : "",
		       reason);
	set_message(failure, message);
	switch (error) {
	case -ECONNRESET: return -ETIMEDOUT;
	case -EFBIG: return -EIO;
	default: return error;
	}
}

int failure_from_nonsense(struct failure *failure, int status)
{
	failure->kind = FAILURE_UNKNOWN;
	failure->status = status;
	failure->code[0] = '\0';
	(void)snprintf(failure->message, sizeof failure->message,
		       "the server answered %d with something that is not Notion's JSON", status);
	return -EIO;
}

int failure_before_sending(struct failure *failure, int error, const char *message)
{
	failure->kind = FAILURE_NOT_SENT;
	failure->status = 0;
	failure->code[0] = '\0';
	set_message(failure, message);
	return error;
}

void failure_redact(struct failure *failure, const char *token)
{
	if (token == NULL || token[0] == '\0') {
		return;
	}
	size_t len = strlen(token);
	for (char *found; (found = strstr(failure->message, token)) != NULL;) {
		memset(found, '*', len);
	}
	/* And a beginning of it that the end of the message cut. */
	size_t message_len = strlen(failure->message);
	for (size_t part = len < message_len ? len : message_len; part >= CUT_TOKEN_BYTES; part--) {
		if (memcmp(failure->message + message_len - part, token, part) == 0) {
			memset(failure->message + message_len - part, '*', part);
			return;
		}
	}
}

bool failure_is_trashed(const struct failure *failure)
{
	return failure->status == 400 && (strstr(failure->message, "is archived") != NULL ||
					  strstr(failure->message, "in trash") != NULL ||
					  strstr(failure->message, "in the trash") != NULL);
}
