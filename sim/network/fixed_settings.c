#include "sim/network/network.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void sq_arith_write(const struct sq_fixed_settings *settings, char text[SQ_ARITH_TEXT])
{
    snprintf(text, SQ_ARITH_TEXT,
             "fixed weights=%u scale=%s rounding=%s membrane=%u pixels=%u max=%.17g",
             settings->weight_bits, settings->by_layer ? "layer" : "channel",
             settings->rounding == SQ_ROUND_DOWN ? "down" : "nearest", settings->membrane_bits,
             settings->pixel_bits, settings->pixel_max);
}

int sq_arith_parse(const char *text, struct sq_fixed_settings *settings)
{
    char scale[16], rounding[16];
    memset(settings, 0, sizeof *settings);
    const int n = sscanf(text,
                         "fixed weights=%u scale=%15s rounding=%15s membrane=%u pixels=%u "
                         "max=%lf",
                         &settings->weight_bits, scale, rounding, &settings->membrane_bits,
                         &settings->pixel_bits, &settings->pixel_max);
    if (n != 6)
        return 0;
    settings->by_layer = strcmp(scale, "layer") == 0;
    settings->rounding = strcmp(rounding, "down") == 0 ? SQ_ROUND_DOWN : SQ_ROUND_NEAREST;
    return sq_fixed_check_settings(NULL, settings) == SQ_OK;
}

int sq_pixel_exponent(const struct sq_fixed_settings *settings)
{
    const double most = ldexp(1.0, (int)settings->pixel_bits - 1) - 1;
    int exponent = (int)settings->pixel_bits - 1 - ilogb(settings->pixel_max);
    while (rint(ldexp(settings->pixel_max, exponent)) > most)
        exponent--;
    return exponent;
}

int32_t sq_pixel_limit(const struct sq_fixed_settings *settings)
{
    return (int32_t)rint(ldexp(settings->pixel_max, sq_pixel_exponent(settings)));
}

uint64_t sq_network_numbers(const struct sq_network *network)
{
    uint64_t n = ((uint64_t)network->head.n_in + 1) * network->head.n_out;
    for (size_t i = 0; i < network->n_synapses; i++)
        n += ((uint64_t)network->synapse[i].n_in + 1) * network->synapse[i].n_out;
    return n;
}

uint64_t sq_fixed_model_bits(const struct sq_network *network)
{
    const struct sq_synapse *head = &network->head;
    uint64_t bits = 32 * ((uint64_t)head->n_in + 1) * head->n_out + 8 * network->n_streams;
    for (size_t i = 0; i < network->n_synapses; i++) {
        const struct sq_synapse *synapse = &network->synapse[i];
        bits += (uint64_t)synapse->n_in * synapse->n_out * network->fixed.weight_bits;
        bits += (uint64_t)synapse->n_out * (32 + 8);
    }
    return bits;
}
