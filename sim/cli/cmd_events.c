#include "sim/cli/cli.h"

#include <stdlib.h>

static const char usage[] =
    "usage: spikeq events FILE [OPTION...]\n\n"
    "Read a recording of an event camera, recognised by its content: N-MNIST .bin and .bs2,\n"
    "AEDAT 2.0, 3.1 and 4.0, Prophesee DAT and RAW (EVT 2.0, 2.1, 3.0), text \"t x y p\",\n"
    "NumPy .npy and .npz, address events. FILE may be a FIFO, - or tcp://HOST:PORT.\n";

static int act(struct cli_given *given)
{
    char *text = NULL;
    if (given->n_arguments != 1)
        return cli_usage("events", "give one recording");
    if (!cli_check(given))
        return EXIT_USAGE;
    const int n_piped =
        cli_is_stdout(cli_text(given, "output")) + cli_is_stdout(cli_text(given, "dump-events"));
    if (n_piped + cli_flag(given, "json") > 1)
        return cli_usage("events", "more than one of -o -, --dump-events - and --json would go to "
                                   "standard output");
    const int status = spikeq_events(given->ctx, given->argument[0], given->options, &text);
    if (status != SPIKEQ_OK || n_piped == 0)
        return cli_print_text(given, status, text);
    spikeq_free(text);
    return EXIT_SUCCESS;
}

int cmd_events(int argc, char **argv)
{
    static const struct cli_command command = {.name = "events", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
