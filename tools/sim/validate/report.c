#include "tools/sim/validate/report.h"

#include <stdarg.h>
#include <string.h>

#define MESSAGE_MAX_BYTES ((size_t)1 << 20)
#define FAILURES_MAX 60 /* lines in one message; a person reads the first few */
#define VALUE_MAX_BYTES 55

void report_init(struct validate_report *report, const char *root)
{
	memset(report, 0, sizeof *report);
	buf_init(&report->path, MESSAGE_MAX_BYTES);
	buf_init(&report->failures, MESSAGE_MAX_BYTES);
	buf_init(&report->content, MESSAGE_MAX_BYTES);
	buf_puts(&report->path, root);
}

size_t report_enter_key(struct validate_report *report, const char *key)
{
	size_t mark = report->path.len;
	buf_printf(&report->path, ".%s", key);
	return mark;
}

size_t report_enter_index(struct validate_report *report, size_t index)
{
	size_t mark = report->path.len;
	buf_printf(&report->path, "[%zu]", index);
	return mark;
}

void report_leave(struct validate_report *report, size_t mark)
{
	buf_truncate(&report->path, mark);
}

/* Long values are cut, at a character. */
static void put_value(struct buf *buf, const json_t *value)
{
	if (value == NULL) {
		buf_puts(buf, "undefined");
		return;
	}
	CLEANUP(free) char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (text == NULL) {
		return;
	}
	size_t len = strlen(text);
	if (len > VALUE_MAX_BYTES) {
		len = VALUE_MAX_BYTES;
		while (((unsigned char)text[len] & 0xc0) == 0x80) {
			len--;
		}
		buf_append(buf, text, len);
		buf_puts(buf, "...");
	} else {
		buf_append(buf, text, len);
	}
}

static bool begin_failure(struct validate_report *report)
{
	report->failure_count++;
	if (report->failure_count > FAILURES_MAX) {
		return false;
	}
	if (report->failures.len > 0) {
		buf_putc(&report->failures, '\n');
	}
	buf_append(&report->failures, report->path.data, report->path.len);
	return true;
}

void report_expected(struct validate_report *report, const char *expectation, const json_t *value)
{
	if (begin_failure(report)) {
		buf_printf(&report->failures, " should be %s, instead was `", expectation);
		put_value(&report->failures, value);
		buf_puts(&report->failures, "`.");
	}
}

void report_length(struct validate_report *report, const char *bound, size_t limit, size_t length)
{
	if (begin_failure(report)) {
		buf_printf(&report->failures, ".length should be %s `%zu`, instead was `%zu`.",
			   bound, limit, length);
	}
}

void report_content(struct validate_report *report, const char *sentence)
{
	if (report->content.len > 0) {
		buf_putc(&report->content, '\n');
	}
	buf_puts(&report->content, sentence);
}

int report_finish(struct validate_report *report, char **ret_message)
{
	int status = 0;
	if (report->failure_count > 0) {
		status = report_message(ret_message, "body failed validation%s%s",
					report->failure_count == 1 ? ": " : ". Fix one:\n",
					report->failures.data);
	} else if (report->content.len > 0) {
		status = report_message(ret_message,
					"Content creation Failed. Fix the following: \n%s",
					report->content.data);
	}
	buf_release(&report->path);
	buf_release(&report->failures);
	buf_release(&report->content);
	return status;
}

int report_message(char **ret_message, const char *format, ...)
{
	struct buf buf;
	va_list args;
	buf_init(&buf, 2 * MESSAGE_MAX_BYTES);
	va_start(args, format);
	buf_vprintf(&buf, format, args);
	va_end(args);
	*ret_message = buf_steal(&buf, NULL);
	return 400;
}
