#include "sim/network/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A convolution under composition: weight [n_out][c_in][taps], bias [n_out]. */
struct layer {
    size_t n_out, c_in, taps;
    double *weight, *bias;
};

static int no_memory(struct sq_weights_loader *loader, const char *name)
{
    return sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory for %s", loader->network->model_path,
                   name);
}

static int alloc(struct layer *layer, size_t n_out, size_t c_in, size_t taps)
{
    *layer = (struct layer){n_out, c_in, taps, calloc(n_out * c_in * taps, sizeof(double)),
                            calloc(n_out, sizeof(double))};
    return layer->weight != NULL && layer->bias != NULL;
}

static void release(struct layer *layer)
{
    free(layer->weight);
    free(layer->bias);
    *layer = (struct layer){.n_out = 0};
}

/* Weight and bias of a convolution of the file, [n_out][n_in][k][k]. */
static int read_conv(struct sq_weights_loader *loader, const struct sq_graph_node *node,
                     size_t n_in, float **weight, float **bias)
{
    const uint64_t dim[4] = {node->out_channels, n_in, node->kernel, node->kernel};
    const uint32_t n_axes = node->operation == SQ_OPERATION_CONV ? node->axes_of_kernel : 0;
    int status = sq_weights_read(loader, node->weight, "weight", 0, dim, 2 + n_axes, weight);
    if (status == SQ_OK)
        status = sq_weights_read(loader, node->weight, "bias", !node->has_bias, dim, 1, bias);
    return status;
}

/* The layer itself. */
static int begin(struct sq_weights_loader *loader, const struct sq_synapse *synapse, double unit,
                 struct layer *out)
{
    const struct sq_graph_node *node = synapse->layer;
    const size_t taps =
        node->operation == SQ_OPERATION_CONV ? (size_t)node->kernel * node->kernel : 1;
    float *weight = NULL, *bias = NULL;
    int status = read_conv(loader, node, synapse->c_in, &weight, &bias);
    if (status == SQ_OK && !alloc(out, node->out_channels, synapse->c_in, taps))
        status = no_memory(loader, synapse->name);
    for (size_t i = 0; status == SQ_OK && i < out->n_out * out->c_in * taps; i++)
        out->weight[i] = (double)weight[i] * unit;
    for (size_t o = 0; status == SQ_OK && bias != NULL && o < out->n_out; o++)
        out->bias[o] = (double)bias[o];
    free(weight);
    free(bias);
    return status;
}

static int norm(struct sq_weights_loader *loader, const struct sq_graph_node *bn,
                struct layer *layer)
{
    struct sq_raw_layer raw = {.weight = NULL};
    int status = sq_weights_read_norm(loader, bn->weight, layer->n_out, &raw);
    for (size_t o = 0; status == SQ_OK && o < layer->n_out; o++) {
        float a;
        status = sq_fold_scale(loader->err, loader->network, bn->weight, &raw, o, &a);
        if (status != SQ_OK)
            break;
        double *row = layer->weight + o * layer->c_in * layer->taps;
        for (size_t i = 0; i < layer->c_in * layer->taps; i++)
            row[i] *= (double)a;
        layer->bias[o] = (layer->bias[o] - (double)raw.mean[o]) * (double)a + (double)raw.beta[o];
    }
    sq_weights_free_raw(&raw);
    return status;
}

/* A factor for each channel: the tensor of that name. */
static int scale(struct sq_weights_loader *loader, const struct sq_graph_node *node,
                 struct layer *layer)
{
    const uint64_t n = layer->n_out;
    float *factor = NULL;
    const int status = sq_weights_read_named(loader, node->weight, &n, 1, &factor);
    for (size_t o = 0; status == SQ_OK && o < n; o++) {
        double *row = layer->weight + o * layer->c_in * layer->taps;
        for (size_t i = 0; i < layer->c_in * layer->taps; i++)
            row[i] *= (double)factor[o];
        layer->bias[o] *= (double)factor[o];
    }
    if (status == SQ_OK)
        loader->n_factors += n;
    free(factor);
    return status;
}

/* A depthwise kernel behind a layer of one tap: each output's weights at every tap of it. */
static void spread(const struct layer *in, const float *kernel, struct layer *out)
{
    for (size_t c = 0; c < out->n_out; c++) {
        double sum = 0;
        for (size_t tap = 0; tap < out->taps; tap++)
            sum += (double)kernel[c * out->taps + tap];
        for (size_t i = 0; i < out->c_in; i++)
            for (size_t tap = 0; tap < out->taps; tap++)
                out->weight[(c * out->c_in + i) * out->taps + tap] =
                    in->weight[c * in->c_in + i] * (double)kernel[c * out->taps + tap];
        out->bias[c] = in->bias[c] * sum;
    }
}

/* Columns of a layer's weights that lie side by side while all outputs are summed: they stay in the first-level
 * cache. And outputs summed at a time. */
enum { PAIRS = 4, PANEL = 2 * PAIRS, OUTPUTS = 2 };
typedef double pair __attribute__((vector_size(2 * sizeof(double))));

/* sum[o] += w[o][c] * panel[c] for c from 0 to n - 1 in that order; products and sums are rounded apart. */
static void add_products(const pair *panel, const float *const w[OUTPUTS], size_t n,
                         pair sum[OUTPUTS][PAIRS])
{
    pair chain[OUTPUTS][PAIRS];
    memcpy(chain, sum, sizeof chain);
    for (size_t c = 0; c < n; c++, panel += PAIRS)
        for (size_t o = 0; o < OUTPUTS; o++) {
            const pair factor = {(double)w[o][c], (double)w[o][c]};
            for (size_t k = 0; k < PAIRS; k++)
                chain[o][k] += factor * panel[k];
        }
    memcpy(sum, chain, sizeof chain);
}

/* Columns from `first` on, of all outputs. */
static void multiply_panel(const struct layer *in, const float *matrix, size_t first, double *panel,
                           struct layer *out)
{
    const size_t n = in->c_in * in->taps, left = n - first, width = left < PANEL ? left : PANEL;
    for (size_t c = 0; c < in->n_out; c++)
        memcpy(panel + c * PANEL, in->weight + c * n + first, width * sizeof *panel);
    for (size_t o = 0; o < out->n_out; o += OUTPUTS) {
        pair sum[OUTPUTS][PAIRS] = {{{0}}};
        const size_t other = o + 1 < out->n_out ? o + 1 : o;
        const float *const w[OUTPUTS] = {matrix + o * in->n_out, matrix + other * in->n_out};
        add_products((const pair *)(const void *)panel, w, in->n_out, sum);
        memcpy(out->weight + o * n + first, sum[0], width * sizeof *panel);
        memcpy(out->weight + other * n + first, sum[other - o], width * sizeof *panel);
    }
}

/* A kernel of one tap behind a layer: the product of the matrices. */
static int multiply(const struct layer *in, const float *matrix, struct layer *out)
{
    double *panel = aligned_alloc(sizeof(pair), in->n_out * PANEL * sizeof *panel);
    if (panel == NULL)
        return 0;
    memset(panel, 0, in->n_out * PANEL * sizeof *panel);
    for (size_t first = 0; first < in->c_in * in->taps; first += PANEL)
        multiply_panel(in, matrix, first, panel, out);
    for (size_t o = 0; o < out->n_out; o++)
        for (size_t c = 0; c < in->n_out; c++)
            out->bias[o] += (double)matrix[o * in->n_out + c] * in->bias[c];
    free(panel);
    return 1;
}

static int convolve(struct sq_weights_loader *loader, const struct sq_graph_node *conv,
                    struct layer *layer)
{
    const int is_depthwise = conv->kernel > 1;
    const size_t taps = is_depthwise ? (size_t)conv->kernel * conv->kernel : layer->taps;
    struct layer next = {.n_out = 0};
    float *weight = NULL, *bias = NULL;
    int status = read_conv(loader, conv, is_depthwise ? 1 : layer->n_out, &weight, &bias);
    if (status == SQ_OK && is_depthwise && layer->taps != 1)
        status =
            sq_fail(loader->err, SQ_EUNSUPPORTED,
                    "architecture %s: node \"%s\" folds into a layer whose kernel is wider than "
                    "one tap",
                    loader->network->graph.architecture, conv->id);
    if (status == SQ_OK && !alloc(&next, conv->out_channels, layer->c_in, taps))
        status = no_memory(loader, conv->weight);
    if (status == SQ_OK && is_depthwise)
        spread(layer, weight, &next);
    else if (status == SQ_OK && !multiply(layer, weight, &next))
        status = no_memory(loader, conv->weight);
    for (size_t o = 0; status == SQ_OK && bias != NULL && o < next.n_out; o++)
        next.bias[o] += (double)bias[o];
    free(weight);
    free(bias);
    release(status == SQ_OK ? layer : &next);
    if (status == SQ_OK)
        *layer = next;
    return status;
}

/* Rounded to float32, as fold.h takes it. */
static int pack(struct sq_weights_loader *loader, const struct sq_node *node,
                const struct layer *layer, struct sq_synapse *synapse)
{
    const size_t n = layer->n_out * layer->c_in * layer->taps;
    const double max_input = loader->network->node[node->source[0]].max_value;
    struct sq_raw_layer raw = {.weight = malloc(n * sizeof(float)),
                               .bias = malloc(layer->n_out * sizeof(float))};
    int status = raw.weight != NULL && raw.bias != NULL ? SQ_OK : no_memory(loader, synapse->name);
    for (size_t i = 0; status == SQ_OK && i < n; i++)
        raw.weight[i] = (float)layer->weight[i];
    for (size_t o = 0; status == SQ_OK && o < layer->n_out; o++)
        raw.bias[o] = (float)layer->bias[o];
    if (status == SQ_OK)
        status = sq_fold_layer(loader->err, loader->network, &raw, layer->taps, max_input, synapse);
    sq_weights_free_raw(&raw);
    return status;
}

int sq_compose_load(struct sq_weights_loader *loader, const struct sq_node *node,
                    struct sq_synapse *synapse)
{
    struct layer layer = {.n_out = 0};
    int status = begin(loader, synapse, loader->network->node[node->source[0]].unit, &layer);
    for (uint32_t i = 0; status == SQ_OK && i < synapse->n_folded; i++) {
        const struct sq_graph_node *at = synapse->folded[i];
        status = at->operation == SQ_OPERATION_BN               ? norm(loader, at, &layer)
                 : at->operation == SQ_OPERATION_SCALE_CHANNELS ? scale(loader, at, &layer)
                                                                : convolve(loader, at, &layer);
    }
    if (status == SQ_OK)
        status = pack(loader, node, &layer, synapse);
    release(&layer);
    return status;
}
