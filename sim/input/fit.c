#include "sim/input/fit.h"

#include <stdbool.h>
#include <stddef.h>

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

int sq_fit_prepare(struct sq_fit_plan *plan, const struct sq_config *config, struct sq_arena *arena)
{
    const int same = plan->from_height == plan->height && plan->from_width == plan->width;
    plan->fit = same ? SQ_FIT_NONE : config->fit;
    prepare_normalisation(plan, config);
    if (plan->fit == SQ_FIT_PAD) {
        plan->top = (plan->height - plan->from_height) / 2;
        plan->left = (plan->width - plan->from_width) / 2;
    }
    if (plan->fit == SQ_FIT_RESIZE) {
        plan->row = prepare_taps(arena, plan->from_height, plan->height);
        plan->column = prepare_taps(arena, plan->from_width, plan->width);
        if (plan->row == NULL || plan->column == NULL)
            return SQ_ENOMEM;
    }
    return SQ_OK;
}

/* Copies too: then nothing is around the image. */
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

void sq_fit_apply(const struct sq_fit_plan *plan, const unsigned char *in, float *out)
{
    const size_t from = (size_t)plan->from_height * plan->from_width;
    const size_t to = (size_t)plan->height * plan->width;
    for (uint32_t c = 0; c < plan->channels; c++) {
        if (plan->fit == SQ_FIT_RESIZE)
            resize(plan, c, in + c * from, out + c * to);
        else
            pad(plan, c, in + c * from, out + c * to);
    }
}
