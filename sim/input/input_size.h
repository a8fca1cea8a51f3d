/* The size of the images in an input, for networks whose configuration does not give it. */
#ifndef SQ_INPUT_SIZE_H
#define SQ_INPUT_SIZE_H

#include "kernels/base/status.h"

#include <stdint.h>

/* Height and width of the first sample of `path` (a const char *): an array's last two axes, an
 * image's own, 32x32 of a CIFAR batch. Both stay as they are where it has none: recordings of
 * event cameras, streams, what is not there. SQ_ENOMEM and what reading an image refuses. */
int sq_input_size(struct sq_error *err, void *path, uint32_t *height, uint32_t *width);

#endif
