/* Prophesee DAT 2: lines "% key value", a byte of event type (0 Event2d, 12 EventCD) and one of
 * event size (8), then records, little-endian: uint32 t in us; uint32 with bits 0-13 x, 14-27 y, 28
 * p. */
#include "kernels/base/little.h"
#include "sim/events/formats/prophesee/prophesee_formats.h"
#include "sim/events/formats/prophesee/prophesee_header.h"

enum { RECORD = 8, EVENT_2D = 0, EVENT_CD = 12 };

static bool knows(const unsigned char *head, size_t n)
{
    return sq_prophesee_kind(head, n) == SQ_DAT_2;
}

/* The two bytes behind the header; an old file without any header has none. */
static int read_type(struct sq_camera *reader)
{
    const unsigned char *at;
    size_t n;
    const int rc = sq_event_peek_records(reader, 2, &at, &n);
    if (rc != SQ_OK || reader->ended)
        return rc;
    if (n == 0)
        return sq_event_damage(reader, sq_source_offset(reader->source),
                               "the recording ends before its event type");
    if ((at[0] != EVENT_2D && at[0] != EVENT_CD) || at[1] != RECORD)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: DAT events of type %u and %u bytes; types 0 and 12 of 8 bytes are read",
                       reader->path, at[0], at[1]);
    sq_source_take(reader->source, 2);
    return SQ_OK;
}

static int open_dat(struct sq_camera *reader)
{
    int rc = sq_prophesee_read_header(reader, NULL);
    if (rc == SQ_OK && !reader->ended && sq_source_offset(reader->source) > 0)
        rc = read_type(reader);
    return rc;
}

static void read_record(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    const uint32_t w = sq_le32(r + 4);
    sq_event_put(&reader->batch, sq_le32(r), w & 0x3fff, w >> 14 & 0x3fff, w >> 28 & 1, at);
}

static int next(struct sq_camera *reader)
{
    return sq_event_each_record(reader, RECORD, 1, read_record);
}

const struct sq_event_format sq_format_dat = {.key = "dat",
                                              .name = "Prophesee DAT 2",
                                              .views = sq_views_as_stored,
                                              .knows = knows,
                                              .open = open_dat,
                                              .next = next};
