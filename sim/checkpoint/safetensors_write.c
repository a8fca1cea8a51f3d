#include "sim/checkpoint/safetensors_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_ALIGN = 8 };

/* A file on its way: its header so far, and how much data the header has promised. */
struct sq_safetensors_writer {
    FILE *file; /* NULL while the header is made */
    cJSON *header;
    uint64_t at;
};

void sq_safetensors_put(struct sq_safetensors_writer *writer, uint64_t bits, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        putc((int)(bits >> (8 * i) & 0xff), writer->file);
}

void sq_safetensors_put_f32(struct sq_safetensors_writer *writer, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    sq_safetensors_put(writer, bits, sizeof bits);
}

void sq_safetensors_put_f64(struct sq_safetensors_writer *writer, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    sq_safetensors_put(writer, bits, sizeof bits);
}

int sq_safetensors_begin(struct sq_safetensors_writer *writer, const char *stem, const char *member,
                         const char *dtype, size_t bytes, const uint64_t *dim, uint32_t n_dims)
{
    char name[256];
    if (writer->file != NULL)
        return 1;
    uint64_t size = bytes;
    snprintf(name, sizeof name, "%s%s%s", stem, member[0] != '\0' ? "." : "", member);
    cJSON *entry = sq_json_add_object(writer->header, name);
    sq_json_add_text(entry, "dtype", dtype);
    cJSON *shape = sq_json_add_array(entry, "shape");
    for (uint32_t i = 0; i < n_dims; i++) {
        sq_json_append(shape, cJSON_CreateNumber((double)dim[i]));
        size *= dim[i];
    }
    cJSON *offsets = sq_json_add_array(entry, "data_offsets");
    sq_json_append(offsets, cJSON_CreateNumber((double)writer->at));
    sq_json_append(offsets, cJSON_CreateNumber((double)(writer->at + size)));
    writer->at += size;
    return 0;
}

/* The header as text, padded with spaces; NULL: out of memory. */
static char *make_header(struct sq_safetensors_writer *writer,
                         const struct sq_safetensors_content *content, size_t *n)
{
    writer->header = cJSON_CreateObject();
    content->metadata(sq_json_add_object(writer->header, "__metadata__"), content->data);
    content->tensors(writer, content->data);
    char *text = sq_json_print_line(writer->header);
    cJSON_Delete(writer->header);
    if (text == NULL)
        return NULL;
    const size_t length = strlen(text);
    *n = (length + HEADER_ALIGN - 1) / HEADER_ALIGN * HEADER_ALIGN;
    char *padded = realloc(text, *n + 1);
    if (padded == NULL)
        free(text);
    else
        memset(padded + length, ' ', *n - length);
    return padded;
}

static int refused(struct sq_error *err, const char *path)
{
    return sq_fail(err, SQ_EIO, "%s: cannot be written: %s", path, strerror(errno));
}

/* Everything into `partial`, which is removed again where that fails. */
static int write_partial(struct sq_error *err, struct sq_safetensors_writer *writer,
                         const struct sq_safetensors_content *content, const char *partial,
                         const char *header, size_t n)
{
    writer->file = fopen(partial, "wb");
    if (writer->file == NULL)
        return refused(err, partial);
    sq_safetensors_put(writer, n, 8);
    fwrite(header, 1, n, writer->file);
    content->tensors(writer, content->data);
    int failed = fflush(writer->file) == EOF || ferror(writer->file);
    const int status = failed ? refused(err, partial) : SQ_OK;
    failed = fclose(writer->file) == EOF;
    if (status != SQ_OK || failed)
        unlink(partial);
    return status == SQ_OK && failed ? refused(err, partial) : status;
}

/* A device or a link must stay what it is. */
int sq_safetensors_may_write(struct sq_error *err, const char *path, int replace)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return SQ_OK;
    if (!S_ISREG(status.st_mode))
        return sq_fail(err, SQ_EUSAGE, "%s: is not a regular file, and is left as it is", path);
    return replace ? SQ_OK
                   : sq_fail(err, SQ_EUSAGE, "%s: exists; " SQ_OPT "force replaces it", path);
}

int sq_safetensors_write(struct sq_error *err, const char *path, int replace,
                         const struct sq_safetensors_content *content)
{
    struct sq_safetensors_writer writer = {.file = NULL};
    char partial[4096];
    size_t n;
    if (snprintf(partial, sizeof partial, "%s.partial", path) >= (int)sizeof partial)
        return sq_fail(err, SQ_EUSAGE, "%.64s...: the name is too long", path);
    int rc = sq_safetensors_may_write(err, path, replace);
    if (rc != SQ_OK)
        return rc;
    char *header = make_header(&writer, content, &n);
    if (header == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    rc = write_partial(err, &writer, content, partial, header, n);
    free(header);
    if (rc == SQ_OK && rename(partial, path) != 0) {
        rc = refused(err, path);
        unlink(partial);
    }
    return rc;
}
