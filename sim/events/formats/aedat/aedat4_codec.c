#include "sim/events/formats/aedat/aedat4_codec.h"

#include <lz4frame.h>
#include <stdlib.h>
#include <zstd.h>

enum { FIRST_ROOM = 1 << 18 };

struct sq_aedat4_unpacker {
    enum sq_aedat4_codec codec;
    LZ4F_dctx *lz4;
    ZSTD_DCtx *zstd;
    unsigned char *room;
    size_t room_bytes;
};

struct sq_aedat4_unpacker *sq_aedat4_unpacker_new(enum sq_aedat4_codec codec)
{
    struct sq_aedat4_unpacker *unpacker = calloc(1, sizeof *unpacker);
    if (unpacker == NULL)
        return NULL;
    unpacker->codec = codec;
    if (codec == SQ_AEDAT4_LZ4 &&
        LZ4F_isError(LZ4F_createDecompressionContext(&unpacker->lz4, LZ4F_VERSION)))
        unpacker->lz4 = NULL;
    if (codec == SQ_AEDAT4_ZSTD)
        unpacker->zstd = ZSTD_createDCtx();
    if (codec == SQ_AEDAT4_PLAIN || unpacker->lz4 != NULL || unpacker->zstd != NULL)
        return unpacker;
    free(unpacker);
    return NULL;
}

void sq_aedat4_unpacker_free(struct sq_aedat4_unpacker *unpacker)
{
    if (unpacker == NULL)
        return;
    LZ4F_freeDecompressionContext(unpacker->lz4);
    ZSTD_freeDCtx(unpacker->zstd);
    free(unpacker->room);
    free(unpacker);
}

/* One step: from in[*done] into the room after *size. Returns what remains, 0: the frame
 * is over; or, in *failed, that it is damaged. */
static size_t step(struct sq_aedat4_unpacker *u, const unsigned char *in, size_t n, size_t *done,
                   size_t *size, bool *failed)
{
    size_t left;
    if (u->codec == SQ_AEDAT4_LZ4) {
        size_t taken = n - *done, made = u->room_bytes - *size;
        left = LZ4F_decompress(u->lz4, u->room + *size, &made, in + *done, &taken, NULL);
        *failed = LZ4F_isError(left);
        *done += taken;
        *size += made;
    } else {
        ZSTD_inBuffer from = {in, n, *done};
        ZSTD_outBuffer to = {u->room, u->room_bytes, *size};
        left = ZSTD_decompressStream(u->zstd, &to, &from);
        *failed = ZSTD_isError(left);
        *done = from.pos;
        *size = to.pos;
    }
    return left;
}

static void reset(struct sq_aedat4_unpacker *u)
{
    if (u->codec == SQ_AEDAT4_LZ4)
        LZ4F_resetDecompressionContext(u->lz4);
    else
        ZSTD_DCtx_reset(u->zstd, ZSTD_reset_session_only);
}

/* Twice the room, up to the limit; false: no memory. */
static bool grow(struct sq_aedat4_unpacker *u)
{
    const size_t bytes = u->room_bytes > 0 ? 2 * u->room_bytes : FIRST_ROOM;
    unsigned char *room = realloc(u->room, bytes);
    if (room == NULL)
        return false;
    u->room = room;
    u->room_bytes = bytes;
    return true;
}

const char *sq_aedat4_unpack(struct sq_aedat4_unpacker *u, const unsigned char *in, size_t n,
                             const unsigned char **out, size_t *size, bool *no_memory)
{
    size_t done = 0, left = 1;
    bool failed = false;
    *no_memory = false;
    *out = in;
    *size = n;
    if (u->codec == SQ_AEDAT4_PLAIN)
        return NULL;
    reset(u);
    for (*size = 0; left > 0;) {
        const size_t done_before = done, size_before = *size;
        if (*size == u->room_bytes && u->room_bytes >= SQ_AEDAT4_MAX_BYTES)
            return "unpacks to more than 256 MiB";
        *no_memory = *size == u->room_bytes && !grow(u);
        if (*no_memory)
            return "out of memory";
        left = step(u, in, n, &done, size, &failed);
        if (failed)
            return "its compressed data are damaged";
        if (left > 0 && done == done_before && *size == size_before)
            return "its compressed data are cut short";
    }
    *out = u->room;
    return done == n ? NULL : "something follows its compressed data";
}
