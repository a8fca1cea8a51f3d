#include "sim/config/config_write.h"
#include "sim/json/json.h"
#include "sim/network/fixed_file.h"
#include "sim/network/fold.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_VERSION = 1, N_SETTINGS = 7, HEADER_ALIGN = 8 };

/* A file on its way: its header so far, and how much data the header has promised. Tensors come
 * twice in the same order: first into the header, then, when it is written, as data. */
struct writer {
    const struct sq_network *network;
    FILE *file; /* NULL while the header is made */
    cJSON *header;
    uint64_t at;
};

/* A number of `bytes` bytes, little-endian. */
static void put(const struct writer *writer, uint64_t bits, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        putc((int)(bits >> (8 * i) & 0xff), writer->file);
}

static void put_f32(const struct writer *writer, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(writer, bits, sizeof bits);
}

static void put_f64(const struct writer *writer, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(writer, bits, sizeof bits);
}

/* Does the tensor's data come now? Else its entry was made. */
static int begins(struct writer *writer, const char *stem, const char *member, const char *dtype,
                  size_t bytes, const uint64_t *dim, uint32_t n_dims)
{
    char name[SQ_NAME_BYTES + 16];
    if (writer->file != NULL)
        return 1;
    uint64_t size = bytes;
    snprintf(name, sizeof name, "%s%s%s", stem, member[0] != '\0' ? "." : "", member);
    cJSON *entry = sq_json_add_object(writer->header, name);
    sq_json_add_text(entry, "dtype", dtype);
    cJSON *shape = sq_json_add_array(entry, "shape");
    for (uint32_t i = 0; i < n_dims; i++) {
        sq_json_append(shape, cJSON_CreateNumber((double)dim[i]));
        size *= dim[i];
    }
    cJSON *offsets = sq_json_add_array(entry, "data_offsets");
    sq_json_append(offsets, cJSON_CreateNumber((double)writer->at));
    sq_json_append(offsets, cJSON_CreateNumber((double)(writer->at + size)));
    writer->at += size;
    return 0;
}

static void write_settings(struct writer *writer)
{
    const struct sq_fixed_settings *s = &writer->network->fixed;
    const uint64_t dim = N_SETTINGS;
    const double value[N_SETTINGS] = {FILE_VERSION,     s->weight_bits, s->by_layer, s->rounding,
                                      s->membrane_bits, s->pixel_bits,  s->pixel_max};
    if (begins(writer, "spikeq", "fixed", "F64", sizeof(double), &dim, 1))
        for (size_t i = 0; i < N_SETTINGS; i++)
            put_f64(writer, value[i]);
}

/* The integer of weight row i, output o. */
static int64_t weight_of(const struct sq_node *node, size_t i, size_t o)
{
    const size_t at = (size_t)(sq_packed_at(node->synapse, i, o) - node->synapse->weight);
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
    if (!begins(writer, synapse->name, "weight", bytes == 1 ? "I8" : "I16", bytes, dim, n_dims))
        return;
    for (size_t o = 0; o < synapse->n_out; o++)
        for (size_t c = 0; c < c_in; c++)
            for (size_t tap = 0; tap < n_taps; tap++)
                put(writer, (uint64_t)weight_of(node, tap * c_in + c, o), bytes);
}

static void write_bias(struct writer *writer, const struct sq_node *node)
{
    const uint64_t n = node->synapse->n_out;
    if (begins(writer, node->synapse->name, "bias", "I32", 4, &n, 1))
        for (size_t o = 0; o < n; o++)
            put(writer, (uint64_t)(int64_t)node->fixed->bias[o], 4);
}

static void write_scales(struct writer *writer, const struct sq_node *node)
{
    const uint64_t n = node->synapse->n_out, one = 1;
    if (begins(writer, node->synapse->name, "exponent", "I8", 1, &n, 1))
        for (size_t o = 0; o < n; o++)
            put(writer, (uint64_t)(int64_t)node->fixed->exponent[o], 1);
    if (node->stream == NULL && begins(writer, node->synapse->name, "guard", "I8", 1, &one, 1))
        put(writer, node->fixed->guard_bits, 1);
    if (node->stream != NULL && begins(writer, node->synapse->name, "stream", "I8", 1, &one, 1))
        put(writer, (uint64_t)(int64_t)node->stream->exponent, 1);
}

static void write_head(struct writer *writer)
{
    const struct sq_synapse *head = &writer->network->head;
    if (head->layer == NULL)
        return;
    const uint64_t dim[2] = {head->n_out, head->n_in};
    if (begins(writer, writer->network->head.name, "weight", "F32", 4, dim, 2))
        for (size_t o = 0; o < head->n_out; o++)
            for (size_t i = 0; i < head->n_in; i++)
                put_f32(writer, *sq_packed_at(head, i, o));
    if (begins(writer, writer->network->head.name, "bias", "F32", 4, dim, 1))
        for (size_t o = 0; o < head->n_out; o++)
            put_f32(writer, head->bias[o]);
}

/* What was kept of the trained checkpoint as it is. */
static void write_kept(struct writer *writer, const struct sq_kept *kept)
{
    if (begins(writer, kept->name, "", "F32", 4, kept->dim, kept->n_dims))
        for (uint64_t i = 0; i < kept->n_elements; i++)
            put_f32(writer, kept->value[i]);
}

/* All tensors: entries, or data. Wide elements first, so that all are aligned. */
static void write_tensors(struct writer *writer)
{
    static void (*const write[])(struct writer *,
                                 const struct sq_node *) = {write_bias, write_weight, write_scales};
    write_settings(writer);
    write_head(writer);
    for (size_t i = 0; i < writer->network->n_kept; i++)
        write_kept(writer, &writer->network->kept[i]);
    for (size_t part = 0; part < sizeof write / sizeof write[0]; part++)
        for (size_t i = 0; i < writer->network->n_nodes; i++)
            if (writer->network->node[i].synapse != NULL)
                write[part](writer, &writer->network->node[i]);
}

static void add_metadata(struct writer *writer)
{
    const struct sq_network *network = writer->network;
    cJSON *metadata = sq_json_add_object(writer->header, "__metadata__");
    cJSON *config = sq_config_to_json(&network->config);
    char *text = sq_json_print_line(config);
    sq_json_add_text(metadata, "format", "spikeq fixed point, version 1");
    sq_json_add_text(metadata, "arith", network->arith);
    sq_json_add_text(metadata, "model_sha256", network->model_digest);
    sq_json_add_text(metadata, "config", text);
    free(text);
    cJSON_Delete(config);
}

/* The header as text, padded with spaces; NULL: out of memory. */
static char *make_header(struct writer *writer, size_t *n)
{
    writer->header = cJSON_CreateObject();
    add_metadata(writer);
    write_tensors(writer);
    char *text = sq_json_print_line(writer->header);
    cJSON_Delete(writer->header);
    if (text == NULL)
        return NULL;
    const size_t length = strlen(text);
    *n = (length + HEADER_ALIGN - 1) / HEADER_ALIGN * HEADER_ALIGN;
    char *padded = realloc(text, *n + 1);
    if (padded == NULL)
        free(text);
    else
        memset(padded + length, ' ', *n - length);
    return padded;
}

static int refused(struct sq_error *err, const char *path)
{
    return sq_fail(err, SQ_EIO, "%s: cannot be written: %s", path, strerror(errno));
}

/* Everything into `partial`, which is removed again where that fails. */
static int write_partial(struct sq_error *err, struct writer *writer, const char *partial,
                         const char *header, size_t n)
{
    writer->file = fopen(partial, "wb");
    if (writer->file == NULL)
        return refused(err, partial);
    put(writer, n, 8);
    fwrite(header, 1, n, writer->file);
    write_tensors(writer);
    int failed = fflush(writer->file) == EOF || ferror(writer->file);
    const int status = failed ? refused(err, partial) : SQ_OK;
    failed = fclose(writer->file) == EOF;
    if (status != SQ_OK || failed)
        unlink(partial);
    return status == SQ_OK && failed ? refused(err, partial) : status;
}

/* May the new file take the place of what is there? A device or a link must stay what it is. */
static int check_place(struct sq_error *err, const char *path, int replace)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return SQ_OK;
    if (!S_ISREG(status.st_mode))
        return sq_fail(err, SQ_EUSAGE, "%s: is not a regular file, and is left as it is", path);
    return replace ? SQ_OK
                   : sq_fail(err, SQ_EUSAGE, "%s: exists; " SQ_OPT "force replaces it", path);
}

int sq_fixed_file_write(struct sq_error *err, const struct sq_network *network, const char *path,
                        int replace)
{
    struct writer writer = {.network = network};
    char partial[4096];
    size_t n;
    if (snprintf(partial, sizeof partial, "%s.partial", path) >= (int)sizeof partial)
        return sq_fail(err, SQ_EUSAGE, "%.64s...: the name is too long", path);
    int rc = check_place(err, path, replace);
    if (rc != SQ_OK)
        return rc;
    char *header = make_header(&writer, &n);
    if (header == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    rc = write_partial(err, &writer, partial, header, n);
    free(header);
    if (rc == SQ_OK && rename(partial, path) != 0) {
        rc = refused(err, path);
        unlink(partial);
    }
    return rc;
}
