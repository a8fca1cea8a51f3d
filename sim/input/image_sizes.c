#include "sim/input/image_sizes.h"

#include "sim/input/images/fit.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

static uint64_t pixels(struct sq_image_size s)
{
    return (uint64_t)s.width * s.height;
}

void sq_image_sizes_add(struct sq_image_sizes *sizes, const struct sq_input_want *want,
                        uint32_t height, uint32_t width, uint64_t n)
{
    const struct sq_image_size size = {width, height};
    const bool is_first = sizes->n == 0;
    const bool is_other = width != want->width || height != want->height;
    if (is_first || pixels(size) < pixels(sizes->small))
        sizes->small = size;
    if (is_first || pixels(size) > pixels(sizes->large))
        sizes->large = size;
    if (is_other && sizes->other.width == 0)
        sizes->other = size;
    sizes->n += n;
    sizes->n_as_network += is_other ? 0 : n;
    sizes->n_squeezed += (uint64_t)width * want->height != (uint64_t)height * want->width ? n : 0;
}

void sq_image_sizes_text(const struct sq_image_sizes *sizes, char *out, size_t size)
{
    const struct sq_image_size small = sizes->small, large = sizes->large;
    out[0] = '\0';
    if (sizes->n_as_network == sizes->n)
        return;
    if (small.width == large.width && small.height == large.height)
        snprintf(out, size, ", %" PRIu32 "x%" PRIu32 " pixels", small.width, small.height);
    else
        snprintf(out, size, ", %" PRIu32 "x%" PRIu32 " to %" PRIu32 "x%" PRIu32 " pixels",
                 small.width, small.height, large.width, large.height);
}

void sq_image_sizes_fit_text(const struct sq_image_sizes *sizes, const struct sq_input_want *want,
                             char *out, size_t size)
{
    const struct sq_image_size network = {want->width, want->height};
    const struct sq_image_size from = sizes->other.width > 0 ? sizes->other : network;
    const struct sq_fit_plan plan = {.from_height = from.height,
                                     .from_width = from.width,
                                     .height = want->height,
                                     .width = want->width};
    sq_fit_describe(&plan, want->config, out, size);
}

static int judge_stretched(struct sq_error *err, const char *path,
                           const struct sq_image_sizes *sizes, const char *what, const char *done)
{
    if (sizes->n_squeezed == 0)
        return SQ_OK;
    return sq_warn(err, "images-stretched",
                   "%s: %" PRIu64 " of %" PRIu64 " images lose their shape%s%s; evaluation resizes "
                   "the shorter side and crops the centre, " SQ_OPT "set fit=crop",
                   path, sizes->n_squeezed, sizes->n, what, done);
}

static int judge_plain(struct sq_error *err, const char *path, const struct sq_image_sizes *sizes,
                       const struct sq_input_want *want, const char *what, const char *done)
{
    if (sizes->n_squeezed > 0 || sizes->large.width <= want->width ||
        want->config->interpolation != SQ_INTERPOLATION_DEFAULT)
        return SQ_OK;
    return sq_warn(err, "images-not-antialiased",
                   "%s: images are made smaller%s%s; evaluation antialiases, " SQ_OPT
                   "set interpolation=bilinear or bicubic, as in training",
                   path, what, done);
}

static int judge_cropped(struct sq_error *err, const char *path, const struct sq_image_sizes *sizes,
                         const struct sq_input_want *want)
{
    const uint32_t side = sq_config_shorter_side(want->config);
    const uint32_t least = want->height < want->width ? want->height : want->width;
    if (sizes->n_as_network == 0 || side == least)
        return SQ_OK;
    return sq_warn(err, "images-cropped-again",
                   "%s: %" PRIu64 " of %" PRIu64 " images have the network's size and are resized "
                   "to %" PRIu32 " and cropped all the same; if they were before, " SQ_OPT
                   "set fit=none",
                   path, sizes->n_as_network, sizes->n, side);
}

int sq_image_sizes_judge(struct sq_error *err, const char *path, const struct sq_image_sizes *sizes,
                         const struct sq_input_want *want)
{
    char what[64], done[128];
    sq_image_sizes_text(sizes, what, sizeof what);
    sq_image_sizes_fit_text(sizes, want, done, sizeof done);
    if (want->config->fit == SQ_FIT_CROP)
        return judge_cropped(err, path, sizes, want);
    if (want->config->fit != SQ_FIT_RESIZE)
        return SQ_OK;
    const int rc = judge_stretched(err, path, sizes, what, done);
    return rc == SQ_OK ? judge_plain(err, path, sizes, want, what, done) : rc;
}
