/* The samples of a recording, one at a time: read, encoded, put into the trace. */
#include "kernels/base/bits.h"
#include "kernels/base/checked.h"
#include "sim/import/import.h"
#include "sim/input/labels.h"
#include "traces/format/codec.h"
#include "traces/format/frame.h"

#include <inttypes.h>

/* One sample of a recording may need so much, and no more. */
#define MAX_SAMPLE_BYTES ((size_t)1 << 30)

/* Room for one sample, taken once. */
struct room {
    struct sq_import *import;
    struct sq_packer *packer;
    struct sq_imported at_hand;
    unsigned char **encoded; /* [n_populations] of [timesteps][2][encoded_bytes()] */
};

static int is_values(const struct sq_trace_population *p)
{
    return p->kind == SQ_TRACE_INPUT;
}

static struct sq_frame_shape shape_of(const struct sq_trace_population *p)
{
    return (struct sq_frame_shape){p->n_rows, p->n_channels};
}

/* Bytes of a frame as it is read, */
static size_t read_bytes(const struct sq_trace_population *p)
{
    return is_values(p) ? sq_trace_neurons(p) * sizeof(uint16_t)
                        : p->n_rows * sq_words_for(p->n_channels) * sizeof(uint64_t);
}

/* encoded, and as much again compressed. */
static size_t encoded_bytes(const struct sq_trace_population *p)
{
    const struct sq_frame_shape shape = shape_of(p);
    return is_values(p) ? sq_frame_values_bytes(sq_trace_neurons(p)) : sq_frame_bits_bytes(&shape);
}

static int check_room(const struct sq_import *import)
{
    const struct sq_trace_plan *plan = &import->plan;
    size_t all = plan->n_populations * plan->timesteps * sizeof(struct sq_trace_frame);
    for (size_t p = 0; p < plan->n_populations; p++) {
        const size_t frame =
            read_bytes(&plan->population[p]) + 2 * encoded_bytes(&plan->population[p]);
        size_t bytes;
        if (!sq_mul_size(frame, plan->timesteps, &bytes) || !sq_add_size(all, bytes, &all))
            all = SIZE_MAX;
        if (all > MAX_SAMPLE_BYTES)
            return sq_fail(import->err, SQ_EUNSUPPORTED,
                           "%s: %zu populations of %" PRIu32
                           " timesteps are more than 1 GiB a sample; too many timesteps or neurons",
                           import->options->source, plan->n_populations, plan->timesteps);
    }
    return SQ_OK;
}

static int no_memory(const struct sq_import *import)
{
    return sq_fail(import->err, SQ_ENOMEM, "%s: out of memory for a sample",
                   import->options->source);
}

static int make_room(struct sq_import *import, struct room *room)
{
    const struct sq_trace_plan *plan = &import->plan;
    const size_t n = plan->n_populations, timesteps = plan->timesteps;
    struct sq_arena *arena = &import->arena;
    int status = check_room(import);
    if (status != SQ_OK)
        return status;
    uint64_t **bits = sq_arena_alloc(arena, n, sizeof *bits);
    uint16_t **value = sq_arena_alloc(arena, n, sizeof *value);
    room->encoded = sq_arena_alloc(arena, n, sizeof *room->encoded);
    room->at_hand.frame = sq_arena_alloc(arena, n * timesteps, sizeof *room->at_hand.frame);
    if (bits == NULL || value == NULL || room->encoded == NULL || room->at_hand.frame == NULL)
        return no_memory(import);
    for (size_t p = 0; p < n; p++) {
        const struct sq_trace_population *of = &plan->population[p];
        void *raw = sq_arena_alloc(arena, timesteps, read_bytes(of));
        room->encoded[p] = sq_arena_alloc(arena, timesteps, 2 * encoded_bytes(of));
        if (raw == NULL || room->encoded[p] == NULL)
            return no_memory(import);
        if (is_values(of))
            value[p] = raw;
        else
            bits[p] = raw;
    }
    room->at_hand.bits = bits;
    room->at_hand.value = value;
    return sq_packer_new(import->err, plan->codec, &room->packer);
}

/* Compress into `out` where that is smaller. */
static void pack(struct room *room, struct sq_trace_frame *frame, unsigned char *out)
{
    if (room->import->plan.codec == SQ_CODEC_NONE || frame->size == 0)
        return;
    const size_t packed = sq_pack(room->packer, frame->data, frame->size, out);
    if (packed == 0)
        return;
    frame->data = out;
    frame->size = packed;
    frame->codec = (uint8_t)room->import->plan.codec;
}

/* One frame of population p, from what was read. */
static void encode_frame(struct room *room, size_t p, struct sq_trace_frame *frame,
                         unsigned char *out)
{
    const struct sq_trace_population *of = &room->import->plan.population[p];
    const struct sq_frame_shape shape = shape_of(of);
    const size_t words = of->n_rows * sq_words_for(of->n_channels), n = sq_trace_neurons(of);
    if (is_values(of)) {
        const uint16_t *value = room->at_hand.value[p] + frame->timestep * n;
        frame->size = sq_frame_encode_values(value, n, &frame->encoding, &frame->spikes, out);
    } else {
        const uint64_t *bits = room->at_hand.bits[p] + frame->timestep * words;
        frame->spikes = sq_popcount(bits, words);
        frame->size = sq_frame_encode(&shape, bits, frame->spikes, &frame->encoding, out);
        room->import->spikes += frame->spikes;
    }
    pack(room, frame, out + encoded_bytes(of));
}

static void encode(struct room *room, size_t p)
{
    const struct sq_trace_plan *plan = &room->import->plan;
    const size_t bytes = encoded_bytes(&plan->population[p]);
    for (uint32_t t = 0; t < plan->timesteps; t++) {
        struct sq_trace_frame *frame = &room->at_hand.frame[p * plan->timesteps + t];
        unsigned char *out = room->encoded[p] + 2 * bytes * t;
        *frame = (struct sq_trace_frame){.population = (uint32_t)p, .timestep = t, .data = out};
        encode_frame(room, p, frame, out);
    }
}

static int read_population(struct room *room, uint64_t i, size_t p)
{
    struct sq_import *import = room->import;
    struct sq_recording *recording = import->recording;
    const struct sq_trace_population *of = &import->plan.population[p];
    if (is_values(of))
        return recording->kind->values(import->err, recording, i, import->source[p], of,
                                       room->at_hand.value[p]);
    return recording->kind->spikes(import->err, recording, i, import->source[p], of,
                                   room->at_hand.bits[p]);
}

/* The first of the largest. */
static int64_t argmax(const float *value, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (value[i] > value[best])
            best = i;
    return n > 0 ? (int64_t)best : -1;
}

static int read_about(struct room *room, uint64_t i)
{
    struct sq_import *import = room->import;
    const struct sq_trace_plan *plan = &import->plan;
    const uint64_t most = INT64_MAX / plan->n_populations / plan->timesteps - 1;
    struct sq_recorded_sample found;
    int32_t label;
    int status = import->recording->kind->sample(import->err, import->recording, i, &found);
    if (status == SQ_OK && import->labels != NULL) {
        status = sq_labels_read(import->err, import->labels, i, &label);
        found.label = label;
    }
    if (status != SQ_OK)
        return status;
    if (found.id > most)
        return sq_fail(import->err, SQ_EVALUE, "%s: sample %" PRIu64 ", expected at most %" PRIu64,
                       import->options->source, found.id, most);
    if (import->network != NULL && found.label >= (int64_t)import->network->config.classes)
        return sq_fail(import->err, SQ_EVALUE,
                       "%s: sample %" PRIu64 " has label %" PRId64 ", config %s has %" PRIu32
                       " classes",
                       import->options->source, found.id, found.label, import->network->config.name,
                       import->network->config.classes);
    room->at_hand.sample =
        (struct sq_trace_sample){.id = found.id,
                                 .label = found.label,
                                 .prediction = argmax(found.logits, found.n_logits),
                                 .logits = found.logits,
                                 .n_logits = found.n_logits};
    return SQ_OK;
}

/* Hand one whole sample to the writer. Everything that is known of it is here: spikes as bit rows,
 * frames, label, logits; counts for pricing would be made of them here. */
static int put(struct room *room, struct sq_trace_writer *writer)
{
    struct sq_import *import = room->import;
    const struct sq_trace_plan *plan = &import->plan;
    return sq_trace_put(import->err, writer, &room->at_hand.sample, room->at_hand.frame,
                        plan->n_populations * plan->timesteps);
}

static int write_sample(struct room *room, struct sq_trace_writer *writer, uint64_t i)
{
    const struct sq_trace_plan *plan = &room->import->plan;
    int status = read_about(room, i);
    for (size_t p = 0; status == SQ_OK && p < plan->n_populations; p++) {
        status = read_population(room, i, p);
        if (status == SQ_OK)
            encode(room, p);
    }
    return status == SQ_OK ? put(room, writer) : status;
}

int sq_import_write(struct sq_import *import, struct sq_trace_writer *writer)
{
    struct room room = {.import = import};
    int status = make_room(import, &room);
    for (uint64_t i = 0; status == SQ_OK && i < import->plan.n_samples; i++)
        status = write_sample(&room, writer, i);
    sq_packer_free(room.packer);
    return status;
}
