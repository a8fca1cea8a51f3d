/* The tensors of a synthetic checkpoint: drawn when the network asks for them by name and shape, so
 * that what is written is what a network of this graph reads, whatever its family.
 *
 *   weight, bias of a layer          uniform in +-1/sqrt(inputs of an output), as PyTorch draws them
 *   weight, bias of a batch norm     1, 0
 *   running_mean, running_var        0, 1, until they are measured (layer_fit.h)
 *   w of PLIF neurons                0: a decay of 1/2
 *   firing rates of DSSA             1/2, until they are measured
 *   what the module never uses       1 of one axis' weight, else 0 of one axis; uniform of several */
#ifndef SQ_DRAWN_TENSORS_H
#define SQ_DRAWN_TENSORS_H

#include "sim/graph/unused_tensors.h"
#include "sim/network/weights.h"

struct sq_drawn_tensor {
    char stem[SQ_GRAPH_TEXT + 8], member[SQ_GRAPH_TEXT];
    int is_unused; /* the official module holds it in vain */
    struct sq_tensor tensor;
    float *value; /* [tensor.n_elements] */
};

struct sq_drawn_tensors {
    const struct sq_graph *graph;
    uint64_t seed;
    struct sq_drawn_tensor **item; /* [n], in the order in which they were asked for */
    size_t n, room;
    struct sq_arena arena;
};

void sq_drawn_free(struct sq_drawn_tensors *drawn);

/* The source of weights.h that draws into *drawn. */
struct sq_tensor_source sq_drawn_source(struct sq_drawn_tensors *drawn);

/* A tensor that the network does not ask for, as its official module holds it. SQ_ENOMEM. */
sq_unused_tensor sq_drawn_add_unused; /* data: struct sq_drawn_tensors */

/* The elements of STEM.MEMBER; NULL: nobody asked for it. */
float *sq_drawn_find(const struct sq_drawn_tensors *drawn, const char *stem, const char *member);

/* Weights and biases, without running statistics. */
uint64_t sq_drawn_parameters(const struct sq_drawn_tensors *drawn);

#endif
