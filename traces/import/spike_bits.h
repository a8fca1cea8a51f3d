/* Elements of an array, 0 or 1 in any NumPy type, as bit rows. */
#ifndef SQ_SPIKE_BITS_H
#define SQ_SPIKE_BITS_H

#include "kernels/base/bits.h"
#include "traces/files/npy.h"
#include "traces/format/trace.h"

/* Where the elements come from, for the error sentence. */
struct sq_spike_place {
    const char *path, *name;
    uint64_t sample;
    uint32_t timestep;
};

/* Words of a population's bit rows at one timestep. */
static inline size_t sq_spike_words(const struct sq_trace_population *as)
{
    return as->n_rows * sq_words_for(as->n_channels);
}

/* Row and channel of the neuron at `index` of the array, in C order. */
static inline uint64_t sq_spike_row(const struct sq_trace_population *as, uint64_t index)
{
    return as->channels_first ? index % as->n_rows : index / as->n_channels;
}

static inline uint64_t sq_spike_channel(const struct sq_trace_population *as, uint64_t index)
{
    return as->channels_first ? index / as->n_rows : index % as->n_channels;
}

static inline void sq_spike_set(const struct sq_trace_population *as, uint64_t *bits,
                                uint64_t index)
{
    sq_bit_set(bits + sq_spike_row(as, index) * sq_words_for(as->n_channels),
               sq_spike_channel(as, index));
}

/* One timestep of one sample: elements in C order -> bits [n_rows][n_words], all written.
 *   type   of the elements
 * SQ_EVALUE: the first element that is neither 0 nor 1, with its coordinates. */
int sq_spike_bits(struct sq_error *err, const struct sq_spike_place *place,
                  const struct sq_array *type, const unsigned char *item,
                  const struct sq_trace_population *as, uint64_t *bits);

/* The same for whole numbers: value [n_rows * n_channels]. SQ_EVALUE: not in 0 .. 65535. */
int sq_spike_values(struct sq_error *err, const struct sq_spike_place *place,
                    const struct sq_array *type, const unsigned char *item,
                    const struct sq_trace_population *as, uint16_t *value);

#endif
