#include "traces/digest/digest.h"

#include <errno.h>
#include <sha256.h>
#include <string.h>

int sq_digest_file(struct sq_error *err, const char *path, char text[SQ_DIGEST_TEXT])
{
    _Static_assert(SQ_DIGEST_TEXT == SHA256_DIGEST_STRING_LENGTH, "hexadecimal digits and a zero");
    if (SHA256File(path, text) == NULL)
        return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", path, strerror(errno));
    return SQ_OK;
}
