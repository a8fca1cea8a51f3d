#include "test/support/nir_file.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hid_t text_type(void)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

static void put_texts(hid_t group, const char *name, hid_t space, const void *texts)
{
    const hid_t type = text_type();
    const hid_t set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts), 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Tclose(type);
}

static void put_text(hid_t group, const char *name, const char *text)
{
    put_texts(group, name, H5Screate(H5S_SCALAR), &text);
}

static hid_t open_node(const struct nir_file *nir, const char *name)
{
    const hid_t node = H5Gopen2(nir->nodes, name, H5P_DEFAULT);
    ck_assert_int_ge(node, 0);
    return node;
}

/* An array in place of the one that is there. */
static void put_array(const struct nir_file *nir, const char *name, const char *member, hid_t type,
                      int n_dims, const hsize_t *dims, const void *data)
{
    const hid_t node = open_node(nir, name);
    const hid_t space = n_dims > 0 ? H5Screate_simple(n_dims, dims, NULL) : H5Screate(H5S_SCALAR);
    if (H5Lexists(node, member, H5P_DEFAULT) > 0)
        H5Ldelete(node, member, H5P_DEFAULT);
    const hid_t set = H5Dcreate2(node, member, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Gclose(node);
}

void nir_begin(struct nir_file *nir, const char *path)
{
    *nir = (struct nir_file){.n_edges = 0};
    H5dont_atexit(); /* of files that a test damages it prints that it cannot close them */
    nir->file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    nir->graph = H5Gcreate2(nir->file, "node", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    nir->nodes = H5Gcreate2(nir->graph, "nodes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    put_text(nir->graph, "type", "NIRGraph");
    put_text(nir->file, "version", "1.0");
}

void nir_end(struct nir_file *nir)
{
    const hsize_t dims[2] = {nir->n_edges, 2};
    put_texts(nir->graph, "edges", H5Screate_simple(2, dims, NULL), nir->edge);
    H5Gclose(nir->nodes);
    H5Gclose(nir->graph);
    ck_assert_int_ge(H5Fclose(nir->file), 0);
}

void nir_node(const struct nir_file *nir, const char *name, const char *type)
{
    const hid_t node = H5Gcreate2(nir->nodes, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    put_text(node, "type", type);
    H5Gclose(node);
}

static int count_dims(const hsize_t *dims, size_t *n)
{
    int n_dims = 0;
    for (*n = 1; dims[n_dims] != 0; n_dims++)
        *n *= (size_t)dims[n_dims];
    return n_dims;
}

void nir_fill(const struct nir_file *nir, const char *node, const char *member, float value,
              const hsize_t *dims)
{
    size_t n;
    const int n_dims = count_dims(dims, &n);
    float *data = malloc(n * sizeof *data);
    for (size_t i = 0; i < n; i++)
        data[i] = value;
    put_array(nir, node, member, H5T_IEEE_F32LE, n_dims, dims, data);
    free(data);
}

static void put_doubles(const struct nir_file *nir, const char *node, const char *member,
                        double first, double step, size_t (*nth)(size_t i), const hsize_t *dims)
{
    size_t n;
    const int n_dims = count_dims(dims, &n);
    double *data = malloc(n * sizeof *data);
    for (size_t i = 0; i < n; i++)
        data[i] = first + step * (double)nth(i);
    put_array(nir, node, member, H5T_IEEE_F64LE, n_dims, dims, data);
    free(data);
}

static size_t same(size_t i)
{
    return i;
}

static size_t mixed(size_t i)
{
    return i * 37 % 61;
}

void nir_ramp(const struct nir_file *nir, const char *node, const char *member, double first,
              double step, const hsize_t *dims)
{
    put_doubles(nir, node, member, first, step, same, dims);
}

void nir_wave(const struct nir_file *nir, const char *node, const char *member, double first,
              double step, const hsize_t *dims)
{
    put_doubles(nir, node, member, first, step, mixed, dims);
}

void nir_whole(const struct nir_file *nir, const char *node, const char *member, int64_t a,
               int64_t b)
{
    const int64_t number[2] = {a, b};
    put_array(nir, node, member, H5T_STD_I64LE, 1, NIR_DIMS(2), number);
}

void nir_shape(const struct nir_file *nir, const char *node, int64_t channels)
{
    put_array(nir, node, "shape", H5T_STD_I64LE, 1, NIR_DIMS(1), &channels);
}

void nir_remove(const struct nir_file *nir, const char *node, const char *member)
{
    char path[128];
    snprintf(path, sizeof path, "%s%s%s", node, member != NULL ? "/" : "",
             member != NULL ? member : "");
    ck_assert_int_ge(H5Ldelete(nir->nodes, path, H5P_DEFAULT), 0);
}

void nir_edge(struct nir_file *nir, const char *from, const char *to)
{
    ck_assert_uint_lt(nir->n_edges, NIR_EDGES);
    nir->edge[nir->n_edges][0] = from;
    nir->edge[nir->n_edges++][1] = to;
}

void nir_input(const struct nir_file *nir, hsize_t channels, hsize_t height, hsize_t width)
{
    const int64_t shape[3] = {(int64_t)channels, (int64_t)height, (int64_t)width};
    nir_node(nir, "input", "Input");
    put_array(nir, "input", "shape", H5T_STD_I64LE, 1, NIR_DIMS(3), shape);
}

void nir_conv(const struct nir_file *nir, const char *name, hsize_t out, hsize_t in, hsize_t kernel,
              int64_t stride, int64_t padding)
{
    const int64_t groups = 1;
    nir_node(nir, name, "Conv2d");
    nir_wave(nir, name, "weight", -0.5, 0.015625, NIR_DIMS(out, in, kernel, kernel));
    nir_fill(nir, name, "bias", 0.25F, NIR_DIMS(out));
    nir_whole(nir, name, "stride", stride, stride);
    nir_whole(nir, name, "padding", padding, padding);
    nir_whole(nir, name, "dilation", 1, 1);
    put_array(nir, name, "groups", H5T_STD_I64LE, 0, NULL, &groups);
}

void nir_affine(const struct nir_file *nir, const char *name, hsize_t out, hsize_t in)
{
    nir_node(nir, name, "Affine");
    nir_wave(nir, name, "weight", -0.234375, 0.0078125, NIR_DIMS(out, in));
    nir_fill(nir, name, "bias", 0.125F, NIR_DIMS(out));
}

void nir_neurons(const struct nir_file *nir, const char *name, const char *type,
                 const hsize_t *dims)
{
    nir_node(nir, name, type);
    nir_fill(nir, name, "r", 1, dims);
    nir_fill(nir, name, "v_threshold", 1, dims);
    nir_fill(nir, name, "v_reset", 0, dims);
    if (strcmp(type, "LIF") != 0)
        return;
    nir_fill(nir, name, "tau", 0.0025F, dims);
    nir_fill(nir, name, "v_leak", 0, dims);
}

void nir_pool(const struct nir_file *nir, const char *name, const char *type, int64_t kernel)
{
    nir_node(nir, name, type);
    nir_whole(nir, name, "kernel_size", kernel, kernel);
    nir_whole(nir, name, "stride", kernel, kernel);
    nir_whole(nir, name, "padding", 0, 0);
}

void nir_small(struct nir_file *nir, const char *path, const char *type)
{
    static const char *const name[] = {"input", "conv",   "conv.n", "pool",
                                       "flat",  "affine", "last.n", "output"};
    nir_begin(nir, path);
    nir_input(nir, 2, 8, 8);
    nir_conv(nir, "conv", 4, 2, 3, 1, 1);
    nir_neurons(nir, "conv.n", type, NIR_DIMS(4, 8, 8));
    nir_pool(nir, "pool", "SumPool2d", 2);
    nir_node(nir, "flat", "Flatten");
    nir_whole(nir, "flat", "start_dim", 0, 0);
    nir_whole(nir, "flat", "end_dim", -1, -1);
    nir_affine(nir, "affine", 3, 64);
    nir_neurons(nir, "last.n", type, NIR_DIMS(3));
    nir_node(nir, "output", "Output");
    for (size_t i = 0; i + 1 < sizeof name / sizeof *name; i++)
        nir_edge(nir, name[i], name[i + 1]);
}
