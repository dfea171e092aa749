#include "mapping/diagnostic.h"

#include "mapping/base/cleanup.h"
#include "tests/unit/suite.h"

START_TEST(messages_are_kept_in_order)
{
	CLEANUP(diagnostics) struct diagnostics list;
	diagnostics_init(&list);
	ck_assert_ptr_null(diagnostics_first_error(&list));
	diagnostics_add(&list, SEVERITY_WARNING, 1, 2, "a %s", "warning");
	ck_assert(!list.has_error);
	diagnostics_add(&list, SEVERITY_ERROR, 3, 0, "an error");
	ck_assert(list.has_error);
	ck_assert_uint_eq(list.count, 2);
	ck_assert_str_eq(list.items[0].message, "a warning");
	ck_assert_uint_eq(diagnostics_first_error(&list)->line, 3);
}
END_TEST

START_TEST(the_first_error_finds_a_place_in_a_full_list)
{
	CLEANUP(diagnostics) struct diagnostics list;
	diagnostics_init(&list);
	for (unsigned i = 1; i <= DIAGNOSTICS_MAX_COUNT + 5; i++) {
		diagnostics_add(&list, SEVERITY_WARNING, i, 0, "warning");
	}
	ck_assert_uint_eq(list.count, DIAGNOSTICS_MAX_COUNT);
	ck_assert_uint_eq(list.dropped, 5);
	diagnostics_add(&list, SEVERITY_ERROR, 999, 0, "error");
	diagnostics_add(&list, SEVERITY_ERROR, 1000, 0, "another");
	ck_assert_uint_eq(list.count, DIAGNOSTICS_MAX_COUNT);
	ck_assert_uint_eq(diagnostics_first_error(&list)->line, 999);
}
END_TEST

START_TEST(nobody_has_to_listen)
{
	diagnostics_add(NULL, SEVERITY_ERROR, 1, 1, "lost");
	diagnostics_release(NULL);
	struct diagnostics list;
	diagnostics_init(&list);
	diagnostics_release(&list);
	ck_assert_uint_eq(list.count, 0);
}
END_TEST

SUITE_CASES = {
	&messages_are_kept_in_order,
	&the_first_error_finds_a_place_in_a_full_list,
	&nobody_has_to_listen,
};
SUITE_MAIN("diagnostic")
