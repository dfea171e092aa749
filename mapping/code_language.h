/*
 * Notion's names of code languages and the words behind ``` that stand for them.
 *
 * What it is not: a check that the API takes a language; unknown words give NULL. Any thread.
 */
#ifndef NOTIONFS_MAPPING_CODE_LANGUAGE_H
#define NOTIONFS_MAPPING_CODE_LANGUAGE_H

#include <stddef.h>

/* "cpp" for "c++", "" for "plain text"; no two languages have the same word. NULL when the API
 * has no such language. Static. */
const char *code_language_info(const char *language);
/* The language a word stands for, either case: the canonical ones and usual short names. "" is
 * "plain text". NULL when it is unknown. Static. */
const char *code_language_from_info(const char *info, size_t len);

#endif
