/* Dumps: arrays of a run as DIR/NAME.npy (NumPy format 1.0), written one slab at a time in any
 * order, of known size from the start.
 *
 *   1. Until sq_npy_dump_finish() every array is DIR/.NAME.npy.partial; a file called NAME.npy is
 *      whole, always. What was there before is replaced by rename, at the end.
 *   2. Shape [T][B][dim...], or [B][dim...] for arrays without timesteps; a slab is [dim...].
 *   3. One writer per folder: it is locked (flock) as long as the dump is open.
 *   4. No descriptor stays open but the folder's, so that any number of arrays is possible. */
#ifndef SQ_NPY_DUMP_H
#define SQ_NPY_DUMP_H

#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SQ_NPY_MAX_DIMS = 6, SQ_NPY_MAX_NAME = 128 };

enum sq_npy_type {
    SQ_NPY_U8,   /* '|u1' */
    SQ_NPY_I32,  /* '<i4' */
    SQ_NPY_F32,  /* '<f4' */
    SQ_NPY_I64,  /* '<i8' */
    SQ_NPY_BOOL, /* '|b1' */
};

/* One array to come. */
struct sq_npy_plan {
    const char *name; /* letters, digits, '.', '_', '-'; not first a '.'; copied */
    enum sq_npy_type type;
    uint32_t timesteps; /* 0: no axis of timesteps */
    uint64_t samples;   /* B: at most this many will be written */
    uint32_t n_dims;    /* of a slab */
    uint64_t dim[SQ_NPY_MAX_DIMS];
};

struct sq_npy_dump;

/* Open the folder `dir`, made if it is missing (its parent must exist). *out is written only on
 * success; sq_npy_dump_free() frees it. SQ_EIO: cannot be made, no folder, not writable, another
 * run dumps there; SQ_ENOMEM. */
int sq_npy_dump_open(struct sq_error *err, const char *dir, struct sq_npy_dump **out);

/* Add an array; *id names it from now on. Its elements are 0 until they are written. On failure the
 * dump is unchanged. SQ_EUSAGE (a name that is not a file name, or given twice), SQ_ESHAPE (too
 * large), SQ_EIO, SQ_ENOMEM. */
int sq_npy_dump_add(struct sq_error *err, struct sq_npy_dump *dump, const struct sq_npy_plan *plan,
                    uint32_t *id);

/* Write the slab of timestep `t` (0 without timesteps) and sample `b`. Allocates nothing; safe
 * from several threads once all arrays are added. SQ_EIO (such as a full disk), SQ_EUSAGE. */
int sq_npy_dump_write(struct sq_error *err, struct sq_npy_dump *dump, uint32_t id, uint32_t t,
                      uint64_t b, const void *slab);

/* Samples 0 .. n_done - 1 are written, no more will be: shrink every array to B = n_done if it
 * was planned larger, and give all of them their names. On SQ_EIO those not yet renamed are
 * removed by sq_npy_dump_free(). */
int sq_npy_dump_finish(struct sq_error *err, struct sq_npy_dump *dump, uint64_t n_done);

/* Close; without a successful finish remove what was written. Accepts NULL. */
void sq_npy_dump_free(struct sq_npy_dump *dump);

#endif
