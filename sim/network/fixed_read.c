#include "sim/network/fixed_file.h"
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

/* A layer as the file has it. */
struct integers {
    double *weight, *exponent, *bias;
    double *guard; /* of a layer whose current joins a stream the stream's exponent */
};

static int read_integers(struct sq_weights_loader *loader, const struct sq_node *node,
                         struct integers *layer)
{
    const struct sq_synapse *synapse = node->synapse;
    uint64_t dim[4];
    const uint64_t one = 1;
    const uint32_t n_dims = sq_weights_shape(synapse, dim);
    int status = read_values(loader, synapse, "weight", dim, n_dims, &layer->weight);
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
                         const struct integers *layer, size_t o, double largest_weight)
{
    if (!is_whole(layer->exponent[o], SQ_MIN_EXPONENT, SQ_MAX_EXPONENT))
        return fail(loader, synapse->name, "an exponent is out of range");
    if (!is_whole(layer->bias[o], INT32_MIN, INT32_MAX) ||
        (double)(float)layer->bias[o] != layer->bias[o])
        return fail(loader, synapse->name, "a bias is not an integer of 24 significant bits");
    for (size_t i = 0; i < synapse->n_in; i++)
        if (!is_whole(layer->weight[o * synapse->n_in + i], -largest_weight, largest_weight))
            return fail(loader, synapse->name,
                        "a weight is out of the range of its bits (spikeq.fixed)");
    return SQ_OK;
}

/* The floats that the integers stand for.
 *   unit   exponent of the bias */
static void expand_channel(struct sq_synapse *synapse, const struct integers *layer, size_t o,
                           size_t n_taps, int input_exponent, int unit, int is_written)
{
    const size_t c_in = synapse->n_in / n_taps;
    const int exponent = (int)layer->exponent[o];
    for (size_t c = 0; is_written && c < c_in; c++)
        for (size_t tap = 0; tap < n_taps; tap++)
            *sq_packed_at(synapse, tap * c_in + c, o) = (float)ldexp(
                layer->weight[o * synapse->n_in + c * n_taps + tap], input_exponent - exponent);
    synapse->bias[o] = (float)ldexp(layer->bias[o], -unit);
}

/* The exponent of a layer's inputs: of pixels, or of the stream that a convolution of reals reads, which the
 * layers before it have told. */
static int exponent_of_inputs(const struct sq_network *network, const struct sq_node *node,
                              const struct sq_fixed_settings *settings,
                              const struct sq_fixed_given *all)
{
    if (node->kind == SQ_NODE_ANALOG_CONV)
        return sq_pixel_exponent(settings);
    if (node->kind != SQ_NODE_REAL_CONV)
        return 0;
    do
        node = &network->node[node->source[0]];
    while (node->synapse == NULL);
    return all[node->synapse - network->synapse].stream_exponent;
}

static int expand(struct sq_weights_loader *loader, const struct sq_node *node,
                  const struct sq_fixed_settings *settings, const struct integers *layer,
                  struct sq_fixed_given *all)
{
    struct sq_synapse *synapse = node->synapse;
    const size_t n_taps = (size_t)synapse->kernel * synapse->kernel;
    const int input_exponent = exponent_of_inputs(loader->network, node, settings, all);
    struct sq_fixed_given *given = &all[synapse - loader->network->synapse];
    const double largest = ldexp(1.0, (int)settings->weight_bits - 1) - 1;
    int status = sq_fold_alloc(loader->err, loader->network, synapse);
    if (!node->sends_reals && !is_whole(layer->guard[0], 0, SQ_MAX_GUARD_BITS))
        return fail(loader, synapse->name, "guard bits are out of range");
    if (node->sends_reals &&
        !is_whole(layer->guard[0], SQ_MIN_EXPONENT, SQ_MAX_EXPONENT + SQ_MAX_GUARD_BITS))
        return fail(loader, synapse->name, "the exponent of its stream is out of range");
    const int is_written = sq_shared_weights_are_written(loader->network->shared, synapse->weight);
    given->guard_bits = node->sends_reals ? 0 : (uint32_t)layer->guard[0];
    given->stream_exponent = (int)layer->guard[0];
    given->exponent = sq_arena_alloc(&loader->network->arena, synapse->n_out, 1);
    if (given->exponent == NULL)
        return sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory", loader->network->model_path);
    for (size_t o = 0; status == SQ_OK && o < synapse->n_out; o++) {
        status = check_channel(loader, synapse, layer, o, largest);
        if (status != SQ_OK)
            return status;
        given->exponent[o] = (int8_t)layer->exponent[o];
        expand_channel(synapse, layer, o, n_taps, input_exponent,
                       (int)layer->guard[0] + (node->sends_reals ? 0 : (int)layer->exponent[o]),
                       is_written);
    }
    return status;
}

static int load_layer(struct sq_weights_loader *loader, const struct sq_node *node,
                      const struct sq_fixed_settings *settings, struct sq_fixed_given *all)
{
    struct integers layer = {NULL, NULL, NULL, NULL};
    int status = read_integers(loader, node, &layer);
    if (status == SQ_OK)
        status = expand(loader, node, settings, &layer, all);
    free(layer.weight);
    free(layer.exponent);
    free(layer.bias);
    free(layer.guard);
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
            status = load_layer(loader, node, &settings, given);
        if (status == SQ_OK)
            status = sq_weights_load_node(loader, node);
    }
    return status == SQ_OK ? sq_fixed_make_as(loader->err, network, &settings, given) : status;
}
