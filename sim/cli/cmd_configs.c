#include "sim/cli/cli.h"

#include <stddef.h>

static const char usage[] = "usage: spikeq configs [--architectures]\n\n"
                            "List the published sizes that --config knows.\n";

static int act(struct cli_given *given)
{
    char *text = NULL;
    if (!cli_takes_arguments(given, 0, "", 1))
        return EXIT_USAGE;
    const int status = cli_flag(given, "architectures")
                           ? spikeq_architecture_list(given->ctx, &text)
                           : spikeq_config_list(given->ctx, &text);
    return cli_print_text(given, status, text);
}

int cmd_configs(int argc, char **argv)
{
    static const struct cli_command command = {.name = "configs", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
