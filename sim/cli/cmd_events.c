#include "sim/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: spikeq events FILE [OPTION...]\n\n"
    "Read a recording of an event camera, recognised by its content: N-MNIST .bin and .bs2,\n"
    "AEDAT 2.0, 3.1 and 4.0, Prophesee DAT and RAW (EVT 2.0, 2.1, 3.0), text \"t x y p\",\n"
    "NumPy .npy and .npz, address events. FILE may be a FIFO, - or tcp://HOST:PORT.\n\n"
    "  --view NAME          orientation and polarity; default: the format's canonical view\n"
    "  --dump-events F.bin  write the events, 13 bytes each: t, x, y, p\n"
    "  --frames RULE        bin into frames: number:T, time:T, duration:US[:new|:old],\n"
    "                       timesteps (address events), tonic-time-bins:N,\n"
    "                       tonic-event-bins:N,\n"
    "                       tonic-count:N[:OVERLAP][:incomplete],\n"
    "                       tonic-window:US[:OVERLAP][:incomplete]\n"
    "  --bin K              K x K pixels make one; their counts add up\n"
    "  -o, --output F.npy   write the frames, int32 [T,2,H,W]; F of these two may be -, standard\n"
    "                       output, to which then nothing else is printed\n"
    "  --size WxH           the sensor's, where the recording does not say\n"
    "  --camera NAME        of an AEDAT 2.0 recording that does not name it: DVS128, DAVIS346,\n"
    "                       DVS640, DVS1280x720SD, ... (docs/events.md)\n"
    "  --format NAME        do not look at the content; docs/events.md lists the names\n"
    "  --tolerate           use the events before damage, keep time that runs backwards, drop\n"
    "                       events outside the sensor; all are counted\n"
    "  --force              replace existing files\n" CLI_STRICT_HELP
    "  --json               as JSON, with every frame's counts\n";

struct arguments {
    struct spikeq_events_options events;
    int help;
};

enum {
    OPT_VIEW = 256,
    OPT_DUMP,
    OPT_FRAMES,
    OPT_BIN,
    OPT_SIZE,
    OPT_FORMAT,
    OPT_CAMERA,
    OPT_TOLERATE,
    OPT_FORCE,
    OPT_JSON,
    OPT_HELP
};

static const struct option option[] = {
    {"view", required_argument, NULL, OPT_VIEW},
    {"dump-events", required_argument, NULL, OPT_DUMP},
    {"frames", required_argument, NULL, OPT_FRAMES},
    {"bin", required_argument, NULL, OPT_BIN},
    {"output", required_argument, NULL, 'o'},
    {"size", required_argument, NULL, OPT_SIZE},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"camera", required_argument, NULL, OPT_CAMERA},
    {"tolerate", no_argument, NULL, OPT_TOLERATE},
    {"force", no_argument, NULL, OPT_FORCE},
    {"json", no_argument, NULL, OPT_JSON},
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* Where the text of an option goes; NULL: not such an option. */
static const char **text_of(int which, struct spikeq_events_options *events)
{
    switch (which) {
    case OPT_VIEW:
        return &events->view;
    case OPT_DUMP:
        return &events->dump;
    case OPT_FRAMES:
        return &events->frames;
    case OPT_FORMAT:
        return &events->format;
    case OPT_CAMERA:
        return &events->camera;
    case 'o':
        return &events->frames_out;
    default:
        return NULL;
    }
}

static int parse_option(int which, struct arguments *args)
{
    const char **text = text_of(which, &args->events);
    unsigned long long number;
    if (text != NULL)
        return *text = optarg, 1;
    if (which == OPT_SIZE)
        return cli_size("events", optarg, &args->events.width, &args->events.height);
    if (which == OPT_BIN) {
        if (!cli_number("events", "--bin", optarg, 1, 32768, &number))
            return 0;
        args->events.bin = (unsigned)number;
        return 1;
    }
    args->events.tolerate |= which == OPT_TOLERATE;
    args->events.force |= which == OPT_FORCE;
    args->events.as_json |= which == OPT_JSON;
    args->help |= which == OPT_HELP;
    return which != '?';
}

static int is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

static int parse(int argc, char **argv, struct arguments *args)
{
    int which;
    while ((which = cli_next_option("events", argc, argv, option)) != -1)
        if (!parse_option(which, args))
            return EXIT_USAGE;
    if (args->help)
        return EXIT_SUCCESS;
    if (optind + 1 != argc)
        return cli_usage("events", "give one recording");
    if (args->events.frames == NULL && (args->events.bin > 0 || args->events.frames_out != NULL))
        return cli_usage("events", "--bin and -o need --frames RULE");
    if (args->events.force && args->events.dump == NULL && args->events.frames_out == NULL)
        return cli_usage("events", "--force goes with --dump-events and -o");
    if (is_stdout(args->events.frames_out) + is_stdout(args->events.dump) + args->events.as_json >
        1)
        return cli_usage("events", "more than one of -o -, --dump-events - and --json would go to "
                                   "standard output");
    args->events.path = argv[optind];
    return EXIT_SUCCESS;
}

int cmd_events(int argc, char **argv)
{
    struct arguments args = {.help = 0};
    char *text = NULL;
    const int parsed = parse(argc, argv, &args);
    if (parsed != EXIT_SUCCESS)
        return parsed;
    if (args.help)
        return cli_write_file("events", "-", help);
    spikeq_ctx *ctx = cli_context("events");
    if (ctx == NULL)
        return EXIT_DATA;
    const int status = spikeq_events(ctx, &args.events, &text);
    int exit_status = EXIT_SUCCESS;
    if (status != SPIKEQ_OK)
        exit_status = cli_fail("events", status, spikeq_error_text(ctx));
    else if (!is_stdout(args.events.frames_out) && !is_stdout(args.events.dump))
        exit_status = cli_write_file("events", "-", text);
    spikeq_free(text);
    spikeq_ctx_free(ctx);
    return exit_status;
}
