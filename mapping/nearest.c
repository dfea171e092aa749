#include "mapping/nearest.h"

#include <stdbool.h>
#include <string.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned smaller = a < b ? a : b;
	return smaller < c ? smaller : c;
}

unsigned nearest_distance(const char *a, const char *b)
{
	size_t a_len = strnlen(a, NEAREST_MAX_BYTES);
	size_t b_len = strnlen(b, NEAREST_MAX_BYTES);
	unsigned rows[3][NEAREST_MAX_BYTES + 1]; /* the present one is i % 3 */
	for (size_t j = 0; j <= b_len; j++) {
		rows[0][j] = (unsigned)j;
	}
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *above = rows[(i + 2) % 3];
		const unsigned *two_above = rows[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);
			row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1));
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) && two_above[j - 2] + 1 < row[j]) {
				row[j] = two_above[j - 2] + 1;
			}
		}
	}
	return rows[a_len % 3][b_len];
}

void nearest_consider(struct nearest *nearest, const char *candidate)
{
	size_t len = strnlen(nearest->wanted, NEAREST_MAX_BYTES);
	unsigned distance = nearest_distance(nearest->wanted, candidate);
	/* More than half of it changed is another word. */
	if (distance * 2 > len + 1) {
		return;
	}
	if (nearest->found == NULL || distance < nearest->distance) {
		nearest->found = candidate;
		nearest->distance = distance;
	}
}
