/* The file of an archive under way, as libzip writes it: a new one, from its beginning, in place.
 *
 * libzip's own would write beside the file, under a name that libcrypto makes up, whose setting up
 * takes as long as a small export and crashes where memory ends. */
#ifndef SQ_NPZ_TARGET_H
#define SQ_NPZ_TARGET_H

#include <stdio.h>
#include <zip.h>

struct sq_npz_target {
    const char *path;
    FILE *file; /* NULL: not under way */
    zip_error_t error;
};

/* An empty archive that zip_close() writes to target->path; what lies there is replaced. *target is
 * zeroed but for its path, stays where it is, and outlives the archive. NULL: out of memory. */
zip_t *sq_npz_target_open(struct sq_npz_target *target);

#endif
