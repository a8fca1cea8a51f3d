#include "sim/input/labels.h"
#include "kernels/base/plural.h"

#include <inttypes.h>

enum { BATCH = 1024 };

static int check_shape(struct sq_error *err, const char *path, const struct sq_array *a,
                       uint64_t n_samples)
{
    char shape[192], type[16];
    sq_array_shape_text(a, shape, sizeof shape);
    sq_element_name(a, type, sizeof type);
    if (a->n_dims != 1)
        return sq_fail(err, SQ_ESHAPE, "%s: holds %s; labels are one list of %" PRIu64 " integer%s",
                       path, shape, n_samples, sq_s(n_samples));
    if (a->kind == 'f' || a->kind == 'b')
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: holds %s; labels are integers", path, type);
    if (a->dim[0] != n_samples)
        return sq_fail(err, SQ_ESHAPE, "%s: holds %" PRIu64 " label%s for %" PRIu64 " sample%s",
                       path, a->dim[0], sq_s(a->dim[0]), n_samples, sq_s(n_samples));
    return SQ_OK;
}

static int check_values(struct sq_error *err, const char *path, struct sq_array_file *file,
                        uint32_t classes)
{
    const struct sq_array *a = sq_array_header(file);
    const int64_t most = classes > 0 ? (int64_t)classes - 1 : INT32_MAX;
    unsigned char item[BATCH * sizeof(uint64_t)];
    for (uint64_t first = 0; first < a->dim[0]; first += BATCH) {
        const uint64_t left = a->dim[0] - first;
        const size_t n = left < BATCH ? (size_t)left : BATCH;
        const int rc = sq_array_read(err, file, first, n, item);
        if (rc != SQ_OK)
            return rc;
        for (size_t i = 0; i < n; i++) {
            int64_t label;
            if (!sq_element_i64(a, item + i * a->item_bytes, &label))
                return sq_fail(err, SQ_EVALUE, "%s: label %" PRIu64 " exceeds 64 bits", path,
                               first + i);
            if (label < 0 || label > most)
                return sq_fail(err, SQ_EVALUE,
                               "%s: label %" PRIu64 " is %" PRId64 "; the network has the classes "
                               "0..%" PRId64,
                               path, first + i, label, most);
        }
    }
    return SQ_OK;
}

int sq_labels_open(struct sq_error *err, const char *path, uint64_t n_samples, uint32_t classes,
                   struct sq_array_file **out)
{
    struct sq_array_file *file;
    int rc = sq_array_open(err, path, &file);
    if (rc != SQ_OK)
        return rc;
    rc = check_shape(err, path, sq_array_header(file), n_samples);
    if (rc == SQ_OK)
        rc = check_values(err, path, file, classes);
    if (rc == SQ_OK)
        *out = file;
    else
        sq_array_close(file);
    return rc;
}

int sq_labels_read(struct sq_error *err, struct sq_array_file *file, uint64_t i, int32_t *label)
{
    unsigned char item[sizeof(uint64_t)];
    int64_t wide = 0;
    const int rc = sq_array_read(err, file, i, 1, item);
    if (rc != SQ_OK)
        return rc;
    /* Checked when the file was opened, but it may have changed since. */
    if (!sq_element_i64(sq_array_header(file), item, &wide) || wide < 0 || wide > INT32_MAX)
        return sq_fail(err, SQ_EIO, "label %" PRIu64 " changed while the labels were read", i);
    *label = (int32_t)wide;
    return rc;
}
