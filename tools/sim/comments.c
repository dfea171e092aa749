/*
 * The endpoints of comments.
 *
 * `comments` of the workspace file has the objects as they are answered, oldest first; a thread
 * whose comments have `resolved` is listed no more. Where the sheet is silent: comments bump
 * nothing, and only their author changes or deletes them.
 */
#include <string.h>

#include "tools/sim/endpoint.h"
#include "tools/sim/file_upload.h"
#include "tools/sim/object.h"
#include "tools/sim/rich_text.h"
#include "tools/sim/tree.h"
#include "tools/sim/validate.h"

static const char *string_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_t *make_answer(struct sim *sim, const json_t *comment)
{
	json_t *answer = json_deep_copy(comment);
	(void)json_object_del(answer, "resolved");
	object_sign_files(sim, answer);
	return answer;
}

static void dash(const char *id, char dashed[UUID_TEXT_BYTES])
{
	struct uuid uuid = {{0}};
	(void)!uuid_parse(id, strlen(id), &uuid);
	uuid_format(&uuid, dashed);
}

/* The comment the path names, and its place; NULL with the 400 or 404 in `answer`. */
static json_t *find_comment(struct sim *sim, const struct request *request, struct answer *answer,
			    size_t *ret_index)
{
	char *message = NULL;
	if (validate_path_id("comment_id", request->segments[2], &message) != 0) {
		answer_invalid(answer, message);
		return NULL;
	}
	const json_t *comments = sim->workspace.comments;
	char id[UUID_TEXT_BYTES];
	dash(request->segments[2], id);
	*ret_index = workspace_child_index(comments, id);
	json_t *comment = json_array_get(comments, *ret_index);
	const struct record *place = workspace_find(&sim->workspace, workspace_parent_id(comment));
	if (comment == NULL || (place != NULL && !workspace_is_shared(&sim->workspace, place))) {
		answer_not_found(answer, &sim->workspace, "comment", id);
		return NULL;
	}
	return comment;
}

/* ── reading ── */

void comments_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	size_t index;
	const json_t *comment = find_comment(sim, request, answer, &index);
	if (comment != NULL) {
		answer_ok(answer, make_answer(sim, comment));
	}
}

/* The page or block the query names; NULL with the error in `answer`. */
static const struct record *find_place(struct sim *sim, const struct request *request,
				       struct answer *answer)
{
	const char *id = request_parameter(request, "block_id");
	if (id == NULL || validate_uuid(id) != 0) {
		answer_refuse(answer,
			      "query failed validation: query.block_id should be %s, instead was "
			      "`%s%s%s`.",
			      id == NULL ? "defined" : "a valid uuid", id == NULL ? "" : "\"",
			      id == NULL ? "undefined" : id, id == NULL ? "" : "\"");
		return NULL;
	}
	return endpoint_find_id(sim, id, OBJECT_BLOCK, answer);
}

void comments_list(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *place = find_place(sim, request, answer);
	const json_t *comments = sim->workspace.comments;
	struct list_window window;
	if (place == NULL || !endpoint_read_window(sim, request, answer, &window)) {
		return;
	}
	size_t index = 0;
	if (window.cursor != NULL) {
		index = workspace_child_index(comments, window.cursor);
		if (index == json_array_size(comments)) {
			endpoint_refuse_cursor(answer, window.cursor);
			return;
		}
	}
	char id[UUID_TEXT_BYTES];
	uuid_format(&place->id, id);
	json_t *results = json_array();
	const char *next_cursor = NULL;
	for (; index < json_array_size(comments) && next_cursor == NULL; index++) {
		const json_t *comment = json_array_get(comments, index);
		const char *parent = workspace_parent_id(comment);
		if (parent == NULL || strcmp(parent, id) != 0 ||
		    json_is_true(json_object_get(comment, "resolved"))) {
			continue;
		}
		if (json_array_size(results) == window.page_size) {
			next_cursor = string_of(comment, "id");
		} else {
			(void)json_array_append_new(results, make_answer(sim, comment));
		}
	}
	answer_ok(answer, answer_list(results, next_cursor, "comment"));
}

/* ── create ── */

/* The parent of a new comment, and the thread it belongs to. False with the error in `answer`. */
static bool find_thread(struct sim *sim, const json_t *body, struct answer *answer,
			json_t **ret_parent, char discussion_id[UUID_TEXT_BYTES])
{
	const json_t *parent = json_object_get(body, "parent");
	const char *reply_to = string_of(body, "discussion_id");
	const char *page_id = string_of(parent, "page_id");
	const struct record *place = NULL;
	if (reply_to != NULL) {
		dash(reply_to, discussion_id);
		size_t index;
		const json_t *comment;
		json_array_foreach (sim->workspace.comments, index, comment) {
			if (strcmp(string_of(comment, "discussion_id"), discussion_id) == 0) {
				place = workspace_find(&sim->workspace,
						       workspace_parent_id(comment));
				break;
			}
		}
		if (place == NULL || !workspace_is_shared(&sim->workspace, place)) {
			answer_not_found(answer, &sim->workspace, "discussion", discussion_id);
			return false;
		}
	} else {
		place = page_id != NULL ? endpoint_find_id(sim, page_id, OBJECT_PAGE, answer)
					: endpoint_find_id(sim, string_of(parent, "block_id"),
							   OBJECT_BLOCK, answer);
		if (place == NULL) {
			return false;
		}
		workspace_new_id(&sim->workspace, 8, discussion_id);
	}
	if (workspace_is_trashed(&sim->workspace, place)) {
		answer_archived(answer);
		return false;
	}
	*ret_parent = tree_parent_of_children(place);
	return true;
}

/* As file_upload.h wants to have it: {file_upload: {id}}. New reference. */
static json_t *name_uploads(const json_t *attachments)
{
	json_t *named = json_array();
	size_t index;
	const json_t *one;
	json_array_foreach (attachments, index, one) {
		(void)json_array_append_new(named,
					    json_pack("{s:{s:O}}", "file_upload", "id",
						      json_object_get(one, "file_upload_id")));
	}
	return named;
}

static const char *category(const char *content_type)
{
	static const char *const kinds[] = {"audio", "image", "video"};
	for (size_t i = 0; content_type != NULL && i < sizeof kinds / sizeof *kinds; i++) {
		if (strncmp(content_type, kinds[i], 5) == 0) {
			return kinds[i];
		}
	}
	return content_type != NULL && strcmp(content_type, "application/pdf") == 0
		       ? "pdf"
		       : "productivity";
}

static json_t *attach(struct sim *sim, const json_t *uploads)
{
	json_t *attachments = json_array();
	size_t index;
	const json_t *named;
	json_array_foreach (uploads, index, named) {
		const json_t *upload = file_upload_find(
			sim, string_of(json_object_get(named, "file_upload"), "id"));
		(void)json_array_append_new(
			attachments, json_pack("{s:s, s:o}", "category",
					       category(string_of(upload, "content_type")), "file",
					       file_upload_attach(&sim->workspace, named)));
	}
	return attachments;
}

/* Under which name it is shown. */
static json_t *make_display_name(struct sim *sim, const json_t *given, const struct author *author)
{
	const char *type = string_of(given, "type");
	const json_t *user = workspace_user(&sim->workspace, string_of(author->user, "id"));
	const char *name = string_of(json_object_get(given, "custom"), "name");
	type = type != NULL ? type : sim->is_personal ? "user" : "integration";
	name = name != NULL ? name : string_of(user, "name");
	if (name == NULL) {
		name = workspace_config_string(&sim->workspace, "integration_name", "notionfs");
	}
	return json_pack("{s:s, s:s}", "type", type, "resolved_name", name);
}

static bool refuses_markdown(const json_t *body, struct answer *answer)
{
	if (json_object_get(body, "markdown") == NULL) {
		return false;
	}
	answer_refuse(answer, "This server takes rich text, not markdown.");
	return true;
}

void comments_create(struct sim *sim, const struct request *request, struct answer *answer)
{
	const json_t *body = request->body;
	json_t *parent = NULL;
	char discussion_id[UUID_TEXT_BYTES];
	char *message = NULL;
	if (validate_comment_create(body, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	if (refuses_markdown(body, answer) ||
	    !find_thread(sim, body, answer, &parent, discussion_id)) {
		return;
	}
	json_t *uploads = name_uploads(json_object_get(body, "attachments"));
	if (file_upload_refuses(sim, uploads, answer)) {
		json_decref(uploads);
		json_decref(parent);
		return;
	}
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	char id[UUID_TEXT_BYTES];
	workspace_new_id(&sim->workspace, 8, id);
	json_t *comment = json_pack(
		"{s:s, s:s, s:o, s:s, s:s, s:s, s:O, s:o}", "object", "comment", "id", id, "parent",
		parent, "discussion_id", discussion_id, "created_time", author.stamp,
		"last_edited_time", author.stamp, "created_by", author.user, "rich_text",
		rich_text_normalise(&sim->workspace, json_object_get(body, "rich_text")));
	if (json_array_size(uploads) > 0) {
		(void)json_object_set_new(comment, "attachments", attach(sim, uploads));
	}
	json_decref(uploads);
	(void)json_object_set_new(
		comment, "display_name",
		make_display_name(sim, json_object_get(body, "display_name"), &author));
	(void)json_array_append_new(sim->workspace.comments, comment);
	answer->changed = true;
	answer_ok(answer, make_answer(sim, comment));
}

/* ── update and delete ── */

static bool refuses_author(const json_t *comment, const struct author *author,
			   struct answer *answer)
{
	if (json_equal(json_object_get(json_object_get(comment, "created_by"), "id"),
		       json_object_get(author->user, "id"))) {
		return false;
	}
	answer_error(answer, 403, "restricted_resource",
		     "A comment can be changed only by who wrote it.");
	return true;
}

void comments_update(struct sim *sim, const struct request *request, struct answer *answer)
{
	size_t index;
	json_t *comment = find_comment(sim, request, answer, &index);
	char *message = NULL;
	if (comment == NULL) {
		return;
	}
	if (validate_comment_update(request->body, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	if (refuses_markdown(request->body, answer) || refuses_author(comment, &author, answer)) {
		return;
	}
	(void)json_object_set_new(
		comment, "rich_text",
		rich_text_normalise(&sim->workspace, json_object_get(request->body, "rich_text")));
	(void)json_object_set_new(comment, "last_edited_time", json_string(author.stamp));
	answer->changed = true;
	answer_ok(answer, make_answer(sim, comment));
}

void comments_delete(struct sim *sim, const struct request *request, struct answer *answer)
{
	size_t index;
	const json_t *comment = find_comment(sim, request, answer, &index);
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	if (comment == NULL || refuses_author(comment, &author, answer)) {
		return;
	}
	answer->changed = true;
	answer_ok(answer, make_answer(sim, comment));
	(void)json_array_remove(sim->workspace.comments, index);
}
