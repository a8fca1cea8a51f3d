/* The camera's events in an address-event stream (docs/address-events.md): those of the population
 * "input", numbers [2,H,W]. The time of an event is its timestep, counted from sample to sample,
 * the first one being number 0. */
#ifndef SQ_ADDRESS_INPUT_H
#define SQ_ADDRESS_INPUT_H

#include "sim/events/reader/event_format.h"

struct sq_address_input {
    bool is_there;
    uint64_t timesteps, samples; /* 1 .. 2^20; fewer than 2^40 */
    bool has_first;
    uint64_t first; /* sample */
    uint32_t height, width;
    /* Events not yet emitted: `left` at one pixel. */
    struct sq_camera_event pending;
    uint32_t left;
};

enum { SQ_ADDRESS_MAX_NUMBER = 65535 };

/* The input's shape, D dimensions. SQ_EUNSUPPORTED: no camera's. */
int sq_address_shape(struct sq_camera *reader, struct sq_address_input *input, const uint64_t *dim,
                     size_t n_dims);

/* `number` events at element `index`; false: there is no such element, timestep or number. */
bool sq_address_take(struct sq_address_input *input, uint64_t sample, uint64_t timestep,
                     uint64_t index, uint64_t number);

/* Move pending events into the batch, as far as it has room. */
void sq_address_put(struct sq_camera *reader, struct sq_address_input *input, size_t at);

/* After the header: sets the sensor's size; SQ_EUNSUPPORTED if there is no input. */
int sq_address_ready(struct sq_camera *reader, const struct sq_address_input *input);

#endif
