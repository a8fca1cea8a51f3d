#include "sim/record/operations.h"

#include "kernels/base/little.h"

#include <math.h>
#include <string.h>

enum { VERSION = 1, MAX_VARINT = 10, HEAD_BYTES = 2 + MAX_VARINT + 4 + 8 };
enum { IS_COUNTS = 1, IS_UNSEEN = 2 };

#define XX(name) FIELD_##name,
enum { SQ_TALLY_FIELDS(XX) N_FIELDS };
#undef XX

_Static_assert(sizeof(struct sq_tally) == N_FIELDS * sizeof(uint64_t), "a tally is these fields");

/* A tally as the array that it is, in the order of SQ_TALLY_FIELDS. */
struct fields {
    uint64_t value[N_FIELDS];
};

/* What member i is expected to be, given those before it. */
static uint64_t expected(const struct fields *fields, int i)
{
    switch (i) {
    case FIELD_units:
        return fields->value[FIELD_spikes];
    case FIELD_unit_additions:
    case FIELD_live_additions:
        return fields->value[FIELD_additions];
    default:
        return 0;
    }
}

size_t sq_operations_bytes(const struct sq_network *network)
{
    return HEAD_BYTES +
           network->n_nodes * network->config.timesteps * (size_t)(N_FIELDS + 1) * MAX_VARINT;
}

static unsigned char *put_varint(unsigned char *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *out++ = (unsigned char)(value | 0x80);
    *out++ = (unsigned char)value;
    return out;
}

static unsigned char *put_bytes(unsigned char *out, uint64_t value, int n)
{
    sq_put_le(out, value, (size_t)n);
    return out + n;
}

static unsigned char *put_tally(unsigned char *out, const struct sq_tally *tally)
{
    struct fields fields;
    uint64_t mask = 0;
    memcpy(&fields, tally, sizeof fields);
    for (int i = 0; i < N_FIELDS; i++)
        if (fields.value[i] != expected(&fields, i))
            mask |= (uint64_t)1 << i;
    out = put_varint(out, mask);
    for (int i = 0; i < N_FIELDS; i++)
        if (mask >> i & 1)
            out = put_varint(out, fields.value[i]);
    return out;
}

size_t sq_operations_write(const struct sq_network *network, const struct sq_outcome *outcome,
                           unsigned char *out)
{
    const unsigned char *const start = out;
    const size_t n = network->n_nodes * network->config.timesteps;
    uint32_t largest;
    uint64_t sum;
    memcpy(&largest, &outcome->feature_max, sizeof largest);
    memcpy(&sum, &outcome->feature_total, sizeof sum);
    *out++ = VERSION;
    *out++ = (unsigned char)((outcome->pixels_are_counts ? IS_COUNTS : 0) |
                             (outcome->input_unseen ? IS_UNSEEN : 0));
    out = put_varint(out, outcome->feature_distinct);
    out = put_bytes(out, largest, 4);
    out = put_bytes(out, sum, 8);
    for (size_t i = 0; i < n; i++)
        out = put_tally(out, &outcome->tally[i]);
    return (size_t)(out - start);
}

/* Bytes still to be read. */
struct rest {
    const unsigned char *at, *end;
    int ok;
};

static uint64_t take_varint(struct rest *rest)
{
    uint64_t value = 0;
    for (unsigned shift = 0; rest->at < rest->end && shift < 64; shift += 7) {
        const unsigned char byte = *rest->at++;
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    rest->ok = 0;
    return 0;
}

static uint64_t take_bytes(struct rest *rest, int n)
{
    if (rest->end - rest->at < n) {
        rest->ok = 0;
        return 0;
    }
    rest->at += n;
    return sq_get_le(rest->at - n, (size_t)n);
}

static void take_tally(struct rest *rest, struct sq_tally *tally)
{
    struct fields fields = {{0}};
    const uint64_t mask = take_varint(rest);
    rest->ok &= mask >> N_FIELDS == 0;
    for (int i = 0; i < N_FIELDS; i++)
        fields.value[i] = mask >> i & 1 ? take_varint(rest) : expected(&fields, i);
    memcpy(tally, &fields, sizeof fields);
}

static void take_head(struct rest *rest, struct sq_outcome *outcome)
{
    const uint64_t flags = take_bytes(rest, 1);
    outcome->pixels_are_counts = (flags & IS_COUNTS) != 0;
    outcome->input_unseen = (flags & IS_UNSEEN) != 0;
    rest->ok &= flags <= (IS_COUNTS | IS_UNSEEN);
    const uint64_t distinct = take_varint(rest);
    outcome->feature_distinct = (uint32_t)distinct;
    rest->ok &= distinct <= UINT32_MAX;
    const uint32_t largest = (uint32_t)take_bytes(rest, 4);
    const uint64_t sum = take_bytes(rest, 8);
    memcpy(&outcome->feature_max, &largest, sizeof largest);
    memcpy(&outcome->feature_total, &sum, sizeof sum);
    rest->ok &= isfinite(outcome->feature_max) && isfinite(outcome->feature_total);
}

int sq_operations_read(struct sq_error *err, const char *where, const struct sq_network *network,
                       const unsigned char *data, size_t size, struct sq_outcome *outcome)
{
    struct rest rest = {data, data + size, 1};
    const size_t n = network->n_nodes * network->config.timesteps;
    if (size == 0)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: operations were not recorded", where);
    if (take_bytes(&rest, 1) != VERSION)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: operations of version %d, this spikeq reads version %d; use a newer "
                       "spikeq",
                       where, (int)data[0], VERSION);
    take_head(&rest, outcome);
    for (size_t i = 0; rest.ok && i < n; i++)
        take_tally(&rest, &outcome->tally[i]);
    if (!rest.ok || rest.at != rest.end)
        return sq_fail(err, SQ_EFORMAT, "%s: its operations are damaged, or another network's",
                       where);
    return SQ_OK;
}
