#include "tools/comments.h"

#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/cleanup.h"
#include "tools/client.h"
#include "tools/options.h"
#include "tools/print.h"

#define QUOTE_COLUMNS 70
#define STDIN_MAX_BYTES ((size_t)64 << 10)

struct arguments {
	const char *path;
	const char *text;  /* NULL: list */
	const char *reply; /* "" */
	const char *block; /* "" */
	bool is_json;
	bool page_only;
};

static int wrong_usage(const char *message)
{
	(void)fprintf(stderr,
		      "notionfs comments: %s\n`notionfs comments --help` tells how it is used\n",
		      message);
	return EXIT_USAGE;
}

static int parse(int argc, char **argv, struct arguments *arguments)
{
	static const struct option longs[] = {
		{"json", no_argument, NULL, 'j'},	 {"page", no_argument, NULL, 'p'},
		{"add", required_argument, NULL, 'a'},	 {"reply", required_argument, NULL, 'r'},
		{"block", required_argument, NULL, 'b'}, {NULL, 0, NULL, 0}};
	int c;
	*arguments = (struct arguments){.reply = "", .block = ""};
	optind = 1;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'j': arguments->is_json = true; break;
		case 'p': arguments->page_only = true; break;
		case 'a': arguments->text = optarg; break;
		case 'r': arguments->reply = optarg; break;
		case 'b': arguments->block = optarg; break;
		default: return wrong_usage("that can't be read");
		}
	}
	if (optind >= argc) {
		return wrong_usage("which page?");
	}
	arguments->path = argv[optind++];
	if (*arguments->reply != '\0' && arguments->text == NULL && optind < argc) {
		arguments->text = argv[optind++]; /* --reply THREAD PATH TEXT */
	}
	if (optind < argc) {
		return wrong_usage("one page at a time");
	}
	if ((*arguments->reply != '\0' || *arguments->block != '\0') && arguments->text == NULL) {
		return wrong_usage("what is to be written? --add TEXT");
	}
	if (*arguments->reply != '\0' && *arguments->block != '\0') {
		return wrong_usage("a reply is about what its thread is about: no --block");
	}
	return 0;
}

/* --add - reads it. malloc'ed. */
static char *read_text(void)
{
	char *text = malloc(STDIN_MAX_BYTES + 1);
	if (text == NULL) {
		abort();
	}
	size_t len = fread(text, 1, STDIN_MAX_BYTES, stdin);
	while (len > 0 && text[len - 1] == '\n') {
		len--;
	}
	text[len] = '\0';
	return text;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text == NULL ? "" : text;
}

/* The first line of what a thread is about, cut between two characters. */
static void print_quote(const char *quote)
{
	char line[QUOTE_COLUMNS * 4 + 8];
	size_t len = 0;
	size_t columns = 0;
	while (quote[len] != '\0' && quote[len] != '\n' && len < sizeof line - 8) {
		columns += ((unsigned char)quote[len] & 0xc0) != 0x80 ? 1 : 0;
		if (columns > QUOTE_COLUMNS) {
			break;
		}
		len++;
	}
	(void)snprintf(line, sizeof line, "%.*s%s", (int)len, quote, quote[len] == '\0' ? "" : "…");
	print_safe(line);
}

static void print_comment(const json_t *comment)
{
	const char *text = text_of(comment, "text");
	json_int_t attachments = json_integer_value(json_object_get(comment, "attachments"));
	(void)printf("  %.16sZ  ", text_of(comment, "at"));
	print_safe(text_of(comment, "by"));
	(void)printf("\n");
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);
		(void)printf("    ");
		print_safe(line == NULL ? "" : line);
		(void)printf("\n");
		free(line);
		text += len + (text[len] == '\n' ? 1 : 0);
	}
	if (attachments > 0) {
		(void)printf("    (%lld file%s)\n", (long long)attachments,
			     attachments == 1 ? "" : "s");
	}
}

static void print_threads(const json_t *answer)
{
	size_t i;
	size_t n;
	json_t *thread;
	json_t *comment;
	json_array_foreach (json_object_get(answer, "threads"), i, thread) {
		const char *id = text_of(thread, "id");
		size_t len = strlen(id);
		(void)printf("%s[", i == 0 ? "" : "\n");
		print_safe(len > 6 ? id + len - 6 : id);
		(void)printf("] ");
		if (json_is_null(json_object_get(thread, "block"))) {
			(void)printf("about the page");
		} else {
			print_quote(text_of(thread, "quote"));
		}
		(void)printf("\n");
		json_array_foreach (json_object_get(thread, "comments"), n, comment) {
			print_comment(comment);
		}
	}
}

int command_comments(int argc, char **argv)
{
	struct arguments arguments;
	CLEANUP(free) char *mount = NULL;
	CLEANUP(free) char *inside = NULL;
	CLEANUP(free) char *input = NULL;
	json_t *answer = NULL;
	int r = parse(argc, argv, &arguments);
	if (r != 0) {
		return r;
	}
	if (client_find(arguments.path, &mount, &inside) < 0) {
		return EXIT_FAILED;
	}
	if (arguments.text != NULL && strcmp(arguments.text, "-") == 0) {
		input = read_text();
		arguments.text = input;
	}
	json_t *command = json_pack("{ss ss ss* ss ss sb}", "command", "comments", "path", inside,
				    "add", arguments.text, "reply", arguments.reply, "block",
				    arguments.block, "page_only", arguments.page_only);
	if (command == NULL) {
		return wrong_usage("the text is no UTF-8");
	}
	r = client_command(mount, command, &answer);
	json_decref(command);
	if (r < 0) {
		return EXIT_FAILED;
	}
	if (arguments.is_json) {
		(void)json_dumpf(answer, stdout, JSON_INDENT(1));
		(void)printf("\n");
	} else {
		print_threads(answer);
	}
	json_decref(answer);
	return EXIT_DONE;
}
