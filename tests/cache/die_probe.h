/*
 * The points of a process at which it can die: before and after each request, before and after
 * each commit of either store. Sits between the product and its libraries (the linker's --wrap,
 * meson.build), so the product has no part in it.
 *
 * What it is not: a schedule. Points are counted in the order they come; two threads may come the
 * other way round the next time.
 *
 * Also held here, all the time: no request leaves a thread that has a lock or a transaction.
 */
#ifndef NOTIONFS_TESTS_CACHE_DIE_PROBE_H
#define NOTIONFS_TESTS_CACHE_DIE_PROBE_H

#include <stdbool.h>
#include <stddef.h>

enum probe_moment { PROBE_NEVER, PROBE_BEFORE, PROBE_AFTER };

/* Points count from now, from 1. At the `number`-th, at that moment of it, the process is killed
 * (SIGKILL, by itself). */
void probe_start(enum probe_moment moment, unsigned number);
void probe_stop(void);
unsigned probe_count(void);
/* "commit state", "PATCH /v1/blocks/…". */
const char *probe_label(unsigned number);
/* No request is under way, and no point was passed for a moment. */
bool probe_is_idle(void);
/* The moment starts now: something was just done that wakes threads. */
void probe_touch(void);

#endif
