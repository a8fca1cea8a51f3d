#include "sim/analysis/measures/streams.h"

#include "kernels/base/bits.h"
#include "kernels/pack/planes.h"
#include "kernels/pack/pool.h"
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/network/residual.h"

#include <stdlib.h>
#include <string.h>

static size_t frame_words(const struct sq_subject *streams)
{
    return (size_t)streams->n_rows * streams->n_words;
}

/* Two sums, used alternately, and the pooled spikes. */
size_t sq_streams_scratch_bytes(const struct sq_subject *streams)
{
    return (2 * SQ_STREAM_PLANES + 1) * frame_words(streams) * sizeof(uint64_t);
}

static unsigned planes_for(uint32_t largest)
{
    return 32 - (unsigned)__builtin_clz(largest);
}

void sq_streams_walk(const struct sq_scope *scope, const struct sq_subject *streams,
                     const struct sq_frame_view *view, uint32_t t, uint64_t *scratch,
                     sq_stream_visit *visit, void *data)
{
    const size_t n_words = frame_words(streams);
    const struct sq_node *stage =
        sq_scope_node(scope, &scope->plan->population[streams->source[0]]);
    uint64_t *pooled = scratch,
             *sum[2] = {pooled + n_words, pooled + (1 + SQ_STREAM_PLANES) * n_words};
    const uint64_t *stream = sq_view_bits(view, scope, streams, 0, t);
    if (stage->shape.n_rows != streams->n_rows) { /* the first term is pooled before */
        sq_pool_spikes(pooled, stream, stage->height, stage->width, streams->n_words);
        stream = pooled;
    }
    for (uint32_t i = 0; i < sq_n_streams(streams); i++) {
        const unsigned n_in = planes_for(1 + i), n_out = planes_for(2 + i);
        uint64_t *next = sum[i % 2];
        sq_planes_add(next, n_out, stream, n_in, sq_view_bits(view, scope, streams, i + 1, t), 1,
                      n_words);
        visit(data, i, next, n_out);
        stream = next;
    }
}

static uint32_t n_values(const struct sq_subject *streams)
{
    return streams->n_sources + 1; /* 0 .. n_sources */
}

/* Counters: [n_streams][T][n_values] elements of each value. */
static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *streams)
{
    return (size_t)sq_n_streams(streams) * scope->timesteps * n_values(streams);
}

static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *streams)
{
    (void)scope;
    return sq_streams_scratch_bytes(streams);
}

struct tally {
    uint64_t *count; /* of timestep t of stream 0 */
    size_t stride;   /* to the next stream */
    size_t n_words;
    uint64_t n_elements;
};

static uint64_t elements_of_value(const uint64_t *planes, unsigned n_planes, size_t n_words,
                                  uint32_t value)
{
    uint64_t n = 0;
    for (size_t w = 0; w < n_words; w++) {
        uint64_t match = ~(uint64_t)0;
        for (unsigned p = 0; p < n_planes; p++)
            match &= value >> p & 1 ? planes[p * n_words + w] : ~planes[p * n_words + w];
        n += sq_ones(match);
    }
    return n;
}

static void tally_stream(void *data, uint32_t index, const uint64_t *planes, unsigned n_planes)
{
    const struct tally *tally = data;
    uint64_t *count = tally->count + index * tally->stride, zero = tally->n_elements;
    for (uint32_t value = 1; value <= 2 + index; value++) {
        const uint64_t n = elements_of_value(planes, n_planes, tally->n_words, value);
        count[value] += n;
        zero -= n;
    }
    count[0] += zero;
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *streams,
                const struct sq_frame_view *view, void *scratch)
{
    struct tally tally = {count, (size_t)scope->timesteps * n_values(streams), frame_words(streams),
                          sq_subject_neurons(streams)};
    for (uint32_t t = 0; t < scope->timesteps; t++, tally.count += n_values(streams))
        sq_streams_walk(scope, streams, view, t, scratch, tally_stream, &tally);
}

static void put_planes(cJSON *to, const uint64_t *count, uint32_t index, uint32_t timesteps,
                       uint32_t stride, double elements)
{
    const unsigned n_planes = planes_for(2 + index);
    double share[SQ_STREAM_PLANES] = {0};
    for (unsigned p = 0; p < n_planes; p++) {
        uint64_t ones = 0;
        for (uint32_t t = 0; t < timesteps; t++)
            for (uint32_t value = 1; value <= 2 + index; value++)
                ones += value >> p & 1 ? count[(size_t)t * stride + value] : 0;
        share[p] = (double)ones / elements;
    }
    sq_put_reals(to, "share_of_ones_per_plane", share, n_planes);
}

static void write_stream(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                         const struct sq_subject *streams, uint32_t index)
{
    const uint32_t stride = n_values(streams);
    const double elements =
        (double)scope->n_samples * scope->timesteps * (double)sq_subject_neurons(streams);
    uint64_t events = 0;
    sq_json_add_text(to, "name", sq_residual_stream(scope->network, index)->name);
    sq_put_count(to, "largest_value", 2 + index);
    cJSON *rows = sq_json_add_array(to, "elements_by_value_per_timestep");
    for (uint32_t t = 0; t < scope->timesteps; t++) {
        const uint64_t *of_t = count + (size_t)t * stride;
        sq_json_append(rows, sq_counts_item(of_t, 3 + index));
        for (uint32_t value = 1; value <= 2 + index; value++)
            events += of_t[value];
    }
    sq_put_real(to, "nonzero_share", (double)events / elements);
    put_planes(to, count, index, scope->timesteps, stride, elements);
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *streams)
{
    for (uint32_t i = 0; i < sq_n_streams(streams); i++) {
        cJSON *stream = cJSON_CreateObject();
        sq_json_append(to, stream);
        write_stream(stream, count + (size_t)i * scope->timesteps * n_values(streams), scope,
                     streams, i);
    }
}

const struct sq_measure sq_measure_streams = {
    SQ_SUBJECT_STREAMS, 1, n_counts, scratch_bytes, add, write,
};
