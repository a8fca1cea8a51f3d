#include "sim/cli/cli.h"
#include "sim/cli/frames_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: spikeq energy REPORT.json|TRACE... [OPTION...]\n"
    "       spikeq energy --model FILE --input FILE [OPTION...]\n"
    "       spikeq energy --rates FILE.csv --config NAME [OPTION...]\n"
    "       spikeq energy --table FILE.csv [OPTION...]\n"
    "       spikeq energy --list\n\n"
    "Price every synaptic operation by one convention of the field, or by all.\n"
    "Several reports or traces make one table, a row a model.\n\n"
    "  --model FILE         run this checkpoint first; with --input, and if need be\n"
    "                       --labels, --limit, --config, --weights, --architecture as\n"
    "                       for spikeq run\n" CLI_FRAMES_HELP
    "  --stream, --carry    a recording that is still being made, as for spikeq run\n"
    "  --rates FILE.csv     columns name, rate: a network known by its firing rates\n"
    "  --table FILE.csv     columns name, kind, flops, rate: any network\n"
    "  --convention NAME    exact, paper, syops, spikingjelly, neurobench, lemaire,\n"
    "                       published or all (default; of several models: exact)\n"
    "  --hardware NAME      a profile (default fp32_45nm) or a file of that form\n"
    "  --switch KEY=VALUE   decide a disputed choice; repeatable; --list shows all\n"
    "  --per WHAT           layer, block, timestep, sample or class\n"
    "  --compare FILE.csv   columns name and rate, flops or ops: another tool's figures\n"
    "  --format F           table (default), json, csv, markdown, latex (booktabs)\n"
    "  --csv DIR            write every table as a CSV file of its own; --force replaces\n"
    "  --columns A,B,C      these columns alone, in this order\n"
    "  --unit U             of energies: pJ, nJ, uJ, mJ or J\n"
    "  --digits N           significant digits, or full (default 5; json, csv: full)\n"
    "  --verbose            all columns, and notes: prices with sources, what counts as\n"
    "                       nothing, bounds, deviation\n" CLI_STRICT_HELP
    "  --list               conventions, switches and hardware profiles\n";

enum { MAX_SWITCHES = 64 };

struct arguments {
    const char *model, *weights, *switches[MAX_SWITCHES];
    struct spikeq_run_options run;
    struct spikeq_energy_options energy;
    int list, help, force;
};

enum {
    OPT_MODEL = 256,
    OPT_INPUT,
    OPT_LABELS,
    OPT_LIMIT,
    OPT_CONFIG,
    OPT_WEIGHTS,
    OPT_ARCHITECTURE,
    OPT_RATES,
    OPT_TABLE,
    OPT_CONVENTION,
    OPT_HARDWARE,
    OPT_SWITCH,
    OPT_PER,
    OPT_COMPARE,
    OPT_FORMAT,
    OPT_CSV,
    OPT_COLUMNS,
    OPT_UNIT,
    OPT_DIGITS,
    OPT_VERBOSE,
    OPT_FORCE,
    OPT_LIST,
    OPT_HELP
};

static const struct option option[] = {
    {"model", required_argument, NULL, OPT_MODEL},
    {"input", required_argument, NULL, OPT_INPUT},
    CLI_FRAMES_OPTIONS,
    CLI_STREAM_OPTIONS,
    {"labels", required_argument, NULL, OPT_LABELS},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"weights", required_argument, NULL, OPT_WEIGHTS},
    {"architecture", required_argument, NULL, OPT_ARCHITECTURE},
    {"rates", required_argument, NULL, OPT_RATES},
    {"table", required_argument, NULL, OPT_TABLE},
    {"convention", required_argument, NULL, OPT_CONVENTION},
    {"hardware", required_argument, NULL, OPT_HARDWARE},
    {"switch", required_argument, NULL, OPT_SWITCH},
    {"per", required_argument, NULL, OPT_PER},
    {"compare", required_argument, NULL, OPT_COMPARE},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"csv", required_argument, NULL, OPT_CSV},
    {"columns", required_argument, NULL, OPT_COLUMNS},
    {"unit", required_argument, NULL, OPT_UNIT},
    {"digits", required_argument, NULL, OPT_DIGITS},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"force", no_argument, NULL, OPT_FORCE},
    {"list", no_argument, NULL, OPT_LIST},
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int parse_limit(struct arguments *args)
{
    unsigned long long number;
    if (!cli_number("energy", "--limit", optarg, 1, UINT64_MAX, &number))
        return 0;
    args->run.limit = number;
    return 1;
}

static int parse_switch(struct arguments *args)
{
    if (args->energy.n_switches == MAX_SWITCHES)
        return cli_usage("energy", "--switch given more than %d times", MAX_SWITCHES), 0;
    args->switches[args->energy.n_switches++] = optarg;
    return 1;
}

static int parse_digits(struct arguments *args)
{
    unsigned long long number;
    if (strcmp(optarg, "full") == 0)
        return args->energy.digits = -1, 1;
    if (!cli_number("energy", "--digits", optarg, 1, 17, &number))
        return 0;
    args->energy.digits = (int)number;
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
        return &args->energy.config;
    case OPT_ARCHITECTURE:
        return &args->energy.architecture;
    case OPT_WEIGHTS:
        return &args->weights;
    case OPT_RATES:
        return &args->energy.rates;
    case OPT_TABLE:
        return &args->energy.table;
    case OPT_CONVENTION:
        return &args->energy.convention;
    case OPT_HARDWARE:
        return &args->energy.hardware;
    case OPT_PER:
        return &args->energy.per;
    case OPT_COMPARE:
        return &args->energy.compare;
    case OPT_FORMAT:
        return &args->energy.format;
    case OPT_CSV:
        return &args->energy.csv_directory;
    case OPT_COLUMNS:
        return &args->energy.columns;
    case OPT_UNIT:
        return &args->energy.unit;
    default:
        return NULL;
    }
}

static int parse_option(int which, struct arguments *args)
{
    const char **text = text_of(which, args);
    if (text != NULL)
        return *text = optarg, 1;
    if (which == OPT_LIMIT)
        return parse_limit(args);
    if (which == OPT_SWITCH)
        return parse_switch(args);
    if (which == OPT_DIGITS)
        return parse_digits(args);
    args->list |= which == OPT_LIST;
    args->help |= which == OPT_HELP;
    args->force |= which == OPT_FORCE;
    args->energy.verbose |= which == OPT_VERBOSE;
    return which == OPT_LIST || which == OPT_HELP || which == OPT_FORCE || which == OPT_VERBOSE ||
           cli_frames_option("energy", which, &args->run.frames) > 0;
}

/* --list shows everything: options that choose some of it, or a source, would change nothing. */
static int check_list(const struct arguments *args, int n_sources)
{
    const struct spikeq_energy_options *energy = &args->energy;
    const int chooses = energy->convention || energy->hardware || energy->per || energy->compare ||
                        energy->config || energy->architecture || energy->n_switches > 0;
    const int runs = args->run.input || args->run.labels || args->run.limit > 0 ||
                     cli_frames_given(&args->run.frames);
    if (n_sources > 0)
        return cli_usage("energy", "--list takes no source");
    if (chooses || runs)
        return cli_usage("energy", "--list shows everything; it goes with options of format alone");
    return EXIT_SUCCESS;
}

/* Reports and traces, as many as there are. */
static int take_reports(int argc, char **argv, struct arguments *args)
{
    for (int i = optind; i < argc; i++)
        if (!cli_is_file("energy", argv[i]))
            return 0;
    if (optind < argc)
        args->energy.report = argv[optind++];
    args->energy.more = (const char *const *)(argv + optind);
    args->energy.n_more = (size_t)(argc - optind);
    return 1;
}

static int check_outputs(const struct arguments *args)
{
    const struct spikeq_energy_options *energy = &args->energy;
    if (args->force && energy->csv_directory == NULL)
        return cli_usage("energy", "--force replaces what --csv writes: it is not given"), 0;
    if (energy->csv_directory != NULL && (energy->format != NULL || energy->verbose))
        return cli_usage("energy", "--csv writes tables only: --format and --verbose apply to "
                                   "printed ones"),
               0;
    return cli_may_fill("energy", energy->csv_directory, ".csv", args->force);
}

static int parse(int argc, char **argv, struct arguments *args)
{
    int which;
    while ((which = cli_next_option("energy", argc, argv, option)) != -1)
        if (!parse_option(which, args))
            return EXIT_USAGE;
    args->energy.switches = args->switches;
    if (args->help)
        return EXIT_SUCCESS;
    if (!take_reports(argc, argv, args) || !check_outputs(args))
        return EXIT_USAGE;
    const int n_sources = (args->energy.report != NULL) + (args->energy.rates != NULL) +
                          (args->energy.table != NULL) + (args->model != NULL);
    if (args->list)
        return check_list(args, n_sources);
    if (n_sources != 1)
        return cli_usage("energy", "give one of REPORT.json, a trace, --model, --rates, --table");
    if ((args->model != NULL) != (args->run.input != NULL))
        return cli_usage("energy", "--model and --input go together");
    if (args->model == NULL && (args->run.labels != NULL || args->run.limit > 0))
        return cli_usage("energy", "--labels and --limit go with --model and --input");
    if (args->model == NULL && args->energy.rates == NULL && args->energy.config != NULL)
        return cli_usage("energy", "--config goes with --model or --rates");
    if (args->model == NULL && args->energy.rates == NULL && args->energy.architecture != NULL)
        return cli_usage("energy", "--architecture goes with --model or --rates");
    if (args->model == NULL && cli_frames_given(&args->run.frames))
        return cli_usage("energy", "options for recordings go with --model and --input");
    if (args->weights != NULL && args->model == NULL)
        return cli_usage("energy", "--weights goes with --model");
    if (args->energy.rates != NULL && args->energy.config == NULL)
        return cli_usage("energy", "--rates needs --config NAME");
    return EXIT_SUCCESS;
}

/* Run a model; its report as text, to be freed, or an exit status in *failed. */
static char *report_of_run(spikeq_ctx *ctx, const struct arguments *args, int *failed)
{
    spikeq_network *network = NULL;
    spikeq_report *report = NULL;
    char *text = NULL;
    int status = spikeq_network_open(
        ctx,
        &(struct spikeq_network_options){.model = args->model,
                                         .config = args->energy.config,
                                         .weights = args->weights,
                                         .architecture = args->energy.architecture,
                                         .input = args->run.input},
        &network);
    if (status == SPIKEQ_OK)
        status = spikeq_run(ctx, network, &args->run, &report);
    if (status == SPIKEQ_OK || status == SPIKEQ_EINTERRUPTED) {
        const int made = spikeq_report_json(ctx, report, &text);
        *failed = made != SPIKEQ_OK               ? cli_fail("energy", made, spikeq_error_text(ctx))
                  : status == SPIKEQ_EINTERRUPTED ? EXIT_INTERRUPTED
                                                  : EXIT_SUCCESS;
    } else {
        *failed = cli_fail("energy", status, spikeq_error_text(ctx));
    }
    spikeq_report_free(report);
    spikeq_network_free(network);
    return text;
}

static int answer(spikeq_ctx *ctx, struct arguments *args)
{
    char *text = NULL, *report = NULL;
    int exit_status = EXIT_SUCCESS, status;
    if (args->model != NULL) {
        report = report_of_run(ctx, args, &exit_status);
        args->energy.report = args->model;
        args->energy.report_text = report;
        if (exit_status != EXIT_SUCCESS && exit_status != EXIT_INTERRUPTED)
            return exit_status;
    }
    args->energy.width = cli_width();
    args->energy.csv_replaces = args->force;
    status = args->list ? spikeq_energy_list(ctx, &args->energy, &text)
                        : spikeq_energy(ctx, &args->energy, &text);
    if (status != SPIKEQ_OK)
        exit_status = cli_fail("energy", status, spikeq_error_text(ctx));
    else if (cli_write_file("energy", "-", text) != EXIT_SUCCESS)
        exit_status = EXIT_DATA;
    spikeq_free(text);
    spikeq_free(report);
    return exit_status;
}

int cmd_energy(int argc, char **argv)
{
    struct arguments args = {.run = {.stop_on_sigint = 1}};
    int status = parse(argc, argv, &args);
    if (status != EXIT_SUCCESS)
        return status;
    if (args.help)
        return cli_write_file("energy", "-", help);
    spikeq_ctx *ctx = cli_context("energy");
    if (ctx == NULL)
        return EXIT_DATA;
    status = answer(ctx, &args);
    spikeq_ctx_free(ctx);
    return status;
}
