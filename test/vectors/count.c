/* Plain counting: every output, every tap, no cleverness; the same for linear and convolution. */
#include "sim/account/count/shapes.h"
#include "test/vectors/check.h"

#include <stdlib.h>

/* Output (frame, co, oy, ox): its value with weights 0.25 (or 0), and counts of its taps. */
static double count_output(const struct plain_layer *l, uint64_t frame, uint64_t co, uint64_t oy,
                           uint64_t ox, struct sq_op_count *count)
{
    const uint64_t group_in = l->c_in / l->groups, first = co / (l->c_out / l->groups) * group_in;
    double value = l->has_bias ? 0.5 : 0;
    for (uint64_t c = 0; c < group_in; c++)
        for (uint64_t ky = 0; ky < l->kernel_h; ky++)
            for (uint64_t kx = 0; kx < l->kernel_w; kx++) {
                const uint64_t y = oy * l->stride_h + ky - l->padding_h;
                const uint64_t x = ox * l->stride_w + kx - l->padding_w;
                if (y >= l->height || x >= l->width) /* padding: wrapped around below 0 */
                    continue;
                const uint64_t at = ((frame * l->c_in + first + c) * l->height + y) * l->width + x;
                const uint64_t w = ((co * group_in + c) * l->kernel_h + ky) * l->kernel_w + kx;
                const unsigned v = digit(l->input, at);
                const int is_zero = l->zero_every > 0 && w % l->zero_every == 0;
                count->fanout += v != 0;
                count->unit_fanout += v;
                count->fanout_live += v != 0 && !is_zero;
                value += is_zero ? 0 : 0.25 * v;
            }
    return value;
}

static void count_input(const struct digits *input, struct sq_op_count *count)
{
    for (uint64_t i = 0; i < input->n; i++) {
        count->nonzeros += digit(input, i) != 0;
        count->units += digit(input, i);
    }
}

int count_layer(const struct plain_layer *l, struct sq_op *op, struct sq_op_count *count,
                int *out_is_binary)
{
    const struct sq_conv_shape shape = {
        .c_in = l->c_in,
        .c_out = l->c_out,
        .height = l->height,
        .width = l->width,
        .kernel_h = l->kernel_h,
        .kernel_w = l->kernel_w,
        .stride_h = l->stride_h,
        .stride_w = l->stride_w,
        .padding_h = l->padding_h,
        .padding_w = l->padding_w,
        .groups = l->groups,
    };
    sq_op_shape_conv(op, &shape, l->has_bias);
    if (l->c_in * l->height * l->width * l->frames != l->input->n)
        return 0;
    const uint64_t out_w = sq_axis_outputs(l->width, l->kernel_w, l->stride_w, l->padding_w);
    *out_is_binary = 1;
    count->frames = l->frames;
    count_input(l->input, count);
    for (uint64_t frame = 0; frame < l->frames; frame++)
        for (uint64_t co = 0; co < l->c_out; co++)
            for (uint64_t i = 0; i < op->positions; i++) {
                const double value = count_output(l, frame, co, i / out_w, i % out_w, count);
                count->out_nonzeros += value != 0;
                *out_is_binary &= value == 0 || value == 1;
            }
    if (l->zero_every > 0)
        op->weight_zeros = (op->weights + l->zero_every - 1) / l->zero_every;
    op->weights_binary = op->weight_zeros == op->weights;
    return 1;
}

void count_pool(const struct digits *input, uint64_t kernel, uint64_t stride, uint64_t padding,
                struct sq_op_count *count)
{
    const uint64_t width = input->shape[input->n_dims - 1];
    const uint64_t height = input->shape[input->n_dims - 2];
    count_input(input, count);
    for (uint64_t i = 0; i < input->n; i++)
        if (digit(input, i) != 0)
            count->windows += sq_axis_windows(i / width % height, height, kernel, stride, padding) *
                              sq_axis_windows(i % width, width, kernel, stride, padding);
}
