/* Buffers in which one sample of a recording is read and encoded, allocated once. */
#ifndef SQ_SAMPLE_ROOM_H
#define SQ_SAMPLE_ROOM_H

#include "sim/import/import.h"
#include "traces/format/codec.h"

struct sq_sample_room {
    struct sq_import *import;
    struct sq_packer *packer;
    struct sq_trace_sample sample; /* the one at hand */
    uint64_t n_read;               /* samples so far */
    uint64_t **bits;               /* [n_populations] of [timesteps][n_rows][n_words], or NULL: */
    uint16_t **value;              /* whole numbers, [timesteps][n_rows * n_channels] */
    unsigned char **encoded;       /* [n_populations] of [timesteps][2][room of a frame] */
    struct sq_trace_frame *frame;  /* [n_populations * timesteps] */
};

/* Do the frames of this population hold whole numbers? */
static inline int sq_holds_values(const struct sq_trace_population *p)
{
    return p->kind == SQ_TRACE_INPUT;
}

/* Allocate it from the import's arena; *room begins zeroed, and its packer is freed by the caller.
 * SQ_EUNSUPPORTED: a sample would need more than 1 GiB; SQ_ENOMEM. */
int sq_sample_room_make(struct sq_import *import, struct sq_sample_room *room);

/* Encode the frames of population p, which were read into bits or value. */
void sq_sample_encode(struct sq_sample_room *room, size_t p);

/* A sample at a time through the network's event queue, every population given, nothing computed
 * but pools and residual sums: the steps of sq_import_write() for a whole network.
 *   read   sample number i into the room; it stays as it is until the next call
 *   put    it is counted: outcome holds its tallies */
struct sq_import_steps {
    int (*read)(void *data, uint64_t i);
    int (*put)(void *data, const struct sq_outcome *outcome);
    const struct sq_sample_room *room;
    void *data;
};
int sq_import_count(struct sq_import *import, const struct sq_import_steps *steps);

#endif
