#include "cache/push.h"

#define LOG_MODULE "push"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/identity.h"
#include "cache/keys.h"
#include "cache/push_plan.h"
#include "cache/push_upload.h"
#include "cache/read_object.h"
#include "cache/status.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"
#include "mapping/parse.h"

/* A create that is not settled by then is planned anew. */
#define LEFT_OUT_MS ((int64_t)3600 * 1000)

static void push_release(struct push *push)
{
	queue_entry_release(&push->entry);
	json_decref(push->authored_base);
	json_decref(push->journal);
	json_decref(push->moving);
	json_decref(push->answers);
	free(push->lacking);
	failure_release(&push->failure);
}

static int load(struct push *push, node_id node)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	unsigned char key[KEY_NODE_BYTES];
	struct store_value journal;
	key_put_u64(key, node);
	int r = workspace_begin(push->workspace, false, &state, NULL);
	if (r == 0) {
		r = queue_get(state, node, &push->entry);
	}
	if (r == 0) {
		r = tree_get(state, node, &push->record);
	}
	if (r == 0 && store_get(state, STATE_JOURNAL, key, sizeof key, &journal) == 0) {
		push->journal = json_loadb(journal.bytes, journal.len, 0, NULL);
		const char *page = json_string_value(json_object_get(push->journal, "page"));
		if (push->journal == NULL ||
		    (page != NULL && uuid_parse(page, strlen(page), &push->page) < 0)) {
			return -EINVAL;
		}
		if (json_object_get(push->journal, "move") != NULL) {
			push->moving = steal(&push->journal);
			return 0;
		}
		json_t *merged_base = json_object_get(push->journal, "base");
		if (merged_base != NULL) {
			json_decref(push->authored_base);
			push->authored_base = push->entry.base;
			push->entry.base = json_incref(merged_base);
		}
		/* Its answers went with the process that got them. */
		push->is_resumed = json_integer_value(json_object_get(push->journal, "done")) > 0 ||
				   json_is_object(json_object_get(push->journal, "sending"));
	}
	return r;
}

/* A row's schema may have gone with the cache, never been here, or be older than Notion's. */
int push_have_schema(struct push *push, bool anew, bool *ret_is_changed)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct node_record directory;
	struct uuid source = {{0}};
	const json_t *page = json_object_get(push->entry.base, "page");
	json_t *schema = NULL;
	int r = workspace_begin(push->workspace, false, &state, &cache);
	if (r == 0) {
		r = tree_get(state, push->record.parent, &directory);
	}
	if (r < 0) {
		return r;
	}
	if (!json_get_id(json_object_get(page, "parent"), "data_source_id", &source)) {
		source = directory.role == ROLE_DATA_SOURCE ? directory.object : directory.source;
	}
	bool is_row = !uuid_is_zero(&source);
	bool is_here = is_row && object_exists(cache, &source);
	store_abort(steal(&state));
	store_abort(steal(&cache));
	if (!is_row || (is_here && !anew)) {
		return 0;
	}
	r = notion_data_source(push->workspace->notion, PRIORITY_SAVE, &source, &push->failure,
			       &schema);
	if (r == 0) {
		r = workspace_begin(push->workspace, true, NULL, &cache);
	}
	if (r == 0) {
		r = object_put(cache, schema, ret_is_changed);
		r = r == 0 ? workspace_commit(NULL, &cache) : r;
	}
	json_decref(schema);
	return r;
}

/* Our copy of the schema may be what is wrong: true when Notion's is another by now. */
static bool is_schema_renewed(struct push *push)
{
	CLEANUP(failure) struct failure reason = push->failure;
	bool is_changed = false;
	push->failure = (struct failure){0};
	int r = push_have_schema(push, true, &is_changed);
	failure_release(&push->failure);
	push->failure = reason;
	reason = (struct failure){0};
	return r == 0 && is_changed;
}

static bool is_in_head(const struct push *push, const struct diagnostic *error)
{
	struct page_text text;
	parse_split(push->entry.text, push->entry.text_len, &text);
	return text.frontmatter != NULL && error != NULL && error->line < text.body_line;
}

static void log_warnings(const struct push *push, const struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < diagnostics->count; i++) {
		const struct diagnostic *item = &diagnostics->items[i];
		if (item->severity == SEVERITY_WARNING) {
			log_warning("%s:%u:%u: %s", push->record.name, item->line, item->column,
				    item->message);
		}
	}
}

static int plan_again(struct push *push, struct diagnostics *diagnostics)
{
	diagnostics_release(diagnostics);
	diagnostics_init(diagnostics);
	push->is_too_large = false;
	push->again_ms = 0;
	return push_plan(push, diagnostics);
}

static int plan(struct push *push, struct diagnostics *diagnostics)
{
	int r = push_have_schema(push, false, NULL);
	if (r == 0) {
		r = push_plan(push, diagnostics);
	}
	if (r == -EINVAL && is_in_head(push, diagnostics_first_error(diagnostics)) &&
	    !atomic_load(&push->workspace->people.is_listed)) {
		/* After a start nobody is known by name yet: that is no mistake of the text. */
		if (refresh_people(push->workspace, PRIORITY_SAVE) < 0) {
			return -EAGAIN;
		}
		r = plan_again(push, diagnostics);
	}
	if (r == -EINVAL && is_in_head(push, diagnostics_first_error(diagnostics)) &&
	    is_schema_renewed(push)) {
		r = plan_again(push, diagnostics);
	}
	if (r == -EINVAL && push->is_too_large && identity_renew_limits(push->workspace)) {
		r = plan_again(push, diagnostics);
	}
	if (r == -EAGAIN && push->lacking_count > 0) {
		r = push_fetch_lacking(push);
		r = r == 0 ? plan_again(push, diagnostics) : r;
	}
	if (r == 0) {
		log_warnings(push, diagnostics);
	}
	return r;
}

int push_again_or_refuse(struct push *push, int error)
{
	if (error == -ECANCELED || error == -ENOTCONN) {
		return 0; /* stopping: the queue has it */
	}
	if (error == -EINVAL || error == -EPERM || error == -E2BIG || error == -ENOENT) {
		const char *why = push->failure.message[0] != '\0'
					  ? push->failure.message
					  : "the save can't be sent as it is";
		return push_refuse(push, push->line, push->column, why);
	}
	return -EAGAIN;
}

static bool push_has_to_move(const struct push *push)
{
	return push->moving != NULL || (push->record.flags & (NODE_MOVED | NODE_NEW)) == NODE_MOVED;
}

/* The move has changed what the rest is based on. */
static int reload(struct push *push)
{
	node_id node = push->record.node;
	queue_entry_release(&push->entry);
	failure_release(&push->failure);
	push->failure = (struct failure){0};
	return load(push, node);
}

/* A 4xx: has somebody changed what the plan was made for since we looked? Then it is made anew.
 * What was sent before it is part of the base either way (design.md §5.11). */
static int after_refusal(struct push *push, bool has_sent)
{
	CLEANUP(failure) struct failure reason = push->failure;
	push->failure = (struct failure){0};
	bool is_new = (push->record.flags & NODE_NEW) != 0 && uuid_is_zero(&push->page);
	int checked = is_new ? 0 : push_check(push);
	int rebased = has_sent ? push_rebase(push) : 0;
	failure_release(&push->failure);
	push->failure = reason;
	reason = (struct failure){0};
	return rebased < 0 || checked == -ESTALE ? -EAGAIN : -EINVAL;
}

static int push_save(struct push *push)
{
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	diagnostics_init(&diagnostics);
	int r = 0;
	if (push->journal != NULL) {
		r = push_resume(push);
		if (r == -ESTALE) {
			return push_conflict(push);
		}
	}
	if (r == 0 && push->journal == NULL && push_has_to_move(push)) {
		r = push_move(push);
		if (r == 0 && !push->is_over) {
			r = reload(push);
		}
	}
	if (push->is_over) {
		return r;
	}
	if (r == 0 && push->journal == NULL && push->entry.state != QUEUE_PENDING) {
		return 0; /* what was on its way is settled; this waits for a person */
	}
	if (r == 0 && push->journal == NULL && (push->record.flags & NODE_NEW) != 0) {
		r = push_wait_turn(push);
		if (r == -EINPROGRESS) {
			return r;
		}
	}
	if (r == 0 && push->journal == NULL) {
		r = plan(push, &diagnostics);
		const struct diagnostic *error = diagnostics_first_error(&diagnostics);
		if (r == -EINVAL && error != NULL) {
			return push_refuse(push, error->line, error->column, error->message);
		}
		if (r == 0 && !push_is_empty(push)) {
			r = (push->record.flags & NODE_NEW) != 0 ? 0 : push_check(push);
			if (r == -ESTALE) {
				failure_release(&push->failure);
				r = push_merge(push, &diagnostics);
				error = diagnostics_first_error(&diagnostics);
				if (r == -EINVAL && is_in_head(push, error)) {
					return push_refuse(push, error->line, error->column,
							   error->message);
				}
				if (r == -ENOENT || r == -EINVAL) {
					return push_conflict(push);
				}
			}
			if (r == 0) {
				r = push_save_journal(push);
			}
		}
	}
	if (r == 0) {
		r = push_send(push);
		bool has_sent = json_integer_value(json_object_get(push->journal, "done")) > 0;
		if (r == -ESTALE && has_sent && !push_is_merged(push)) {
			/* What a call made is not there as it was sent: the rest is planned anew.
			 */
			push->is_resumed = true;
			r = push_rebase(push);
			return r == 0 || r == -ENOENT ? -EAGAIN : r;
		}
		bool is_over = r == -EINVAL || (r == -ESTALE && push->is_file_changed);
		if (is_over && has_sent && push_is_merged(push)) {
			return push_conflict(push);
		}
		if (r == -EINVAL && !push_is_merged(push)) {
			r = after_refusal(push, has_sent);
		}
		if (r == -EINVAL && push->failure.status == 400 && is_schema_renewed(push)) {
			push->again_ms = clock_now_ms(); /* planned by the new one */
			return -EAGAIN;
		}
	}
	if (r == 0) {
		r = push_finish(push);
		if (r == 0 && json_is_true(json_object_get(push->journal, "partial"))) {
			push->again_ms = clock_now_ms();
			return -EAGAIN;
		}
	}
	if (r == 0 && push_has_to_move(push)) {
		push->again_ms = clock_now_ms();
		return -EAGAIN; /* it was moved while this was on its way */
	}
	return r < 0 && r != -EAGAIN ? push_again_or_refuse(push, r) : r;
}

/* The page goes to the trash from where it is to lie, and takes along nothing that has left it. */
static int push_leave(struct push *push)
{
	int r = 0;
	if (push->entry.due_ms <= clock_now_ms() && push->journal == NULL &&
	    push_has_to_move(push)) {
		r = push_move(push);
		if (r == 0) {
			r = reload(push);
		}
		if (r == -ENOENT) {
			return 0;
		}
	}
	if (r == 0 && push->entry.due_ms <= clock_now_ms() && push_is_being_left(push)) {
		return -EAGAIN;
	}
	return r < 0 ? push_again_or_refuse(push, r) : push_trash(push);
}

/* A page below one that comes out of the trash is looked at again after so long. */
#define ABOVE_RETRY_MS 300

/* The page, or one above it, is in the trash: it waits until that is out again. */
static bool is_blocked_by_trash(struct push *push, int *ret_result)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	if (push->entry.kind == QUEUE_TRASH ||
	    workspace_begin(push->workspace, false, &state, NULL) < 0) {
		return false;
	}
	if (trash_has(state, push->record.node)) {
		store_abort(steal(&state));
		*ret_result = trash_keep_owed(push->workspace, push->record.node);
		return true;
	}
	if (trash_is_above(state, &push->record)) {
		push->again_ms = clock_now_ms() + ABOVE_RETRY_MS;
		*ret_result = -EAGAIN;
		return true;
	}
	return false;
}

/* A listing left out what might have been this page: now that can be told. */
static void list_again(struct workspace *workspace, node_id parent)
{
	struct store_transaction *state = NULL;
	struct node_record directory;
	if (!recent_has(&workspace->left_out, parent, LEFT_OUT_MS) ||
	    workspace_begin(workspace, false, &state, NULL) < 0) {
		return;
	}
	int r = tree_get(state, parent, &directory);
	store_abort(state);
	if (r < 0) {
		return;
	}
	recent_forget(&workspace->left_out, parent);
	enum job_kind job = directory.role == ROLE_PAGE_DIRECTORY ? JOB_PAGE
			    : directory.role == ROLE_ROOT	  ? JOB_DISCOVER
			    : directory.role == ROLE_DATABASE	  ? JOB_DATABASE
								  : JOB_DATA_SOURCE;
	fetcher_request(&workspace->fetcher, job, &directory.object, PRIORITY_REFRESH, true);
}

int push_page(struct workspace *workspace, node_id node, int64_t *ret_again_ms)
{
	struct push push = {.workspace = workspace, .answers = json_object()};
	int r = load(&push, node);
	if (r == -ENOENT) {
		push_release(&push);
		return 0;
	}
	bool was_new = r == 0 && (push.record.flags & NODE_NEW) != 0;
	if (r == 0 && push.journal == NULL && !push_has_to_move(&push) &&
	    (push.entry.state == QUEUE_HELD || push.entry.state == QUEUE_ERROR)) {
		push_release(&push);
		return 0;
	}
	if (r == 0 && (push.entry.state == QUEUE_KEPT || is_blocked_by_trash(&push, &r))) {
		*ret_again_ms = push.again_ms;
		push_release(&push);
		return r;
	}
	if (r == 0 && push_is_trash_journal(&push)) {
		bool is_wanted =
			push.entry.kind != QUEUE_TRASH || (push.record.flags & NODE_HIDDEN) == 0;
		r = is_wanted ? push_untrash(&push) : 0;
	} else if (r == 0 && push.entry.kind == QUEUE_TRASH && push.journal != NULL) {
		/* A create may be on its way: then there is something to trash. */
		r = push_resume(&push);
		r = r == -ESTALE ? 0 : r; /* the rest of a merged save is wanted no more */
	}
	if (r == 0) {
		r = push.entry.kind == QUEUE_TRASH     ? push_leave(&push)
		    : push.entry.kind == QUEUE_RESTORE ? push_restored(&push)
		    : push.entry.kind == QUEUE_REVEAL  ? push_reveal(&push)
						       : push_save(&push);
	}
	if (r == -ECANCELED) {
		r = 0; /* stopping: the queue has it; or it waits for a person */
	}
	if (was_new && (r == 0 || r == -EAGAIN)) {
		push_wake_others(&push);
	}
	if (was_new && (r == 0 || push.journal == NULL)) {
		list_again(workspace, push.record.parent);
	}
	if (r < 0 && r != -EAGAIN && r != -EINPROGRESS) {
		log_error("saving %s failed: %s", push.record.name, strerror(-r));
		r = -EAGAIN;
	}
	*ret_again_ms = push.again_ms;
	push_release(&push);
	return r;
}

int push_validate(struct workspace *workspace, node_id node)
{
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	struct push push = {.workspace = workspace, .is_trial = true};
	diagnostics_init(&diagnostics);
	int r = load(&push, node);
	bool is_save = r == 0 && push.entry.kind == QUEUE_SAVE &&
		       push.entry.state == QUEUE_PENDING && push.journal == NULL;
	/* Names of people are not known from the first moment on. */
	is_save &= atomic_load(&workspace->people.is_listed);
	r = is_save ? push_plan(&push, &diagnostics) : 0;
	push_release(&push);
	return r == -EINVAL && diagnostics.has_error ? -EINVAL : 0;
}

static json_t *push_page_path(const struct push *push)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&push->record.object, id);
	return json_sprintf("/v1/pages/%s", id);
}

static json_t *calls_left(struct push *push)
{
	size_t i;
	json_t *call;
	json_t *left = json_array();
	size_t done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	json_array_foreach (json_object_get(push->journal, "calls"), i, call) {
		if (i >= done) {
			(void)json_array_append_new(
				left, json_pack("{sI sO sO so*}", "n", (json_int_t)i + 1, "method",
						json_object_get(call, "method"), "path",
						json_object_get(call, "path"), "body",
						json_deep_copy(json_object_get(call, "body"))));
		}
	}
	json_t *calls = push_show_uploads(push, left);
	(void)json_array_extend(calls, left);
	json_decref(left);
	return calls;
}

/* The move that comes before the others. */
static json_t *move_call(const struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	json_t *parent = NULL;
	char id[UUID_TEXT_BYTES];
	uuid_format(&push->record.object, id);
	if (workspace_begin(push->workspace, false, &state, NULL) < 0 ||
	    push_parent_value(state, push->record.parent, &parent) < 0) {
		parent = NULL; /* it is new itself */
	}
	return json_pack("{si ss so s{so?}}", "n", 0, "method", "POST", "path",
			 json_sprintf("/v1/pages/%s/move", id), "body", "parent", parent);
}

int push_show(struct workspace *workspace, node_id node, json_t **ret_answer)
{
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	struct push push = {.workspace = workspace, .is_trial = true};
	const char *error = NULL;
	bool waits = false;
	diagnostics_init(&diagnostics);
	int r = load(&push, node);
	if (r == 0 && push.entry.kind == QUEUE_TRASH) {
		json_t *call = json_pack("{sI ss so s{sb}}", "n", (json_int_t)1, "method", "PATCH",
					 "path", push_page_path(&push), "body", "in_trash", 1);
		push.journal = json_pack("{si s[o]}", "done", 0, "calls", call);
	} else if (r == 0 && push.journal == NULL) {
		r = push_plan(&push, &diagnostics);
		const struct diagnostic *first = diagnostics_first_error(&diagnostics);
		error = r == -EINVAL && first != NULL ? first->message : NULL;
		waits = r == -EAGAIN || (error != NULL && is_in_head(&push, first) &&
					 !atomic_load(&workspace->people.is_listed));
		error = waits ? NULL : error;
		r = error != NULL || waits ? 0 : r;
	}
	json_t *calls = calls_left(&push);
	if (r == 0 && push_has_to_move(&push)) {
		(void)json_array_insert_new(calls, 0, move_call(&push));
	}
	if (r == 0) {
		*ret_answer = json_pack("{ss sO ss? sb}", "state", status_of_entry(&push.entry),
					"calls", calls, "error",
					push.entry.state == QUEUE_ERROR ? push.entry.error : error,
					"waits", waits);
		r = *ret_answer == NULL ? -ENOMEM : 0;
	}
	json_decref(calls);
	push_release(&push);
	return r;
}
