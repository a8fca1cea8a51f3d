/* The import format of a file, for commands that ask what a file holds.
 */
#ifndef SQ_IMPORT_KIND_H
#define SQ_IMPORT_KIND_H

#include <stdbool.h>

struct sq_import_kind {
    const char *format;  /* as --format names it: "sonata" */
    const char *what;    /* "a SONATA spike file (HDF5)" */
    const char *options; /* further options that `spikeq import FILE -o TRACE` needs; "" */
};

/* Is the regular file one of the formats of docs/import.md, by its first bytes; an array by its
 * header? Arrays, archives (.npz) and pickles may be something else too: check for checkpoints,
 * inputs and recordings of cameras before. */
bool sq_import_kind_of(const char *path, struct sq_import_kind *out);

#endif
