#include "sim/input/pixel_maker.h"

#include "kernels/base/checked.h"
#include "sim/input/image_sizes.h"
#include "sim/input/pixels_as_is.h"

#include <inttypes.h>
#include <stdio.h>

int sq_pixel_maker_prepare(struct sq_error *err, const char *path, const struct sq_array *type,
                           const struct sq_input_want *want, struct sq_arena *arena,
                           struct sq_pixel_maker *maker)
{
    struct sq_fit_plan *plan = &maker->plan;
    *maker = (struct sq_pixel_maker){
        .type = *type,
        .channels = want->channels,
        .height = want->height,
        .width = want->width,
        .plan = {.channels = want->channels, .height = want->height, .width = want->width}};
    int rc = sq_sample_shape_check(err, path, type, want, &maker->shape);
    if (rc != SQ_OK)
        return rc;
    plan->from_height = maker->shape.height;
    plan->from_width = maker->shape.width;
    if (maker->shape.use == SQ_SAMPLE_BYTES)
        rc = sq_fit_prepare(plan, want->config, arena);
    if (rc != SQ_OK || !sq_mul_dims(type->dim + 1, type->n_dims - 1, &maker->elements))
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for one sample", path);
    return SQ_OK;
}

int sq_pixel_maker_survey(struct sq_error *err, const char *path,
                          const struct sq_pixel_maker *maker, const struct sq_input_want *want,
                          uint64_t count, char *done, size_t size)
{
    struct sq_image_sizes sizes = {0};
    char fit[128];
    snprintf(done, size, ", as stored");
    if (maker->shape.use != SQ_SAMPLE_BYTES)
        return SQ_OK;
    sq_image_sizes_add(&sizes, want, maker->shape.height, maker->shape.width, count);
    sq_image_sizes_fit_text(&sizes, want, fit, sizeof fit);
    snprintf(done, size, ", /255%s, %s", fit,
             want->config->n_mean > 0 ? "normalised" : "not normalised");
    return sq_image_sizes_judge(err, path, &sizes, want);
}

static int take_as_is(struct sq_error *err, const char *path, const struct sq_pixel_maker *maker,
                      uint64_t number, const unsigned char *item, float *pixels)
{
    char sample[32];
    snprintf(sample, sizeof sample, "sample %" PRIu64 ", ", number);
    const struct sq_pixel_place place = {.path = path,
                                         .sample = sample,
                                         .has_frames = maker->type.n_dims == 5,
                                         .channels = maker->channels,
                                         .height = maker->height,
                                         .width = maker->width};
    return sq_pixels_as_is(err, &place, &maker->type, item, maker->elements, pixels);
}

int sq_pixel_maker_make(struct sq_error *err, const char *path, const struct sq_pixel_maker *maker,
                        uint64_t number, const unsigned char *item, float *pixels)
{
    if (maker->shape.use != SQ_SAMPLE_BYTES)
        return take_as_is(err, path, maker, number, item, pixels);
    sq_fit_apply(&maker->plan, item, pixels);
    return SQ_OK;
}
