#include "traces/digest/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { DIGEST_BYTES = 32, PIECE_BYTES = 1 << 16 };

_Static_assert(SQ_DIGEST_TEXT == 2 * DIGEST_BYTES + 1, "hexadecimal digits and a zero");

static EVP_MD_CTX *state_of(struct sq_hash *hash)
{
    return (EVP_MD_CTX *)hash;
}

int sq_hash_new(struct sq_error *err, struct sq_hash **out)
{
    EVP_MD_CTX *state = EVP_MD_CTX_new();
    if (state == NULL || EVP_DigestInit_ex(state, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(state);
        return sq_fail(err, SQ_ENOMEM, "out of memory for a digest");
    }
    *out = (struct sq_hash *)state;
    return SQ_OK;
}

void sq_hash_add(struct sq_hash *hash, const void *data, size_t size)
{
    EVP_DigestUpdate(state_of(hash), data, size);
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
        EVP_DigestFinal_ex(state_of(hash), digest, NULL);
        write_hexadecimal(text, digest);
    }
    EVP_MD_CTX_free(state_of(hash));
}

/* The rest of a file; 0 if it cannot be read. */
static int add_file(struct sq_hash *hash, FILE *file)
{
    unsigned char piece[PIECE_BYTES];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        sq_hash_add(hash, piece, n);
    return !ferror(file);
}

int sq_digest_file(struct sq_error *err, const char *path, char text[SQ_DIGEST_TEXT])
{
    struct sq_hash *hash = NULL;
    const int status = sq_hash_new(err, &hash);
    if (status != SQ_OK)
        return status;
    FILE *file = fopen(path, "rb");
    const int is_read = file != NULL && add_file(hash, file);
    const int reason = errno;
    if (file != NULL)
        fclose(file);
    sq_hash_end(hash, is_read ? text : NULL);
    return is_read ? SQ_OK : sq_fail(err, SQ_EIO, "%s: cannot be read: %s", path, strerror(reason));
}
