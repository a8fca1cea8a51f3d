#include "traces/import/hdf5_file.h"

#include "traces/files/hdf5_open.h"
#include "traces/files/zip_reader.h"

#include <float.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

static int bad(struct sq_error *err, const struct sq_hdf5 *file, const char *object,
               const char *what)
{
    return sq_fail(err, SQ_EFORMAT, "%s: %.300s %s", file->path, object, what);
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

int sq_hdf5_each(struct sq_error *err, struct sq_hdf5 *file, const char *group,
                 int (*call)(const char *name, void *data), void *data)
{
    struct visit visit = {call, data, SQ_OK};
    if (!sq_hdf5_has(file, group) || H5Literate_by_name(file->id, group, H5_INDEX_NAME, H5_ITER_INC,
                                                        NULL, visit_link, &visit, H5P_DEFAULT) < 0)
        return bad(err, file, group, "is missing, or not a group; is this a SONATA spike file?");
    return visit.status;
}

static int is_number(hid_t dataset)
{
    const hid_t type = H5Dget_type(dataset);
    const H5T_class_t class = H5Tget_class(type);
    H5Tclose(type);
    return class == H5T_INTEGER || class == H5T_FLOAT;
}

/* Elements of an open dataset; 0 if it is not one-dimensional numbers. */
static int count(hid_t dataset, uint64_t *n)
{
    hsize_t size = 0;
    const hid_t space = H5Dget_space(dataset);
    const int is_line = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 &&
                        H5Sget_simple_extent_dims(space, &size, NULL) == 1;
    if (space >= 0)
        H5Sclose(space);
    *n = size;
    return is_line && is_number(dataset);
}

int sq_hdf5_count(struct sq_error *err, struct sq_hdf5 *file, const char *name, uint64_t *n)
{
    const hid_t dataset = sq_hdf5_dataset(file, name);
    if (dataset < 0)
        return bad(err, file, name, "is missing, or not a dataset");
    const int is_line = count(dataset, n);
    H5Dclose(dataset);
    if (!is_line)
        return bad(err, file, name, "is not a one-dimensional dataset of numbers");
    if (*n / SQ_MAX_INFLATION > file->bytes)
        return bad(err, file, name, "claims to be larger than the file can be");
    return SQ_OK;
}

unsigned sq_hdf5_precision(struct sq_hdf5 *file, const char *name)
{
    size_t sign, exponent, exponent_bits, first, bits = DBL_MANT_DIG - 1;
    const hid_t dataset = sq_hdf5_dataset(file, name);
    if (dataset < 0)
        return DBL_MANT_DIG;
    const hid_t type = H5Dget_type(dataset);
    if (H5Tget_class(type) == H5T_FLOAT)
        H5Tget_fields(type, &sign, &exponent, &exponent_bits, &first, &bits);
    H5Tclose(type);
    H5Dclose(dataset);
    return bits < DBL_MANT_DIG - 1 ? (unsigned)bits + 1 : DBL_MANT_DIG;
}

static int read_part(struct sq_error *err, struct sq_hdf5 *file, const char *name, hid_t type,
                     uint64_t first, size_t n, void *out)
{
    const hsize_t start = first, size = n;
    const hid_t dataset = sq_hdf5_dataset(file, name);
    const hid_t from = dataset >= 0 ? H5Dget_space(dataset) : -1;
    const hid_t to = H5Screate_simple(1, &size, NULL);
    const int is_read = from >= 0 && to >= 0 &&
                        H5Sselect_hyperslab(from, H5S_SELECT_SET, &start, NULL, &size, NULL) >= 0 &&
                        H5Dread(dataset, type, to, from, H5P_DEFAULT, out) >= 0;
    if (to >= 0)
        H5Sclose(to);
    if (from >= 0)
        H5Sclose(from);
    if (dataset >= 0)
        H5Dclose(dataset);
    return is_read ? SQ_OK : bad(err, file, name, "cannot be read; is the file damaged?");
}

int sq_hdf5_read_f64(struct sq_error *err, struct sq_hdf5 *file, const char *dataset,
                     uint64_t first, size_t n, double *out)
{
    return read_part(err, file, dataset, H5T_NATIVE_DOUBLE, first, n, out);
}

int sq_hdf5_read_i64(struct sq_error *err, struct sq_hdf5 *file, const char *dataset,
                     uint64_t first, size_t n, int64_t *out)
{
    return read_part(err, file, dataset, H5T_NATIVE_INT64, first, n, out);
}

/* Text of fixed or variable length, as both are written. */
static void read_text(hid_t attribute, char *out, size_t size)
{
    const hid_t type = H5Aget_type(attribute);
    const hid_t memory = H5Tcopy(H5T_C_S1);
    char *text = NULL;
    if (H5Tget_class(type) == H5T_STRING && H5Tset_cset(memory, H5Tget_cset(type)) >= 0) {
        if (H5Tis_variable_str(type) > 0) {
            H5Tset_size(memory, H5T_VARIABLE);
            if (H5Aread(attribute, memory, &text) >= 0 && text != NULL) {
                strncat(out, text, size - 1);
                H5free_memory(text);
            }
        } else if (H5Tget_size(type) < size && H5Tset_size(memory, H5Tget_size(type) + 1) >= 0 &&
                   H5Aread(attribute, memory, out) < 0) {
            out[0] = '\0';
        }
    }
    H5Tclose(memory);
    H5Tclose(type);
}

/* An attribute of at most `room` elements, and how many it has; an id below zero if it is
 * not there. */
static hid_t open_attribute(struct sq_hdf5 *file, const char *object, const char *name, size_t room,
                            size_t *n)
{
    if (!sq_hdf5_has(file, object) || H5Aexists_by_name(file->id, object, name, H5P_DEFAULT) <= 0)
        return -1;
    const hid_t attribute = H5Aopen_by_name(file->id, object, name, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    const hssize_t found = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    if (space >= 0)
        H5Sclose(space);
    if (found > 0 && (size_t)found <= room) {
        *n = (size_t)found;
        return attribute;
    }
    if (attribute >= 0)
        H5Aclose(attribute);
    return -1;
}

void sq_hdf5_text(struct sq_hdf5 *file, const char *object, const char *name, char *out,
                  size_t size)
{
    size_t n;
    const hid_t attribute = open_attribute(file, object, name, 1, &n);
    memset(out, 0, size);
    if (attribute < 0)
        return;
    read_text(attribute, out, size);
    H5Aclose(attribute);
}

size_t sq_hdf5_numbers(struct sq_hdf5 *file, const char *object, const char *name, uint64_t *out,
                       size_t room)
{
    size_t n = 0;
    const hid_t attribute = open_attribute(file, object, name, room, &n);
    if (attribute < 0)
        return 0;
    const hid_t type = H5Aget_type(attribute);
    if (H5Tget_class(type) != H5T_INTEGER || H5Aread(attribute, H5T_NATIVE_UINT64, out) < 0)
        n = 0;
    H5Tclose(type);
    H5Aclose(attribute);
    return n;
}
