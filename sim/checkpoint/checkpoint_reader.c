#include "sim/checkpoint/checkpoint_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int sq_checkpoint_read_bytes(const struct sq_checkpoint_reader *reader, uint64_t offset, void *out,
                             size_t n)
{
    char *at = out;
    while (n > 0) {
        const ssize_t got = pread(reader->fd, at, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return sq_fail(reader->err, SQ_EIO, "%s: reading failed at byte %llu (errno %d)",
                           reader->path, (unsigned long long)offset, errno);
        if (got == 0)
            return sq_fail(reader->err, SQ_EIO, "%s: the file shrank while it was read; try again",
                           reader->path);
        at += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return SQ_OK;
}

static int no_memory(const struct sq_checkpoint_reader *reader, size_t bytes)
{
    return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory for %zu bytes", reader->path, bytes);
}

/* Room for one more element in a growing array. */
static bool make_room(void **array, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return true;
    const size_t larger = *capacity == 0 ? 64 : 2 * *capacity;
    void *grown = realloc(*array, larger * size);
    if (grown == NULL)
        return false;
    *array = grown;
    *capacity = larger;
    return true;
}

unsigned char *sq_checkpoint_new_buffer(struct sq_checkpoint_reader *reader, size_t n)
{
    struct sq_checkpoint *c = reader->checkpoint;
    void *buffers = c->buffer;
    if (!make_room(&buffers, c->n_buffers, &c->buffer_capacity, sizeof *c->buffer)) {
        no_memory(reader, c->n_buffers * sizeof *c->buffer);
        return NULL;
    }
    c->buffer = buffers;
    unsigned char *buffer = malloc(n > 0 ? n : 1);
    if (buffer == NULL)
        no_memory(reader, n);
    else
        c->buffer[c->n_buffers++] = buffer;
    return buffer;
}

int sq_checkpoint_load(struct sq_checkpoint_reader *reader, uint64_t offset, size_t n,
                       unsigned char **out)
{
    unsigned char *buffer = sq_checkpoint_new_buffer(reader, n);
    if (buffer == NULL)
        return SQ_ENOMEM;
    const int rc = sq_checkpoint_read_bytes(reader, offset, buffer, n);
    if (rc == SQ_OK)
        *out = buffer;
    return rc;
}

struct sq_checkpoint_source *sq_checkpoint_new_sources(struct sq_checkpoint_reader *reader,
                                                       size_t n)
{
    struct sq_checkpoint_source *source =
        sq_arena_alloc(&reader->checkpoint->arena, n, sizeof *source);
    if (source == NULL)
        no_memory(reader, n * sizeof *source);
    for (size_t i = 0; source != NULL && i < n; i++)
        source[i].checkpoint = reader->checkpoint;
    return source;
}

static int fetch_plain(struct sq_checkpoint_reader *reader, struct sq_checkpoint_source *source)
{
    unsigned char *data = NULL;
    if (source->bytes > SIZE_MAX)
        return no_memory(reader, SIZE_MAX);
    const int rc = sq_checkpoint_load(reader, source->at, (size_t)source->bytes, &data);
    source->data = data;
    return rc;
}

static int read_plain(struct sq_checkpoint_reader *reader,
                      const struct sq_checkpoint_stream *stream, void *out, size_t n)
{
    return sq_checkpoint_read_bytes(reader, stream->source->at + stream->at, out, n);
}

const struct sq_checkpoint_access sq_checkpoint_plain = {.fetch = fetch_plain, .read = read_plain};

int sq_checkpoint_source_load(struct sq_error *err, struct sq_checkpoint_source *source)
{
    if (source->data != NULL)
        return SQ_OK;
    struct sq_checkpoint *checkpoint = source->checkpoint;
    checkpoint->reader.err = err;
    const int rc = checkpoint->access->fetch(&checkpoint->reader, source);
    checkpoint->reader.err = NULL;
    return rc;
}

int sq_checkpoint_stream_open(struct sq_error *err, struct sq_checkpoint_source *source,
                              struct sq_checkpoint_stream **out)
{
    struct sq_checkpoint *checkpoint = source->checkpoint;
    struct sq_checkpoint_stream *stream = calloc(1, sizeof *stream);
    int rc = SQ_OK;
    checkpoint->reader.err = err;
    if (stream == NULL)
        rc = no_memory(&checkpoint->reader, sizeof *stream);
    else
        stream->source = source;
    if (rc == SQ_OK && checkpoint->access->open != NULL)
        rc = checkpoint->access->open(&checkpoint->reader, stream);
    checkpoint->reader.err = NULL;
    if (rc == SQ_OK)
        *out = stream;
    else
        free(stream);
    return rc;
}

int sq_checkpoint_stream_read(struct sq_error *err, struct sq_checkpoint_stream *stream, void *out,
                              size_t n)
{
    struct sq_checkpoint *checkpoint = stream->source->checkpoint;
    checkpoint->reader.err = err;
    const int rc = checkpoint->access->read(&checkpoint->reader, stream, out, n);
    checkpoint->reader.err = NULL;
    stream->at += n;
    return rc;
}

void sq_checkpoint_stream_close(struct sq_checkpoint_stream *stream)
{
    if (stream != NULL && stream->source->checkpoint->access->close != NULL)
        stream->source->checkpoint->access->close(stream);
    free(stream);
}

static int check_name(const struct sq_checkpoint_reader *reader, const char *name, size_t n)
{
    const struct sq_checkpoint *c = reader->checkpoint;
    char shown[64];
    if (n > SQ_MAX_NAME_BYTES)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: tensor %s... has a name of more than %d bytes; is this a network?",
                       reader->path, sq_printable(shown, sizeof shown, name, n), SQ_MAX_NAME_BYTES);
    if (!sq_is_clean_utf8(name, n))
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: the name of tensor %s is not valid text (UTF-8); is the file damaged?",
                       reader->path, sq_printable(shown, sizeof shown, name, n));
    if (c->n_tensors >= SQ_MAX_TENSORS || c->name_bytes + n > SQ_MAX_ALL_NAMES_BYTES)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: more than %d tensors, or %d bytes of names; no network has so many",
                       reader->path, SQ_MAX_TENSORS, SQ_MAX_ALL_NAMES_BYTES);
    return SQ_OK;
}

int sq_checkpoint_add(struct sq_checkpoint_reader *reader, const char *name, size_t name_bytes,
                      const struct sq_tensor *tensor)
{
    struct sq_checkpoint *c = reader->checkpoint;
    const int rc = check_name(reader, name, name_bytes);
    if (rc != SQ_OK)
        return rc;
    void *tensors = c->tensor;
    if (!make_room(&tensors, c->n_tensors, &c->tensor_capacity, sizeof *c->tensor))
        return no_memory(reader, c->n_tensors * sizeof *c->tensor);
    c->tensor = tensors;
    char *copy = sq_arena_alloc(&c->arena, name_bytes + 1, 1);
    if (copy == NULL)
        return no_memory(reader, name_bytes + 1);
    memcpy(copy, name, name_bytes);
    c->tensor[c->n_tensors] = *tensor;
    c->tensor[c->n_tensors++].name = copy;
    c->name_bytes += name_bytes;
    return SQ_OK;
}

struct named {
    const char *name;
    uint32_t i;
};

static int compare_named(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static int fill_index(struct sq_checkpoint_reader *reader, struct named *named)
{
    struct sq_checkpoint *c = reader->checkpoint;
    for (size_t i = 0; i < c->n_tensors; i++)
        named[i] = (struct named){c->tensor[i].name, (uint32_t)i};
    qsort(named, c->n_tensors, sizeof *named, compare_named);
    for (size_t i = 0; i < c->n_tensors; i++) {
        if (i > 0 && strcmp(named[i - 1].name, named[i].name) == 0)
            return sq_fail(reader->err, SQ_EFORMAT,
                           "%s: two tensors are both called %.300s; save the state dict alone",
                           reader->path, named[i].name);
        c->by_name[i] = named[i].i;
    }
    return SQ_OK;
}

int sq_checkpoint_index(struct sq_checkpoint_reader *reader)
{
    struct sq_checkpoint *c = reader->checkpoint;
    const size_t n = c->n_tensors > 0 ? c->n_tensors : 1;
    struct named *named = malloc(n * sizeof *named);
    c->by_name = malloc(n * sizeof *c->by_name);
    const int rc = named == NULL || c->by_name == NULL ? no_memory(reader, n * sizeof *named)
                                                       : fill_index(reader, named);
    free(named);
    return rc;
}

const char *sq_foreign_text(const unsigned char *head, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((head[i] < 0x20 && head[i] != '\n' && head[i] != '\r' && head[i] != '\t') ||
            head[i] >= 0xf5)
            return NULL;
    return "plain text";
}

int sq_checkpoint_refuse(const struct sq_checkpoint_reader *reader, const char *what)
{
    if (what != NULL)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: not a checkpoint: it looks like %s; expected .safetensors or what "
                       "torch.save() writes",
                       reader->path, what);
    return sq_fail(reader->err, SQ_EUNSUPPORTED,
                   "%s: not a checkpoint: neither .safetensors nor what torch.save() writes",
                   reader->path);
}
