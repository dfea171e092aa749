#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#include <stdio.h>
#include <string.h>

static bool print_entry(void *context, uint64_t cookie, const char *name,
			const struct node_attr *attr)
{
	(void)context;
	(void)cookie;
	printf("# %s%s\n", name, attr->kind == NODE_DIRECTORY ? "/" : "");
	return true;
}

START_TEST(the_root_is_listed)
{
	struct fixture fixture;
	fixture_init(&fixture);
	ck_assert_int_eq(fixture_fetch(&fixture, NODE_ROOT, WANT_LISTING), 0);
	ck_assert_int_eq(workspace_list(fixture.workspace, NODE_ROOT, 0, print_entry, NULL), 0);
	fixture_settle(&fixture);
	json_t *status = fixture_command(&fixture, "{\"command\":\"status\"}");
	char *text = json_dumps(status, 0);
	printf("# %s\n", text);
	free(text);
	json_decref(status);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&the_root_is_listed,
};
SUITE_MAIN("workspace")
