/* NumPy archives (.npz): a zip of .npy members, whose content is made slab by slab while the
 * archive is written, so that no member is ever whole in memory. */
#ifndef SQ_NPZ_FILE_H
#define SQ_NPZ_FILE_H

#include "traces/files/npy_header.h"
#include "traces/files/output.h"

/* Make slab number `slab` (in the order of the array: t * samples + b) of a member. `out` is
 * zeroed. SQ_OK, or a status with its sentence. */
typedef int sq_npz_fill(struct sq_error *err, const void *data, uint64_t slab, unsigned char *out);

/* One array. plan.name may be any text; ".npy" is added to it. */
struct sq_npz_array {
    struct sq_npy_plan plan;
    sq_npz_fill *fill;
    const void *data; /* for `fill` */
};

/* Write the archive to the output, which was begun and is not yet ended. Deflated; no times, so
 * that equal members make equal bytes. SQ_EIO, SQ_EUSAGE (two members of one name, or no regular
 * file), SQ_ESHAPE (an array larger than any file), SQ_ENOMEM, what `fill` refuses. */
int sq_npz_write(struct sq_error *err, const struct sq_output *output,
                 const struct sq_npz_array *member, size_t n_members);

#endif
