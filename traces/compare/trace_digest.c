#include "traces/compare/trace_digest.h"

#include "kernels/base/little.h"
#include "traces/format/description.h"
#include "traces/format/schema.h"
#include "traces/read/trace_room.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A digest under way, with room for the largest frame. */
struct digest {
    struct sq_trace *trace;
    const struct sq_trace_plan *plan;
    struct sq_hash *hash;
    struct sq_arena arena;
    struct sq_trace_room room;
    unsigned char *encoded;
    uint64_t n_frames; /* met so far */
};

static void add_number(const struct digest *digest, uint64_t number)
{
    unsigned char bytes[8];
    sq_put_le(bytes, number, sizeof bytes);
    sq_hash_add(digest->hash, bytes, sizeof bytes);
}

static void add_head(const struct digest *digest)
{
    char line[SQ_TRACE_NAME_BYTES + SQ_SHAPE_TEXT + 64], shape[SQ_SHAPE_TEXT];
    snprintf(line, sizeof line, "spikeq trace 1\ntimesteps %" PRIu32 "\n", digest->plan->timesteps);
    sq_hash_add(digest->hash, line, strlen(line));
    for (size_t p = 0; p < digest->plan->n_populations; p++) {
        const struct sq_trace_population *population = &digest->plan->population[p];
        sq_shape_text(population, shape);
        snprintf(line, sizeof line, "population %s %s %s\n", population->name, shape,
                 sq_trace_axes_name(population));
        sq_hash_add(digest->hash, line, strlen(line));
    }
}

static void add_sample(const struct digest *digest, const struct sq_trace_sample *sample)
{
    add_number(digest, sample->id);
    add_number(digest, (uint64_t)sample->label);
    add_number(digest, sample->n_logits);
    for (size_t i = 0; i < sample->n_logits; i++) {
        uint32_t word;
        memcpy(&word, &sample->logits[i], sizeof word);
        unsigned char bytes[sizeof word];
        sq_put_le(bytes, word, sizeof bytes);
        sq_hash_add(digest->hash, bytes, sizeof bytes);
    }
}

/* Decode a frame and encode it again: its writer may have chosen another encoding. */
static int encode_again(struct sq_error *err, struct digest *digest, uint64_t sample,
                        const struct sq_trace_frame *frame, uint8_t *encoding, size_t *size)
{
    const struct sq_trace_population *p = &digest->plan->population[frame->population];
    const struct sq_frame_shape shape = {p->n_rows, p->n_channels};
    uint64_t spikes;
    *encoding = frame->encoding;
    *size = 0;
    if (frame->encoding == SQ_FRAME_COUNT)
        return SQ_OK;
    const int status = sq_trace_room_decode(err, digest->trace, sample, frame, &digest->room);
    if (status == SQ_OK && p->kind == SQ_TRACE_INPUT)
        *size = sq_frame_encode_values(digest->room.value, sq_trace_neurons(p), encoding, &spikes,
                                       digest->encoded);
    else if (status == SQ_OK)
        *size =
            sq_frame_encode(&shape, digest->room.bits, frame->spikes, encoding, digest->encoded);
    return status;
}

static int add_frame(struct sq_error *err, struct digest *digest, uint64_t sample, uint32_t p,
                     uint32_t t)
{
    static const unsigned char missing = 255;
    struct sq_trace_frame frame;
    uint8_t encoding;
    size_t size;
    int status = sq_trace_frame(err, digest->trace, sample, p, t, &frame);
    if (status == 0)
        sq_hash_add(digest->hash, &missing, 1);
    if (status <= 0)
        return status;
    digest->n_frames++;
    status = encode_again(err, digest, sample, &frame, &encoding, &size);
    if (status != SQ_OK)
        return status;
    sq_hash_add(digest->hash, &encoding, 1);
    add_number(digest, frame.spikes);
    add_number(digest, size);
    sq_hash_add(digest->hash, digest->encoded, size);
    return SQ_OK;
}

/* Frames that belong to no sample show that samples were lost. */
static int check_frames(struct sq_error *err, const struct digest *digest)
{
    uint64_t n;
    const int status = sq_trace_n_frames(err, digest->trace, &n);
    if (status != SQ_OK || n == digest->n_frames)
        return status;
    return sq_fail(err, SQ_EFORMAT,
                   "%s: holds %" PRIu64 " frames, but only %" PRIu64
                   " of samples that are there; the file was damaged",
                   sq_trace_path(digest->trace), n, digest->n_frames);
}

static int add_samples(struct sq_error *err, struct digest *digest)
{
    struct sq_trace_sample sample;
    int status = sq_trace_seek(err, digest->trace, 0);
    while (status == SQ_OK && (status = sq_trace_next(err, digest->trace, &sample)) == 1) {
        add_sample(digest, &sample);
        status = SQ_OK;
        for (uint32_t p = 0; status == SQ_OK && p < digest->plan->n_populations; p++)
            for (uint32_t t = 0; status == SQ_OK && t < digest->plan->timesteps; t++)
                status = add_frame(err, digest, sample.id, p, t);
    }
    return status == SQ_OK ? check_frames(err, digest) : status;
}

static int take_room(struct sq_error *err, struct digest *digest)
{
    size_t bytes = 0;
    for (size_t i = 0; i < digest->plan->n_populations; i++) {
        const size_t own = sq_trace_frame_bytes(&digest->plan->population[i]);
        bytes = own > bytes ? own : bytes;
    }
    digest->encoded = sq_arena_alloc(&digest->arena, bytes, 1);
    if (digest->encoded == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(digest->trace));
    return sq_trace_room_take(err, digest->trace, &digest->arena, &digest->room);
}

int sq_trace_digest(struct sq_error *err, struct sq_trace *trace, char text[SQ_DIGEST_TEXT])
{
    struct digest digest = {.trace = trace, .plan = sq_trace_plan_of(trace)};
    int status = take_room(err, &digest);
    if (status == SQ_OK)
        status = sq_hash_new(err, &digest.hash);
    if (status == SQ_OK) {
        add_head(&digest);
        status = add_samples(err, &digest);
    }
    sq_hash_end(digest.hash, status == SQ_OK ? text : NULL);
    sq_arena_free(&digest.arena);
    return status;
}
