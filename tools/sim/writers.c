#include "tools/sim/writers.h"

void writers_init(struct writers *writers)
{
	*writers = (struct writers){0};
	(void)pthread_mutex_init(&writers->mutex, NULL);
}

void writers_release(struct writers *writers)
{
	free(writers->parents);
	(void)pthread_mutex_destroy(&writers->mutex);
}

static bool are_in_locked(const struct writers *writers, const struct uuid *parent)
{
	for (size_t i = 0; i < writers->count; i++) {
		if (uuid_equal(&writers->parents[i], parent)) {
			return true;
		}
	}
	return false;
}

bool writers_are_in(struct writers *writers, const struct uuid *parent)
{
	LOCK_SCOPE(&writers->mutex);
	return are_in_locked(writers, parent);
}

bool writers_enter(struct writers *writers, const struct uuid *parent)
{
	LOCK_SCOPE(&writers->mutex);
	if (are_in_locked(writers, parent)) {
		return false;
	}
	if (writers->count == writers->allocated) {
		writers->allocated = writers->allocated * 2 + 8;
		writers->parents = reallocarray(writers->parents, writers->allocated,
						sizeof(*writers->parents));
		if (writers->parents == NULL) {
			abort();
		}
	}
	writers->parents[writers->count++] = *parent;
	return true;
}

void writers_leave(struct writers *writers, const struct uuid *parent)
{
	LOCK_SCOPE(&writers->mutex);
	for (size_t i = 0; i < writers->count; i++) {
		if (uuid_equal(&writers->parents[i], parent)) {
			writers->parents[i] = writers->parents[--writers->count];
			return;
		}
	}
}
