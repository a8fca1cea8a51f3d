/* NIR graphs (neuroir.org): HDF5 files that hold a network as nodes and edges, with its weights.
 *
 * A file becomes two things: an architecture, as an object of the template language
 * (docs/architectures.md), and a list of tensors, NODE.weight and NODE.bias. What has no counterpart
 * in the graph is refused by name. docs/nir.md says what a node becomes. */
#ifndef SQ_NIR_H
#define SQ_NIR_H

#include "kernels/base/status.h"
#include "sim/json/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SQ_NIR_TENSOR_NAME = 80, SQ_NIR_TENSOR_DIMS = 4 };

/* A weight or bias, in row-major order. */
struct sq_nir_tensor {
    char name[SQ_NIR_TENSOR_NAME]; /* NODE.weight, NODE.bias */
    bool is_double;                /* float64; else float32, or shorter, which is read as float32 */
    uint32_t n_dims;
    uint64_t dim[SQ_NIR_TENSOR_DIMS];
    uint64_t n_elements;
};

struct sq_nir;

/* Does the file begin as HDF5 does? */
bool sq_nir_looks_so(const unsigned char *head, size_t n);

/* Is it an HDF5 file that holds a NIR graph? A file that cannot be read is not. */
bool sq_nir_is_one(const char *path);

/* Read nodes and edges, and check that they are a network that the graph has operations for; the file
 * is closed again.
 *   out   written only on success; sq_nir_close() frees it
 * SQ_EFORMAT: no NIR graph, or a damaged one; SQ_EUNSUPPORTED: names the node that has no counterpart;
 * SQ_ESHAPE: nodes that do not fit together; SQ_ENOMEM. */
int sq_nir_open(struct sq_error *err, const char *path, struct sq_nir **out);
void sq_nir_close(struct sq_nir *nir);

/* Its tensors, in the order of the nodes; NULL past the end. */
const struct sq_nir_tensor *sq_nir_tensor(const struct sq_nir *nir, size_t i);

/* The elements of a tensor of the file at `path`, little-endian, as float32 or float64.
 *   out   [n_elements]
 * SQ_EFORMAT: damaged, or another file than it was; SQ_ENOMEM. */
int sq_nir_read(struct sq_error *err, const char *path, const struct sq_nir_tensor *tensor,
                void *out);

/* The architecture; the caller deletes *out. What sq_nir_open() refuses; SQ_ENOMEM. */
int sq_nir_architecture(struct sq_error *err, const char *path, cJSON **out);

#endif
