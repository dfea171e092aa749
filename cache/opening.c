#include "cache/opening.h"

#define LOG_MODULE "opening"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mapping/base/clock.h"
#include "mapping/base/log.h"

#define MAGIC "notionfs openings 1"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define HASHES 4096 /* a power of two */

struct opening {
	uint64_t node; /* 0: none */
	uint64_t version;
	int64_t opened_ms;
	int32_t process;
	uint32_t how;
	uint32_t earlier; /* number + 1 of the one before of the same hash; 0 = none */
	uint32_t unused;
};

/* As it is in the file. */
struct opening_list {
	char magic[24];
	char boot[40];
	uint64_t count; /* ever noted; the next one's place is its rest by OPENINGS_MAX */
	struct opening items[OPENINGS_MAX];
};

static size_t hash_of(node_id node)
{
	return (size_t)((node * UINT64_C(0x9e3779b97f4a7c15)) >> 52) & (HASHES - 1);
}

/* Hashes' chains hold places; a place that was taken again is of another chain, or younger than
 * the one that led to it: there the chain ends. */
static const struct opening *next_of(const struct openings *openings, uint32_t link,
				     uint64_t *youngest)
{
	const struct opening_list *list = openings->list;
	if (link == 0) {
		return NULL;
	}
	uint64_t last = list->count - 1;
	uint64_t place = link - 1;
	/* The number it was noted under, of those that lie in this place. */
	uint64_t number = last - (last - place) % OPENINGS_MAX;
	if (place > last || number >= *youngest) {
		return NULL;
	}
	*youngest = number;
	return &list->items[place];
}

static void read_boot_id(char boot[40])
{
	memset(boot, 0, 40);
	FILE *file = fopen(BOOT_ID, "re");
	if (file != NULL) {
		(void)!fread(boot, 1, 36, file);
		(void)fclose(file);
	}
}

static struct opening_list *map_file(const char *state_path)
{
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/openings", state_path);
	CLEANUP(fd) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	/* With all its room: a write to a mapped hole of a full disk would be a crash. */
	int r = fd < 0 ? errno : posix_fallocate(fd, 0, sizeof(struct opening_list));
	if (r != 0) {
		log_warning("%s can't be kept, who has a page open is forgotten at the end: %s",
			    path, strerror(r));
		return NULL;
	}
	void *list =
		mmap(NULL, sizeof(struct opening_list), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return list == MAP_FAILED ? NULL : list;
}

static bool is_whole(const struct opening_list *list, const char boot[40])
{
	return memcmp(list->magic, MAGIC, sizeof MAGIC) == 0 && memcmp(list->boot, boot, 40) == 0;
}

void openings_init(struct openings *openings, const char *state_path)
{
	char boot[40];
	*openings = (struct openings){.mutex = PTHREAD_MUTEX_INITIALIZER};
	openings->list = state_path == NULL ? NULL : map_file(state_path);
	if (openings->list == NULL) {
		void *list = mmap(NULL, sizeof *openings->list, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		openings->list = list == MAP_FAILED ? NULL : list;
	}
	openings->newest = calloc(HASHES, sizeof *openings->newest);
	if (openings->list == NULL || openings->newest == NULL) {
		abort();
	}
	struct opening_list *list = openings->list;
	read_boot_id(boot);
	if (!is_whole(list, boot)) {
		memset(list, 0, sizeof *list);
		memcpy(list->magic, MAGIC, sizeof MAGIC);
		memcpy(list->boot, boot, sizeof boot);
	}
	uint64_t kept = list->count < OPENINGS_MAX ? list->count : OPENINGS_MAX;
	for (uint64_t number = list->count - kept; number < list->count; number++) {
		struct opening *opening = &list->items[number % OPENINGS_MAX];
		uint32_t *newest = &openings->newest[hash_of(opening->node)];
		opening->earlier = *newest;
		*newest = (uint32_t)(number % OPENINGS_MAX) + 1;
	}
}

void openings_release(struct openings *openings)
{
	if (openings->list != NULL) {
		(void)munmap(openings->list, sizeof *openings->list);
	}
	free(openings->newest);
	*openings = (struct openings){.mutex = PTHREAD_MUTEX_INITIALIZER};
}

void openings_note(struct openings *openings, node_id node, pid_t process, uint64_t version,
		   enum opening_kind how)
{
	LOCK_SCOPE(&openings->mutex);
	struct opening_list *list = openings->list;
	uint32_t *newest = &openings->newest[hash_of(node)];
	uint32_t place = (uint32_t)(list->count % OPENINGS_MAX);
	list->items[place] = (struct opening){
		.node = node,
		.process = process,
		.version = version,
		.opened_ms = clock_now_ms(),
		.how = how,
		.earlier = *newest,
	};
	*newest = place + 1;
	list->count++;
}

uint64_t openings_base(struct openings *openings, node_id node, pid_t process, int64_t begun_ms)
{
	int64_t now_ms = clock_now_ms();
	const struct opening *settled = NULL; /* by this process; a read not in the last second */
	const struct opening *recent = NULL;  /* by this process */
	const struct opening *before = NULL;  /* by anybody, when the first byte was written */
	const struct opening *newest = NULL;  /* by anybody */
	uint64_t youngest = UINT64_MAX;
	bool has_read = false;
	LOCK_SCOPE(&openings->mutex);
	uint32_t link = openings->newest[hash_of(node)];
	const struct opening *open;
	while ((open = next_of(openings, link, &youngest)) != NULL) {
		link = open->earlier;
		if (open->node != node) {
			continue;
		}
		/* Newest first: the first of each sort counts. */
		newest = newest == NULL ? open : newest;
		before = before == NULL && open->opened_ms <= begun_ms ? open : before;
		if (open->process != process) {
			continue;
		}
		has_read |= open->how == SEEN_READ;
		recent = recent == NULL ? open : recent;
		if (settled == NULL &&
		    (open->how == SEEN_SAVE || now_ms - open->opened_ms > OPENING_RECENT_MS)) {
			settled = open;
		}
	}
	const struct opening *own = settled != NULL ? settled : recent;
	const struct opening *base = has_read ? own : before != NULL ? before : newest;
	return base != NULL ? base->version : 0;
}

bool openings_had(struct openings *openings, node_id node, pid_t process, int64_t by_ms)
{
	uint64_t youngest = UINT64_MAX;
	bool had = false;
	LOCK_SCOPE(&openings->mutex);
	uint32_t link = openings->newest[hash_of(node)];
	const struct opening *open;
	while (!had && (open = next_of(openings, link, &youngest)) != NULL) {
		link = open->earlier;
		had = open->node == node && open->process == process && open->opened_ms <= by_ms;
	}
	return had;
}

bool openings_are_by_others(struct openings *openings, node_id node, pid_t process)
{
	uint64_t youngest = UINT64_MAX;
	LOCK_SCOPE(&openings->mutex);
	bool is_read = openings->list->count > OPENINGS_MAX;
	uint32_t link = openings->newest[hash_of(node)];
	const struct opening *open;
	while (!is_read && (open = next_of(openings, link, &youngest)) != NULL) {
		link = open->earlier;
		is_read = open->node == node && open->process != process;
	}
	return is_read;
}
