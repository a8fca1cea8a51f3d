/* Does an array of samples fit the network? Errors say what it takes, what there is, and
 * what to do. */
#ifndef SQ_SAMPLE_SHAPE_H
#define SQ_SAMPLE_SHAPE_H

#include "sim/input/input.h"
#include "traces/files/array.h"

/* How the elements become pixels. */
enum sq_sample_use {
    SQ_SAMPLE_BYTES, /* uint8 image: scale, fit, normalise */
    SQ_SAMPLE_AS_IS, /* any number that float32 holds exactly */
};

struct sq_sample_shape {
    enum sq_sample_use use;
    uint32_t channels, height, width; /* as stored */
};

/* SQ_ESHAPE, or SQ_EUNSUPPORTED for a type that images do not have. */
int sq_sample_shape_check(struct sq_error *err, const char *path, const struct sq_array *array,
                          const struct sq_input_want *want, struct sq_sample_shape *shape);

/* The same for a file of one sample's frames, [T,C,H,W]. SQ_ESHAPE. */
int sq_frames_shape_check(struct sq_error *err, const char *path, const struct sq_array *array,
                          const struct sq_input_want *want);

#endif
