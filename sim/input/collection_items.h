/* The samples of a collection, one after the other: a sample takes 16 bytes and its name, of a tar
 * archive 16 bytes more, so that a million files are listed in tens of megabytes. */
#ifndef SQ_COLLECTION_ITEMS_H
#define SQ_COLLECTION_ITEMS_H

#include "kernels/base/arena.h"
#include "kernels/base/status.h"

#include <stdbool.h>
#include <stdint.h>

enum sq_collection_kind {
    SQ_COLLECT_IMAGES,
    SQ_COLLECT_RECORDINGS,
    SQ_COLLECT_FRAMES,
    SQ_COLLECT_CIFAR
};

/* Room for the name of a sample as messages call it. */
enum { SQ_COLLECTION_NAME = 8192 };

struct sq_collected {
    uint64_t name;   /* where its own name begins in names.text */
    uint32_t folder; /* what stands in front of it */
    int32_t label;   /* or -1 */
};

/* A member of an archive; sizes of images, 0: they are not known, or its header has more to say (may_clip). */
struct sq_collected_member {
    uint64_t offset; /* in the archive as it is without compression */
    uint32_t size;
    uint16_t height, width;
};

/* Zero-terminated names, one behind the other; places stay, addresses do not. */
struct sq_name_list {
    char *text;
    uint64_t n, room;
};

struct sq_collection {
    struct sq_arena arena;
    enum sq_collection_kind kind;
    const char *path;  /* as it was given */
    uint32_t channels; /* of images, as the network takes them */
    struct sq_collected *item;
    uint64_t n, room;
    struct sq_collected_member *member; /* [n] of archives; NULL: the samples are files */
    uint64_t member_room, n_labels;     /* of members KEY.cls */
    uint64_t *kept;                     /* names of folders in archives, while these are listed */
    uint64_t n_kept, kept_room;
    struct sq_name_list names;
    const char **folder; /* "set/a/", or "" where names are paths; of archives their paths */
    uint32_t n_folders, folder_room;
    uint64_t n_classes;       /* class folders; 0: none */
    const char *empty_folder; /* the first class folder without a sample; or NULL */
    uint64_t n_passed_over;   /* files and folders beside the samples */
    const char *passed_over;  /* the first of them, its own name */
    const char *no_sample;    /* the first path that may have been intended; or NULL */
    unsigned label_bytes;     /* of a CIFAR record */
};

/* Keep a name of n bytes; *at is its place. SQ_ENOMEM. */
int sq_collection_keep_name(struct sq_error *err, struct sq_collection *collection,
                            const char *name, size_t n, uint64_t *at);

/* What stands in front of the names that follow: "FOLDER/", or an archive's path; copied. Its number
 * in *folder. SQ_ENOMEM. */
int sq_collection_add_folder_name(struct sq_error *err, struct sq_collection *collection,
                                  const char *path, uint32_t *folder);

/* Add a sample whose name was kept. SQ_ENOMEM. */
int sq_collection_add_kept(struct sq_error *err, struct sq_collection *collection, uint32_t folder,
                           uint64_t name, int32_t label);

/* Add a sample; name is copied, and the same as the last sample's takes no room. SQ_ENOMEM. */
int sq_collection_add(struct sq_error *err, struct sq_collection *collection, uint32_t folder,
                      const char *name, int32_t label);

/* Give back room that was taken for more. */
void sq_collection_trim(struct sq_collection *collection);

/* The sample's own name: behind its folder, or in its archive. */
static inline const char *sq_collection_own_name(const struct sq_collection *collection, uint64_t i)
{
    return collection->names.text + collection->item[i].name;
}

/* The path of sample i, or "ARCHIVE: MEMBER"; returns `out`. */
const char *sq_collection_name(const struct sq_collection *collection, uint64_t i,
                               char out[SQ_COLLECTION_NAME]);

/* Count a file or folder that is not a sample. SQ_ENOMEM. */
int sq_collection_pass_over(struct sq_error *err, struct sq_collection *collection,
                            const char *name);

/* Free the items, not the collection itself. */
void sq_collection_clear(struct sq_collection *collection);

#endif
