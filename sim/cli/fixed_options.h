/* The options of fixed-point arithmetic, for every command that takes them. */
#ifndef SQ_FIXED_OPTIONS_H
#define SQ_FIXED_OPTIONS_H

#include "sim/cli/cli.h"

enum {
    CLI_OPT_ARITH = 512,
    CLI_OPT_WEIGHT_BITS,
    CLI_OPT_MEMBRANE_BITS,
    CLI_OPT_PIXEL_BITS,
    CLI_OPT_PIXEL_MAX,
    CLI_OPT_SCALE,
    CLI_OPT_ROUNDING,
};

/* Rows of a command's table of options, and their help. */
#define CLI_FIXED_OPTIONS                                              \
    {"membrane-bits", required_argument, NULL, CLI_OPT_MEMBRANE_BITS}, \
        {"pixel-bits", required_argument, NULL, CLI_OPT_PIXEL_BITS},   \
        {"pixel-max", required_argument, NULL, CLI_OPT_PIXEL_MAX},     \
        {"scale", required_argument, NULL, CLI_OPT_SCALE},             \
    {                                                                  \
        "rounding", required_argument, NULL, CLI_OPT_ROUNDING          \
    }

#define CLI_FIXED_HELP                                                                  \
    "  --scale S            of weights, a power of two per: channel (default), layer\n" \
    "  --rounding R         of the membrane's halving: nearest (default), down\n"       \
    "  --membrane-bits N    8 to 31 (default); what weights leave are guard bits\n"     \
    "  --pixel-bits N       4 to 16; default 12, or what the first layer allows\n"      \
    "  --pixel-max X        largest magnitude of a pixel (default: by the config)\n"

/* Take option `which`: 1, or 0 after a complaint; -1: not one of these. */
int cli_fixed_option(const char *command, int which, struct spikeq_fixed_options *fixed);

#endif
