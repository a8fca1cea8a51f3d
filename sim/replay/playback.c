#include "sim/replay/playback.h"

#include "sim/replay/report_from_trace.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static uint32_t timesteps_of(const struct sq_playback *playback)
{
    return playback->network->config.timesteps;
}

static struct sq_trace_frame *frame_at(const struct sq_playback *playback, uint32_t lane,
                                       size_t node, uint32_t t)
{
    return &playback
                ->frame[(lane * playback->network->n_nodes + node) * timesteps_of(playback) + t];
}

/* Where each node's frames lie in a lane. */
static void lay_out(struct sq_playback *playback)
{
    for (size_t i = 0; i < playback->network->n_nodes; i++) {
        if (playback->population_of[i] < 0)
            continue;
        const size_t room = sq_trace_frame_bytes(sq_playback_population(playback, i));
        playback->largest = room > playback->largest ? room : playback->largest;
        playback->level_words = sq_playback_level_words(playback, i) > playback->level_words
                                    ? sq_playback_level_words(playback, i)
                                    : playback->level_words;
        playback->offset[i] = playback->lane_bytes;
        playback->lane_bytes += playback->is_kept[i] ? room * timesteps_of(playback) : 0;
    }
}

int sq_playback_alloc(struct sq_error *err, struct sq_arena *arena, unsigned n_workers,
                      struct sq_playback *r)
{
    const size_t n = r->network->n_nodes;
    const struct sq_spike_shape *input = &r->network->node[0].shape;
    r->offset = sq_arena_alloc(arena, n, sizeof *r->offset);
    if (r->offset == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a replay");
    lay_out(r);
    r->frame = sq_arena_alloc(arena, (size_t)r->batch * n * timesteps_of(r), sizeof *r->frame);
    r->bytes = sq_arena_alloc(arena, r->batch, r->lane_bytes);
    r->outcome = sq_arena_alloc(arena, r->in_flight, sizeof *r->outcome);
    r->has_operations = sq_arena_alloc(arena, r->in_flight, 1);
    r->scratch = sq_arena_alloc(arena, n_workers + 1, r->largest);
    r->value = sq_arena_alloc(arena, (size_t)input->n_rows * input->n_channels, sizeof *r->value);
    int status =
        r->frame && r->bytes && r->outcome && r->has_operations && r->scratch && r->value
            ? SQ_OK
            : sq_fail(err, SQ_ENOMEM,
                      "out of memory for replaying %u samples at a time; use a smaller " SQ_OPT
                      "batch",
                      r->batch);
    r->level = sq_arena_alloc(arena, n_workers, sizeof *r->level);
    for (unsigned w = 0; status == SQ_OK && w < n_workers; w++)
        if (r->level == NULL ||
            (r->level[w] = sq_arena_alloc(arena, r->level_words + 1, sizeof(uint64_t))) == NULL)
            status = sq_fail(err, SQ_ENOMEM, "out of memory for a replay");
    for (uint64_t i = 0; status == SQ_OK && i < r->in_flight; i++)
        status = sq_outcome_alloc(err, arena, r->network, &r->outcome[i]);
    return status;
}

/* A copy of a frame in its lane. */
static void keep(const struct sq_playback *playback, uint32_t lane, size_t node,
                 const struct sq_trace_frame *frame)
{
    const size_t room = sq_trace_frame_bytes(sq_playback_population(playback, node));
    unsigned char *to = playback->bytes + lane * playback->lane_bytes + playback->offset[node] +
                        frame->timestep * room;
    struct sq_trace_frame *kept = frame_at(playback, lane, node, frame->timestep);
    *kept = *frame;
    if (frame->data == NULL)
        return;
    memcpy(to, frame->data, frame->size);
    kept->data = to;
}

/* A frame of the input: values [row][channel] -> pixels [T][C][H][W]. */
static int take_pixels(struct sq_error *err, const struct sq_playback *playback, uint64_t number,
                       const struct sq_trace_frame *frame, float *raw)
{
    const struct sq_trace_place where = {sq_trace_path(playback->trace), number};
    const struct sq_trace_population *p = sq_playback_population(playback, 0);
    float *to = raw + frame->timestep * sq_trace_neurons(p);
    const int status =
        sq_trace_decode_values(err, &where, p, frame, playback->scratch, playback->value);
    if (status != SQ_OK)
        return status;
    for (uint32_t c = 0; c < p->n_channels; c++)
        for (uint32_t r = 0; r < p->n_rows; r++)
            *to++ = playback->value[(size_t)r * p->n_channels + c];
    return SQ_OK;
}

/* A frame of the input that the trace lacks, where nothing computes with it: no numbers, so that
 * a new trace will not have it either. */
static void lack_pixels(const struct sq_playback *playback, uint32_t t, float *raw)
{
    const size_t n = sq_trace_neurons(sq_playback_population(playback, 0));
    for (size_t i = 0; i < n; i++)
        raw[t * n + i] = NAN;
}

static int enter_frames(struct sq_error *err, const struct sq_playback *playback, uint32_t lane,
                        uint64_t number, size_t node, float *raw)
{
    const int is_input = node == 0 && playback->has_pixels;
    int status = SQ_OK;
    for (uint32_t t = 0; status == SQ_OK && t < timesteps_of(playback); t++) {
        struct sq_trace_frame frame;
        status = sq_trace_frame(err, playback->trace, number,
                                (uint32_t)playback->population_of[node], t, &frame);
        if (status < 0)
            return status;
        if (status == 0 && is_input && !playback->needs_pixels)
            lack_pixels(playback, t, raw);
        else if (status == 0 && is_input)
            return sq_fail(err, SQ_EUNSUPPORTED,
                           "%s: sample %" PRIu64 ": the events of its input were not recorded; "
                           "give " SQ_OPT "input",
                           sq_trace_path(playback->trace), number);
        if (status == 1 && playback->is_kept[node])
            keep(playback, lane, node, &frame);
        status = status == 1 && is_input ? take_pixels(err, playback, number, &frame, raw) : SQ_OK;
    }
    return status;
}

int sq_playback_enter(struct sq_error *err, struct sq_playback *playback, uint32_t lane,
                      uint64_t number, float *raw)
{
    struct sq_trace_sample sample;
    struct sq_outcome *outcome = sq_playback_outcome(playback, number);
    int status = sq_trace_next(err, playback->trace, &sample);
    if (status < 0)
        return status;
    if (status == 0 || sample.id != number)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: sample %" PRIu64 " is missing: only consecutive samples are replayed",
                       sq_trace_path(playback->trace), number);
    playback->has_operations[number % playback->in_flight] = sample.operations_bytes > 0;
    status = sq_outcome_from_trace(err, playback->trace, playback->network, &sample, outcome);
    if (status == SQ_EUNSUPPORTED && sample.operations_bytes == 0)
        status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < playback->network->n_nodes; i++)
        if (playback->population_of[i] >= 0 &&
            (playback->is_kept[i] || playback->checks_all || (i == 0 && playback->has_pixels)))
            status = enter_frames(err, playback, lane, number, i, raw);
    return status;
}

int sq_playback_packet(struct sq_error *err, const struct sq_playback *playback, unsigned worker,
                       uint32_t lane, uint64_t sample, uint32_t t, size_t node, uint64_t *bits)
{
    const struct sq_trace_place where = {sq_trace_path(playback->trace), sample};
    /* Worker w has scratch w + 1: the first is the loop thread's. */
    return sq_trace_decode(err, &where, sq_playback_population(playback, node),
                           frame_at(playback, lane, node, t),
                           playback->scratch + (worker + 1) * playback->largest, bits);
}
