#include "mapping/diagnostic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void diagnostics_init(struct diagnostics *diagnostics)
{
	*diagnostics = (struct diagnostics){0};
}

void diagnostics_release(struct diagnostics *diagnostics)
{
	if (diagnostics == NULL) {
		return;
	}
	for (size_t i = 0; i < diagnostics->count; i++) {
		free(diagnostics->items[i].message);
	}
	free(diagnostics->items);
	diagnostics_init(diagnostics);
}

void diagnostics_add(struct diagnostics *diagnostics, enum severity severity, unsigned line,
		     unsigned column, const char *format, ...)
{
	if (diagnostics == NULL) {
		return;
	}
	if (diagnostics->count == DIAGNOSTICS_MAX_COUNT) {
		diagnostics->dropped++;
		if (severity != SEVERITY_ERROR || diagnostics->has_error) {
			return;
		}
		diagnostics->count--;
		free(diagnostics->items[diagnostics->count].message);
	}
	diagnostics->has_error = diagnostics->has_error || severity == SEVERITY_ERROR;
	if (diagnostics->items == NULL) {
		diagnostics->items = calloc(DIAGNOSTICS_MAX_COUNT, sizeof(*diagnostics->items));
		if (diagnostics->items == NULL) {
			abort();
		}
	}
	struct diagnostic *item = &diagnostics->items[diagnostics->count];
	va_list args;
	va_start(args, format);
	if (vasprintf(&item->message, format, args) < 0) {
		abort();
	}
	va_end(args);
	item->severity = severity;
	item->line = line;
	item->column = column;
	diagnostics->count++;
}

const struct diagnostic *diagnostics_first_error(const struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < diagnostics->count; i++) {
		if (diagnostics->items[i].severity == SEVERITY_ERROR) {
			return &diagnostics->items[i];
		}
	}
	return NULL;
}
