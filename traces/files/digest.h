/* Digests: which bytes a run was made from, and whether two recordings are equal. SHA-256 (FIPS
 * 180-4), computed by Nettle, which uses the processor's own instructions and allocates nothing:
 * OpenSSL's libcrypto is a sixth faster, and crashes where memory ends while it sets itself up. */
#ifndef SQ_DIGEST_H
#define SQ_DIGEST_H

#include "kernels/base/status.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

enum { SQ_DIGEST_TEXT = 65 }; /* 64 hexadecimal digits and the terminating zero */

/* SHA-256 of a file's bytes as lower-case hexadecimal. SQ_EIO if it cannot be read. */
int sq_digest_file(struct sq_error *err, const char *path, char text[SQ_DIGEST_TEXT]);

/* The same of what is left of an open file, which messages call `name`. */
int sq_digest_stream(struct sq_error *err, const char *name, FILE *file, char text[SQ_DIGEST_TEXT]);

/* The same beside what the caller does in the meantime, by a thread of its own where there can be one. */
struct sq_digest_task {
    const char *path; /* the caller's, until the end */
    pthread_t thread;
    int has_thread, status;
    struct sq_error error; /* of the thread */
    char text[SQ_DIGEST_TEXT];
};

void sq_digest_begin(struct sq_digest_task *task, const char *path);

/* Wait for it, once for each begin; what sq_digest_file() fails with. */
int sq_digest_end(struct sq_error *err, struct sq_digest_task *task, char text[SQ_DIGEST_TEXT]);

/* SHA-256 of bytes that come in pieces: new, add ..., end (which frees it; `text` may be NULL). */
struct sq_hash;
int sq_hash_new(struct sq_error *err, struct sq_hash **out);
void sq_hash_add(struct sq_hash *hash, const void *data, size_t size);
void sq_hash_end(struct sq_hash *hash, char text[SQ_DIGEST_TEXT]);

#endif
