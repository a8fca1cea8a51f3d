#include "sim/cli/table.h"

#include "sim/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_heading(const struct spikeq_summary *summary)
{
    printf("model     %s (%s)\n", summary->model, summary->config);
    if (summary->networks[0] != '\0')
        printf("weights   %s of %s: %s\n", summary->weights, summary->networks,
               summary->weights_why);
    if (summary->assumed[0] != '\0')
        printf("assumed   %s: the source of %s does not state it; --set overrides it\n",
               summary->assumed, summary->config);
    printf("input     %s\n", summary->input);
    if (summary->shard[0] != '\0')
        printf("shard     %s\n", summary->shard);
    printf("samples   %llu in %.2f s: %.1f samples/s (%u thread%s, %s, %s schedule)\n",
           (unsigned long long)summary->n_samples, summary->seconds, summary->samples_per_second,
           summary->threads, cli_s(summary->threads), summary->isa, summary->schedule);
    if (summary->plan[0] != '\0')
        printf("plan      %s: tilings of %u layer%s forced\n", summary->plan, summary->plan_layers,
               cli_s(summary->plan_layers));
    if (summary->couple_batch == 1)
        puts("coupling  each sample alone; the official code runs the state of some neurons on "
             "through a batch (--couple-batch)");
    else if (summary->couple_batch > 1)
        printf("coupling  batches of %u samples, through which the state of some neurons runs on\n",
               summary->couple_batch);
    if (strcmp(summary->arith, "f32") != 0)
        printf("arith     %s\n", summary->arith);
    if (summary->n_labelled > 0)
        printf("accuracy  %.4f (%llu of %llu)\n", summary->accuracy,
               (unsigned long long)summary->n_correct, (unsigned long long)summary->n_labelled);
}

enum { MOST_TIMESTEPS = 10 }; /* in a line; the report has all */

static void print_populations(const spikeq_report *report, const struct spikeq_summary *summary)
{
    printf("\n%-24s %9s %8s  firing rate per timestep, %%\n", "population", "neurons", "rate, %");
    for (size_t i = 0; i < summary->n_populations; i++) {
        struct spikeq_population population = {.size = sizeof population};
        spikeq_report_population(report, i, &population);
        printf("%-24s %9llu %8.3f ", population.name, (unsigned long long)population.neurons,
               100 * population.rate);
        for (uint32_t t = 0; t < summary->timesteps && t < MOST_TIMESTEPS; t++)
            printf(" %7.3f", 100 * population.rate_per_timestep[t]);
        puts(summary->timesteps > MOST_TIMESTEPS ? " ..." : "");
    }
}

/* A line of additions; counts are of all samples. */
static void print_additions(const char *name, const char *kind, const uint64_t *events,
                            uint64_t additions, uint64_t dense_additions, double samples)
{
    const double dense = dense_additions > 0 ? (double)dense_additions : 1;
    printf("%-26s %-14s ", name, kind);
    if (events != NULL)
        printf("%12.1f", (double)*events / samples);
    else
        printf("%12s", "");
    printf(" %14.1f %16.1f %8.3f\n", (double)additions / samples, (double)dense_additions / samples,
           100 * (double)additions / dense);
}

static void print_synapse(const struct spikeq_synapse *synapse, double samples)
{
    if (synapse->macs > 0 && synapse->sops == 0)
        printf("%-26s %-14s %12.1f %14s %16.1f\n", synapse->name, synapse->kind,
               (double)synapse->events / samples, "(MAC)", (double)synapse->macs / samples);
    else
        print_additions(synapse->name, synapse->kind, &synapse->events, synapse->sops,
                        synapse->dense_additions, samples);
}

/* Counts per sample, so that runs of different length compare. The last line is the sum of all
 * lines but those that multiply. */
static void print_operations(const spikeq_report *report, const struct spikeq_summary *summary)
{
    const double samples = summary->n_samples > 0 ? (double)summary->n_samples : 1;
    printf("\n%-26s %-14s %12s %14s %16s %8s\n", "operations, per sample", "kind", "events",
           "additions", "dense additions", "share, %");
    for (size_t i = 0; i < summary->n_synapses; i++) {
        struct spikeq_synapse synapse = {.size = sizeof synapse};
        spikeq_report_synapse(report, i, &synapse);
        print_synapse(&synapse, samples);
    }
    for (size_t i = 0; i < summary->n_attentions; i++) {
        struct spikeq_attention attention = {.size = sizeof attention};
        spikeq_report_attention(report, i, &attention);
        print_additions(attention.name, attention.order, &attention.events, attention.additions,
                        attention.dense_additions, samples);
    }
    print_additions("sum of additions", "", NULL, summary->additions, summary->dense_additions,
                    samples);
    if (summary->most_spikes > 1)
        printf(
            "dense additions take each input as one spike; neurons here send up to %u at once, so "
            "a share may exceed 100 %%\n",
            summary->most_spikes);
}

/* Additions a second over a limit, in percent. */
static double percent_of(uint64_t additions, double seconds, double limit)
{
    return seconds > 0 && limit > 0 ? 100 * (double)additions / (seconds * limit) : 0;
}

static void print_node_time(const struct spikeq_node_time *node, double all, double limit)
{
    printf("%-26s %-26s %10.3f %8.2f", node->name, node->layer, 1e3 * node->seconds,
           all > 0 ? 100 * node->seconds / all : 0);
    if (node->additions > 0 && node->seconds > 0)
        printf(" %16llu %8.2f %9.2f", (unsigned long long)node->additions,
               1e-9 * (double)node->additions / node->seconds,
               percent_of(node->additions, node->seconds, limit));
    putchar('\n');
}

/* Processor time by node, and the run as a whole beside what its threads could add at most. */
static void print_profile(const spikeq_report *report, const struct spikeq_summary *summary)
{
    const double limit = summary->additions_limit, run = summary->seconds * summary->threads;
    struct spikeq_node_time node = {.size = sizeof node};
    double all = 0;
    for (size_t i = 0; i < summary->n_node_times; i++) {
        spikeq_report_node_time(report, i, &node);
        all += node.seconds;
    }
    printf("\nprofile: processor time of %u thread%s; times vary from run to run\n",
           summary->threads, cli_s(summary->threads));
    printf(
        "limit: %.2f G additions/s a thread, float32 from the first-level cache, %s, measured in "
        "this run\n\n",
        1e-9 * limit, summary->isa);
    printf("%-26s %-26s %10s %8s %16s %8s %9s\n", "node", "layer", "ms", "share, %", "additions",
           "G/s", "limit, %");
    for (size_t i = 0; i < summary->n_node_times; i++) {
        spikeq_report_node_time(report, i, &node);
        print_node_time(&node, all, limit);
    }
    print_node_time(
        &(struct spikeq_node_time){
            .name = "sum of nodes", .layer = "", .seconds = all, .additions = summary->additions},
        all, limit);
    printf(
        "\nrun: %llu additions in %.3f s on %u thread%s: %.2f G additions/s, %.2f %% of what its "
        "threads could add\n",
        (unsigned long long)summary->additions, summary->seconds, summary->threads,
        cli_s(summary->threads),
        summary->seconds > 0 ? 1e-9 * (double)summary->additions / summary->seconds : 0,
        percent_of(summary->additions, run, limit));
}

int cli_print_tables(const spikeq_report *report)
{
    struct spikeq_summary summary = {.size = sizeof summary};
    spikeq_report_summary(report, &summary);
    print_heading(&summary);
    print_populations(report, &summary);
    print_operations(report, &summary);
    if (summary.n_node_times > 0)
        print_profile(report, &summary);
    if (fflush(stdout) == EOF || ferror(stdout)) {
        fprintf(stderr, "spikeq run: standard output: cannot be written: %s\n", strerror(errno));
        return EXIT_DATA;
    }
    return EXIT_SUCCESS;
}
