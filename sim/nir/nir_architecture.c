/* A NIR graph as an architecture: an object of the template language. */
#include "sim/nir/nir_graph.h"

#include "sim/json/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writing {
    const struct sq_nir *nir;
    cJSON *root, *nodes;
};

/* A node of the graph that reads one or several others, by name. */
static cJSON *add_node(const struct writing *w, const char *id, const char *operation)
{
    cJSON *node = sq_json_append(w->nodes, cJSON_CreateObject());
    sq_json_add_text(node, "id", id);
    sq_json_add_text(node, "op", operation);
    return node;
}

static void add_reads(cJSON *node, const char *name)
{
    cJSON *in = sq_json_add_array(node, "in");
    sq_json_append(in, cJSON_CreateString(name));
}

/* What a node reads; a Flatten of the input is part of the layer behind it. */
static const char *name_of_input(const struct writing *w, const struct sq_nir_node *node,
                                 uint32_t i)
{
    const struct sq_nir_node *from = &w->nir->node[sq_nir_input(w->nir, node, i)];
    if (sq_nir_flattens_input(w->nir, from))
        from = &w->nir->node[sq_nir_input(w->nir, from, 0)];
    return from->name;
}

/* The name of what a node reads: of several edges, of their sum, which becomes a node of its own. */
static void write_inputs(const struct writing *w, const struct sq_nir_node *node, char name[64])
{
    snprintf(name, 64, "%s", name_of_input(w, node, 0));
    if (node->n_inputs == 1)
        return;
    snprintf(name, 64, "%s.in", node->name);
    cJSON *sum = add_node(w, name, "add");
    cJSON *in = sq_json_add_array(sum, "in");
    for (uint32_t i = 0; i < node->n_inputs; i++)
        sq_json_append(in, cJSON_CreateString(name_of_input(w, node, i)));
}

static void write_input(const struct writing *w, const struct sq_nir_node *node)
{
    cJSON *input = add_node(w, node->name, "input");
    sq_json_add_array(input, "in");
    sq_json_add_text(input, "kind", "frames");
    sq_json_add_number(input, "channels", (double)node->shape.channels);
    sq_json_add_number(input, "height", (double)node->shape.height);
    sq_json_add_number(input, "width", (double)node->shape.width);
}

static void write_window(const struct sq_nir_node *node, cJSON *to)
{
    sq_json_add_number(to, "kernel", node->kernel);
    sq_json_add_number(to, "stride", node->stride > 0 ? node->stride : 1);
    sq_json_add_number(to, "pad", node->padding);
}

static void write_layer(const struct writing *w, const struct sq_nir_node *node, const char *reads)
{
    const bool is_linear = sq_nir_is_linear(node) && !sq_nir_reads_input(w->nir, node);
    cJSON *layer = add_node(w, node->name, is_linear ? "linear" : "conv");
    add_reads(layer, reads);
    sq_json_add_text(layer, "weight", node->name);
    sq_json_add_number(layer, "channels", (double)node->shape.channels);
    sq_json_add_bool(layer, "bias", node->bias >= 0);
    if (is_linear)
        return;
    write_window(node, layer);
    sq_json_add_number(layer, "groups", node->groups);
}

/* The shortest decimal that the file's number is read from. */
static void write_seconds(const struct sq_nir_node *node, char text[SQ_DECIMAL_BYTES])
{
    sq_decimal(text, node->tau);
    for (int digits = 6; node->is_single && digits <= 9; digits++) {
        snprintf(text, SQ_DECIMAL_BYTES, "%.*g", digits, node->tau);
        if (strtof(text, NULL) == (float)node->tau)
            break;
    }
}

/* The time constant in timesteps. */
static void write_tau(const struct writing *w, const struct sq_nir_node *node, cJSON *to)
{
    char seconds[SQ_DECIMAL_BYTES], text[160];
    cJSON *list = cJSON_GetObjectItemCaseSensitive(w->root, "require");
    write_seconds(node, seconds);
    snprintf(text, sizeof text, "{%s / dt}", seconds);
    sq_json_add_text(to, "tau", text);
    list = list != NULL ? list : sq_json_add_array(w->root, "require");
    cJSON *require = sq_json_append(list, cJSON_CreateObject());
    sq_json_add_text(require, "if", "dt > 0");
    sq_json_add_text(require, "else", "dt = {dt} s is not greater than 0");
    require = sq_json_append(list, cJSON_CreateObject());
    snprintf(text, sizeof text, "%s / dt >= 1", seconds);
    sq_json_add_text(require, "if", text);
    snprintf(text, sizeof text, "dt = {dt} s is longer than tau = %s s of %s", seconds, node->name);
    sq_json_add_text(require, "else", text);
}

static void write_neurons(const struct writing *w, const struct sq_nir_node *node,
                          const char *reads)
{
    cJSON *neurons = add_node(w, node->name, "neuron");
    add_reads(neurons, reads);
    sq_json_add_text(neurons, "neuron", node->kind == SQ_NIR_IF ? "if" : "lif");
    sq_json_add_number(neurons, "v_threshold", node->threshold);
    if (node->shape.is_flat)
        sq_json_add_text(neurons, "axes", "C");
    if (node->kind == SQ_NIR_LIF)
        write_tau(w, node, neurons);
}

/* The output is the mean over the timesteps: of neurons their firing rates; of a linear layer, whose mean
 * is the layer of the mean, which stands in front of it. */
static void write_rates(const struct writing *w, const char *id, const char *reads)
{
    add_reads(add_node(w, id, "mean_time"), reads);
}

/* Does the output read a layer alone, and no one else reads it? */
static bool is_classifier(const struct writing *w, const struct sq_nir_node *node)
{
    for (uint32_t i = 0; i < w->nir->n_edges; i++)
        if (&w->nir->node[w->nir->source[i]] == node)
            return node->n_readers == 1 && sq_nir_is_linear(node) &&
                   !sq_nir_reads_input(w->nir, node) &&
                   w->nir->node[w->nir->target[i]].kind == SQ_NIR_OUTPUT &&
                   w->nir->node[w->nir->target[i]].n_inputs == 1;
    return false;
}

static const char *output_name(const struct sq_nir *nir)
{
    return nir->node[nir->order[nir->n_nodes - 1]].name;
}

static void write_node(const struct writing *w, const struct sq_nir_node *node)
{
    char reads[64];
    const bool is_flat = sq_nir_flattens_input(w->nir, node);
    if (node->kind == SQ_NIR_INPUT)
        return write_input(w, node);
    if (is_flat)
        return;
    write_inputs(w, node, reads);
    if (is_classifier(w, node)) {
        write_rates(w, output_name(w->nir), reads);
        write_layer(w, node, output_name(w->nir));
    } else if (node->kind == SQ_NIR_OUTPUT) {
        const struct sq_nir_node *from = &w->nir->node[sq_nir_input(w->nir, node, 0)];
        if (!is_classifier(w, from))
            write_rates(w, node->name, reads);
    } else if (node->weight >= 0) {
        write_layer(w, node, reads);
    } else if (sq_nir_is_neuron(node)) {
        write_neurons(w, node, reads);
    } else {
        cJSON *pool = add_node(w, node->name,
                               node->kind == SQ_NIR_FLATTEN   ? "flatten"
                               : node->kind == SQ_NIR_AVGPOOL ? "avgpool"
                                                              : "sumpool");
        add_reads(pool, reads);
        if (node->kind != SQ_NIR_FLATTEN)
            write_window(node, pool);
    }
}

/* By which tensors its own file is known, and that all of them are part of it. */
static void write_tensors(const struct writing *w)
{
    cJSON *recognise = sq_json_add_object(w->root, "recognise");
    cJSON *tensors = sq_json_add_array(w->root, "tensors");
    for (uint32_t i = 0; i < w->nir->n_tensors; i++)
        sq_json_add_number(recognise, w->nir->tensor[i].name, w->nir->tensor[i].n_dims);
    sq_json_append(tensors, cJSON_CreateString("*"));
}

/* Sizes of the input and the output, which a configuration may say again but not otherwise. */
static void write_sizes(const struct writing *w)
{
    const struct sq_nir *nir = w->nir;
    const struct sq_nir_shape *in = &nir->node[nir->order[0]].shape;
    const struct sq_nir_shape *out = &nir->node[nir->order[nir->n_nodes - 1]].shape;
    const struct {
        const char *key;
        uint64_t size;
    } size[] = {{"in_channels", in->channels},
                {"image_height", in->height},
                {"image_width", in->width},
                {"classes", out->channels}};
    cJSON *defaults = sq_json_add_object(w->root, "defaults");
    cJSON *checks = sq_json_add_object(w->root, "checks");
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        char text[64];
        sq_json_add_number(defaults, size[i].key, (double)size[i].size);
        snprintf(text, sizeof text, "%s = %llu", size[i].key, (unsigned long long)size[i].size);
        sq_json_add_text(checks, size[i].key, text);
    }
}

/* What the file leaves open, and what is chosen here. */
static void write_choices(const struct writing *w)
{
    const struct sq_nir_node *silent = NULL;
    bool has_leak = false;
    char text[400];
    for (uint32_t i = w->nir->n_nodes; i-- > 0;) {
        const struct sq_nir_node *node = &w->nir->node[i];
        has_leak |= node->kind == SQ_NIR_LIF;
        if (sq_nir_is_neuron(node) && !node->has_reset)
            silent = node;
    }
    if (has_leak) {
        cJSON *asked = sq_json_append(sq_json_add_array(w->root, "ask"), cJSON_CreateObject());
        sq_json_add_text(asked, "dt", "seconds of a timestep");
    }
    if (silent == NULL)
        return;
    snprintf(text, sizeof text,
             "the file does not say to what the membranes of \"%s\" are reset (no v_reset%s%s); "
             "here to 0, with at most one spike a timestep, and a simulator that subtracts the "
             "threshold or fires more often gives other spikes",
             silent->name, w->nir->version[0] != '\0' ? ", NIR " : "", w->nir->version);
    sq_json_add_text(w->root, "comment", text);
}

static cJSON *write_architecture(const struct sq_nir *nir)
{
    struct writing w = {.nir = nir, .root = cJSON_CreateObject()};
    sq_json_add_text(w.root, "family", "NIR");
    sq_json_add_text(w.root, "input", "frames");
    write_tensors(&w);
    write_sizes(&w);
    write_choices(&w);
    w.nodes = sq_json_add_array(w.root, "nodes");
    for (uint32_t i = 0; i < nir->n_nodes; i++)
        write_node(&w, &nir->node[nir->order[i]]);
    return w.root;
}

int sq_nir_architecture(struct sq_error *err, const char *path, cJSON **out)
{
    struct sq_nir *nir = NULL;
    int status = sq_nir_open(err, path, &nir);
    if (status == SQ_OK) {
        *out = write_architecture(nir);
        if (!sq_json_is_whole(*out)) {
            cJSON_Delete(*out);
            *out = NULL;
            status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
        }
    }
    sq_nir_close(nir);
    return status;
}
