#include "sim/cli/cli.h"
#include "sim/cli/progress.h"
#include "sim/cli/replay_options.h"
#include "sim/cli/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: spikeq replay TRACE\n"
    "       spikeq replay TRACE --model FILE --from NAME... [--verify] [OPTION...]\n"
    "       spikeq replay TRACE --stream TARGET [OPTION...]\n\n"
    "Without a model: what the run counted, as spikeq run printed it (--json: the report).\n\n"
    "With a model, recorded packets are injected into the event queue and everything\n"
    "downstream is computed, nothing upstream:\n"
    "  --model FILE         the checkpoint\n"
    "  --weights NAME       which of its networks; as recorded\n"
    "  --architecture A     what it is made of; as recorded\n"
    "  --config NAME|FILE, --set KEY=VALUE\n"
    "                       default: the configuration that was recorded\n"
    "  --from NAME          begin at a population (block.0.attn.q_lif), at block.N (the\n"
    "                       residual stream that enters it) or at input; repeatable\n"
    "  --input FILE         the recorded input, for --from input; recordings of an event\n"
    "                       camera are binned as they were then, but for what these say:\n"
    "  --frames, --bin, --crop, --pad, --view, --camera, --size,\n"
    "  --tolerate\n"
    "                       as for spikeq run\n"
    "  --verify             compare every recorded population spike for spike: exit status\n"
    "                       0 if all are equal, else 1 and the first difference\n"
    "  --drop P --seed S    what if each injected spike were lost with probability P\n"
    "  --shift N            what if they came N timesteps later\n"
    "  --silence GLOB       what if these never fired: a population, GLOB[head=2],\n"
    "                       GLOB[channel=0:16]; repeatable\n"
    "  --trace FILE, --trace-populations, --trace-detail, --trace-codec\n"
    "                       record the replay as a new trace that names its parent\n"
    "  --force              replace a trace, or a file that --stream makes, if it exists\n"
    "  --samples RANGE      only these: 7, 10:20 (20 is out), 10: or :20\n"
    "  --batch, --threads, --schedule, --isa\n"
    "                       as for spikeq run; same results\n" CLI_STRICT_HELP
    "  --json, --quiet      print the result as JSON; or nothing\n\n"
    "Send its events, in the order of time, in address-event form (docs/address-events.md):\n"
    "  --stream TARGET      -, a path (a FIFO, or a file to be made), tcp://HOST:PORT,\n"
    "                       unix:PATH\n"
    "  --pace max|MS        as fast as the reader takes them (default), or so many\n"
    "                       milliseconds from one timestep to the next\n"
    "  --form text|binary   text by default\n"
    "  --populations GLOB   only these; comma-separated shell patterns\n"
    "  --samples RANGE      as above\n";

static int stream(spikeq_ctx *ctx, struct replay_arguments *args)
{
    struct spikeq_stream_result result;
    const int status = spikeq_stream(ctx, &args->stream, &result);
    if (status != SPIKEQ_OK)
        return cli_fail("replay", status, spikeq_error_text(ctx));
    if (strcmp(args->stream.target, "-") == 0 || args->quiet)
        return EXIT_SUCCESS;
    char text[160];
    snprintf(text, sizeof text, "%" PRIu64 " frame%s with %" PRIu64 " event%s sent%s\n",
             result.frames, cli_s(result.frames), result.events, cli_s(result.events),
             result.reader_left ? "; the reader went away before the end" : "");
    return cli_write_file("replay", "-", text);
}

/* What the recorded run printed, again. */
static int report_from_trace(spikeq_ctx *ctx, const struct replay_arguments *args)
{
    spikeq_report *report;
    char *text = NULL;
    int status = spikeq_report_of_trace(ctx, args->trace, &report);
    if (status != SPIKEQ_OK)
        return cli_fail("replay", status, spikeq_error_text(ctx));
    int exit_status = EXIT_SUCCESS;
    if (args->json)
        status = spikeq_report_json(ctx, report, &text);
    if (status != SPIKEQ_OK)
        exit_status = cli_fail("replay", status, spikeq_error_text(ctx));
    else if (args->json && !args->quiet)
        exit_status = cli_write_file("replay", "-", text);
    else if (!args->quiet)
        exit_status = cli_print_tables(report);
    spikeq_free(text);
    spikeq_report_free(report);
    return exit_status;
}

static int compute(spikeq_ctx *ctx, struct replay_arguments *args)
{
    struct cli_progress progress;
    char *text = NULL;
    int is_equal = 0;
    if (cli_progress_start(&progress, !args->quiet)) {
        args->replay.progress = cli_progress_show;
        args->replay.progress_data = &progress;
    }
    const int status = spikeq_replay(ctx, &args->replay, &text, &is_equal);
    cli_progress_end(&progress);
    int exit_status = EXIT_SUCCESS;
    if (status != SPIKEQ_OK)
        exit_status = cli_fail("replay", status, spikeq_error_text(ctx));
    if (text != NULL && !args->quiet && cli_write_file("replay", "-", text) != EXIT_SUCCESS)
        exit_status = EXIT_DATA;
    spikeq_free(text);
    if (status == SPIKEQ_EINTERRUPTED)
        return EXIT_INTERRUPTED;
    return exit_status == EXIT_SUCCESS && args->replay.verify && !is_equal ? EXIT_DATA
                                                                           : exit_status;
}

static int replay(struct replay_arguments *args)
{
    spikeq_ctx *ctx = cli_context("replay");
    if (ctx == NULL)
        return EXIT_DATA;
    const int status = args->stream.target != NULL  ? stream(ctx, args)
                       : args->replay.model != NULL ? compute(ctx, args)
                                                    : report_from_trace(ctx, args);
    spikeq_ctx_free(ctx);
    return status;
}

int cmd_replay(int argc, char **argv)
{
    struct replay_arguments args = {.replay = {.stop_on_sigint = 1}};
    args.command = cli_command_line(argc, argv); /* before getopt_long() reorders it */
    args.replay.record.command = args.command;
    int status = replay_parse(argc, argv, &args);
    if (status == EXIT_SUCCESS)
        status = args.help ? cli_write_file("replay", "-", help) : replay(&args);
    free(args.command);
    return status;
}
