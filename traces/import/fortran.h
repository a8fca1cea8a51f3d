/* Arrays [T,B,...] in Fortran order: all timesteps of all samples of a neuron lie together, those
 * of one sample far apart. Blocks of samples are read, neuron by neuron, and kept. */
#ifndef SQ_FORTRAN_H
#define SQ_FORTRAN_H

#include "traces/import/member.h"

struct sq_fortran {
    uint64_t first, n;    /* samples in the block */
    size_t room;          /* samples that a block can have */
    unsigned char *block; /* [elements][n][T] items, elements with the first index fastest */
};

/* The elements of sample `b` at timestep `t` in C order into `out`. Reads a block where it is not
 * the one at hand. sq_fortran_free() is due at the end; *cache begins zeroed. SQ_EIO, SQ_EFORMAT,
 * SQ_ENOMEM. */
int sq_fortran_read(struct sq_error *err, const struct sq_members *members,
                    const struct sq_member *member, struct sq_fortran *cache, uint64_t b,
                    uint32_t t, unsigned char *out);
void sq_fortran_free(struct sq_fortran *cache);

#endif
