#include "tools/sim/faults.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#define RULES_MAX 1000

struct fault_rule {
	struct fault fault;
	char method[16]; /* "" = any */
	regex_t path;
	unsigned nth;
	unsigned times;
	unsigned seen;
};

static const struct {
	const char *name;
	enum fault_action action;
	unsigned status;
	enum fault_apply apply; /* when not said */
} actions[] = {
	{"status", FAULT_STATUS, 500, FAULT_APPLY_NONE},
	{"cut", FAULT_CUT, 0, FAULT_APPLY_NONE},
	{"truncate", FAULT_TRUNCATE, 200, FAULT_APPLY_ALL},
	{"malformed", FAULT_MALFORMED, 200, FAULT_APPLY_ALL},
	{"html", FAULT_HTML, 502, FAULT_APPLY_NONE},
	{"hold", FAULT_HOLD, 0, FAULT_APPLY_ALL},
	{"hold_answer", FAULT_HOLD_ANSWER, 0, FAULT_APPLY_ALL},
	{"delay", FAULT_DELAY, 0, FAULT_APPLY_ALL},
};

void faults_init(struct faults *faults)
{
	*faults = (struct faults){0};
	(void)pthread_mutex_init(&faults->mutex, NULL);
	(void)pthread_cond_init(&faults->released, NULL);
}

static void free_rules(struct fault_rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		regfree(&rules[i].path);
	}
	free(rules);
}

void faults_release(struct faults *faults)
{
	free_rules(faults->rules, faults->rule_count);
	(void)pthread_cond_destroy(&faults->released);
	(void)pthread_mutex_destroy(&faults->mutex);
}

/* ── reading ── */

__attribute__((format(printf, 2, 3))) static int complain(char **ret_message, const char *format,
							  ...)
{
	va_list args;
	va_start(args, format);
	if (vasprintf(ret_message, format, args) < 0) {
		abort();
	}
	va_end(args);
	return -EINVAL;
}

static unsigned read_number(const json_t *object, const char *key, unsigned otherwise)
{
	const json_t *number = json_object_get(object, key);
	double value = json_number_value(number);
	return json_is_number(number) && value >= 0 && value < UINT_MAX ? (unsigned)value
									: otherwise;
}

static int read_action(const json_t *given, struct fault *fault, char **ret_message)
{
	const char *name = json_string_value(json_object_get(given, "do"));
	for (size_t i = 0; name != NULL && i < sizeof actions / sizeof *actions; i++) {
		if (strcmp(name, actions[i].name) == 0) {
			fault->action = actions[i].action;
			fault->name = actions[i].name;
			fault->status = read_number(given, "status", actions[i].status);
			fault->apply = actions[i].apply;
			if (actions[i].status != 0 &&
			    (fault->status < 200 || fault->status > 599)) {
				return complain(ret_message, "not a status: %u", fault->status);
			}
			return 0;
		}
	}
	return complain(ret_message, "unknown \"do\": %s", name != NULL ? name : "(none)");
}

static int read_apply(const json_t *given, struct fault *fault, char **ret_message)
{
	const char *apply = json_string_value(json_object_get(given, "apply"));
	fault->first_children = -1;
	if (apply == NULL) {
		return 0;
	}
	if (strcmp(apply, "none") == 0) {
		fault->apply = FAULT_APPLY_NONE;
	} else if (strcmp(apply, "all") == 0) {
		fault->apply = FAULT_APPLY_ALL;
	} else if (strcmp(apply, "late") == 0) {
		fault->apply = FAULT_APPLY_LATE;
	} else if (strncmp(apply, "first:", 6) == 0 && apply[6] >= '0' && apply[6] <= '9') {
		fault->apply = FAULT_APPLY_FIRST;
		fault->first_children = strtol(apply + 6, NULL, 10);
	} else {
		return complain(ret_message, "unknown \"apply\": %s", apply);
	}
	return 0;
}

/* Fills the rule; its regex is compiled when 0 is returned. */
static int read_rule(const json_t *given, struct fault_rule *rule, char **ret_message)
{
	const json_t *match = json_object_get(given, "match");
	const char *path = json_string_value(json_object_get(match, "path"));
	const char *method = json_string_value(json_object_get(match, "method"));
	const char *reason = json_string_value(json_object_get(given, "reason"));
	*rule = (struct fault_rule){0};
	int result = read_action(given, &rule->fault, ret_message);
	if (result == 0) {
		result = read_apply(given, &rule->fault, ret_message);
	}
	if (result < 0) {
		return result;
	}
	rule->fault.retry_after_s = read_number(given, "retry_after", 0);
	rule->fault.late_ms = read_number(given, "late_ms", 0);
	rule->fault.delay_ms = read_number(given, "delay_ms", 0);
	rule->fault.says_committed = !json_is_false(json_object_get(given, "committed"));
	(void)snprintf(rule->fault.reason, sizeof rule->fault.reason, "%s",
		       reason != NULL ? reason : "");
	(void)snprintf(rule->method, sizeof rule->method, "%s", method != NULL ? method : "");
	bool has_nth = json_object_get(match, "nth") != NULL;
	rule->nth = read_number(match, "nth", 1);
	rule->times = read_number(match, "times", has_nth ? 1 : UINT_MAX);
	if (regcomp(&rule->path, path != NULL ? path : "", REG_EXTENDED | REG_NOSUB) != 0) {
		return complain(ret_message, "not a regular expression: %s", path);
	}
	return 0;
}

int faults_add(struct faults *faults, const json_t *array, char **ret_message)
{
	size_t count = json_array_size(array);
	if (!json_is_array(array) || count > RULES_MAX) {
		return complain(ret_message, "body.faults should be an array");
	}
	struct fault_rule *rules = calloc(count + 1, sizeof(*rules));
	for (size_t i = 0; i < count; i++) {
		int result = read_rule(json_array_get(array, i), &rules[i], ret_message);
		if (result < 0) {
			free_rules(rules, i);
			return result;
		}
	}
	LOCK_SCOPE(&faults->mutex);
	if (faults->rule_count + count > RULES_MAX) {
		free_rules(rules, count);
		return complain(ret_message, "too many faults");
	}
	struct fault_rule *grown =
		reallocarray(faults->rules, faults->rule_count + count + 1, sizeof(*rules));
	if (grown == NULL) {
		abort();
	}
	memcpy(grown + faults->rule_count, rules, count * sizeof(*rules));
	free(rules);
	faults->rules = grown;
	faults->rule_count += count;
	return 0;
}

/* ── hitting ── */

bool faults_match(struct faults *faults, const struct request *request, struct fault *ret_fault)
{
	bool hit = false;
	LOCK_SCOPE(&faults->mutex);
	for (size_t i = 0; i < faults->rule_count; i++) {
		struct fault_rule *rule = &faults->rules[i];
		if ((rule->method[0] != '\0' && strcasecmp(rule->method, request->method) != 0) ||
		    regexec(&rule->path, request->path, 0, NULL, 0) != 0) {
			continue;
		}
		rule->seen++;
		if (!hit && rule->seen >= rule->nth && rule->seen - rule->nth < rule->times) {
			*ret_fault = rule->fault;
			hit = true;
		}
	}
	return hit;
}

void faults_clear(struct faults *faults)
{
	LOCK_SCOPE(&faults->mutex);
	free_rules(faults->rules, faults->rule_count);
	faults->rules = NULL;
	faults->rule_count = 0;
	faults->releases++;
	(void)pthread_cond_broadcast(&faults->released);
}

void faults_hold(struct faults *faults)
{
	LOCK_SCOPE(&faults->mutex);
	uint64_t releases = faults->releases;
	while (!faults->stopped && faults->releases == releases) {
		(void)pthread_cond_wait(&faults->released, &faults->mutex);
	}
}

void faults_let_go(struct faults *faults)
{
	LOCK_SCOPE(&faults->mutex);
	faults->releases++;
	(void)pthread_cond_broadcast(&faults->released);
}

void faults_stop(struct faults *faults)
{
	LOCK_SCOPE(&faults->mutex);
	faults->stopped = true;
	(void)pthread_cond_broadcast(&faults->released);
}
