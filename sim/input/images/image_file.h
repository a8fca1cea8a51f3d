/* PNG and JPEG images -> bytes [C][H][W], as Pillow's convert("RGB") or an image in grey gives
 * them: palettes and small depths are expanded, of 16 bits the upper eight count (grey without
 * alpha is cut off at 255, and n_clipped counts it), inks become light, alpha is dropped,
 * gamma, colour profiles and orientation play no part. JPEG data that a decoder has to guess at are
 * refused; bytes too many and odd versions are not. */
#ifndef SQ_IMAGE_FILE_H
#define SQ_IMAGE_FILE_H

#include "sim/input/images/image_task.h"

#include <stdbool.h>
#include <stdio.h>

/* Do the n bytes begin a PNG or JPEG file? */
bool sq_image_knows(const unsigned char *head, size_t n);

/* Read an image of 1 or 3 channels; grey becomes three equal channels, colours do not become grey.
 * SQ_EIO, SQ_EFORMAT (damaged), SQ_EUNSUPPORTED (too large, colour where grey is taken), SQ_ENOMEM.
 */
int sq_image_read(struct sq_error *err, const char *path, uint32_t channels, struct sq_image *out);

/* The size alone, may_clip, and whether the image is one that is read, from its header. out->bytes is NULL.
 */
int sq_image_measure(struct sq_error *err, const char *path, uint32_t channels,
                     struct sq_image *out);

/* Both of an open file, from its beginning; `name` is what messages call it. */
int sq_image_read_stream(struct sq_error *err, const char *name, FILE *file, uint32_t channels,
                         struct sq_image *out);
int sq_image_measure_stream(struct sq_error *err, const char *name, FILE *file, uint32_t channels,
                            struct sq_image *out);

#endif
