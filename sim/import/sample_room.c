#include "sim/import/sample_room.h"

#include "kernels/base/bits.h"
#include "kernels/base/checked.h"
#include "traces/format/frame.h"

#include <inttypes.h>

/* The most memory that one sample may need. */
#define MAX_SAMPLE_BYTES ((size_t)1 << 30)

static struct sq_frame_shape shape_of(const struct sq_trace_population *p)
{
    return (struct sq_frame_shape){p->n_rows, p->n_channels};
}

/* Bytes of a frame as it is read, */
static size_t read_bytes(const struct sq_trace_population *p)
{
    return sq_holds_values(p) ? sq_trace_neurons(p) * sizeof(uint16_t)
                              : p->n_rows * sq_words_for(p->n_channels) * sizeof(uint64_t);
}

/* encoded, and as much again compressed. */
static size_t encoded_bytes(const struct sq_trace_population *p)
{
    const struct sq_frame_shape shape = shape_of(p);
    return sq_holds_values(p) ? sq_frame_values_bytes(sq_trace_neurons(p))
                              : sq_frame_bits_bytes(&shape);
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

/* The arrays of pointers and frames. */
static int take_lists(struct sq_import *import, struct sq_sample_room *room)
{
    const size_t n = import->plan.n_populations, n_frames = n * import->plan.timesteps;
    struct sq_arena *arena = &import->arena;
    room->bits = sq_arena_alloc(arena, n, sizeof *room->bits);
    room->value = sq_arena_alloc(arena, n, sizeof *room->value);
    room->encoded = sq_arena_alloc(arena, n, sizeof *room->encoded);
    room->frame = sq_arena_alloc(arena, n_frames, sizeof *room->frame);
    return room->bits != NULL && room->value != NULL && room->encoded != NULL && room->frame != NULL
               ? SQ_OK
               : no_memory(import);
}

static int take_population(struct sq_import *import, struct sq_sample_room *room, size_t p)
{
    const struct sq_trace_population *of = &import->plan.population[p];
    const size_t timesteps = import->plan.timesteps;
    void *raw = sq_arena_alloc(&import->arena, timesteps, read_bytes(of));
    room->encoded[p] = sq_arena_alloc(&import->arena, timesteps, 2 * encoded_bytes(of));
    if (sq_holds_values(of))
        room->value[p] = raw;
    else
        room->bits[p] = raw;
    return raw != NULL && room->encoded[p] != NULL ? SQ_OK : no_memory(import);
}

int sq_sample_room_make(struct sq_import *import, struct sq_sample_room *room)
{
    room->import = import;
    int status = check_room(import);
    if (status == SQ_OK)
        status = take_lists(import, room);
    for (size_t p = 0; status == SQ_OK && p < import->plan.n_populations; p++)
        status = take_population(import, room, p);
    return status == SQ_OK ? sq_packer_new(import->err, import->plan.codec, &room->packer) : status;
}

/* Compress into `out` where that is smaller. */
static void pack(struct sq_sample_room *room, struct sq_trace_frame *frame, unsigned char *out)
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
static void encode_frame(struct sq_sample_room *room, size_t p, struct sq_trace_frame *frame,
                         unsigned char *out)
{
    const struct sq_trace_population *of = &room->import->plan.population[p];
    const struct sq_frame_shape shape = shape_of(of);
    const size_t words = of->n_rows * sq_words_for(of->n_channels), n = sq_trace_neurons(of);
    if (sq_holds_values(of)) {
        const uint16_t *value = room->value[p] + frame->timestep * n;
        frame->size = sq_frame_encode_values(value, n, &frame->encoding, &frame->spikes, out);
    } else {
        const uint64_t *bits = room->bits[p] + frame->timestep * words;
        frame->spikes = sq_popcount(bits, words);
        frame->size = sq_frame_encode(&shape, bits, frame->spikes, &frame->encoding, out);
        room->import->spikes += frame->spikes;
    }
    pack(room, frame, out + encoded_bytes(of));
}

void sq_sample_encode(struct sq_sample_room *room, size_t p)
{
    const struct sq_trace_plan *plan = &room->import->plan;
    const size_t bytes = encoded_bytes(&plan->population[p]);
    for (uint32_t t = 0; t < plan->timesteps; t++) {
        struct sq_trace_frame *frame = &room->frame[p * plan->timesteps + t];
        unsigned char *out = room->encoded[p] + 2 * bytes * t;
        *frame = (struct sq_trace_frame){.population = (uint32_t)p, .timestep = t, .data = out};
        encode_frame(room, p, frame, out);
    }
}
