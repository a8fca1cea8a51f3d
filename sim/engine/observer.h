/* Observers: callbacks that see every packet that a population sends (dump, trace, comparison). */
#ifndef SQ_OBSERVER_H
#define SQ_OBSERVER_H

#include "kernels/pack/spikes.h"
#include "sim/network/network.h"

/* One packet that is sent. */
struct sq_packet_view {
    unsigned worker;   /* of the calling thread, 0 .. threads - 1 */
    uint32_t lane;     /* that the sample is in, 0 .. batch - 1 */
    uint64_t sample;   /* number in the input */
    uint64_t turn;     /* samples that entered before it in this run */
    uint32_t t;        /* timestep */
    size_t node_index; /* of a population, or of the input */
    uint64_t spikes;   /* ones in the packet */
    const struct sq_spikes *packet;
    const float *pixels;   /* of the input: [height][width][channels]; packet is then NULL */
    const float *currents; /* of a population, where an observer wants them: what its neurons
                              integrate, block by block as membranes lie; else NULL */
    unsigned char
        *slab; /* room for n_rows * n_channels bytes, twice that for the input; the thread's */
};

/* Called from worker threads, for different packets at the same time and in any order of samples
 * and timesteps: its result must not depend on that order. Returns SQ_OK, or a status with *err
 * written: the run then ends with it. Observers that ask for the input see it, with the
 * frames that it has: one of a static image, at timestep 0, or one for each timestep. */
struct sq_observer {
    int (*on_packet)(struct sq_error *err, void *data, const struct sq_packet_view *view);
    void *data;
    int wants_input;
    int wants_currents; /* of populations that compute, in float32 */
};

enum { SQ_MAX_OBSERVERS = 4 };

/* All observers of a run. */
struct sq_observers {
    size_t n;
    const struct sq_observer *observer[SQ_MAX_OBSERVERS];
};

static inline int sq_observers_want_currents(const struct sq_observers *observers)
{
    int wants = 0;
    for (size_t i = 0; i < observers->n; i++)
        wants |= observers->observer[i]->wants_currents;
    return wants;
}

static inline void sq_observers_add(struct sq_observers *observers,
                                    const struct sq_observer *observer)
{
    if (observer != NULL && observers->n < SQ_MAX_OBSERVERS)
        observers->observer[observers->n++] = observer;
}

#endif
