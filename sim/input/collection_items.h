/* The samples of a collection, one after the other. */
#ifndef SQ_COLLECTION_ITEMS_H
#define SQ_COLLECTION_ITEMS_H

#include "kernels/base/arena.h"
#include "kernels/base/status.h"

#include <stdint.h>

enum sq_collection_kind {
    SQ_COLLECT_IMAGES,
    SQ_COLLECT_RECORDINGS,
    SQ_COLLECT_FRAMES,
    SQ_COLLECT_CIFAR
};

struct sq_collected {
    const char *path;
    uint64_t offset; /* of the record in it */
    int32_t label;   /* or -1 */
};

struct sq_collection {
    struct sq_arena arena;
    enum sq_collection_kind kind;
    const char *path; /* as it was given */
    struct sq_collected *item;
    uint64_t n, room;
    uint64_t n_classes;       /* class folders; 0: none */
    const char *empty_folder; /* the first class folder without a sample; or NULL */
    uint64_t n_passed_over;   /* files and folders beside the samples */
    const char *passed_over;  /* the first of them, its own name */
    const char *no_sample;    /* the first path that may have been intended; or NULL */
    unsigned label_bytes;     /* of a CIFAR record */
};

/* Add a sample; the path is copied. SQ_ENOMEM. */
int sq_collection_add(struct sq_error *err, struct sq_collection *collection, const char *path,
                      int32_t label);

/* Count a file or folder that is not a sample. SQ_ENOMEM. */
int sq_collection_pass_over(struct sq_error *err, struct sq_collection *collection,
                            const char *name);

/* Free the items, not the collection itself. */
void sq_collection_clear(struct sq_collection *collection);

#endif
