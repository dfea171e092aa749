/* The first byte chooses the context, the rest is a text. What was read is written and read again.
 */
#include <string.h>

#include "mapping/inline.h"
#include "tests/fuzz/target.h"

static bool find_emoji(void *context, const char *name, size_t len, struct uuid *ret_id)
{
	(void)context;
	(void)name;
	*ret_id = (struct uuid){{1}};
	return len == 5;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct names named = {.find_emoji = find_emoji};
	if (size == 0 || size > 100000 || memchr(data, '\0', size) != NULL) {
		return 0;
	}
	enum inline_context context = (enum inline_context)(data[0] % (INLINE_CAPTION + 1));
	const struct names *names = (data[0] & 0x40) != 0 ? &named : NULL;
	struct arena arena = {0};
	struct rich_text first;
	struct rich_text second;
	struct diagnostics diagnostics;
	CLEANUP(buf) struct buf out;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	diagnostics_init(&diagnostics);
	inline_parse(&arena, (const char *)data + 1, size - 1, context, names, 1, &diagnostics,
		     &first);
	for (int escape_all = 0; escape_all < 2; escape_all++) {
		buf_clear(&out);
		inline_render(&first, context, escape_all != 0, names, &out);
		LAW(buf_check(&out) == 0);
		inline_parse(&arena, out.data, out.len, context, names, 1, NULL, &second);
		LAW(rich_text_equal(&first, &second));
	}
	diagnostics_release(&diagnostics);
	arena_release(&arena);
	return 0;
}
