#include "traces/digest/digest.h"

#include <errno.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(SQ_DIGEST_TEXT == SHA256_DIGEST_STRING_LENGTH, "hexadecimal digits and a zero");

struct sq_hash {
    SHA2_CTX state;
};

int sq_digest_file(struct sq_error *err, const char *path, char text[SQ_DIGEST_TEXT])
{
    if (SHA256File(path, text) == NULL)
        return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", path, strerror(errno));
    return SQ_OK;
}

int sq_hash_new(struct sq_error *err, struct sq_hash **out)
{
    *out = malloc(sizeof **out);
    if (*out == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a digest");
    SHA256Init(&(*out)->state);
    return SQ_OK;
}

void sq_hash_add(struct sq_hash *hash, const void *data, size_t size)
{
    SHA256Update(&hash->state, data, size);
}

void sq_hash_end(struct sq_hash *hash, char text[SQ_DIGEST_TEXT])
{
    if (hash != NULL && text != NULL)
        SHA256End(&hash->state, text);
    free(hash);
}
