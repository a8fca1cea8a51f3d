/* AEDAT 4.0 (DV), little-endian:
 *
 *   "#!AER-DAT4.0\r\n", uint32 size, a FlatBuffer IOHE {compression, dataTablePosition, infoNode}
 *   packets:  int32 stream, int32 size, a payload (aedat4_codec.h) that unpacks to
 *             uint32 size, a FlatBuffer; those of events, EVTS, hold a vector of
 *             {int64 t, int16 x, int16 y, uint8 on, 3 bytes}
 *   at dataTablePosition, unless that is -1: a payload FTAB, up to the end of the file
 *
 * Events are those of the event stream with the lowest number. */
#include "kernels/base/little.h"
#include "sim/events/formats/aedat/aedat4.h"
#include "sim/events/formats/aedat/aedat_formats.h"
#include "sim/events/formats/aedat/flat_table.h"
#include "sim/events/source/text_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PACKET = 8, EVENT = 16 };

static bool knows(const unsigned char *head, size_t n)
{
    return sq_text_begins(head, n, "#!AER-DAT4.");
}

static void close_aedat4(struct sq_camera *reader)
{
    struct sq_aedat4 *state = reader->state;
    sq_aedat4_unpacker_free(state->unpacker);
    free(state->packed);
}

static int open_aedat4(struct sq_camera *reader)
{
    int rc = sq_event_alloc_state(reader, sizeof(struct sq_aedat4));
    const struct sq_aedat4 *state = reader->state;
    if (rc == SQ_OK)
        rc = sq_aedat4_read_header(reader);
    if (rc != SQ_OK)
        return rc;
    memcpy(reader->facts.camera, state->info.source, sizeof state->info.source);
    reader->facts.width = state->info.width;
    reader->facts.height = state->info.height;
    return rc;
}

/* Unpack what sq_aedat4_read_bytes() read: a FlatBuffer without its size in front. The last bytes
 * of a recording may be fewer than there were. */
static int unpack(struct sq_camera *reader, bool is_last, const unsigned char **out, size_t *size)
{
    struct sq_aedat4 *state = reader->state;
    bool no_memory;
    const char *wrong = sq_aedat4_unpack(state->unpacker, state->payload, state->payload_bytes, out,
                                         size, &no_memory);
    if (no_memory)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    if (wrong == NULL && (*size < 4 || sq_le32(*out) > *size - 4))
        wrong = "it is shorter than its size says";
    if (wrong != NULL)
        return (is_last ? sq_event_cut : sq_event_damage)(
            reader, state->offset, "a payload of %zu bytes: %s", state->payload_bytes, wrong);
    *size = sq_le32(*out);
    *out += 4;
    return SQ_OK;
}

/* The events of an unpacked packet. */
static int find_events(struct sq_camera *reader, const unsigned char *bytes, size_t size)
{
    struct sq_aedat4 *state = reader->state;
    struct sq_flat_table table;
    if (!sq_flat_root(bytes, size, &table) ||
        !sq_flat_vector(&table, 0, EVENT, &state->event, &state->left)) {
        state->left = 0;
        return sq_event_damage(reader, state->offset,
                               "a packet of events is not a FlatBuffer EVTS");
    }
    return SQ_OK;
}

/* At the end of the packets: what follows must be the whole data table. */
static int check_table(struct sq_camera *reader)
{
    struct sq_aedat4 *state = reader->state;
    const uint64_t left = sq_source_size(reader->source) - sq_source_offset(reader->source);
    const unsigned char *bytes;
    size_t size;
    reader->ended = true;
    if (state->table < 0 || !sq_source_is_file(reader->source))
        return SQ_OK;
    state->offset = sq_source_offset(reader->source);
    if (left > SQ_AEDAT4_MAX_BYTES) /* not a camera's; nothing depends on it */
        return SQ_OK;
    int rc = sq_aedat4_read_bytes(reader, "the data table", left);
    if (rc == SQ_OK)
        rc = unpack(reader, true, &bytes, &size);
    if (rc == SQ_OK && !reader->facts.is_damaged && !sq_flat_is(bytes, size, "FTAB"))
        rc = sq_event_damage(reader, state->offset, "there is no data table FTAB");
    return rc;
}

/* Is the packet of this stream, unpacked, one of events to be read? */
static bool is_wanted(struct sq_aedat4 *state, int32_t stream, const unsigned char *bytes,
                      size_t size)
{
    if (!sq_flat_is(bytes, size, "EVTS"))
        return false;
    if (!state->info.has_events) { /* the description does not say: the first one */
        state->info.has_events = true;
        state->info.stream = stream;
    }
    return stream == state->info.stream;
}

static int read_packet(struct sq_camera *reader, const unsigned char *head)
{
    struct sq_aedat4 *state = reader->state;
    const int32_t stream = (int32_t)sq_le32(head), n = (int32_t)sq_le32(head + 4);
    const unsigned char *bytes;
    size_t size;
    if (n < 0 || n > SQ_AEDAT4_MAX_BYTES ||
        (state->table >= 0 && state->offset + PACKET + (uint64_t)n > (uint64_t)state->table))
        return sq_event_damage(reader, state->offset, "a packet of %" PRId32 " bytes cannot be", n);
    sq_source_take(reader->source, PACKET);
    int rc = sq_aedat4_read_bytes(reader, "a packet", (uint64_t)n);
    if (rc != SQ_OK || reader->ended)
        return rc;
    if (state->info.has_events && stream != state->info.stream) {
        reader->facts.drop[SQ_DROP_OTHER]++;
        return SQ_OK;
    }
    rc = unpack(reader, false, &bytes, &size);
    if (rc != SQ_OK || reader->ended)
        return rc;
    if (is_wanted(state, stream, bytes, size))
        return find_events(reader, bytes, size);
    reader->facts.drop[SQ_DROP_OTHER]++;
    return SQ_OK;
}

static int next_packet(struct sq_camera *reader)
{
    struct sq_aedat4 *state = reader->state;
    const unsigned char *at;
    size_t n;
    state->offset = sq_source_offset(reader->source);
    if (state->table >= 0 && state->offset == (uint64_t)state->table)
        return check_table(reader);
    const int rc = sq_event_peek_records(reader, PACKET, &at, &n);
    if (rc != SQ_OK || reader->ended)
        return rc;
    if (n == 0 && state->table >= 0)
        return sq_event_cut(reader, state->offset, "the recording ends before its data table");
    if (n == 0)
        return check_table(reader);
    return read_packet(reader, at);
}

static void read_events(struct sq_camera *reader)
{
    struct sq_aedat4 *state = reader->state;
    const size_t n = state->left < SQ_EVENT_BATCH ? state->left : SQ_EVENT_BATCH;
    reader->batch.base = state->offset;
    for (size_t i = 0; i < n; i++) {
        const unsigned char *e = state->event + i * EVENT;
        sq_event_put(&reader->batch, (int64_t)sq_le64(e), sq_le16(e + 8), sq_le16(e + 10),
                     e[12] != 0, 0);
    }
    state->event += n * EVENT;
    state->left -= n;
}

static int next(struct sq_camera *reader)
{
    const struct sq_aedat4 *state = reader->state;
    int rc = SQ_OK;
    while (rc == SQ_OK && !reader->ended && reader->batch.n == 0) {
        if (state->left > 0)
            read_events(reader);
        else
            rc = next_packet(reader);
    }
    return rc;
}

const struct sq_event_format sq_format_aedat4 = {.key = "aedat4",
                                                 .name = "AEDAT 4.0",
                                                 .views = sq_views_as_stored,
                                                 .knows = knows,
                                                 .open = open_aedat4,
                                                 .next = next,
                                                 .is_slow_to_decode = true,
                                                 .close = close_aedat4};
