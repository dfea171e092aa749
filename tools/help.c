#include "tools/help.h"

#include <string.h>

static const struct {
	const char *command;
	const char *arguments;
	const char *summary;
	const char *text;
} helps[] = {
	{"mount", "DIR", "mount your workspace",
	 "usage: notionfs mount [-f] [-d] [-o OPTION,…] [--root ID|URL]\n"
	 "                      [--token-file FILE | --token-command COMMAND] DIR\n"
	 "\n"
	 "Mounts the Notion workspace of your token on DIR and goes to the background.\n"
	 "The token comes from NOTION_API_TOKEN or NOTION_TOKEN, else from the file or command.\n"
	 "\n"
	 "  -f                 stay in the foreground, log to the terminal\n"
	 "  -d                 the same, with every message of the kernel\n"
	 "  --root ID|URL      show this page or database alone\n"
	 "\n"
	 "options, here with -o or as `key = value` in ~/.config/notionfs/config:\n"
	 "  save_delay=1       seconds from the last close to the sending, at most 10\n"
	 "  trash_delay=30     seconds an unlinked page can still come back\n"
	 "  poll=30            seconds between two looks at Notion, 0 = never by itself\n"
	 "  sweep=on|off       look, slowly, for what polls can't see\n"
	 "  requests=180       requests a minute; 600 on Business and Enterprise plans\n"
	 "  stat=auto|exact|estimate   what `stat` does about a page never read\n"
	 "  stat_wait=5, list_wait=30  seconds a stat, a listing may wait\n"
	 "  eager              mount returns when every page is here\n"
	 "  ro                 read-only\n"
	 "  create_options     unknown select options are made instead of refused\n"
	 "  strict             closing or fsyncing a page whose text can't be sent fails\n"
	 "  local=GLOB         names that stay local; may be given several times\n"
	 "  tz=ZONE            zone of date properties\n"
	 "  root=ID, token_file=FILE, token_command=COMMAND   as above\n"
	 "  allow_other, uid=, gid=, umask=   as for any file system\n"},
	{"unmount", "[DIR]", "send what is owed, then unmount",
	 "usage: notionfs unmount [DIR]\n"
	 "\n"
	 "Sends what is owed, then unmounts. Ctrl-C while it sends leaves the rest queued\n"
	 "on disk: the next mount sends it. Without DIR: the only mount there is.\n"},
	{"demo", "[DIR]", "try it without an account",
	 "usage: notionfs demo [-f] [-d] [-o OPTION,…] [DIR]\n"
	 "\n"
	 "Mounts a sample workspace on DIR (~/notion-demo if not given, made if not there).\n"
	 "Its server is notion-sim on this machine: no account, no token, nothing leaves it.\n"
	 "`notionfs unmount DIR` ends both; each demo starts afresh. Options: as for mount.\n"},
	{"status", "[DIR]", "how a mount is",
	 "usage: notionfs status [--json] [DIR]\n"
	 "\n"
	 "How a mount is: pages, saves on their way, requests. Without DIR: the only mount\n"
	 "there is.\n"},
	{"sync", "[PATH]", "send and look now, and wait for it",
	 "usage: notionfs sync [--complete] [--confirm] [--json] [PATH]\n"
	 "\n"
	 "Sends what is owed now and looks at Notion; waits for both. Exit 0: nothing is\n"
	 "left, 1: something is held or can't be sent (it is named).\n"
	 "\n"
	 "  --complete   also wait until every page is here\n"
	 "  --confirm    send what is held (an empty text over a page that had one)\n"},
	{"info", "PATH", "one page's state",
	 "usage: notionfs info [--json] PATH\n"
	 "\n"
	 "One page: its id, its address, whether its save went through.\n"},
	{"doctor", "", "look for what is in the way of a mount",
	 "usage: notionfs doctor [--json] [-o OPTION,…]\n"
	 "                       [--token-file FILE | --token-command COMMAND]\n"
	 "\n"
	 "Looks at FUSE, the folders, the token and what Notion lets it see, and says what\n"
	 "to do about each that is not right. Nothing is mounted, nothing is changed. Exit 1\n"
	 "when a mount would not work.\n"},
	{"plan", "PATH", "the requests a page's save will make",
	 "usage: notionfs plan [--json] PATH\n"
	 "\n"
	 "The API calls that the save of this page, which is not sent yet, will make: one\n"
	 "JSON object a line, as `diff` prints them; nothing when nothing is owed. A text\n"
	 "that can't be sent: why, and exit 1. Asks Notion nothing.\n"},
	{"discard", "PATH", "drop a save that can't be sent",
	 "usage: notionfs discard [--json] PATH\n"
	 "\n"
	 "Drops the save of this page that is owed (held, in error, or not sent yet): the\n"
	 "page reads as Notion has it, and PATH.error goes. A new page that was never sent\n"
	 "goes with it. The text that was dropped stays in `notionfs log` for 30 days.\n"},
	{"log", "[PATH]", "what was sent and fetched, and what that replaced",
	 "usage: notionfs log [--show N] [--json] [PATH]\n"
	 "\n"
	 "What was pushed, pulled and discarded, of one page or of all, the newest last.\n"
	 "\n"
	 "  --show N     print the text that entry N replaced; it is kept for 30 days\n"},
	{"comments", "PATH", "what people say about a page, and a word of your own",
	 "usage: notionfs comments [--page] [--json] PATH\n"
	 "       notionfs comments --add TEXT [--block ID] PATH\n"
	 "       notionfs comments --reply THREAD --add TEXT PATH\n"
	 "\n"
	 "The open threads of the page, in its order, each under the name of the thread and\n"
	 "the text it is about. Notion is asked for each block: a request each.\n"
	 "\n"
	 "  --page          only those about the page itself: one request\n"
	 "  --add TEXT      write one, about the page (\"-\": from standard input)\n"
	 "  --block ID      about this block; --json shows ids\n"
	 "  --reply THREAD  in this thread, by the name in brackets\n"},
	{"render", "[FILE]", "Notion's JSON to Markdown",
	 "usage: notionfs render [--page PAGE.json --schema DATA_SOURCE.json]\n"
	 "                       [--names NAMES.json] [FILE]\n"
	 "\n"
	 "Reads a list of blocks as the API gives it (with \"children\" in the blocks), from\n"
	 "FILE or standard input, and prints Markdown. No network.\n"
	 "\n"
	 "  --page, --schema   also print the page's properties as frontmatter\n"
	 "  --names            {\"id\": \"title\"} of pages and people that the blocks mention\n"},
	{"parse", "[FILE]", "Markdown to Notion's JSON",
	 "usage: notionfs parse [--base BLOCKS.json] [--create] [--schema DATA_SOURCE.json]\n"
	 "                      [--names NAMES.json] [FILE]\n"
	 "\n"
	 "Reads Markdown from FILE or standard input and prints the blocks as the API takes\n"
	 "them. What is wrong is said as line:column: message, exit 1. No network.\n"
	 "\n"
	 "  --base      the blocks the text was made from, for what a text can't say\n"
	 "  --create    also refuse what the API can't create\n"
	 "  --schema    also read the frontmatter, as properties of this data source\n"},
	{"diff", "BASE NEW", "the calls that turn one into the other",
	 "usage: notionfs diff [--weight W] [--page ID] BASE.json NEW.md\n"
	 "\n"
	 "Prints the API calls that make the blocks in BASE.json equal to the text NEW.md,\n"
	 "one JSON object a line, in the order they are sent. No network.\n"
	 "\n"
	 "  --weight    0 to 20: how much dearer a lost block is than a call; 1 is usual\n"
	 "  --page      the page's id, where the base does not have it\n"},
};

void help_print_all(FILE *out)
{
	(void)fputs(
		"usage: notionfs COMMAND …\n\n"
		"A Notion workspace as files: pages are Markdown, databases are directories.\n\n",
		out);
	for (size_t i = 0; i < sizeof helps / sizeof helps[0]; i++) {
		(void)fprintf(out, "  %-8s %-9s %s\n", helps[i].command, helps[i].arguments,
			      helps[i].summary);
	}
	(void)fputs("\n`notionfs COMMAND --help` tells more.\n", out);
}

bool help_print(FILE *out, const char *command)
{
	for (size_t i = 0; i < sizeof helps / sizeof helps[0]; i++) {
		if (strcmp(helps[i].command, command) == 0) {
			(void)fputs(helps[i].text, out);
			return true;
		}
	}
	return false;
}
