/*
 * The smallest frame around check: a test file lists its cases, this runs them.
 *
 *     SUITE_CASES = {
 *     	&a_sentence,
 *     	&another_sentence,
 *     };
 *     SUITE_MAIN("buf")
 */
#ifndef NOTIONFS_TESTS_SUITE_H
#define NOTIONFS_TESTS_SUITE_H

#include <check.h>

#define SUITE_CASES static const TTest **const suite_cases[]

#define SUITE_MAIN(name)                                                                  \
	int main(void)                                                                    \
	{                                                                                 \
		Suite *suite = suite_create(name);                                        \
		TCase *test_case = tcase_create(name);                                    \
		for (size_t i = 0; i < sizeof suite_cases / sizeof suite_cases[0]; i++) { \
			tcase_add_test(test_case, *suite_cases[i]);                       \
		}                                                                         \
		suite_add_tcase(suite, test_case);                                        \
		SRunner *runner = srunner_create(suite);                                  \
		srunner_run_all(runner, CK_ENV);                                          \
		int failed = srunner_ntests_failed(runner);                               \
		srunner_free(runner);                                                     \
		return failed == 0 ? 0 : 1;                                               \
	}

#endif
