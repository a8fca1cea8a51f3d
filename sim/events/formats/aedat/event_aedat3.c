/* AEDAT 3: lines that begin with #, the last of them #!END-HEADER (3.1; 3.0 has none, and its row 0
 * is at the bottom), then packets, little-endian:
 *
 *   0  int16  event type: 1 polarity       16  int32  capacity, events that have room
 *   2  int16  source                       20  int32  number of events
 *   4  int32  bytes an event               24  int32  valid ones
 *   8  int32  offset of the time           28         capacity events
 *  12  int32  time overflow
 *
 * A type with bit 15 set marks a compressed packet: its capacity is its length in bytes.
 *
 * Polarity: uint32, bit 0 valid, bit 1 p, bits 2-16 y, bits 17-31 x; int32 time. The time is
 * time | overflow << 31. */
#include "kernels/base/little.h"
#include "sim/events/formats/aedat/aedat_formats.h"
#include "sim/events/reader/event_format.h"
#include "sim/events/reader/event_sensor.h"
#include "sim/events/source/text_line.h"

#include <inttypes.h>

enum { HEADER = 28, EVENT = 8, MAX_EVENT = 1 << 12, POLARITY = 1, COMPRESSED = 0x8000 };

enum { VIEW_VALID, VIEW_WITH_INVALID };

static const char *const views[] = {"valid", "with_invalid", NULL};

struct aedat3 {
    bool is_30;
    uint64_t overflow; /* of the current packet, shifted */
    uint32_t size;     /* bytes an event in it */
    uint32_t left;     /* of its events */
    uint64_t unused;   /* bytes behind them */
};

static bool knows(const unsigned char *head, size_t n)
{
    return sq_text_begins(head, n, "#!AER-DAT3.");
}

static void read_source(struct sq_camera *reader, const unsigned char *line, size_t n)
{
    struct sq_event_facts *facts = &reader->facts;
    struct sq_sensor sensor;
    size_t name = 0;
    if (!sq_text_begins(line, n, "#Source "))
        return;
    while (name < n && line[name] != ':')
        name++;
    while (name < n && (line[name] == ':' || line[name] == ' '))
        name++;
    sq_text_copy(facts->camera, sizeof facts->camera, line + name, n - name);
    if (!sq_sensor_of_text((const char *)line + name, n - name, &sensor))
        return;
    facts->width = sensor.width;
    facts->height = sensor.height;
}

static bool is_end(const unsigned char *line, size_t n)
{
    return sq_text_begins(line, n, "#!END-HEADER");
}

static int open_aedat3(struct sq_camera *reader)
{
    static const struct sq_header_lines lines = {"#", is_end};
    const unsigned char *at;
    size_t line;
    int rc = sq_event_alloc_state(reader, sizeof(struct aedat3));
    struct aedat3 *state = reader->state;
    bool over = false;
    while (rc == SQ_OK && !over) {
        rc = sq_event_peek_line(reader, &lines, &at, &line);
        if (rc != SQ_OK || line == 0)
            break;
        const size_t n = sq_text_trim(at, line);
        state->is_30 |= sq_text_begins(at, n, "#!AER-DAT3.0");
        over = is_end(at, n);
        read_source(reader, at, n);
        sq_source_take(reader->source, line);
    }
    if (rc == SQ_OK && !over && !state->is_30 && !reader->ended)
        rc = sq_event_damage(reader, sq_source_offset(reader->source),
                             "the header has no #!END-HEADER");
    if (rc == SQ_OK && reader->facts.width == 0 && reader->ended) /* nothing to guess from */
        reader->facts.width = reader->facts.height = 128;
    return rc;
}

/* Bytes of a packet after its header. */
static uint64_t bytes_of(const unsigned char *h)
{
    const uint64_t capacity = sq_le32(h + 16);
    return (sq_le16(h) & COMPRESSED) != 0 ? capacity : capacity * sq_le32(h + 4);
}

/* Are the packet's sizes consistent, and within the file? */
static int check_packet(struct sq_camera *reader, const unsigned char *h, uint64_t offset)
{
    const int32_t size = (int32_t)sq_le32(h + 4), overflow = (int32_t)sq_le32(h + 12);
    const int32_t capacity = (int32_t)sq_le32(h + 16), number = (int32_t)sq_le32(h + 20);
    const bool is_polarity = sq_le16(h) == POLARITY;
    const bool is_compressed = (sq_le16(h) & COMPRESSED) != 0;
    const int32_t least = is_polarity ? EVENT : 0, most = is_polarity ? MAX_EVENT : INT32_MAX;
    if (size < least || size > most || overflow < 0 || capacity < 0 || number < 0 ||
        (!is_compressed && number > capacity))
        return sq_event_damage(reader, offset,
                               "a packet of %" PRId32 " events in room for %" PRId32 " of %" PRId32
                               " bytes cannot be",
                               number, capacity, size);
    const uint64_t bytes = bytes_of(h);
    const uint64_t left = sq_source_size(reader->source) - offset;
    if (sq_source_is_file(reader->source) && bytes + HEADER > left)
        return sq_event_cut(reader, offset,
                            "a packet of %" PRIu64 " bytes, and the file has %" PRIu64 " more",
                            bytes + HEADER, left);
    return SQ_OK;
}

static int pass_over(struct sq_camera *reader, uint64_t bytes)
{
    uint64_t passed;
    const int rc = sq_source_skip(reader->err, reader->source, bytes, &passed);
    if (rc == SQ_OK && passed < bytes)
        return sq_event_cut(reader, sq_source_offset(reader->source),
                            "the recording is cut short in a packet");
    return rc;
}

/* Events that are there and cannot be read do not end the recording, tolerated or not. */
static int refuse_compressed(struct sq_camera *reader, uint64_t offset)
{
    return sq_fail(reader->err, SQ_EUNSUPPORTED,
                   "%s: byte %" PRIu64 ": compressed polarity packets (SerializedTS) are not read; "
                   "record without compression, or convert it by cAER or DV",
                   reader->path, offset);
}

/* The next packet's header; packets of other types are skipped. */
static int next_packet(struct sq_camera *reader)
{
    struct aedat3 *state = reader->state;
    const unsigned char *h;
    size_t n;
    int rc = sq_event_peek_records(reader, HEADER, &h, &n);
    if (rc == SQ_OK && n == 0)
        reader->ended = true;
    if (rc == SQ_OK && !reader->ended)
        rc = check_packet(reader, h, sq_source_offset(reader->source));
    if (rc != SQ_OK || reader->ended)
        return rc;
    state->size = sq_le32(h + 4);
    state->overflow = (uint64_t)sq_le32(h + 12) << 31;
    state->left = sq_le32(h + 20);
    if (sq_le16(h) == (POLARITY | COMPRESSED))
        return refuse_compressed(reader, sq_source_offset(reader->source));
    if (sq_le16(h) != POLARITY) {
        reader->facts.drop[SQ_DROP_OTHER] += state->left;
        state->left = 0;
    }
    state->unused = bytes_of(h) - (uint64_t)state->size * state->left;
    sq_source_take(reader->source, HEADER);
    return SQ_OK;
}

static void read_event(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    const struct aedat3 *state = reader->state;
    const uint32_t data = sq_le32(r);
    const uint64_t t = sq_le32(r + 4) | state->overflow;
    uint16_t y = data >> 2 & 0x7fff;
    if ((data & 1) == 0 && reader->view != VIEW_WITH_INVALID) {
        reader->facts.drop[SQ_DROP_INVALID]++;
        return;
    }
    if (state->is_30)
        y = (uint16_t)(reader->facts.height - 1 - y);
    sq_event_put(&reader->batch, (int64_t)t, data >> 17, y, data >> 1 & 1, at);
}

/* Events of the current packet. */
static int read_events(struct sq_camera *reader)
{
    struct aedat3 *state = reader->state;
    const unsigned char *at;
    size_t n;
    const int rc = sq_event_peek(reader, state->size, &at, &n);
    size_t records = n / state->size;
    if (rc != SQ_OK)
        return rc;
    if (records == 0)
        return sq_event_cut(reader, sq_source_offset(reader->source),
                            "the recording is cut short in a packet");
    records = records < state->left ? records : state->left;
    records = records < SQ_EVENT_BATCH ? records : SQ_EVENT_BATCH;
    reader->batch.base = sq_source_offset(reader->source);
    for (size_t i = 0; i < records; i++)
        read_event(reader, at + i * state->size, i * state->size);
    sq_source_take(reader->source, records * state->size);
    state->left -= (uint32_t)records;
    return SQ_OK;
}

static int next(struct sq_camera *reader)
{
    struct aedat3 *state = reader->state;
    int rc = SQ_OK;
    while (rc == SQ_OK && !reader->ended && reader->batch.n == 0) {
        if (state->left > 0) {
            rc = read_events(reader);
        } else if (state->unused > 0) {
            rc = pass_over(reader, state->unused);
            state->unused = 0;
        } else {
            rc = next_packet(reader);
        }
    }
    return rc;
}

const struct sq_event_format sq_format_aedat3 = {.key = "aedat3",
                                                 .name = "AEDAT 3.1",
                                                 .views = views,
                                                 .knows = knows,
                                                 .open = open_aedat3,
                                                 .next = next};
