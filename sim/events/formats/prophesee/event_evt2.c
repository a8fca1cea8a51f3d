/* Prophesee RAW, EVT 2.0 and 2.1: little-endian words whose four top bits are the type.
 *
 *             EVT 2.0, 32 bits                    EVT 2.1, 64 bits
 *   0, 1      OFF, ON: 22-27 low bits of t,       54-59 low bits of t, 43-53 x, 32-42 y, 0-31 a
 *             11-21 x, 0-10 y                     mask: bit i is an event at x + i
 *   8         0-27 t >> 6                         32-59 t >> 6
 *   10        trigger
 *   14, 15    others, continued
 *
 * A time that falls by more than half its range has passed 2^34 us. */
#include "kernels/base/little.h"
#include "sim/events/formats/prophesee/prophesee_formats.h"
#include "sim/events/formats/prophesee/prophesee_header.h"

enum { OFF = 0, ON = 1, TIME_HIGH = 8, TRIGGER = 10, HALF_RANGE = 1 << 27 };

struct evt2 {
    bool has_time, is_legacy;
    uint32_t high; /* 28 bits */
    int64_t time_us;
};

static bool knows_2(const unsigned char *head, size_t n)
{
    return sq_prophesee_kind(head, n) == SQ_EVT_2;
}

static bool knows_21(const unsigned char *head, size_t n)
{
    return sq_prophesee_kind(head, n) == SQ_EVT_21;
}

static int open_evt2(struct sq_camera *reader)
{
    const int rc = sq_event_alloc_state(reader, sizeof(struct evt2));
    struct evt2 *state = reader->state;
    return rc != SQ_OK ? rc : sq_prophesee_read_header(reader, &state->is_legacy);
}

static void take_time(struct evt2 *state, uint32_t high)
{
    if (state->has_time && high < state->high && state->high - high > HALF_RANGE)
        state->time_us += (int64_t)1 << 34;
    state->time_us += ((int64_t)high - (int64_t)state->high) * 64;
    state->high = high;
    state->has_time = true;
}

/* A word that is neither a time nor a usable event; true: it is an event. */
static bool is_event(struct sq_camera *reader, unsigned type)
{
    struct evt2 *state = reader->state;
    uint64_t *drop = reader->facts.drop;
    if (type == OFF || type == ON) {
        drop[SQ_DROP_UNTIMED] += !state->has_time;
        return state->has_time;
    }
    drop[type == TRIGGER ? SQ_DROP_EXTERNAL : SQ_DROP_OTHER]++;
    return false;
}

static void read_word_2(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    struct evt2 *state = reader->state;
    const uint32_t w = sq_le32(r);
    const unsigned type = w >> 28;
    if (type == TIME_HIGH)
        take_time(state, w & 0xfffffff);
    else if (is_event(reader, type))
        sq_event_put(&reader->batch, state->time_us | (w >> 22 & 63), w >> 11 & 2047, w & 2047,
                     type, at);
}

static void read_word_21(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    struct evt2 *state = reader->state;
    const uint64_t stored = sq_le64(r);
    const uint64_t w = state->is_legacy ? stored >> 32 | stored << 32 : stored;
    const unsigned type = (unsigned)(w >> 60);
    if (type == TIME_HIGH)
        take_time(state, w >> 32 & 0xfffffff);
    else if (is_event(reader, type))
        for (uint32_t mask = (uint32_t)w; mask != 0; mask &= mask - 1)
            sq_event_put(&reader->batch, state->time_us | (w >> 54 & 63),
                         (uint16_t)((w >> 43 & 2047) + (unsigned)__builtin_ctz(mask)),
                         w >> 32 & 2047, type, at);
}

static int next_2(struct sq_camera *reader)
{
    return sq_event_each_record(reader, 4, 1, read_word_2);
}

static int next_21(struct sq_camera *reader)
{
    return sq_event_each_record(reader, 8, 32, read_word_21);
}

const struct sq_event_format sq_format_evt2 = {.key = "evt2",
                                               .name = "Prophesee EVT 2.0",
                                               .views = sq_views_as_stored,
                                               .knows = knows_2,
                                               .open = open_evt2,
                                               .next = next_2};

const struct sq_event_format sq_format_evt21 = {.key = "evt21",
                                                .name = "Prophesee EVT 2.1",
                                                .views = sq_views_as_stored,
                                                .knows = knows_21,
                                                .open = open_evt2,
                                                .next = next_21,
                                                .is_slow_to_decode = true};
