/* Tensors as float32: in pieces from the file where they lie there as they are needed, else of their bytes
 * in memory. */
#include "sim/checkpoint/checkpoint_reader.h"
#include "sim/checkpoint/elements.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 1 << 13 }; /* of a type that is converted */

const char *sq_tensor_type(const struct sq_tensor *tensor)
{
    return tensor->type != NULL ? tensor->type : sq_dtype_name(tensor->dtype);
}

/* Coordinates of an element, by its number. */
static void write_place(const struct sq_tensor *tensor, uint64_t element,
                        char text[SQ_TENSOR_MAX_DIMS * 21 + 1])
{
    uint64_t index[SQ_TENSOR_MAX_DIMS];
    size_t n = 0;
    for (uint32_t d = tensor->n_dims; d-- > 0; element /= tensor->dim[d])
        index[d] = element % tensor->dim[d];
    text[0] = '\0';
    for (uint32_t d = 0; d < tensor->n_dims; d++)
        n += (size_t)snprintf(text + n, 22, d > 0 ? ",%llu" : "%llu", (unsigned long long)index[d]);
}

/* Values number `first` to `first` + n - 1 are finite, or SQ_EVALUE says which is not. */
static int check_finite(struct sq_error *err, const struct sq_tensor *tensor, uint64_t first,
                        size_t n, const float *value)
{
    const size_t at = sq_not_finite_at(value, n);
    char where[SQ_TENSOR_MAX_DIMS * 21 + 1];
    if (at == n)
        return SQ_OK;
    write_place(tensor, first + at, where);
    return sq_fail(err, SQ_EVALUE,
                   "tensor %.300s: element [%s] is %s; a network must have finite weights",
                   tensor->name, where, isnan(value[at]) ? "not a number" : "infinite in float32");
}

static int check_readable(struct sq_error *err, const struct sq_tensor *tensor)
{
    if (tensor->unreadable == NULL)
        return SQ_OK;
    return sq_fail(err, SQ_EUNSUPPORTED, "%s%stensor %.300s (%s) %s",
                   tensor->source != NULL ? tensor->source->checkpoint->reader.path : "",
                   tensor->source != NULL ? ": " : "", tensor->name, sq_tensor_type(tensor),
                   tensor->unreadable);
}

/* Locate the first element in memory, or say why it cannot be read. */
static int find_data(struct sq_error *err, const struct sq_tensor *tensor,
                     const unsigned char **out)
{
    int rc = check_readable(err, tensor);
    if (rc != SQ_OK)
        return rc;
    *out = tensor->data;
    if (tensor->data != NULL || tensor->source == NULL || tensor->n_elements == 0)
        return SQ_OK;
    rc = sq_checkpoint_source_load(err, tensor->source);
    if (rc == SQ_OK)
        *out = tensor->source->data + tensor->byte;
    return rc;
}

/* How many of the last dimensions lie in memory as one run of elements. */
static uint32_t run_dims(const struct sq_tensor *tensor)
{
    int64_t stride = 1;
    uint32_t n = 0;
    for (uint32_t d = tensor->n_dims; d-- > 0; n++) {
        if (tensor->dim[d] > 1 && tensor->stride[d] != stride)
            break;
        stride *= (int64_t)tensor->dim[d];
    }
    return n;
}

static bool is_contiguous(const struct sq_tensor *tensor)
{
    return run_dims(tensor) == tensor->n_dims;
}

/* Advance the index of all dimensions but the last `n_last`. */
static void next_row(const struct sq_tensor *tensor, uint32_t n_last, uint64_t *index)
{
    for (uint32_t d = tensor->n_dims - n_last; d-- > 0;) {
        if (++index[d] < tensor->dim[d])
            return;
        index[d] = 0;
    }
}

static const unsigned char *row_at(const struct sq_tensor *tensor, const unsigned char *data,
                                   uint32_t n_last, const uint64_t *index)
{
    int64_t offset = 0;
    for (uint32_t d = 0; d + n_last < tensor->n_dims; d++)
        if (index[d] != 0) /* the stride of a dimension of one element may be anything */
            offset += (int64_t)index[d] * tensor->stride[d];
    return data + offset * (int64_t)sq_dtype_bytes(tensor->dtype);
}

/* Of its bytes in memory: row by row, a row being what lies evenly in it. */
static int read_view(struct sq_error *err, const struct sq_tensor *tensor, float *out)
{
    uint64_t index[SQ_TENSOR_MAX_DIMS] = {0};
    const unsigned char *data = NULL;
    int rc = find_data(err, tensor, &data);
    const uint32_t run = run_dims(tensor);
    const uint32_t n_last = run > 0 || tensor->n_dims == 0 ? run : 1;
    const int64_t bytes = (int64_t)sq_dtype_bytes(tensor->dtype);
    const int64_t step = n_last > run ? tensor->stride[tensor->n_dims - 1] * bytes : bytes;
    uint64_t n_row = 1;
    for (uint32_t d = tensor->n_dims - n_last; d < tensor->n_dims; d++)
        n_row *= tensor->dim[d];
    for (uint64_t done = 0; rc == SQ_OK && done < tensor->n_elements; done += n_row) {
        sq_dtype_f32(tensor->dtype, tensor->big_endian, row_at(tensor, data, n_last, index),
                     (size_t)n_row, step, out + done);
        rc = check_finite(err, tensor, done, (size_t)n_row, out + done);
        next_row(tensor, n_last, index);
    }
    return rc;
}

/* A view multiplied by its mask. */
static int read_masked(struct sq_error *err, const struct sq_tensor *tensor, float *out)
{
    int rc = read_view(err, tensor, out);
    if (rc != SQ_OK || tensor->mask == NULL)
        return rc;
    float *mask = malloc(tensor->n_elements * sizeof *mask + 1);
    if (mask == NULL)
        return sq_fail(err, SQ_ENOMEM, "tensor %.300s: out of memory for its mask", tensor->name);
    rc = read_view(err, tensor->mask, mask);
    for (uint64_t i = 0; rc == SQ_OK && i < tensor->n_elements; i++)
        out[i] *= mask[i];
    free(mask);
    return rc;
}

/* Can it be read from the file as it is needed? All of what its container checks at once, in order. */
static bool is_stream(const struct sq_tensor *tensor)
{
    const struct sq_checkpoint_source *source = tensor->source;
    return tensor->data == NULL && source != NULL && source->data == NULL &&
           source->checkpoint->access->read != NULL && tensor->mask == NULL && tensor->byte == 0 &&
           tensor->n_elements * sq_dtype_bytes(tensor->dtype) == source->bytes &&
           tensor->unreadable == NULL && is_contiguous(tensor);
}

int sq_tensor_begin(struct sq_error *err, const struct sq_tensor *tensor,
                    struct sq_tensor_pieces *pieces)
{
    *pieces = (struct sq_tensor_pieces){.tensor = tensor};
    if (tensor->n_elements == 0)
        return check_readable(err, tensor);
    if (is_stream(tensor))
        return sq_checkpoint_stream_open(err, tensor->source, &pieces->stream);
    pieces->whole = malloc(tensor->n_elements * sizeof *pieces->whole);
    return pieces->whole != NULL
               ? read_masked(err, tensor, pieces->whole)
               : sq_fail(err, SQ_ENOMEM, "tensor %.300s: out of memory", tensor->name);
}

/* Elements of a stream as they lie in the file, converted a chunk at a time. */
static int read_chunks(struct sq_error *err, struct sq_tensor_pieces *pieces, size_t n, float *out)
{
    unsigned char chunk[CHUNK_BYTES];
    const struct sq_tensor *tensor = pieces->tensor;
    const size_t bytes = sq_dtype_bytes(tensor->dtype), most = sizeof chunk / bytes;
    int rc = SQ_OK;
    for (size_t done = 0; rc == SQ_OK && done < n;) {
        const size_t now = n - done < most ? n - done : most;
        rc = sq_checkpoint_stream_read(err, pieces->stream, chunk, now * bytes);
        if (rc == SQ_OK)
            sq_dtype_f32(tensor->dtype, tensor->big_endian, chunk, now, (int64_t)bytes, out + done);
        done += now;
    }
    return rc;
}

static int read_stream(struct sq_error *err, struct sq_tensor_pieces *pieces, size_t n, float *out)
{
    const struct sq_tensor *tensor = pieces->tensor;
    const bool is_native = tensor->dtype == SQ_DTYPE_F32 &&
                           (tensor->big_endian != 0) == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    const int rc = is_native ? sq_checkpoint_stream_read(err, pieces->stream, out, n * sizeof *out)
                             : read_chunks(err, pieces, n, out);
    if (rc != SQ_OK || sq_not_finite_at(out, n) == n)
        return rc;
    /* Is the file damaged? That is said rather than what the damage makes of the numbers. */
    const int whole = sq_checkpoint_source_load(err, tensor->source);
    return whole == SQ_OK ? check_finite(err, tensor, pieces->n_done, n, out) : whole;
}

int sq_tensor_next(struct sq_error *err, struct sq_tensor_pieces *pieces, size_t n, float *out)
{
    int rc = SQ_OK;
    if (pieces->whole != NULL)
        memcpy(out, pieces->whole + pieces->n_done, n * sizeof *out);
    else if (n > 0)
        rc = read_stream(err, pieces, n, out);
    pieces->n_done += n;
    return rc;
}

void sq_tensor_end(struct sq_tensor_pieces *pieces)
{
    sq_checkpoint_stream_close(pieces->stream);
    free(pieces->whole);
    *pieces = (struct sq_tensor_pieces){.tensor = NULL};
}

int sq_tensor_read_f32(struct sq_error *err, const struct sq_tensor *tensor, float *out)
{
    struct sq_tensor_pieces pieces;
    if (!is_stream(tensor))
        return read_masked(err, tensor, out);
    int rc = sq_tensor_begin(err, tensor, &pieces);
    if (rc == SQ_OK)
        rc = sq_tensor_next(err, &pieces, (size_t)tensor->n_elements, out);
    sq_tensor_end(&pieces);
    return rc;
}

int sq_tensor_read_f64(struct sq_error *err, const struct sq_tensor *tensor, double *out)
{
    const size_t bytes = sq_dtype_bytes(tensor->dtype);
    const unsigned char *data = NULL;
    const int rc = find_data(err, tensor, &data);
    if (rc != SQ_OK)
        return rc;
    if (!is_contiguous(tensor) || tensor->mask != NULL)
        return sq_fail(err, SQ_EUNSUPPORTED, "tensor %.300s: is not contiguous, or pruned",
                       tensor->name);
    for (uint64_t i = 0; i < tensor->n_elements; i++) {
        out[i] = sq_dtype_f64(tensor->dtype, tensor->big_endian, data + i * bytes);
        if (!isfinite(out[i]))
            return sq_fail(err, SQ_EVALUE, "tensor %.300s: element %llu is not finite",
                           tensor->name, (unsigned long long)i);
    }
    return SQ_OK;
}
