#include "sim/input/images/fit.h"

#include <inttypes.h>
#include <stdio.h>

static float scaled(unsigned byte)
{
    return (float)byte / 255.0f;
}

static void prepare_normalisation(struct sq_fit_plan *plan, const struct sq_config *config)
{
    for (uint32_t c = 0; c < plan->channels; c++) {
        plan->mean[c] = config->n_mean > 0 ? config->mean[c] : 0.0f;
        plan->std[c] = config->n_mean > 0 ? config->std[c] : 1.0f;
        for (unsigned byte = 0; byte < 256; byte++)
            plan->normalised[c][byte] = (scaled(byte) - plan->mean[c]) / plan->std[c];
    }
}

/* Half-pixel centres: output i lies at (i + 0.5) * from / to - 0.5 of the input, not before its
 * first pixel; no antialiasing. */
static struct sq_fit_tap *prepare_taps(struct sq_arena *arena, uint32_t from, uint32_t to)
{
    struct sq_fit_tap *tap = sq_arena_alloc(arena, to, sizeof *tap);
    const float scale = (float)from / (float)to;
    for (uint32_t i = 0; tap != NULL && i < to; i++) {
        float at = scale * ((float)i + 0.5f) - 0.5f;
        if (at < 0)
            at = 0;
        uint32_t near = (uint32_t)at;
        if (near > from - 1)
            near = from - 1;
        const float part = at - (float)near;
        tap[i].near = near;
        tap[i].far = near + 1 < from ? near + 1 : near;
        tap[i].far_weight = part < 1 ? part : 1;
        tap[i].near_weight = 1 - tap[i].far_weight;
    }
    return tap;
}

void sq_fit_crop_size(const struct sq_config *config, uint32_t *height, uint32_t *width)
{
    const uint64_t side = sq_config_shorter_side(config);
    uint32_t *shorter = *height < *width ? height : width;
    uint32_t *longer = shorter == height ? width : height;
    *longer = (uint32_t)(side * *longer / *shorter);
    *shorter = (uint32_t)side;
}

/* Half of what is cut off, a half rounded to the even number, as Python's round() does. */
static uint32_t crop_begin(uint32_t from, uint32_t to)
{
    const uint32_t twice = from - to;
    return twice / 2 + (twice % 4 == 3);
}

static int prepare_resampling(struct sq_fit_plan *p, const struct sq_config *config,
                              struct sq_arena *arena)
{
    uint32_t height = p->fit == SQ_FIT_CROP ? p->from_height : p->height;
    uint32_t width = p->fit == SQ_FIT_CROP ? p->from_width : p->width;
    if (p->fit == SQ_FIT_CROP)
        sq_fit_crop_size(config, &height, &width);
    p->rows = (struct sq_resample_axis){.from = p->from_height,
                                        .to = height,
                                        .begin = crop_begin(height, p->height),
                                        .n = p->height};
    p->columns = (struct sq_resample_axis){
        .from = p->from_width, .to = width, .begin = crop_begin(width, p->width), .n = p->width};
    p->lines = sq_arena_alloc(arena, (size_t)p->from_height * p->width, 1);
    p->resampled = sq_arena_alloc(arena, (size_t)p->height * p->width, 1);
    if (p->lines == NULL || p->resampled == NULL)
        return SQ_ENOMEM;
    const int rc = sq_resample_prepare(&p->rows, config->interpolation, arena);
    return rc == SQ_OK ? sq_resample_prepare(&p->columns, config->interpolation, arena) : rc;
}

/* What to do with images of this size: all of fit crop, even for one of the network's size, unless
 * it would change nothing. */
static enum sq_fit needed(const struct sq_fit_plan *plan, const struct sq_config *config)
{
    uint32_t height = plan->from_height, width = plan->from_width;
    const bool same = height == plan->height && width == plan->width;
    if (config->fit == SQ_FIT_CROP)
        sq_fit_crop_size(config, &height, &width);
    return same && height == plan->height && width == plan->width ? SQ_FIT_NONE : config->fit;
}

void sq_fit_describe(const struct sq_fit_plan *plan, const struct sq_config *config, char *out,
                     size_t size)
{
    const char *how = config->interpolation == SQ_INTERPOLATION_BICUBIC ? "bicubic" : "bilinear";
    char to[32];
    snprintf(to, sizeof to, "%" PRIu32 "x%" PRIu32, plan->width, plan->height);
    out[0] = '\0';
    switch (needed(plan, config)) {
    case SQ_FIT_NONE:
        break;
    case SQ_FIT_PAD:
        snprintf(out, size, ", padded to %s", to);
        break;
    case SQ_FIT_RESIZE:
        snprintf(out, size, ", stretched to %s (%s, %s)", to, how,
                 config->interpolation == SQ_INTERPOLATION_DEFAULT ? "no antialiasing"
                                                                   : "antialiased");
        break;
    case SQ_FIT_CROP:
        snprintf(out, size,
                 ", shorter side resized to %" PRIu32 " (%s, antialiased), centre crop %s",
                 sq_config_shorter_side(config), how, to);
        break;
    }
}

int sq_fit_prepare(struct sq_fit_plan *plan, const struct sq_config *config, struct sq_arena *arena)
{
    plan->fit = needed(plan, config);
    plan->resamples =
        plan->fit == SQ_FIT_CROP ||
        (plan->fit == SQ_FIT_RESIZE && config->interpolation != SQ_INTERPOLATION_DEFAULT);
    prepare_normalisation(plan, config);
    if (plan->fit == SQ_FIT_PAD) {
        plan->top = (plan->height - plan->from_height) / 2;
        plan->left = (plan->width - plan->from_width) / 2;
    }
    if (plan->resamples)
        return prepare_resampling(plan, config, arena);
    if (plan->fit == SQ_FIT_RESIZE) {
        plan->row = prepare_taps(arena, plan->from_height, plan->height);
        plan->column = prepare_taps(arena, plan->from_width, plan->width);
        if (plan->row == NULL || plan->column == NULL)
            return SQ_ENOMEM;
    }
    return SQ_OK;
}

/* Also for copies, where there is no border. */
static void pad(const struct sq_fit_plan *p, uint32_t c, const unsigned char *in, float *out)
{
    const float *value = p->normalised[c];
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++, out++) {
            const uint32_t row = y - p->top, column = x - p->left; /* huge where negative */
            const bool inside = row < p->from_height && column < p->from_width;
            *out = value[inside ? in[(size_t)row * p->from_width + column] : 0];
        }
}

static void resize(const struct sq_fit_plan *p, uint32_t c, const unsigned char *in, float *out)
{
    for (uint32_t y = 0; y < p->height; y++) {
        const struct sq_fit_tap r = p->row[y];
        const unsigned char *above = in + (size_t)r.near * p->from_width;
        const unsigned char *below = in + (size_t)r.far * p->from_width;
        for (uint32_t x = 0; x < p->width; x++, out++) {
            const struct sq_fit_tap k = p->column[x];
            const float upper =
                k.near_weight * scaled(above[k.near]) + k.far_weight * scaled(above[k.far]);
            const float lower =
                k.near_weight * scaled(below[k.near]) + k.far_weight * scaled(below[k.far]);
            const float blended = r.near_weight * upper + r.far_weight * lower;
            *out = (blended - p->mean[c]) / p->std[c];
        }
    }
}

static void resample(const struct sq_fit_plan *p, uint32_t c, const unsigned char *in, float *out)
{
    const size_t n = (size_t)p->height * p->width;
    sq_resample_apply(&p->rows, &p->columns, in, p->lines, p->resampled);
    for (size_t i = 0; i < n; i++)
        out[i] = p->normalised[c][p->resampled[i]];
}

void sq_fit_apply(const struct sq_fit_plan *plan, const unsigned char *in, float *out)
{
    const size_t from = (size_t)plan->from_height * plan->from_width;
    const size_t to = (size_t)plan->height * plan->width;
    for (uint32_t c = 0; c < plan->channels; c++) {
        if (plan->resamples)
            resample(plan, c, in + c * from, out + c * to);
        else if (plan->fit == SQ_FIT_RESIZE)
            resize(plan, c, in + c * from, out + c * to);
        else
            pad(plan, c, in + c * from, out + c * to);
    }
}
