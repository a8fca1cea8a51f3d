#include "test/support/random_trace.h"

#include "kernels/base/bits.h"
#include "traces/format/frame.h"
#include "traces/read/trace_reader.h"
#include "traces/write/trace_writer.h"

/* What samples are drawn from: a row has one spike in `one_in` neurons, whichever of the three. */
struct source {
    struct sq_rng rng;
    uint64_t one_in[3];
};

static uint64_t draw_bits(struct source *from, const struct sq_trace_population *p, uint64_t *bits)
{
    uint64_t spikes = 0;
    for (uint32_t r = 0; r < p->n_rows; r++) {
        const uint64_t one_in = from->one_in[sq_rng_below(&from->rng, 3)];
        for (uint32_t c = 0; c < p->n_channels; c++)
            if (sq_rng_below(&from->rng, one_in) == 0) {
                sq_bit_set(bits + r * sq_words_for(p->n_channels), c);
                spikes++;
            }
    }
    return spikes;
}

/* frame->data is allocated, freed by whoever called. */
static void draw_frame(struct source *from, const struct sq_trace_population *p,
                       struct sq_trace_frame *frame)
{
    const struct sq_frame_shape shape = {p->n_rows, p->n_channels};
    const size_t n = sq_trace_neurons(p);
    uint64_t *bits = calloc(p->n_rows * sq_words_for(p->n_channels), sizeof *bits);
    uint16_t *value = calloc(n, sizeof *value);
    unsigned char *data = malloc(sq_trace_frame_bytes(p) + 1);
    if (p->kind == SQ_TRACE_INPUT) {
        for (size_t i = 0; i < n; i++)
            value[i] = sq_rng_below(&from->rng, 4) ? 0 : (uint16_t)sq_rng_below(&from->rng, 5);
        frame->size = sq_frame_encode_values(value, n, &frame->encoding, &frame->spikes, data);
    } else {
        frame->spikes = draw_bits(from, p, bits);
        frame->size = sq_frame_encode(&shape, bits, frame->spikes, &frame->encoding, data);
    }
    frame->data = data;
    free(bits);
    free(value);
}

static void put_sample(struct sq_trace_writer *writer, const struct sq_trace_plan *plan,
                       struct source *from, uint64_t id)
{
    const size_t n = plan->n_populations * plan->timesteps;
    struct sq_trace_frame *frame = calloc(n, sizeof *frame);
    const float logits[2] = {0.25f, (float)id};
    const struct sq_trace_sample sample = {
        .id = id, .label = (int64_t)(id % 3), .prediction = 1, .logits = logits, .n_logits = 2};
    struct sq_error err = {0};
    for (size_t i = 0; i < n; i++) {
        frame[i].population = (uint32_t)(i / plan->timesteps);
        frame[i].timestep = (uint32_t)(i % plan->timesteps);
        draw_frame(from, &plan->population[frame[i].population], &frame[i]);
    }
    ck_assert_msg(sq_trace_put(&err, writer, &sample, frame, n) == SQ_OK, "%s", err.text);
    for (size_t i = 0; i < n; i++)
        free((void *)(uintptr_t)frame[i].data);
    free(frame);
}

static void write_trace(const char *path, const struct sq_trace_plan *plan, struct source from,
                        uint64_t n)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    ck_assert_msg(sq_trace_create(&err, path, plan, 1, &writer) == SQ_OK, "%s", err.text);
    for (uint64_t id = 0; id < n; id++)
        put_sample(writer, plan, &from, id);
    ck_assert_msg(sq_trace_finish(&err, writer) == SQ_OK, "%s", err.text);
    sq_trace_writer_free(writer);
}

void random_trace(const char *path, const struct sq_trace_plan *plan, uint64_t seed, uint64_t n)
{
    write_trace(path, plan, (struct source){{seed}, {8, 8, 8}}, n);
}

void random_sparse_trace(const char *path, const struct sq_trace_plan *plan, uint64_t seed,
                         uint64_t n)
{
    write_trace(path, plan, (struct source){{seed}, {8, 60, 900}}, n);
}
