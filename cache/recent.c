#include "cache/recent.h"

#include "mapping/base/clock.h"

void recent_init(struct recent *recent)
{
	*recent = (struct recent){.mutex = PTHREAD_MUTEX_INITIALIZER};
}

void recent_note(struct recent *recent, node_id node)
{
	int64_t now_ms = clock_now_ms();
	LOCK_SCOPE(&recent->mutex);
	recent->items[recent->next].node = node;
	recent->items[recent->next].at_ms = now_ms;
	recent->next = (recent->next + 1) % RECENT_MAX;
}

bool recent_has(struct recent *recent, node_id node, int64_t within_ms)
{
	int64_t since_ms = clock_now_ms() - within_ms;
	LOCK_SCOPE(&recent->mutex);
	for (size_t i = 0; i < RECENT_MAX; i++) {
		if (recent->items[i].node == node && recent->items[i].at_ms >= since_ms) {
			return true;
		}
	}
	return false;
}
