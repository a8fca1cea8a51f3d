#include "sim/cli/cli.h"
#include "sim/cli/fixed_options.h"
#include "sim/cli/frames_options.h"
#include "sim/cli/progress.h"
#include "sim/cli/steps.h"
#include "sim/cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: spikeq run --model FILE --input FILE [OPTION...]\n\n"
    "Run every sample of the input through the event queue and report accuracy, firing\n"
    "rates and the synaptic operations that really happened.\n\n"
    "  --model FILE         trained checkpoint: .safetensors, .pth, .pth.tar; NIR graph\n"
    "  --weights NAME       which network, of a file that holds several (EMA, teacher)\n"
    "  --input FILE         .npy [B,C,H,W] or frames [B,T,C,H,W], IDX, IDX.gz\n"
    "                       PNG, JPEG, CIFAR batch; .npz of frames (SpikingJelly); a folder of\n"
    "                       class folders, or a list file (PATH LABEL a line), of images,\n"
    "                       frames or recordings\n" CLI_FRAMES_HELP
    "  --stream             bin a recording that is still being made, by duration:US: every T\n"
    "                       frames are a sample, each goes through the network when it is\n"
    "                       complete, a line is printed after each timestep; so are -,\n"
    "                       tcp://HOST:PORT, tcp-listen://HOST:PORT and FIFOs, untold\n"
    "  --carry              a stream's neurons keep their state from one sample to the next\n"
    "  --labels FILE        IDX, IDX.gz or .npy: one class number per sample\n"
    "  --config NAME|FILE   published size (spikeq configs lists them) or a JSON file\n"
    "  --set KEY=VALUE      override one key of the configuration; repeatable\n"
    "  --architecture A     what it is made of: a name of configs/architectures/ or a file\n"
    "  --limit N            at most N samples\n"
    "  --shard I/N          run part I of N equal parts of the samples, 1 to N, for spikeq\n"
    "                       merge; auto or auto/N: the part that Slurm, MPI or Kubernetes\n"
    "                       gave this process (docs/cluster.md)\n"
    "  --dry-run-ranks N    run as N ranks in this process, as mpirun -n N does as N processes:\n"
    "                       to try what a job does\n"
    "  --batch N            samples in the network at a time\n"
    "  --couple-batch N     of QKFormer: run the state of proj_lif on through the samples of a\n"
    "                       batch of N, as its official code does; default: each sample alone\n"
    "  --threads N          compute threads (default: one per core)\n"
    "  --schedule S         layer (default) or step; same results\n"
    "  --isa I              auto (default), scalar, avx2, avx512; same results\n"
    "  --arith A            f32 (default), or fixed: integers, shifts and additions\n"
    "  --weight-bits N      in fixed point: 4 to 16, default 8\n" CLI_FIXED_HELP
    "  --profile            measure the time of every node, and compare with the processor's "
    "limit\n"
    "  --dump DIR           write every population, head_in and the logits as .npy files\n"
    "  --dump-reals         with --dump: also what every population integrates, DIR/preact\n"
    "  --trace FILE         record the run: every spike, in one file that spikeq replay,\n"
    "                       energy, analyze, export and any SQLite reader can open\n"
    "  --trace-populations GLOB[,GLOB...], --trace-samples 10:20\n"
    "                       record only these\n"
    "  --trace-detail D     spikes (default), or counts: firing rates and prices only\n"
    "  --trace-codec C      none (default), zlib or zstd\n"
    "  --resume             go on with a trace that was cut short\n"
    "  --report FILE.json   write the report; - is standard output, without tables\n"
    "  --force              replace trace, report and dump that exist, each once the new one is\n"
    "                       whole\n"
    "  --json               print the report instead of tables; of a stream, a line of JSON\n"
    "                       after each timestep instead of both\n" CLI_STRICT_HELP
    "  --quiet              print nothing; warnings still go to stderr\n";

enum { MAX_SET = 64 };

struct arguments {
    const char *model, *config, *architecture, *weights, *report, *set[MAX_SET];
    char *command; /* of the whole line */
    size_t n_set;
    unsigned long n_steps; /* lines that a stream has printed */
    int json, quiet, help;
    int is_other_rank; /* of an MPI job: rank 0 prints and writes for all */
    struct spikeq_fixed_options fixed;
    struct spikeq_run_options run;
};

enum {
    OPT_MODEL = 256,
    OPT_INPUT,
    OPT_LABELS,
    OPT_CONFIG,
    OPT_WEIGHTS,
    OPT_SET,
    OPT_ARCHITECTURE,
    OPT_LIMIT,
    OPT_SHARD,
    OPT_DRY_RUN_RANKS,
    OPT_BATCH,
    OPT_COUPLE_BATCH,
    OPT_THREADS,
    OPT_SCHEDULE,
    OPT_ISA,
    OPT_PROFILE,
    OPT_DUMP,
    OPT_DUMP_REALS,
    OPT_TRACE,
    OPT_TRACE_POPULATIONS,
    OPT_TRACE_SAMPLES,
    OPT_TRACE_DETAIL,
    OPT_TRACE_CODEC,
    OPT_FORCE,
    OPT_RESUME,
    OPT_REPORT,
    OPT_JSON,
    OPT_QUIET,
    OPT_HELP
};

static const struct option option[] = {
    {"model", required_argument, NULL, OPT_MODEL},
    {"input", required_argument, NULL, OPT_INPUT},
    CLI_FRAMES_OPTIONS,
    CLI_STREAM_OPTIONS,
    {"labels", required_argument, NULL, OPT_LABELS},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"weights", required_argument, NULL, OPT_WEIGHTS},
    {"set", required_argument, NULL, OPT_SET},
    {"architecture", required_argument, NULL, OPT_ARCHITECTURE},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"shard", required_argument, NULL, OPT_SHARD},
    {"dry-run-ranks", required_argument, NULL, OPT_DRY_RUN_RANKS},
    {"batch", required_argument, NULL, OPT_BATCH},
    {"couple-batch", required_argument, NULL, OPT_COUPLE_BATCH},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"schedule", required_argument, NULL, OPT_SCHEDULE},
    {"isa", required_argument, NULL, OPT_ISA},
    {"arith", required_argument, NULL, CLI_OPT_ARITH},
    {"weight-bits", required_argument, NULL, CLI_OPT_WEIGHT_BITS},
    CLI_FIXED_OPTIONS,
    {"profile", no_argument, NULL, OPT_PROFILE},
    {"dump", required_argument, NULL, OPT_DUMP},
    {"dump-reals", no_argument, NULL, OPT_DUMP_REALS},
    {"trace", required_argument, NULL, OPT_TRACE},
    {"trace-populations", required_argument, NULL, OPT_TRACE_POPULATIONS},
    {"trace-samples", required_argument, NULL, OPT_TRACE_SAMPLES},
    {"trace-detail", required_argument, NULL, OPT_TRACE_DETAIL},
    {"trace-codec", required_argument, NULL, OPT_TRACE_CODEC},
    {"force", no_argument, NULL, OPT_FORCE},
    {"resume", no_argument, NULL, OPT_RESUME},
    {"report", required_argument, NULL, OPT_REPORT},
    {"json", no_argument, NULL, OPT_JSON},
    {"quiet", no_argument, NULL, OPT_QUIET},
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int parse_set(struct arguments *args)
{
    if (args->n_set == MAX_SET)
        return cli_usage("run", "--set given more than %d times", MAX_SET), 0;
    args->set[args->n_set++] = optarg;
    return 1;
}

/* Where the text of an option goes; NULL: not such an option. */
static const char **text_of(int which, struct arguments *args)
{
    switch (which) {
    case OPT_MODEL:
        return &args->model;
    case OPT_INPUT:
        return &args->run.input;
    case OPT_LABELS:
        return &args->run.labels;
    case OPT_CONFIG:
        return &args->config;
    case OPT_ARCHITECTURE:
        return &args->architecture;
    case OPT_WEIGHTS:
        return &args->weights;
    case OPT_SHARD:
        return &args->run.shard;
    case OPT_ISA:
        return &args->run.isa;
    case OPT_DUMP:
        return &args->run.dump_dir;
    case OPT_TRACE:
        return &args->run.trace.path;
    case OPT_TRACE_POPULATIONS:
        return &args->run.trace.populations;
    case OPT_TRACE_SAMPLES:
        return &args->run.trace.samples;
    case OPT_TRACE_DETAIL:
        return &args->run.trace.detail;
    case OPT_TRACE_CODEC:
        return &args->run.trace.codec;
    case OPT_REPORT:
        return &args->report;
    default:
        return NULL;
    }
}

/* The flag that an option sets; NULL: not a flag. */
static int *flag_of(int which, struct arguments *args)
{
    switch (which) {
    case OPT_FORCE:
        return &args->run.trace.force;
    case OPT_DUMP_REALS:
        return &args->run.dump_reals;
    case OPT_PROFILE:
        return &args->run.profile;
    case OPT_RESUME:
        return &args->run.trace.resume;
    case OPT_JSON:
        return &args->json;
    case OPT_QUIET:
        return &args->quiet;
    case OPT_HELP:
        return &args->help;
    default:
        return NULL;
    }
}

static int parse_limit(struct arguments *args)
{
    unsigned long long number;
    if (!cli_number("run", "--limit", optarg, 1, UINT64_MAX, &number))
        return 0;
    args->run.limit = number;
    return 1;
}

/* Options shared with other commands; 0 after a complaint. */
static int parse_shared(int which, struct arguments *args)
{
    const int found = cli_frames_option("run", which, &args->run.frames);
    return found >= 0 ? found : cli_fixed_option("run", which, &args->fixed) > 0;
}

/* One option; 0 after a complaint. */
static int parse_option(int which, struct arguments *args)
{
    const char **text = text_of(which, args);
    int *flag = flag_of(which, args);
    if (text != NULL)
        return *text = optarg, 1;
    if (flag != NULL)
        return *flag = 1;
    switch (which) {
    case OPT_SET:
        return parse_set(args);
    case OPT_LIMIT:
        return parse_limit(args);
    case OPT_DRY_RUN_RANKS:
        return cli_count("run", "--dry-run-ranks", 4096, &args->run.dry_run_ranks);
    case OPT_BATCH:
        return cli_count("run", "--batch", 65536, &args->run.batch);
    case OPT_COUPLE_BATCH:
        return cli_count("run", "--couple-batch", 65536, &args->run.couple_batch);
    case OPT_THREADS:
        return cli_count("run", "--threads", 1024, &args->run.threads);
    case OPT_SCHEDULE:
        return cli_schedule("run", &args->run.schedule);
    default:
        return parse_shared(which, args);
    }
}

/* Options of a trace without a trace. */
static int check_trace(const struct arguments *args)
{
    const struct spikeq_trace_options *trace = &args->run.trace;
    const int has_option =
        trace->populations || trace->samples || trace->detail || trace->codec || trace->resume;
    return has_option && trace->path == NULL
               ? cli_usage("run", "--trace is missing: its options say how to record one")
               : EXIT_SUCCESS;
}

/* What is there already stays, unless the user says so; to go on with a trace is to go on with
 * its report. */
static int check_outputs(const struct arguments *args)
{
    const struct spikeq_trace_options *trace = &args->run.trace;
    if (trace->force && trace->path == NULL && args->report == NULL && args->run.dump_dir == NULL)
        return cli_usage("run", "--force replaces what --trace, --report or --dump writes: none of "
                                "them is given");
    if (args->run.profile && args->quiet && args->report == NULL)
        return cli_usage("run",
                         "--profile has nowhere to go: --quiet prints nothing, and no --report "
                         "is given");
    if (args->report != NULL && args->json && strcmp(args->report, "-") == 0)
        return cli_usage("run", "--report - is --json: give one of them");
    return cli_may_write("run", args->report, trace->force || trace->resume) &&
                   cli_may_fill("run", args->run.dump_dir, ".npy", trace->force)
               ? EXIT_SUCCESS
               : EXIT_USAGE;
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
    if (args->run.dump_reals && args->run.dump_dir == NULL)
        return cli_usage("run", "--dump-reals adds to what --dump writes: give that too");
    const int status = check_trace(args);
    return status == EXIT_SUCCESS ? check_outputs(args) : status;
}

/* Does the report go to standard output, instead of everything else? */
static int is_piped(const struct arguments *args)
{
    return args->report != NULL && strcmp(args->report, "-") == 0;
}

/* Print and write what the options ask for. */
static int put_out(spikeq_ctx *ctx, const spikeq_report *report, const struct arguments *args)
{
    char *text = NULL;
    int status = EXIT_SUCCESS;
    if (args->json || args->report != NULL)
        if (spikeq_report_json(ctx, report, &text) != SPIKEQ_OK)
            return cli_fail("run", SPIKEQ_ENOMEM, spikeq_error_text(ctx));
    if (args->report != NULL)
        status = cli_write_file("run", args->report, text);
    if (status == EXIT_SUCCESS && args->json && !args->quiet && args->n_steps == 0)
        status = cli_write_file("run", "-", text);
    spikeq_free(text);
    if (status == EXIT_SUCCESS && !args->json && !args->quiet && !is_piped(args))
        status = cli_print_tables(report);
    return status;
}

/* A stream's writer went away within a record: what was left of it is not in the results. */
static void tell_end(const spikeq_report *report, const struct arguments *args)
{
    struct spikeq_summary summary;
    spikeq_report_summary(report, &summary);
    if (summary.input_end[0] != '\0')
        fprintf(stderr, "spikeq run: note: %s: the stream ended within a record, at %s\n",
                args->run.input, summary.input_end);
}

/* A failure of one rank is a failure of all, and rank 0 says it. */
static int fail(const spikeq_ctx *ctx, const struct arguments *args, int status)
{
    if (!args->is_other_rank)
        return cli_fail("run", status, spikeq_error_text(ctx));
    return status == SPIKEQ_EUSAGE ? EXIT_USAGE : EXIT_DATA;
}

static int run(spikeq_ctx *ctx, struct arguments *args)
{
    spikeq_network *network = NULL;
    spikeq_report *report = NULL;
    struct cli_progress progress;
    if (cli_progress_start(&progress, !args->quiet && !args->is_other_rank)) {
        args->run.progress = cli_progress_show;
        args->run.progress_data = &progress;
    }
    if (!args->quiet && !is_piped(args)) {
        args->run.step = args->json ? cli_step_json : cli_step_text;
        args->run.step_data = &args->n_steps;
    }
    int status =
        spikeq_network_open(ctx,
                            &(struct spikeq_network_options){.model = args->model,
                                                             .config = args->config,
                                                             .set = args->set,
                                                             .n_set = args->n_set,
                                                             .weights = args->weights,
                                                             .architecture = args->architecture,
                                                             .input = args->run.input},
                            &network);
    if (status == SPIKEQ_OK)
        status = spikeq_network_arith(ctx, network, &args->fixed);
    if (status == SPIKEQ_OK)
        status = spikeq_run(ctx, network, &args->run, &report);
    cli_progress_end(&progress);
    int exit_status = EXIT_SUCCESS;
    if (status != SPIKEQ_OK)
        exit_status = fail(ctx, args, status);
    if ((status == SPIKEQ_OK || status == SPIKEQ_EINTERRUPTED) && !args->is_other_rank) {
        tell_end(report, args);
        exit_status = put_out(ctx, report, args);
        if (exit_status == EXIT_SUCCESS && status == SPIKEQ_EINTERRUPTED)
            exit_status = EXIT_INTERRUPTED;
    }
    spikeq_report_free(report);
    spikeq_network_free(network);
    return exit_status;
}

/* The ranks of an MPI job share the run, unless each is given its shard. */
static int join(spikeq_ctx *ctx, struct arguments *args)
{
    struct spikeq_rank rank;
    if (args->run.shard != NULL)
        return EXIT_SUCCESS;
    const int status = spikeq_ctx_join(ctx, &rank);
    args->is_other_rank = rank.rank > 0;
    if (args->is_other_rank)
        spikeq_ctx_on_warning(ctx, NULL, NULL);
    return status == SPIKEQ_OK ? EXIT_SUCCESS : fail(ctx, args, status);
}

static int with_context(struct arguments *args)
{
    spikeq_ctx *ctx = cli_context("run");
    if (ctx == NULL)
        return EXIT_DATA;
    int status = join(ctx, args);
    if (status == EXIT_SUCCESS)
        status = run(ctx, args);
    spikeq_ctx_free(ctx);
    return status;
}

int cmd_run(int argc, char **argv)
{
    struct arguments args = {.run = {.stop_on_sigint = 1}};
    args.command = cli_command_line(argc, argv); /* before getopt_long() reorders it */
    args.run.trace.command = args.command;
    int status = parse(argc, argv, &args);
    if (status == EXIT_SUCCESS)
        status = args.help ? cli_write_file("run", "-", help) : with_context(&args);
    free(args.command);
    return status;
}
