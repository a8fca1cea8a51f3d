#include "sim/input/images/resample.h"

#include <math.h>
#include <stddef.h>

enum { FRACTION_BITS = 22, HALF = 1 << (FRACTION_BITS - 1) };

static double bilinear(double x)
{
    return fabs(x) < 1 ? 1 - fabs(x) : 0;
}

static double bicubic(double x)
{
    const double a = -0.5;
    const double d = fabs(x);
    if (d < 1)
        return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}

struct filter {
    double (*at)(double x);
    double support, scale, stretch;
};

static struct filter filter_of(const struct sq_resample_axis *axis, enum sq_interpolation name)
{
    const int is_cubic = name == SQ_INTERPOLATION_BICUBIC;
    const double scale = (double)axis->from / (double)axis->to;
    const double stretch = scale > 1 ? scale : 1;
    return (struct filter){.at = is_cubic ? bicubic : bilinear,
                           .support = (is_cubic ? 2 : 1) * stretch,
                           .scale = scale,
                           .stretch = stretch};
}

/* Nearest whole number, halves away from zero. */
static int32_t fixed(double weight)
{
    return (int32_t)(weight * (1 << FRACTION_BITS) + (weight < 0 ? -0.5 : 0.5));
}

/* The inputs of output i and their weights; `exact` has room for them. */
static void prepare_output(struct sq_resample_axis *axis, const struct filter *f, uint32_t i,
                           double *exact)
{
    const double centre = ((double)axis->begin + i + 0.5) * f->scale;
    const double low = centre - f->support + 0.5, high = centre + f->support + 0.5;
    const uint32_t first = low > 0 ? (uint32_t)low : 0;
    const uint32_t end = high < (double)axis->from ? (uint32_t)high : axis->from;
    int32_t *weight = axis->weight + (size_t)i * axis->taps;
    double sum = 0;
    for (uint32_t k = 0; k < end - first; k++) {
        exact[k] = f->at(((double)k + first - centre + 0.5) * (1 / f->stretch));
        sum += exact[k];
    }
    axis->first[i] = first;
    axis->count[i] = end - first;
    for (uint32_t k = 0; k < end - first; k++)
        weight[k] = fixed(exact[k] / sum);
}

int sq_resample_prepare(struct sq_resample_axis *axis, enum sq_interpolation interpolation,
                        struct sq_arena *arena)
{
    const struct filter f = filter_of(axis, interpolation);
    axis->taps = 2 * (uint32_t)ceil(f.support) + 1;
    double *exact = sq_arena_alloc(arena, axis->taps, sizeof *exact);
    axis->first = sq_arena_alloc(arena, axis->n, sizeof *axis->first);
    axis->count = sq_arena_alloc(arena, axis->n, sizeof *axis->count);
    axis->weight = sq_arena_alloc(arena, (size_t)axis->n * axis->taps, sizeof *axis->weight);
    if (exact == NULL || axis->first == NULL || axis->count == NULL || axis->weight == NULL)
        return SQ_ENOMEM;
    for (uint32_t i = 0; i < axis->n; i++)
        prepare_output(axis, &f, i, exact);
    return SQ_OK;
}

/* One output from inputs `step` bytes apart. A bicubic sum stays below 2^31: its weights'
 * magnitudes sum to less than 1.6 * 2^22. */
static unsigned char resampled(const struct sq_resample_axis *axis, uint32_t i,
                               const unsigned char *in, size_t step)
{
    const int32_t *weight = axis->weight + (size_t)i * axis->taps;
    int32_t sum = HALF;
    in += axis->first[i] * step;
    for (uint32_t k = 0; k < axis->count[i]; k++)
        sum += weight[k] * in[k * step];
    const int32_t byte = sum >> FRACTION_BITS;
    return (unsigned char)(byte < 0 ? 0 : byte > 255 ? 255 : byte);
}

void sq_resample_apply(const struct sq_resample_axis *rows, const struct sq_resample_axis *columns,
                       const unsigned char *in, unsigned char *lines, unsigned char *out)
{
    const uint32_t last = rows->n - 1, width = columns->n;
    for (uint32_t y = rows->first[0]; y < rows->first[last] + rows->count[last]; y++)
        for (uint32_t x = 0; x < width; x++)
            lines[(size_t)y * width + x] = resampled(columns, x, in + (size_t)y * columns->from, 1);
    for (uint32_t y = 0; y < rows->n; y++)
        for (uint32_t x = 0; x < width; x++)
            out[(size_t)y * width + x] = resampled(rows, y, lines + x, width);
}
