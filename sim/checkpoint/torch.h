/* What PyTorch's containers share: a main pickle whose tensors are views of storages, which lie
 * outside of it under keys. */
#ifndef SQ_CHECKPOINT_TORCH_H
#define SQ_CHECKPOINT_TORCH_H

#include "sim/checkpoint/checkpoint_reader.h"
#include "sim/checkpoint/pickle.h"

/* One storage. The pickle gives key, type and size; the container then says where it
 * is. */
struct sq_torch_storage {
    const unsigned char *key; /* bytes of the pickle */
    uint32_t key_bytes;
    const struct sq_pickle_global *type;
    uint64_t n_elements;
    size_t bytes;
    bool used;                 /* some tensor shows part of it */
    bool found;                /* the container has it */
    uint64_t at;               /* where: struct sq_checkpoint_source */
    const unsigned char *data; /* [bytes], or NULL: to be read at `at` */
};

enum { SQ_TORCH_NO_STORAGE = -1 }; /* as (uint32_t)-1 */

/* Where a tensor begins: `byte` bytes into a storage. */
struct sq_torch_place {
    uint32_t storage; /* SQ_TORCH_NO_STORAGE: of what is not read */
    size_t byte;
};

struct sq_torch {
    struct sq_checkpoint_reader *reader;
    const struct sq_pickle *pickle;
    struct sq_torch_storage *storage; /* in the order of their keys, none twice */
    uint32_t n_storages;
    struct sq_torch_place *place; /* one per tensor of the checkpoint */
    size_t n_places, place_capacity;
};

/* A persistent id ('storage', type, key, location, size, view), taken apart. */
struct sq_torch_id {
    struct sq_torch_storage storage;
    uint64_t view_offset, view_elements; /* the part of it that is viewed, in elements */
};

/* Fill `torch`, whose reader and pickle are set: all storages that the pickle mentions, and, added
 * to the checkpoint, all tensors that hang from its value. Every element of every tensor was
 * checked to lie in its storage. sq_torch_free() frees in any case. */
int sq_torch_collect(struct sq_torch *torch);
void sq_torch_free(struct sq_torch *torch);

/* Once the storages are located: point the tensors into them. SQ_ENOMEM. */
int sq_torch_attach(struct sq_torch *torch, bool big_endian);

/* A storage that was saved alone: a whole legacy file in memory, byte `base` of the reader's file.
 * Fills *out, whose data points into it, but for the key. SQ_EUNSUPPORTED also for one that was
 * written on a big-endian machine. */
int sq_torch_legacy_storage(struct sq_checkpoint_reader *reader, const unsigned char *data,
                            size_t size, size_t base, struct sq_torch_storage *out);

/* The steps of collecting. */
int sq_torch_read_id(struct sq_torch *torch, uint32_t storage, struct sq_torch_id *out);
int sq_torch_list_storages(struct sq_torch *torch);
struct sq_torch_storage *sq_torch_find_storage(const struct sq_torch *torch, const void *key,
                                               size_t key_bytes);
/* List an array or tensor whose elements are not read. */
int sq_torch_add_opaque(struct sq_torch *torch, const char *name, size_t name_bytes, uint32_t id);
int sq_torch_flatten(struct sq_torch *torch);
int sq_torch_add_tensor(struct sq_torch *torch, const char *name, size_t name_bytes,
                        uint32_t tensor);

#endif
