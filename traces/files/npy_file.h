/* The inside of npy_dump.c and npy_finish.c: a dump and its files. */
#ifndef SQ_NPY_FILE_H
#define SQ_NPY_FILE_H

#include "traces/files/npy_dump.h"

#include <stdbool.h>

struct sq_npy_file {
    struct sq_npy_plan plan;            /* plan.name is not kept */
    char partial[SQ_NPY_MAX_NAME + 16]; /* ".NAME.npy.partial" */
    char final[SQ_NPY_MAX_NAME + 8];    /* "NAME.npy" */
    size_t header_bytes, slab_bytes;
    bool exists; /* the partial file */
};

struct sq_npy_dump {
    char *dir;
    int fd; /* of the folder */
    bool made;
    bool finished;
    uint32_t n, room;
    struct sq_npy_file *array;
};

/* SQ_EIO: "DIR/FILE: cannot be `what`: " and errno's text. */
int sq_npy_refused(struct sq_error *err, const struct sq_npy_dump *dump, const char *file,
                   const char *what);

/* How many slabs the file has. */
size_t sq_npy_slabs(const struct sq_npy_file *file);

/* All `n` bytes at `offset`; -1 and errno. */
int sq_npy_write_at(int fd, const void *data, size_t n, uint64_t offset);

#endif
