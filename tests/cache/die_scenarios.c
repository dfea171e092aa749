#include "tests/cache/die_scenarios.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache/workspace_private.h"

#define PAGE "Home/Page.md"
#define NINE "Same.\n\nSame.\n\nSame.\n\nSame.\n\nSame.\n\nSame.\n\nSame.\n\nSame.\n\nSame.\n\n"
#define TEN NINE "Same.\n\n"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THREE "Same.\n\nSame.\n\nSame.\n\nLast.\n"

static void settle(struct fixture *fixture)
{
	char *said = NULL;
	if (!die_settle(fixture, &said)) {
		(void)fprintf(stderr, "before: still owed: %s\n", said);
		abort();
	}
	free(said);
}

static void write_now(struct fixture *fixture, const char *path, const char *text)
{
	fixture_write(fixture, path, text);
}

static void prepare(struct fixture *fixture, const char *path, const char *text)
{
	write_now(fixture, path, text);
	settle(fixture);
}

static void touch_page(struct fixture *fixture, const char *path)
{
	char *text = fixture_read(fixture, path);
	assert(text != NULL);
	free(text);
}

/* "Same." so often, and `more` after it; caller frees. */
static char *many(unsigned count, const char *more)
{
	struct buf text;
	buf_init(&text, (size_t)1 << 20);
	for (unsigned i = 0; i < count; i++) {
		buf_puts(&text, i == 0 ? "Same.\n" : "\nSame.\n");
	}
	buf_puts(&text, more);
	return buf_steal(&text, NULL);
}

static void write_many(struct fixture *fixture, const char *path, unsigned count, const char *more)
{
	char *text = many(count, more);
	write_now(fixture, path, text);
	free(text);
}

static void unlink_now(struct fixture *fixture, const char *directory, const char *name)
{
	struct node_attr attr;
	int r = fixture_find(fixture, directory, &attr);
	assert(r == 0);
	r = workspace_unlink(fixture->workspace, attr.node, name);
	assert(r == 0 || r == -ENOENT);
}

static void rename_now(struct fixture *fixture, const char *directory, const char *name,
		       const char *new_name)
{
	struct node_attr attr;
	int r = fixture_find(fixture, directory, &attr);
	assert(r == 0);
	r = workspace_rename(fixture->workspace, attr.node, name, attr.node, new_name, 0, getpid());
	assert(r == 0 || r == -ENOENT);
}

/* X/ beside a page X.md. */
static void mkdir_now(struct fixture *fixture, const char *directory, const char *name)
{
	struct node_attr attr;
	struct node_attr made;
	int r = fixture_find(fixture, directory, &attr);
	assert(r == 0);
	r = workspace_mkdir(fixture->workspace, attr.node, name, 0755, &made);
	assert(r == 0 || r == -EEXIST);
}

/* X/ where no page X.md is: the page is made for its directory's sake. */
static void adopt_now(struct fixture *fixture, const char *directory, const char *name)
{
	struct node_attr attr;
	struct node_attr made;
	int r = fixture_find(fixture, directory, &attr);
	assert(r == 0);
	r = workspace_adopt(fixture->workspace, attr.node, name, &made);
	assert(r == 0 || r == -EEXIST);
}

/* A file of this machine, as a person puts one beside the page. */
static void put_file(struct fixture *fixture, const char *name, const char *bytes)
{
	struct node_attr attr;
	int r = fixture_find(fixture, "Home", &attr);
	assert(r == 0);
	r = local_write_file(fixture->workspace->local, attr.node, name, bytes, strlen(bytes));
	assert(r == 0);
}

/* Somebody else's change; `json` is the edit, with %s where the id belongs. */
static void edit_block(struct fixture *fixture, const char *path, size_t at, const char *json)
{
	char command[300];
	char *body;
	(void)snprintf(command, sizeof command, "{\"command\":\"info\",\"path\":\"%s\"}", path);
	json_t *info = fixture_command(fixture, command);
	(void)snprintf(command, sizeof command, "/v1/blocks/%s/children?page_size=100",
		       json_string_value(json_object_get(info, "id")));
	json_t *list = fixture_http(fixture, "GET", command, NULL);
	const json_t *block = json_array_get(json_object_get(list, "results"), at);
	int len = asprintf(&body, "{\"as\":\"app\",\"id\":\"%s\",%s}",
			   json_string_value(json_object_get(block, "id")), json);
	assert(len > 0);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/edit", body);
	assert(json_object_get(answer, "ids") != NULL);
	json_decref(answer);
	json_decref(list);
	json_decref(info);
	free(body);
}

/* ---- before ---- */

static void before_three(struct fixture *fixture)
{
	prepare(fixture, PAGE, THREE);
}

static void before_headings(struct fixture *fixture)
{
	prepare(fixture, PAGE, "Same.\n\n# One\n\nSame.\n\n# Two\n");
}

static void before_mixed(struct fixture *fixture)
{
	prepare(fixture, PAGE, "# Head\n\nSame.\n\nSame.\n\nLast one.\n");
}

static void before_nested(struct fixture *fixture)
{
	prepare(fixture, PAGE, "- a\n  - a\n  - a\n- a\n");
}

static void before_trashed(struct fixture *fixture)
{
	before_three(fixture);
	unlink_now(fixture, "Home", "Page.md");
	die_settle_min_s = 60; /* longer than the grace time */
	settle(fixture);
	die_settle_min_s = 0;
}

static void before_tree(struct fixture *fixture)
{
	before_three(fixture);
	mkdir_now(fixture, "Home", "Page");
	prepare(fixture, "Home/Page/Below.md", "Same.\n\nSame.\n");
}

static void read_page(struct fixture *fixture)
{
	touch_page(fixture, PAGE);
}

static void read_row(struct fixture *fixture)
{
	touch_page(fixture, "Home/Tasks/One.md");
}

/* ---- act ---- */

#define WRITES(name, path, text)                  \
	static void name(struct fixture *fixture) \
	{                                         \
		write_now(fixture, path, text);   \
	}

WRITES(update, PAGE, "Same.\n\nSame.\n\nOther.\n\nLast.\n")
WRITES(insert_at_start, PAGE, "# Head\n\nSame.\n\nSame.\n\nSame.\n\nSame.\n\nLast.\n")
WRITES(insert_in_middle, PAGE, "Same.\n\nSame.\n\nSame.\n\n# One\n\nSame.\n\n# Two\n\nSame.\n")
WRITES(insert_at_end, PAGE, THREE "\nLast.\n\nLast.\n")
WRITES(append_nested, PAGE, THREE "\n- a\n  - a\n    - a\n      - a\n        - a\n- a\n")
WRITES(append_below, PAGE, "- a\n  - a\n  - a\n  - a\n    - a\n- a\n- a\n")
WRITES(delete_one, PAGE, "Same.\n\nSame.\n\nLast.\n")
WRITES(mixed, PAGE, "# Head\n\nSame.\n\nLast two.\n\nNew.\n\nNew.\n")
WRITES(set_icon, PAGE, "---\nicon: 🌱\n---\n" THREE)
WRITES(set_properties, "Home/Tasks/One.md", "---\nState: Done\nHours: 3\n---\nSame.\n\nSame.\n")
WRITES(create_page, PAGE, THREE)
WRITES(create_nested, PAGE, "Same.\n\n- a\n  - a\n    - a\n      - a\n- a\n\nSame.\n")
WRITES(create_row, "Home/Tasks/Page.md", "---\nState: Done\n---\n" THREE)
WRITES(merged, PAGE, "Same.\n\nSame.\n\nOther.\n\nLast.\n\nTail.\n")

static void append_130(struct fixture *fixture)
{
	write_many(fixture, PAGE, 130, "\nLast.\n");
}

static void append_250(struct fixture *fixture)
{
	write_many(fixture, PAGE, 250, "\nLast.\n");
}

static void create_130(struct fixture *fixture)
{
	write_many(fixture, PAGE, 130, "");
}

static void create_long_nested(struct fixture *fixture)
{
	write_many(fixture, PAGE, 110, "\n- a\n  - a\n    - a\n      - a\n- a\n");
}

static void retitle(struct fixture *fixture)
{
	rename_now(fixture, "Home", "Page.md", "Leaf.md");
}

static void create_below_new(struct fixture *fixture)
{
	write_now(fixture, PAGE, "Same.\n\nSame.\n");
	mkdir_now(fixture, "Home", "Page");
	write_now(fixture, "Home/Page/Below.md", "Same.\n\nSame.\n");
}

/* Directories that were made before the pages in them, and no page beside them. */
static void create_tree(struct fixture *fixture)
{
	adopt_now(fixture, "Home", "Tree");
	write_now(fixture, "Home/Tree/Page.md", THREE);
	adopt_now(fixture, "Home/Tree", "Sub");
	write_now(fixture, "Home/Tree/Sub/Page.md", THREE);
	write_now(fixture, "Home/Tree/Sub/Twin.md", THREE);
}

static void remove_tree(struct fixture *fixture)
{
	struct node_attr attr;
	int r = fixture_find(fixture, "Home/Page", &attr);
	if (r == 0) {
		unlink_now(fixture, "Home/Page", "Below.md");
		r = fixture_find(fixture, "Home", &attr);
		assert(r == 0);
		r = workspace_rmdir(fixture->workspace, attr.node, "Page");
		assert(r == 0 || r == -ENOENT);
	}
	unlink_now(fixture, "Home", "Page.md");
}

static void restore_as(struct fixture *fixture, const char *new_name)
{
	struct node_attr attr;
	int r = fixture_find(fixture, "Home", &attr);
	assert(r == 0);
	r = workspace_rename(fixture->workspace, NODE_TRASH, "Page.md", attr.node, new_name, 0,
			     getpid());
	assert(r == 0 || r == -ENOENT);
}

static void restore(struct fixture *fixture)
{
	restore_as(fixture, "Page.md");
}

static void restore_and_save(struct fixture *fixture)
{
	restore_as(fixture, "Leaf.md");
	write_now(fixture, "Home/Leaf.md", "Same.\n\nSame.\n\nOther.\n\nLast.\n");
}

static void arm_merge(struct fixture *fixture)
{
	read_page(fixture);
	edit_block(fixture, PAGE, 0,
		   "\"op\":\"update\",\"block\":{\"paragraph\":{\"rich_text\":[{\"type\":\"text\","
		   "\"text\":{\"content\":\"Theirs.\"}}]}}");
	edit_block(fixture, PAGE, 2,
		   "\"op\":\"update\",\"block\":{\"paragraph\":{\"rich_text\":[{\"type\":\"text\","
		   "\"text\":{\"content\":\"Same.\"}}],\"color\":\"red\"}}");
}

static void trash(struct fixture *fixture)
{
	unlink_now(fixture, "Home", "Page.md");
}

static void unlink_and_create(struct fixture *fixture)
{
	unlink_now(fixture, "Home", "Page.md");
	write_now(fixture, PAGE, "Same.\n\nSame.\n\nOther.\n\nLast.\n");
}

static void two_saves(struct fixture *fixture)
{
	write_now(fixture, PAGE, "Same.\n\nSame.\n\nOther.\n\nLast.\n");
	write_now(fixture, PAGE, "Same.\n\nSame.\n\nOther.\n\nLast.\n\nLast.\n");
}

static void create_related(struct fixture *fixture)
{
	write_now(fixture, "Home/Tasks/Page.md", "---\nNeeds:\n  - Later\n---\n" THREE);
	write_now(fixture, "Home/Tasks/Later.md", THREE);
}

/* Text of a row that comes first names one that is not there yet: it is made empty before. */
static void create_ring(struct fixture *fixture)
{
	struct node_attr attr;
	if (fixture_find(fixture, "Home/Tasks/Later.md", &attr) != 0) {
		write_now(fixture, "Home/Tasks/Later.md", "");
	}
	write_now(fixture, "Home/Tasks/Page.md", "---\nNeeds:\n  - Later\n---\n" THREE);
	write_now(fixture, "Home/Tasks/Later.md", "---\nNeeds:\n  - Page\n---\n" THREE);
}

static void move_to(struct fixture *fixture, const char *new_name)
{
	struct node_attr from;
	struct node_attr to;
	int r = fixture_find(fixture, "Home", &from);
	assert(r == 0);
	r = fixture_find(fixture, "Home/Box", &to);
	assert(r == 0);
	r = workspace_rename(fixture->workspace, from.node, "Page.md", to.node, new_name, 0,
			     getpid());
	assert(r == 0 || r == -ENOENT);
}

static void move(struct fixture *fixture)
{
	move_to(fixture, "Page.md");
}

static void move_and_save(struct fixture *fixture)
{
	move_to(fixture, "Leaf.md");
	write_now(fixture, "Home/Box/Leaf.md", "Same.\n\nSame.\n\nOther.\n\nLast.\n");
}

static void show_pictures(struct fixture *fixture)
{
	put_file(fixture, "pic.png", "One picture.");
	put_file(fixture, "other.png", "Another.");
	write_now(fixture, PAGE,
		  "Same.\n\n![](pic.png)\n\n![](pic.png)\n\nSame.\n\nSame.\n\nLast.\n\n"
		  "![](other.png)\n");
}

static void create_with_picture(struct fixture *fixture)
{
	put_file(fixture, "pic.png", "One picture.");
	write_now(fixture, PAGE, "Same.\n\n![](pic.png)\n\n- a\n\n\t![](pic.png)\n\nSame.\n");
}

static void set_pictures(struct fixture *fixture)
{
	put_file(fixture, "pic.png", "One picture.");
	put_file(fixture, "other.png", "Another.");
	write_now(fixture, PAGE, "---\nicon: pic.png\ncover: other.png\n---\n" THREE);
}

static void before_pictures(struct fixture *fixture)
{
	put_file(fixture, "pic.png", "One picture.");
	put_file(fixture, "other.png", "Another.");
	prepare(fixture, PAGE,
		"Same.\n\n![](pic.png)\n\n![](other.png)\n\n![](other.png)\n\nSame.\n");
}

static void change_picture(struct fixture *fixture)
{
	put_file(fixture, "pic.png", "A new picture.");
	write_now(fixture, PAGE,
		  "Same.\n\n![](pic.png)\n\n![](other.png)\n\n![](other.png)\n\nLast.\n");
}

const struct scenario scenarios[] = {
	{.name = "update",
	 .before = before_three,
	 .arm = read_page,
	 .act = update,
	 .writes = 1,
	 .expected = {{PAGE, "Same.\n\nSame.\n\nOther.\n\nLast.\n"}},
	 .is_quick = true},
	{.name = "insert at start",
	 .before = before_three,
	 .arm = read_page,
	 .act = insert_at_start,
	 .writes = 1,
	 .expected = {{PAGE, "# Head\n\nSame.\n\nSame.\n\nSame.\n\nSame.\n\nLast.\n"}}},
	{.name = "insert in the middle",
	 .before = before_headings,
	 .arm = read_page,
	 .act = insert_in_middle,
	 .writes = 2,
	 .expected = {{PAGE, "Same.\n\nSame.\n\nSame.\n\n# One\n\nSame.\n\n# Two\n\nSame.\n"}},
	 .is_quick = true},
	{.name = "insert at end",
	 .before = before_three,
	 .arm = read_page,
	 .act = insert_at_end,
	 .writes = 1,
	 .expected = {{PAGE, THREE "\nLast.\n\nLast.\n"}}},
	{.name = "append 130",
	 .before = before_three,
	 .arm = read_page,
	 .act = append_130,
	 .writes = 2,
	 .expected = {{PAGE, HUNDRED TEN TEN TEN "Last.\n"}}},
	{.name = "append 250",
	 .before = before_three,
	 .arm = read_page,
	 .act = append_250,
	 .writes = 3,
	 .expected = {{PAGE, HUNDRED HUNDRED TEN TEN TEN TEN TEN "Last.\n"}}},
	{.name = "append nested",
	 .before = before_three,
	 .arm = read_page,
	 .act = append_nested,
	 .writes = 2,
	 .expected = {{PAGE, THREE "\n- a\n\t- a\n\t\t- a\n\t\t\t- a\n\t\t\t\t- a\n- a\n"}}},
	{.name = "append below",
	 .before = before_nested,
	 .arm = read_page,
	 .act = append_below,
	 .writes = 2,
	 .expected = {{PAGE, "- a\n\t- a\n\t- a\n\t- a\n\t\t- a\n- a\n- a\n"}}},
	{.name = "delete",
	 .before = before_three,
	 .arm = read_page,
	 .act = delete_one,
	 .writes = 1,
	 .expected = {{PAGE, "Same.\n\nSame.\n\nLast.\n"}}},
	{.name = "mixed plan",
	 .before = before_mixed,
	 .arm = read_page,
	 .act = mixed,
	 .writes = 3,
	 .expected = {{PAGE, "# Head\n\nSame.\n\nLast two.\n\nNew.\n\nNew.\n"}},
	 .is_quick = true},
	{.name = "icon",
	 .before = before_three,
	 .arm = read_page,
	 .act = set_icon,
	 .writes = 1,
	 .expected = {{PAGE, "---\nicon: 🌱\n---\n\n" THREE}}},
	{.name = "properties",
	 .arm = read_row,
	 .act = set_properties,
	 .writes = 2,
	 .expected = {{"Home/Tasks/One.md",
		       "---\nNeeds:\nState: Done\nHours: 3\n---\n\nSame.\n\nSame.\n"}}},
	{.name = "retitle",
	 .before = before_three,
	 .arm = read_page,
	 .act = retitle,
	 .writes = 1,
	 .expected = {{"Home/Leaf.md", THREE}, {PAGE, NULL}}},
	{.name = "create page",
	 .act = create_page,
	 .writes = 1,
	 .expected = {{PAGE, THREE}},
	 .is_quick = true},
	{.name = "create nested",
	 .act = create_nested,
	 .writes = 2,
	 .expected = {{PAGE, "Same.\n\n- a\n\t- a\n\t\t- a\n\t\t\t- a\n- a\n\nSame.\n"}}},
	{.name = "create 130",
	 .act = create_130,
	 .writes = 2,
	 .expected = {{PAGE, HUNDRED TEN TEN NINE "Same.\n"}}},
	{.name = "create long and nested",
	 .act = create_long_nested,
	 .writes = 3,
	 .expected = {{PAGE, HUNDRED TEN "- a\n\t- a\n\t\t- a\n\t\t\t- a\n- a\n"}}},
	{.name = "create row",
	 .arm = read_row,
	 .act = create_row,
	 .writes = 1,
	 .expected = {{"Home/Tasks/Page.md", "---\nNeeds:\nState: Done\nHours:\n---\n\n" THREE}}},
	{.name = "create below a new page",
	 .act = create_below_new,
	 .writes = 2,
	 .expected = {{"Home/Page/Below.md", "Same.\n\nSame.\n"}}},
	{.name = "tree of directories",
	 .act = create_tree,
	 .writes = 5,
	 .expected = {{"Home/Tree/Page.md", THREE},
		      {"Home/Tree/Sub/Page.md", THREE},
		      {"Home/Tree/Sub/Twin.md", THREE}},
	 .wait_s = 300},
	{.name = "row that refers to a new one",
	 .arm = read_row,
	 .act = create_related,
	 .writes = 0,
	 .expected = {{"Home/Tasks/Page.md", "---\nNeeds: [Later]\nState:\nHours:\n---\n\n" THREE},
		      {"Home/Tasks/Later.md", "---\nNeeds:\nState:\nHours:\n---\n\n" THREE}}},
	{.name = "rows that refer to each other",
	 .arm = read_row,
	 .act = create_ring,
	 .writes = 0,
	 .expected = {{"Home/Tasks/Page.md", "---\nNeeds: [Later]\nState:\nHours:\n---\n\n" THREE},
		      {"Home/Tasks/Later.md",
		       "---\nNeeds: [Page]\nState:\nHours:\n---\n\n" THREE}}},
	{.name = "merged save",
	 .before = before_three,
	 .arm = arm_merge,
	 .act = merged,
	 .writes = 2,
	 .expected = {{PAGE,
		       "Theirs.\n\nSame.\n\n<p color=\"red\">Other.</p>\n\nLast.\n\nTail.\n"}}},
	{.name = "trash",
	 .before = before_three,
	 .arm = read_page,
	 .act = trash,
	 .writes = 1,
	 .expected = {{PAGE, NULL}},
	 .wait_s = 250},
	{.name = "remove a tree",
	 .before = before_tree,
	 .arm = read_page,
	 .act = remove_tree,
	 .writes = 1,
	 .expected = {{PAGE, NULL}, {"Home/Page/Below.md", NULL}},
	 .wait_s = 250},
	{.name = "restore",
	 .before = before_trashed,
	 .act = restore,
	 .writes = 1,
	 .expected = {{PAGE, THREE}}},
	{.name = "restore, retitle and save",
	 .before = before_trashed,
	 .act = restore_and_save,
	 .writes = 3,
	 .expected = {{"Home/Leaf.md", "Same.\n\nSame.\n\nOther.\n\nLast.\n"}, {PAGE, NULL}}},
	{.name = "unlink and create",
	 .before = before_three,
	 .arm = read_page,
	 .act = unlink_and_create,
	 .writes = 1,
	 .expected = {{PAGE, "Same.\n\nSame.\n\nOther.\n\nLast.\n"}}},
	{.name = "move",
	 .before = before_three,
	 .arm = read_page,
	 .act = move,
	 .writes = 1,
	 .expected = {{"Home/Box/Page.md", THREE}, {PAGE, NULL}}},
	{.name = "move, retitle and save",
	 .before = before_three,
	 .arm = read_page,
	 .act = move_and_save,
	 .writes = 3,
	 .expected = {{"Home/Box/Leaf.md", "Same.\n\nSame.\n\nOther.\n\nLast.\n"}, {PAGE, NULL}}},
	{.name = "two saves",
	 .before = before_three,
	 .arm = read_page,
	 .act = two_saves,
	 .writes = 2,
	 .expected = {{PAGE, "Same.\n\nSame.\n\nOther.\n\nLast.\n\nLast.\n"}}},
	{.name = "pictures",
	 .before = before_three,
	 .arm = read_page,
	 .act = show_pictures,
	 .writes = 6,
	 .expected = {{PAGE,
		       "Same.\n\n![](.assets/pic.png)\n\n![](.assets/pic%20~xxxx.png)\n\nSame.\n"
		       "\nSame.\n\nLast.\n\n![](.assets/other.png)\n"}},
	 .is_quick = true},
	{.name = "create with a picture",
	 .act = create_with_picture,
	 .writes = 3,
	 .expected = {{PAGE, "Same.\n\n![](.assets/pic.png)\n\n- a\n\n\t![](.assets/"
			     "pic%20~xxxx.png)\n\nSame.\n"}}},
	{.name = "icon and cover",
	 .before = before_three,
	 .arm = read_page,
	 .act = set_pictures,
	 .writes = 5,
	 .expected = {{PAGE,
		       "---\nicon: .assets/pic.png\ncover: .assets/other.png\n---\n\n" THREE}}},
	{.name = "picture changed",
	 .before = before_pictures,
	 .arm = read_page,
	 .act = change_picture,
	 .writes = 4,
	 .expected = {{PAGE, "Same.\n\n![](.assets/pic.png)\n\n![](.assets/other.png)\n\n"
			     "![](.assets/other%20~xxxx.png)\n\nLast.\n"}}},
};
const unsigned scenario_count = sizeof scenarios / sizeof scenarios[0];
