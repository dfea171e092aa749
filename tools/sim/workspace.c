#include "tools/sim/workspace.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define CLIMB_MAX 1000 /* no real tree is deeper; guards against a file with a cycle */
#define FIRST_SLOTS 1024

static uint64_t hash_uuid(const struct uuid *id)
{
	uint64_t hash = 1469598103934665603u;
	for (size_t i = 0; i < sizeof id->bytes; i++) {
		hash = (hash ^ id->bytes[i]) * 1099511628211u;
	}
	return hash;
}

static struct record **find_slot(struct record **slots, size_t slot_count, const struct uuid *id)
{
	size_t slot = hash_uuid(id) % slot_count;
	while (slots[slot] != NULL && !uuid_equal(&slots[slot]->id, id)) {
		slot = (slot + 1) % slot_count;
	}
	return &slots[slot];
}

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);
	if (memory == NULL) {
		abort();
	}
	return memory;
}

static void grow(struct workspace *workspace)
{
	size_t slot_count = workspace->slot_count * 2;
	struct record **slots = allocate(slot_count, sizeof(*slots));
	for (size_t i = 0; i < workspace->slot_count; i++) {
		struct record *record = workspace->slots[i];
		if (record != NULL) {
			*find_slot(slots, slot_count, &record->id) = record;
		}
	}
	free(workspace->slots);
	workspace->slots = slots;
	workspace->slot_count = slot_count;
}

struct record *workspace_find(const struct workspace *workspace, const char *id)
{
	struct uuid uuid;
	if (id == NULL || uuid_parse(id, strlen(id), &uuid) < 0) {
		return NULL;
	}
	return *find_slot(workspace->slots, workspace->slot_count, &uuid);
}

struct record *workspace_record(struct workspace *workspace, const char *id)
{
	struct uuid uuid = {{0}};
	if (uuid_parse(id, strlen(id), &uuid) < 0) {
		abort();
	}
	if (workspace->record_count * 2 >= workspace->slot_count) {
		grow(workspace);
	}
	struct record **slot = find_slot(workspace->slots, workspace->slot_count, &uuid);
	if (*slot == NULL) {
		*slot = allocate(1, sizeof(**slot));
		(*slot)->id = uuid;
		workspace->record_count++;
	}
	return *slot;
}

const char *workspace_parent_id(const json_t *object)
{
	const json_t *parent = json_object_get(object, "parent");
	const char *type = json_string_value(json_object_get(parent, "type"));
	return type == NULL ? NULL : json_string_value(json_object_get(parent, type));
}

struct record *workspace_parent(const struct workspace *workspace, const struct record *record)
{
	const json_t *object = record->page != NULL	     ? record->page
			       : record->database != NULL    ? record->database
			       : record->data_source != NULL ? record->data_source
							     : record->block;
	return workspace_find(workspace, workspace_parent_id(object));
}

struct record *workspace_page_of(const struct workspace *workspace, struct record *record)
{
	for (int i = 0; i < CLIMB_MAX && record != NULL; i++) {
		if (record->page != NULL || record->database != NULL) {
			return record;
		}
		record = workspace_parent(workspace, record);
	}
	return NULL;
}

bool workspace_is_shared(const struct workspace *workspace, const struct record *record)
{
	if (workspace->all_shared && !workspace->has_unshared) {
		return true;
	}
	for (int i = 0; i < CLIMB_MAX && record != NULL; i++) {
		if (record->is_root || record->is_unshared) {
			return !record->is_unshared;
		}
		record = workspace_parent(workspace, record);
	}
	return workspace->all_shared;
}

bool workspace_has_trash_flag(const struct record *record)
{
	const json_t *objects[] = {record->block, record->page, record->database,
				   record->data_source};
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
		if (json_is_true(json_object_get(objects[i], "in_trash"))) {
			return true;
		}
	}
	return false;
}

bool workspace_is_trashed(const struct workspace *workspace, const struct record *record)
{
	for (int i = 0; i < CLIMB_MAX && record != NULL; i++) {
		if (workspace_has_trash_flag(record)) {
			return true;
		}
		record = workspace_parent(workspace, record);
	}
	return false;
}

json_t *workspace_children(const struct workspace *workspace, const char *id)
{
	return json_object_get(workspace->blocks, id);
}

size_t workspace_child_index(const json_t *children, const char *id)
{
	size_t index;
	const json_t *child;
	json_array_foreach (children, index, child) {
		if (strcmp(json_string_value(json_object_get(child, "id")), id) == 0) {
			return index;
		}
	}
	return json_array_size(children);
}

bool workspace_has_live_children(const struct workspace *workspace, const char *id)
{
	size_t index;
	const json_t *child;
	json_array_foreach (workspace_children(workspace, id), index, child) {
		if (!json_is_true(json_object_get(child, "in_trash"))) {
			return true;
		}
	}
	return false;
}

void workspace_insert_block(struct workspace *workspace, const char *parent_id, size_t index,
			    json_t *block)
{
	json_t *children = json_object_get(workspace->blocks, parent_id);
	if (children == NULL) {
		children = json_array();
		(void)json_object_set_new(workspace->blocks, parent_id, children);
	}
	const char *id = json_string_value(json_object_get(block, "id"));
	workspace_record(workspace, id)->block = block;
	(void)json_array_insert_new(children, index, block);
}

void workspace_new_id(struct workspace *workspace, int version, char id[UUID_TEXT_BYTES])
{
	do {
		uint64_t n = ++workspace->ids_made;
		/* Spread over the digits, as real ids are: multiplying by an odd number is a
		 * bijection, so no two are equal. */
		uint64_t spread = n * 0x9e3779b97f4a7c15u;
		if (version == 4) {
			(void)snprintf(id, UUID_TEXT_BYTES, "%08x-%04x-4%03x-9%03x-%012llx",
				       (unsigned)(spread >> 32), (unsigned)(spread >> 16) & 0xffff,
				       (unsigned)(spread & 0xfff), (unsigned)(n & 0xfff),
				       (unsigned long long)(spread >> 12 & 0xffffffffffff));
		} else {
			(void)snprintf(id, UUID_TEXT_BYTES, "%08x-60a4-81%02x-%04x-%012llx",
				       (unsigned)(0x38c9ce7bu + (n >> 12)),
				       (unsigned)(spread >> 56), (unsigned)(0x8000 | (n & 0x3fff)),
				       (unsigned long long)(spread >> 8 & 0xffffffffffff));
		}
	} while (workspace_find(workspace, id) != NULL ||
		 workspace_child_index(workspace->file_uploads, id) <
			 json_array_size(workspace->file_uploads));
}

const char *workspace_config_string(const struct workspace *workspace, const char *key,
				    const char *otherwise)
{
	const char *value = json_string_value(json_object_get(workspace->config, key));
	return value != NULL ? value : otherwise;
}

json_t *workspace_user(const struct workspace *workspace, const char *id)
{
	size_t index;
	json_t *user;
	json_array_foreach (workspace->users, index, user) {
		const char *user_id = json_string_value(json_object_get(user, "id"));
		if (user_id != NULL && id != NULL && strcasecmp(user_id, id) == 0) {
			return user;
		}
	}
	return NULL;
}

json_t *workspace_bot(const struct workspace *workspace)
{
	const char *configured = workspace_config_string(workspace, "bot_id", NULL);
	json_t *user = workspace_user(workspace, configured);
	if (user != NULL) {
		return user;
	}
	size_t index;
	json_array_foreach (workspace->users, index, user) {
		const char *type = json_string_value(json_object_get(user, "type"));
		if (type != NULL && strcmp(type, "bot") == 0) {
			return user;
		}
	}
	return NULL;
}

/* ── loading ── */

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

/* The member `key` of the document, made when missing: a dump then has every key. */
static int take_member(json_t *document, const char *key, json_type type, json_t **ret_member,
		       char **ret_message)
{
	json_t *member = json_object_get(document, key);
	if (member == NULL) {
		member = type == JSON_ARRAY ? json_array() : json_object();
		(void)json_object_set_new(document, key, member);
	}
	if (json_typeof(member) != type) {
		return complain(ret_message, "workspace file: \"%s\" has the wrong JSON type", key);
	}
	*ret_member = member;
	return 0;
}

static int index_object(struct workspace *workspace, json_t *object, size_t member_offset,
			char **ret_message)
{
	const char *id = json_string_value(json_object_get(object, "id"));
	struct uuid uuid;
	if (id == NULL || uuid_parse(id, strlen(id), &uuid) < 0) {
		return complain(ret_message, "workspace file: not a uuid: \"%s\"",
				id != NULL ? id : "(none)");
	}
	struct record *record = workspace_record(workspace, id);
	json_t **member = (json_t **)(void *)((char *)record + member_offset);
	if (*member != NULL) {
		return complain(ret_message, "workspace file: the id %s is there twice", id);
	}
	*member = object;
	return 0;
}

static int index_array(struct workspace *workspace, const json_t *array, size_t member_offset,
		       char **ret_message)
{
	size_t index;
	json_t *object;
	json_array_foreach (array, index, object) {
		int result = index_object(workspace, object, member_offset, ret_message);
		if (result < 0) {
			return result;
		}
	}
	return 0;
}

static int index_roots(struct workspace *workspace, char **ret_message)
{
	const json_t *roots = json_object_get(workspace->document, "roots");
	if (roots == NULL) {
		workspace->all_shared = true;
		return 0;
	}
	size_t index;
	const json_t *root;
	json_array_foreach (roots, index, root) {
		const char *id = json_is_object(root)
					 ? json_string_value(json_object_get(root, "id"))
					 : json_string_value(root);
		struct record *record = workspace_find(workspace, id);
		if (record == NULL) {
			return complain(ret_message, "workspace file: no object for the root %s",
					id != NULL ? id : "(none)");
		}
		record->is_root = true;
	}
	return 0;
}

static int index_document(struct workspace *workspace, char **ret_message)
{
	static const struct {
		const char *key;
		json_type type;
		size_t offset;
	} members[] = {
		{"users", JSON_ARRAY, offsetof(struct workspace, users)},
		{"pages", JSON_ARRAY, offsetof(struct workspace, pages)},
		{"databases", JSON_ARRAY, offsetof(struct workspace, databases)},
		{"data_sources", JSON_ARRAY, offsetof(struct workspace, data_sources)},
		{"blocks", JSON_OBJECT, offsetof(struct workspace, blocks)},
		{"comments", JSON_ARRAY, offsetof(struct workspace, comments)},
		{"files", JSON_OBJECT, offsetof(struct workspace, files)},
		{"config", JSON_OBJECT, offsetof(struct workspace, config)},
	};
	if (!json_is_object(workspace->document)) {
		return complain(ret_message, "workspace file: %s", "not a JSON object");
	}
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		json_t **member = (json_t **)(void *)((char *)workspace + members[i].offset);
		int result = take_member(workspace->document, members[i].key, members[i].type,
					 member, ret_message);
		if (result < 0) {
			return result;
		}
	}
	workspace->file_uploads = json_object_get(workspace->document, "file_uploads");
	if (workspace->file_uploads != NULL && !json_is_array(workspace->file_uploads)) {
		return complain(ret_message, "workspace file: %s", "\"file_uploads\" is no array");
	}
	int result = index_array(workspace, workspace->pages, offsetof(struct record, page),
				 ret_message);
	if (result == 0) {
		result = index_array(workspace, workspace->databases,
				     offsetof(struct record, database), ret_message);
	}
	if (result == 0) {
		result = index_array(workspace, workspace->data_sources,
				     offsetof(struct record, data_source), ret_message);
	}
	const char *parent_id;
	json_t *children;
	json_object_foreach (workspace->blocks, parent_id, children) {
		if (result == 0) {
			result = index_array(workspace, children, offsetof(struct record, block),
					     ret_message);
		}
	}
	return result == 0 ? index_roots(workspace, ret_message) : result;
}

int workspace_init(struct workspace *workspace, json_t *document, char **ret_message)
{
	*workspace = (struct workspace){
		.document = document,
		.slots = allocate(FIRST_SLOTS, sizeof(struct record *)),
		.slot_count = FIRST_SLOTS,
	};
	int result = index_document(workspace, ret_message);
	if (result < 0) {
		workspace_release(workspace);
	}
	return result;
}

void workspace_release(struct workspace *workspace)
{
	for (size_t i = 0; i < workspace->slot_count; i++) {
		free(workspace->slots[i]);
	}
	free(workspace->slots);
	json_decref(workspace->document);
	*workspace = (struct workspace){0};
}
