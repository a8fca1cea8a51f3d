#include "traces/files/hdf5_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Called for each call of the library that fails, which callers may read as "not there". */
static herr_t note_failure(hid_t stack, void *data)
{
    struct sq_hdf5 *file = data;
    (void)stack;
    file->no_memory |= errno == ENOMEM;
    return 0;
}

int sq_hdf5_open(struct sq_error *err, const char *path, struct sq_hdf5 **out)
{
    struct sq_hdf5 *file = calloc(1, sizeof *file);
    if (file == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    file->path = path;
    H5Eget_auto2(H5E_DEFAULT, &file->print, &file->print_data);
    H5Eset_auto2(H5E_DEFAULT, note_failure, file);
    errno = 0;
    file->id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file->id < 0 || H5Fget_filesize(file->id, &file->bytes) < 0) {
        const int no_memory = file->no_memory;
        sq_hdf5_close(file);
        return no_memory ? sq_fail(err, SQ_ENOMEM, "%s: out of memory", path)
                         : sq_fail(err, SQ_EFORMAT,
                                   "%s: cannot be read as an HDF5 file; was it cut off?", path);
    }
    *out = file;
    return SQ_OK;
}

void sq_hdf5_close(struct sq_hdf5 *file)
{
    if (file == NULL)
        return;
    if (file->id >= 0)
        H5Fclose(file->id);
    H5Eset_auto2(H5E_DEFAULT, file->print, file->print_data);
    free(file);
}

/* Each part of the path, since the library takes a missing group for an error. */
int sq_hdf5_has(const struct sq_hdf5 *file, const char *path)
{
    char part[512];
    H5L_info_t link;
    for (const char *slash = path; slash != NULL;) {
        slash = strchr(slash + 1, '/');
        const size_t n = slash != NULL ? (size_t)(slash - path) : strlen(path);
        if (n >= sizeof part)
            return 0;
        memcpy(part, path, n);
        part[n] = '\0';
        if (H5Lexists(file->id, part, H5P_DEFAULT) <= 0 ||
            H5Lget_info(file->id, part, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD)
            return 0;
    }
    return H5Oexists_by_name(file->id, path, H5P_DEFAULT) > 0;
}

/* Do the elements lie in the file itself? */
static int is_own(hid_t dataset)
{
    const hid_t list = H5Dget_create_plist(dataset);
    const int is =
        list >= 0 && H5Pget_external_count(list) == 0 && H5Pget_layout(list) != H5D_VIRTUAL;
    if (list >= 0)
        H5Pclose(list);
    return is;
}

hid_t sq_hdf5_dataset(const struct sq_hdf5 *file, const char *path)
{
    const hid_t object = sq_hdf5_has(file, path) ? H5Oopen(file->id, path, H5P_DEFAULT) : -1;
    if (object < 0 || (H5Iget_type(object) == H5I_DATASET && is_own(object)))
        return object;
    H5Oclose(object);
    return -1;
}

int sq_hdf5_check(struct sq_error *err, const struct sq_hdf5 *file)
{
    return file->no_memory ? sq_fail(err, SQ_ENOMEM, "%s: out of memory", file->path) : SQ_OK;
}
