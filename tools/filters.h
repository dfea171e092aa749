/*
 * `notionfs render` and `notionfs parse`: the mapping as filters between JSON and Markdown
 * (dialect.md §5). `notionfs diff` is filter_diff.h.
 *
 * What it is not: a client; they read files and write standard output, and nothing else.
 */
#ifndef NOTIONFS_TOOLS_FILTERS_H
#define NOTIONFS_TOOLS_FILTERS_H

/* render [--page PAGE.json --schema DATA_SOURCE.json] [--names NAMES.json] [FILE]; argv[0] is
 * "render". FILE holds an array of blocks or a list answer, standard input when it is absent. The
 * exit code: 0, 1 when the input is no such thing, 2 for wrong usage. */
int filter_render(int argc, char **argv);

/* parse [--base BLOCKS.json] [--create] [--schema DATA_SOURCE.json] [--names NAMES.json] [FILE];
 * argv[0] is "parse". Prints an array of blocks in the API's create shape, or, with a schema and a
 * text with frontmatter, {"properties": …, "children": …}. With --create what the API can't create
 * is an error. The exit code: 0, 1 when the text has an error (`line:col: message` on standard
 * error), 2 for wrong usage. */
int filter_parse(int argc, char **argv);

#endif
