#include "traces/format/codec.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* Fast levels: frames are short, and recording must not hold up the run. */
enum { ZLIB_LEVEL = 1, ZLIB_WINDOW_BITS = 15, ZLIB_MEMORY = 8, ZSTD_LEVEL = 1 };

struct sq_packer {
    enum sq_trace_codec codec;
    z_stream zlib;
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
        ok = deflateInit2(&packer->zlib, ZLIB_LEVEL, Z_DEFLATED, ZLIB_WINDOW_BITS, ZLIB_MEMORY,
                          Z_DEFAULT_STRATEGY) == Z_OK;
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
    if (packer->codec == SQ_CODEC_ZLIB)
        deflateEnd(&packer->zlib);
    ZSTD_freeCCtx(packer->zstd);
    free(packer);
}

static size_t pack_zlib(z_stream *z, const unsigned char *data, size_t size, unsigned char *out)
{
    if (size > UINT32_MAX || deflateReset(z) != Z_OK)
        return 0;
    z->next_in = (unsigned char *)data; /* zlib does not write there */
    z->avail_in = (uInt)size;
    z->next_out = out;
    z->avail_out = (uInt)size;
    return deflate(z, Z_FINISH) == Z_STREAM_END ? size - z->avail_out : 0;
}

size_t sq_pack(struct sq_packer *packer, const unsigned char *data, size_t size, unsigned char *out)
{
    size_t packed = 0;
    if (packer->codec == SQ_CODEC_ZLIB)
        packed = pack_zlib(&packer->zlib, data, size, out);
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
