#include "sim/replay/verify.h"

#include "kernels/pack/levels.h"
#include "traces/compare/compare_frame.h"

static uint64_t *count_at(const struct sq_verify *verify, uint64_t *counts, unsigned worker,
                          size_t node)
{
    return &counts[worker * verify->playback->network->n_nodes + node];
}

static int comes_before(const struct sq_divergence *x, const struct sq_divergence *y)
{
    const struct sq_difference *a = &x->difference, *b = &y->difference;
    if (a->sample != b->sample)
        return a->sample < b->sample;
    return a->timestep != b->timestep ? a->timestep < b->timestep : x->node < y->node;
}

/* A packet differs, first in `element`: is it the first one in the order of the data's way? */
static void note_difference(struct sq_verify *verify, const struct sq_packet_view *view,
                            const struct sq_trace_population *population, const uint64_t *is,
                            uint64_t element)
{
    const uint64_t fires = sq_spike_at(population, is, element);
    const struct sq_divergence here = {.is_found = 1,
                                       .node = view->node_index,
                                       .difference = {.kind = SQ_DIFFERS_SPIKE,
                                                      .sample = view->sample,
                                                      .timestep = view->t,
                                                      .element = element,
                                                      .a = fires,
                                                      .b = !fires}};
    uv_mutex_lock(&verify->mutex);
    if (!verify->first.is_found || comes_before(&here, &verify->first))
        verify->first = here;
    uv_mutex_unlock(&verify->mutex);
}

static int on_packet(struct sq_error *err, void *data, const struct sq_packet_view *view)
{
    struct sq_verify *verify = data;
    const struct sq_playback *playback = verify->playback;
    const size_t node = view->node_index;
    if (verify->role[node] != SQ_COMPUTE || playback->population_of[node] < 0)
        return SQ_OK;
    const struct sq_node *of = &playback->network->node[node];
    const size_t n_words = sq_playback_level_words(playback, node);
    uint64_t *was = verify->bits[view->worker], *const level = was + n_words;
    const uint64_t *is = view->packet->bits;
    const int status = sq_playback_packet(err, playback, view->worker, view->lane, view->sample,
                                          view->t, node, was);
    if (status != SQ_OK)
        return status;
    const struct sq_trace_population *population = sq_playback_population(playback, node);
    uint64_t element = 0;
    if (sq_node_levels(of) > 1) {
        sq_levels_from_planes(level, sq_node_levels(of), is, of->shape.n_planes,
                              sq_plane_words(&of->shape));
        is = level;
    }
    const uint64_t different = sq_compare_bits(population, is, was, &element);
    ++*count_at(verify, verify->n_frames, view->worker, node);
    *count_at(verify, verify->n_different, view->worker, node) += different;
    if (different > 0)
        note_difference(verify, view, population, is, element);
    return SQ_OK;
}

int sq_verify_begin(struct sq_error *err, struct sq_arena *arena,
                    const struct sq_playback *playback, const unsigned char *role,
                    unsigned n_workers, struct sq_verify *verify)
{
    const size_t n = playback->network->n_nodes;
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        if (2 * sq_playback_level_words(playback, i) > most)
            most = 2 * sq_playback_level_words(playback, i);
    *verify = (struct sq_verify){.observer = {.on_packet = on_packet, .data = verify},
                                 .playback = playback,
                                 .role = role,
                                 .n_workers = n_workers};
    verify->bits = sq_arena_alloc(arena, n_workers, sizeof *verify->bits);
    verify->n_frames = sq_arena_alloc(arena, n * n_workers, sizeof *verify->n_frames);
    verify->n_different = sq_arena_alloc(arena, n * n_workers, sizeof *verify->n_different);
    int ok = verify->bits != NULL && verify->n_frames != NULL && verify->n_different != NULL;
    for (unsigned w = 0; ok && w < n_workers; w++)
        ok = (verify->bits[w] = sq_arena_alloc(arena, most, sizeof(uint64_t))) != NULL;
    verify->has_mutex = ok && uv_mutex_init(&verify->mutex) == 0;
    return verify->has_mutex ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for verifying");
}

void sq_verify_end(struct sq_verify *verify)
{
    if (verify->has_mutex)
        uv_mutex_destroy(&verify->mutex);
    verify->has_mutex = 0;
}

static uint64_t sum_of(const struct sq_verify *verify, uint64_t *counts, size_t node)
{
    uint64_t sum = 0;
    for (unsigned w = 0; w < verify->n_workers; w++)
        sum += *count_at(verify, counts, w, node);
    return sum;
}

uint64_t sq_verify_frames(const struct sq_verify *verify, size_t node)
{
    return sum_of(verify, verify->n_frames, node);
}

uint64_t sq_verify_different(const struct sq_verify *verify, size_t node)
{
    return sum_of(verify, verify->n_different, node);
}
