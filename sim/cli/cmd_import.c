#include "sim/cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: spikeq import SOURCE -o TRACE [OPTION...]\n\n"
    "Make a trace of spikes that another tool recorded. SOURCE is an .npz file or a folder\n"
    "of .npy files (one array [T,B,...] per module path), one .npy raster [T,N] or [B,T,N],\n"
    "a SONATA spike file (HDF5), a CSV file sample,timestep,population,index, SLAYER's 1-D\n"
    "spikes (.bs1), or a pickle of the Prosperity simulator.\n\n"
    "  -o, --output TRACE   the file to make\n"
    "  --force              replace it if it exists\n"
    "  --config NAME|FILE   names and shapes must be those of this network\n"
    "  --model FILE         the same by the sizes of this checkpoint; what its weights cannot\n"
    "                       tell (heads, T, image size) by --config or --set\n"
    "  --weights NAME       which of its networks\n"
    "  --set KEY=VALUE      override one key of the configuration; repeatable\n"
    "  --architecture A     what it is made of: a name of configs/architectures/ or a file\n"
    "  --partial            populations of the network may be missing\n"
    "  --labels FILE        IDX, IDX.gz or .npy: one class number per sample\n"
    "  --format F           npz, npy, sonata, csv, bs1 or prosperity (default: by content)\n"
    "  --population NAME    the neurons of one .npy or .bs1 file\n"
    "  --transpose          one .npy is [N,T] or [B,N,T]\n"
    "  --dt MS              SONATA, SLAYER: length of a timestep (default 1 ms)\n"
    "  --neurons NAME=N     size of a population of an event list; repeatable\n"
    "  --codec C            none (default), zlib or zstd\n" CLI_STRICT_HELP
    "  --quiet              print nothing; warnings still go to stderr\n";

enum { MAX_LIST = 256 };

struct arguments {
    const char *set[MAX_LIST], *neurons[MAX_LIST];
    struct spikeq_import_options import;
    int quiet, help;
};

enum {
    OPT_OUTPUT = 'o',
    OPT_FORCE = 256,
    OPT_CONFIG,
    OPT_MODEL,
    OPT_WEIGHTS,
    OPT_SET,
    OPT_ARCHITECTURE,
    OPT_PARTIAL,
    OPT_LABELS,
    OPT_FORMAT,
    OPT_POPULATION,
    OPT_TRANSPOSE,
    OPT_DT,
    OPT_NEURONS,
    OPT_CODEC,
    OPT_QUIET,
    OPT_HELP
};

static const struct option option[] = {
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"force", no_argument, NULL, OPT_FORCE},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"model", required_argument, NULL, OPT_MODEL},
    {"weights", required_argument, NULL, OPT_WEIGHTS},
    {"set", required_argument, NULL, OPT_SET},
    {"architecture", required_argument, NULL, OPT_ARCHITECTURE},
    {"partial", no_argument, NULL, OPT_PARTIAL},
    {"labels", required_argument, NULL, OPT_LABELS},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"population", required_argument, NULL, OPT_POPULATION},
    {"transpose", no_argument, NULL, OPT_TRANSPOSE},
    {"dt", required_argument, NULL, OPT_DT},
    {"neurons", required_argument, NULL, OPT_NEURONS},
    {"codec", required_argument, NULL, OPT_CODEC},
    {"quiet", no_argument, NULL, OPT_QUIET},
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int parse_dt(struct arguments *args)
{
    char *end;
    errno = 0;
    args->import.dt_ms = strtod(optarg, &end);
    if (end != optarg && *end == '\0' && errno == 0 && args->import.dt_ms > 0 &&
        args->import.dt_ms <= 1e9)
        return 1;
    return cli_usage("import", "--dt %s: expected milliseconds above 0", optarg), 0;
}

static int append(const char *name, const char **list, size_t *n)
{
    if (*n == MAX_LIST)
        return cli_usage("import", "%s given more than %d times", name, MAX_LIST), 0;
    list[(*n)++] = optarg;
    return 1;
}

/* Where the text of an option goes; NULL: not such an option. */
static const char **text_of(int which, struct spikeq_import_options *import)
{
    switch (which) {
    case OPT_OUTPUT:
        return &import->trace;
    case OPT_CONFIG:
        return &import->config;
    case OPT_MODEL:
        return &import->model;
    case OPT_ARCHITECTURE:
        return &import->architecture;
    case OPT_WEIGHTS:
        return &import->weights;
    case OPT_LABELS:
        return &import->labels;
    case OPT_FORMAT:
        return &import->format;
    case OPT_POPULATION:
        return &import->population;
    case OPT_CODEC:
        return &import->codec;
    default:
        return NULL;
    }
}

/* One option; 0 after a complaint. */
static int parse_option(int which, struct arguments *args)
{
    const char **text = text_of(which, &args->import);
    if (text != NULL)
        return *text = optarg, 1;
    switch (which) {
    case OPT_FORCE:
        return args->import.force = 1;
    case OPT_PARTIAL:
        return args->import.partial = 1;
    case OPT_TRANSPOSE:
        return args->import.transpose = 1;
    case OPT_SET:
        return append("--set", args->set, &args->import.n_set);
    case OPT_NEURONS:
        return append("--neurons", args->neurons, &args->import.n_neurons);
    case OPT_DT:
        return parse_dt(args);
    case OPT_QUIET:
        return args->quiet = 1;
    case OPT_HELP:
        return args->help = 1;
    default:
        return 0;
    }
}

static int parse(int argc, char **argv, struct arguments *args)
{
    int which;
    while ((which = cli_next_option("import", argc, argv, option)) != -1)
        if (!parse_option(which, args))
            return EXIT_USAGE;
    args->import.set = args->set;
    args->import.neurons = args->neurons;
    if (args->help)
        return EXIT_SUCCESS;
    if (optind == argc)
        return cli_usage("import", "SOURCE is missing");
    if (!cli_is_file("import", argv[optind]))
        return EXIT_USAGE;
    args->import.source = argv[optind++];
    if (optind < argc)
        return cli_usage("import", "unexpected argument %s", argv[optind]);
    if (args->import.trace == NULL)
        return cli_usage("import", "-o TRACE is missing");
    return EXIT_SUCCESS;
}

static int print_summary(const char *trace, const struct spikeq_import_summary *summary)
{
    char text[2048];
    snprintf(text, sizeof text,
             "%.1024s: %s: %" PRIu64 " sample%s, %" PRIu32 " timestep%s, %" PRIu64
             " population%s, %" PRIu64 " spike%s\n%s%s",
             trace, summary->format, summary->n_samples, cli_s(summary->n_samples),
             summary->timesteps, cli_s(summary->timesteps), summary->n_populations,
             cli_s(summary->n_populations), summary->spikes, cli_s(summary->spikes), summary->note,
             summary->note[0] != '\0' ? "\n" : "");
    return cli_write_file("import", "-", text);
}

int cmd_import(int argc, char **argv)
{
    struct spikeq_import_summary summary;
    struct arguments args = {.import = {.summary = &summary}};
    int status = parse(argc, argv, &args);
    if (status != EXIT_SUCCESS)
        return status;
    if (args.help)
        return cli_write_file("import", "-", help);
    spikeq_ctx *ctx = cli_context("import");
    if (ctx == NULL)
        return EXIT_DATA;
    status = spikeq_import(ctx, &args.import);
    if (status != SPIKEQ_OK)
        status = cli_fail("import", status, spikeq_error_text(ctx));
    else if (!args.quiet)
        status = print_summary(args.import.trace, &summary);
    spikeq_ctx_free(ctx);
    return status;
}
