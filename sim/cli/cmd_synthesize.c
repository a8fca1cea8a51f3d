#include "sim/cli/cli.h"
#include "sim/cli/frames_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] =
    "usage: spikeq synthesize --config NAME|FILE --rate R -o FILE [OPTION...]\n\n"
    "Make a checkpoint of a network whose weights nobody publishes: weights are drawn, and\n"
    "biases set layer by layer so that its populations fire at the rates that you want. What it\n"
    "predicts means nothing; what it costs can be measured.\n\n"
    "  --config NAME|FILE   published size (spikeq configs lists them) or a JSON file\n"
    "  --set KEY=VALUE      override one key of the configuration; repeatable\n"
    "  --architecture A     what it is made of: a name of configs/architectures/ or a file\n"
    "  --rate R             firing rate of every population, above 0 and below 1\n"
    "  --rate GLOB=R        the same of those whose names match; repeatable, the last counts\n"
    "  --rates FILE         CSV name,rate: of these populations\n"
    "  --seed N             which weights are drawn, and which noise (default 0)\n"
    "  --input FILE         calibrate on these images or frames (default: uniform "
    "noise)\n" CLI_FRAMES_HELP
    "  --limit N            on so many samples (default: 4, or as many as 1 GiB holds)\n"
    "  --save-input FILE    write the noise as .npy, which spikeq run --input takes\n"
    "  --isa I              auto (default), scalar, avx2, avx512; same results\n"
    "  -o, --output FILE    the checkpoint (.safetensors), in float32, with the names and shapes\n"
    "                       of the official PyTorch module\n"
    "  --force              replace files that exist\n" CLI_STRICT_HELP
    "  --json               print rates as JSON\n";

enum { MAX_SET = 64, MAX_RATES = 256 };

struct arguments {
    const char *set[MAX_SET], *rate[MAX_RATES];
    struct spikeq_synthesise_options options;
    int help;
};

enum {
    OPT_CONFIG = 256,
    OPT_SET,
    OPT_ARCHITECTURE,
    OPT_RATE,
    OPT_RATES,
    OPT_SEED,
    OPT_INPUT,
    OPT_LIMIT,
    OPT_SAVE_INPUT,
    OPT_ISA,
    OPT_FORCE,
    OPT_JSON,
    OPT_HELP
};

static const struct option option[] = {
    {"config", required_argument, NULL, OPT_CONFIG},
    {"set", required_argument, NULL, OPT_SET},
    {"architecture", required_argument, NULL, OPT_ARCHITECTURE},
    {"rate", required_argument, NULL, OPT_RATE},
    {"rates", required_argument, NULL, OPT_RATES},
    {"seed", required_argument, NULL, OPT_SEED},
    {"input", required_argument, NULL, OPT_INPUT},
    CLI_FRAMES_OPTIONS,
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"save-input", required_argument, NULL, OPT_SAVE_INPUT},
    {"isa", required_argument, NULL, OPT_ISA},
    {"output", required_argument, NULL, 'o'},
    {"force", no_argument, NULL, OPT_FORCE},
    CLI_STRICT_OPTION,
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* One more of a repeatable option. */
static int append(const char *name, const char **list, size_t *n, size_t most)
{
    if (*n == most)
        return cli_usage("synthesize", "--%s given more than %zu times", name, most), 0;
    list[(*n)++] = optarg;
    return 1;
}

/* Where the text of an option goes; NULL: not such an option. */
static const char **text_of(int which, struct spikeq_synthesise_options *options)
{
    switch (which) {
    case OPT_CONFIG:
        return &options->config;
    case OPT_ARCHITECTURE:
        return &options->architecture;
    case OPT_RATES:
        return &options->rates;
    case OPT_INPUT:
        return &options->input;
    case OPT_SAVE_INPUT:
        return &options->save_input;
    case OPT_ISA:
        return &options->isa;
    case 'o':
        return &options->out;
    default:
        return NULL;
    }
}

static int parse_number(const char *name, unsigned long long least, uint64_t *to)
{
    unsigned long long number;
    if (!cli_number("synthesize", name, optarg, least, UINT64_MAX, &number))
        return 0;
    *to = number;
    return 1;
}

/* One option; 0 after a complaint. */
static int parse_option(int which, struct arguments *args)
{
    struct spikeq_synthesise_options *options = &args->options;
    const char **text = text_of(which, options);
    if (text != NULL)
        return *text = optarg, 1;
    switch (which) {
    case OPT_SET:
        return append("set", args->set, &options->n_set, MAX_SET);
    case OPT_RATE:
        return append("rate", args->rate, &options->n_rate, MAX_RATES);
    case OPT_SEED:
        return parse_number("--seed", 0, &options->seed);
    case OPT_LIMIT:
        return parse_number("--limit", 1, &options->limit);
    case OPT_FORCE:
        return options->force = 1;
    case OPT_JSON:
        return options->as_json = 1;
    case OPT_HELP:
        return args->help = 1;
    default:
        return cli_frames_option("synthesize", which, &options->frames) > 0;
    }
}

static int parse(int argc, char **argv, struct arguments *args)
{
    struct spikeq_synthesise_options *options = &args->options;
    int which;
    while ((which = cli_next_option("synthesize", argc, argv, option)) != -1)
        if (!parse_option(which, args))
            return EXIT_USAGE;
    if (args->help)
        return EXIT_SUCCESS;
    if (optind < argc)
        return cli_usage("synthesize", "unexpected argument %s", argv[optind]);
    if (options->config == NULL)
        return cli_usage("synthesize", "--config is missing");
    if (options->n_rate == 0 && options->rates == NULL)
        return cli_usage("synthesize", "--rate is missing");
    if (options->out == NULL)
        return cli_usage("synthesize", "-o FILE is missing");
    if (cli_frames_given(&options->frames) && options->input == NULL)
        return cli_usage("synthesize", "options for recordings go with --input");
    options->set = args->set;
    options->rate = args->rate;
    return cli_may_write("synthesize", options->out, options->force) &&
                   cli_may_write("synthesize", options->save_input, options->force)
               ? EXIT_SUCCESS
               : EXIT_USAGE;
}

static void show_progress(void *data, uint64_t n_done, uint64_t n_total)
{
    *(int *)data = 1;
    fprintf(stderr, "\r\033[Kcalibrating: %llu/%llu nodes", (unsigned long long)n_done,
            (unsigned long long)n_total);
}

static int synthesize(struct spikeq_synthesise_options *options)
{
    char *text = NULL;
    int is_shown = 0;
    spikeq_ctx *ctx = cli_context("synthesize");
    if (ctx == NULL)
        return EXIT_DATA;
    if (isatty(STDERR_FILENO)) {
        options->progress = show_progress;
        options->progress_data = &is_shown;
    }
    int status = spikeq_synthesise(ctx, options, &text);
    if (is_shown)
        fprintf(stderr, "\r\033[K");
    status = status == SPIKEQ_OK ? cli_write_file("synthesize", "-", text)
                                 : cli_fail("synthesize", status, spikeq_error_text(ctx));
    spikeq_free(text);
    spikeq_ctx_free(ctx);
    return status;
}

int cmd_synthesize(int argc, char **argv)
{
    struct arguments args = {.help = 0};
    const int status = parse(argc, argv, &args);
    if (status != EXIT_SUCCESS)
        return status;
    return args.help ? cli_write_file("synthesize", "-", help) : synthesize(&args.options);
}
