#include "sim/cli/fixed_options.h"

#include <stdlib.h>

static int take_bits(const char *command, const char *name, unsigned least, unsigned most,
                     unsigned *bits)
{
    unsigned long long number;
    if (!cli_number(command, name, optarg, least, most, &number))
        return 0;
    *bits = (unsigned)number;
    return 1;
}

static int take_magnitude(const char *command, double *value)
{
    char *end;
    *value = strtod(optarg, &end);
    if (end != optarg && *end == '\0' && *value > 0 && *value <= 65536)
        return 1;
    cli_usage(command, "--pixel-max %s: expected a number above 0, up to 65536", optarg);
    return 0;
}

int cli_fixed_option(const char *command, int which, struct spikeq_fixed_options *fixed)
{
    switch (which) {
    case CLI_OPT_ARITH:
        fixed->arith = optarg;
        return 1;
    case CLI_OPT_WEIGHT_BITS:
        return take_bits(command, "--weight-bits", 4, 16, &fixed->weight_bits);
    case CLI_OPT_MEMBRANE_BITS:
        return take_bits(command, "--membrane-bits", 8, 31, &fixed->membrane_bits);
    case CLI_OPT_PIXEL_BITS:
        return take_bits(command, "--pixel-bits", 4, 16, &fixed->pixel_bits);
    case CLI_OPT_PIXEL_MAX:
        return take_magnitude(command, &fixed->pixel_max);
    case CLI_OPT_SCALE:
        fixed->scale = optarg;
        return 1;
    case CLI_OPT_ROUNDING:
        fixed->rounding = optarg;
        return 1;
    default:
        return -1;
    }
}
