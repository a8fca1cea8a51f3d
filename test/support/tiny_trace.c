#include "test/support/tiny_trace.h"

#include "kernels/base/bits.h"
#include "traces/format/codec.h"
#include "traces/format/frame.h"

#include <string.h>

static const struct sq_trace_population population[TINY_POPULATIONS] = {
    {"input", SQ_TRACE_INPUT, 24, 2, 3, {2, 4, 6}, 1, 0},
    {"a.proj_lif", SQ_TRACE_LIF, 24, 5, 3, {5, 8, 3}, 1, 1},
    {"b.attn.q_lif", SQ_TRACE_LIF, 7, 100, 2, {7, 100}, 0, 0.5},
    {"c", SQ_TRACE_GENERIC, 3, 64, 2, {3, 64}, 0, 0},
};
static const struct sq_trace_synapse synapse[1] = {
    {"b.attn.q_linear", "linear", "a.proj_lif", "b.attn.q_lif", 5, 100, 12000, 3}};
static const struct sq_trace_node node[] = {
    {"input", "input", "[]", "{}", SQ_TRACE_EDGE_COUNTS, 65535, "", 2, 4, 6, 0},
    {"a.proj_lif", "conv", "[\"input\"]", "{\"weight\":\"a.proj_conv\",\"kernel\":3}",
     SQ_TRACE_EDGE_SPIKES, 1, "stem", 5, 8, 3, 1},
    {"b.attn.q_lif", "linear", "[\"a.proj_lif\"]", "{\"weight\":\"b.attn.q_linear\"}",
     SQ_TRACE_EDGE_SPIKES, 1, "q", 100, 7, 1, 2},
    {"b.sum", "add", "[\"a.proj_lif\",\"b.attn.q_lif\"]", "{}", SQ_TRACE_EDGE_COUNTS, 2, "residual",
     0, 0, 0, -1},
};
static const struct sq_trace_operation operation[] = {
    {"a.proj_conv", "conv", "a.proj_lif", 45, 2000, 14, 96, 90, -1},
    {"a.proj_bn", "norm", "", 0, 0, 0, 0, 0, -1},
    {"b.attn.q_linear", "linear", "b.attn.q_lif", 100, 12000, 12, 0, 500, 3},
};
static const struct sq_trace_meta meta[] = {{"arith", "f32"}, {"command", "spikeq run \"x\""}};

const struct sq_trace_plan *tiny_plan(void)
{
    static const struct sq_trace_plan plan = {.timesteps = TINY_TIMESTEPS,
                                              .n_samples = 10,
                                              .n_populations = TINY_POPULATIONS,
                                              .n_synapses = 1,
                                              .n_nodes = sizeof node / sizeof node[0],
                                              .n_operations =
                                                  sizeof operation / sizeof operation[0],
                                              .n_meta = 2,
                                              .population = population,
                                              .synapse = synapse,
                                              .node = node,
                                              .operation = operation,
                                              .meta = meta};
    return &plan;
}

static struct sq_rng seeded(uint64_t seed, uint64_t sample, uint32_t p, uint32_t t)
{
    struct sq_rng rng = {seed};
    rng.state ^= sq_rng_next(&rng) + sample * 7919 + (uint64_t)p * 131 + t;
    return rng;
}

uint64_t tiny_bits(uint64_t seed, uint64_t sample, uint32_t p, uint32_t t, uint64_t *bits)
{
    struct sq_rng rng = seeded(seed, sample, p, t);
    const struct sq_trace_population *of = &population[p];
    const size_t n_words = sq_words_for(of->n_channels);
    const double rate = 0.5 * sq_rng_unit(&rng) * sq_rng_unit(&rng);
    uint64_t spikes = 0;
    memset(bits, 0, of->n_rows * n_words * sizeof *bits);
    for (uint32_t r = 0; r < of->n_rows; r++)
        for (uint32_t c = 0; c < of->n_channels; c++)
            if (sq_rng_unit(&rng) < rate) {
                sq_bit_set(bits + r * n_words, c);
                spikes++;
            }
    return spikes;
}

uint64_t tiny_values(uint64_t seed, uint64_t sample, uint32_t t, uint16_t *value)
{
    struct sq_rng rng = seeded(seed, sample, 0, t);
    uint64_t nonzeros = 0;
    for (size_t i = 0; i < sq_trace_neurons(&population[0]); i++) {
        value[i] = sq_rng_below(&rng, 4) ? 0 : (uint16_t)sq_rng_below(&rng, 5);
        nonzeros += value[i] != 0;
    }
    return nonzeros;
}

/* One frame, encoded into `out`. */
static void fill_frame(struct sq_trace_frame *frame, const struct sq_trace_plan *plan,
                       uint64_t seed, uint64_t id, struct sq_packer *packer, unsigned char *out)
{
    static unsigned char plain[4 * TINY_MAX_NEURONS];
    uint64_t bits[TINY_MAX_NEURONS];
    uint16_t value[TINY_MAX_NEURONS];
    const struct sq_trace_population *p = &plan->population[frame->population];
    const struct sq_frame_shape shape = {p->n_rows, p->n_channels};
    if (p->kind == SQ_TRACE_INPUT) {
        tiny_values(seed, id, frame->timestep, value);
        frame->size = sq_frame_encode_values(value, sq_trace_neurons(p), &frame->encoding,
                                             &frame->spikes, plain);
    } else {
        frame->spikes = tiny_bits(seed, id, frame->population, frame->timestep, bits);
        frame->size = sq_frame_encode(&shape, bits, frame->spikes, &frame->encoding, plain);
    }
    const size_t packed = sq_pack(packer, plain, frame->size, out);
    frame->codec = packed > 0 ? (uint8_t)plan->codec : SQ_CODEC_NONE;
    if (packed == 0)
        memcpy(out, plain, frame->size);
    else
        frame->size = packed;
    frame->data = out;
    if (plan->detail == SQ_TRACE_COUNTS) {
        frame->encoding = frame->codec = 0;
        frame->data = NULL;
        frame->size = 0;
    }
}

void tiny_logits(uint64_t seed, uint64_t sample, float *logits)
{
    struct sq_rng rng = {seed + sample};
    for (int i = 0; i < TINY_CLASSES; i++)
        logits[i] = (float)sq_rng_unit(&rng) - 0.5f;
}

void tiny_put(struct sq_trace_writer *writer, const struct sq_trace_plan *plan, uint64_t seed,
              uint64_t id)
{
    static unsigned char out[TINY_POPULATIONS * TINY_TIMESTEPS][4 * TINY_MAX_NEURONS];
    struct sq_trace_frame frame[TINY_POPULATIONS * TINY_TIMESTEPS];
    struct sq_error err = {0};
    struct sq_packer *packer;
    size_t n = 0;
    ck_assert_int_eq(sq_packer_new(&err, plan->codec, &packer), SQ_OK);
    for (uint32_t p = 0; p < plan->n_populations; p++)
        for (uint32_t t = 0; t < plan->timesteps; t++, n++) {
            frame[n] = (struct sq_trace_frame){.population = p, .timestep = t};
            fill_frame(&frame[n], plan, seed, id, packer, out[n]);
        }
    float logits[TINY_CLASSES];
    tiny_logits(seed, id, logits);
    const unsigned char operations[3] = {1, 2, (unsigned char)id};
    const struct sq_trace_sample sample = {.id = id,
                                           .label = (int64_t)(id % 4) - 1,
                                           .prediction = (int64_t)(id % TINY_CLASSES),
                                           .logits = logits,
                                           .n_logits = TINY_CLASSES,
                                           .operations = operations,
                                           .operations_bytes = sizeof operations};
    ck_assert_int_eq(sq_trace_put(&err, writer, &sample, frame, n), SQ_OK);
    sq_packer_free(packer);
}

void tiny_trace(const char *path, const struct sq_trace_plan *plan, uint64_t seed, uint64_t n)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    plan = plan != NULL ? plan : tiny_plan();
    ck_assert_msg(sq_trace_create(&err, path, plan, 1, &writer) == SQ_OK, "%s", err.text);
    for (uint64_t id = 0; id < n; id++)
        tiny_put(writer, plan, seed, id);
    ck_assert_msg(sq_trace_finish(&err, writer) == SQ_OK, "%s", err.text);
    sq_trace_writer_free(writer);
}
