#include "kernels/base/little.h"
#include "sim/events/formats/aedat/aedat4.h"
#include "sim/events/formats/aedat/flat_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC = sizeof SQ_AEDAT4_MAGIC - 1, MAX_HEADER = 1 << 24 };

static int cut_short(struct sq_camera *reader, uint64_t offset, const char *what, uint64_t bytes)
{
    return sq_event_cut(reader, offset, "%s of %" PRIu64 " bytes is cut short", what, bytes);
}

int sq_aedat4_read_bytes(struct sq_camera *reader, const char *what, uint64_t n)
{
    struct sq_aedat4 *state = reader->state;
    const uint64_t start = sq_source_offset(reader->source);
    const uint64_t size = sq_source_size(reader->source);
    size_t done = 0, got = 0;
    if (sq_source_is_file(reader->source) && n > size - start)
        return cut_short(reader, start, what, n);
    while (done < n) {
        const size_t room = n - done < 1 << 20 ? (size_t)n : done + (1 << 20);
        if (room > state->packed_bytes) {
            unsigned char *grown = realloc(state->packed, room);
            if (grown == NULL)
                return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
            state->packed = grown;
            state->packed_bytes = room;
        }
        const int rc =
            sq_source_read(reader->err, reader->source, state->packed + done, room - done, &got);
        if (rc != SQ_OK || got < room - done)
            return rc != SQ_OK ? rc : cut_short(reader, start, what, n);
        done += got;
    }
    state->payload = state->packed;
    state->payload_bytes = (size_t)n;
    return SQ_OK;
}

/* The table IOHE: how payloads are packed, where they end, what the streams are. */
static int read_header_table(struct sq_camera *reader, int32_t *compression)
{
    struct sq_aedat4 *state = reader->state;
    const unsigned char *bytes = state->payload, *xml;
    struct sq_flat_table table;
    size_t at_compression, at_table, n;
    *compression = 0;
    state->table = -1;
    if (!sq_flat_is(bytes, state->payload_bytes, "IOHE") ||
        !sq_flat_root(bytes, state->payload_bytes, &table) ||
        !sq_flat_field(&table, 0, 4, &at_compression) || !sq_flat_field(&table, 1, 8, &at_table) ||
        !sq_flat_vector(&table, 2, 1, &xml, &n))
        return sq_event_damage(reader, MAGIC, "the header is not a FlatBuffer IOHE");
    if (at_compression > 0)
        *compression = (int32_t)sq_le32(bytes + at_compression);
    if (at_table > 0)
        state->table = (int64_t)sq_le64(bytes + at_table);
    if (n > 0 && !sq_aedat4_info_read(xml, n, &state->info))
        return sq_event_damage(reader, MAGIC, "the description of the streams is not XML");
    return SQ_OK;
}

static int check_table_position(struct sq_camera *reader)
{
    const struct sq_aedat4 *state = reader->state;
    const uint64_t here = sq_source_offset(reader->source), size = sq_source_size(reader->source);
    if (state->table < -1 || (state->table >= 0 && (uint64_t)state->table < here) ||
        (sq_source_is_file(reader->source) && state->table > (int64_t)size))
        return sq_event_damage(
            reader, MAGIC, "the data table is said to lie at byte %" PRId64 ", where none can be",
            state->table);
    return SQ_OK;
}

static int open_codec(struct sq_camera *reader, int32_t compression)
{
    struct sq_aedat4 *state = reader->state;
    if (compression < 0 || compression > 4)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: byte %d: packets are compressed by method %" PRId32
                       "; 0 (none), 1, 2 (LZ4), 3, 4 (zstd) are read",
                       reader->path, MAGIC, compression);
    state->unpacker = sq_aedat4_unpacker_new(compression == 0  ? SQ_AEDAT4_PLAIN
                                             : compression < 3 ? SQ_AEDAT4_LZ4
                                                               : SQ_AEDAT4_ZSTD);
    return state->unpacker != NULL
               ? SQ_OK
               : sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
}

static int read_header(struct sq_camera *reader, int32_t *compression)
{
    const unsigned char *at;
    size_t n;
    int rc = sq_event_peek(reader, MAGIC + 4, &at, &n);
    if (rc != SQ_OK)
        return rc;
    if (n < MAGIC + 4 || memcmp(at, SQ_AEDAT4_MAGIC, MAGIC) != 0)
        return n < MAGIC + 4 ? sq_event_damage(reader, 0, "the recording ends in its header")
                             : sq_fail(reader->err, SQ_EUNSUPPORTED,
                                       "%s: AEDAT 4 of another version than 4.0", reader->path);
    const uint32_t size = sq_le32(at + MAGIC);
    if (size > MAX_HEADER)
        return sq_event_damage(reader, MAGIC, "a header of %" PRIu32 " bytes; at most %d are read",
                               size, MAX_HEADER);
    sq_source_take(reader->source, MAGIC + 4);
    rc = sq_aedat4_read_bytes(reader, "the header", size);
    if (rc == SQ_OK && !reader->ended)
        rc = read_header_table(reader, compression);
    return rc;
}

int sq_aedat4_read_header(struct sq_camera *reader)
{
    int32_t compression = 0;
    int rc = read_header(reader, &compression);
    if (rc == SQ_OK && !reader->ended)
        rc = check_table_position(reader);
    if (rc == SQ_OK && !reader->ended)
        rc = open_codec(reader, compression);
    return rc;
}
