/* safetensors: header length n (8 bytes, little-endian), n bytes of JSON, then the data.
 *
 * JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, ...,
 * "__metadata__": {...}}, offsets counted from the end of the header. The tensors cover the data
 * without hole or overlap; elements are little-endian and row-major.
 * https://github.com/huggingface/safetensors, README "Format" */
#include "sim/checkpoint/safetensors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    LENGTH_BYTES = 8,
    /* cJSON makes up to 32 bytes of one byte of text, so that less is read than the 100 MB of the
     * reference implementation. 100 bytes a tensor are usual. */
    MAX_HEADER_BYTES = 1 << 23,
};

static uint64_t header_bytes(const unsigned char *head)
{
    uint64_t n = 0;
    for (size_t i = LENGTH_BYTES; i-- > 0;)
        n = n << 8 | head[i];
    return n;
}

bool sq_safetensors_looks_so(const unsigned char *head, size_t n)
{
    /* Eight letters would be a number past 2^48: what is smaller is not text. */
    return n > LENGTH_BYTES && head[LENGTH_BYTES] == '{' && header_bytes(head) >> 48 == 0;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct sq_safetensors_range *x = a;
    const struct sq_safetensors_range *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* The ranges must follow each other and fill the data. */
static int check_cover(const struct sq_checkpoint_reader *reader,
                       struct sq_safetensors_range *range, size_t n, uint64_t data_bytes)
{
    uint64_t covered = 0;
    qsort(range, n, sizeof *range, compare_ranges);
    for (size_t i = 0; i < n; i++) {
        if (range[i].begin != covered)
            return sq_safetensors_fail(reader, range[i].name,
                                       range[i].begin < covered
                                           ? "its data overlaps another tensor's"
                                           : "there is a hole in front of its data");
        covered = range[i].end;
    }
    if (covered != data_bytes)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: %llu bytes follow the last tensor's data; is the file damaged?",
                       reader->path, (unsigned long long)(data_bytes - covered));
    return SQ_OK;
}

/* What the file says of itself: whether its weights are synthetic. */
static int read_metadata(struct sq_checkpoint_reader *reader, const cJSON *metadata)
{
    struct sq_checkpoint *checkpoint = reader->checkpoint;
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(metadata, SQ_SYNTHETIC);
    const char *text = cJSON_GetStringValue(item);
    if (!cJSON_IsObject(metadata))
        return sq_safetensors_fail(reader, metadata->string, "is not an object");
    if (item != NULL)
        sq_printable(checkpoint->synthetic, sizeof checkpoint->synthetic,
                     text != NULL && text[0] != '\0' ? text : "?",
                     text != NULL && text[0] != '\0' ? strlen(text) : 1);
    return SQ_OK;
}

static int read_entries(struct sq_checkpoint_reader *reader, const cJSON *header,
                        const struct sq_safetensors_data *data, struct sq_safetensors_range *range)
{
    const cJSON *entry;
    size_t n = 0;
    cJSON_ArrayForEach(entry, header)
    {
        const int is_metadata = strcmp(entry->string, "__metadata__") == 0;
        const int rc = is_metadata ? read_metadata(reader, entry)
                                   : sq_safetensors_entry(reader, entry, data, &range[n]);
        if (rc != SQ_OK)
            return rc;
        n += !is_metadata;
    }
    if (n == 0)
        return sq_fail(reader->err, SQ_EUNSUPPORTED, "%s: holds no tensor", reader->path);
    return check_cover(reader, range, n, data->bytes);
}

static int read_header(struct sq_checkpoint_reader *reader, const cJSON *header, uint64_t data_at)
{
    const struct sq_safetensors_data data = {data_at, reader->size - data_at};
    struct sq_safetensors_range *range =
        calloc((size_t)cJSON_GetArraySize(header) + 1, sizeof *range);
    if (range == NULL)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    const int rc = read_entries(reader, header, &data, range);
    free(range);
    reader->checkpoint->container = "safetensors";
    return rc;
}

/* cJSON would cut a name at a zero byte, written out or escaped. */
static bool holds_nul(const char *text, size_t n)
{
    if (memchr(text, '\0', n) != NULL)
        return true;
    for (size_t i = 0; i + 6 <= n; i++)
        if (memcmp(text + i, "\\u0000", 6) == 0)
            return true;
    return false;
}

/* NULL: not JSON, or, as errno then says, out of memory; cJSON itself does not say. */
static cJSON *parse(const char *text, size_t n)
{
    const char *end = NULL;
    errno = 0;
    if (holds_nul(text, n))
        return NULL;
    cJSON *header = cJSON_ParseWithLengthOpts(text, n, &end, 0);
    for (; header != NULL && end < text + n; end++) {
        if (*end != ' ') { /* the only padding there is */
            cJSON_Delete(header);
            return NULL;
        }
    }
    return header;
}

static int check_header_bytes(const struct sq_checkpoint_reader *reader, uint64_t n)
{
    if (n > reader->size - LENGTH_BYTES)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: a safetensors header of %llu bytes in a file of %llu; is the file "
                       "truncated?",
                       reader->path, (unsigned long long)n, (unsigned long long)reader->size);
    if (n > MAX_HEADER_BYTES)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: a safetensors header of %llu bytes; more than %d are not read",
                       reader->path, (unsigned long long)n, MAX_HEADER_BYTES);
    return SQ_OK;
}

int sq_safetensors_read(struct sq_checkpoint_reader *reader)
{
    unsigned char length[LENGTH_BYTES];
    int rc = sq_checkpoint_read_bytes(reader, 0, length, sizeof length);
    if (rc != SQ_OK)
        return rc;
    const uint64_t n = header_bytes(length);
    rc = check_header_bytes(reader, n);
    if (rc != SQ_OK)
        return rc;
    char *text = malloc(n > 0 ? (size_t)n : 1);
    if (text == NULL)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    rc = sq_checkpoint_read_bytes(reader, LENGTH_BYTES, text, (size_t)n);
    cJSON *header = rc == SQ_OK ? parse(text, (size_t)n) : NULL;
    if (rc == SQ_OK && header == NULL && errno == ENOMEM)
        rc = sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    free(text);
    if (rc == SQ_OK && !cJSON_IsObject(header))
        rc = sq_fail(reader->err, SQ_EFORMAT,
                     "%s: the safetensors header is not a JSON object; is the file damaged?",
                     reader->path);
    if (rc == SQ_OK)
        rc = read_header(reader, header, LENGTH_BYTES + n);
    cJSON_Delete(header);
    return rc;
}
