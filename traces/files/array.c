#include "traces/files/array.h"

#include "kernels/base/checked.h"
#include "traces/files/input_file.h"
#include "traces/files/other_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sq_array_file {
    const char *path;
    const char *format; /* "npy", "IDX", with ".gz" if compressed */
    struct sq_input_file *stream;
    size_t row_elements, row_bytes;
    struct sq_array header;
};

static int parse_header(struct sq_error *err, struct sq_array_file *file)
{
    unsigned char head[SQ_ARRAY_HEAD_BYTES];
    size_t n;
    int rc = sq_input_file_read(err, file->stream, 0, head, sizeof head, &n);
    if (rc != SQ_OK)
        return rc;
    if (n == 0)
        return sq_fail(err, SQ_EFORMAT, "%s: truncated: the compressed data end before they begin",
                       file->path);
    if (sq_npy_begins(head, n)) {
        file->format = sq_input_file_is_gzip(file->stream) ? "npy.gz" : "npy";
        return sq_npy_parse(err, file->path, head, n, &file->header);
    }
    if (n >= 3 && head[0] == 0 && head[1] == 0 && head[2] >= 8 && head[2] <= 14) {
        file->format = sq_input_file_is_gzip(file->stream) ? "IDX.gz" : "IDX";
        return sq_idx_parse(err, file->path, head, n, &file->header);
    }
    const char *what = sq_other_file_as_input(head, n);
    if (what == NULL)
        what = "neither .npy nor IDX (plain or gzipped)";
    return sq_fail(err, SQ_EFORMAT, "%s: not an input: %s", file->path, what);
}

/* Sizes of a row and of the whole file, as far as they are possible. */
static int plan(struct sq_error *err, struct sq_array_file *file, uint64_t *promised)
{
    const struct sq_array *a = &file->header;
    if (a->n_dims == 0)
        return sq_fail(err, SQ_ESHAPE, "%s: holds a single number, not an array", file->path);
    if (!sq_array_sizes(a, &file->row_elements, promised)) {
        char shape[192];
        sq_array_shape_text(a, shape, sizeof shape);
        return sq_fail(err, SQ_EFORMAT, "%s: its shape %s is larger than any file", file->path,
                       shape);
    }
    file->row_bytes = file->row_elements * a->item_bytes;
    return SQ_OK;
}

static int check_length(struct sq_error *err, struct sq_array_file *file, uint64_t promised)
{
    uint64_t size = 0;
    const int rc = sq_input_file_size(err, file->stream, promised, &size);
    if (rc != SQ_OK || size == promised)
        return rc;
    char shape[192];
    sq_array_shape_text(&file->header, shape, sizeof shape);
    const char *unit = sq_input_file_is_gzip(file->stream) ? "uncompressed bytes" : "bytes";
    if (size < promised)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: truncated: it has %" PRIu64 " %s and its shape %s needs %" PRIu64,
                       file->path, size, unit, shape, promised);
    return sq_fail(err, SQ_EFORMAT,
                   "%s: something follows the array: its shape %s needs %" PRIu64 " %s", file->path,
                   shape, promised, unit);
}

/* fd -1: the path is opened. */
static int open_either(struct sq_error *err, const char *path, int fd, struct sq_array_file **out)
{
    uint64_t promised = 0;
    struct sq_array_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    file->path = path;
    int rc = fd < 0 ? sq_input_file_open(err, path, &file->stream)
                    : sq_input_file_open_fd(err, path, fd, &file->stream);
    if (rc == SQ_OK)
        rc = parse_header(err, file);
    if (rc == SQ_OK)
        rc = plan(err, file, &promised);
    if (rc == SQ_OK)
        rc = check_length(err, file, promised);
    if (rc == SQ_OK && sq_input_file_is_gzip(file->stream) && file->header.fortran)
        rc = sq_fail(err, SQ_EUNSUPPORTED,
                     "%s: compressed and in Fortran order; decompress it first (gunzip)", path);
    if (rc != SQ_OK)
        sq_array_close(file);
    else
        *out = file;
    return rc;
}

int sq_array_open(struct sq_error *err, const char *path, struct sq_array_file **out)
{
    return open_either(err, path, -1, out);
}

int sq_array_open_fd(struct sq_error *err, const char *name, int fd, struct sq_array_file **out)
{
    return open_either(err, name, fd, out);
}

void sq_array_close(struct sq_array_file *file)
{
    if (file == NULL)
        return;
    sq_input_file_close(file->stream);
    free(file);
}

const struct sq_array *sq_array_header(const struct sq_array_file *file)
{
    return &file->header;
}

size_t sq_array_row_elements(const struct sq_array_file *file)
{
    return file->row_elements;
}

static int read_exactly(struct sq_error *err, struct sq_array_file *file, uint64_t offset,
                        unsigned char *out, size_t n)
{
    size_t got;
    const int rc = sq_input_file_read(err, file->stream, offset, out, n, &got);
    if (rc == SQ_OK && got < n)
        return sq_fail(err, SQ_EIO, "%s: became shorter while it was read", file->path);
    return rc;
}

/* First index fastest: the row's elements lie dim[0] items apart, in reversed index order. Slow,
 * a system call for each element, but it needs no memory. */
static int read_fortran_row(struct sq_error *err, struct sq_array_file *file, uint64_t row,
                            unsigned char *out)
{
    const struct sq_array *a = &file->header;
    int rc = SQ_OK;
    for (size_t i = 0; rc == SQ_OK && i < file->row_elements; i++) {
        uint64_t at = row, stride = a->dim[0], weight = file->row_elements, rest = i;
        for (unsigned d = 1; d < a->n_dims; d++) {
            weight /= a->dim[d];
            at += rest / weight * stride;
            rest %= weight;
            stride *= a->dim[d];
        }
        rc = read_exactly(err, file, a->offset + at * a->item_bytes, out + i * a->item_bytes,
                          a->item_bytes);
    }
    return rc;
}

int sq_array_read(struct sq_error *err, struct sq_array_file *file, uint64_t first, size_t n,
                  unsigned char *out)
{
    int rc = SQ_OK;
    if (!file->header.fortran)
        return read_exactly(err, file, file->header.offset + first * file->row_bytes, out,
                            n * file->row_bytes);
    for (size_t i = 0; rc == SQ_OK && i < n; i++)
        rc = read_fortran_row(err, file, first + i, out + i * file->row_bytes);
    return rc;
}

void sq_array_describe(const struct sq_array_file *file, char *out, size_t size)
{
    char type[16], shape[192];
    sq_element_name(&file->header, type, sizeof type);
    sq_array_shape_text(&file->header, shape, sizeof shape);
    snprintf(out, size, "%s %s %s%s", file->format, type, shape,
             file->header.fortran ? " (Fortran order)" : "");
}
