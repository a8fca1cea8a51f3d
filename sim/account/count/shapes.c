/* Sizes of single operations. */
#include "sim/account/count/shapes.h"

uint64_t sq_axis_outputs(uint64_t size, uint64_t kernel, uint64_t stride, uint64_t padding)
{
    return size + 2 * padding < kernel ? 0 : (size + 2 * padding - kernel) / stride + 1;
}

uint64_t sq_axis_windows(uint64_t at, uint64_t size, uint64_t kernel, uint64_t stride,
                         uint64_t padding)
{
    const uint64_t n_out = sq_axis_outputs(size, kernel, stride, padding);
    uint64_t windows = 0;
    for (uint64_t tap = 0; tap < kernel; tap++) {
        if (at + padding < tap)
            continue;
        const uint64_t from = at + padding - tap;
        windows += from % stride == 0 && from / stride < n_out;
    }
    return windows;
}

uint64_t sq_axis_taps(uint64_t size, uint64_t kernel, uint64_t stride, uint64_t padding)
{
    uint64_t taps = 0;
    for (uint64_t at = 0; at < size; at++)
        taps += sq_axis_windows(at, size, kernel, stride, padding);
    return taps;
}

void sq_op_shape_conv(struct sq_op *op, const struct sq_conv_shape *s, int has_bias)
{
    const uint64_t out_h = sq_axis_outputs(s->height, s->kernel_h, s->stride_h, s->padding_h);
    const uint64_t out_w = sq_axis_outputs(s->width, s->kernel_w, s->stride_w, s->padding_w);
    op->kind = SQ_OP_CONV;
    op->kernel = s->kernel_h * s->kernel_w;
    op->side = s->kernel_h;
    op->stride = s->stride_h;
    op->in_channels = s->c_in;
    op->out_channels = s->c_out;
    op->positions = out_h * out_w;
    op->n_in = s->c_in * s->height * s->width;
    op->n_out = s->c_out * op->positions;
    op->fan = s->c_out / s->groups * op->kernel;
    op->dense_full = s->c_out * (s->c_in / s->groups) * op->kernel * op->positions;
    op->dense_in = s->c_in * (s->c_out / s->groups) *
                   sq_axis_taps(s->height, s->kernel_h, s->stride_h, s->padding_h) *
                   sq_axis_taps(s->width, s->kernel_w, s->stride_w, s->padding_w);
    op->weights = s->c_out * (s->c_in / s->groups) * op->kernel;
    op->biases = has_bias ? s->c_out : 0;
    op->has_bias = has_bias != 0;
}

void sq_op_shape_linear(struct sq_op *op, uint64_t rows, uint64_t in, uint64_t out, int has_bias)
{
    op->kind = SQ_OP_LINEAR;
    op->kernel = op->side = op->stride = 1;
    op->in_channels = in;
    op->out_channels = op->fan = out;
    op->positions = rows;
    op->n_in = rows * in;
    op->n_out = rows * out;
    op->dense_full = op->dense_in = rows * in * out;
    op->weights = in * out;
    op->biases = has_bias ? out : 0;
    op->has_bias = has_bias != 0;
}

void sq_op_shape_pool(struct sq_op *op, uint64_t channels, uint64_t height, uint64_t width,
                      uint64_t kernel, uint64_t stride, uint64_t padding)
{
    op->kind = SQ_OP_POOL;
    op->kernel = kernel * kernel;
    op->out_channels = channels;
    op->positions = sq_axis_outputs(height, kernel, stride, padding) *
                    sq_axis_outputs(width, kernel, stride, padding);
    op->n_in = channels * height * width;
    op->n_out = channels * op->positions;
    op->or_dense = channels * sq_axis_taps(height, kernel, stride, padding) *
                       sq_axis_taps(width, kernel, stride, padding) -
                   op->n_out;
}
