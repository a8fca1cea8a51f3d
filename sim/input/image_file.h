/* PNG and JPEG images -> bytes [C][H][W], as Pillow's convert("RGB") or an image in grey gives
 * them: palettes and small depths are expanded, alpha is dropped, gamma and colour profiles play no
 * part.
 */
#ifndef SQ_IMAGE_FILE_H
#define SQ_IMAGE_FILE_H

#include "kernels/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sq_image {
    uint32_t channels, height, width;
    unsigned char *bytes; /* by free() */
};

enum { SQ_IMAGE_MAX_SIDE = 16384, SQ_IMAGE_MAX_PIXELS = 1 << 26 };

/* Do the n bytes begin a PNG or JPEG file? */
bool sq_image_knows(const unsigned char *head, size_t n);

/* Read an image of 1 or 3 channels; grey becomes three equal channels, colours do not become grey.
 * SQ_EIO, SQ_EFORMAT (damaged), SQ_EUNSUPPORTED (16 bits, CMYK, too large, colour where grey is
 * taken), SQ_ENOMEM. */
int sq_image_read(struct sq_error *err, const char *path, uint32_t channels, struct sq_image *out);

/* The two formats: from the file's beginning. */
struct sq_image_task {
    struct sq_error *err;
    const char *path;
    uint32_t channels;
    struct sq_image *out;
};

/* Room for the image, once its size is known: interleaved bytes [H][W][channels]. */
int sq_image_alloc(const struct sq_image_task *task, uint64_t height, uint64_t width);

int sq_image_refuse_colour(const struct sq_image_task *task);

#endif
