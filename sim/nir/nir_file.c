#include "sim/nir/nir_file.h"

#include "sim/nir/nir_heap.h"
#include "traces/files/zip_reader.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

int sq_nir_file_open(struct sq_error *err, const char *path, struct sq_hdf5 **out)
{
    H5dont_atexit(); /* of a damaged file it may print that it cannot close */
    return sq_hdf5_open(err, path, out);
}

static int bad(struct sq_error *err, const struct sq_hdf5 *file, const char *object,
               const char *what)
{
    return file->no_memory ? sq_fail(err, SQ_ENOMEM, "%s: out of memory", file->path)
                           : sq_fail(err, SQ_EFORMAT, "%s: %.200s %s", file->path, object, what);
}

struct visit {
    int (*call)(const char *name, void *data);
    void *data;
    int status;
};

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    struct visit *visit = data;
    (void)group;
    (void)info;
    visit->status = visit->call(name, visit->data);
    return visit->status != SQ_OK;
}

int sq_nir_file_each(struct sq_error *err, const struct sq_hdf5 *file, const char *group,
                     int (*call)(const char *name, void *data), void *data)
{
    struct visit visit = {call, data, SQ_OK};
    if (!sq_hdf5_has(file, group) || H5Literate_by_name(file->id, group, H5_INDEX_NAME, H5_ITER_INC,
                                                        NULL, visit_link, &visit, H5P_DEFAULT) < 0)
        return bad(err, file, group, "is missing, or not a group");
    return visit.status;
}

/* Sizes of a dataset's axes; 0: it has too many, or none that is known. */
static bool get_dims(hid_t dataset, struct sq_nir_extent *out)
{
    hsize_t dim[H5S_MAX_RANK];
    const hid_t space = H5Dget_space(dataset);
    const int n_dims = space >= 0 ? H5Sget_simple_extent_dims(space, dim, NULL) : -1;
    const bool is_simple =
        n_dims >= 0 && n_dims <= SQ_NIR_MOST_DIMS && H5Sget_simple_extent_type(space) != H5S_NULL;
    if (space >= 0)
        H5Sclose(space);
    out->n = 1;
    for (int i = 0; is_simple && i < n_dims; i++) {
        out->dim[i] = dim[i];
        if (dim[i] != 0 && out->n > UINT64_MAX / dim[i])
            return false;
        out->n *= dim[i];
    }
    out->n_dims = is_simple ? (uint32_t)n_dims : 0;
    return is_simple;
}

/* Element `number` of a dataset of texts of variable length, which lies in one piece. */
static bool read_variable(const struct sq_hdf5 *file, hid_t dataset, uint64_t number, char *out,
                          size_t size)
{
    size_t of_address = 0, of_size = 0;
    const haddr_t at = H5Dget_offset(dataset);
    const hid_t list = H5Fget_create_plist(file->id);
    const bool is_usual = list >= 0 && H5Pget_sizes(list, &of_address, &of_size) >= 0 &&
                          of_address == 8 && of_size == 8;
    hsize_t before = 0;
    if (list >= 0) {
        H5Pget_userblock(list, &before);
        H5Pclose(list);
    }
    return is_usual && before == 0 && at != HADDR_UNDEF && at <= file->bytes &&
           sq_nir_heap_text(file->path, at + number * SQ_NIR_REFERENCE_BYTES, out, size);
}

/* Of a fixed length. */
static bool read_fixed(hid_t dataset, hid_t type, const hsize_t *at, uint32_t n_dims, char *out,
                       size_t size)
{
    static const hsize_t one[2] = {1, 1};
    const hid_t from = H5Dget_space(dataset), to = H5Screate(H5S_SCALAR);
    const hid_t memory = H5Tcopy(H5T_C_S1);
    const bool is_read =
        from >= 0 && to >= 0 && memory >= 0 && H5Tget_size(type) < size &&
        H5Tset_cset(memory, H5Tget_cset(type)) >= 0 &&
        H5Tset_size(memory, H5Tget_size(type) + 1) >= 0 &&
        (n_dims == 0 || H5Sselect_hyperslab(from, H5S_SELECT_SET, at, NULL, one, NULL) >= 0) &&
        H5Dread(dataset, memory, to, from, H5P_DEFAULT, out) >= 0;
    if (memory >= 0)
        H5Tclose(memory);
    if (to >= 0)
        H5Sclose(to);
    if (from >= 0)
        H5Sclose(from);
    return is_read;
}

/* The text at row at[0], column at[1] of a table of two columns; the only one of a scalar. One at a time: a
 * file may say one long text very often. */
static bool read_text_at(const struct sq_hdf5 *file, hid_t dataset, const hsize_t *at,
                         uint32_t n_dims, char *out, size_t size)
{
    const hid_t type = H5Dget_type(dataset);
    bool is_read = false;
    memset(out, 0, size);
    if (type >= 0 && H5Tget_class(type) == H5T_STRING)
        is_read = H5Tis_variable_str(type) > 0
                      ? read_variable(file, dataset, 2 * at[0] + at[1], out, size)
                      : read_fixed(dataset, type, at, n_dims, out, size);
    if (type >= 0)
        H5Tclose(type);
    return is_read;
}

int sq_nir_file_text(struct sq_error *err, const struct sq_hdf5 *file, const char *path, char *out,
                     size_t size)
{
    const hid_t dataset = sq_hdf5_dataset(file, path);
    struct sq_nir_extent extent = {0};
    const hsize_t first[2] = {0, 0};
    if (dataset < 0)
        return bad(err, file, path, "is missing, or not a dataset of this file");
    const bool is_read = get_dims(dataset, &extent) && extent.n == 1 && extent.n_dims <= 1 &&
                         read_text_at(file, dataset, first, extent.n_dims, out, size);
    H5Dclose(dataset);
    return is_read ? SQ_OK : bad(err, file, path, "is not a text that can be read");
}

int sq_nir_file_rows(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                     uint64_t *n)
{
    const hid_t dataset = sq_hdf5_dataset(file, path);
    struct sq_nir_extent extent = {0};
    if (dataset < 0)
        return bad(err, file, path, "is missing, or not a dataset of this file");
    const bool is_table = get_dims(dataset, &extent) && extent.n_dims == 2 && extent.dim[1] == 2;
    H5Dclose(dataset);
    *n = extent.dim[0];
    return is_table ? SQ_OK : bad(err, file, path, "is not a table of two texts a row");
}

int sq_nir_file_row(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                    uint64_t row, char *first, char *second, size_t size)
{
    const hid_t dataset = sq_hdf5_dataset(file, path);
    const hsize_t at[2][2] = {{row, 0}, {row, 1}};
    if (dataset < 0)
        return bad(err, file, path, "is missing, or not a dataset of this file");
    const bool is_read = read_text_at(file, dataset, at[0], 2, first, size) &&
                         read_text_at(file, dataset, at[1], 2, second, size);
    H5Dclose(dataset);
    return is_read ? SQ_OK : bad(err, file, path, "is not a table of texts that can be read");
}

/* How many times as large as what is stored a dataset can be: filters shrink it, only so far. */
static uint64_t most_inflation(hid_t dataset)
{
    const hid_t list = H5Dget_create_plist(dataset);
    const bool has_filters = list >= 0 && H5Pget_nfilters(list) > 0;
    if (list >= 0)
        H5Pclose(list);
    return has_filters ? SQ_MAX_INFLATION : 1;
}

/* Elements that were never written take no room. */
static bool is_justified(const struct sq_hdf5 *file, hid_t dataset,
                         const struct sq_nir_extent *extent)
{
    const hsize_t stored = H5Dget_storage_size(dataset);
    const hsize_t most = stored < file->bytes ? stored : file->bytes;
    return extent->n == 0 ||
           (most > 0 && (extent->n - 1) / most_inflation(dataset) < most / extent->bytes + 1 &&
            extent->n <= UINT64_MAX / 8);
}

static bool get_type(hid_t dataset, struct sq_nir_extent *out)
{
    const hid_t type = H5Dget_type(dataset);
    const H5T_class_t class = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    out->is_float = class == H5T_FLOAT;
    out->bytes = type >= 0 ? H5Tget_size(type) : 0;
    if (type >= 0)
        H5Tclose(type);
    return (class == H5T_FLOAT || class == H5T_INTEGER) && out->bytes > 0 && out->bytes <= 8;
}

int sq_nir_file_extent(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                       struct sq_nir_extent *out)
{
    const hid_t dataset = sq_hdf5_dataset(file, path);
    *out = (struct sq_nir_extent){0};
    if (dataset < 0)
        return bad(err, file, path, "is missing, or not a dataset of this file");
    const bool is_array = get_dims(dataset, out) && get_type(dataset, out);
    const bool is_small = is_array && is_justified(file, dataset, out);
    H5Dclose(dataset);
    if (!is_array)
        return bad(err, file, path, "is not an array of numbers of at most 8 axes and 64 bits");
    return is_small ? SQ_OK : bad(err, file, path, "claims to be larger than the file can be");
}

static int read_all(struct sq_error *err, const struct sq_hdf5 *file, const char *path, hid_t type,
                    void *out)
{
    const hid_t dataset = sq_hdf5_dataset(file, path);
    const bool is_read =
        dataset >= 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0;
    if (dataset >= 0)
        H5Dclose(dataset);
    return is_read ? SQ_OK : bad(err, file, path, "cannot be read; is the file damaged?");
}

int sq_nir_file_numbers(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                        double *out)
{
    return read_all(err, file, path, H5T_NATIVE_DOUBLE, out);
}

int sq_nir_file_floats(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                       bool is_double, void *out)
{
    return read_all(err, file, path, is_double ? H5T_IEEE_F64LE : H5T_IEEE_F32LE, out);
}
