#include "sim/cli/cli.h"
#include "sim/cli/progress.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "usage: spikeq merge SHARD... -o WHOLE [OPTION...]\n\n"
    "Make one trace of the traces of all shards of a run (spikeq run --shard), or one report of\n"
    "their reports: what one run of all samples would have made, digest for digest and digit for\n"
    "digit. Shards may be given in any order. A shard that is missing, given twice, unfinished or\n"
    "of another run is refused.\n";

static int merge(const struct cli_given *given)
{
    struct spikeq_merge_summary summary = {.size = sizeof summary};
    struct cli_progress progress;
    const int quiet = cli_flag(given, "quiet");
    if (cli_progress_start(&progress, !quiet, 0))
        spikeq_options_on_progress(given->options, cli_progress_show, &progress);
    const int status =
        spikeq_merge(given->ctx, given->argument, given->n_arguments, given->options, &summary);
    cli_progress_end(&progress);
    if (status != SPIKEQ_OK)
        return cli_fail("merge", status, spikeq_error_text(given->ctx));
    if (!quiet)
        printf("%s: %s of %llu sample%s, of %zu shard%s\n", cli_text(given, "out"),
               summary.is_trace ? "trace" : "report", (unsigned long long)summary.n_samples,
               cli_s(summary.n_samples), summary.n_shards, cli_s(summary.n_shards));
    return EXIT_SUCCESS;
}

static int act(struct cli_given *given)
{
    if (given->n_arguments == 0)
        return cli_usage("merge", "no shards given: traces, or reports, of spikeq run --shard");
    if (!cli_check(given))
        return EXIT_USAGE;
    for (size_t i = 0; i < given->n_arguments; i++)
        if (!cli_is_file("merge", given->argument[i]))
            return EXIT_USAGE;
    return cli_may_write("merge", cli_text(given, "out"), cli_flag(given, "force")) ? merge(given)
                                                                                    : EXIT_USAGE;
}

int cmd_merge(int argc, char **argv)
{
    static const struct cli_command command = {.name = "merge", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
