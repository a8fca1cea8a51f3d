/* A member of a NumPy archive, as libzip reads it: a header, then slabs made on demand. */
#ifndef SQ_NPZ_SOURCE_H
#define SQ_NPZ_SOURCE_H

#include "traces/files/npz_file.h"

#include <zip.h>

struct sq_npz_source {
    const struct sq_npz_array *member;
    struct sq_error *err;
    int status;          /* of the last fill */
    char *header;        /* the .npy header */
    unsigned char *slab; /* the current slab, between open and close */
    size_t header_bytes, slab_bytes;
    uint64_t n_slabs, at; /* byte position in the whole member */
    uint64_t held;        /* which slab `slab` holds, + 1; 0: none */
    zip_error_t error;
};

/* Make *source ready to be served; `path` begins the sentence. SQ_ESHAPE, SQ_ENOMEM. */
int sq_npz_source_init(struct sq_error *err, const char *path, const struct sq_npz_array *member,
                       struct sq_npz_source *source);
void sq_npz_source_free(struct sq_npz_source *source);

/* The callback for zip_source_function(), with the source as its state. */
zip_int64_t sq_npz_source_serve(void *source, void *data, zip_uint64_t room,
                                zip_source_cmd_t command);

#endif
