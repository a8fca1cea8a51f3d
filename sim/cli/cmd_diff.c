#include "sim/cli/cli.h"

#include <stdlib.h>

static const char help[] =
    "usage: spikeq diff A B [OPTION...]\n\n"
    "Compare two traces spike by spike: the first difference in the order of the data's way\n"
    "(sample, timestep, population), mismatching spikes per population and timestep, changed\n"
    "predictions, samples that only one of them holds.\n\n"
    "  --populations GLOB   only these, e.g. 'block.*.attn.q_lif,head_lif'\n"
    "  --samples RANGE      only these: 7, 10:20 (20 is out), 10: or :20\n" CLI_STRICT_HELP
    "  --json               as JSON\n\n"
    "Exit status 0: equal; 1: they differ, or one of them cannot be read; 2: wrong usage.\n";

enum { OPT_POPULATIONS = 256, OPT_SAMPLES, OPT_JSON, OPT_HELP };

static const struct option option[] = {
    {"populations", required_argument, NULL, OPT_POPULATIONS},
    {"samples", required_argument, NULL, OPT_SAMPLES},
    {"json", no_argument, NULL, OPT_JSON},
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int answer(spikeq_ctx *ctx, const char *a, const char *b,
                  const struct spikeq_diff_options *options)
{
    char *text = NULL;
    int is_equal = 0;
    const int status = spikeq_diff(ctx, a, b, options, &is_equal, &text);
    if (status != SPIKEQ_OK)
        return cli_fail("diff", status, spikeq_error_text(ctx));
    const int written = cli_write_file("diff", "-", text);
    spikeq_free(text);
    return written == EXIT_SUCCESS && is_equal ? EXIT_SUCCESS : EXIT_DATA;
}

int cmd_diff(int argc, char **argv)
{
    struct spikeq_diff_options options = {.as_json = 0};
    int which;
    while ((which = cli_next_option("diff", argc, argv, option)) != -1) {
        if (which == OPT_HELP)
            return cli_write_file("diff", "-", help);
        if (which == OPT_POPULATIONS)
            options.populations = optarg;
        else if (which == OPT_SAMPLES)
            options.samples = optarg;
        else if (which == OPT_JSON)
            options.as_json = 1;
        else
            return EXIT_USAGE;
    }
    if (optind + 2 != argc)
        return cli_usage("diff", "give two traces");
    if (!cli_is_file("diff", argv[optind]) || !cli_is_file("diff", argv[optind + 1]))
        return EXIT_USAGE;
    spikeq_ctx *ctx = cli_context("diff");
    if (ctx == NULL)
        return EXIT_DATA;
    const int exit_status = answer(ctx, argv[optind], argv[optind + 1], &options);
    spikeq_ctx_free(ctx);
    return exit_status;
}
