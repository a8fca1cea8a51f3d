/* Digests: which bytes a run was made from, and whether two recordings are equal. SHA-256 (FIPS
 * 180-4), computed by Nettle, which uses the processor's own instructions and allocates nothing:
 * OpenSSL's libcrypto is a sixth faster, and crashes where memory ends while it sets itself up. */
#ifndef SQ_DIGEST_H
#define SQ_DIGEST_H

#include "kernels/base/status.h"

#include <stddef.h>

enum { SQ_DIGEST_TEXT = 65 }; /* 64 hexadecimal digits and the terminating zero */

/* SHA-256 of a file's bytes as lower-case hexadecimal. SQ_EIO if it cannot be read. */
int sq_digest_file(struct sq_error *err, const char *path, char text[SQ_DIGEST_TEXT]);

/* SHA-256 of bytes that come in pieces: new, add ..., end (which frees it; `text` may be NULL). */
struct sq_hash;
int sq_hash_new(struct sq_error *err, struct sq_hash **out);
void sq_hash_add(struct sq_hash *hash, const void *data, size_t size);
void sq_hash_end(struct sq_hash *hash, char text[SQ_DIGEST_TEXT]);

#endif
