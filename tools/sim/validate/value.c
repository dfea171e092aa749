#include "tools/sim/validate/value.h"

#include "tools/sim/validate/text.h"

#define TEXT_MAX 2000
#define EXPRESSION_MAX 1000

const struct shape shape_boolean = {.kind = SHAPE_BOOLEAN};
const struct shape shape_string = {.kind = SHAPE_STRING};
const struct shape shape_id = {.kind = SHAPE_ID};
static const struct shape string_or_null = {.kind = SHAPE_STRING, .nullable = true};

static const char *const block_word[] = {"block", NULL};
const struct shape shape_block_object = {.kind = SHAPE_WORD, .words = block_word};
static const char *const user_word[] = {"user", NULL};
static const struct shape user_object = {.kind = SHAPE_WORD, .words = user_word};

static const char *const colors[] = {"default",
				     "gray",
				     "brown",
				     "orange",
				     "yellow",
				     "green",
				     "blue",
				     "purple",
				     "pink",
				     "red",
				     "default_background",
				     "gray_background",
				     "brown_background",
				     "orange_background",
				     "yellow_background",
				     "green_background",
				     "blue_background",
				     "purple_background",
				     "pink_background",
				     "red_background",
				     NULL};
const struct shape shape_color = {.kind = SHAPE_WORD, .words = colors};

static const struct field has_id_fields[] = {{"id", &shape_id, true}, {0}};
const struct shape shape_has_id = {.kind = SHAPE_OBJECT, .fields = has_id_fields};
const struct shape shape_file_upload = {.kind = SHAPE_OBJECT, .fields = has_id_fields};

/* dates */

static const struct shape date_text = {.kind = SHAPE_DATE};
static const struct shape date_text_or_null = {.kind = SHAPE_DATE, .nullable = true};
static const struct field date_fields[] = {
	{"start", &date_text, true},
	{"end", &date_text_or_null, false},
	{"time_zone", &string_or_null, false},
	{0},
};
const struct shape shape_date = {.kind = SHAPE_OBJECT, .fields = date_fields};
const struct shape shape_date_or_null = {
	.kind = SHAPE_OBJECT, .fields = date_fields, .nullable = true};

/* mentions */

static const struct field user_fields[] = {
	{"id", &shape_id, true},
	{"object", &user_object, false},
	{0},
};
static const struct shape user = {.kind = SHAPE_OBJECT, .fields = user_fields};

static const char *const mention_dates[] = {"today", "now", NULL};
static const struct shape mention_date = {.kind = SHAPE_WORD, .words = mention_dates};
static const char *const mention_users[] = {"me", NULL};
static const struct shape mention_user = {.kind = SHAPE_WORD, .words = mention_users};
static const struct field template_mentions[] = {
	{"template_mention_date", &mention_date, false},
	{"template_mention_user", &mention_user, false},
	{0},
};
static const struct shape template_mention = {
	.kind = SHAPE_OBJECT, .variants = template_mentions, .typed = true};

static const struct field custom_emoji_fields[] = {
	{"id", &shape_id, true},
	{"name", &shape_string, false},
	{"url", &shape_string, false},
	{0},
};
static const struct shape custom_emoji = {.kind = SHAPE_OBJECT, .fields = custom_emoji_fields};

static const struct field mentions[] = {
	{"user", &user, false},
	{"date", &shape_date, false},
	{"page", &shape_has_id, false},
	{"database", &shape_has_id, false},
	{"template_mention", &template_mention, false},
	{"custom_emoji", &custom_emoji, false},
	{0},
};
static const struct shape mention = {.kind = SHAPE_OBJECT, .variants = mentions, .typed = true};

/* rich text */

static const struct shape link_url = {.kind = SHAPE_LINK, .complaint = "Invalid URL for link."};
static const struct field link_fields[] = {{"url", &link_url, true}, {0}};
static const struct shape link_or_null = {
	.kind = SHAPE_OBJECT, .fields = link_fields, .nullable = true};

static const struct shape content = {.kind = SHAPE_STRING, .max = TEXT_MAX};
static const struct field text_fields[] = {
	{"content", &content, true},
	{"link", &link_or_null, false},
	{0},
};
static const struct shape text = {.kind = SHAPE_OBJECT, .fields = text_fields};

static const struct shape expression = {.kind = SHAPE_STRING, .max = EXPRESSION_MAX};
static const struct field equation_fields[] = {{"expression", &expression, true}, {0}};
static const struct shape equation = {.kind = SHAPE_OBJECT, .fields = equation_fields};

static const struct field annotation_fields[] = {
	{"bold", &shape_boolean, false},
	{"italic", &shape_boolean, false},
	{"strikethrough", &shape_boolean, false},
	{"underline", &shape_boolean, false},
	{"code", &shape_boolean, false},
	{"color", &shape_color, false},
	{0},
};
static const struct shape annotations = {.kind = SHAPE_OBJECT, .fields = annotation_fields};

static const struct field run_fields[] = {{"annotations", &annotations, false}, {0}};
static const struct field run_variants[] = {
	{"text", &text, false},
	{"mention", &mention, false},
	{"equation", &equation, false},
	{0},
};
/* What a run that was read has more than one that is written. */
static const char *const run_tolerated[] = {"plain_text", "href", "object", NULL};
static const struct shape run = {.kind = SHAPE_OBJECT,
				 .fields = run_fields,
				 .variants = run_variants,
				 .typed = true,
				 .tolerated = run_tolerated};
const struct shape shape_rich_text = {.kind = SHAPE_ARRAY, .max = VALUE_ITEMS_MAX, .items = &run};

/* icons and covers */

static void check_emoji(struct validate_report *report, const json_t *icon)
{
	const json_t *emoji = json_object_get(icon, "emoji");
	if (emoji != NULL && !text_is_emoji(json_string_value(emoji))) {
		size_t mark = report_enter_key(report, "emoji");
		report_expected(report, "an emoji", emoji);
		report_leave(report, mark);
	}
}

static const struct shape icon_url = {.kind = SHAPE_URL, .complaint = "Invalid icon url."};
static const struct field icon_url_fields[] = {{"url", &icon_url, true}, {0}};
static const struct shape icon_external = {.kind = SHAPE_OBJECT, .fields = icon_url_fields};

static const char *const icon_colors[] = {"gray", "lightgray", "brown", "yellow", "orange", "green",
					  "blue", "purple",    "pink",	"red",	  NULL};
static const struct shape icon_color = {.kind = SHAPE_WORD, .words = icon_colors};
static const struct shape icon_name = {.kind = SHAPE_STRING, .min = 1};
static const struct field built_in_fields[] = {
	{"name", &icon_name, true},
	{"color", &icon_color, false},
	{0},
};
static const struct shape built_in = {.kind = SHAPE_OBJECT, .fields = built_in_fields};

static const struct field icons[] = {
	{"file_upload", &shape_file_upload, false},
	{"emoji", &shape_string, false},
	{"external", &icon_external, false},
	{"custom_emoji", &custom_emoji, false},
	{"icon", &built_in, false},
	{0},
};
const struct shape shape_icon = {
	.kind = SHAPE_OBJECT, .variants = icons, .typed = true, .check = check_emoji};
const struct shape shape_icon_or_null = {.kind = SHAPE_OBJECT,
					 .variants = icons,
					 .typed = true,
					 .nullable = true,
					 .check = check_emoji};

static const struct shape cover_url = {.kind = SHAPE_URL, .complaint = "Invalid page cover URL."};
static const struct field cover_url_fields[] = {{"url", &cover_url, true}, {0}};
static const struct shape cover_external = {.kind = SHAPE_OBJECT, .fields = cover_url_fields};
static const struct field covers[] = {
	{"file_upload", &shape_file_upload, false},
	{"external", &cover_external, false},
	{0},
};
const struct shape shape_cover = {.kind = SHAPE_OBJECT, .variants = covers, .typed = true};
const struct shape shape_cover_or_null = {
	.kind = SHAPE_OBJECT, .variants = covers, .typed = true, .nullable = true};
