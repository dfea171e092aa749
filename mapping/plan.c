#include "mapping/plan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan *plan_new(size_t block_count)
{
	struct plan *plan = calloc(1, sizeof(*plan));
	if (plan == NULL) {
		abort();
	}
	plan->is_exact = true;
	plan->block_count = block_count;
	plan->blocks = calloc(block_count + 1, sizeof(*plan->blocks));
	if (plan->blocks == NULL) {
		abort();
	}
	return plan;
}

void plan_free(struct plan *plan)
{
	if (plan == NULL) {
		return;
	}
	for (size_t i = 0; i < plan->count; i++) {
		json_decref(plan->calls[i].body);
	}
	free(plan->calls);
	free(plan->blocks);
	free(plan);
}

struct plan_call *plan_add(struct plan *plan, enum call_kind kind)
{
	/* Grown when the count reaches a power of two. */
	if ((plan->count & (plan->count - 1)) == 0) {
		size_t allocated = plan->count == 0 ? 1 : plan->count * 2;
		plan->calls = reallocarray(plan->calls, allocated, sizeof(*plan->calls));
		if (plan->calls == NULL) {
			abort();
		}
	}
	struct plan_call *call = &plan->calls[plan->count++];
	memset(call, 0, sizeof(*call));
	call->kind = kind;
	return call;
}

struct plan_target plan_target_of_id(const struct uuid *id)
{
	return (struct plan_target){.id = *id};
}

struct plan_target plan_target_created(unsigned call, size_t index)
{
	return (struct plan_target){.call = call, .path = {(unsigned)index}, .depth = 1};
}

struct plan_target plan_target_child(const struct plan_target *parent, size_t index)
{
	struct plan_target child = *parent;
	assert(parent->depth > 0 && parent->depth < PLAN_PATH_MAX);
	child.path[child.depth++] = (unsigned)index;
	return child;
}

void plan_target_format(const struct plan_target *target, char text[PLAN_TARGET_TEXT_BYTES])
{
	if (target->call == 0 && !uuid_is_zero(&target->id)) {
		uuid_format(&target->id, text);
		return;
	}
	int len = snprintf(text, PLAN_TARGET_TEXT_BYTES, "@%u", target->call);
	for (unsigned i = 0; i < target->depth; i++) {
		len += snprintf(text + len, PLAN_TARGET_TEXT_BYTES - (size_t)len, ".%u",
				target->path[i]);
	}
}

static json_t *append_body(const struct plan_call *call)
{
	json_t *body = json_object();
	char after[PLAN_TARGET_TEXT_BYTES];

	json_object_set(body, "children", call->body);
	switch (call->position) {
	case POSITION_END: break;
	case POSITION_START:
		json_object_set_new(body, "position", json_pack("{s:s}", "type", "start"));
		break;
	case POSITION_AFTER:
		plan_target_format(&call->after, after);
		json_object_set_new(body, "position",
				    json_pack("{s:s, s:{s:s}}", "type", "after_block",
					      "after_block", "id", after));
		break;
	}
	return body;
}

json_t *plan_call_to_json(const struct plan_call *call)
{
	char target[PLAN_TARGET_TEXT_BYTES];

	plan_target_format(&call->target, target);
	switch (call->kind) {
	case CALL_APPEND:
		return json_pack("{s:s, s:s++, s:o}", "method", "PATCH", "path", "/v1/blocks/",
				 target, "/children", "body", append_body(call));
	case CALL_UPDATE:
		return json_pack("{s:s, s:s+, s:O}", "method", "PATCH", "path", "/v1/blocks/",
				 target, "body", call->body);
	case CALL_DELETE:
		return json_pack("{s:s, s:s+}", "method", "DELETE", "path", "/v1/blocks/", target);
	}
	return NULL;
}
