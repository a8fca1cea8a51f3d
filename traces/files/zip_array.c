#include "traces/files/zip_array.h"

#include <string.h>

enum { LEAST_HEAD = 12 };

const unsigned char *sq_zip_array_take(struct sq_zip_array *array, size_t n, const char **damage)
{
    const char *wrong;
    const unsigned char *at = sq_npz_member_take(&array->member, n, &wrong);
    *damage = at != NULL ? NULL : wrong;
    return at;
}

const char *sq_zip_array_read(struct sq_zip_array *array, unsigned char *out, size_t n)
{
    const char *damage = NULL;
    for (size_t done = 0; damage == NULL && done < n;) {
        const size_t piece = n - done < SQ_NPZ_CHUNK ? n - done : SQ_NPZ_CHUNK;
        const unsigned char *at = sq_zip_array_take(array, piece, &damage);
        if (at != NULL)
            memcpy(out + done, at, piece);
        done += piece;
    }
    return damage;
}

const char *sq_zip_array_end(struct sq_zip_array *array)
{
    return sq_npz_member_is_over(&array->member)
               ? NULL
               : "its checksum is wrong, or something follows the elements";
}

static const char *read_head(struct sq_zip_array *array, unsigned char *head, size_t *n)
{
    const char *damage = sq_zip_array_read(array, head, LEAST_HEAD);
    if (damage != NULL)
        return damage;
    const uint64_t size = sq_npy_header_bytes(head);
    if (!sq_npy_begins(head, LEAST_HEAD) || size < LEAST_HEAD || size > SQ_ARRAY_HEAD_BYTES)
        return "it is not an array";
    *n = (size_t)size;
    return sq_zip_array_read(array, head + LEAST_HEAD, *n - LEAST_HEAD);
}

int sq_zip_array_head(struct sq_error *err, const char *path, struct zip *zip, const char *name,
                      struct sq_zip_array *array, unsigned char head[SQ_ARRAY_HEAD_BYTES],
                      size_t *n, const char **damage)
{
    *damage = NULL;
    *n = 0;
    if (!sq_npz_member_open(&array->member, zip, name))
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: the archive has no readable member %s", path,
                       name);
    memset(head, 0, SQ_ARRAY_HEAD_BYTES);
    *damage = read_head(array, head, n);
    return SQ_OK;
}

int sq_zip_array_open(struct sq_error *err, const char *path, struct zip *zip, const char *name,
                      struct sq_zip_array *array, const char **damage)
{
    unsigned char head[SQ_ARRAY_HEAD_BYTES];
    size_t n = 0;
    const int rc = sq_zip_array_head(err, path, zip, name, array, head, &n, damage);
    return rc == SQ_OK && *damage == NULL ? sq_npy_parse(err, path, head, n, &array->type) : rc;
}

void sq_zip_array_close(struct sq_zip_array *array)
{
    sq_npz_member_close(&array->member);
}
