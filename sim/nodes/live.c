#include "sim/nodes/live.h"

#include "kernels/base/bits.h"

/* Channels 64 w .. 64 w + 63 of row r whose value is not 0. */
static uint64_t nonzeros(const struct sq_spikes *in, const struct sq_spike_shape *shape, size_t r,
                         uint32_t w)
{
    const uint64_t *word = in->bits + r * shape->n_words + w;
    uint64_t any = 0;
    for (uint32_t p = 0; p < shape->n_planes; p++, word += sq_plane_words(shape))
        any |= *word;
    return any;
}

/* Sum of a table over the channels of row r whose value is not 0. */
static uint64_t sum_row(const struct sq_spikes *in, const struct sq_spike_shape *shape, size_t r,
                        const uint32_t *live)
{
    uint64_t sum = 0;
    for (uint32_t w = 0; w < shape->n_words; w++, live += 64)
        for (uint64_t left = nonzeros(in, shape, r, w); left != 0; left &= left - 1)
            sum += live[__builtin_ctzll(left)];
    return sum;
}

uint64_t sq_live_linear(const struct sq_synapse *synapse, const struct sq_spikes *in,
                        const struct sq_spike_shape *shape)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        sum += sum_row(in, shape, r, synapse->live);
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

/* The same of all channels of the pixel: inside the image all nine taps exist. */
static uint64_t live_of_pixel(const struct sq_synapse *synapse, const struct sq_spikes *in,
                              const struct sq_spike_shape *shape, uint32_t r, uint32_t height,
                              uint32_t width)
{
    const uint32_t y = r / width, x = r % width;
    uint64_t sum = 0;
    if (y > 0 && y + 1 < height && x > 0 && x + 1 < width)
        return sum_row(in, shape, r, synapse->live_inside);
    for (uint32_t w = 0; w < shape->n_words; w++)
        for (uint64_t left = nonzeros(in, shape, r, w); left != 0; left &= left - 1)
            sum += live_of_input(synapse, y, x, 64 * w + (uint32_t)__builtin_ctzll(left), height,
                                 width);
    return sum;
}

uint64_t sq_live_kernel(const struct sq_synapse *synapse, const struct sq_spikes *in,
                        const struct sq_spike_shape *shape, uint32_t height, uint32_t width)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        sum += live_of_pixel(synapse, in, shape, r, height, width);
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
