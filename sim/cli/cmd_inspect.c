#include "sim/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: spikeq inspect [--json | --config | --digest] [--weights NAME] FILE\n\n"
    "Say what a file is and which command takes it: of a checkpoint the tensors and their\n"
    "shapes, the networks that they make, entries that play no part and why, and whether\n"
    "spikeq run takes it; shape and type of .npy, .npz and IDX arrays; what a trace recorded,\n"
    "with firing rates; of a recording of an event camera what spikeq events tells, as far as\n"
    "it is not damaged; images, CIFAR batches, folders and lists of samples; spikes that\n"
    "spikeq import reads; configurations, hardware profiles, reports and tables. Nothing in\n"
    "the file is executed.\n\n"
    "  --json          as JSON\n"
    "  --config        of a checkpoint: a configuration to be filled in, \"?\" for what the\n"
    "                  weights cannot tell\n"
    "  --weights NAME  of a checkpoint that holds several networks: this one\n"
    "  --architecture A\n"
    "                  of a checkpoint: what it is made of, a name of configs/architectures/\n"
    "                  or a file\n"
    "  --strict        a warning is an error: exit status 1, nothing is printed\n"
    "  --digest        of a trace: verify it and print the digest of its content, which is\n"
    "                  equal for equal recordings, whatever codec or file they lie in\n";

enum { OPT_JSON = 256, OPT_CONFIG, OPT_WEIGHTS, OPT_ARCHITECTURE, OPT_DIGEST, OPT_HELP };

static const struct option option[] = {
    {"json", no_argument, NULL, OPT_JSON},
    {"config", no_argument, NULL, OPT_CONFIG},
    {"weights", required_argument, NULL, OPT_WEIGHTS},
    {"architecture", required_argument, NULL, OPT_ARCHITECTURE},
    {"digest", no_argument, NULL, OPT_DIGEST},
    CLI_STRICT_OPTION,
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

/* "DIGEST  PATH", as sha256sum prints: the first word compares. */
static int print_digest(spikeq_ctx *ctx, const char *path)
{
    char *digest = NULL, line[4096 + 72];
    const int status = spikeq_trace_digest(ctx, path, &digest);
    if (status != SPIKEQ_OK)
        return cli_fail("inspect", status, spikeq_error_text(ctx));
    snprintf(line, sizeof line, "%s  %s\n", digest, path);
    spikeq_free(digest);
    return cli_write_file("inspect", "-", line);
}

int cmd_inspect(int argc, char **argv)
{
    int which, digest = 0;
    struct spikeq_inspect_options options = {.path = NULL};
    while ((which = cli_next_option("inspect", argc, argv, option)) != -1) {
        if (which == OPT_HELP)
            return cli_write_file("inspect", "-", help);
        if (which < OPT_JSON || which > OPT_DIGEST)
            return EXIT_USAGE;
        options.as_json |= which == OPT_JSON;
        options.as_config |= which == OPT_CONFIG;
        if (which == OPT_WEIGHTS)
            options.weights = optarg;
        if (which == OPT_ARCHITECTURE)
            options.architecture = optarg;
        digest |= which == OPT_DIGEST;
    }
    if (optind + 1 != argc)
        return cli_usage("inspect", "give one file");
    if (!cli_is_file("inspect", argv[optind]))
        return EXIT_USAGE;
    options.path = argv[optind];
    if (options.as_json + options.as_config + digest > 1)
        return cli_usage("inspect", "--json, --config and --digest exclude each other");
    if (digest && options.weights != NULL)
        return cli_usage("inspect", "--digest takes a trace, --weights a checkpoint");
    if (digest && options.architecture != NULL)
        return cli_usage("inspect", "--digest takes a trace, --architecture a checkpoint");
    char *text = NULL;
    spikeq_ctx *ctx = cli_context("inspect");
    if (ctx == NULL)
        return EXIT_DATA;
    if (digest) {
        const int exit_status = print_digest(ctx, argv[optind]);
        spikeq_ctx_free(ctx);
        return exit_status;
    }
    const int status = spikeq_inspect_as(ctx, &options, &text);
    return print_text(ctx, "inspect", status, text);
}

int cmd_configs(int argc, char **argv)
{
    static const struct option known[] = {{"architectures", no_argument, NULL, OPT_ARCHITECTURE},
                                          {"help", no_argument, NULL, OPT_HELP},
                                          {NULL, 0, NULL, 0}};
    int which, architectures = 0;
    while ((which = cli_next_option("configs", argc, argv, known)) != -1) {
        if (which == OPT_HELP)
            return cli_write_file("configs", "-",
                                  "usage: spikeq configs [--architectures]\n\n"
                                  "List the published sizes that --config knows.\n\n"
                                  "  --architectures  what --architecture knows instead\n");
        if (which != OPT_ARCHITECTURE)
            return EXIT_USAGE;
        architectures = 1;
    }
    if (optind != argc)
        return cli_usage("configs", "unexpected argument %s", argv[optind]);
    char *text = NULL;
    spikeq_ctx *ctx = cli_context("configs");
    if (ctx == NULL)
        return EXIT_DATA;
    const int status =
        architectures ? spikeq_architecture_list(ctx, &text) : spikeq_config_list(ctx, &text);
    return print_text(ctx, "configs", status, text);
}
