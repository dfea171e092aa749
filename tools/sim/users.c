#include <string.h>

#include "tools/sim/endpoint.h"
#include "tools/sim/file_upload.h"
#include "tools/sim/users.h"
#include "tools/sim/validate.h"

/* The bot in full: only it tells its owner and workspace. */
static json_t *make_bot(struct sim *sim)
{
	const struct workspace *workspace = &sim->workspace;
	const json_t *stored = workspace_bot(workspace);
	const json_t *known = json_object_get(stored, "bot");
	if (json_object_get(known, "owner") != NULL) {
		return json_deep_copy(stored);
	}
	const char *id = json_string_value(json_object_get(stored, "id"));
	const char *name = json_string_value(json_object_get(stored, "name"));
	json_t *avatar = json_object_get(stored, "avatar_url");
	json_t *owner;
	json_t *person = NULL;
	size_t index;
	json_t *user;
	json_array_foreach (workspace->users, index, user) {
		if (person == NULL && json_object_get(user, "person") != NULL) {
			person = user;
		}
	}
	if (sim->is_personal && person != NULL) {
		owner = json_pack("{s:s, s:O}", "type", "user", "user", person);
	} else {
		owner = json_pack("{s:s, s:b}", "type", "workspace", "workspace", true);
	}
	return json_pack(
		"{s:s, s:s, s:s, s:O?, s:s, s:{s:o, s:s, s:s, s:{s:I}}}", "object", "user", "id",
		id != NULL ? id : USERS_DEFAULT_BOT_ID, "name",
		name != NULL ? name
			     : workspace_config_string(workspace, "integration_name", "notionfs"),
		"avatar_url", avatar, "type", "bot", "bot", "owner", owner, "workspace_name",
		workspace_config_string(workspace, "workspace_name", "Workspace"), "workspace_id",
		workspace_config_string(workspace, "workspace_id", USERS_DEFAULT_WORKSPACE_ID),
		"workspace_limits", "max_file_upload_size_in_bytes",
		(json_int_t)file_upload_max_bytes(workspace));
}

void users_me(struct sim *sim, const struct request *request, struct answer *answer)
{
	(void)request;
	answer_ok(answer, make_bot(sim));
}

void users_list(struct sim *sim, const struct request *request, struct answer *answer)
{
	struct list_window window;
	if (sim->is_personal) {
		answer_error(answer, 403, "restricted_resource",
			     "This endpoint is not available to personal access tokens.");
		return;
	}
	if (!endpoint_read_window(sim, request, answer, &window)) {
		return;
	}
	const json_t *users = sim->workspace.users;
	size_t index = 0;
	if (window.cursor != NULL) {
		index = workspace_child_index(users, window.cursor);
		if (index == json_array_size(users)) {
			endpoint_refuse_cursor(answer, window.cursor);
			return;
		}
	}
	json_t *results = json_array();
	for (; index < json_array_size(users) && json_array_size(results) < window.page_size;
	     index++) {
		(void)json_array_append_new(results, json_deep_copy(json_array_get(users, index)));
	}
	const json_t *next = json_array_get(users, index);
	answer_ok(answer,
		  answer_list(results, json_string_value(json_object_get(next, "id")), "user"));
}

void users_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	char *message = NULL;
	const char *id = request->segments[2];
	if (validate_path_id("user_id", id, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	struct uuid uuid = {{0}};
	char dashed[UUID_TEXT_BYTES];
	(void)!uuid_parse(id, strlen(id), &uuid);
	uuid_format(&uuid, dashed);
	json_t *user = workspace_user(&sim->workspace, dashed);
	json_t *bot = make_bot(sim);
	bool is_me = strcmp(json_string_value(json_object_get(bot, "id")), dashed) == 0;
	if (is_me) {
		answer_ok(answer, bot);
		return;
	}
	json_decref(bot);
	if (user == NULL) {
		answer_not_found(answer, &sim->workspace, "user", dashed);
		return;
	}
	answer_ok(answer, json_deep_copy(user));
}
