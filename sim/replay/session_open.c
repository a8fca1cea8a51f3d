/* A replay is set up. */
#include "sim/record/recorded_graph.h"
#include "sim/record/trace_warnings.h"
#include "sim/replay/rebuild.h"
#include "sim/replay/report_from_trace.h"
#include "sim/replay/session.h"
#include "sim/report/trace_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { MAX_FROM = 256 };

/* It runs in the arithmetic that was recorded. */
static int check_arith(const struct sq_replay *replay)
{
    const struct sq_network *network = replay->network;
    const char *recorded = sq_trace_meta(replay->trace, "arith");
    if (recorded == NULL || strcmp(recorded, network->arith) == 0)
        return SQ_OK;
    return sq_fail(replay->err, SQ_EUNSUPPORTED,
                   "%s: was recorded in the arithmetic \"%s\", %s runs in \"%s\"; give the model "
                   "that was recorded",
                   sq_trace_path(replay->trace), recorded, network->model_path, network->arith);
}

/* The model, with the configuration that the options name, else the one that was recorded. A trained checkpoint
 * becomes integers as it did then. */
static int load_model(struct sq_replay *replay)
{
    const struct sq_replay_choices *options = replay->options;
    const char *root = sq_trace_meta(replay->trace, "model_root");
    const char *arith = sq_trace_meta(replay->trace, "arith");
    struct sq_config config;
    struct sq_fixed_settings settings;
    int status = SQ_OK;
    struct sq_network_request request = {.config_dirs = replay->config_dirs,
                                         .model = options->model,
                                         .config = options->config,
                                         .set = options->set,
                                         .n_set = options->n_set,
                                         .weights = options->weights,
                                         .architecture = options->architecture,
                                         .weights_recorded =
                                             root != NULL && *root == '\0' ? "." : root};
    if (arith != NULL && sq_arith_parse(arith, &settings))
        request.fixed = &settings;
    if (options->config == NULL && options->n_set == 0) {
        request.given = &config;
        status = sq_recorded_config(replay->err, replay->trace, &config);
    }
    return status == SQ_OK ? sq_network_load_request(replay->err, &request, &replay->network)
                           : status;
}

static int take_nodes(struct sq_replay *replay)
{
    const size_t n = replay->network->n_nodes;
    struct sq_arena *arena = &replay->arena;
    replay->recorded = sq_arena_alloc(arena, n, 1);
    replay->kept = sq_arena_alloc(arena, n, 1);
    replay->silenced = sq_arena_alloc(arena, n, 1);
    replay->population_of = sq_arena_alloc(arena, n, sizeof *replay->population_of);
    replay->change.silence = sq_arena_alloc(arena, n, sizeof(uint64_t *));
    if (!replay->recorded || !replay->kept || !replay->silenced || !replay->population_of ||
        !replay->change.silence)
        return sq_fail(replay->err, SQ_ENOMEM, "out of memory for a replay");
    const int status =
        sq_rebuild_match(replay->err, replay->trace, replay->network, replay->population_of);
    const int has_spikes = sq_trace_plan_of(replay->trace)->detail == SQ_TRACE_SPIKES;
    for (size_t i = 0; i < n; i++)
        replay->recorded[i] = has_spikes && replay->population_of[i] >= 0;
    return status;
}

static int take_changes(struct sq_replay *replay)
{
    const struct sq_replay_choices *options = replay->options;
    int status = SQ_OK;
    replay->change.drop = options->drop;
    replay->change.seed = options->seed;
    replay->change.shift = options->shift;
    if (!(options->drop >= 0 && options->drop <= 1))
        return sq_fail(replay->err, SQ_EUSAGE, SQ_OPT "drop %g: expected a probability, 0 to 1",
                       options->drop);
    for (size_t i = 0; status == SQ_OK && i < options->n_silence; i++)
        status = sq_change_silence(replay->err, &replay->arena, replay->network,
                                   options->silence[i], &replay->change, replay->silenced);
    return status;
}

/* Nodes named by --from; without it those that --silence names. */
static int find_from(struct sq_replay *replay, size_t from[MAX_FROM], size_t *n_from)
{
    const struct sq_replay_choices *options = replay->options;
    int status = SQ_OK;
    *n_from = 0;
    if (options->n_from > MAX_FROM)
        return sq_fail(replay->err, SQ_EUSAGE, SQ_OPT "from given more than %d times", MAX_FROM);
    for (size_t i = 0; status == SQ_OK && i < options->n_from; i++)
        status = sq_cut_find(replay->err, replay->network, options->from[i], &from[(*n_from)++]);
    for (size_t i = 0; options->n_from == 0 && i < replay->network->n_nodes; i++)
        if (replay->silenced[i] && *n_from < MAX_FROM)
            from[(*n_from)++] = i;
    if (status == SQ_OK && *n_from == 0)
        status = sq_fail(replay->err, SQ_EUSAGE,
                         "where does the replay begin? " SQ_OPT
                         "from NAME: a population, a module such as an encoder block, or input");
    return status;
}

/* A silenced population that is not computed would change nothing. */
static int check_silenced(struct sq_replay *replay)
{
    for (size_t i = 0; i < replay->network->n_nodes; i++)
        if (replay->silenced[i] && replay->cut.role[i] == SQ_SKIP)
            return sq_fail(replay->err, SQ_EUSAGE,
                           SQ_OPT "silence: %s lies upstream of " SQ_OPT
                                  "from and takes no part; begin there",
                           replay->network->node[i].name);
    return SQ_OK;
}

/* Nor would a change of injected spikes where none are injected. */
static int check_injected(struct sq_replay *replay)
{
    size_t n = 0;
    for (size_t i = 0; i < replay->network->n_nodes; i++)
        n += replay->cut.is_from[i];
    if (n > 0 || (replay->change.drop == 0 && replay->change.shift == 0))
        return SQ_OK;
    return sq_fail(replay->err, SQ_EUSAGE,
                   SQ_OPT "drop and " SQ_OPT "shift change injected spikes, and " SQ_OPT
                          "from input injects none; begin at a population");
}

/* What nothing computes with goes into the new trace unchanged. */
static void take_along(struct sq_replay *replay)
{
    for (size_t i = 0; i < replay->network->n_nodes; i++) {
        const struct sq_node *node = &replay->network->node[i];
        unsigned char *role = &replay->cut.role[i];
        if (*role != SQ_SKIP || !replay->recorded[i])
            continue;
        if (sq_node_is_population(node))
            *role = SQ_INJECT;
        else if (node->kind == SQ_NODE_INPUT)
            *role = SQ_COMPUTE, replay->carries_input = 1;
    }
}

static int plan_cut(struct sq_replay *replay)
{
    size_t from[MAX_FROM], n_from;
    int status = find_from(replay, from, &n_from);
    if (status == SQ_OK)
        status = sq_cut_make(replay->err, &replay->arena, replay->network, from, n_from,
                             replay->recorded, &replay->cut);
    if (status == SQ_EUNSUPPORTED && sq_trace_plan_of(replay->trace)->detail == SQ_TRACE_COUNTS)
        return sq_fail(replay->err, SQ_EUNSUPPORTED,
                       "%s: holds counts only, no spikes: record it again with " SQ_OPT
                       "trace-detail spikes, or begin at input",
                       sq_trace_path(replay->trace));
    if (status == SQ_OK)
        status = check_silenced(replay);
    if (status == SQ_OK)
        status = check_injected(replay);
    if (status == SQ_OK && replay->options->record.path != NULL)
        take_along(replay);
    for (size_t i = 0; status == SQ_OK && i < replay->network->n_nodes; i++) {
        const unsigned char role = replay->cut.role[i];
        replay->kept[i] = sq_node_is_population(&replay->network->node[i]) && replay->recorded[i] &&
                          (role == SQ_INJECT || (role == SQ_COMPUTE && replay->options->verify));
    }
    return status;
}

/* Samples first .. end - 1 of the trace. */
static int take_samples(struct sq_replay *replay)
{
    struct sq_trace_sample sample = {.id = 0};
    struct sq_range *range = &replay->samples;
    int status = sq_range_parse(replay->err, SQ_OPT "samples", replay->options->samples, range);
    if (status == SQ_OK)
        status = sq_trace_seek(replay->err, replay->trace, range->first);
    if (status == SQ_OK)
        status = sq_trace_next(replay->err, replay->trace, &sample);
    if (status < 0)
        return status;
    if (status == 0 || sample.id >= range->end)
        return sq_fail(replay->err, SQ_EVALUE, "%s: holds no such samples",
                       sq_trace_path(replay->trace));
    range->first = sample.id;
    const uint64_t n = sq_trace_n_samples(replay->trace);
    const char *text = sq_trace_meta(replay->trace, "first_sample");
    const uint64_t end = (text != NULL ? strtoull(text, NULL, 10) : 0) + n;
    range->end = end < range->end ? end : range->end;
    if (range->end <= range->first)
        range->end = range->first + 1; /* an error names it when it is looked for */
    return sq_trace_seek(replay->err, replay->trace, range->first);
}

static void choose_sizes(struct sq_replay *replay)
{
    const struct sq_replay_choices *options = replay->options;
    const uint64_t n = replay->samples.end - replay->samples.first;
    replay->threads = options->threads > 0 ? options->threads : uv_available_parallelism();
    replay->batch = options->batch > 0 ? options->batch
                                       : sq_run_default_batch(replay->network, replay->threads,
                                                              options->schedule, 0);
    if (replay->batch > n)
        replay->batch = (unsigned)n;
    replay->batch = sq_run_whole_batches(replay->batch, replay->couple);
}

/* Coupled neurons that are computed need their batches whole. */
static int take_batches(struct sq_replay *replay)
{
    const unsigned couple = sq_couple_batch_of(replay->trace);
    for (size_t i = 0; i < replay->network->n_nodes; i++)
        if (replay->network->node[i].graph->is_batch_coupled && replay->cut.role[i] == SQ_COMPUTE)
            replay->couple = couple;
    if (replay->couple > 1 && replay->samples.first % replay->couple > 0)
        return sq_fail(replay->err, SQ_EUSAGE,
                       SQ_OPT "samples: begin at %llu, within a batch of %u whose state ran on; "
                              "begin at a multiple of it",
                       (unsigned long long)replay->samples.first, replay->couple);
    return SQ_OK;
}

static int open_playback(struct sq_replay *replay)
{
    replay->playback = (struct sq_playback){
        .trace = replay->trace,
        .network = replay->network,
        .population_of = replay->population_of,
        .is_kept = replay->kept,
        .checks_all = replay->options->verify,
        .has_pixels = (replay->cut.needs_input || replay->carries_input) && replay->input == NULL,
        .needs_pixels = replay->cut.needs_input,
        .batch = replay->batch,
        .in_flight = sq_run_in_flight(replay->batch),
    };
    replay->sample_of_lane =
        sq_arena_alloc(&replay->arena, replay->batch, sizeof *replay->sample_of_lane);
    if (replay->sample_of_lane == NULL)
        return sq_fail(replay->err, SQ_ENOMEM, "out of memory for a replay");
    int status = sq_playback_alloc(replay->err, &replay->arena, replay->threads, &replay->playback);
    if (status == SQ_OK)
        status = sq_verify_begin(replay->err, &replay->arena, &replay->playback, replay->cut.role,
                                 replay->threads, &replay->verify);
    return status;
}

int sq_replay_open(struct sq_replay *replay)
{
    struct sq_error *err = replay->err;
    int status = sq_trace_open(err, replay->options->trace, &replay->trace);
    if (status == SQ_OK)
        status = sq_warnings_of_trace(err, replay->trace, &replay->warnings);
    if (status == SQ_OK)
        status = load_model(replay);
    if (status == SQ_OK)
        status = check_arith(replay);
    if (status == SQ_OK)
        status = take_nodes(replay);
    if (status == SQ_OK)
        status = take_changes(replay);
    if (status == SQ_OK)
        status = plan_cut(replay);
    if (status == SQ_OK)
        status = take_samples(replay);
    if (status == SQ_OK)
        status = sq_replay_open_input(replay);
    if (status == SQ_OK)
        status = take_batches(replay);
    if (status != SQ_OK)
        return status;
    choose_sizes(replay);
    const char *digest = sq_trace_meta(replay->trace, "model_sha256");
    const char *root = sq_trace_meta(replay->trace, "model_root");
    replay->is_same_file = digest != NULL && strcmp(digest, replay->network->model_digest) == 0;
    replay->is_same_model =
        replay->is_same_file && (root == NULL || strcmp(root, replay->network->root) == 0);
    status = open_playback(replay);
    if (status == SQ_OK)
        status = sq_report_new(err, replay->network, &replay->before);
    if (status == SQ_OK)
        status = sq_report_new(err, replay->network, &replay->after);
    return status;
}
