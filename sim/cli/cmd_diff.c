#include "sim/cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const char help[] =
    "usage: spikeq diff A B [OPTION...]\n\n"
    "Compare two traces spike by spike: whether all are equal; the first difference in the\n"
    "order of the data's way (sample, timestep, population); changed logits and predictions;\n"
    "samples that only one of them holds; firing rate, accuracy and energy of both; mismatches\n"
    "per population and timestep.\n\n"
    "  --populations GLOB   only these, e.g. 'block.*.attn.q_lif,head_lif'\n"
    "  --samples RANGE      only these: 7, 10:20 (20 is out), 10: or :20\n"
    "  --logits-tolerance X logits that are at most X apart are equal (default 0: bit for "
    "bit)\n" CLI_STRICT_HELP "  --json               as JSON\n\n"
    "Exit status, as of cmp and diff: 0 equal, 1 different, 2 trouble (wrong usage, a file that\n"
    "cannot be read).\n";

enum { OPT_POPULATIONS = 256, OPT_SAMPLES, OPT_TOLERANCE, OPT_JSON, OPT_HELP };

static const struct option option[] = {
    {"populations", required_argument, NULL, OPT_POPULATIONS},
    {"samples", required_argument, NULL, OPT_SAMPLES},
    {"logits-tolerance", required_argument, NULL, OPT_TOLERANCE},
    {"json", no_argument, NULL, OPT_JSON},
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* The exit statuses of a comparison, as of cmp(1). */
enum { EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 };

static int answer(spikeq_ctx *ctx, const char *a, const char *b,
                  const struct spikeq_diff_options *options)
{
    char *text = NULL;
    int is_equal = 0;
    const int status = spikeq_diff(ctx, a, b, options, &is_equal, &text);
    if (status != SPIKEQ_OK) {
        cli_fail("diff", status, spikeq_error_text(ctx));
        return EXIT_TROUBLE;
    }
    const int written = cli_write_file("diff", "-", text);
    spikeq_free(text);
    return written != EXIT_SUCCESS ? EXIT_TROUBLE : is_equal ? EXIT_SUCCESS : EXIT_DIFFERENT;
}

static int parse_tolerance(double *tolerance)
{
    char *end;
    errno = 0;
    *tolerance = strtod(optarg, &end);
    if (end != optarg && *end == '\0' && errno == 0 && *tolerance >= 0 && isfinite(*tolerance))
        return 1;
    cli_usage("diff", "--logits-tolerance %s: expected a number, 0 or more", optarg);
    return 0;
}

int cmd_diff(int argc, char **argv)
{
    struct spikeq_diff_options options = {.as_json = 0};
    int which;
    while ((which = cli_next_option("diff", argc, argv, option)) != -1) {
        if (which == OPT_HELP)
            return cli_write_file("diff", "-", help) == EXIT_SUCCESS ? EXIT_SUCCESS : EXIT_TROUBLE;
        if (which == OPT_POPULATIONS)
            options.populations = optarg;
        else if (which == OPT_SAMPLES)
            options.samples = optarg;
        else if (which == OPT_JSON)
            options.as_json = 1;
        else if (which != OPT_TOLERANCE || !parse_tolerance(&options.logits_tolerance))
            return EXIT_USAGE;
    }
    if (optind + 2 != argc)
        return cli_usage("diff", "give two traces");
    if (!cli_is_file("diff", argv[optind]) || !cli_is_file("diff", argv[optind + 1]))
        return EXIT_USAGE;
    spikeq_ctx *ctx = cli_context("diff");
    if (ctx == NULL)
        return EXIT_TROUBLE;
    const int exit_status = answer(ctx, argv[optind], argv[optind + 1], &options);
    spikeq_ctx_free(ctx);
    return exit_status;
}
