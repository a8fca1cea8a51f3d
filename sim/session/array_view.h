/* Arrays of a caller: what a struct spikeq_array says, checked, as the files' readers know arrays. */
#ifndef SQ_ARRAY_VIEW_H
#define SQ_ARRAY_VIEW_H

#include "sim/spikeq.h"
#include "traces/files/npy.h"

struct sq_array_view {
    struct sq_array type; /* of SPIKEQ_BITS: bytes */
    int is_bits;          /* SPIKEQ_BITS */
    const unsigned char *data;
};

/* `what` begins sentences: "pixels". SQ_EUSAGE (a struct of another size, no data), SQ_EUNSUPPORTED (an
 * unknown dtype), SQ_ESHAPE (no or too many dimensions, larger than memory). */
int sq_array_view_of(struct sq_error *err, const char *what, const struct spikeq_array *array,
                     struct sq_array_view *out);

/* Do dimensions first .. of the array say these `n`, or in one their product? */
int sq_array_view_is(const struct sq_array_view *view, unsigned first, const uint64_t *dim,
                     uint32_t n);

#endif
