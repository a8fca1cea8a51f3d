#include "kernels/accumulate/accumulate.h"
#include "sim/network/fixed_file.h"
#include "sim/network/float_room.h"
#include "sim/network/fold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_VERSION = 1, N_SETTINGS = 7 };

static const char settings_name[] = "spikeq.fixed";

int sq_fixed_file_is(const struct sq_checkpoint *checkpoint, const char *root)
{
    return sq_checkpoint_find(checkpoint, root, settings_name) != NULL;
}

static int fail(const struct sq_weights_loader *loader, const char *layer, const char *what)
{
    return sq_fail(loader->err, SQ_EVALUE, "%s: %s: %s; quantise the trained checkpoint again",
                   loader->network->model_path, layer, what);
}

static uint32_t whole(double value)
{
    return value >= 0 && value <= 255 && value == floor(value) ? (uint32_t)value : 255;
}

static int read_settings(struct sq_weights_loader *loader, struct sq_fixed_settings *settings)
{
    const uint64_t dim = N_SETTINGS;
    const struct sq_tensor *tensor = NULL;
    double value[N_SETTINGS];
    int status = sq_weights_find(loader, "spikeq", "fixed", 0, &dim, 1, &tensor);
    if (status == SQ_OK)
        status = sq_tensor_read_f64(loader->err, tensor, value);
    if (status != SQ_OK)
        return status;
    if (value[0] != FILE_VERSION)
        return sq_fail(loader->err, SQ_EUNSUPPORTED,
                       "%s: version %g of a fixed-point model; this program knows version %d",
                       loader->network->model_path, value[0], FILE_VERSION);
    *settings = (struct sq_fixed_settings){.weight_bits = whole(value[1]),
                                           .by_layer = value[2] != 0,
                                           .rounding = value[3] == SQ_ROUND_DOWN ? SQ_ROUND_DOWN
                                                                                 : SQ_ROUND_NEAREST,
                                           .membrane_bits = whole(value[4]),
                                           .pixel_bits = whole(value[5]),
                                           .pixel_max = value[6]};
    return sq_fixed_check_settings(loader->err, settings);
}

/* Values of one tensor of a layer, as numbers; the caller frees *out. */
static int read_values(struct sq_weights_loader *loader, const struct sq_synapse *synapse,
                       const char *member, const uint64_t *dim, uint32_t n_dims, double **out)
{
    const struct sq_tensor *tensor = NULL;
    int status = sq_weights_find(loader, synapse->name, member, 0, dim, n_dims, &tensor);
    if (status != SQ_OK)
        return status;
    *out = malloc((tensor->n_elements + 1) * sizeof **out);
    return *out != NULL ? sq_tensor_read_f64(loader->err, tensor, *out)
                        : sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory for %s",
                                  loader->network->model_path, synapse->name);
}

/* A layer as the file has it, but for its weights. */
struct scales {
    double *exponent, *bias;
    double *guard; /* of a layer whose current joins a stream the stream's exponent */
};

static int read_scales(struct sq_weights_loader *loader, const struct sq_node *node,
                       struct scales *layer)
{
    const struct sq_synapse *synapse = node->synapse;
    const struct sq_tensor *weight = NULL;
    uint64_t dim[4];
    const uint64_t one = 1;
    const uint32_t n_dims = sq_weights_shape(synapse, dim);
    int status = sq_weights_find(loader, synapse->name, "weight", 0, dim, n_dims, &weight);
    if (status == SQ_OK)
        status = read_values(loader, synapse, "exponent", dim, 1, &layer->exponent);
    if (status == SQ_OK)
        status = read_values(loader, synapse, "bias", dim, 1, &layer->bias);
    if (status == SQ_OK)
        status = read_values(loader, synapse, node->sends_reals ? "stream" : "guard", &one, 1,
                             &layer->guard);
    return status;
}

static int is_whole(double value, double least, double most)
{
    return value >= least && value <= most && value == floor(value);
}

/* What of a channel must be so: whole numbers in range, and a bias that float32 holds. */
static int check_channel(const struct sq_weights_loader *loader, const struct sq_synapse *synapse,
                         const struct scales *layer, size_t o)
{
    if (!is_whole(layer->exponent[o], SQ_MIN_EXPONENT, SQ_MAX_EXPONENT))
        return fail(loader, synapse->name, "an exponent is out of range");
    if (!is_whole(layer->bias[o], INT32_MIN, INT32_MAX) ||
        (double)(float)layer->bias[o] != layer->bias[o])
        return fail(loader, synapse->name, "a bias is not an integer of 24 significant bits");
    return SQ_OK;
}

static int check_guard(const struct sq_weights_loader *loader, const struct sq_node *node,
                       double guard)
{
    if (!node->sends_reals && !is_whole(guard, 0, SQ_MAX_GUARD_BITS))
        return fail(loader, node->synapse->name, "guard bits are out of range");
    if (node->sends_reals && !is_whole(guard, SQ_MIN_EXPONENT, SQ_MAX_EXPONENT + SQ_MAX_GUARD_BITS))
        return fail(loader, node->synapse->name, "the exponent of its stream is out of range");
    return SQ_OK;
}

/* Exponents, guard bits, and the biases that the integers stand for. */
static int take_scales(struct sq_weights_loader *loader, const struct sq_node *node,
                       const struct scales *layer, struct sq_fixed_given *given)
{
    struct sq_synapse *synapse = node->synapse;
    struct sq_arena *arena = &loader->network->arena;
    int status = check_guard(loader, node, layer->guard[0]);
    if (status != SQ_OK)
        return status;
    given->guard_bits = node->sends_reals ? 0 : (uint32_t)layer->guard[0];
    given->stream_exponent = (int)layer->guard[0];
    given->exponent = sq_arena_alloc(arena, synapse->n_out, 1);
    synapse->bias =
        sq_arena_alloc(arena, (size_t)synapse->n_blocks * SQ_BLOCK_WIDTH, sizeof(float));
    if (given->exponent == NULL || synapse->bias == NULL)
        return sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory", loader->network->model_path);
    for (size_t o = 0; status == SQ_OK && o < synapse->n_out; o++) {
        status = check_channel(loader, synapse, layer, o);
        if (status != SQ_OK)
            return status;
        given->exponent[o] = (int8_t)layer->exponent[o];
        const int unit = (int)layer->guard[0] + (node->sends_reals ? 0 : given->exponent[o]);
        synapse->bias[o] = (float)ldexp(layer->bias[o], -unit);
    }
    return status;
}

static int load_scales(struct sq_weights_loader *loader, const struct sq_node *node,
                       struct sq_fixed_given *given)
{
    struct scales layer = {NULL, NULL, NULL};
    int status = read_scales(loader, node, &layer);
    if (status == SQ_OK)
        status = take_scales(loader, node, &layer, given);
    free(layer.exponent);
    free(layer.bias);
    free(layer.guard);
    return status;
}

/* A file under way: of all layers the scales are there, the weights come one layer at a time. */
struct integers {
    struct sq_weights_loader *loader;
    const struct sq_fixed_settings *settings;
    const struct sq_fixed_given *given; /* [n_synapses] */
};

/* The exponent of a layer's inputs: of pixels, or of the stream that a convolution of reals reads. */
static int exponent_of_inputs(const struct integers *file, const struct sq_node *node)
{
    const struct sq_network *network = file->loader->network;
    if (node->kind == SQ_NODE_ANALOG_CONV)
        return sq_pixel_exponent(file->settings);
    if (node->kind != SQ_NODE_REAL_CONV)
        return 0;
    do
        node = &network->node[node->source[0]];
    while (node->synapse == NULL);
    return file->given[node->synapse - network->synapse].stream_exponent;
}

/* The floats that the integers of output o stand for, from [c_in][taps] to its packed column. */
static int expand_output(const struct integers *file, struct sq_synapse *synapse, const float *row,
                         size_t o, int shift)
{
    const size_t n_taps = (size_t)synapse->kernel * synapse->kernel;
    const size_t c_in = synapse->n_in / n_taps;
    const size_t stride = sq_packed_stride(synapse, o);
    const double most = ldexp(1.0, (int)file->settings->weight_bits - 1) - 1;
    const double unit = ldexp(1.0, shift);
    float *to = sq_packed_at(synapse, 0, o);
    for (size_t c = 0; c < c_in; c++)
        for (size_t tap = 0; tap < n_taps; tap++) {
            const double q = (double)row[c * n_taps + tap];
            if (!is_whole(q, -most, most))
                return fail(file->loader, synapse->name,
                            "a weight is out of the range of its bits (spikeq.fixed)");
            to[(tap * c_in + c) * stride] = (float)(q * unit);
        }
    return SQ_OK;
}

static int expand(const struct integers *file, const struct sq_node *node,
                  struct sq_tensor_pieces *pieces, float *row)
{
    struct sq_synapse *synapse = node->synapse;
    const int8_t *exponent = file->given[synapse - file->loader->network->synapse].exponent;
    const int input_exponent = exponent_of_inputs(file, node);
    int status = SQ_OK;
    for (size_t o = 0; status == SQ_OK && o < synapse->n_out; o++) {
        status = sq_tensor_next(file->loader->err, pieces, synapse->n_in, row);
        if (status == SQ_OK)
            status = expand_output(file, synapse, row, o, input_exponent - exponent[o]);
    }
    return status;
}

/* The floats of one layer. */
static int fill_weights(void *data, const struct sq_node *node)
{
    const struct integers *file = data;
    struct sq_synapse *synapse = node->synapse;
    struct sq_tensor_pieces pieces = {.tensor = NULL};
    const struct sq_tensor *weight = NULL;
    uint64_t dim[4];
    const uint32_t n_dims = sq_weights_shape(synapse, dim);
    int status = sq_weights_find(file->loader, synapse->name, "weight", 0, dim, n_dims, &weight);
    if (status != SQ_OK)
        return status;
    memset(synapse->weight, 0, sq_packed_count(synapse) * sizeof(float));
    float *row = malloc((size_t)synapse->n_in * sizeof *row);
    status = row != NULL ? sq_tensor_begin(file->loader->err, weight, &pieces)
                         : sq_fail(file->loader->err, SQ_ENOMEM, "%s: out of memory for %s",
                                   file->loader->network->model_path, synapse->name);
    if (status == SQ_OK)
        status = expand(file, node, &pieces, row);
    sq_tensor_end(&pieces);
    free(row);
    return status;
}

int sq_fixed_file_load(struct sq_weights_loader *loader)
{
    struct sq_network *network = loader->network;
    struct sq_fixed_settings settings;
    struct sq_fixed_given *given =
        sq_arena_alloc(&network->arena, network->n_synapses, sizeof *given);
    int status = given != NULL
                     ? read_settings(loader, &settings)
                     : sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory", network->model_path);
    for (size_t i = 0; status == SQ_OK && i < network->n_nodes; i++) {
        struct sq_node *node = &network->node[i];
        if (node->synapse != NULL)
            status = load_scales(loader, node, &given[node->synapse - network->synapse]);
        if (status == SQ_OK)
            status = sq_weights_load_node(loader, node);
    }
    struct integers file = {loader, &settings, given};
    struct sq_float_room room = {.floats = NULL};
    if (status == SQ_OK)
        status = sq_float_room_open(loader, fill_weights, &file, &room);
    const struct sq_fixed_floats floats = sq_float_room_floats(&room);
    if (status == SQ_OK)
        status = sq_fixed_make_as(loader->err, network, &settings, given, &floats);
    sq_float_room_close(&room);
    return status;
}
