/*
 * Values → YAML text that YAML 1.1 and 1.2 readers understand alike: a string is quoted whenever
 * either of them would see something else in it.
 *
 * What it is not: libyaml's emitter, which quotes for one version only and folds long lines.
 * Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_YAML_WRITE_H
#define NOTIONFS_MAPPING_YAML_WRITE_H

#include "mapping/base/buf.h"
#include "mapping/yaml_value.h"

/* A list is one line up to this width, else one line an element. */
#define YAML_LINE_MAX_COLUMNS 80

/* The whole lines of `key: value`, `indent` spaces deep; `key:` alone for an empty value. */
void yaml_write_entry(struct buf *out, unsigned indent, const char *key,
		      const struct yaml_value *value);
/* Only what stands behind `key:`, without the final newline: " value", or "" when empty. */
void yaml_write_after_key(struct buf *out, unsigned indent, size_t key_columns,
			  const struct yaml_value *value);
/* A scalar in double quotes, whether it needs them or not. */
void yaml_write_quoted(struct buf *out, const struct yaml_value *value);
/* The value on one line, whatever it is; "" when empty. */
void yaml_write_line(struct buf *out, const struct yaml_value *value);

#endif
