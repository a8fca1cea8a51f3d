#include "sim/cli/cli.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: spikeq export TRACE --to FORMAT [-o FILE] [OPTION...]\n\n"
    "Write a recorded trace in a format that others read. docs/export.md says what each holds.\n\n"
    "  --to FORMAT          npz         one array [T,B,...] a population (NumPy)\n"
    "                       csv         lines sample,timestep,population,index\n"
    "                       hdf5        spikes in the SONATA layout\n"
    "                       aer         binary address events\n"
    "                       prosperity  what enters each layer of one sample (npz)\n"
    "  -o, --out FILE       where; standard output by default, for csv and aer\n"
    "  --populations GLOB   only these; comma-separated shell patterns\n"
    "  --samples RANGE      only these: 7, 10:20 (20 is out), 10: or :20\n"
    "  --force              replace an existing file\n" CLI_STRICT_HELP;

enum { OPT_TO = 256, OPT_POPULATIONS, OPT_SAMPLES, OPT_FORCE, OPT_HELP };

static const struct option option[] = {
    {"to", required_argument, NULL, OPT_TO},
    {"out", required_argument, NULL, 'o'},
    {"populations", required_argument, NULL, OPT_POPULATIONS},
    {"samples", required_argument, NULL, OPT_SAMPLES},
    {"force", no_argument, NULL, OPT_FORCE},
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int parse_option(int which, struct spikeq_export_options *options)
{
    switch (which) {
    case OPT_TO:
        options->to = optarg;
        return 1;
    case 'o':
        options->out = optarg;
        return 1;
    case OPT_POPULATIONS:
        options->populations = optarg;
        return 1;
    case OPT_SAMPLES:
        options->samples = optarg;
        return 1;
    case OPT_FORCE:
        options->force = 1;
        return 1;
    default:
        return 0;
    }
}

/* Check the arguments. */
static int check(int argc, char **argv, struct spikeq_export_options *options)
{
    if (optind == argc)
        return cli_usage("export", "give a trace");
    if (!cli_is_file("export", argv[optind]))
        return EXIT_USAGE;
    options->trace = argv[optind++];
    if (optind < argc)
        return cli_usage("export", "unexpected argument %s", argv[optind]);
    if (options->to == NULL)
        return cli_usage("export", "--to is missing");
    const int is_text = strcmp(options->to, "csv") == 0 || strcmp(options->to, "aer") == 0;
    if (options->out == NULL && !is_text)
        return cli_usage("export", "--to %s needs -o FILE", options->to);
    if (options->force && (options->out == NULL || strcmp(options->out, "-") == 0))
        return cli_usage("export", "--force goes with -o FILE");
    return EXIT_SUCCESS;
}

int cmd_export(int argc, char **argv)
{
    struct spikeq_export_options options = {0};
    int which;
    while ((which = cli_next_option("export", argc, argv, option)) != -1) {
        if (which == OPT_HELP)
            return cli_write_file("export", "-", help);
        if (!parse_option(which, &options))
            return EXIT_USAGE;
    }
    int status = check(argc, argv, &options);
    if (status != EXIT_SUCCESS)
        return status;
    spikeq_ctx *ctx = cli_context("export");
    if (ctx == NULL)
        return EXIT_DATA;
    status = spikeq_export(ctx, &options);
    if (status != SPIKEQ_OK)
        status = cli_fail("export", status, spikeq_error_text(ctx));
    spikeq_ctx_free(ctx);
    return status;
}
