#include "mapping/base/digest.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/suite.h"

static void digest_of(const char *bytes, size_t len, size_t piece, char text[DIGEST_TEXT_BYTES])
{
	struct digest digest;
	unsigned char result[DIGEST_BYTES];
	digest_init(&digest);
	for (size_t at = 0; at < len; at += piece) {
		digest_add(&digest, bytes + at, len - at < piece ? len - at : piece);
	}
	digest_finish(&digest, result);
	digest_format(result, text);
}

START_TEST(the_examples_of_the_standard)
{
	static const struct {
		const char *bytes;
		const char *text;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	char text[DIGEST_TEXT_BYTES];
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		digest_of(rows[i].bytes, strlen(rows[i].bytes), 64, text);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

START_TEST(a_million_letters_in_any_pieces)
{
	static const size_t pieces[] = {1, 7, 63, 64, 65, 4096, 1000000};
	char text[DIGEST_TEXT_BYTES];
	char *bytes = malloc(1000000);
	memset(bytes, 'a', 1000000);
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		digest_of(bytes, 1000000, pieces[i], text);
		ck_assert_str_eq(
			text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	}
	free(bytes);
}
END_TEST

START_TEST(each_length_around_a_block_ends_as_it_should)
{
	/* Of 55 and 56 bytes the length goes into this block and the next one. */
	static const struct {
		size_t len;
		const char *text;
	} rows[] = {
		{55, "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"},
		{56, "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e"},
		{63, "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2"},
		{64, "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"},
		{119, "000b48d4edf0fa7bee3c6236ecd2785baa5db4eeb8bb54341b029e0d9fa5fb0c"},
		{120, "13f05a0b594787f5ecd315edc96141bd3243203d1b7d4f0836f37308b276ba98"},
	};
	char bytes[128];
	char text[DIGEST_TEXT_BYTES];
	memset(bytes, 'x', sizeof bytes);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		digest_of(bytes, rows[i].len, 128, text);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

SUITE_CASES = {
	&the_examples_of_the_standard,
	&a_million_letters_in_any_pieces,
	&each_length_around_a_block_ends_as_it_should,
};
SUITE_MAIN("digest")
