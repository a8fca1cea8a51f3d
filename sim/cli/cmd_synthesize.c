#include "sim/cli/cli.h"

#include <stdio.h>
#include <unistd.h>

static const char usage[] =
    "usage: spikeq synthesize --config NAME|FILE --rate R -o FILE [OPTION...]\n\n"
    "Make a checkpoint of a network whose weights nobody publishes: weights are drawn, and\n"
    "biases set layer by layer so that its populations fire at the rates that you want. What it\n"
    "predicts means nothing; what it costs can be measured. The checkpoint is float32, with the\n"
    "names and shapes of the official PyTorch module.\n";

static void show_progress(void *data, uint64_t n_done, uint64_t n_total)
{
    *(int *)data = 1;
    fprintf(stderr, "\r\033[Kcalibrating: %llu/%llu nodes", (unsigned long long)n_done,
            (unsigned long long)n_total);
}

static int act(struct cli_given *given)
{
    char *text = NULL;
    int is_shown = 0;
    const int force = cli_flag(given, "force");
    if (!cli_takes_arguments(given, 0, "", 1) || !cli_check(given) ||
        !cli_may_write("synthesize", cli_text(given, "output"), force) ||
        !cli_may_write("synthesize", cli_text(given, "save-input"), force))
        return EXIT_USAGE;
    if (isatty(STDERR_FILENO))
        spikeq_options_on_progress(given->options, show_progress, &is_shown);
    const int status = spikeq_synthesise(given->ctx, given->options, &text);
    if (is_shown)
        fprintf(stderr, "\r\033[K");
    return cli_print_text(given, status, text);
}

int cmd_synthesize(int argc, char **argv)
{
    static const struct cli_command command = {.name = "synthesize", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
