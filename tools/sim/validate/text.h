/*
 * What Notion asks of single strings: length as it counts it, dates, URLs, emoji.
 *
 * What it is not: a parser; nothing is taken apart for use. Any thread; nothing blocks.
 */
#ifndef NOTIONFS_SIM_VALIDATE_TEXT_H
#define NOTIONFS_SIM_VALIDATE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* UTF-16 code units of valid UTF-8: an emoji counts two. */
size_t text_utf16_length(const char *text, size_t bytes);
/* "2026-11-21", "2026-11-21T09:30", with seconds, fractions, "Z" or "+01:00" at the end. */
bool text_is_iso_date(const char *text);
/* http or https with a host; with `any_scheme` also mailto:, tel: and their like. */
bool text_is_url(const char *text, bool any_scheme);
/* Whether it may be an emoji: not a word, not empty. */
bool text_is_emoji(const char *text);

#endif
