#include "sim/cli/table.h"

#include "sim/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_heading(const struct spikeq_summary *summary)
{
    printf("model     %s (%s)\n", summary->model, summary->config);
    if (summary->assumed[0] != '\0')
        printf("assumed   %s: the source of %s does not state it; --set overrides it\n",
               summary->assumed, summary->config);
    printf("input     %s\n", summary->input);
    printf("samples   %llu in %.2f s: %.1f samples/s (%u threads, %s, %s schedule)\n",
           (unsigned long long)summary->n_samples, summary->seconds, summary->samples_per_second,
           summary->threads, summary->isa, summary->schedule);
    if (strcmp(summary->arith, "f32") != 0)
        printf("arith     %s\n", summary->arith);
    if (summary->n_labelled > 0)
        printf("accuracy  %.4f (%llu of %llu)\n", summary->accuracy,
               (unsigned long long)summary->n_correct, (unsigned long long)summary->n_labelled);
}

static void print_populations(const spikeq_report *report, const struct spikeq_summary *summary)
{
    printf("\n%-24s %9s %8s  firing rate per timestep, %%\n", "population", "neurons", "rate, %");
    for (size_t i = 0; i < summary->n_populations; i++) {
        struct spikeq_population population;
        spikeq_report_population(report, i, &population);
        printf("%-24s %9llu %8.3f ", population.name, (unsigned long long)population.neurons,
               100 * population.rate);
        for (uint32_t t = 0; t < summary->timesteps; t++)
            printf(" %7.3f", 100 * population.rate_per_timestep[t]);
        putchar('\n');
    }
}

/* Counts per sample, so that runs of different length compare. */
static void print_synapses(const spikeq_report *report, const struct spikeq_summary *summary)
{
    const double samples = summary->n_samples > 0 ? (double)summary->n_samples : 1;
    printf("\n%-26s %-14s %12s %14s %14s %8s\n", "synapse, per sample", "kind", "events",
           "additions", "dense", "share, %");
    for (size_t i = 0; i < summary->n_synapses; i++) {
        struct spikeq_synapse synapse;
        spikeq_report_synapse(report, i, &synapse);
        const double dense = synapse.dense > 0 ? (double)synapse.dense : 1;
        if (synapse.macs > 0)
            printf("%-26s %-14s %12.1f %14s %14.1f %8s\n", synapse.name, synapse.kind,
                   (double)synapse.events / samples, "(MAC)", (double)synapse.macs / samples, "");
        else
            printf("%-26s %-14s %12.1f %14.1f %14.1f %8.3f\n", synapse.name, synapse.kind,
                   (double)synapse.events / samples, (double)synapse.additions / samples,
                   (double)synapse.dense / samples, 100 * (double)synapse.additions / dense);
    }
    const double dense = summary->dense > 0 ? (double)summary->dense : 1;
    printf("%-26s %-14s %12s %14.1f %14.1f %8.3f\n", "sum of spiking synapses", "", "",
           (double)summary->additions / samples, (double)summary->dense / samples,
           100 * (double)summary->additions / dense);
}

int cli_print_tables(const spikeq_report *report)
{
    struct spikeq_summary summary;
    spikeq_report_summary(report, &summary);
    print_heading(&summary);
    print_populations(report, &summary);
    print_synapses(report, &summary);
    if (fflush(stdout) == EOF || ferror(stdout)) {
        fprintf(stderr, "spikeq run: standard output: cannot be written: %s\n", strerror(errno));
        return EXIT_DATA;
    }
    return EXIT_SUCCESS;
}
