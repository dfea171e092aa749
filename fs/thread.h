/*
 * Starts a thread that takes no signals: those are the main thread's, in fs_run.
 */
#ifndef NOTIONFS_FS_THREAD_H
#define NOTIONFS_FS_THREAD_H

#include <pthread.h>
#include <signal.h>

#include "mapping/base/cleanup.h"

/* 0 or -errno. The caller joins it. */
must_check static inline int thread_start(pthread_t *ret_thread, void *(*run)(void *),
					  void *context)
{
	sigset_t all;
	sigset_t before;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(ret_thread, NULL, run, context);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -error;
}

#endif
