#include "mapping/nearest.h"

#include "tests/unit/suite.h"

START_TEST(a_distance_counts_what_a_typist_does_wrong)
{
	ck_assert_uint_eq(nearest_distance("", ""), 0);
	ck_assert_uint_eq(nearest_distance("", "abc"), 3);
	ck_assert_uint_eq(nearest_distance("abc", ""), 3);
	ck_assert_uint_eq(nearest_distance("status", "Status"), 0);
	ck_assert_uint_eq(nearest_distance("Statsu", "Status"), 1);
	ck_assert_uint_eq(nearest_distance("Statuss", "Status"), 1);
	ck_assert_uint_eq(nearest_distance("Statu", "Status"), 1);
	ck_assert_uint_eq(nearest_distance("kitten", "sitting"), 3);
}
END_TEST

START_TEST(the_nearest_name_is_found_and_a_far_one_is_not)
{
	struct nearest nearest = {.wanted = "Piont"};
	nearest_consider(&nearest, "icon");
	nearest_consider(&nearest, "Points");
	nearest_consider(&nearest, "Pint");
	ck_assert_str_eq(nearest.found, "Pint");
	nearest = (struct nearest){.wanted = "Piont"};
	nearest_consider(&nearest, "Entirely");
	ck_assert_ptr_null(nearest.found);
}
END_TEST

START_TEST(the_first_of_equally_near_names_stays)
{
	struct nearest nearest = {.wanted = "card"};
	nearest_consider(&nearest, "cart");
	nearest_consider(&nearest, "care");
	ck_assert_str_eq(nearest.found, "cart");
}
END_TEST

SUITE_CASES = {
	&a_distance_counts_what_a_typist_does_wrong,
	&the_nearest_name_is_found_and_a_far_one_is_not,
	&the_first_of_equally_near_names_stays,
};
SUITE_MAIN("nearest")
