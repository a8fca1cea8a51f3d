#include "sim/replay/verify.h"

#include "kernels/base/bits.h"

#include <string.h>

static uint64_t *count_at(const struct sq_verify *verify, uint64_t *counts, unsigned worker,
                          size_t node)
{
    return &counts[worker * verify->recording->network->n_nodes + node];
}

static int comes_before(const struct sq_difference *a, const struct sq_difference *b)
{
    if (a->sample != b->sample)
        return a->sample < b->sample;
    return a->t != b->t ? a->t < b->t : a->node < b->node;
}

/* A packet differs: is it the first one in the order of the data's way? */
static void note_difference(struct sq_verify *verify, const struct sq_sight *sight,
                            const uint64_t *was)
{
    const struct sq_spike_shape *shape = &verify->recording->network->node[sight->node_index].shape;
    const uint64_t *now = sight->packet->bits;
    size_t i = 0;
    while (now[i] == was[i])
        i++;
    const uint64_t bit = (uint64_t)__builtin_ctzll(now[i] ^ was[i]);
    const struct sq_difference here = {.is_found = 1,
                                       .sample = sight->sample,
                                       .t = sight->t,
                                       .node = sight->node_index,
                                       .neuron = i / shape->n_words * shape->n_channels +
                                                 64 * (i % shape->n_words) + bit,
                                       .fired_now = (int)(now[i] >> bit & 1)};
    uv_mutex_lock(&verify->mutex);
    if (!verify->first.is_found || comes_before(&here, &verify->first))
        verify->first = here;
    uv_mutex_unlock(&verify->mutex);
}

static int see(struct sq_error *err, void *data, const struct sq_sight *sight)
{
    struct sq_verify *verify = data;
    const struct sq_recording *recording = verify->recording;
    const size_t node = sight->node_index;
    if (verify->role[node] != SQ_COMPUTE || recording->population_of[node] < 0)
        return SQ_OK;
    uint64_t *was = verify->bits[sight->worker];
    const int status = sq_recording_packet(err, recording, sight->worker, sight->lane,
                                           sight->sample, sight->t, node, was);
    if (status != SQ_OK)
        return status;
    const size_t n_words = sq_plane_words(&recording->network->node[node].shape);
    uint64_t different = 0;
    for (size_t i = 0; i < n_words; i++)
        different += sq_ones(was[i] ^ sight->packet->bits[i]);
    ++*count_at(verify, verify->n_frames, sight->worker, node);
    *count_at(verify, verify->n_different, sight->worker, node) += different;
    if (different > 0)
        note_difference(verify, sight, was);
    return SQ_OK;
}

int sq_verify_begin(struct sq_error *err, struct sq_arena *arena,
                    const struct sq_recording *recording, const unsigned char *role,
                    unsigned n_workers, struct sq_verify *verify)
{
    const size_t n = recording->network->n_nodes;
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        if (sq_plane_words(&recording->network->node[i].shape) > most)
            most = sq_plane_words(&recording->network->node[i].shape);
    *verify = (struct sq_verify){
        .observer = {see, verify, 0}, .recording = recording, .role = role, .n_workers = n_workers};
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
