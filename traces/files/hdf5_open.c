#include "traces/files/hdf5_open.h"

#include <errno.h>
#include <stdlib.h>

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

int sq_hdf5_check(struct sq_error *err, const struct sq_hdf5 *file)
{
    return file->no_memory ? sq_fail(err, SQ_ENOMEM, "%s: out of memory", file->path) : SQ_OK;
}
