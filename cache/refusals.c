#include "cache/refusals.h"

#define LOG_MODULE "refused"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/cleanup.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

#define SHOWN_MS ((int64_t)3600 * 1000)

void refusals_init(struct refusals *refusals)
{
	*refusals = (struct refusals){.mutex = PTHREAD_MUTEX_INITIALIZER};
}

void refusals_release(struct refusals *refusals)
{
	for (size_t i = 0; i < REFUSALS_MAX; i++) {
		free(refusals->items[i].text);
	}
	*refusals = (struct refusals){.mutex = PTHREAD_MUTEX_INITIALIZER};
}

void refusals_note(struct refusals *refusals, const char *what, const char *why)
{
	char *text = NULL;
	if (asprintf(&text, "%s: %s", what, why) < 0) {
		abort();
	}
	for (char *at = text; *at != '\0'; at++) {
		*at = (unsigned char)*at < ' ' ? ' ' : *at;
	}
	log_warning("%s", text);
	LOCK_SCOPE(&refusals->mutex);
	struct refusal *item = &refusals->items[refusals->next];
	for (size_t i = 0; i < REFUSALS_MAX; i++) {
		if (refusals->items[i].text != NULL && strcmp(refusals->items[i].text, text) == 0) {
			/* Tried again: it stands where it stood, as of now. */
			refusals->items[i].at_ms = clock_now_ms();
			free(text);
			return;
		}
	}
	free(item->text);
	*item = (struct refusal){.at_ms = clock_now_ms(), .text = text};
	refusals->next = (refusals->next + 1) % REFUSALS_MAX;
}

void refusals_print(struct refusals *refusals, struct buf *out)
{
	int64_t since_ms = clock_now_ms() - SHOWN_MS;
	LOCK_SCOPE(&refusals->mutex);
	for (size_t i = 0; i < REFUSALS_MAX; i++) {
		const struct refusal *item = &refusals->items[(refusals->next + i) % REFUSALS_MAX];
		if (item->text != NULL && item->at_ms >= since_ms) {
			buf_printf(out, "%s\n", item->text);
		}
	}
}
