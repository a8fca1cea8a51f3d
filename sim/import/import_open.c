/* Opening the source of an import. */
#include "sim/import/import.h"
#include "sim/import/prosperity.h"
#include "sim/record/trace_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sizes of event lists that are known beforehand. */
struct sizes {
    struct sq_recording_size *size;
    size_t n;
};

/* "NAME=N" */
static int parse_size(struct sq_import *import, const char *text, struct sq_recording_size *size)
{
    const char *equals = strrchr(text, '=');
    char *name = sq_arena_strdup(&import->arena, text), *end = NULL;
    if (name == NULL)
        return sq_fail(import->err, SQ_ENOMEM, "out of memory");
    if (equals != NULL && equals != text && equals[1] >= '0' && equals[1] <= '9') {
        errno = 0;
        size->neurons = strtoull(equals + 1, &end, 10);
    }
    if (end == NULL || *end != '\0' || errno != 0 || size->neurons == 0 ||
        size->neurons > SQ_TRACE_MAX_NEURONS)
        return sq_fail(import->err, SQ_EUSAGE, SQ_OPT "neurons %s: expected NAME=N, N from 1 to %d",
                       text, SQ_TRACE_MAX_NEURONS);
    name[equals - text] = '\0';
    size->name = name;
    return SQ_OK;
}

static int sizes_by_options(struct sq_import *import, struct sizes *sizes)
{
    const struct sq_import_choices *options = import->options;
    int status = SQ_OK;
    sizes->n = options->n_neurons;
    sizes->size = sq_arena_alloc(&import->arena, sizes->n, sizeof *sizes->size);
    if (sizes->size == NULL)
        return sq_fail(import->err, SQ_ENOMEM, "out of memory");
    for (size_t i = 0; status == SQ_OK && i < sizes->n; i++)
        status = parse_size(import, options->neurons[i], &sizes->size[i]);
    return status;
}

static int sizes_by_network(struct sq_import *import, struct sizes *sizes)
{
    const struct sq_network *network = import->network;
    if (import->options->n_neurons > 0)
        return sq_fail(import->err, SQ_EUSAGE, SQ_OPT "neurons: the configuration gives the sizes");
    sizes->size = sq_arena_alloc(&import->arena, network->n_nodes, sizeof *sizes->size);
    if (sizes->size == NULL)
        return sq_fail(import->err, SQ_ENOMEM, "out of memory");
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (sq_trace_may_hold(network, node))
            sizes->size[sizes->n++] = (struct sq_recording_size){
                node->name, (uint64_t)node->shape.n_rows * node->shape.n_channels,
                node->kind == SQ_NODE_INPUT};
    }
    return SQ_OK;
}

static int find_format(struct sq_import *import, enum sq_recording_format *format)
{
    const char *name = import->options->format;
    struct sq_error unused = {0};
    const int found = name != NULL ? sq_recording_format_find(name) : 0;
    if (found < 0)
        return sq_fail(import->err, SQ_EUSAGE,
                       SQ_OPT "format %s: expected npz, npy, sonata, csv, bs1 or prosperity", name);
    /* Asked in any case: what cannot be opened is reported here, and a pipe is never waited for. */
    const int status = sq_recording_format_of(name != NULL ? &unused : import->err,
                                              import->options->source, format);
    if (name == NULL)
        return status;
    *format = (enum sq_recording_format)found;
    return status == SQ_EIO ? sq_fail(import->err, status, "%s", unused.text) : SQ_OK;
}

/* Options that only some formats have. */
static int check_options(struct sq_import *import, enum sq_recording_format format)
{
    const struct sq_import_choices *options = import->options;
    const int has_times = format == SQ_RECORDING_SONATA || format == SQ_RECORDING_SLAYER;
    const int is_list = has_times || format == SQ_RECORDING_CSV;
    if (options->dt_ms != 0 && !has_times)
        return sq_fail(import->err, SQ_EUSAGE,
                       SQ_OPT "dt: only SONATA and SLAYER files have times");
    if (options->population != NULL && format != SQ_RECORDING_RASTER &&
        format != SQ_RECORDING_SLAYER)
        return sq_fail(import->err, SQ_EUSAGE,
                       SQ_OPT "population: %s already names its populations", options->source);
    if (options->population == NULL && format == SQ_RECORDING_RASTER)
        return sq_fail(import->err, SQ_EUSAGE,
                       "%s: is one .npy array; " SQ_OPT
                       "population NAME says which neurons these are (or put it into a folder, "
                       "named <population>.npy)",
                       options->source);
    if (options->transpose && format != SQ_RECORDING_RASTER)
        return sq_fail(import->err, SQ_EUSAGE,
                       SQ_OPT "transpose: only one .npy array may be [N,T] instead of [T,N]");
    if (options->n_neurons > 0 && !is_list)
        return sq_fail(import->err, SQ_EUSAGE, SQ_OPT "neurons: the arrays of %s have shapes",
                       options->source);
    return SQ_OK;
}

/* Sizes for names that do not occur are typing errors. */
static int check_sizes(struct sq_import *import, const struct sizes *sizes)
{
    size_t index;
    for (size_t i = 0; import->network == NULL && i < sizes->n; i++)
        if (!sq_recording_find(import->recording, sizes->size[i].name, &index))
            return sq_fail(import->err, SQ_EUSAGE, SQ_OPT "neurons %s: %s has no such population",
                           sizes->size[i].name, import->options->source);
    return SQ_OK;
}

int sq_import_open(struct sq_import *import)
{
    const struct sq_import_choices *options = import->options;
    struct sizes sizes = {NULL, 0};
    enum sq_recording_format format;
    int status = find_format(import, &format);
    if (status == SQ_OK)
        status = check_options(import, format);
    if (status == SQ_OK)
        status = import->network != NULL ? sizes_by_network(import, &sizes)
                                         : sizes_by_options(import, &sizes);
    if (status != SQ_OK)
        return status;
    const struct sq_recording_want want = {
        .dt_ms = options->dt_ms > 0 ? options->dt_ms : 1,
        .population = options->population,
        .is_transposed = options->transpose,
        .timesteps = import->network != NULL ? import->network->config.timesteps : 0,
        .n_sizes = sizes.n,
        .sizes = sizes.size,
        .closed = import->network != NULL};
    status =
        format == SQ_RECORDING_PROSPERITY
            ? sq_prosperity_open(import->err, options->source, &import->recording)
            : sq_recording_open(import->err, options->source, format, &want, &import->recording);
    return status == SQ_OK ? check_sizes(import, &sizes) : status;
}
