#include "sim/cli/cli.h"

#include <stddef.h>

static const char usage[] =
    "usage: spikeq quantize --model FILE --bits B[,B...] [OPTION...]\n\n"
    "Turn a trained network into integers with power-of-two scales, and say how far it is\n"
    "from float32; several widths give one line each.\n";

static int act(struct cli_given *given)
{
    char *text = NULL;
    if (!cli_takes_arguments(given, 0, "", 1) || !cli_check(given))
        return EXIT_USAGE;
    const int status = spikeq_quantise(given->ctx, given->options, &text);
    return cli_print_text(given, status, text);
}

int cmd_quantize(int argc, char **argv)
{
    static const struct cli_command command = {.name = "quantize", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
