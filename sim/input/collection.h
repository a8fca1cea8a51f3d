/* Collections: samples that lie in many files, or in records of one.
 *
 *   a folder     of class folders, labelled by their place in the order of names, as torchvision's
 *                ImageFolder does; or of files alone, without labels
 *   a list       text, "PATH LABEL" or "PATH" a line, relative to the list's folder; # comments
 *   CIFAR        binary batches: records of a label (CIFAR-100: two, the second counts) and 3x32x32
 *                bytes
 *   one file     an image, a recording of an event camera, or one sample's frames
 *
 * With a rule for frames the files are recordings; without one they are files of frames
 * (frames_file.h) where the network takes frames, else PNG or JPEG images. */
#ifndef SQ_COLLECTION_H
#define SQ_COLLECTION_H

#include "kernels/base/arena.h"
#include "sim/input/input.h"

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
    uint64_t n_classes;   /* class folders; 0: none */
    unsigned label_bytes; /* of a CIFAR record */
};

/* Is `path` one? True without an error; what it is, is found by content. */
int sq_collection_find(struct sq_error *err, const char *path, const struct sq_input_want *want,
                       bool *is_one);

/* List what it holds. *out is written only on success; sq_collection_free() frees it. SQ_EIO,
 * SQ_EFORMAT (an empty folder, a list that is none), SQ_EVALUE (a label that the network has not),
 * SQ_ENOMEM. */
int sq_collection_open(struct sq_error *err, const char *path, const struct sq_input_want *want,
                       struct sq_collection **out);
void sq_collection_free(struct sq_collection *collection);

/* SHA-256 over the files, their order and labels; of one file, its own. SQ_EIO. */
int sq_collection_digest(struct sq_error *err, const struct sq_collection *collection, char *text);

/* The inside: add a file. The path is copied. */
int sq_collection_add(struct sq_error *err, struct sq_collection *collection, const char *path,
                      int32_t label);
int sq_collection_add_folder(struct sq_error *err, struct sq_collection *collection);
int sq_collection_add_list(struct sq_error *err, struct sq_collection *collection);
int sq_collection_add_cifar(struct sq_error *err, struct sq_collection *collection);

#endif
