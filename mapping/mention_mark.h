/*
 * Mentions and inline equations ⇄ their tags: `<mention url="user://…">Ada</mention>`,
 * `<date start="…"/>`, `<math expression="…"/>` and the older spellings.
 *
 * What it is not: public; a part of inline_parse.c and inline_render.c. Any thread.
 */
#ifndef NOTIONFS_MAPPING_MENTION_MARK_H
#define NOTIONFS_MAPPING_MENTION_MARK_H

#include "mapping/inline.h"

/* Is it a tag that stands for a run of its own? */
bool mention_mark_is_tag(const char *name);
/* The run `tag` stands for; `label` is what is between it and its close tag. False when the tag's
 * attributes make no mention. */
bool mention_mark_parse(struct arena *arena, const struct tag *tag, const char *label, size_t len,
			struct run *ret_run);
void mention_mark_render(const struct run *mention, const struct names *names, struct buf *out);
/* `<math expression="…"/>`, for what can't stand between dollars. */
void mention_mark_render_equation(const struct run *equation, struct buf *out);

#endif
