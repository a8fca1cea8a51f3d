/* The input that a network expects. */
#ifndef SQ_INPUT_WANT_H
#define SQ_INPUT_WANT_H

#include "sim/input/input.h"
#include "sim/network/network.h"

/* The network outlives the input that is opened with it. */
static inline struct sq_input_want sq_input_want_of(const struct sq_network *network)
{
    const struct sq_config *config = &network->config;
    return (struct sq_input_want){.timesteps = config->timesteps,
                                  .channels = config->in_channels,
                                  .height = config->image_height,
                                  .width = config->image_width,
                                  .frames = sq_config_takes_frames(config),
                                  .config = config};
}

#endif
