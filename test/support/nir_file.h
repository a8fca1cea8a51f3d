/* NIR graphs for tests, written by the HDF5 library as NIR's own writer does: a node is a group with a
 * text "type" and arrays; edges are a table of texts. Independent of the reader. */
#ifndef SQ_TEST_NIR_FILE_H
#define SQ_TEST_NIR_FILE_H

#include <hdf5.h>

enum { NIR_EDGES = 32 };

struct nir_file {
    hid_t file, graph, nodes;
    const char *edge[NIR_EDGES][2];
    hsize_t n_edges;
};

/* Begin a file with an empty graph; end it, with its edges (a table of none where there is none). */
void nir_begin(struct nir_file *nir, const char *path);
void nir_end(struct nir_file *nir);

/* A node of a type, and its arrays: all of one value; a ramp first, first + step, ...; the same
 * with the steps 0, 37, 13, ... (37 i modulo 61), so that neighbours differ; one or two whole
 * numbers. `dims` ends in 0; an empty one is a scalar. */
void nir_node(const struct nir_file *nir, const char *name, const char *type);
void nir_fill(const struct nir_file *nir, const char *node, const char *member, float value,
              const hsize_t *dims);
void nir_ramp(const struct nir_file *nir, const char *node, const char *member, double first,
              double step, const hsize_t *dims);
void nir_wave(const struct nir_file *nir, const char *node, const char *member, double first,
              double step, const hsize_t *dims);
void nir_whole(const struct nir_file *nir, const char *node, const char *member, int64_t a,
               int64_t b);

/* The shape of an input with one axis. */
void nir_shape(const struct nir_file *nir, const char *node, int64_t channels);

/* Remove a member, or a node. */
void nir_remove(const struct nir_file *nir, const char *node, const char *member);

/* An edge; the texts must live until nir_end(). */
void nir_edge(struct nir_file *nir, const char *from, const char *to);

/* Whole nodes: an input of three axes; a Conv2d; IF and LIF neurons with threshold 1 and r 1. */
void nir_input(const struct nir_file *nir, hsize_t channels, hsize_t height, hsize_t width);
void nir_conv(const struct nir_file *nir, const char *name, hsize_t out, hsize_t in, hsize_t kernel,
              int64_t stride, int64_t padding);
void nir_affine(const struct nir_file *nir, const char *name, hsize_t out, hsize_t in);
void nir_neurons(const struct nir_file *nir, const char *name, const char *type,
                 const hsize_t *dims);
void nir_pool(const struct nir_file *nir, const char *name, const char *type, int64_t kernel);

/* A sequence of dims. */
#define NIR_DIMS(...) ((const hsize_t[]){__VA_ARGS__, 0})

/* The network of the tests, with neurons of `type` ("IF" or "LIF"): input 2x8x8, a Conv2d of 4 channels and
 * its neurons, SumPool2d, Flatten, an Affine of 3 and its neurons, output. Not ended. */
void nir_small(struct nir_file *nir, const char *path, const char *type);

#endif
