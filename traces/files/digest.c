#include "traces/files/digest.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGEST_BYTES = SHA256_DIGEST_SIZE, PIECE_BYTES = 1 << 16 };

_Static_assert(SQ_DIGEST_TEXT == 2 * DIGEST_BYTES + 1, "hexadecimal digits and a zero");

struct sq_hash {
    struct sha256_ctx state;
};

int sq_hash_new(struct sq_error *err, struct sq_hash **out)
{
    struct sq_hash *hash = malloc(sizeof *hash);
    if (hash == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a digest");
    sha256_init(&hash->state);
    *out = hash;
    return SQ_OK;
}

void sq_hash_add(struct sq_hash *hash, const void *data, size_t size)
{
    sha256_update(&hash->state, size, data);
}

static void write_hexadecimal(char *text, const unsigned char digest[DIGEST_BYTES])
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        *text++ = digit[digest[i] >> 4];
        *text++ = digit[digest[i] & 15];
    }
    *text = '\0';
}

void sq_hash_end(struct sq_hash *hash, char text[SQ_DIGEST_TEXT])
{
    unsigned char digest[DIGEST_BYTES] = {0};
    if (hash != NULL && text != NULL) {
        sha256_digest(&hash->state, sizeof digest, digest);
        write_hexadecimal(text, digest);
    }
    free(hash);
}

static int unreadable(struct sq_error *err, const char *path)
{
    return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", path, strerror(errno));
}

int sq_digest_stream(struct sq_error *err, const char *name, FILE *file, char text[SQ_DIGEST_TEXT])
{
    struct sha256_ctx state;
    unsigned char piece[PIECE_BYTES], digest[DIGEST_BYTES];
    size_t n;
    sha256_init(&state);
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        sha256_update(&state, n, piece);
    if (ferror(file))
        return unreadable(err, name);
    sha256_digest(&state, sizeof digest, digest);
    write_hexadecimal(text, digest);
    return SQ_OK;
}

int sq_digest_file(struct sq_error *err, const char *path, char text[SQ_DIGEST_TEXT])
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return unreadable(err, path);
    const int status = sq_digest_stream(err, path, file, text);
    fclose(file);
    return status;
}

static void *compute(void *data)
{
    struct sq_digest_task *task = data;
    task->status = sq_digest_file(&task->error, task->path, task->text);
    return NULL;
}

void sq_digest_begin(struct sq_digest_task *task, const char *path)
{
    *task = (struct sq_digest_task){.path = path};
    task->has_thread = pthread_create(&task->thread, NULL, compute, task) == 0;
}

int sq_digest_end(struct sq_error *err, struct sq_digest_task *task, char text[SQ_DIGEST_TEXT])
{
    if (task->has_thread)
        pthread_join(task->thread, NULL);
    else
        compute(task);
    if (task->status == SQ_OK)
        memcpy(text, task->text, sizeof task->text);
    else
        sq_error_copy(err, &task->error);
    return task->status;
}
