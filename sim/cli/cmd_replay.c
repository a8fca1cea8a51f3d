#include "sim/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: spikeq replay TRACE --stream TARGET [OPTION...]\n\n"
    "Play a recorded trace again.\n\n"
    "Send its events, in the order of time, in address-event form (docs/address-events.md):\n"
    "  --stream TARGET      -, a path (a FIFO, or a file to be made), tcp://HOST:PORT,\n"
    "                       unix:PATH\n"
    "  --pace max|MS        as fast as the reader takes them (default), or so many\n"
    "                       milliseconds from one timestep to the next\n"
    "  --form text|binary   text by default\n"
    "  --populations GLOB   only these; comma-separated shell patterns\n"
    "  --samples RANGE      only these: 7, 10:20 (20 is out), 10: or :20\n";

struct arguments {
    const char *trace;
    struct spikeq_stream_options stream; /* its target: this mode was asked for */
};

enum { OPT_STREAM = 256, OPT_PACE, OPT_FORM, OPT_POPULATIONS, OPT_SAMPLES, OPT_HELP };

static const struct option option[] = {
    {"stream", required_argument, NULL, OPT_STREAM},
    {"pace", required_argument, NULL, OPT_PACE},
    {"form", required_argument, NULL, OPT_FORM},
    {"populations", required_argument, NULL, OPT_POPULATIONS},
    {"samples", required_argument, NULL, OPT_SAMPLES},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* Where the text of an option goes; NULL: it is no such option. */
static const char **text_of(int which, struct arguments *args)
{
    switch (which) {
    case OPT_STREAM:
        return &args->stream.target;
    case OPT_PACE:
        return &args->stream.pace;
    case OPT_FORM:
        return &args->stream.form;
    case OPT_POPULATIONS:
        return &args->stream.populations;
    case OPT_SAMPLES:
        return &args->stream.samples;
    default:
        return NULL;
    }
}

/* An exit status. */
static int stream(spikeq_ctx *ctx, struct arguments *args)
{
    struct spikeq_stream_result result;
    args->stream.trace = args->trace;
    const int status = spikeq_stream(ctx, &args->stream, &result);
    if (status != SPIKEQ_OK)
        return cli_fail("replay", status, spikeq_error_text(ctx));
    if (strcmp(args->stream.target, "-") == 0)
        return EXIT_SUCCESS;
    char text[160];
    snprintf(text, sizeof text, "%" PRIu64 " frames with %" PRIu64 " events sent%s\n",
             result.frames, result.events,
             result.reader_left ? "; the reader went away before the end" : "");
    return cli_write_file("replay", "-", text);
}

static int check(int argc, char **argv, struct arguments *args)
{
    if (optind == argc)
        return cli_usage("replay", "give a trace");
    args->trace = argv[optind++];
    if (optind < argc)
        return cli_usage("replay", "unexpected argument %s", argv[optind]);
    if (args->stream.target == NULL)
        return cli_usage("replay", "--stream TARGET is missing");
    return EXIT_SUCCESS;
}

int cmd_replay(int argc, char **argv)
{
    struct arguments args = {0};
    int which;
    while ((which = cli_next_option("replay", argc, argv, option)) != -1) {
        if (which == OPT_HELP)
            return cli_write_file("replay", "-", help);
        const char **text = text_of(which, &args);
        if (text == NULL)
            return EXIT_USAGE;
        *text = optarg;
    }
    int status = check(argc, argv, &args);
    if (status != EXIT_SUCCESS)
        return status;
    spikeq_ctx *ctx;
    if (spikeq_ctx_new(&ctx) != SPIKEQ_OK)
        return cli_fail("replay", SPIKEQ_ENOMEM, "out of memory");
    status = stream(ctx, &args);
    spikeq_ctx_free(ctx);
    return status;
}
