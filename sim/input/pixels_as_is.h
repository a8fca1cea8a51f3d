/* Numbers that are taken as they are stored: any type, as long as float32 holds each exactly. */
#ifndef SQ_PIXELS_AS_IS_H
#define SQ_PIXELS_AS_IS_H

#include "traces/files/npy.h"

/* Whose pixels they are, for the sentence: "PATH: sample 3, frame 1, channel 0, row 5, column 7".
 */
struct sq_pixel_place {
    const char *path;
    const char *sample; /* "sample 3, ", or "" where the file is one sample */
    bool has_frames;
    size_t first; /* place of the first element in the sample, [T][C][H][W] or [C][H][W] */
    uint32_t channels, height, width;
};

/* n elements of this type -> pixels. SQ_EVALUE: one is NaN, infinite or would be rounded. */
int sq_pixels_as_is(struct sq_error *err, const struct sq_pixel_place *place,
                    const struct sq_array *type, const unsigned char *item, size_t n,
                    float *pixels);

#endif
