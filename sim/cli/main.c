/* spikeq: the command. Usage, --help and the man page's list come from the table below. */
#include "sim/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} command[] = {
    {"run", cmd_run, "run a trained checkpoint on images or frames, spike by spike"},
    {"quantize", cmd_quantize, "turn a trained checkpoint into integers, and compare"},
    {"energy", cmd_energy, "price what a run counted, by any convention of the field"},
    {"analyze", cmd_analyze, "say where the spikes of a trace are, and compare traces"},
    {"replay", cmd_replay, "begin a recorded run again anywhere: verify, what if, stream"},
    {"import", cmd_import, "make a trace of spikes that another tool recorded"},
    {"export", cmd_export, "write a recorded trace in a format that others read"},
    {"events", cmd_events, "read a recording of an event camera, and bin it into frames"},
    {"inspect", cmd_inspect, "say what a checkpoint, array, image or trace file holds"},
    {"diff", cmd_diff, "compare two traces spike by spike"},
    {"configs", cmd_configs, "list the published network sizes that --config knows"},
};

enum { N_COMMANDS = sizeof command / sizeof command[0] };

static void print_usage(FILE *to)
{
    fprintf(to, "usage: spikeq COMMAND [OPTION...]\n\n"
                "Event-driven sparse spike simulator for Spikformer networks.\n\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(to, "  %-9s %s\n", command[i].name, command[i].help);
    fprintf(to, "\nspikeq COMMAND --help tells more; spikeq --version prints the version.\n");
}

/* Standard output may be full: only the flush tells. */
static int end_output(void)
{
    if (fflush(stdout) != EOF)
        return EXIT_SUCCESS;
    fprintf(stderr, "spikeq: standard output: cannot be written: %s\n", strerror(errno));
    return EXIT_DATA;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return end_output();
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("spikeq %s\n", spikeq_version());
        return end_output();
    }
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], command[i].name) == 0)
            return command[i].run(argc - 1, argv + 1);
    fprintf(stderr, "spikeq: unknown command %s; see spikeq --help\n", argv[1]);
    return EXIT_USAGE;
}
