#include "sim/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "usage: spikeq inspect [--json | --config | --digest] [--weights NAME] FILE\n\n"
    "Say what a file is and which command takes it: of a checkpoint the tensors and their\n"
    "shapes, the networks that they make, entries that play no part and why, and whether\n"
    "spikeq run takes it; shape and type of .npy, .npz and IDX arrays; what a trace recorded,\n"
    "with firing rates; of a recording of an event camera what spikeq events says, as far as\n"
    "it is not damaged; images, CIFAR batches, folders and lists of samples; spikes that\n"
    "spikeq import reads; configurations, hardware profiles, reports and tables. Nothing in\n"
    "the file is executed. --weights and --architecture are of a checkpoint.\n";

/* "DIGEST  PATH", as sha256sum prints: the first word compares. */
static int print_digest(const struct cli_given *given)
{
    char *digest = NULL, line[4096 + 72];
    const int status = spikeq_trace_digest(given->ctx, given->argument[0], &digest);
    if (status != SPIKEQ_OK)
        return cli_fail("inspect", status, spikeq_error_text(given->ctx));
    snprintf(line, sizeof line, "%s  %s\n", digest, given->argument[0]);
    spikeq_free(digest);
    return cli_write_file("inspect", "-", line);
}

static int act(struct cli_given *given)
{
    char *text = NULL;
    if (!cli_takes_arguments(given, 1, "give one file", 0) || !cli_check(given))
        return EXIT_USAGE;
    if (cli_flag(given, "digest"))
        return print_digest(given);
    const int status = spikeq_inspect(given->ctx, given->argument[0], given->options, &text);
    return cli_print_text(given, status, text);
}

int cmd_inspect(int argc, char **argv)
{
    static const struct cli_command command = {.name = "inspect", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
