#include "traces/format/codec.h"

#include <libdeflate.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* Fast levels: frames are short, and recording must not hold up the run. */
enum { ZLIB_LEVEL = 1, ZSTD_LEVEL = 1 };

struct sq_packer {
    enum sq_trace_codec codec;
    struct libdeflate_compressor *zlib;
    ZSTD_CCtx *zstd;
};

static const char *const name[SQ_CODECS] = {"none", "zlib", "zstd"};

const char *sq_codec_name(enum sq_trace_codec codec)
{
    return (unsigned)codec < SQ_CODECS ? name[codec] : "unknown";
}

int sq_codec_find(const char *wanted)
{
    for (int i = 0; i < SQ_CODECS; i++)
        if (strcmp(name[i], wanted) == 0)
            return i;
    return -1;
}

int sq_packer_new(struct sq_error *err, enum sq_trace_codec codec, struct sq_packer **out)
{
    struct sq_packer *packer = calloc(1, sizeof *packer);
    int ok = packer != NULL;
    if (ok && codec == SQ_CODEC_ZLIB)
        ok = (packer->zlib = libdeflate_alloc_compressor(ZLIB_LEVEL)) != NULL;
    if (ok && codec == SQ_CODEC_ZSTD)
        ok = (packer->zstd = ZSTD_createCCtx()) != NULL;
    if (!ok) {
        free(packer);
        return sq_fail(err, SQ_ENOMEM, "out of memory for the %s codec", sq_codec_name(codec));
    }
    packer->codec = codec;
    *out = packer;
    return SQ_OK;
}

void sq_packer_free(struct sq_packer *packer)
{
    if (packer == NULL)
        return;
    libdeflate_free_compressor(packer->zlib);
    ZSTD_freeCCtx(packer->zstd);
    free(packer);
}

size_t sq_pack(struct sq_packer *packer, const unsigned char *data, size_t size, unsigned char *out)
{
    size_t packed = 0;
    if (packer->codec == SQ_CODEC_ZLIB)
        packed = libdeflate_zlib_compress(packer->zlib, data, size, out, size);
    else if (packer->codec == SQ_CODEC_ZSTD)
        packed = ZSTD_compressCCtx(packer->zstd, out, size, data, size, ZSTD_LEVEL);
    return packed < size ? packed : 0; /* an error of zstd is a huge number */
}

size_t sq_unpack(enum sq_trace_codec codec, const unsigned char *data, size_t size,
                 unsigned char *out, size_t room)
{
    if (codec == SQ_CODEC_ZLIB) {
        uLongf got = room;
        return uncompress(out, &got, data, size) == Z_OK ? got : SIZE_MAX;
    }
    const size_t got = codec == SQ_CODEC_ZSTD ? ZSTD_decompress(out, room, data, size) : SIZE_MAX;
    return ZSTD_isError(got) ? SIZE_MAX : got;
}
