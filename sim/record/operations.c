#include "sim/record/operations.h"

#include "kernels/base/little.h"

#include <math.h>
#include <string.h>

enum { VERSION = SQ_TRACE_VERSION, MAX_VARINT = 10, HEAD_BYTES = 2 + MAX_VARINT + 4 + 8 };
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
    const size_t tally = (N_FIELDS + 1) * MAX_VARINT;
    return HEAD_BYTES + network->n_nodes * (MAX_VARINT + network->config.timesteps * tally) + 1;
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

/* *counts becomes 1 where a member is not what is expected of it. */
static unsigned char *put_tally(unsigned char *out, const struct sq_tally *tally, int *counts)
{
    struct fields fields;
    uint64_t mask = 0;
    memcpy(&fields, tally, sizeof fields);
    for (int i = 0; i < N_FIELDS; i++)
        if (fields.value[i] != expected(&fields, i))
            mask |= (uint64_t)1 << i;
    *counts |= mask != 0;
    out = put_varint(out, mask);
    for (; mask != 0; mask &= mask - 1)
        out = put_varint(out, fields.value[__builtin_ctzll(mask)]);
    return out;
}

/* The nodes that count something, each behind the distance of its number from the last one's. */
static unsigned char *put_nodes(unsigned char *out, const struct sq_network *network,
                                const struct sq_outcome *outcome)
{
    const uint32_t timesteps = network->config.timesteps;
    size_t next = 0; /* behind the node that was put last */
    for (size_t i = 0; i < network->n_nodes; i++) {
        unsigned char *const start = out;
        int counts = 0;
        const size_t number = (size_t)(network->node[i].graph - network->graph.node);
        out = put_varint(out, number - next + 1);
        for (uint32_t t = 0; t < timesteps; t++)
            out = put_tally(out, &outcome->tally[i * timesteps + t], &counts);
        if (counts)
            next = number + 1;
        else
            out = start;
    }
    *out++ = 0;
    return out;
}

size_t sq_operations_write(const struct sq_network *network, const struct sq_outcome *outcome,
                           unsigned char *out)
{
    const unsigned char *const start = out;
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
    out = put_nodes(out, network, outcome);
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

/* The network's node of a number of the trace, whose order is nearly always the network's own;
 * n_nodes: the network has no such node. */
static size_t find_node(const struct sq_network *network, const struct sq_trace_node *node,
                        size_t number)
{
    const size_t sender = number < network->graph.n_nodes ? network->sender[number] : SQ_NO_SENDER;
    if (sender < network->n_nodes && strcmp(network->node[sender].name, node->id) == 0)
        return sender;
    size_t i = 0;
    while (i < network->n_nodes && strcmp(network->node[i].name, node->id) != 0)
        i++;
    return i;
}

/* A tally of a node that the network lacks, which may have members that are not known here. */
static void skip_tally(struct rest *rest)
{
    for (uint64_t mask = take_varint(rest); rest->ok && mask != 0; mask &= mask - 1)
        take_varint(rest);
}

static void take_node(struct rest *rest, const struct sq_network *network,
                      const struct sq_trace_plan *plan, size_t number, struct sq_outcome *outcome)
{
    const size_t i = find_node(network, &plan->node[number], number);
    for (uint32_t t = 0; rest->ok && t < plan->timesteps; t++)
        if (i < network->n_nodes)
            take_tally(rest, &outcome->tally[i * plan->timesteps + t]);
        else
            skip_tally(rest);
}

static void take_nodes(struct rest *rest, const struct sq_network *network,
                       const struct sq_trace_plan *plan, struct sq_outcome *outcome)
{
    const size_t n = network->n_nodes * network->config.timesteps;
    size_t next = 0;
    memset(outcome->tally, 0, n * sizeof *outcome->tally);
    for (uint64_t gap; rest->ok && (gap = take_varint(rest)) > 0;) {
        rest->ok &= gap <= plan->n_nodes - next;
        if (!rest->ok)
            break;
        next += gap;
        take_node(rest, network, plan, next - 1, outcome);
    }
}

/* Version 1: all nodes, in the order of the network. */
static void take_all(struct rest *rest, const struct sq_network *network,
                     struct sq_outcome *outcome)
{
    const size_t n = network->n_nodes * network->config.timesteps;
    for (size_t i = 0; rest->ok && i < n; i++)
        take_tally(rest, &outcome->tally[i]);
}

int sq_operations_read(struct sq_error *err, const char *where, const struct sq_network *network,
                       const struct sq_trace_plan *plan, const struct sq_trace_sample *sample,
                       struct sq_outcome *outcome)
{
    const unsigned char *data = sample->operations;
    struct rest rest = {data, data + sample->operations_bytes, 1};
    if (sample->operations_bytes == 0)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: operations were not recorded", where);
    if (take_bytes(&rest, 1) != plan->version)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: operations of version %d in a trace of version %d; the file was "
                       "damaged or edited",
                       where, (int)data[0], (int)plan->version);
    take_head(&rest, outcome);
    if (plan->version == SQ_TRACE_OLDEST_VERSION)
        take_all(&rest, network, outcome);
    else
        take_nodes(&rest, network, plan, outcome);
    if (!rest.ok || rest.at != rest.end)
        return sq_fail(err, SQ_EFORMAT, "%s: its operations are damaged, or another network's",
                       where);
    return SQ_OK;
}
