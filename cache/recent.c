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
	recent->items[recent->count % RECENT_MAX].node = node;
	recent->items[recent->count % RECENT_MAX].at_ms = now_ms;
	recent->count++;
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

void recent_forget(struct recent *recent, node_id node)
{
	LOCK_SCOPE(&recent->mutex);
	for (size_t i = 0; i < RECENT_MAX; i++) {
		if (recent->items[i].node == node) {
			recent->items[i].node = 0;
		}
	}
}

uint64_t recent_count(struct recent *recent)
{
	LOCK_SCOPE(&recent->mutex);
	return recent->count;
}

bool recent_since(struct recent *recent, node_id node, uint64_t count)
{
	LOCK_SCOPE(&recent->mutex);
	if (recent->count - count > RECENT_MAX) {
		return true;
	}
	for (; count < recent->count; count++) {
		if (recent->items[count % RECENT_MAX].node == node) {
			return true;
		}
	}
	return false;
}
