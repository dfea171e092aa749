#include "mapping/block_attribute.h"

#include <string.h>

#include "mapping/asset.h"
#include "mapping/inline.h"
#include "mapping/line.h"

static const char background_suffix[] = "_background";

const char *color_attribute(enum color color)
{
	static const char *const backgrounds[] = {
		"default_bg", "gray_bg", "brown_bg",  "orange_bg", "yellow_bg",
		"green_bg",   "blue_bg", "purple_bg", "pink_bg",   "red_bg",
	};
	return color >= COLOR_DEFAULT_BACKGROUND ? backgrounds[color - COLOR_DEFAULT_BACKGROUND]
						 : color_name(color);
}

enum color color_from_attribute(const char *value, size_t len)
{
	char name[64];

	if (len > 3 && len < 40 && memcmp(value + len - 3, "_bg", 3) == 0) {
		memcpy(name, value, len - 3);
		memcpy(name + len - 3, background_suffix, sizeof(background_suffix));
		return color_from_name(name, len - 3 + strlen(background_suffix));
	}
	return color_from_name(value, len);
}

/* A stored icon: its path, or where that would be read as another kind, or is not known, what
 * says that it is one. */
static void file_icon(const struct block *block, const struct names *names, struct arena *arena,
		      struct buf *out)
{
	const char *url = asset_bare_url(arena, block->icon.text);
	const struct asset asset = {.place = ASSET_BLOCK_ICON, .owner = block->id, .url = url};
	const char *path = block->has_id ? asset_shown(names, &asset) : NULL;
	const char *shown = path != NULL ? path : url;
	if (icon_from_attribute(arena, shown, names).kind != ICON_FILE) {
		buf_puts(out, "file:");
	}
	buf_puts(out, shown);
}

void icon_attribute(const struct block *block, const struct names *names, struct buf *out)
{
	const struct icon *icon = &block->icon;
	struct uuid found;
	char id[UUID_TEXT_BYTES];
	struct arena arena;

	switch (icon->kind) {
	case ICON_NONE: break;
	case ICON_EMOJI:
	case ICON_EXTERNAL:
		/* An odd one that would be read as another kind says what it is. */
		arena_init(&arena);
		if (icon_from_attribute(&arena, icon->text, names).kind != icon->kind) {
			buf_puts(out, icon->kind == ICON_EMOJI ? "emoji:" : "external:");
		}
		arena_release(&arena);
		buf_puts(out, icon->text);
		break;
	case ICON_FILE:
		arena_init(&arena);
		file_icon(block, names, &arena, out);
		arena_release(&arena);
		break;
	case ICON_FILE_UPLOAD: buf_printf(out, "upload:%s", icon->text); break;
	case ICON_CUSTOM_EMOJI:
		buf_printf(out, ":%s:", icon->text);
		if (names == NULL || names->find_emoji == NULL ||
		    !names->find_emoji(names->context, icon->text, strlen(icon->text), &found) ||
		    !uuid_equal(&found, &icon->id)) {
			uuid_format(&icon->id, id);
			buf_puts(out, id);
		}
		break;
	case ICON_BUILTIN:
		buf_printf(out, "icon:%s", icon->text);
		if (icon->color != NULL) {
			buf_printf(out, ":%s", icon->color);
		}
		break;
	}
}

static bool has_prefix(const char *string, const char *prefix)
{
	return strncmp(string, prefix, strlen(prefix)) == 0;
}

static struct icon custom_emoji(struct arena *arena, const char *value, const char *end,
				const struct names *names)
{
	struct icon icon = {.kind = ICON_CUSTOM_EMOJI};

	icon.text = arena_copy(arena, value + 1, (size_t)(end - value - 1));
	if (end[1] != '\0') {
		if (uuid_parse(end + 1, strlen(end + 1), &icon.id) != 0) {
			return (struct icon){.kind = ICON_EMOJI, .text = value};
		}
	} else if (names != NULL && names->find_emoji != NULL) {
		(void)names->find_emoji(names->context, icon.text, strlen(icon.text), &icon.id);
	}
	return icon;
}

struct icon icon_from_attribute(struct arena *arena, const char *value, const struct names *names)
{
	struct icon icon = {.kind = ICON_EMOJI, .text = value};
	const char *colon = strrchr(value, ':');

	if (value[0] == '\0') {
		icon.kind = ICON_NONE;
		icon.text = NULL;
	} else if (has_prefix(value, "emoji:")) {
		icon.text = value + strlen("emoji:");
	} else if (has_prefix(value, "external:")) {
		icon.kind = ICON_EXTERNAL;
		icon.text = value + strlen("external:");
	} else if (has_prefix(value, "file:")) {
		icon.kind = ICON_FILE;
		icon.text = value + strlen("file:");
	} else if (has_prefix(value, "upload:")) {
		icon.kind = ICON_FILE_UPLOAD;
		icon.text = value + strlen("upload:");
	} else if (has_prefix(value, "icon:")) {
		icon.kind = ICON_BUILTIN;
		value += strlen("icon:");
		colon = strrchr(value, ':');
		icon.text =
			colon != NULL ? arena_copy(arena, value, (size_t)(colon - value)) : value;
		icon.color = colon != NULL ? colon + 1 : NULL;
	} else if (value[0] == ':' && colon > value + 1) {
		icon = custom_emoji(arena, value, colon, names);
	} else if (has_prefix(value, "http://") || has_prefix(value, "https://")) {
		icon.kind = ICON_EXTERNAL;
	} else if (asset_is_file_path(value)) {
		icon.kind = ICON_FILE;
	}
	return icon;
}

const char *ratio_to_percent(struct arena *arena, const char *ratio)
{
	size_t digits = has_prefix(ratio, "0.") ? strspn(ratio + 2, "0123456789") : 0;
	if (digits == 0 || ratio[2 + digits] != '\0') {
		return NULL;
	}
	char *percent = arena_alloc(arena, digits + 4);
	char *p = percent;
	for (size_t i = 0; i < 2; i++) {
		char digit = i < digits ? ratio[2 + i] : '0';
		if (digit != '0' || i == 1 || p > percent) {
			*p++ = digit;
		}
	}
	if (digits > 2) {
		*p++ = '.';
		memcpy(p, ratio + 4, digits - 2);
	}
	return percent;
}

const char *ratio_from_percent(struct arena *arena, const char *percent)
{
	size_t whole = strspn(percent, "0123456789");
	const char *rest = percent + whole;
	size_t decimals = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;

	if (whole == 0 || whole > 2 || (*rest == '.' && decimals == 0) ||
	    rest[decimals + (*rest == '.')] != '\0') {
		return NULL;
	}
	struct buf ratio;
	buf_init(&ratio, decimals + 8);
	buf_printf(&ratio, "0.%s%.*s", whole == 1 ? "0" : "", (int)whole, percent);
	buf_append(&ratio, rest + (*rest == '.'), decimals);
	while (ratio.len > 3 && ratio.data[ratio.len - 1] == '0') {
		buf_truncate(&ratio, ratio.len - 1);
	}
	const char *copy = arena_copy(arena, ratio.data, ratio.len);
	buf_release(&ratio);
	return copy;
}

size_t scan_v1_attributes(const char *text, size_t len, enum color *color, bool *ret_toggle)
{
	enum color found_color = *color;
	bool found_toggle = false;

	if (len < 2 || text[len - 1] != '}') {
		return len;
	}
	const char *open = memrchr(text, '{', len);
	if (open == NULL || open == text || (open[-1] != ' ' && open[-1] != '\t') ||
	    len - (size_t)(open - text) > 100) {
		return len;
	}
	const char *p = open + 1;
	const char *end = text + len - 1;
	while (p < end) {
		const char *equals = memchr(p, '=', (size_t)(end - p));
		if (equals == NULL || equals + 1 >= end || equals[1] != '"') {
			return len;
		}
		const char *value = equals + 2;
		const char *quote = memchr(value, '"', (size_t)(end - value));
		size_t name_len = (size_t)(equals - p);
		if (quote == NULL) {
			return len;
		}
		size_t value_len = (size_t)(quote - value);
		if (name_len == 5 && memcmp(p, "color", 5) == 0) {
			found_color = color_from_attribute(value, value_len);
			if (found_color == COLOR_COUNT) {
				return len;
			}
		} else if (ret_toggle != NULL && name_len == 6 && memcmp(p, "toggle", 6) == 0 &&
			   value_len == 4 && memcmp(value, "true", 4) == 0) {
			found_toggle = true;
		} else {
			return len;
		}
		p = quote + 1;
		while (p < end && *p == ' ') {
			p++;
		}
	}
	if (open + 1 == end) {
		return len;
	}
	*color = found_color;
	if (ret_toggle != NULL) {
		*ret_toggle = found_toggle;
	}
	return trim_end(text, (size_t)(open - text));
}

const char *scan_code_caption(struct arena *arena, const char *info, size_t len, size_t *ret_len)
{
	static const char mark[] = "{caption=\"";
	const char *open = memmem(info, len, mark, strlen(mark));

	*ret_len = len;
	if (open == NULL || info[len - 1] != '}' || (open > info && open[-1] != ' ')) {
		return NULL;
	}
	/* Read as a tag's attribute: one way of quoting is enough. */
	CLEANUP(buf) struct buf text;
	buf_init(&text, len + 16);
	buf_puts(&text, "<x ");
	buf_append(&text, open + 1, (size_t)(info + len - 1 - (open + 1)));
	buf_puts(&text, ">");
	struct tag tag;
	if (!tag_parse(arena, text.data, text.len, &tag) || tag.len != text.len ||
	    tag.attribute_count != 1) {
		return NULL;
	}
	*ret_len = trim_end(info, (size_t)(open - info));
	return tag_attribute(&tag, "caption");
}
