#include "test/support/zip_writer.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Raw deflate, as zip wants it. */
static void deflate_to(struct bytes *out, const void *data, size_t n)
{
    z_stream stream = {0};
    const size_t bound = n + n / 100 + 64;
    unsigned char *packed = malloc(bound);
    if (packed == NULL || deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    stream.next_in = (unsigned char *)(uintptr_t)data;
    stream.avail_in = (uInt)n;
    stream.next_out = packed;
    stream.avail_out = (uInt)bound;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    bytes_put(out, packed, stream.total_out);
    deflateEnd(&stream);
    free(packed);
}

/* What the local header and the directory have in common: version to name length. */
static void put_common(struct bytes *out, const struct zip_member *member, uint32_t crc,
                       uint32_t packed, uint32_t size, size_t name_bytes)
{
    const unsigned method = member->method != 0 ? member->method : member->deflate ? 8 : 0;
    bytes_put_u16(out, 20);
    bytes_put_u16(out, member->flags);
    bytes_put_u16(out, method);
    bytes_put_u32(out, 0x00210000); /* 1980-01-01 00:00 */
    bytes_put_u32(out, crc ^ member->crc_xor);
    bytes_put_u32(out, packed + member->packed_plus);
    bytes_put_u32(out, size + member->size_plus);
    bytes_put_u16(out, (unsigned)name_bytes);
}

void zip_writer_add(struct zip_writer *writer, const char *name, const void *data, size_t n,
                    const struct zip_member *member)
{
    static const struct zip_member plain;
    struct bytes packed = {0};
    const uint32_t crc = (uint32_t)crc32(0, data, (uInt)n);
    const size_t at = writer->out->n;
    if (member == NULL)
        member = &plain;
    if (member->deflate)
        deflate_to(&packed, data, n);
    else
        bytes_put(&packed, data, n);
    bytes_put(writer->out, "PK\3\4", 4);
    put_common(writer->out, member, crc, (uint32_t)packed.n, (uint32_t)n, strlen(name));
    bytes_put_u16(writer->out, 0); /* no extra field */
    bytes_put_text(writer->out, name);
    bytes_put(writer->out, packed.data, packed.n);

    bytes_put(&writer->directory, "PK\1\2\24\0", 6);
    put_common(&writer->directory, member, crc, (uint32_t)packed.n, (uint32_t)n, strlen(name));
    bytes_put(&writer->directory, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
    bytes_put_u32(&writer->directory, (uint32_t)at);
    bytes_put_text(&writer->directory, name);
    writer->n_members++;
    bytes_free(&packed);
}

void zip_writer_end(struct zip_writer *writer)
{
    const size_t at = writer->out->n;
    bytes_put(writer->out, writer->directory.data, writer->directory.n);
    bytes_put(writer->out, "PK\5\6\0\0\0\0", 8);
    bytes_put_u16(writer->out, writer->n_members);
    bytes_put_u16(writer->out, writer->n_members);
    bytes_put_u32(writer->out, (uint32_t)writer->directory.n);
    bytes_put_u32(writer->out, (uint32_t)at + writer->hole);
    bytes_put_u16(writer->out, 0);
    bytes_free(&writer->directory);
}
