#include "sim/cli/cli.h"
#include "sim/cli/fixed_options.h"
#include "sim/cli/frames_options.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: spikeq quantize --model FILE --bits B[,B...] [OPTION...]\n\n"
    "Turn a trained network into integers with power-of-two scales, and say how far it is\n"
    "from float32; several widths give one line each.\n\n"
    "  --model FILE         trained checkpoint: .safetensors, .pth, .pth.tar\n"
    "  --weights NAME       which network, of a file that holds several (EMA, teacher)\n"
    "  --config NAME|FILE   published size (spikeq configs lists them) or a JSON file\n"
    "  --set KEY=VALUE      override one key of the configuration; repeatable\n"
    "  --architecture A     what it is made of: a name of configs/architectures/ or a file\n"
    "  --bits B[,B...]      bits of a weight, sign included: 4 to 16\n"
    "  --calibrate FILE     images or frames: compare spikes, predictions and "
    "energy\n" CLI_FRAMES_HELP "  --labels FILE        their classes: compare accuracy\n"
    "  --limit N            at most N samples\n"
    "  --choose C           scales by range (default): the largest weight fits; or by\n"
    "                       error: the expected error of the currents on "
    "--calibrate\n" CLI_FIXED_HELP
    "  --threads N          compute threads (default: one per core)\n"
    "  -o, --output FILE    write the model (.safetensors) that spikeq run --model takes\n"
    "  --force              replace an existing file\n" CLI_STRICT_HELP
    "  --format F           table (default), markdown, json\n";

enum { MAX_SET = 64, MAX_BITS = 13 };

struct arguments {
    const char *set[MAX_SET];
    unsigned bits[MAX_BITS];
    struct spikeq_quantise_options options;
    int help;
};

enum {
    OPT_MODEL = 256,
    OPT_CONFIG,
    OPT_WEIGHTS,
    OPT_SET,
    OPT_ARCHITECTURE,
    OPT_BITS,
    OPT_CALIBRATE,
    OPT_LABELS,
    OPT_LIMIT,
    OPT_CHOOSE,
    OPT_THREADS,
    OPT_FORCE,
    OPT_FORMAT,
    OPT_HELP
};

static const struct option option[] = {
    {"model", required_argument, NULL, OPT_MODEL},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"weights", required_argument, NULL, OPT_WEIGHTS},
    {"set", required_argument, NULL, OPT_SET},
    {"architecture", required_argument, NULL, OPT_ARCHITECTURE},
    {"bits", required_argument, NULL, OPT_BITS},
    {"calibrate", required_argument, NULL, OPT_CALIBRATE},
    CLI_FRAMES_OPTIONS,
    {"labels", required_argument, NULL, OPT_LABELS},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"choose", required_argument, NULL, OPT_CHOOSE},
    CLI_FIXED_OPTIONS,
    {"threads", required_argument, NULL, OPT_THREADS},
    {"output", required_argument, NULL, 'o'},
    {"force", no_argument, NULL, OPT_FORCE},
    {"format", required_argument, NULL, OPT_FORMAT},
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* "4,6,8" */
static int parse_bits(struct arguments *args)
{
    char text[64];
    unsigned long long bits;
    if (strlen(optarg) >= sizeof text || optarg[0] == '\0')
        return cli_usage("quantize", "--bits %.32s: expected 4 to 16, comma-separated", optarg), 0;
    memcpy(text, optarg, strlen(optarg) + 1);
    args->options.n_bits = 0;
    for (char *at = text, *comma; at != NULL; at = comma) {
        comma = strchr(at, ',');
        if (comma != NULL)
            *comma++ = '\0';
        if (!cli_number("quantize", "--bits", at, 4, 16, &bits))
            return 0;
        if (args->options.n_bits == MAX_BITS)
            return cli_usage("quantize", "--bits: more than %d widths", MAX_BITS), 0;
        args->bits[args->options.n_bits++] = (unsigned)bits;
    }
    return 1;
}

static int parse_set(struct arguments *args)
{
    if (args->options.n_set == MAX_SET)
        return cli_usage("quantize", "--set given more than %d times", MAX_SET), 0;
    args->set[args->options.n_set++] = optarg;
    return 1;
}

static int parse_number(const char *name, unsigned long long most, unsigned long long *number)
{
    return cli_number("quantize", name, optarg, 1, most, number);
}

/* Where the text of an option goes; NULL: not such an option. */
static const char **text_of(int which, struct spikeq_quantise_options *options)
{
    switch (which) {
    case OPT_MODEL:
        return &options->model;
    case OPT_CONFIG:
        return &options->config;
    case OPT_ARCHITECTURE:
        return &options->architecture;
    case OPT_WEIGHTS:
        return &options->weights;
    case OPT_CALIBRATE:
        return &options->calibrate;
    case OPT_LABELS:
        return &options->labels;
    case OPT_CHOOSE:
        return &options->choose;
    case OPT_FORMAT:
        return &options->format;
    case 'o':
        return &options->out;
    default:
        return NULL;
    }
}

/* Options shared with other commands; 0 after a complaint. */
static int parse_shared(int which, struct spikeq_quantise_options *options)
{
    const int found = cli_frames_option("quantize", which, &options->frames);
    return found >= 0 ? found : cli_fixed_option("quantize", which, &options->fixed) > 0;
}

/* One option; 0 after a complaint. */
static int parse_option(int which, struct arguments *args)
{
    const char **text = text_of(which, &args->options);
    unsigned long long number;
    if (text != NULL)
        return *text = optarg, 1;
    switch (which) {
    case OPT_SET:
        return parse_set(args);
    case OPT_BITS:
        return parse_bits(args);
    case OPT_LIMIT:
        return parse_number("--limit", UINT64_MAX, &number) && (args->options.limit = number) != 0;
    case OPT_THREADS:
        return parse_number("--threads", 1024, &number) &&
               (args->options.threads = (unsigned)number) != 0;
    case OPT_FORCE:
        return args->options.force = 1;
    case OPT_HELP:
        return args->help = 1;
    default:
        return parse_shared(which, &args->options);
    }
}

static int parse(int argc, char **argv, struct arguments *args)
{
    int which;
    while ((which = cli_next_option("quantize", argc, argv, option)) != -1)
        if (!parse_option(which, args))
            return EXIT_USAGE;
    if (args->help)
        return EXIT_SUCCESS;
    if (optind < argc)
        return cli_usage("quantize", "unexpected argument %s", argv[optind]);
    if (args->options.model == NULL)
        return cli_usage("quantize", "--model is missing");
    if (args->options.n_bits == 0)
        return cli_usage("quantize", "--bits is missing");
    if (args->options.labels != NULL && args->options.calibrate == NULL)
        return cli_usage("quantize", "--labels goes with --calibrate");
    if (args->options.calibrate == NULL && (args->options.limit > 0 || args->options.threads > 0))
        return cli_usage("quantize", "--limit and --threads go with --calibrate");
    if (args->options.force && args->options.out == NULL)
        return cli_usage("quantize", "--force goes with -o");
    if (cli_frames_given(&args->options.frames) && args->options.calibrate == NULL)
        return cli_usage("quantize", "options for recordings go with --calibrate");
    args->options.bits = args->bits;
    args->options.set = args->set;
    return EXIT_SUCCESS;
}

static int quantize(const struct spikeq_quantise_options *options)
{
    char *text = NULL;
    spikeq_ctx *ctx = cli_context("quantize");
    if (ctx == NULL)
        return EXIT_DATA;
    int status = spikeq_quantise(ctx, options, &text);
    status = status == SPIKEQ_OK ? cli_write_file("quantize", "-", text)
                                 : cli_fail("quantize", status, spikeq_error_text(ctx));
    spikeq_free(text);
    spikeq_ctx_free(ctx);
    return status;
}

int cmd_quantize(int argc, char **argv)
{
    struct arguments args = {.help = 0};
    const int status = parse(argc, argv, &args);
    if (status != EXIT_SUCCESS)
        return status;
    return args.help ? cli_write_file("quantize", "-", help) : quantize(&args.options);
}
