/* What the steps of sq_weights_load() share. */
#ifndef SQ_WEIGHTS_LOADER_H
#define SQ_WEIGHTS_LOADER_H

#include "sim/graph/architecture.h"
#include "sim/network/fold.h"
#include "sim/network/network.h"

/* A tensor that is part of the network; one that only tells of it. */
enum { SQ_USED = 1, SQ_USED_BESIDE = 2 };

struct sq_weights_loader {
    struct sq_error *err;
    const struct sq_tensor_source *source; /* where tensors come from; NULL: the checkpoint */
    const struct sq_checkpoint *checkpoint;
    const struct sq_architecture *architecture;
    struct sq_network *network;
    unsigned char *used; /* one flag per tensor of the file: SQ_USED, SQ_USED_BESIDE */
    uint64_t n_factors;  /* parameters that are neither weight nor bias: factors of channels */
};

/* The tensor root + name, noted as used; NULL: there is none. */
const struct sq_tensor *sq_weights_take(struct sq_weights_loader *loader, const char *name);

/* The tensor `stem.member` of exactly this shape, noted as used: SQ_ESHAPE names what was expected
 * and found. *out stays NULL for an absent tensor if `optional`. */
int sq_weights_find(struct sq_weights_loader *loader, const char *stem, const char *member,
                    int optional, const uint64_t *dim, uint32_t n_dims,
                    const struct sq_tensor **out);

/* Read tensor `stem.member` of exactly this shape into *out (malloc); *out stays NULL for an absent
 * tensor if `optional`. */
int sq_weights_read(struct sq_weights_loader *loader, const char *stem, const char *member,
                    int optional, const uint64_t *dim, uint32_t n_dims, float **out);

/* The same of a whole name, the last part of which is the member: "block.0.layer_scale1". */
int sq_weights_read_named(struct sq_weights_loader *loader, const char *name, const uint64_t *dim,
                          uint32_t n_dims, float **out);

/* What a batch norm of n channels holds, into gamma to var of *raw; the caller frees it, also after a
 * failure. */
int sq_weights_read_norm(struct sq_weights_loader *loader, const char *bn, uint64_t n,
                         struct sq_raw_layer *raw);
void sq_weights_free_raw(struct sq_raw_layer *raw);

/* Keep a tensor of a trained checkpoint, by its name without the root, for the model of integers that may be
 * made of it; noted as used without being a parameter. One that the file does not have, or that is kept already,
 * is passed over. SQ_ENOMEM, or what reading it says. */
int sq_weights_keep(struct sq_weights_loader *loader, const char *name);

/* What neurons and attention read beside layers: the leak of a population, scales of heads. */
int sq_weights_load_node(struct sq_weights_loader *loader, struct sq_node *node);

/* Shape of a layer's weight in the file, into dim; returns the number of dimensions. */
uint32_t sq_weights_shape(const struct sq_synapse *synapse, uint64_t dim[4]);

#endif
