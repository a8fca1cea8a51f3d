#include "sim/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: spikeq inspect [--json] FILE\n\n"
    "Say what a file holds: tensors and their shapes, the Spikformer layout and size that\n"
    "they make, entries that play no part and why; shape and type of .npy and IDX arrays.\n"
    "Nothing in the file is executed.\n";

enum { OPT_JSON = 256, OPT_HELP };

static const struct option option[] = {
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* Print text made by the library, or its complaint. */
static int print_text(spikeq_ctx *ctx, const char *command, int status, char *text)
{
    const int exit_status = status == SPIKEQ_OK ? cli_write_file(command, "-", text)
                                                : cli_fail(command, status, spikeq_error_text(ctx));
    spikeq_free(text);
    spikeq_ctx_free(ctx);
    return exit_status;
}

int cmd_inspect(int argc, char **argv)
{
    int which, json = 0;
    while ((which = cli_next_option("inspect", argc, argv, option)) != -1) {
        if (which == OPT_HELP)
            return cli_write_file("inspect", "-", help);
        if (which != OPT_JSON)
            return EXIT_USAGE;
        json = 1;
    }
    if (optind + 1 != argc)
        return cli_usage("inspect", "give one file");
    spikeq_ctx *ctx;
    char *text = NULL;
    if (spikeq_ctx_new(&ctx) != SPIKEQ_OK)
        return cli_fail("inspect", SPIKEQ_ENOMEM, "out of memory");
    const int status = spikeq_inspect(ctx, argv[optind], json, &text);
    return print_text(ctx, "inspect", status, text);
}

int cmd_configs(int argc, char **argv)
{
    static const struct option none[] = {{"help", no_argument, NULL, OPT_HELP}, {NULL, 0, NULL, 0}};
    const int which = cli_next_option("configs", argc, argv, none);
    if (which == OPT_HELP)
        return cli_write_file("configs", "-",
                              "usage: spikeq configs\n\n"
                              "List the published sizes that --config knows.\n");
    if (which != -1)
        return EXIT_USAGE;
    if (optind != argc)
        return cli_usage("configs", "unexpected argument %s", argv[optind]);
    spikeq_ctx *ctx;
    char *text = NULL;
    if (spikeq_ctx_new(&ctx) != SPIKEQ_OK)
        return cli_fail("configs", SPIKEQ_ENOMEM, "out of memory");
    const int status = spikeq_config_list(ctx, &text);
    return print_text(ctx, "configs", status, text);
}
