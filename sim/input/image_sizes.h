/* The sizes of all images of an input: their description, and what is doubtful. */
#ifndef SQ_IMAGE_SIZES_H
#define SQ_IMAGE_SIZES_H

#include "sim/input/input.h"

#include <stddef.h>
#include <stdint.h>

struct sq_image_size {
    uint32_t width, height;
};

struct sq_image_sizes {
    uint64_t n;
    uint64_t n_as_network;             /* of the network's size */
    uint64_t n_squeezed;               /* of another shape than the network's */
    struct sq_image_size small, large; /* by their number of pixels */
    struct sq_image_size other;        /* the first that is not of the network's size */
};

/* Count `n` more images of this size. */
void sq_image_sizes_add(struct sq_image_sizes *sizes, const struct sq_input_want *want,
                        uint32_t height, uint32_t width, uint64_t n);

/* ", 17x33 to 30x20 pixels", ", 28x28 pixels"; "": all have the network's size. Width x height. */
void sq_image_sizes_text(const struct sq_image_sizes *sizes, char *out, size_t size);

/* What the configuration's fit does to them: "", ", stretched to 8x8 (bilinear, no antialiasing)".
 */
void sq_image_sizes_fit_text(const struct sq_image_sizes *sizes, const struct sq_input_want *want,
                             char *out, size_t size);

/* Warnings: images-stretched, images-not-antialiased, images-cropped-again. SQ_OK, SQ_EVALUE. */
int sq_image_sizes_judge(struct sq_error *err, const char *path, const struct sq_image_sizes *sizes,
                         const struct sq_input_want *want);

#endif
