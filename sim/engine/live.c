#include "sim/engine/live.h"

#include "kernels/base/bits.h"

/* Is the value of channel c in row r not 0? */
static int is_nonzero(const struct sq_spikes *in, const struct sq_spike_shape *shape, size_t r,
                      uint32_t c)
{
    int any = 0;
    for (uint32_t p = 0; p < shape->n_planes; p++)
        any |= sq_bit_get(in->bits + p * sq_plane_words(shape) + r * shape->n_words, c);
    return any;
}

uint64_t sq_live_linear(const struct sq_synapse *synapse, const struct sq_spikes *in,
                        const struct sq_spike_shape *shape)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        for (uint32_t c = 0; c < shape->n_channels; c++)
            if (is_nonzero(in, shape, r, c))
                sum += synapse->live[c];
    return sum;
}

/* Live synapses of input channel c at (y, x): over the taps whose output pixel exists. */
static uint64_t live_of_input(const struct sq_synapse *synapse, uint32_t y, uint32_t x, uint32_t c,
                              uint32_t height, uint32_t width)
{
    const uint32_t channels = synapse->n_in / 9;
    uint64_t sum = 0;
    for (uint32_t ky = 0; ky < 3; ky++)
        for (uint32_t kx = 0; kx < 3; kx++) {
            const uint32_t out_y = y + 1 - ky, out_x = x + 1 - kx; /* below 0 wraps around */
            if (out_y < height && out_x < width)
                sum += synapse->live[(3 * ky + kx) * channels + c];
        }
    return sum;
}

uint64_t sq_live_kernel(const struct sq_synapse *synapse, const struct sq_spikes *in,
                        const struct sq_spike_shape *shape, uint32_t height, uint32_t width)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        for (uint32_t c = 0; c < shape->n_channels; c++)
            if (is_nonzero(in, shape, r, c))
                sum += live_of_input(synapse, r / width, r % width, c, height, width);
    return sum;
}

uint64_t sq_live_pixels(const struct sq_synapse *synapse, const float *pixels, uint32_t height,
                        uint32_t width, uint32_t channels)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r < height * width; r++)
        for (uint32_t c = 0; c < channels; c++)
            if (*pixels++ != 0)
                sum += live_of_input(synapse, r / width, r % width, c, height, width);
    return sum;
}
