#include <string.h>

#include "mapping/asset.h"
#include "mapping/link_destination.h"
#include "mapping/renderer.h"

static const char *tag_name(enum block_type type)
{
	return type == BLOCK_LINK_PREVIEW ? "link-preview" : block_type_name(type);
}

static bool compose_image(struct renderer *renderer, const struct block *image, struct buf *out)
{
	buf_puts(out, "![");
	render_inline(renderer, &image->caption, INLINE_CAPTION, out);
	buf_puts(out, "](");
	if (image->url != NULL) {
		render_destination(out, image->url);
	}
	buf_putc(out, ')');
	return memchr(out->data, '\n', out->len) == NULL;
}

static void compose_tag(struct renderer *renderer, const struct block *media, struct buf *out)
{
	static const char *const types[] = {
		[MEDIA_EXTERNAL] = "external",
		[MEDIA_FILE] = "file",
		[MEDIA_FILE_UPLOAD] = "file_upload",
	};
	const char *name = tag_name(media->type);

	buf_printf(out, "<%s", name);
	tag_render_attribute(out, "source", media->url);
	if (media->media != MEDIA_NONE && media->media != media_kind_of_url(media->url)) {
		tag_render_attribute(out, "type", types[media->media]);
	}
	if (media->type == BLOCK_FILE) {
		tag_render_attribute(out, "name", media->name);
	}
	if (media->type == BLOCK_LINK_PREVIEW) {
		buf_puts(out, " />");
		return;
	}
	buf_putc(out, '>');
	render_inline(renderer, &media->caption, INLINE_TAG, out);
	buf_printf(out, "</%s>", name);
}

static bool compose_media(struct renderer *renderer, const struct block *media, unsigned attempt,
			  struct buf *out)
{
	if (attempt == 0 && media->type == BLOCK_IMAGE && compose_image(renderer, media, out)) {
		return true;
	}
	buf_clear(out);
	compose_tag(renderer, media, out);
	return attempt < 2;
}

void render_media(struct renderer *renderer, const struct block *media)
{
	struct block shown = *media;

	if (media->media == MEDIA_FILE) {
		/* The signature changes at each read, and opens the file to whoever sees it. */
		char *bare = strndup(media->url, strcspn(media->url, "?"));
		const struct asset asset = {
			.place = ASSET_BLOCK, .owner = media->id, .name = media->name, .url = bare};
		const char *path = media->has_id ? asset_shown(renderer->names, &asset) : NULL;
		shown.url = path != NULL ? path : bare;
		(void)render_verified(renderer, &shown, compose_media);
		free(bare);
	} else {
		(void)render_verified(renderer, &shown, compose_media);
	}
	render_lines(renderer, renderer->text.data, renderer->text.len);
}
