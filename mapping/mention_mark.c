#include "mapping/mention_mark.h"

#include <string.h>

#include "mapping/character.h"

#define USER_SCHEME "user://"
#define EMOJI_SCHEME "emoji://"
#define PAGE_URL "https://www.notion.so/"

static bool is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

bool mention_mark_is_tag(const char *name)
{
	return is(name, "mention") || is(name, "date") || is(name, "math") ||
	       is(name, "mention-user") || is(name, "mention-page") ||
	       is(name, "mention-database") || is(name, "mention-date");
}

static const char *decoded_label(struct arena *arena, const char *text, size_t len)
{
	char *label = arena_alloc(arena, len + 1);
	(void)character_unescape(text, len, label);
	return label;
}

static void set_text(struct run *run, const char *text)
{
	run->text = text;
	run->text_len = strlen(text);
}

static const char *non_empty(const char *value)
{
	return value != NULL && value[0] != '\0' ? value : NULL;
}

static const char *joined(struct arena *arena, const char *a, const char *between, const char *b)
{
	size_t a_len = strlen(a);
	size_t between_len = strlen(between);
	char *text = arena_alloc(arena, a_len + between_len + strlen(b) + 1);
	memcpy(text, a, a_len);
	memcpy(text + a_len, between, between_len);
	memcpy(text + a_len + between_len, b, strlen(b));
	return text;
}

/* One end of a date; the older tags keep the time in an attribute of its own. */
static const char *date_end(struct arena *arena, const struct tag *tag, const char *name,
			    const char *time_name)
{
	const char *date = non_empty(tag_attribute(tag, name));
	const char *time = non_empty(tag_attribute(tag, time_name));
	return date != NULL && time != NULL ? joined(arena, date, "T", time) : date;
}

static bool parse_date(struct arena *arena, const struct tag *tag, struct run *run)
{
	static const char *const zone_names[] = {"time-zone", "timezone", "time_zone"};
	run->mention = MENTION_DATE;
	run->start = date_end(arena, tag, "start", "starttime");
	run->end = date_end(arena, tag, "end", "endtime");
	for (size_t i = 0; i < 3 && run->time_zone == NULL; i++) {
		run->time_zone = non_empty(tag_attribute(tag, zone_names[i]));
	}
	if (run->start == NULL) {
		return false;
	}
	set_text(run, run->end == NULL ? run->start : joined(arena, run->start, " → ", run->end));
	return true;
}

static bool parse_template(const struct tag *tag, struct run *run)
{
	const char *name = tag_attribute(tag, "name");
	run->mention = is(name, "me") ? MENTION_TEMPLATE_USER : MENTION_TEMPLATE_DATE;
	if (!is(name, "me") && !is(name, "today") && !is(name, "now")) {
		return false;
	}
	set_text(run, name);
	return true;
}

static bool parse_link(const struct tag *tag, enum mention_kind kind, struct run *run)
{
	run->mention = kind;
	run->url = tag_attribute(tag, "url");
	return run->url != NULL;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* What a URL or a bare id in `url` points to; `kind` is what the tag itself says. */
static bool parse_target(struct arena *arena, const struct tag *tag, enum mention_kind kind,
			 struct run *run)
{
	const char *url = tag_attribute(tag, "url");
	if (url == NULL) {
		return false;
	}
	size_t len = strlen(url);
	if (len > 4 && has_prefix(url, "{{") && strcmp(url + len - 2, "}}") == 0) {
		url = arena_copy(arena, url + 2, len - 4);
	}
	run->mention = kind;
	if (has_prefix(url, USER_SCHEME)) {
		run->mention = MENTION_USER;
		url += strlen(USER_SCHEME);
		if (run->text_len > 0) {
			set_text(run, joined(arena, "@", run->text, ""));
		}
	} else if (has_prefix(url, EMOJI_SCHEME)) {
		run->mention = MENTION_CUSTOM_EMOJI;
		run->name = tag_attribute(tag, "name");
		url += strlen(EMOJI_SCHEME);
	}
	return uuid_parse(url, strlen(url), &run->id) == 0 ||
	       uuid_from_url(url, strlen(url), &run->id) == 0;
}

static bool parse_mention(struct arena *arena, const struct tag *tag, struct run *run)
{
	const char *type = tag_attribute(tag, "type");
	if (type == NULL || is(type, "page")) {
		return parse_target(arena, tag, MENTION_PAGE, run);
	}
	if (is(type, "user") || is(type, "database") || is(type, "custom_emoji")) {
		enum mention_kind kind = is(type, "user")	? MENTION_USER
					 : is(type, "database") ? MENTION_DATABASE
								: MENTION_CUSTOM_EMOJI;
		return parse_target(arena, tag, kind, run);
	}
	if (is(type, "template")) {
		return parse_template(tag, run);
	}
	if (is(type, "link")) {
		return parse_link(tag, MENTION_LINK_MENTION, run);
	}
	if (is(type, "preview")) {
		return parse_link(tag, MENTION_LINK_PREVIEW, run);
	}
	if (is(type, "other")) {
		run->mention = MENTION_OTHER;
		run->name = non_empty(tag_attribute(tag, "name"));
		run->raw = tag_attribute(tag, "json");
		return run->raw != NULL;
	}
	return false;
}

bool mention_mark_parse(struct arena *arena, const struct tag *tag, const char *label, size_t len,
			struct run *ret_run)
{
	struct run run = {.kind = RUN_MENTION};
	set_text(&run, decoded_label(arena, label, len));
	bool is_known = false;
	if (is(tag->name, "math")) {
		const char *expression = tag_attribute(tag, "expression");
		run.kind = RUN_EQUATION;
		set_text(&run, expression != NULL ? expression : "");
		is_known = expression != NULL;
	} else if (is(tag->name, "date") || is(tag->name, "mention-date")) {
		is_known = parse_date(arena, tag, &run);
	} else if (is(tag->name, "mention-user")) {
		is_known = parse_target(arena, tag, MENTION_USER, &run);
	} else if (is(tag->name, "mention-database")) {
		is_known = parse_target(arena, tag, MENTION_DATABASE, &run);
	} else if (is(tag->name, "mention-page")) {
		is_known = parse_target(arena, tag, MENTION_PAGE, &run);
	} else {
		is_known = parse_mention(arena, tag, &run);
	}
	if (is_known) {
		*ret_run = run;
	}
	return is_known;
}

static void render_label(struct buf *out, const char *label, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)label[i];
		if (byte < ' ' || byte == 0x7f) {
			character_append_reference(out, byte);
			continue;
		}
		if (byte == '<') {
			/* not `\<`: the close tag is searched for without regard to backslashes */
			buf_puts(out, "&lt;");
			continue;
		}
		if (strchr("\\&[]|`*", byte) != NULL) {
			buf_putc(out, '\\');
		}
		buf_putc(out, label[i]);
	}
}

static void render_labelled(struct buf *out, const char *label, size_t len)
{
	if (len == 0) {
		buf_puts(out, " />");
		return;
	}
	buf_putc(out, '>');
	render_label(out, label, len);
	buf_puts(out, "</mention>");
}

static void render_user(const struct run *mention, const struct names *names, struct buf *out)
{
	char id[UUID_TEXT_BYTES];
	const char *label = mention->text;
	const char *email = NULL;
	bool is_unique = false;
	if (names != NULL && names->user != NULL &&
	    !names->user(names->context, &mention->id, &label, &email, &is_unique)) {
		label = mention->text;
	}
	uuid_format(&mention->id, id);
	buf_printf(out, "<mention url=\"" USER_SCHEME "%s\"", id);
	label = label != NULL ? label : "";
	label += label[0] == '@';
	render_labelled(out, label, strlen(label));
}

static void render_page(const struct run *mention, const struct names *names, struct buf *out)
{
	char id[UUID_TEXT_BYTES];
	const char *title = NULL;
	if (names != NULL && names->title != NULL) {
		title = names->title(names->context, &mention->id);
	}
	title = title != NULL ? title : mention->text;
	uuid_format(&mention->id, id);
	buf_puts(out, mention->mention == MENTION_DATABASE ? "<mention type=\"database\" url=\""
							   : "<mention url=\"");
	buf_puts(out, PAGE_URL);
	for (const char *at = id; *at != '\0'; at++) {
		if (*at != '-') {
			buf_putc(out, *at);
		}
	}
	buf_putc(out, '"');
	render_labelled(out, title, strlen(title));
}

/* Does `:name:` find this very emoji again? */
static bool emoji_has_name(const struct run *mention, const struct names *names)
{
	struct uuid id;
	if (mention->name == NULL || names == NULL || names->find_emoji == NULL) {
		return false;
	}
	for (const char *at = mention->name; *at != '\0'; at++) {
		if (!character_is_ascii_letter(*at) && !character_is_digit(*at) &&
		    strchr("_-+", *at) == NULL) {
			return false;
		}
	}
	return names->find_emoji(names->context, mention->name, strlen(mention->name), &id) &&
	       uuid_equal(&id, &mention->id);
}

static void render_emoji(const struct run *mention, const struct names *names, struct buf *out)
{
	char id[UUID_TEXT_BYTES];
	if (emoji_has_name(mention, names)) {
		buf_printf(out, ":%s:", mention->name);
		return;
	}
	uuid_format(&mention->id, id);
	buf_printf(out, "<mention url=\"" EMOJI_SCHEME "%s\"", id);
	tag_render_attribute(out, "name", mention->name);
	render_labelled(out, mention->text, mention->text_len);
}

static void render_link(const char *type, const struct run *mention, struct buf *out)
{
	buf_printf(out, "<mention type=\"%s\"", type);
	tag_render_attribute(out, "url", mention->url);
	render_labelled(out, mention->text, mention->text_len);
}

void mention_mark_render(const struct run *mention, const struct names *names, struct buf *out)
{
	switch (mention->mention) {
	case MENTION_USER: render_user(mention, names, out); break;
	case MENTION_PAGE:
	case MENTION_DATABASE: render_page(mention, names, out); break;
	case MENTION_DATE:
		buf_puts(out, "<date");
		tag_render_attribute(out, "start", mention->start);
		tag_render_attribute(out, "end", mention->end);
		tag_render_attribute(out, "time-zone", mention->time_zone);
		buf_puts(out, " />");
		break;
	case MENTION_TEMPLATE_DATE:
	case MENTION_TEMPLATE_USER:
		buf_puts(out, "<mention type=\"template\"");
		tag_render_attribute(out, "name", mention->text);
		buf_puts(out, " />");
		break;
	case MENTION_CUSTOM_EMOJI: render_emoji(mention, names, out); break;
	case MENTION_LINK_MENTION: render_link("link", mention, out); break;
	case MENTION_LINK_PREVIEW: render_link("preview", mention, out); break;
	case MENTION_OTHER:
		buf_puts(out, "<mention type=\"other\"");
		tag_render_attribute(out, "name", mention->name);
		tag_render_attribute(out, "json", mention->raw);
		render_labelled(out, mention->text, mention->text_len);
		break;
	}
}

void mention_mark_render_equation(const struct run *equation, struct buf *out)
{
	buf_puts(out, "<math");
	tag_render_attribute(out, "expression", equation->text);
	buf_puts(out, " />");
}
