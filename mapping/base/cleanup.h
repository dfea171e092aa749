/*
 * Scope attributes: free, close and unlock when a variable leaves its scope.
 *
 * What it is not: a replacement for `out` labels where the order of undoing matters.
 * Any thread; nothing here blocks.
 */
#ifndef NOTIONFS_BASE_CLEANUP_H
#define NOTIONFS_BASE_CLEANUP_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define must_check __attribute__((warn_unused_result))

/* Hand a pointer out of a scope that would free it: `*ret_x = steal(&x);` */
#define steal(pointer_to_pointer)                                                  \
	({                                                                         \
		__typeof__(*(pointer_to_pointer)) stolen_ = *(pointer_to_pointer); \
		*(pointer_to_pointer) = NULL;                                      \
		stolen_;                                                           \
	})

/* Declares cleanup_<name>(type **) that calls `function` on a non-NULL pointer. */
#define DEFINE_CLEANUP(type, name, function)              \
	static inline void cleanup_##name(type **pointer) \
	{                                                 \
		if (*pointer != NULL) {                   \
			function(*pointer);               \
		}                                         \
	}                                                 \
	struct swallow_semicolon_##name

static inline void cleanup_free(void *pointer_to_pointer)
{
	free(*(void **)pointer_to_pointer);
}

static inline void cleanup_fd(const int *fd)
{
	if (*fd >= 0) {
		(void)close(*fd);
	}
}

static inline void cleanup_unlock(pthread_mutex_t **mutex)
{
	if (*mutex != NULL) {
		(void)pthread_mutex_unlock(*mutex);
	}
}

#define CLEANUP(name) __attribute__((cleanup(cleanup_##name)))

#define LOCK_NAME_(line) scope_lock_##line
#define LOCK_NAME(line) LOCK_NAME_(line)
/* Takes the mutex now, gives it back when the enclosing scope ends. */
#define LOCK_SCOPE(mutex)                                               \
	CLEANUP(unlock) pthread_mutex_t *LOCK_NAME(__LINE__) = (mutex); \
	(void)pthread_mutex_lock(LOCK_NAME(__LINE__))

#endif
