#include "mapping/base/buf.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/suite.h"

START_TEST(a_new_buffer_is_an_empty_string)
{
	struct buf buf;
	buf_init(&buf, 10);
	ck_assert_str_eq(buf.data, "");
	ck_assert_uint_eq(buf.len, 0);
	buf_release(&buf);
}
END_TEST

START_TEST(appending_past_the_maximum_fails_and_stays_failed)
{
	struct buf buf;
	buf_init(&buf, 5);
	buf_puts(&buf, "12345");
	ck_assert_int_eq(buf_check(&buf), 0);
	buf_putc(&buf, '6');
	ck_assert_int_eq(buf_check(&buf), -EFBIG);
	ck_assert_str_eq(buf.data, "12345");
	buf_clear(&buf);
	buf_puts(&buf, "ok");
	ck_assert_int_eq(buf_check(&buf), 0);
	ck_assert_str_eq(buf.data, "ok");
	buf_release(&buf);
}
END_TEST

START_TEST(splice_replaces_inserts_and_removes)
{
	struct buf buf;
	buf_init(&buf, 100);
	buf_printf(&buf, "%s-%d", "one", 2);
	ck_assert_str_eq(buf.data, "one-2");
	buf_splice(&buf, 0, 3, "three", 5);
	ck_assert_str_eq(buf.data, "three-2");
	buf_splice(&buf, 5, 2, NULL, 0);
	ck_assert_str_eq(buf.data, "three");
	buf_splice(&buf, 5, 0, "!", 1);
	ck_assert_str_eq(buf.data, "three!");
	buf_truncate(&buf, 2);
	ck_assert_str_eq(buf.data, "th");
	buf_release(&buf);
}
END_TEST

START_TEST(a_stolen_text_belongs_to_the_caller)
{
	struct buf buf;
	size_t len = 0;
	buf_init(&buf, 100);
	buf_puts(&buf, "mine");
	char *text = buf_steal(&buf, &len);
	ck_assert_str_eq(text, "mine");
	ck_assert_uint_eq(len, 4);
	ck_assert_uint_eq(buf.len, 0);
	free(text);
	text = buf_steal(&buf, NULL);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

SUITE_CASES = {
	&a_new_buffer_is_an_empty_string,
	&appending_past_the_maximum_fails_and_stays_failed,
	&splice_replaces_inserts_and_removes,
	&a_stolen_text_belongs_to_the_caller,
};
SUITE_MAIN("buf")
