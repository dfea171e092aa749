#include <errno.h>
#include <string.h>

#include "cache/remote/failure.h"
#include "tests/unit/suite.h"

#define CHILD "38c9ce7b-60a4-81d0-8000-000000000001"

START_TEST(each_answer_has_its_errno_and_its_certainty)
{
	static const struct {
		int status;
		const char *body; /* NULL = no JSON */
		int expected;
		enum failure_kind kind;
	} rows[] = {
		{400, "{'code':'validation_error','message':'m'}", -EINVAL, FAILURE_REFUSED},
		{401, "{'code':'unauthorized'}", -EACCES, FAILURE_REFUSED},
		{403, "{'code':'restricted_resource'}", -EPERM, FAILURE_REFUSED},
		{403,
		 "{'code':'restricted_resource','additional_data':{'block_limit':"
		 "'block_creation'}}",
		 -EDQUOT, FAILURE_REFUSED},
		{403, NULL, -EPERM, FAILURE_REFUSED},
		{404, "{'code':'object_not_found'}", -ENOENT, FAILURE_REFUSED},
		/* A proxy's 404 does not make a page gone. */
		{404, NULL, -EIO, FAILURE_REFUSED},
		{404, "{'code':'not_ours'}", -EIO, FAILURE_REFUSED},
		{408, NULL, -ETIMEDOUT, FAILURE_UNKNOWN},
		{409, "{'code':'conflict_error'}", -EBUSY, FAILURE_REFUSED},
		{413, NULL, -E2BIG, FAILURE_REFUSED},
		{422, NULL, -EINVAL, FAILURE_REFUSED},
		{429, "{'code':'rate_limited'}", -EAGAIN, FAILURE_REFUSED},
		{529, "{'code':'service_overload'}", -EAGAIN, FAILURE_REFUSED},
		{302, NULL, -EIO, FAILURE_UNKNOWN},
		{500, "{'code':'internal_server_error'}", -EIO, FAILURE_UNKNOWN},
		{502, NULL, -EIO, FAILURE_UNKNOWN},
		{503, "{'code':'service_unavailable'}", -EIO, FAILURE_UNKNOWN},
		{503, "{'additional_data':{'committed_resource_id':'" CHILD "'}}", -EIO,
		 FAILURE_COMMITTED},
		{503, "{'additional_data':{'committed_resource_id':'nonsense'}}", -EIO,
		 FAILURE_UNKNOWN},
		{504, NULL, -EIO, FAILURE_UNKNOWN},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_t *answer = NULL;
		if (rows[i].body != NULL) {
			char body[256];
			size_t len = strlen(rows[i].body);
			ck_assert_uint_lt(len, sizeof body);
			for (size_t at = 0; at <= len; at++) {
				char c = rows[i].body[at];
				body[at] = c == '\'' ? '"' : c;
			}
			answer = json_loads(body, 0, NULL);
			ck_assert_ptr_nonnull(answer);
		}
		struct failure failure = {0};
		int r = failure_from_answer(&failure, rows[i].status, answer);
		ck_assert_msg(r == rows[i].expected, "row %zu: %d", i, r);
		ck_assert_msg(failure.kind == rows[i].kind, "row %zu: %d", i, failure.kind);
		ck_assert_int_eq(failure.status, rows[i].status);
		ck_assert_str_ne(failure.message, "");
		ck_assert(failure.is_block_limit == (r == -EDQUOT));
		failure_release(&failure);
		json_decref(answer);
	}
}
END_TEST

START_TEST(a_503_that_was_saved_names_what_was_made)
{
	json_t *answer =
		json_pack("{s:s,s:{s:s,s:[s,s]}}", "code", "service_unavailable", "additional_data",
			  "committed_resource_id", CHILD, "committed_child_ids", "a", "b");
	struct failure failure = {0};
	ck_assert_int_eq(failure_from_answer(&failure, 503, answer), -EIO);
	json_decref(answer);
	char text[UUID_TEXT_BYTES];
	uuid_format(&failure.committed, text);
	ck_assert_str_eq(text, CHILD);
	ck_assert_uint_eq(json_array_size(failure.committed_children), 2);
	failure_release(&failure);
	ck_assert_ptr_null(failure.committed_children);
}
END_TEST

START_TEST(messages_are_one_line_whole_characters_and_without_the_token)
{
	struct failure failure = {0};
	json_t *answer = json_pack("{s:s}", "message", "a\nb\x1b[31mc ntn_secret d ntn_secret");
	(void)failure_from_answer(&failure, 400, answer);
	failure_redact(&failure, "ntn_secret");
	ck_assert_str_eq(failure.message, "a b [31mc ********** d **********");
	json_decref(answer);

	/* 399 bytes fit; the cut is never inside of a character or of the token. */
	char text[600];
	for (size_t before = 390; before < 400; before++) {
		memset(text, 'x', before);
		strcpy(text + before, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac");
		answer = json_pack("{s:s}", "message", text);
		ck_assert_ptr_nonnull(answer);
		(void)failure_from_answer(&failure, 400, answer);
		json_decref(answer);
		json_t *valid = json_string(failure.message);
		ck_assert_ptr_nonnull(valid);
		json_decref(valid);

		strcpy(text + before, "ntn_secret_that_is_long");
		answer = json_pack("{s:s}", "message", text);
		(void)failure_from_answer(&failure, 400, answer);
		json_decref(answer);
		failure_redact(&failure, "ntn_secret_that_is_long");
		ck_assert_ptr_null(strstr(failure.message, "ntn_s"));
	}
}
END_TEST

START_TEST(the_network_says_whether_a_request_was_sent)
{
	static const struct {
		int error;
		bool was_sent;
		int expected;
		enum failure_kind kind;
	} rows[] = {
		{-EHOSTUNREACH, false, -EHOSTUNREACH, FAILURE_NOT_SENT},
		{-ECONNRESET, true, -ETIMEDOUT, FAILURE_UNKNOWN},
		{-ETIMEDOUT, true, -ETIMEDOUT, FAILURE_UNKNOWN},
		{-EFBIG, true, -EIO, FAILURE_UNKNOWN},
		{-ECANCELED, true, -ECANCELED, FAILURE_UNKNOWN},
		{-ECANCELED, false, -ECANCELED, FAILURE_NOT_SENT},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct failure failure = {0};
		ck_assert_int_eq(
			failure_from_network(&failure, rows[i].error, rows[i].was_sent, "why"),
			rows[i].expected);
		ck_assert_int_eq(failure.kind, rows[i].kind);
		ck_assert_ptr_nonnull(strstr(failure.message, ": why"));
	}
}
END_TEST

START_TEST(what_is_in_the_trash_is_told_by_its_message)
{
	struct failure failure = {.status = 400};
	strcpy(failure.message, "Can't edit block that is archived. You must unarchive the block "
				"before editing.");
	ck_assert(failure_is_trashed(&failure));
	strcpy(failure.message, "body.archived should be not present");
	ck_assert(!failure_is_trashed(&failure));
	failure.status = 409;
	strcpy(failure.message, "block is archived");
	ck_assert(!failure_is_trashed(&failure));
}
END_TEST

SUITE_CASES = {
	&each_answer_has_its_errno_and_its_certainty,
	&a_503_that_was_saved_names_what_was_made,
	&messages_are_one_line_whole_characters_and_without_the_token,
	&the_network_says_whether_a_request_was_sent,
	&what_is_in_the_trash_is_told_by_its_message,
};
SUITE_MAIN("failure")
