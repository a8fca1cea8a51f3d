#include "sim/nir/nir.h"

#include "sim/nir/nir_graph.h"
#include "traces/files/whole_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

bool sq_nir_looks_so(const unsigned char *head, size_t n)
{
    return n >= sizeof signature && memcmp(head, signature, sizeof signature) == 0;
}

/* Is its top a graph, whatever it holds? */
static bool holds_graph(const struct sq_hdf5 *file)
{
    char type[16];
    return sq_hdf5_has(file, "/node/nodes") &&
           sq_nir_file_text(NULL, file, "/node/type", type, sizeof type) == SQ_OK &&
           strcmp(type, "NIRGraph") == 0;
}

bool sq_nir_is_one(const char *path)
{
    char head[sizeof signature];
    struct sq_hdf5 *file = NULL;
    if (!sq_file_is_regular(path) ||
        !sq_nir_looks_so((const unsigned char *)head, sq_file_head(path, head, sizeof head)) ||
        sq_nir_file_open(NULL, path, &file) != SQ_OK)
        return false;
    const bool is = holds_graph(file);
    sq_hdf5_close(file);
    return is;
}

/* "0.2.0"; files without it are read all the same. */
static void read_version(const struct sq_hdf5 *file, struct sq_nir *nir)
{
    if (!sq_hdf5_has(file, "/version") ||
        sq_nir_file_text(NULL, file, "/version", nir->version, sizeof nir->version) != SQ_OK)
        nir->version[0] = '\0';
    for (char *c = nir->version; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

static int read_graph(struct sq_error *err, const struct sq_hdf5 *file, struct sq_nir *nir)
{
    int status = sq_hdf5_check(err, file);
    if (status == SQ_OK && !holds_graph(file))
        status =
            sq_fail(err, SQ_EFORMAT,
                    "%s: is an HDF5 file without a NIR graph (/node/type \"NIRGraph\")", nir->path);
    if (status == SQ_OK)
        status = sq_nir_read_nodes(err, file, nir);
    if (status == SQ_OK)
        status = sq_nir_read_edges(err, file, nir);
    if (status == SQ_OK)
        status = sq_nir_find_shapes(err, nir);
    if (status == SQ_OK)
        read_version(file, nir);
    return status;
}

int sq_nir_open(struct sq_error *err, const char *path, struct sq_nir **out)
{
    struct sq_hdf5 *file = NULL;
    struct sq_nir *nir = calloc(1, sizeof *nir);
    if (nir == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    nir->path = path;
    int status = sq_nir_file_open(err, path, &file);
    if (status == SQ_OK)
        status = read_graph(err, file, nir);
    sq_hdf5_close(file);
    if (status == SQ_OK)
        *out = nir;
    else
        sq_nir_close(nir);
    return status;
}

void sq_nir_close(struct sq_nir *nir)
{
    if (nir == NULL)
        return;
    free(nir->node);
    free(nir->source);
    free(nir->target);
    free(nir->order);
    free(nir->tensor);
    free(nir);
}

const struct sq_nir_tensor *sq_nir_tensor(const struct sq_nir *nir, size_t i)
{
    return i < nir->n_tensors ? &nir->tensor[i] : NULL;
}

int sq_nir_read(struct sq_error *err, const char *path, const struct sq_nir_tensor *tensor,
                void *out)
{
    struct sq_hdf5 *file = NULL;
    struct sq_nir_extent extent;
    char where[SQ_NIR_PATH];
    const char *dot = strrchr(tensor->name, '.');
    snprintf(where, sizeof where, "/node/nodes/%.*s/%s", (int)(dot - tensor->name), tensor->name,
             dot + 1);
    int status = sq_nir_file_open(err, path, &file);
    if (status != SQ_OK)
        return status;
    status = sq_nir_file_extent(err, file, where, &extent);
    if (status == SQ_OK && extent.n != tensor->n_elements)
        status = sq_fail(err, SQ_EFORMAT, "%s: %s changed while it was read", path, where);
    if (status == SQ_OK)
        status = sq_nir_file_floats(err, file, where, tensor->is_double, out);
    sq_hdf5_close(file);
    return status;
}
