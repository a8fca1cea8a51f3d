#include "sim/cli/cli.h"
#include "sim/cli/progress.h"
#include "sim/cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: spikeq run --model FILE --input FILE [OPTION...]\n\n"
    "Run every sample of the input through the event queue and report accuracy, firing\n"
    "rates and the synaptic operations that really happened.\n\n"
    "  --model FILE         trained checkpoint: .safetensors, .pth, .pth.tar\n"
    "  --input FILE         .npy [B,C,H,W] or frames [B,T,C,H,W], IDX, IDX.gz\n"
    "  --labels FILE        IDX, IDX.gz or .npy: one class number per sample\n"
    "  --config NAME|FILE   published size (spikeq configs lists them) or a JSON file\n"
    "  --set KEY=VALUE      override one key of the configuration; repeatable\n"
    "  --limit N            at most N samples\n"
    "  --batch N            samples in the network at a time\n"
    "  --threads N          compute threads (default: one per core)\n"
    "  --schedule S         layer (default) or step; same results\n"
    "  --isa I              auto (default), scalar, avx2, avx512; same results\n"
    "  --dump DIR           write every population and the logits as .npy files\n"
    "  --report FILE.json   write the report\n"
    "  --json               print the report instead of tables\n"
    "  --quiet              print nothing\n";

enum { MAX_SET = 64 };

struct arguments {
    const char *model, *config, *report, *set[MAX_SET];
    size_t n_set;
    int json, quiet, help;
    struct spikeq_run_options run;
};

enum {
    OPT_MODEL = 256,
    OPT_INPUT,
    OPT_LABELS,
    OPT_CONFIG,
    OPT_SET,
    OPT_LIMIT,
    OPT_BATCH,
    OPT_THREADS,
    OPT_SCHEDULE,
    OPT_ISA,
    OPT_DUMP,
    OPT_REPORT,
    OPT_JSON,
    OPT_QUIET,
    OPT_HELP
};

static const struct option option[] = {
    {"model", required_argument, NULL, OPT_MODEL},
    {"input", required_argument, NULL, OPT_INPUT},
    {"labels", required_argument, NULL, OPT_LABELS},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"set", required_argument, NULL, OPT_SET},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"batch", required_argument, NULL, OPT_BATCH},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"schedule", required_argument, NULL, OPT_SCHEDULE},
    {"isa", required_argument, NULL, OPT_ISA},
    {"dump", required_argument, NULL, OPT_DUMP},
    {"report", required_argument, NULL, OPT_REPORT},
    {"json", no_argument, NULL, OPT_JSON},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int parse_count(const char *name, unsigned long long most, unsigned *value)
{
    unsigned long long number;
    if (!cli_number("run", name, optarg, 1, most, &number))
        return 0;
    *value = (unsigned)number;
    return 1;
}

static int parse_schedule(struct arguments *args)
{
    if (strcmp(optarg, "layer") == 0)
        args->run.schedule = SPIKEQ_SCHEDULE_LAYER;
    else if (strcmp(optarg, "step") == 0)
        args->run.schedule = SPIKEQ_SCHEDULE_STEP;
    else
        return cli_usage("run", "--schedule %s: expected layer or step", optarg), 0;
    return 1;
}

static int parse_set(struct arguments *args)
{
    if (args->n_set == MAX_SET)
        return cli_usage("run", "--set given more than %d times", MAX_SET), 0;
    args->set[args->n_set++] = optarg;
    return 1;
}

/* One option; 0 after a complaint. */
static int parse_option(int which, struct arguments *args)
{
    unsigned long long number;
    switch (which) {
    case OPT_MODEL:
        args->model = optarg;
        return 1;
    case OPT_INPUT:
        args->run.input = optarg;
        return 1;
    case OPT_LABELS:
        args->run.labels = optarg;
        return 1;
    case OPT_CONFIG:
        args->config = optarg;
        return 1;
    case OPT_SET:
        return parse_set(args);
    case OPT_LIMIT:
        if (!cli_number("run", "--limit", optarg, 1, UINT64_MAX, &number))
            return 0;
        args->run.limit = number;
        return 1;
    case OPT_BATCH:
        return parse_count("--batch", 65536, &args->run.batch);
    case OPT_THREADS:
        return parse_count("--threads", 1024, &args->run.threads);
    case OPT_SCHEDULE:
        return parse_schedule(args);
    case OPT_ISA:
        args->run.isa = optarg;
        return 1;
    case OPT_DUMP:
        args->run.dump_dir = optarg;
        return 1;
    case OPT_REPORT:
        args->report = optarg;
        return 1;
    case OPT_JSON:
        return args->json = 1;
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
    while ((which = cli_next_option("run", argc, argv, option)) != -1)
        if (!parse_option(which, args))
            return EXIT_USAGE;
    if (args->help)
        return EXIT_SUCCESS;
    if (optind < argc)
        return cli_usage("run", "unexpected argument %s", argv[optind]);
    if (args->model == NULL)
        return cli_usage("run", "--model is missing");
    if (args->run.input == NULL)
        return cli_usage("run", "--input is missing");
    return EXIT_SUCCESS;
}

/* Print and write what was asked for. */
static int put_out(spikeq_ctx *ctx, const spikeq_report *report, const struct arguments *args)
{
    char *text = NULL;
    int status = EXIT_SUCCESS;
    if (args->json || args->report != NULL)
        if (spikeq_report_json(ctx, report, &text) != SPIKEQ_OK)
            return cli_fail("run", SPIKEQ_ENOMEM, spikeq_error_text(ctx));
    if (args->report != NULL)
        status = cli_write_file("run", args->report, text);
    if (status == EXIT_SUCCESS && args->json && !args->quiet)
        status = cli_write_file("run", "-", text);
    spikeq_free(text);
    if (status == EXIT_SUCCESS && !args->json && !args->quiet)
        status = cli_print_tables(report);
    return status;
}

static int run(spikeq_ctx *ctx, struct arguments *args)
{
    spikeq_network *network = NULL;
    spikeq_report *report = NULL;
    struct cli_progress progress;
    if (cli_progress_start(&progress, !args->quiet)) {
        args->run.progress = cli_progress_show;
        args->run.progress_data = &progress;
    }
    int status =
        spikeq_network_load(ctx, args->model, args->config, args->set, args->n_set, &network);
    if (status == SPIKEQ_OK)
        status = spikeq_run(ctx, network, &args->run, &report);
    cli_progress_end(&progress);
    int exit_status = EXIT_SUCCESS;
    if (status != SPIKEQ_OK)
        exit_status = cli_fail("run", status, spikeq_error_text(ctx));
    if (status == SPIKEQ_OK || status == SPIKEQ_EINTERRUPTED) {
        exit_status = put_out(ctx, report, args);
        if (exit_status == EXIT_SUCCESS && status == SPIKEQ_EINTERRUPTED)
            exit_status = EXIT_INTERRUPTED;
    }
    spikeq_report_free(report);
    spikeq_network_free(network);
    return exit_status;
}

int cmd_run(int argc, char **argv)
{
    struct arguments args = {.run = {.stop_on_sigint = 1}};
    int status = parse(argc, argv, &args);
    if (status != EXIT_SUCCESS)
        return status;
    if (args.help)
        return cli_write_file("run", "-", help);
    spikeq_ctx *ctx;
    if (spikeq_ctx_new(&ctx) != SPIKEQ_OK)
        return cli_fail("run", SPIKEQ_ENOMEM, "out of memory");
    status = run(ctx, &args);
    spikeq_ctx_free(ctx);
    return status;
}
