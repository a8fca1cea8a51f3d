#include "test/support/tiny_file.h"

#include "test/support/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t tiny_tensor_count(const struct tiny_tensor *tensor)
{
    size_t n = 1;
    for (uint32_t i = 0; i < tensor->n_dims; i++)
        n *= tensor->dim[i];
    return n;
}

struct tiny_tensor *tiny_tensor_add(struct tiny_tensors *tensors, const char *name, uint32_t n_dims,
                                    const uint64_t *dim, const float *value)
{
    ck_assert_uint_lt(tensors->n, TINY_TENSORS);
    struct tiny_tensor *tensor = &tensors->tensor[tensors->n++];
    *tensor = (struct tiny_tensor){.n_dims = n_dims};
    ck_assert_uint_lt(strlen(name), sizeof tensor->name);
    strcpy(tensor->name, name);
    for (uint32_t i = 0; i < n_dims; i++)
        tensor->dim[i] = dim[i];
    if (value != NULL) {
        tensor->value = malloc(tiny_tensor_count(tensor) * sizeof *value);
        ck_assert_ptr_nonnull(tensor->value);
        memcpy(tensor->value, value, tiny_tensor_count(tensor) * sizeof *value);
    }
    return tensor;
}

/* PREFIX STEM.MEMBER, one value a channel; nothing if there are none. */
static void add_vector(struct tiny_tensors *out, const char *prefix, const char *stem,
                       const char *member, uint64_t n, const float *value)
{
    char name[256];
    snprintf(name, sizeof name, "%s%s.%s", prefix, stem, member);
    if (value != NULL)
        tiny_tensor_add(out, name, 1, &n, value);
}

static void add_layer(struct tiny_tensors *out, const char *prefix, const struct tiny_layer *layer)
{
    char name[256];
    snprintf(name, sizeof name, "%s%s.weight", prefix, layer->name);
    tiny_tensor_add(out, name, layer->n_dims, layer->dim, layer->weight);
    add_vector(out, prefix, layer->name, "bias", layer->c_out, layer->bias);
    add_vector(out, prefix, layer->bn, "weight", layer->c_out, layer->gamma);
    add_vector(out, prefix, layer->bn, "bias", layer->c_out, layer->beta);
    add_vector(out, prefix, layer->bn, "running_mean", layer->c_out, layer->mean);
    add_vector(out, prefix, layer->bn, "running_var", layer->c_out, layer->var);
    snprintf(name, sizeof name, "%s%s.num_batches_tracked", prefix, layer->bn);
    tiny_tensor_add(out, name, 0, NULL, NULL);
}

void tiny_tensors_of(const struct tiny_network *net, const char *prefix, struct tiny_tensors *out)
{
    char name[256];
    const uint64_t head[2] = {net->classes, net->dim};
    out->n = 0;
    for (size_t i = 0; i < net->n_layers; i++)
        add_layer(out, prefix, &net->layer[i]);
    for (uint32_t block = 0; block < net->depth; block++) {
        char norm[32]; /* noise that nobody may read: NaN would show */
        snprintf(norm, sizeof norm, "block.%u.norm1", block);
        add_vector(out, prefix, norm, "weight", net->dim, net->head_weight);
        add_vector(out, prefix, norm, "bias", net->dim, net->head_weight);
    }
    snprintf(name, sizeof name, "%shead.weight", prefix);
    tiny_tensor_add(out, name, 2, head, net->head_weight);
    add_vector(out, prefix, "head", "bias", net->classes, net->head_bias);
}

void tiny_tensors_free(struct tiny_tensors *tensors)
{
    for (size_t i = 0; i < tensors->n; i++)
        free(tensors->tensor[i].value);
    tensors->n = 0;
}

struct tiny_tensor *tiny_tensor_find(struct tiny_tensors *tensors, const char *name)
{
    for (size_t i = 0; i < tensors->n; i++)
        if (strcmp(tensors->tensor[i].name, name) == 0)
            return &tensors->tensor[i];
    ck_abort_msg("the tiny network has no tensor %s", name);
    return NULL;
}

void tiny_tensor_remove(struct tiny_tensors *tensors, const char *name)
{
    struct tiny_tensor *tensor = tiny_tensor_find(tensors, name);
    free(tensor->value);
    *tensor = tensors->tensor[--tensors->n];
}

static void put_header(struct bytes *header, const struct tiny_tensors *tensors)
{
    size_t at = 0;
    bytes_put_text(header, "{");
    for (size_t i = 0; i < tensors->n; i++) {
        const struct tiny_tensor *tensor = &tensors->tensor[i];
        const size_t size = tiny_tensor_count(tensor) * (tensor->value != NULL ? 4 : 8);
        char text[256];
        snprintf(text, sizeof text, "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[", i > 0 ? "," : "",
                 tensor->name, tensor->value != NULL ? "F32" : "I64");
        bytes_put_text(header, text);
        for (uint32_t d = 0; d < tensor->n_dims; d++) {
            snprintf(text, sizeof text, "%s%" PRIu64, d > 0 ? "," : "", tensor->dim[d]);
            bytes_put_text(header, text);
        }
        snprintf(text, sizeof text, "],\"data_offsets\":[%zu,%zu]}", at, at + size);
        bytes_put_text(header, text);
        at += size;
    }
    bytes_put_text(header, "}");
}

static void write_file(const char *path, const struct bytes *content)
{
    FILE *file = fopen(path, "wb");
    ck_assert_msg(file != NULL, "%s: cannot be written", path);
    ck_assert_uint_eq(fwrite(content->data, 1, content->n, file), content->n);
    ck_assert_int_eq(fclose(file), 0);
}

void tiny_write_tensors(const struct tiny_tensors *tensors, const char *path)
{
    struct bytes header = {0}, content = {0};
    put_header(&header, tensors);
    bytes_put_u64(&content, header.n);
    bytes_put(&content, header.data, header.n);
    for (size_t i = 0; i < tensors->n; i++) {
        const struct tiny_tensor *tensor = &tensors->tensor[i];
        for (size_t k = 0; tensor->value == NULL && k < tiny_tensor_count(tensor); k++)
            bytes_put_u64(&content, 7);
        if (tensor->value != NULL)
            bytes_put(&content, tensor->value, tiny_tensor_count(tensor) * sizeof(float));
    }
    write_file(path, &content);
    bytes_free(&header);
    bytes_free(&content);
}

void tiny_write_config(const struct tiny_network *net, const char *path)
{
    struct bytes content = {0};
    char text[512];
    snprintf(text, sizeof text,
             "{\"name\": \"tiny\", \"layout\": \"%s\", \"depth\": %u, \"dim\": %u, \"heads\": %u, "
             "\"mlp_hidden\": %u, \"T\": %u, \"in_channels\": %u, \"image_height\": %u, "
             "\"image_width\": %u, \"classes\": %u, \"v_threshold\": %.9g, "
             "\"attn_v_threshold\": %.9g, \"attn_scale\": %.9g}\n",
             tiny_layout_name(net->layout), net->depth, net->dim, net->heads, net->hidden,
             net->timesteps, net->channels, net->height, net->width, net->classes,
             (double)net->v_threshold, (double)net->attn_v_threshold, (double)net->attn_scale);
    bytes_put_text(&content, text);
    write_file(path, &content);
    bytes_free(&content);
}

void tiny_write_input(const struct tiny_network *net, const char *path)
{
    struct bytes content = {0};
    char frames[16] = "", dictionary[118], line[128];
    if (net->layout == TINY_CIFAR10DVS)
        snprintf(frames, sizeof frames, "%u, ", net->frames);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '<f4', 'fortran_order': False, 'shape': (%u, %s%u, %u, %u), }", net->batch,
             frames, net->channels, net->height, net->width);
    snprintf(line, sizeof line, "%-117s\n", dictionary);
    bytes_put(&content, "\x93NUMPY\x01", 8); /* with the minor version 0 */
    bytes_put_u16(&content, 118);
    bytes_put_text(&content, line);
    bytes_put(&content, net->input, net->n_input * sizeof(float));
    write_file(path, &content);
    bytes_free(&content);
}

void tiny_write(const struct tiny_network *net, const char *dir)
{
    struct tiny_tensors *tensors = calloc(1, sizeof *tensors);
    char path[512];
    ck_assert_ptr_nonnull(tensors);
    tiny_tensors_of(net, "", tensors);
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    tiny_write_tensors(tensors, path);
    snprintf(path, sizeof path, "%s/config.json", dir);
    tiny_write_config(net, path);
    snprintf(path, sizeof path, "%s/input.npy", dir);
    tiny_write_input(net, path);
    tiny_tensors_free(tensors);
    free(tensors);
}
