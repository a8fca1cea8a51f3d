/* Reading one image: what is asked for, and the room that every format asks for the same way. */
#ifndef SQ_IMAGE_TASK_H
#define SQ_IMAGE_TASK_H

#include "kernels/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sq_image {
    uint32_t channels, height, width;
    bool may_clip;    /* grey of 16 bits, as the header says; and if it was not only measured, */
    size_t n_clipped; /* pixels of it that were cut off at 255 */
    unsigned char *bytes; /* by free() */
};

enum { SQ_IMAGE_MAX_SIDE = 16384, SQ_IMAGE_MAX_PIXELS = 1 << 26 };

struct sq_image_task {
    struct sq_error *err;
    const char *path;
    uint32_t channels;
    struct sq_image *out;
    bool only_measures; /* no room is taken, nothing decoded */
};

/* Room for the image, once its size is known: interleaved bytes [H][W][channels]. SQ_EUNSUPPORTED
 * (too large), SQ_ENOMEM. */
int sq_image_alloc(const struct sq_image_task *task, uint64_t height, uint64_t width);

/* SQ_EUNSUPPORTED: an image in colour for a network that takes one channel. */
int sq_image_refuse_colour(const struct sq_image_task *task);

#endif
