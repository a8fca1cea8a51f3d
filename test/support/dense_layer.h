/* What the dense reference computes with: grids of numbers, layers with batch norm, max-pooling. */
#ifndef SQ_TEST_DENSE_LAYER_H
#define SQ_TEST_DENSE_LAYER_H

#include "test/support/dense_reference.h"

/* Values [channels][height][width]; tokens are the pixels of the last grid, row by row. */
struct grid {
    uint32_t c, h, w;
    double *v;
};

/* n zeroed objects; out of memory ends the test. */
void *dense_zeros(size_t n, size_t size);

/* A grid of zeros: free(grid.v). */
struct grid dense_grid(uint32_t c, uint32_t h, uint32_t w);
size_t dense_cells(const struct grid *grid);

/* Convolution or linear layer, then batch norm, unfolded; events and additions are counted. */
struct grid dense_layer(const struct tiny_layer *layer, const struct grid *in,
                        struct dense_synapse *count);

/* 3x3, stride 2, padding 1. */
struct grid dense_pool(const struct grid *in);

#endif
