#include "sim/cli/cli.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: spikeq export TRACE --to FORMAT [-o FILE] [OPTION...]\n\n"
    "Write a recorded trace in a format that others read. docs/export.md says what each holds.\n";

static int act(struct cli_given *given)
{
    const char *to = cli_text(given, "to"), *out = cli_text(given, "out");
    if (!cli_takes_arguments(given, 1, "give a trace", 1) || !cli_check(given))
        return EXIT_USAGE;
    const int is_text = strcmp(to, "csv") == 0 || strcmp(to, "aer") == 0;
    if (out == NULL && !is_text)
        return cli_usage("export", "--to %s needs -o FILE", to);
    if (cli_flag(given, "force") && (out == NULL || cli_is_stdout(out)))
        return cli_usage("export", "--force goes with -o FILE");
    const int status = spikeq_export(given->ctx, given->argument[0], given->options);
    return status == SPIKEQ_OK ? EXIT_SUCCESS
                               : cli_fail("export", status, spikeq_error_text(given->ctx));
}

int cmd_export(int argc, char **argv)
{
    static const struct cli_command command = {.name = "export", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
