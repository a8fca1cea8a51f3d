#include "sim/cli/cli.h"
#include "sim/cli/progress.h"

#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: spikeq merge SHARD... -o WHOLE [OPTION...]\n\n"
    "Make one trace of the traces of all shards of a run (spikeq run --shard), or one report of\n"
    "their reports: what one run of all samples would have made, digest for digest and digit for\n"
    "digit. Shards may be given in any order. A shard that is missing, given twice, unfinished or\n"
    "of another run is refused.\n\n"
    "  -o, --out WHOLE      the trace, or the report, to be made\n"
    "  --force              replace WHOLE if it exists, once the new one is whole\n" CLI_STRICT_HELP
    "  --quiet              print nothing; warnings still go to stderr\n";

enum { OPT_FORCE = 256, OPT_QUIET, OPT_HELP };

static const struct option option[] = {
    {"out", required_argument, NULL, 'o'},
    {"force", no_argument, NULL, OPT_FORCE},
    CLI_STRICT_OPTION,
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

struct arguments {
    struct spikeq_merge_options merge;
    char *command; /* the whole line */
    int quiet, help;
};

static int parse(int argc, char **argv, struct arguments *args)
{
    int which;
    while ((which = cli_next_option("merge", argc, argv, option)) != -1) {
        if (which == 'o')
            args->merge.out = optarg;
        else if (which == OPT_FORCE)
            args->merge.force = 1;
        else if (which == OPT_QUIET)
            args->quiet = 1;
        else if (which == OPT_HELP)
            args->help = 1;
        else if (which != 0)
            return EXIT_USAGE;
    }
    if (args->help)
        return EXIT_SUCCESS;
    args->merge.shards = (const char *const *)(argv + optind);
    args->merge.n_shards = (size_t)(argc - optind);
    if (args->merge.n_shards == 0)
        return cli_usage("merge", "no shards given: traces, or reports, of spikeq run --shard");
    if (args->merge.out == NULL)
        return cli_usage("merge", "--out is missing: where the whole goes");
    for (int i = optind; i < argc; i++)
        if (!cli_is_file("merge", argv[i]))
            return EXIT_USAGE;
    return cli_may_write("merge", args->merge.out, args->merge.force) ? EXIT_SUCCESS : EXIT_USAGE;
}

static int merge(spikeq_ctx *ctx, struct arguments *args)
{
    struct spikeq_merge_summary summary;
    struct cli_progress progress;
    if (cli_progress_start(&progress, !args->quiet)) {
        args->merge.progress = cli_progress_show;
        args->merge.progress_data = &progress;
    }
    const int status = spikeq_merge(ctx, &args->merge, &summary);
    cli_progress_end(&progress);
    if (status != SPIKEQ_OK)
        return cli_fail("merge", status, spikeq_error_text(ctx));
    if (!args->quiet)
        printf("%s: %s of %llu sample%s, of %zu shard%s\n", args->merge.out,
               summary.is_trace ? "trace" : "report", (unsigned long long)summary.n_samples,
               cli_s(summary.n_samples), summary.n_shards, cli_s(summary.n_shards));
    return EXIT_SUCCESS;
}

static int with_context(struct arguments *args)
{
    spikeq_ctx *ctx = cli_context("merge");
    if (ctx == NULL)
        return EXIT_DATA;
    const int status = merge(ctx, args);
    spikeq_ctx_free(ctx);
    return status;
}

int cmd_merge(int argc, char **argv)
{
    struct arguments args = {.quiet = 0};
    args.command = cli_command_line(argc, argv); /* before getopt_long() reorders it */
    args.merge.command = args.command;
    int status = parse(argc, argv, &args);
    if (status == EXIT_SUCCESS)
        status = args.help ? cli_write_file("merge", "-", help) : with_context(&args);
    free(args.command);
    return status;
}
