/*
 * NOTES ON THE THREAD MODEL
 *
 * The caller's thread waits on an eventfd. It is written by the signal handler, in whatever thread
 * that runs, and by a worker that found the mount gone. Then the workers are cancelled: they allow
 * it only while they wait for a message, never within a handler.
 */
#include "fs/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "fs/thread.h"

#define THREADS_MAX 64

struct loop {
	struct fuse_session *session;
	int stop;
	atomic_ullong messages;
	atomic_int error;
	unsigned count;
	pthread_t threads[THREADS_MAX];
};

/* For the handler; the descriptor of the loop that runs. */
static atomic_int stop_fd = -1;

static void end_by_signal(int signal)
{
	(void)signal;
	int saved = errno;
	uint64_t one = 1;
	(void)!write(atomic_load(&stop_fd), &one, sizeof one);
	errno = saved;
}

int loop_new(struct fuse_session *session, struct loop **ret_loop)
{
	int stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop < 0) {
		return -errno;
	}
	struct loop *loop = calloc(1, sizeof *loop);
	if (loop == NULL) {
		abort();
	}
	loop->session = session;
	loop->stop = stop;
	*ret_loop = loop;
	return 0;
}

void loop_free(struct loop *loop)
{
	if (loop != NULL) {
		(void)close(loop->stop);
		free(loop);
	}
}

static void free_message(void *message)
{
	free(((struct fuse_buf *)message)->mem);
}

static void *work(void *context)
{
	struct loop *loop = context;
	struct fuse_buf message = {.mem = NULL};
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cleanup_push(free_message, &message);
	while (!fuse_session_exited(loop->session)) {
		(void)pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
		int r = fuse_session_receive_buf(loop->session, &message);
		(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		if (r == -EINTR) {
			continue;
		}
		if (r <= 0) {
			if (r < 0) {
				atomic_store(&loop->error, r);
			}
			break;
		}
		(void)atomic_fetch_add(&loop->messages, 1);
		fuse_session_process_buf(loop->session, &message);
	}
	pthread_cleanup_pop(1);
	uint64_t one = 1;
	(void)!write(loop->stop, &one, sizeof one);
	return NULL;
}

int loop_run(struct loop *loop, unsigned threads, void (*ending)(void *context), void *context)
{
	struct sigaction action = {.sa_handler = end_by_signal};
	struct sigaction interrupt;
	struct sigaction terminate;
	atomic_store(&stop_fd, loop->stop);
	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, &interrupt);
	(void)sigaction(SIGTERM, &action, &terminate);

	int r = 0;
	threads = threads < THREADS_MAX ? threads : THREADS_MAX;
	for (loop->count = 0; loop->count < threads && r == 0; loop->count += r == 0) {
		r = thread_start(&loop->threads[loop->count], work, loop);
	}
	struct pollfd stop = {.fd = loop->stop, .events = POLLIN};
	while (r == 0 && poll(&stop, 1, -1) < 0 && errno == EINTR) {
		continue;
	}
	ending(context);
	fuse_session_exit(loop->session);
	for (unsigned i = 0; i < loop->count; i++) {
		(void)pthread_cancel(loop->threads[i]);
	}
	for (unsigned i = 0; i < loop->count; i++) {
		(void)pthread_join(loop->threads[i], NULL);
	}

	(void)sigaction(SIGINT, &interrupt, NULL);
	(void)sigaction(SIGTERM, &terminate, NULL);
	atomic_store(&stop_fd, -1);
	return r < 0 ? r : atomic_load(&loop->error);
}

uint64_t loop_message_count(const struct loop *loop)
{
	return atomic_load(&loop->messages);
}
