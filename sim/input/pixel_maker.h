/* Pixel maker: one sample of an array, as it is stored, becomes pixels of the network's size. The same
 * for files and for arrays in memory. */
#ifndef SQ_PIXEL_MAKER_H
#define SQ_PIXEL_MAKER_H

#include "kernels/base/arena.h"
#include "sim/input/images/fit.h"
#include "sim/input/sample_shape.h"

struct sq_pixel_maker {
    struct sq_sample_shape shape;
    struct sq_array type;             /* of the whole array */
    size_t elements;                  /* of one sample */
    uint32_t channels, height, width; /* of the network */
    struct sq_fit_plan plan;
};

/* Prepare for the samples of an array of this type and shape; memory is the arena's.
 *   path   begins sentences: a file's, or what the array is
 * What sq_sample_shape_check() refuses; SQ_ENOMEM. */
int sq_pixel_maker_prepare(struct sq_error *err, const char *path, const struct sq_array *type,
                           const struct sq_input_want *want, struct sq_arena *arena,
                           struct sq_pixel_maker *maker);

/* What is done to `count` samples, ", /255, padded to 32x32, normalised" or ", as stored", and warnings
 * of what is doubtful about their size. SQ_OK, SQ_EVALUE; *done is written in any case. */
int sq_pixel_maker_survey(struct sq_error *err, const char *path,
                          const struct sq_pixel_maker *maker, const struct sq_input_want *want,
                          uint64_t count, char *done, size_t size);

/* Sample `number`, elements as they are stored -> pixels [C][H][W], or [T][C][H][W] of frames.
 * SQ_EVALUE: NaN, infinite, or float32 cannot hold it; names sample and place. */
int sq_pixel_maker_make(struct sq_error *err, const char *path, const struct sq_pixel_maker *maker,
                        uint64_t number, const unsigned char *item, float *pixels);

#endif
