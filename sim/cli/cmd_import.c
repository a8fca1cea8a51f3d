#include "sim/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "usage: spikeq import SOURCE -o TRACE [OPTION...]\n\n"
    "Make a trace of spikes that another tool recorded. SOURCE is an .npz file or a folder\n"
    "of .npy files (one array [T,B,...] per module path), one .npy raster [T,N] or [B,T,N],\n"
    "a SONATA spike file (HDF5), a CSV file sample,timestep,population,index, SLAYER's 1-D\n"
    "spikes (.bs1), or a pickle of the Prosperity simulator.\n";

static int print_summary(const char *trace, const struct spikeq_import_summary *summary)
{
    char text[2048];
    snprintf(text, sizeof text,
             "%.1024s: %s: %" PRIu64 " sample%s, %" PRIu32 " timestep%s, %" PRIu64
             " population%s, %" PRIu64 " spike%s\n%s%s",
             trace, summary->format, summary->n_samples, cli_s(summary->n_samples),
             summary->timesteps, cli_s(summary->timesteps), summary->n_populations,
             cli_s(summary->n_populations), summary->spikes, cli_s(summary->spikes), summary->note,
             summary->note[0] != '\0' ? "\n" : "");
    return cli_write_file("import", "-", text);
}

static int act(struct cli_given *given)
{
    struct spikeq_import_summary summary = {.size = sizeof summary};
    if (!cli_takes_arguments(given, 1, "SOURCE is missing", 1) || !cli_check(given))
        return EXIT_USAGE;
    const int status = spikeq_import(given->ctx, given->argument[0], given->options, &summary);
    if (status != SPIKEQ_OK)
        return cli_fail("import", status, spikeq_error_text(given->ctx));
    return cli_flag(given, "quiet") ? EXIT_SUCCESS
                                    : print_summary(cli_text(given, "output"), &summary);
}

int cmd_import(int argc, char **argv)
{
    static const struct cli_command command = {.name = "import", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
