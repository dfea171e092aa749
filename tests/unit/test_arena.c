#include "mapping/base/arena.h"

#include <stdint.h>
#include <string.h>

#include "tests/unit/suite.h"

START_TEST(pieces_are_zeroed_aligned_and_apart)
{
	struct arena arena;
	arena_init(&arena);
	char *pieces[500];
	for (size_t i = 0; i < 500; i++) {
		size_t size = i * 37 + 1;
		pieces[i] = arena_alloc(&arena, size);
		ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		size_t zeroes = 0;
		while (zeroes < size && pieces[i][zeroes] == 0) {
			zeroes++;
		}
		ck_assert_uint_eq(zeroes, size);
		memset(pieces[i], (int)(i % 255) + 1, size);
	}
	for (size_t i = 0; i < 500; i++) {
		ck_assert_int_eq((unsigned char)pieces[i][i * 37], i % 255 + 1);
	}
	arena_release(&arena);
	arena_release(NULL);
}
END_TEST

START_TEST(a_copy_is_terminated)
{
	struct arena arena;
	arena_init(&arena);
	ck_assert_str_eq(arena_copy(&arena, "hello", 3), "hel");
	ck_assert_str_eq(arena_copy(&arena, NULL, 0), "");
	arena_release(&arena);
}
END_TEST

SUITE_CASES = {
	&pieces_are_zeroed_aligned_and_apart,
	&a_copy_is_terminated,
};
SUITE_MAIN("arena")
