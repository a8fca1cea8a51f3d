#include "sim/quantise/trial.h"

#include "kernels/base/bits.h"

#include <string.h>

enum { CHUNK_BYTES = 64 << 20 };

/* Words of one packet of a population. */
static size_t packet_words(const struct sq_network *network, size_t node)
{
    return sq_node_is_population(&network->node[node]) ? sq_plane_words(&network->node[node].shape)
                                                       : 0;
}

int sq_chunk_open(struct sq_error *err, const struct sq_network *network, unsigned threads,
                  struct sq_chunk *chunk)
{
    *chunk = (struct sq_chunk){.network = network, .threads = threads};
    chunk->word_of = sq_arena_alloc(&chunk->arena, network->n_nodes, sizeof *chunk->word_of);
    for (size_t i = 0; chunk->word_of != NULL && i < network->n_nodes; i++) {
        chunk->word_of[i] = chunk->sample_words;
        chunk->sample_words += packet_words(network, i) * network->config.timesteps;
    }
    const uint64_t fit = CHUNK_BYTES / (chunk->sample_words * sizeof(uint64_t) + 1);
    chunk->capacity = fit > 0 ? fit : 1;
    chunk->bits =
        sq_arena_alloc(&chunk->arena, chunk->capacity, chunk->sample_words * sizeof(uint64_t));
    chunk->prediction = sq_arena_alloc(&chunk->arena, chunk->capacity, sizeof *chunk->prediction);
    chunk->difference =
        sq_arena_alloc(&chunk->arena, threads * network->n_nodes, sizeof *chunk->difference);
    return chunk->word_of && chunk->bits && chunk->prediction && chunk->difference
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "out of memory for the spikes of a sample");
}

void sq_chunk_close(struct sq_chunk *chunk)
{
    sq_arena_free(&chunk->arena);
}

static uint64_t *kept_packet(const struct sq_chunk *chunk, const struct sq_packet_view *view)
{
    return chunk->bits + (view->sample - chunk->first) * chunk->sample_words +
           chunk->word_of[view->node_index] +
           view->t * packet_words(chunk->network, view->node_index);
}

static int keep(struct sq_error *err, void *data, const struct sq_packet_view *view)
{
    (void)err;
    const struct sq_chunk *chunk = data;
    memcpy(kept_packet(chunk, view), view->packet->bits,
           packet_words(chunk->network, view->node_index) * sizeof(uint64_t));
    return SQ_OK;
}

static int count_difference(struct sq_error *err, void *data, const struct sq_packet_view *view)
{
    (void)err;
    struct sq_chunk *chunk = data;
    const uint64_t *want = kept_packet(chunk, view);
    const size_t n = packet_words(chunk->network, view->node_index);
    uint64_t ones = 0;
    for (size_t w = 0; w < n; w++)
        ones += sq_ones(want[w] ^ view->packet->bits[w]);
    chunk->difference[view->worker * chunk->network->n_nodes + view->node_index] += ones;
    return SQ_OK;
}

/* Data of the callback for finished samples. */
struct pass {
    struct sq_chunk *chunk;
    struct sq_trial *trial;
    int is_first;
};

static int on_finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    struct pass *pass = data;
    uint32_t *kept = &pass->chunk->prediction[outcome->sample - pass->chunk->first];
    const uint32_t class = sq_outcome_class(outcome, pass->chunk->network->head.n_out);
    if (pass->is_first)
        *kept = class;
    else
        pass->trial->n_changed += *kept != class;
    return sq_report_add(err, pass->trial->report, outcome);
}

static int run_chunk(struct sq_error *err, struct pass *pass, struct sq_input *input,
                     const struct sq_observer *observer)
{
    const struct sq_chunk *chunk = pass->chunk;
    struct sq_run_options options = {
        .threads = chunk->threads,
        .schedule = SQ_SCHEDULE_LAYER,
        .isa = "auto",
        .finished = on_finished,
        .data = pass,
        .stop_on_sigint = 0,
    };
    options.batch = sq_run_default_batch(pass->trial->network, chunk->threads, options.schedule, 0);
    sq_observers_add(&options.observers, observer);
    sq_input_seek(input, chunk->first);
    struct sq_feed feed = sq_feed_of_input(input);
    feed.end = chunk->first + chunk->n_samples;
    return sq_run(err, pass->trial->network, &feed, &options, &pass->trial->report->totals);
}

int sq_chunk_keep(struct sq_error *err, struct sq_chunk *chunk, struct sq_input *input,
                  uint64_t first, uint64_t n, struct sq_trial *f32)
{
    const struct sq_observer observer = {.on_packet = keep, .data = chunk};
    chunk->first = first;
    chunk->n_samples = n;
    return run_chunk(err, &(struct pass){chunk, f32, 1}, input, &observer);
}

int sq_chunk_compare(struct sq_error *err, struct sq_chunk *chunk, struct sq_input *input,
                     struct sq_trial *trial)
{
    const struct sq_observer observer = {.on_packet = count_difference, .data = chunk};
    const size_t n_nodes = chunk->network->n_nodes;
    memset(chunk->difference, 0, chunk->threads * n_nodes * sizeof *chunk->difference);
    const int status = run_chunk(err, &(struct pass){chunk, trial, 0}, input, &observer);
    for (size_t i = 0; i < chunk->threads * n_nodes; i++)
        trial->different[i % n_nodes] += chunk->difference[i];
    return status;
}

int sq_trial_open(struct sq_error *err, struct sq_trial *trial)
{
    const int status = sq_report_new(err, trial->network, &trial->report);
    if (status != SQ_OK)
        return status;
    trial->different =
        sq_arena_alloc(&trial->report->arena, trial->network->n_nodes, sizeof *trial->different);
    return trial->different != NULL ? SQ_OK
                                    : sq_fail(err, SQ_ENOMEM, "out of memory for the comparison");
}

void sq_trial_close(struct sq_trial *trial)
{
    sq_report_free(trial->report);
    sq_network_free(trial->network);
}
