#include "sim/checkpoint/safetensors_write.h"
#include "sim/config/config_write.h"
#include "sim/network/fixed_file.h"
#include "sim/network/fold.h"

#include <stdlib.h>

enum { FILE_VERSION = 1, N_SETTINGS = 7 };

/* The network whose tensors are written, and where to. */
struct writer {
    const struct sq_network *network;
    struct sq_safetensors_writer *to;
};

static void write_settings(struct writer *writer)
{
    const struct sq_fixed_settings *s = &writer->network->fixed;
    const uint64_t dim = N_SETTINGS;
    const double value[N_SETTINGS] = {FILE_VERSION,     s->weight_bits, s->by_layer, s->rounding,
                                      s->membrane_bits, s->pixel_bits,  s->pixel_max};
    if (sq_safetensors_begin(writer->to, "spikeq", "fixed", "F64", sizeof(double), &dim, 1))
        for (size_t i = 0; i < N_SETTINGS; i++)
            sq_safetensors_put_f64(writer->to, value[i]);
}

/* The integer of weight row i, output o. */
static int64_t weight_of(const struct sq_node *node, size_t i, size_t o)
{
    const size_t at = sq_packed_index(node->synapse, i, o);
    return node->fixed->weight_bytes == 1 ? ((const int8_t *)node->fixed->weight)[at]
                                          : ((const int16_t *)node->fixed->weight)[at];
}

static void write_weight(struct writer *writer, const struct sq_node *node)
{
    const struct sq_synapse *synapse = node->synapse;
    const size_t n_taps = (size_t)synapse->kernel * synapse->kernel;
    const size_t c_in = synapse->n_in / n_taps; /* of a group */
    const size_t bytes = writer->network->fixed.weight_bits <= 8 ? 1 : 2;
    uint64_t dim[4];
    const uint32_t n_dims = sq_weights_shape(synapse, dim);
    if (!sq_safetensors_begin(writer->to, synapse->name, "weight", bytes == 1 ? "I8" : "I16", bytes,
                              dim, n_dims))
        return;
    for (size_t o = 0; o < synapse->n_out; o++)
        for (size_t c = 0; c < c_in; c++)
            for (size_t tap = 0; tap < n_taps; tap++)
                sq_safetensors_put(writer->to, (uint64_t)weight_of(node, tap * c_in + c, o), bytes);
}

static void write_bias(struct writer *writer, const struct sq_node *node)
{
    const uint64_t n = node->synapse->n_out;
    if (sq_safetensors_begin(writer->to, node->synapse->name, "bias", "I32", 4, &n, 1))
        for (size_t o = 0; o < n; o++)
            sq_safetensors_put(writer->to, (uint64_t)(int64_t)node->fixed->bias[o], 4);
}

static void write_scales(struct writer *writer, const struct sq_node *node)
{
    const uint64_t n = node->synapse->n_out, one = 1;
    if (sq_safetensors_begin(writer->to, node->synapse->name, "exponent", "I8", 1, &n, 1))
        for (size_t o = 0; o < n; o++)
            sq_safetensors_put(writer->to, (uint64_t)(int64_t)node->fixed->exponent[o], 1);
    if (node->stream == NULL &&
        sq_safetensors_begin(writer->to, node->synapse->name, "guard", "I8", 1, &one, 1))
        sq_safetensors_put(writer->to, node->fixed->guard_bits, 1);
    if (node->stream != NULL &&
        sq_safetensors_begin(writer->to, node->synapse->name, "stream", "I8", 1, &one, 1))
        sq_safetensors_put(writer->to, (uint64_t)(int64_t)node->stream->exponent, 1);
}

static void write_head(struct writer *writer)
{
    const struct sq_synapse *head = &writer->network->head;
    if (head->layer == NULL)
        return;
    const uint64_t dim[2] = {head->n_out, head->n_in};
    if (sq_safetensors_begin(writer->to, writer->network->head.name, "weight", "F32", 4, dim, 2))
        for (size_t o = 0; o < head->n_out; o++)
            for (size_t i = 0; i < head->n_in; i++)
                sq_safetensors_put_f32(writer->to, *sq_packed_at(head, i, o));
    if (sq_safetensors_begin(writer->to, writer->network->head.name, "bias", "F32", 4, dim, 1))
        for (size_t o = 0; o < head->n_out; o++)
            sq_safetensors_put_f32(writer->to, head->bias[o]);
}

/* What was kept of the trained checkpoint as it is. */
static void write_kept(struct writer *writer, const struct sq_kept *kept)
{
    if (sq_safetensors_begin(writer->to, kept->name, "", "F32", 4, kept->dim, kept->n_dims))
        for (uint64_t i = 0; i < kept->n_elements; i++)
            sq_safetensors_put_f32(writer->to, kept->value[i]);
}

/* All tensors: entries, or data. Wide elements first, so that all are aligned. */
static void write_tensors(struct sq_safetensors_writer *to, const void *data)
{
    struct writer writer = {data, to};
    static void (*const write[])(struct writer *,
                                 const struct sq_node *) = {write_bias, write_weight, write_scales};
    write_settings(&writer);
    write_head(&writer);
    for (size_t i = 0; i < writer.network->n_kept; i++)
        write_kept(&writer, &writer.network->kept[i]);
    for (size_t part = 0; part < sizeof write / sizeof write[0]; part++)
        for (size_t i = 0; i < writer.network->n_nodes; i++)
            if (writer.network->node[i].synapse != NULL)
                write[part](&writer, &writer.network->node[i]);
}

static void add_metadata(cJSON *metadata, const void *data)
{
    const struct sq_network *network = data;
    cJSON *config = sq_config_to_json(&network->config);
    char *text = sq_json_print_line(config);
    sq_json_add_text(metadata, "format", "spikeq fixed point, version 1");
    sq_json_add_text(metadata, "arith", network->arith);
    sq_json_add_text(metadata, "model_sha256", network->model_digest);
    sq_json_add_text(metadata, "config", text);
    if (network->synthetic[0] != '\0')
        sq_json_add_text(metadata, SQ_SYNTHETIC, network->synthetic);
    free(text);
    cJSON_Delete(config);
}

int sq_fixed_file_write(struct sq_error *err, const struct sq_network *network, const char *path,
                        int replace)
{
    const struct sq_safetensors_content content = {add_metadata, write_tensors, network};
    return sq_safetensors_write(err, path, replace, &content);
}
