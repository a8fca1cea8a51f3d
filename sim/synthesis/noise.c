#include "sim/synthesis/noise.h"

#include "sim/nodes/lane.h"
#include "sim/synthesis/draw.h"

#include <stdio.h>

static float pixel_of(const struct sq_config *config, uint32_t channel, uint32_t byte)
{
    const double mean = config->n_mean > 0 ? (double)config->mean[channel] : 0.5;
    const double std = config->n_std > 0 ? (double)config->std[channel] : 0.5;
    return (float)(((double)byte / 255 - mean) / std);
}

void sq_noise_fill(const struct sq_network *network, uint64_t seed, uint64_t number, float *pixels)
{
    const struct sq_config *config = &network->config;
    const uint32_t frames = sq_network_frames(network), channels = config->in_channels;
    const size_t n = (size_t)config->image_height * config->image_width;
    char name[32];
    snprintf(name, sizeof name, "input %llu", (unsigned long long)number);
    struct sq_draw draw = sq_draw_of(seed, name);
    for (uint32_t f = 0; f < frames; f++)
        for (uint32_t c = 0; c < channels; c++)
            for (size_t i = 0; i < n; i++) {
                const uint64_t bits = sq_draw_bits(&draw);
                *pixels++ = sq_network_takes_frames(network)
                                ? (float)(bits >> 62)
                                : pixel_of(config, c, (uint32_t)(bits >> 56));
            }
}
