#include "traces/export/hdf5_columns.h"

#include <string.h>

hid_t sq_hdf5_group(hid_t parent, const char *name)
{
    return H5Gcreate2(parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
}

/* Create and write an attribute; takes `space`, and is negative if one of its handles is. */
static int put_attribute(hid_t object, const char *name, hid_t type, hid_t space, const void *value)
{
    const hid_t made = type < 0 || space < 0
                           ? -1
                           : H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    int status = made < 0 ? -1 : H5Awrite(made, type, value);
    if (made >= 0 && H5Aclose(made) < 0)
        status = -1;
    if (space >= 0)
        H5Sclose(space);
    return status;
}

int sq_hdf5_put_text(hid_t object, const char *name, const char *text)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    int status = type < 0 ? -1 : H5Tset_size(type, H5T_VARIABLE);
    if (status >= 0)
        status = H5Tset_cset(type, H5T_CSET_UTF8);
    if (status >= 0)
        status = put_attribute(object, name, type, H5Screate(H5S_SCALAR), &text);
    if (type >= 0)
        H5Tclose(type);
    return status;
}

int sq_hdf5_put_numbers(hid_t object, const char *name, const uint64_t *number, size_t n)
{
    const hsize_t size = n;
    return put_attribute(object, name, H5T_NATIVE_UINT64,
                         n == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &size, NULL), number);
}

int sq_hdf5_put_sorting(hid_t group)
{
    static const struct {
        const char *name;
        uint8_t value;
    } sorting[] = {{"none", 0}, {"by_id", 1}, {"by_time", 2}};
    const hid_t type = H5Tenum_create(H5T_STD_U8LE);
    int status = type < 0 ? -1 : 0;
    for (size_t i = 0; status >= 0 && i < sizeof sorting / sizeof sorting[0]; i++)
        status = H5Tenum_insert(type, sorting[i].name, &sorting[i].value);
    if (status >= 0)
        status = put_attribute(group, "sorting", type, H5Screate(H5S_SCALAR), &sorting[2].value);
    if (type >= 0)
        H5Tclose(type);
    return status;
}

/* Unlimited compressed chunks, without the time of creation. */
static hid_t growing(void)
{
    const hsize_t chunk = SQ_HDF5_CHUNK;
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (list >= 0 && (H5Pset_chunk(list, 1, &chunk) < 0 || H5Pset_shuffle(list) < 0 ||
                      H5Pset_deflate(list, 1) < 0 || H5Pset_obj_track_times(list, 0) < 0)) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

int sq_hdf5_column_begin(struct sq_hdf5_column *column, hid_t parent, const char *name, int is_real)
{
    const hsize_t none = 0, any = H5S_UNLIMITED;
    const hid_t space = H5Screate_simple(1, &none, &any), list = growing();
    column->n = 0;
    column->n_held = 0;
    column->type = is_real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_UINT64;
    column->dataset = space < 0 || list < 0
                          ? -1
                          : H5Dcreate2(parent, name, is_real ? H5T_IEEE_F64LE : H5T_STD_U64LE,
                                       space, H5P_DEFAULT, list, H5P_DEFAULT);
    if (space >= 0)
        H5Sclose(space);
    if (list >= 0)
        H5Pclose(list);
    return column->dataset < 0 ? -1 : 0;
}

int sq_hdf5_column_flush(struct sq_hdf5_column *column)
{
    const hsize_t from = column->n, count = column->n_held, all = from + count;
    if (count == 0)
        return 0;
    if (H5Dset_extent(column->dataset, &all) < 0)
        return -1;
    const hid_t file = H5Dget_space(column->dataset), memory = H5Screate_simple(1, &count, NULL);
    int status = file < 0 || memory < 0 ? -1 : 0;
    if (status >= 0)
        status = H5Sselect_hyperslab(file, H5S_SELECT_SET, &from, NULL, &count, NULL);
    if (status >= 0)
        status = H5Dwrite(column->dataset, column->type, memory, file, H5P_DEFAULT, &column->held);
    if (file >= 0)
        H5Sclose(file);
    if (memory >= 0)
        H5Sclose(memory);
    column->n = all;
    column->n_held = 0;
    return status;
}

int sq_hdf5_column_end(struct sq_hdf5_column *column, int status)
{
    if (column->dataset < 0)
        return -1;
    if (status >= 0)
        status = sq_hdf5_column_flush(column);
    return H5Dclose(column->dataset) < 0 ? -1 : status;
}
