/* Shapes: the sizes of single operations, as the account counts them. */
#ifndef SQ_SHAPES_H
#define SQ_SHAPES_H

#include "sim/account/count/counters.h"

/* Sizes of a convolution of one frame, c_in x height x width -> c_out. Conv1d: width 1. */
struct sq_conv_shape {
    uint64_t c_in, c_out, height, width, kernel_h, kernel_w, stride_h, stride_w;
    uint64_t padding_h, padding_w, groups;
};

/* Fill the sizes of a convolution, a linear layer over `rows` rows, a 3x3-like max pooling. */
void sq_op_shape_conv(struct sq_op *op, const struct sq_conv_shape *shape, int has_bias);
void sq_op_shape_linear(struct sq_op *op, uint64_t rows, uint64_t in, uint64_t out, int has_bias);
void sq_op_shape_pool(struct sq_op *op, uint64_t channels, uint64_t height, uint64_t width,
                      uint64_t kernel, uint64_t stride, uint64_t padding);

/* Outputs along an axis; output positions that read input `at`; in-bounds taps of all outputs. */
uint64_t sq_axis_outputs(uint64_t size, uint64_t kernel, uint64_t stride, uint64_t padding);
uint64_t sq_axis_windows(uint64_t at, uint64_t size, uint64_t kernel, uint64_t stride,
                         uint64_t padding);
uint64_t sq_axis_taps(uint64_t size, uint64_t kernel, uint64_t stride, uint64_t padding);

#endif
