/* Which members of a NumPy archive hold events. */
#ifndef SQ_NPZ_NAMES_H
#define SQ_NPZ_NAMES_H

#include "kernels/base/status.h"
#include "sim/events/formats/arrays/column_name.h"

#include <stdbool.h>

struct zip;

struct sq_npz_names {
    const char *name[SQ_COLUMNS]; /* of each column's member; the archive's. All the same: */
    bool is_records;              /* one member holds all four columns */
};

/* Find the members t.npy, x.npy, y.npy, p.npy (or of other names, column_name.h), else the only
 * member that is a structured array, or the only one at all. SQ_EUNSUPPORTED: neither; the line
 * lists the members. */
int sq_npz_names_find(struct sq_error *err, const char *path, struct zip *zip,
                      struct sq_npz_names *out);

#endif
