/* uint8 images -> float32 pixels of the network's size:
 *   resample   bytes: shorter side to a size and the centre of that, or all of it to the network's
 *   scale      x = byte / 255
 *   fit        zero bytes around it, or bilinear interpolation of x
 *   normalise  (x - mean[c]) / std[c], the padding too
 * scale, fit and normalise in float32, in this order, as torchvision's ToTensor, Pad or Resize,
 * Normalize. What is resampled (resample.h) is what torchvision's Resize and CenterCrop make of
 * Pillow's images, before ToTensor. */
#ifndef SQ_FIT_H
#define SQ_FIT_H

#include "kernels/base/arena.h"
#include "sim/config/config.h"
#include "sim/input/images/resample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One output row or column is `near` and `far` blended. */
struct sq_fit_tap {
    uint32_t near, far;
    float near_weight, far_weight;
};

struct sq_fit_plan {
    enum sq_fit fit; /* what to do: SQ_FIT_NONE where the sizes agree */
    uint32_t channels, from_height, from_width, height, width;
    uint32_t top, left;              /* padding */
    struct sq_fit_tap *row, *column; /* interpolation: [height], [width] */
    bool resamples;                  /* instead of these, the members below are used */
    struct sq_resample_axis rows, columns;
    unsigned char *lines, *resampled;             /* [from_height][width], [height][width] */
    float normalised[SQ_MAX_INPUT_CHANNELS][256]; /* of each byte */
    float mean[SQ_MAX_INPUT_CHANNELS], std[SQ_MAX_INPUT_CHANNELS];
};

/* Prepare for images of from_height x from_width. The sizes in *plan are set by the caller, and
 * with SQ_FIT_PAD the target is not smaller. SQ_ENOMEM; memory is the arena's. */
int sq_fit_prepare(struct sq_fit_plan *plan, const struct sq_config *config,
                   struct sq_arena *arena);

/* The size that fit crop resizes images of *height x *width to: the shorter side is the
 * configuration's, the longer one in proportion, rounded down. */
void sq_fit_crop_size(const struct sq_config *config, uint32_t *height, uint32_t *width);

/* "", ", padded to 32x32", ", shorter side resized to 256 (bicubic), centre crop 224x224": what is
 * done to images of from_height x from_width, whose sizes are set in *plan. Width x height. */
void sq_fit_describe(const struct sq_fit_plan *plan, const struct sq_config *config, char *out,
                     size_t size);

/* in [channels][from_height][from_width] -> out [channels][height][width]. */
void sq_fit_apply(const struct sq_fit_plan *plan, const unsigned char *in, float *out);

#endif
