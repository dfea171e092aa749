#include "tools/sim/exchange.h"

#include <string.h>
#include <sys/random.h>

#include "tools/sim/answer.h"
#include "tools/sim/json_text.h"
#include "tools/sim/router.h"

void outcome_release(struct outcome *outcome)
{
	free(outcome->text);
	*outcome = (struct outcome){0};
}

static void make_request_id(char id[UUID_TEXT_BYTES])
{
	struct uuid uuid;
	(void)!getrandom(uuid.bytes, sizeof uuid.bytes, 0);
	uuid.bytes[6] = (uint8_t)(0x40 | (uuid.bytes[6] & 0x0f));
	uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3f));
	uuid_format(&uuid, id);
}

void outcome_set_answer(struct outcome *outcome, const struct answer *answer)
{
	make_request_id(outcome->request_id);
	outcome->delivery = DELIVERY_WHOLE;
	outcome->status = answer->status;
	outcome->content_type = "application/json; charset=utf-8";
	outcome->retry_after_s = answer->retry_after_s;
	(void)json_object_set_new(answer->json, "request_id", json_string(outcome->request_id));
	free(outcome->text);
	outcome->text = json_text(answer->json);
	outcome->bytes = strlen(outcome->text);
}

void exchange_run(struct sim *sim, struct request *request, struct outcome *ret_outcome)
{
	CLEANUP(answer) struct answer answer = {0};
	if (router_admit(sim, request, &answer)) {
		router_run(sim, request, &answer);
	}
	outcome_set_answer(ret_outcome, &answer);
	request_free(request);
}
