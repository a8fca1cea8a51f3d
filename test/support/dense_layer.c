#include "test/support/dense_layer.h"

#include <math.h>

void *dense_zeros(size_t n, size_t size)
{
    void *out = calloc(n + 1, size);
    ck_assert_ptr_nonnull(out);
    return out;
}

struct grid dense_grid(uint32_t c, uint32_t h, uint32_t w)
{
    return (struct grid){c, h, w, dense_zeros((size_t)c * h * w, sizeof(double))};
}

size_t dense_cells(const struct grid *grid)
{
    return (size_t)grid->c * grid->h * grid->w;
}

/* An input of value x meets weight row (c, tap): c_out additions, each counted. */
static void meet(const struct tiny_layer *layer, struct grid *out, uint32_t c, uint32_t tap,
                 size_t pixel, double x, struct dense_synapse *count)
{
    count->dense += layer->c_out;
    if (x == 0)
        return;
    for (uint32_t o = 0; o < layer->c_out; o++) {
        const size_t w = ((size_t)o * layer->c_in + c) * layer->taps + tap;
        out->v[(size_t)o * out->h * out->w + pixel] += x * (double)layer->weight[w];
        count->additions++;
        count->live += layer->weight[w] != 0;
        count->unit_additions += x > 0 ? (uint64_t)x : 0;
    }
}

/* Every output that the input (c, y, x) reaches: cross-correlation, zero padding. */
static void spread(const struct tiny_layer *layer, struct grid *out, uint32_t c, int y, int x,
                   double value, struct dense_synapse *count)
{
    const int side = layer->taps == 9 ? 3 : 1, centre = side / 2;
    for (int ky = 0; ky < side; ky++)
        for (int kx = 0; kx < side; kx++) {
            const int to_y = y - (ky - centre), to_x = x - (kx - centre);
            if (to_y < 0 || to_x < 0 || to_y >= (int)out->h || to_x >= (int)out->w)
                continue;
            meet(layer, out, c, (uint32_t)(ky * side + kx), (size_t)to_y * out->w + (size_t)to_x,
                 value, count);
        }
}

/* y = (z + b - mean) / sqrt(var + eps) * gamma + beta, eps added in float32. */
static void normalise(const struct tiny_layer *layer, struct grid *z)
{
    const size_t n = (size_t)z->h * z->w;
    for (uint32_t o = 0; o < layer->c_out; o++) {
        const float variance = layer->var[o] + 1e-5f;
        const double bias = layer->bias != NULL ? (double)layer->bias[o] : 0;
        for (size_t i = 0; i < n; i++) {
            const double centred = z->v[o * n + i] + bias - (double)layer->mean[o];
            z->v[o * n + i] =
                centred / sqrt((double)variance) * (double)layer->gamma[o] + (double)layer->beta[o];
        }
    }
}

struct grid dense_layer(const struct tiny_layer *layer, const struct grid *in,
                        struct dense_synapse *count)
{
    struct grid out = dense_grid(layer->c_out, in->h, in->w);
    for (uint32_t c = 0; c < in->c; c++)
        for (uint32_t y = 0; y < in->h; y++)
            for (uint32_t x = 0; x < in->w; x++) {
                const double value = in->v[((size_t)c * in->h + y) * in->w + x];
                count->events += value != 0;
                spread(layer, &out, c, (int)y, (int)x, value, count);
            }
    normalise(layer, &out);
    return out;
}

/* Max-pool 3x3, stride 2, padding 1. */
struct grid dense_pool(const struct grid *in)
{
    struct grid out = dense_grid(in->c, (in->h + 1) / 2, (in->w + 1) / 2);
    for (uint32_t c = 0; c < in->c; c++)
        for (int y = 0; y < (int)in->h; y++)
            for (int x = 0; x < (int)in->w; x++)
                for (int to_y = y / 2; to_y <= (y + 1) / 2; to_y++)
                    for (int to_x = x / 2; to_x <= (x + 1) / 2; to_x++)
                        if (to_y < (int)out.h && to_x < (int)out.w &&
                            in->v[((size_t)c * in->h + (size_t)y) * in->w + (size_t)x] != 0)
                            out.v[((size_t)c * out.h + (size_t)to_y) * out.w + (size_t)to_x] = 1;
    return out;
}
