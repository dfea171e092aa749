#include "cache/opening.h"

#include "mapping/base/cleanup.h"
#include "mapping/base/clock.h"

void openings_init(struct openings *openings)
{
	*openings = (struct openings){.mutex = PTHREAD_MUTEX_INITIALIZER};
}

void openings_note(struct openings *openings, node_id node, pid_t process, uint64_t version,
		   enum opening_kind how)
{
	LOCK_SCOPE(&openings->mutex);
	openings->items[openings->next++ % OPENINGS_MAX] = (struct opening){
		.node = node,
		.process = process,
		.version = version,
		.opened_ms = clock_now_ms(),
		.how = how,
	};
}

uint64_t openings_base(struct openings *openings, node_id node, pid_t process)
{
	int64_t now_ms = clock_now_ms();
	const struct opening *settled = NULL; /* by this process; a read not in the last second */
	const struct opening *recent = NULL;  /* by this process */
	const struct opening *newest = NULL;  /* by anybody */
	bool has_read = false;
	LOCK_SCOPE(&openings->mutex);
	size_t count = openings->next < OPENINGS_MAX ? openings->next : OPENINGS_MAX;
	for (size_t i = 0; i < count; i++) {
		/* Oldest first, so that a later one replaces an earlier one. */
		size_t at = (openings->next - count + i) % OPENINGS_MAX;
		const struct opening *open = &openings->items[at];
		if (open->node != node) {
			continue;
		}
		newest = open;
		if (open->process != process) {
			continue;
		}
		has_read |= open->how == SEEN_READ;
		recent = open;
		if (open->how == SEEN_SAVE || now_ms - open->opened_ms > OPENING_RECENT_MS) {
			settled = open;
		}
	}
	const struct opening *own = settled != NULL ? settled : recent;
	const struct opening *base = has_read ? own : newest;
	return base != NULL ? base->version : 0;
}

bool openings_are_by_others(struct openings *openings, node_id node, pid_t process)
{
	LOCK_SCOPE(&openings->mutex);
	size_t count = openings->next < OPENINGS_MAX ? openings->next : OPENINGS_MAX;
	bool is_read = openings->next > OPENINGS_MAX;
	for (size_t i = 0; i < count && !is_read; i++) {
		is_read = openings->items[i].node == node && openings->items[i].process != process;
	}
	return is_read;
}
