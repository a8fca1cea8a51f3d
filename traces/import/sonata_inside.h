/* The inside of SONATA recordings: a file being read. */
#ifndef SQ_SONATA_INSIDE_H
#define SQ_SONATA_INSIDE_H

#include "traces/import/events.h"
#include "traces/import/hdf5_file.h"

struct sq_sonata {
    struct sq_error *err;
    struct sq_recording *recording;
    const struct sq_recording_want *want;
    struct sq_hdf5 *file;
    struct sq_events events;
    uint32_t timesteps; /* of a sample; 0: all is one sample */
    uint64_t last_step;
    int64_t *id; /* [recording->n_samples], ascending; NULL: those that have spikes */
};

/* Read the events of /spikes/NAME and append the population; `sonata` is a struct sq_sonata, as
 * sq_hdf5_each() passes it on. SQ_EVALUE: a time or id out of range; SQ_ESHAPE, SQ_EFORMAT,
 * SQ_EUNSUPPORTED (units), SQ_ENOMEM. */
int sq_sonata_population(const char *name, void *sonata);

#endif
