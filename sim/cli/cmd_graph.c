#include "sim/cli/cli.h"

#include <stddef.h>

static const char usage[] =
    "usage: spikeq graph MODEL|CONFIG|ARCHITECTURE|TRACE|REPORT [OPTION...]\n\n"
    "Say what will be executed: a line a node, in the order of execution, with its operation,\n"
    "role, what it sends (spikes, counts up to N, reals) and in which shape, what it reads,\n"
    "its weights, synapses of an input and operations of a dense timestep. Nodes of the same\n"
    "step run as one. MODEL is a checkpoint, CONFIG a name or a file, ARCHITECTURE a file of\n"
    "that form; of the last two no weights are needed. --config is of a checkpoint or an\n"
    "architecture, --architecture of a checkpoint or a configuration; it takes what --json "
    "prints.\n";

static int act(struct cli_given *given)
{
    char *text = NULL;
    if (!cli_takes_arguments(
            given, 1, "give one checkpoint, configuration, architecture, trace or report", 0) ||
        !cli_check(given))
        return EXIT_USAGE;
    const int status = spikeq_graph(given->ctx, given->argument[0], given->options, &text);
    return cli_print_text(given, status, text);
}

int cmd_graph(int argc, char **argv)
{
    static const struct cli_command command = {.name = "graph", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
