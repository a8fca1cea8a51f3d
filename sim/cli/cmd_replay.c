#include "sim/cli/cli.h"
#include "sim/cli/progress.h"
#include "sim/cli/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "usage: spikeq replay TRACE\n"
    "       spikeq replay TRACE --model FILE --from NAME... [--verify] [OPTION...]\n"
    "       spikeq replay TRACE --stream TARGET [OPTION...]\n\n"
    "Without a model: what the run counted, as spikeq run printed it (--json: the report).\n\n"
    "With a model, recorded packets are injected into the event queue and everything\n"
    "downstream is computed, nothing upstream. --from says where it begins, --verify compares,\n"
    "--drop, --shift and --silence change what is injected.\n\n"
    "With --stream, its events are sent, in the order of time, in address-event form\n"
    "(docs/address-events.md).\n";

static int stream(const struct cli_given *given)
{
    struct spikeq_stream_result result = {.size = sizeof result};
    const int status = spikeq_stream(given->ctx, given->argument[0], given->options, &result);
    if (status != SPIKEQ_OK)
        return cli_fail("replay", status, spikeq_error_text(given->ctx));
    if (cli_is_stdout(cli_text(given, "stream")) || cli_flag(given, "quiet"))
        return EXIT_SUCCESS;
    char text[160];
    snprintf(text, sizeof text, "%" PRIu64 " frame%s with %" PRIu64 " event%s sent%s\n",
             result.frames, cli_s(result.frames), result.events, cli_s(result.events),
             result.reader_left ? "; the reader went away before the end" : "");
    return cli_write_file("replay", "-", text);
}

/* What the recorded run printed, again. */
static int report_from_trace(const struct cli_given *given)
{
    const int json = cli_flag(given, "json"), quiet = cli_flag(given, "quiet");
    spikeq_report *report;
    char *text = NULL;
    int status = spikeq_report_of_trace(given->ctx, given->argument[0], &report);
    if (status != SPIKEQ_OK)
        return cli_fail("replay", status, spikeq_error_text(given->ctx));
    int exit_status = EXIT_SUCCESS;
    if (json)
        status = spikeq_report_json(given->ctx, report, &text);
    if (status != SPIKEQ_OK)
        exit_status = cli_fail("replay", status, spikeq_error_text(given->ctx));
    else if (json && !quiet)
        exit_status = cli_write_file("replay", "-", text);
    else if (!quiet)
        exit_status = cli_print_tables(report);
    spikeq_free(text);
    spikeq_report_free(report);
    return exit_status;
}

static int compute(const struct cli_given *given)
{
    struct cli_progress progress;
    char *text = NULL;
    int is_equal = 0;
    const int quiet = cli_flag(given, "quiet");
    if (cli_progress_start(&progress, !quiet, 0))
        spikeq_options_on_progress(given->options, cli_progress_show, &progress);
    const int status =
        spikeq_replay(given->ctx, given->argument[0], given->options, &text, &is_equal);
    cli_progress_end(&progress);
    int exit_status = EXIT_SUCCESS;
    if (status != SPIKEQ_OK)
        exit_status = cli_fail("replay", status, spikeq_error_text(given->ctx));
    if (text != NULL && !quiet && cli_write_file("replay", "-", text) != EXIT_SUCCESS)
        exit_status = EXIT_DATA;
    spikeq_free(text);
    if (status == SPIKEQ_EINTERRUPTED)
        return EXIT_INTERRUPTED;
    return exit_status == EXIT_SUCCESS && cli_flag(given, "verify") && !is_equal ? EXIT_DATA
                                                                                 : exit_status;
}

static int act(struct cli_given *given)
{
    if (!cli_takes_arguments(given, 1, "give a trace", 1) || !cli_check(given))
        return EXIT_USAGE;
    if (cli_text(given, "stream") != NULL)
        return stream(given);
    return cli_text(given, "model") != NULL ? compute(given) : report_from_trace(given);
}

int cmd_replay(int argc, char **argv)
{
    static const struct cli_command command = {.name = "replay", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
