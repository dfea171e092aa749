/*
 * Plain English: sentences, paragraphs and names made of real words, from a stream of numbers.
 *
 * What it is not: random. The same seed gives the same words. A stream belongs to one thread.
 */
#ifndef NOTIONFS_SIM_GENERATE_TEXT_H
#define NOTIONFS_SIM_GENERATE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "mapping/base/buf.h"

struct generate_random {
	uint64_t state;
};

uint64_t generate_next(struct generate_random *random);
/* 0..count-1 */
unsigned generate_below(struct generate_random *random, unsigned count);

/* Letters, commas and full stops only; appended. */
void generate_put_sentence(struct buf *buf, struct generate_random *random);
/* Two to five sentences. */
void generate_put_paragraph(struct buf *buf, struct generate_random *random);
/* Three or so words without a full stop, for headings and list items. */
void generate_put_phrase(struct buf *buf, struct generate_random *random);

/* Three words; no two indexes have the same, also when case is ignored. */
void generate_put_name(struct buf *buf, unsigned index);

#endif
