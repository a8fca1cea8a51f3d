#include "sim/cli/cli.h"
#include "sim/cli/progress.h"
#include "sim/cli/steps.h"
#include "sim/cli/table.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "usage: spikeq run --model FILE --input FILE [OPTION...]\n\n"
    "Run every sample of the input through the event queue and report accuracy, firing\n"
    "rates and the synaptic operations that really happened.\n";

/* Does the report go to standard output, instead of everything else? */
static int is_piped(const struct cli_given *given)
{
    return cli_is_stdout(cli_text(given, "report"));
}

/* What is there already stays, unless the user says so; to go on with a trace is to go on with
 * its report. */
static int check_outputs(const struct cli_given *given)
{
    const int force = cli_flag(given, "force");
    if (cli_flag(given, "profile") && cli_flag(given, "quiet") && cli_text(given, "report") == NULL)
        return cli_usage("run",
                         "--profile has nowhere to go: --quiet prints nothing, and no --report "
                         "is given");
    if (is_piped(given) && cli_flag(given, "json"))
        return cli_usage("run", "--report - is --json: give one of them");
    return cli_may_write("run", cli_text(given, "report"), force || cli_flag(given, "resume")) &&
                   cli_may_fill("run", cli_text(given, "dump"), ".npy", force)
               ? EXIT_SUCCESS
               : EXIT_USAGE;
}

/* Print and write what the options ask for. */
static int put_out(const struct cli_given *given, const spikeq_report *report,
                   unsigned long n_steps)
{
    const int json = cli_flag(given, "json"), quiet = cli_flag(given, "quiet");
    const char *path = cli_text(given, "report");
    char *text = NULL;
    int status = EXIT_SUCCESS;
    if (json || path != NULL)
        if (spikeq_report_json(given->ctx, report, &text) != SPIKEQ_OK)
            return cli_fail("run", SPIKEQ_ENOMEM, spikeq_error_text(given->ctx));
    if (path != NULL)
        status = cli_write_file("run", path, text);
    if (status == EXIT_SUCCESS && json && !quiet && n_steps == 0)
        status = cli_write_file("run", "-", text);
    spikeq_free(text);
    if (status == EXIT_SUCCESS && !json && !quiet && !is_piped(given))
        status = cli_print_tables(report);
    return status;
}

/* A stream's writer went away within a record: what was left of it is not in the results. */
static void tell_end(const spikeq_report *report, const struct cli_given *given)
{
    struct spikeq_summary summary = {.size = sizeof summary};
    spikeq_report_summary(report, &summary);
    if (summary.input_end[0] != '\0')
        fprintf(stderr, "spikeq run: note: %s: the stream ended within a record, at %s\n",
                cli_text(given, "input"), summary.input_end);
}

/* A failure of one rank is a failure of all, and rank 0 says it. */
static int fail(const struct cli_given *given, int status, int is_other_rank)
{
    if (!is_other_rank)
        return cli_fail("run", status, spikeq_error_text(given->ctx));
    if (status == SPIKEQ_EINTERRUPTED)
        return EXIT_INTERRUPTED;
    return status == SPIKEQ_EUSAGE ? EXIT_USAGE : EXIT_DATA;
}

/* The ranks of an MPI job share the run, unless each is given its shard. */
static int join(const struct cli_given *given, struct spikeq_rank *rank)
{
    if (cli_text(given, "shard") != NULL)
        return EXIT_SUCCESS;
    const int status = spikeq_ctx_join(given->ctx, rank);
    if (rank->rank > 0)
        spikeq_ctx_on_warning(given->ctx, NULL, NULL);
    return status == SPIKEQ_OK ? EXIT_SUCCESS : fail(given, status, rank->rank > 0);
}

/* Of an MPI job, rank 0 prints and writes for all. */
static int run(struct cli_given *given, const struct spikeq_rank *rank)
{
    const int is_other_rank = rank->rank > 0;
    spikeq_network *network = NULL;
    spikeq_report *report = NULL;
    struct cli_progress progress;
    unsigned long n_steps = 0; /* lines that a stream has printed */
    const int quiet = cli_flag(given, "quiet") || is_other_rank;
    if (cli_progress_start(&progress, !quiet, rank->n_ranks > 1))
        spikeq_options_on_progress(given->options, cli_progress_show, &progress);
    if (!quiet && !is_piped(given))
        spikeq_options_on_step(given->options,
                               cli_flag(given, "json") ? cli_step_json : cli_step_text, &n_steps);
    int status = spikeq_network_open(given->ctx, given->options, &network);
    if (status == SPIKEQ_OK)
        status = spikeq_run(given->ctx, network, given->options, &report);
    cli_progress_end(&progress);
    int exit_status = EXIT_SUCCESS;
    if (status != SPIKEQ_OK)
        exit_status = fail(given, status, is_other_rank);
    if ((status == SPIKEQ_OK || status == SPIKEQ_EINTERRUPTED) && !is_other_rank) {
        tell_end(report, given);
        exit_status = put_out(given, report, n_steps);
        if (exit_status == EXIT_SUCCESS && status == SPIKEQ_EINTERRUPTED)
            exit_status = EXIT_INTERRUPTED;
    }
    spikeq_report_free(report);
    spikeq_network_free(network);
    return exit_status;
}

static int act(struct cli_given *given)
{
    if (!cli_takes_arguments(given, 0, "", 1) || !cli_check(given))
        return EXIT_USAGE;
    struct spikeq_rank rank = {.size = sizeof rank, .n_ranks = 1};
    int status = check_outputs(given);
    if (status == EXIT_SUCCESS)
        status = join(given, &rank);
    return status == EXIT_SUCCESS ? run(given, &rank) : status;
}

int cmd_run(int argc, char **argv)
{
    static const struct cli_command command = {.name = "run", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
