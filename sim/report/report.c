#include "sim/report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t timesteps_of(const struct spikeq_report *report)
{
    return report->network->config.timesteps;
}

static size_t index_of(const struct spikeq_report *report, const struct sq_node *node)
{
    return (size_t)(node - report->network->node);
}

static const struct sq_tally *tallies_of(const struct spikeq_report *report,
                                         const struct sq_node *node)
{
    return report->totals.tally + index_of(report, node) * timesteps_of(report);
}

int sq_report_new(struct sq_error *err, const struct sq_network *network,
                  struct spikeq_report **out)
{
    struct spikeq_report *report = calloc(1, sizeof *report);
    if (report == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the report");
    const size_t n = network->n_nodes, n_tallies = n * network->config.timesteps;
    report->network = sq_network_hold(network);
    sq_config_assumed_text(&network->config, report->assumed, sizeof report->assumed);
    sq_warnings_add(&report->warnings, &network->warnings);
    report->totals.pixels_are_counts = 1;
    report->totals.tally = sq_arena_alloc(&report->arena, n_tallies, sizeof(struct sq_tally));
    report->rate_per_timestep = sq_arena_alloc(&report->arena, n_tallies, sizeof(double));
    report->population = sq_arena_alloc(&report->arena, n, sizeof *report->population);
    report->synapse = sq_arena_alloc(&report->arena, n, sizeof *report->synapse);
    report->attention = sq_arena_alloc(&report->arena, n, sizeof *report->attention);
    if (!report->totals.tally || !report->rate_per_timestep || !report->population ||
        !report->synapse || !report->attention) {
        sq_report_free(report);
        return sq_fail(err, SQ_ENOMEM, "out of memory for the report");
    }
    const int status = sq_record_new(err, network, &report->record);
    if (status != SQ_OK) {
        sq_report_free(report);
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        const struct sq_node *node = &network->node[i];
        if (sq_node_is_population(node))
            report->population[report->n_populations++] = node;
        if (sq_node_weights(network, node) != NULL)
            report->synapse[report->n_synapses++] = node;
        if (sq_node_is_attention(node))
            report->attention[report->n_attentions++] = node;
    }
    *out = report;
    return SQ_OK;
}

void sq_report_free(struct spikeq_report *report)
{
    if (report == NULL)
        return;
    sq_record_free(report->record);
    free(report->input_description);
    free(report->input_frames);
    free(report->warnings_text);
    free(report->shard_note);
    sq_network_free(report->network);
    sq_arena_free(&report->arena);
    free(report);
}

void sq_report_take_shard(struct spikeq_report *report, const struct sq_shard *shard,
                          struct sq_range share, uint64_t n_whole)
{
    const int is_taken = shard->source[0] != '\0';
    report->shard = *shard;
    report->share = share;
    report->n_whole = n_whole;
    report->n_planned = share.end - share.first;
    snprintf(report->shard_line, sizeof report->shard_line,
             "%" PRIu64 " of %" PRIu64 ": samples %" PRIu64 ":%" PRIu64 " of %" PRIu64 "%s%s%s",
             shard->index, shard->of, share.first, share.end, n_whole, is_taken ? " (" : "",
             shard->source, is_taken ? ")" : "");
}

/* Labels and additions: what every sample adds to the report. */
static void count_sample(struct spikeq_report *report, const struct sq_outcome *outcome)
{
    sq_sops_add(&report->sops, report->network, outcome);
    if (outcome->label < 0)
        return;
    report->n_labelled++;
    report->n_correct +=
        sq_outcome_class(outcome, report->network->head.n_out) == (uint32_t)outcome->label;
}

static void add_totals(struct spikeq_report *report, const struct sq_outcome *outcome)
{
    struct sq_totals *totals = &report->totals;
    sq_outcome_add(totals->tally, outcome, report->network);
    totals->pixels_are_counts &= outcome->pixels_are_counts;
    totals->n_samples++;
}

int sq_report_add(struct sq_error *err, struct spikeq_report *report,
                  const struct sq_outcome *outcome)
{
    count_sample(report, outcome);
    return sq_record_add(err, report->record, outcome);
}

void sq_report_add_totals(struct spikeq_report *report, const struct sq_outcome *outcome)
{
    count_sample(report, outcome);
    add_totals(report, outcome);
}

int sq_report_add_finished(struct sq_error *err, struct spikeq_report *report,
                           const struct sq_outcome *outcome)
{
    add_totals(report, outcome);
    return sq_report_add(err, report, outcome);
}

static uint64_t neurons_of(const struct sq_node *node)
{
    return (uint64_t)node->shape.n_rows * node->shape.n_channels;
}

/* Spikes that it could send in a timestep: of multispike neurons, several each. */
static uint64_t most_spikes(const struct sq_node *node)
{
    return neurons_of(node) * sq_node_levels(node);
}

/* part / whole; 0 where the whole is 0. */
static double ratio(uint64_t part, double whole)
{
    return whole > 0 ? (double)part / whole : 0;
}

void sq_report_finish(struct spikeq_report *report)
{
    const uint32_t timesteps = timesteps_of(report);
    sq_record_settle(report->record);
    for (size_t i = 0; i < report->n_populations; i++) {
        const struct sq_node *node = report->population[i];
        const double whole = (double)most_spikes(node) * (double)report->totals.n_samples;
        for (uint32_t t = 0; t < timesteps; t++)
            report->rate_per_timestep[i * timesteps + t] =
                ratio(tallies_of(report, node)[t].spikes, whole);
    }
}

void sq_report_population(const struct spikeq_report *report, size_t index,
                          struct spikeq_population *population)
{
    const struct sq_node *node = report->population[index];
    const uint32_t timesteps = timesteps_of(report);
    *population = (struct spikeq_population){
        .name = node->name,
        .neurons = neurons_of(node),
        .rate_per_timestep = report->rate_per_timestep + index * timesteps,
    };
    for (uint32_t t = 0; t < timesteps; t++)
        population->spikes += tallies_of(report, node)[t].spikes;
    population->rate = ratio(population->spikes, (double)most_spikes(node) * (double)timesteps *
                                                     (double)report->totals.n_samples);
}

/* Are the synapse's inputs whole numbers, so that units have a meaning? */
static int has_units(const struct spikeq_report *report, const struct sq_node *node)
{
    if (node->kind == SQ_NODE_HEAD)
        return 0;
    if (node->kind == SQ_NODE_REAL_CONV)
        return 0;
    return node->kind != SQ_NODE_ANALOG_CONV || report->totals.pixels_are_counts;
}

void sq_report_synapse(const struct spikeq_report *report, size_t index,
                       struct spikeq_synapse *synapse)
{
    const struct sq_node *node = report->synapse[index];
    const int is_head = node->kind == SQ_NODE_HEAD;
    const struct sq_synapse *weights = sq_node_weights(report->network, node);
    /* The head runs once a sample, after the mean over T; every other synapse T times. */
    const uint64_t passes = report->totals.n_samples * (is_head ? 1 : timesteps_of(report));
    *synapse = (struct spikeq_synapse){
        .name = weights->name,
        .kind = sq_synapse_kind(report->network, node),
        .source = report->network->node[node->source[0]].name,
        .target = node->name,
        .has_units = has_units(report, node),
        .dense_additions = weights->dense * passes,
    };
    for (uint32_t t = 0; t < timesteps_of(report); t++) {
        const struct sq_tally *tally = &tallies_of(report, node)[t];
        synapse->events += tally->events;
        synapse->additions += tally->additions;
        synapse->unit_additions += tally->unit_additions;
        synapse->macs += tally->macs;
    }
    synapse->sops = is_head || node->kind == SQ_NODE_REAL_CONV ? 0
                    : node->kind == SQ_NODE_ANALOG_CONV        ? report->sops.first
                                                               : synapse->additions;
}

/* What a synapse would add if no input were zero; nothing where it multiplies. */
static uint64_t dense_sops(const struct spikeq_report *report, const struct sq_node *node)
{
    const int is_analog = node->kind == SQ_NODE_ANALOG_CONV;
    const uint64_t n_samples = is_analog ? report->sops.n_counts : report->totals.n_samples;
    if (node->kind == SQ_NODE_HEAD || node->kind == SQ_NODE_REAL_CONV)
        return 0;
    return sq_node_weights(report->network, node)->dense * n_samples * timesteps_of(report);
}

void sq_report_warning(const struct spikeq_report *report, size_t index,
                       struct spikeq_warning *warning)
{
    const struct sq_warning *kept = &report->warnings.item[index];
    *warning = (struct spikeq_warning){.name = kept->name, .text = kept->text};
}

void sq_report_summary(const struct spikeq_report *report, struct spikeq_summary *summary)
{
    const struct sq_totals *totals = &report->totals;
    *summary = (struct spikeq_summary){
        .model = report->network->model_path,
        .config = report->network->config.name,
        .assumed = report->assumed,
        .weights = report->network->weights,
        .weights_why = report->network->weights_why,
        .networks = report->network->networks,
        .input = report->input_description,
        .input_end = report->input_end,
        .n_samples = totals->n_samples,
        .n_labelled = report->n_labelled,
        .n_correct = report->n_correct,
        .accuracy =
            report->n_labelled > 0 ? (double)report->n_correct / (double)report->n_labelled : -1,
        .timesteps = timesteps_of(report),
        .n_populations = report->n_populations,
        .n_synapses = report->n_synapses,
        .n_attentions = report->n_attentions,
        .additions = report->sops.all,
        .seconds = totals->seconds,
        .samples_per_second = totals->seconds > 0 ? (double)totals->n_samples / totals->seconds : 0,
        .threads = report->threads,
        .batch = report->batch,
        .couple_batch = report->couple_batch,
        .isa = totals->isa,
        .arith = report->network->arith,
        .n_node_times = sq_report_n_node_times(report),
        .additions_limit = report->profile.limit,
        .n_warnings = report->warnings.n,
        .shard = report->shard_line,
        .plan = report->plan_path != NULL ? report->plan_path : "",
        .plan_layers = report->plan_layers,
        .ranks = report->ranks,
        .schedule = report->schedule == SQ_SCHEDULE_STEP ? "step" : "layer",
    };
    for (size_t i = 0; i < report->n_populations; i++)
        if (sq_node_levels(report->population[i]) > summary->most_spikes)
            summary->most_spikes = sq_node_levels(report->population[i]);
    for (size_t i = 0; i < report->n_synapses; i++) {
        struct spikeq_synapse synapse;
        sq_report_synapse(report, i, &synapse);
        summary->macs += synapse.macs;
        summary->dense_additions += dense_sops(report, report->synapse[i]);
    }
    for (size_t i = 0; i < report->n_attentions; i++) {
        struct spikeq_attention attention;
        sq_report_attention(report, i, &attention);
        summary->dense_additions += attention.dense_additions;
    }
}
