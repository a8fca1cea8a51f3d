#include "traces/import/spike_bits.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* "expected EXPECTED; ADVICE" */
static int bad_value(struct sq_error *err, const struct sq_spike_place *place, double value,
                     uint64_t index, const char *expected)
{
    return sq_fail(err, SQ_EVALUE,
                   "%s: %s: the value at sample %" PRIu64 ", timestep %" PRIu32 ", index %" PRIu64
                   " is %.9g, expected %s",
                   place->path, place->name, place->sample, place->timestep, index, value,
                   expected);
}

static int not_a_spike(struct sq_error *err, const struct sq_spike_place *place, double value,
                       uint64_t index)
{
    if (isnan(value))
        return bad_value(err, place, value, index, "0 or 1");
    if (value == floor(value))
        return bad_value(err, place, value, index,
                         "0 or 1; counts are not spikes: record with a shorter timestep");
    return bad_value(err, place, value, index, "0 or 1; record spikes, not currents or potentials");
}

/* Elements of zero bytes only are not spikes in any type: found eight bytes at a time. */
static size_t skip_zeros(const unsigned char *item, size_t at, size_t size)
{
    uint64_t word;
    while (at + sizeof word <= size) {
        memcpy(&word, item + at, sizeof word);
        if (word != 0)
            return at;
        at += sizeof word;
    }
    return at;
}

int sq_spike_bits(struct sq_error *err, const struct sq_spike_place *place,
                  const struct sq_array *type, const unsigned char *item,
                  const struct sq_trace_population *as, uint64_t *bits)
{
    const size_t size = (size_t)sq_trace_neurons(as) * type->item_bytes;
    memset(bits, 0, sq_spike_words(as) * sizeof *bits);
    for (size_t at = 0; at < size; at += type->item_bytes) {
        if (at % sizeof(uint64_t) == 0)
            at = skip_zeros(item, at, size);
        if (at >= size)
            break;
        const double value = sq_element_f64(type, item + at);
        if (value == 0)
            continue;
        if (value != 1)
            return not_a_spike(err, place, value, at / type->item_bytes);
        sq_spike_set(as, bits, at / type->item_bytes);
    }
    return SQ_OK;
}

int sq_spike_values(struct sq_error *err, const struct sq_spike_place *place,
                    const struct sq_array *type, const unsigned char *item,
                    const struct sq_trace_population *as, uint16_t *value)
{
    for (uint64_t i = 0; i < sq_trace_neurons(as); i++) {
        const double number = sq_element_f64(type, item + i * type->item_bytes);
        if (!(number >= 0 && number <= UINT16_MAX) || number != floor(number))
            return bad_value(err, place, number, i, "a whole number from 0 to 65535");
        value[sq_spike_row(as, i) * as->n_channels + sq_spike_channel(as, i)] = (uint16_t)number;
    }
    return SQ_OK;
}
