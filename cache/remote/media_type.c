#include "cache/remote/media_type.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *ending;
	const char *type;
} types[] = {
	{"aac", "audio/aac"},
	{"avi", "video/x-msvideo"},
	{"bmp", "image/bmp"},
	{"csv", "text/csv"},
	{"doc", "application/msword"},
	{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"flv", "video/x-flv"},
	{"gif", "image/gif"},
	{"heic", "image/heic"},
	{"ico", "image/vnd.microsoft.icon"},
	{"jpeg", "image/jpeg"},
	{"jpg", "image/jpeg"},
	{"json", "application/json"},
	{"m4a", "audio/mp4"},
	{"m4v", "video/x-m4v"},
	{"mid", "audio/midi"},
	{"midi", "audio/midi"},
	{"mkv", "video/x-matroska"},
	{"mov", "video/quicktime"},
	{"mp3", "audio/mpeg"},
	{"mp4", "video/mp4"},
	{"mpeg", "video/mpeg"},
	{"mpg", "video/mpeg"},
	{"oga", "audio/ogg"},
	{"ogg", "audio/ogg"},
	{"pdf", "application/pdf"},
	{"png", "image/png"},
	{"ppt", "application/vnd.ms-powerpoint"},
	{"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{"qt", "video/quicktime"},
	{"svg", "image/svg+xml"},
	{"tif", "image/tiff"},
	{"tiff", "image/tiff"},
	{"txt", "text/plain"},
	{"wav", "audio/wav"},
	{"webm", "video/webm"},
	{"webp", "image/webp"},
	{"wma", "audio/x-ms-wma"},
	{"wmv", "video/x-ms-wmv"},
	{"xls", "application/vnd.ms-excel"},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

const char *media_type_of(const char *file_name)
{
	const char *dot = strrchr(file_name, '.');
	for (size_t i = 0; dot != NULL && i < sizeof types / sizeof types[0]; i++) {
		if (strcasecmp(dot + 1, types[i].ending) == 0) {
			return types[i].type;
		}
	}
	return NULL;
}
