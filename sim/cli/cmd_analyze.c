#include "sim/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: spikeq analyze TRACE [TRACE...] [OPTION...]\n\n"
    "Say where the spikes of a trace are: rates, spread, time, structure for hardware,\n"
    "attention, cost. Further traces are compared with the first, sample by sample.\n"
    "docs/analysis.md defines every figure.\n\n"
    "  --json FILE          write every figure as JSON (- is standard output)\n"
    "  --csv DIR            write every table as a CSV file into this folder\n"
    "  --html FILE          write a page with charts of them all: one file, for any browser\n"
    "  --force              replace files that exist\n"
    "  --populations GLOB   only these, \"block.*.attn.?_lif,patch_embed.*\"\n"
    "  --samples RANGE      only these, \"10:20\", \":100\" or \"7\"\n"
    "  --model FILE         the checkpoint of the traces: accuracy after each timestep and\n"
    "                       early exit; with --config as for spikeq run\n"
    "  --config NAME|FILE, --weights NAME, --architecture NAME|FILE\n"
    "                       configuration of the model, which network of the file, and what\n"
    "                       it is made of, as for spikeq run\n"
    "  --hardware NAME      what an operation costs, as for spikeq energy\n"
    "  --class-names FILE   names of the classes: a text file, one name a line, class 0 first\n"
    "  --raster-sample N    the sample whose spikes are kept one by one (default: the first)\n"
    "  --top N              at most N rows in the tables of classes and cost (default 10)\n"
    "  --threads N          threads (default: one per core); same results\n" CLI_STRICT_HELP;

enum { MAX_TRACES = 16, DEFAULT_TOP = 10 };

struct arguments {
    const char *json, *csv, *html, *traces[MAX_TRACES];
    struct spikeq_analyze_options analyze;
    struct spikeq_table_options table;
    int force, help;
};

enum {
    OPT_JSON = 256,
    OPT_CSV,
    OPT_HTML,
    OPT_POPULATIONS,
    OPT_SAMPLES,
    OPT_MODEL,
    OPT_CONFIG,
    OPT_WEIGHTS,
    OPT_ARCHITECTURE,
    OPT_HARDWARE,
    OPT_CLASS_NAMES,
    OPT_RASTER_SAMPLE,
    OPT_TOP,
    OPT_THREADS,
    OPT_FORCE,
    OPT_HELP
};

static const struct option option[] = {
    {"json", required_argument, NULL, OPT_JSON},
    {"csv", required_argument, NULL, OPT_CSV},
    {"html", required_argument, NULL, OPT_HTML},
    {"populations", required_argument, NULL, OPT_POPULATIONS},
    {"samples", required_argument, NULL, OPT_SAMPLES},
    {"model", required_argument, NULL, OPT_MODEL},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"weights", required_argument, NULL, OPT_WEIGHTS},
    {"architecture", required_argument, NULL, OPT_ARCHITECTURE},
    {"hardware", required_argument, NULL, OPT_HARDWARE},
    {"class-names", required_argument, NULL, OPT_CLASS_NAMES},
    {"raster-sample", required_argument, NULL, OPT_RASTER_SAMPLE},
    {"top", required_argument, NULL, OPT_TOP},
    {"threads", required_argument, NULL, OPT_THREADS},
    CLI_STRICT_OPTION,
    {"force", no_argument, NULL, OPT_FORCE},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* Where the text of an option goes; NULL: not such an option. */
static const char **text_of(int which, struct arguments *args)
{
    switch (which) {
    case OPT_JSON:
        return &args->json;
    case OPT_CSV:
        return &args->csv;
    case OPT_HTML:
        return &args->html;
    case OPT_POPULATIONS:
        return &args->analyze.populations;
    case OPT_SAMPLES:
        return &args->analyze.samples;
    case OPT_MODEL:
        return &args->analyze.model;
    case OPT_CONFIG:
        return &args->analyze.config;
    case OPT_ARCHITECTURE:
        return &args->analyze.architecture;
    case OPT_WEIGHTS:
        return &args->analyze.weights;
    case OPT_HARDWARE:
        return &args->analyze.hardware;
    case OPT_CLASS_NAMES:
        return &args->analyze.class_names;
    case OPT_RASTER_SAMPLE:
        return &args->analyze.raster_sample;
    default:
        return NULL;
    }
}

static int parse_option(int which, struct arguments *args)
{
    unsigned long long number;
    const char **text = text_of(which, args);
    if (text != NULL)
        return *text = optarg, 1;
    if (which == OPT_HELP)
        return args->help = 1;
    if (which == OPT_FORCE)
        return args->force = 1;
    if (which != OPT_TOP && which != OPT_THREADS)
        return 0;
    if (!cli_number("analyze", which == OPT_TOP ? "--top" : "--threads", optarg, 1, 1024, &number))
        return 0;
    *(which == OPT_TOP ? &args->table.top : &args->analyze.threads) = (unsigned)number;
    return 1;
}

static int is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

static int check_outputs(const struct arguments *args)
{
    if (args->force && args->json == NULL && args->csv == NULL && args->html == NULL)
        return cli_usage("analyze", "--force replaces what --json, --csv or --html writes: none of "
                                    "them is given");
    return cli_may_write("analyze", args->json, args->force) &&
                   cli_may_write("analyze", args->html, args->force) &&
                   cli_may_fill("analyze", args->csv, ".csv", args->force)
               ? EXIT_SUCCESS
               : EXIT_USAGE;
}

static int parse(int argc, char **argv, struct arguments *args)
{
    int which;
    while ((which = cli_next_option("analyze", argc, argv, option)) != -1)
        if (!parse_option(which, args))
            return EXIT_USAGE;
    if (args->help)
        return EXIT_SUCCESS;
    if (argc == optind)
        return cli_usage("analyze", "give a trace");
    if (argc - optind > MAX_TRACES)
        return cli_usage("analyze", "more than %d traces", MAX_TRACES);
    if (args->analyze.config != NULL && args->analyze.model == NULL)
        return cli_usage("analyze", "--config goes with --model");
    if (args->analyze.weights != NULL && args->analyze.model == NULL)
        return cli_usage("analyze", "--weights goes with --model");
    if (args->analyze.architecture != NULL && args->analyze.model == NULL)
        return cli_usage("analyze", "--architecture goes with --model");
    if (is_stdout(args->json) && is_stdout(args->html))
        return cli_usage("analyze", "--json and --html cannot both be -");
    if (args->analyze.raster_sample != NULL && args->json == NULL && args->csv == NULL &&
        args->html == NULL)
        return cli_usage("analyze", "--raster-sample goes with --json, --csv or --html; tables "
                                    "have no raster");
    if (args->table.top > 0 && (is_stdout(args->json) || is_stdout(args->html)))
        return cli_usage("analyze", "--top goes with tables; output to - is complete");
    for (int i = optind; i < argc; i++)
        if (!cli_is_file("analyze", argv[i]))
            return EXIT_USAGE;
    for (; optind < argc; optind++)
        args->traces[args->analyze.n_traces++] = argv[optind];
    args->analyze.traces = args->traces;
    return check_outputs(args);
}

/* Colours only on terminals, and not with NO_COLOR. */
static int wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0') &&
           terminal != NULL && strcmp(terminal, "dumb") != 0;
}

/* The table goes to standard output, unless the JSON or the page does. */
static int print_table(spikeq_ctx *ctx, const struct arguments *args, const char *json)
{
    char *text;
    if (is_stdout(args->json) || is_stdout(args->html))
        return EXIT_SUCCESS;
    struct spikeq_table_options table = args->table;
    table.top = table.top > 0 ? table.top : DEFAULT_TOP;
    const int status = spikeq_analysis_table(ctx, json, &table, &text);
    if (status != SPIKEQ_OK)
        return cli_fail("analyze", status, spikeq_error_text(ctx));
    const int exit_status = cli_write_file("analyze", "-", text);
    spikeq_free(text);
    return exit_status;
}

/* Everything but the table: each has its option. */
static int write_files(spikeq_ctx *ctx, const struct arguments *args, const char *json)
{
    int status = SPIKEQ_OK, exit_status = EXIT_SUCCESS;
    char *page = NULL;
    if (args->json != NULL)
        exit_status = cli_write_file("analyze", args->json, json);
    if (exit_status == EXIT_SUCCESS && args->csv != NULL)
        status = spikeq_analysis_csv(ctx, json, args->csv);
    if (exit_status == EXIT_SUCCESS && status == SPIKEQ_OK && args->html != NULL)
        status = spikeq_analysis_html(ctx, json, &page);
    if (status != SPIKEQ_OK)
        exit_status = cli_fail("analyze", status, spikeq_error_text(ctx));
    if (page != NULL)
        exit_status = cli_write_file("analyze", args->html, page);
    spikeq_free(page);
    return exit_status;
}

static int answer(spikeq_ctx *ctx, const struct arguments *args)
{
    char *json;
    const int status = spikeq_analyze(ctx, &args->analyze, &json);
    if (status != SPIKEQ_OK)
        return cli_fail("analyze", status, spikeq_error_text(ctx));
    int exit_status = write_files(ctx, args, json);
    if (exit_status == EXIT_SUCCESS)
        exit_status = print_table(ctx, args, json);
    spikeq_free(json);
    return exit_status;
}

int cmd_analyze(int argc, char **argv)
{
    struct arguments args = {.table = {.top = 0}};
    const int status = parse(argc, argv, &args);
    if (status != EXIT_SUCCESS)
        return status;
    if (args.help)
        return cli_write_file("analyze", "-", help);
    args.table.is_colour = wants_colour();
    spikeq_ctx *ctx = cli_context("analyze");
    if (ctx == NULL)
        return EXIT_DATA;
    const int exit_status = answer(ctx, &args);
    spikeq_ctx_free(ctx);
    return exit_status;
}
