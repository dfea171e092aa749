#include "cache/local.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "tests/unit/suite.h"

#define DIRECTORY ((node_id)0x2a)

static char state[] = "/tmp/notionfs-local-XXXXXX";
static struct local *local;

static void set_up(void)
{
	(void)strcpy(state, "/tmp/notionfs-local-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(state));
	ck_assert_int_eq(local_new(state, &local), 0);
}

static void tear_down(void)
{
	char command[80];
	local_free(local);
	(void)snprintf(command, sizeof command, "rm -rf %s", state);
	ck_assert_int_eq(system(command), 0);
}

static void ck_text(const char *path, const char *expected)
{
	char text[64] = "";
	CLEANUP(fd) int fd = local_open(local, DIRECTORY, path, O_RDONLY, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(read(fd, text, sizeof text - 1), 0);
	ck_assert_str_eq(text, expected);
}

static void put(const char *path, const char *text)
{
	ck_assert_int_eq(local_write_file(local, DIRECTORY, path, text, strlen(text)), 0);
}

START_TEST(the_folder_is_made_by_the_first_file_not_by_looking)
{
	struct stat st;
	char folder[80];
	set_up();
	ck_assert_int_eq(local_stat(local, DIRECTORY, "", &st), -ENOENT);
	ck_assert_int_eq(local_stat(local, DIRECTORY, "a", &st), -ENOENT);
	ck_assert_int_eq(local_unlink(local, DIRECTORY, "a"), -ENOENT);
	put("a", "text");
	(void)snprintf(folder, sizeof folder, "%s/local/000000000000002a", state);
	ck_assert_int_eq(stat(folder, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	ck_text("a", "text");
	tear_down();
}
END_TEST

START_TEST(a_local_number_is_stable_and_has_its_top_bit_set)
{
	struct stat before;
	struct stat after;
	set_up();
	put("a", "text");
	ck_assert_int_eq(local_stat(local, DIRECTORY, "a", &before), 0);
	ck_assert(((node_id)before.st_ino & LOCAL_NODE_BIT) != 0);
	ck_assert_int_eq(local_rename(local, DIRECTORY, "a", 7, "b", 0), 0);
	ck_assert_int_eq(local_stat(local, 7, "b", &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	CLEANUP(fd) int fd = local_open(local, 7, "b", O_RDONLY, 0);
	ck_assert_int_eq(local_fstat(fd, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	tear_down();
}
END_TEST

START_TEST(nothing_leads_out_of_the_folder)
{
	struct stat st;
	set_up();
	put("a", "text");
	ck_assert_int_eq(local_symlink(local, "/etc", DIRECTORY, "out"), 0);
	ck_assert_int_eq(local_symlink(local, "a", DIRECTORY, "in"), 0);
	ck_assert_int_eq(local_stat(local, DIRECTORY, "../../..", &st), -EXDEV);
	ck_assert_int_eq(local_stat(local, DIRECTORY, "out/passwd", &st), -ELOOP);
	ck_assert_int_eq(local_open(local, DIRECTORY, "in", O_RDONLY, 0), -ELOOP);
	ck_assert_int_eq(local_unlink(local, DIRECTORY, "out/passwd"), -ENOTDIR);
	ck_assert_int_eq(local_unlink(local, DIRECTORY, ""), -EBUSY);
	tear_down();
}
END_TEST

START_TEST(a_symlink_is_itself_to_every_call)
{
	struct stat st;
	char target[16];
	char small[3];
	const struct timespec times[2] = {{.tv_sec = 5}, {.tv_sec = 6}};
	set_up();
	ck_assert_int_eq(local_symlink(local, "nowhere", DIRECTORY, "link"), 0);
	ck_assert_int_eq(local_stat(local, DIRECTORY, "link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(local_readlink(local, DIRECTORY, "link", target, sizeof target), 0);
	ck_assert_str_eq(target, "nowhere");
	ck_assert_int_eq(local_readlink(local, DIRECTORY, "link", small, sizeof small),
			 -ENAMETOOLONG);
	ck_assert_int_eq(local_utimens(local, DIRECTORY, "link", times), 0);
	ck_assert_int_eq(local_stat(local, DIRECTORY, "link", &st), 0);
	ck_assert_int_eq(st.st_mtim.tv_sec, 6);
	put("file", "");
	ck_assert_int_eq(local_readlink(local, DIRECTORY, "file", target, sizeof target), -EINVAL);
	tear_down();
}
END_TEST

START_TEST(directories_links_and_modes_are_those_of_the_disk)
{
	struct stat st;
	set_up();
	ck_assert_int_eq(local_mkdir(local, DIRECTORY, "d", 0755), 0);
	ck_assert_int_eq(local_mkdir(local, DIRECTORY, "d", 0755), -EEXIST);
	ck_assert_int_eq(local_mkdir(local, DIRECTORY, "none/d", 0755), -ENOENT);
	put("d/a", "one");
	ck_assert_int_eq(local_rmdir(local, DIRECTORY, "d"), -ENOTEMPTY);
	ck_assert_int_eq(local_link(local, DIRECTORY, "d/a", DIRECTORY, "b"), 0);
	ck_assert_int_eq(local_chmod(local, DIRECTORY, "b", 0640), 0);
	ck_assert_int_eq(local_stat(local, DIRECTORY, "d/a", &st), 0);
	ck_assert_uint_eq(st.st_nlink, 2);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(local_unlink(local, DIRECTORY, "d/a"), 0);
	ck_assert_int_eq(local_rmdir(local, DIRECTORY, "d"), 0);
	ck_text("b", "one");
	tear_down();
}
END_TEST

START_TEST(a_file_written_whole_replaces_the_old_one)
{
	set_up();
	put("X.md.error", "a long first message");
	CLEANUP(fd) int old = local_open(local, DIRECTORY, "X.md.error", O_RDONLY, 0);
	put("X.md.error", "short");
	ck_text("X.md.error", "short");
	char text[64] = "";
	ck_assert_int_eq(read(old, text, sizeof text - 1), 20);
	ck_assert_str_eq(text, "a long first message");
	tear_down();
}
END_TEST

SUITE_CASES = {
	&the_folder_is_made_by_the_first_file_not_by_looking,
	&a_local_number_is_stable_and_has_its_top_bit_set,
	&nothing_leads_out_of_the_folder,
	&a_symlink_is_itself_to_every_call,
	&directories_links_and_modes_are_those_of_the_disk,
	&a_file_written_whole_replaces_the_old_one,
};
SUITE_MAIN("local")
