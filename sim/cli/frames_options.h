/* The options of recordings and their frames, for every command that takes them as input. */
#ifndef SQ_FRAMES_OPTIONS_H
#define SQ_FRAMES_OPTIONS_H

#include "sim/cli/cli.h"

enum {
    CLI_OPT_FRAMES = 640,
    CLI_OPT_BIN,
    CLI_OPT_CROP,
    CLI_OPT_PAD,
    CLI_OPT_VIEW,
    CLI_OPT_CAMERA,
    CLI_OPT_SIZE,
    CLI_OPT_TOLERATE,
    CLI_OPT_STREAM,
    CLI_OPT_CARRY,
};

/* Rows of a command's table of options, and their help. */
#define CLI_FRAMES_OPTIONS                                   \
    {"frames", required_argument, NULL, CLI_OPT_FRAMES},     \
        {"bin", required_argument, NULL, CLI_OPT_BIN},       \
        {"crop", required_argument, NULL, CLI_OPT_CROP},     \
        {"pad", required_argument, NULL, CLI_OPT_PAD},       \
        {"view", required_argument, NULL, CLI_OPT_VIEW},     \
        {"camera", required_argument, NULL, CLI_OPT_CAMERA}, \
        {"size", required_argument, NULL, CLI_OPT_SIZE},     \
    {                                                        \
        "tolerate", no_argument, NULL, CLI_OPT_TOLERATE      \
    }

#define CLI_FRAMES_HELP                                                                       \
    "  --frames RULE        the input is recordings of an event camera, binned by this "      \
    "rule:\n"                                                                                 \
    "                       number:T, time:T, duration:US[:new|:old], timesteps, tonic-...\n" \
    "                       (spikeq events --help)\n"                                         \
    "  --bin K              K x K pixels of the sensor make one; their counts add up\n"       \
    "  --crop P, --pad P    frames that are larger, smaller than the network's: P is "        \
    "center or\n"                                                                             \
    "                       corner\n"                                                         \
    "  --view NAME, --camera NAME, --size WxH, --tolerate\n"                                  \
    "                       how recordings are read, as for spikeq events\n"

/* The same for commands that take recordings which are still being made. */
#define CLI_STREAM_OPTIONS                         \
    {"stream", no_argument, NULL, CLI_OPT_STREAM}, \
    {                                              \
        "carry", no_argument, NULL, CLI_OPT_CARRY  \
    }

/* Take option `which`: 1, or 0 after a complaint; -1: not one of these. */
int cli_frames_option(const char *command, int which, struct spikeq_frames_options *frames);

/* Was any of them given? */
int cli_frames_given(const struct spikeq_frames_options *frames);

#endif
