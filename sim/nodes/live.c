#include "sim/nodes/live.h"

#include "sim/nodes/row_planes.h"

/* How often word w of row r counts: its nonzeros once, or as many units as each plane is worth. */
struct counted {
    const struct sq_spikes *in;
    const struct sq_spike_shape *shape;
    int by_units;
};

static uint32_t n_times(const struct counted *counted)
{
    return counted->by_units ? counted->shape->n_planes : 1;
}

static uint64_t word_of(const struct counted *counted, size_t r, uint32_t w, uint32_t plane)
{
    uint64_t units = 0;
    return counted->by_units ? sq_row_word(counted->in, counted->shape, r, w, plane)
                             : sq_row_nonzeros(counted->in, counted->shape, r, w, &units);
}

/* Sum of a table over the channels of row r. */
static uint64_t sum_row(const struct counted *counted, size_t r, const uint32_t *live)
{
    uint64_t sum = 0;
    for (uint32_t w = 0; w < counted->shape->n_words; w++, live += 64)
        for (uint32_t p = 0; p < n_times(counted); p++)
            for (uint64_t left = word_of(counted, r, w, p); left != 0; left &= left - 1)
                sum += (uint64_t)live[__builtin_ctzll(left)] << p;
    return sum;
}

uint64_t sq_live_linear(const struct sq_synapse *synapse, const struct sq_spikes *in,
                        const struct sq_spike_shape *shape, int by_units)
{
    const struct counted counted = {in, shape, by_units};
    uint64_t sum = 0;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        sum += sum_row(&counted, r, synapse->live);
    return sum;
}

/* Does kernel line k meet, from input line `at`, one of the output lines? */
static int has_tap(const struct sq_synapse *synapse, uint32_t at, uint32_t k, uint32_t n_in)
{
    const uint32_t n_out = (n_in + 2 * synapse->padding - synapse->kernel) / synapse->stride + 1;
    const uint32_t from = at + synapse->padding - k; /* below 0 wraps around */
    return at + synapse->padding >= k && from % synapse->stride == 0 &&
           from / synapse->stride < n_out;
}

/* Live synapses of input channel c at (y, x): over the taps whose output pixel exists. */
static uint64_t live_of_input(const struct sq_synapse *synapse, uint32_t y, uint32_t x, uint32_t c)
{
    const uint32_t k = synapse->kernel;
    uint64_t sum = 0;
    for (uint32_t ky = 0; ky < k; ky++)
        for (uint32_t kx = 0; kx < k && has_tap(synapse, y, ky, synapse->taps.height); kx++)
            if (has_tap(synapse, x, kx, synapse->taps.width))
                sum += synapse->live[(k * ky + kx) * synapse->c_in + c];
    return sum;
}

/* The same of all channels of the pixel: inside the image all taps exist. */
static uint64_t live_of_pixel(const struct sq_synapse *synapse, const struct counted *counted,
                              uint32_t r)
{
    const uint32_t y = r / synapse->taps.width, x = r % synapse->taps.width;
    uint64_t sum = 0;
    if (synapse->live_inside != NULL && synapse->taps.down[y] == synapse->kernel &&
        synapse->taps.across[x] == synapse->kernel)
        return sum_row(counted, r, synapse->live_inside);
    for (uint32_t w = 0; w < counted->shape->n_words; w++)
        for (uint32_t p = 0; p < n_times(counted); p++)
            for (uint64_t left = word_of(counted, r, w, p); left != 0; left &= left - 1)
                sum += live_of_input(synapse, y, x, 64 * w + (uint32_t)__builtin_ctzll(left)) << p;
    return sum;
}

uint64_t sq_live_kernel(const struct sq_synapse *synapse, const struct sq_spikes *in,
                        const struct sq_spike_shape *shape, int by_units)
{
    const struct counted counted = {in, shape, by_units};
    uint64_t sum = 0;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        sum += live_of_pixel(synapse, &counted, r);
    return sum;
}

uint64_t sq_live_pixels(const struct sq_synapse *synapse, const float *pixels)
{
    uint64_t sum = 0;
    for (uint32_t y = 0; y < synapse->taps.height; y++)
        for (uint32_t x = 0; x < synapse->taps.width; x++)
            for (uint32_t c = 0; c < synapse->c_in; c++)
                if (*pixels++ != 0)
                    sum += live_of_input(synapse, y, x, c);
    return sum;
}
