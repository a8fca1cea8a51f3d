/* Prophesee RAW, EVT 3.0: little-endian words of 16 bits, the four top bits the type, c the rest.
 *
 *   0 ADDR_Y       y = c & 2047                  5 VECT_8      the same with 8 bits, base += 8
 *   2 ADDR_X       an event at x = c & 2047,     6 TIME_LOW    low = c
 *                  p = c >> 11                   8 TIME_HIGH   high = c; low = 0 where it changes
 *   3 VECT_BASE_X  base = c & 2047, p = c >> 11  10 EXT_TRIGGER
 *   4 VECT_12      bit i of c: an event at       others        skipped
 *                  base + i; then base += 12
 *
 * t = loop << 24 | high << 12 | low; loop grows where high falls by half its range or more. Cameras
 * repeat time words, and TIME_LOW may step back a little. */
#include "kernels/base/little.h"
#include "sim/events/formats/prophesee/prophesee_formats.h"
#include "sim/events/formats/prophesee/prophesee_header.h"

enum {
    ADDR_Y = 0,
    ADDR_X = 2,
    VECT_BASE_X = 3,
    VECT_12 = 4,
    VECT_8 = 5,
    TIME_LOW = 6,
    TIME_HIGH = 8,
    TRIGGER = 10,
    HALF_RANGE = 2048,
};

struct evt3 {
    bool has_time;
    uint8_t p;
    uint16_t y, base, high, low;
    int64_t loop, time_us;
};

static bool knows(const unsigned char *head, size_t n)
{
    return sq_prophesee_kind(head, n) == SQ_EVT_3;
}

static int open_evt3(struct sq_camera *reader)
{
    const int rc = sq_event_alloc_state(reader, sizeof(struct evt3));
    return rc != SQ_OK ? rc : sq_prophesee_read_header(reader, NULL);
}

static void take_time(struct evt3 *state, unsigned type, uint16_t c)
{
    if (type == TIME_LOW) {
        state->low = c;
    } else {
        if (state->has_time && c + HALF_RANGE <= state->high)
            state->loop++;
        if (!state->has_time || c != state->high)
            state->low = 0;
        state->high = c;
        state->has_time = true;
    }
    state->time_us = state->loop << 24 | (int64_t)state->high << 12 | state->low;
}

/* Events of a vector word, in rising x. */
static void read_vector(struct sq_camera *reader, uint32_t mask, unsigned width, size_t at)
{
    struct evt3 *state = reader->state;
    for (mask &= (1u << width) - 1; mask != 0; mask &= mask - 1)
        sq_event_put(&reader->batch, state->time_us,
                     (uint16_t)(state->base + (unsigned)__builtin_ctz(mask)), state->y, state->p,
                     at);
    state->base = (uint16_t)(state->base + width);
}

static void read_address(struct sq_camera *reader, unsigned type, uint16_t c, size_t at)
{
    struct evt3 *state = reader->state;
    switch (type) {
    case ADDR_Y:
        state->y = c & 2047;
        break;
    case ADDR_X:
        sq_event_put(&reader->batch, state->time_us, c & 2047, state->y, c >> 11, at);
        break;
    case VECT_BASE_X:
        state->base = c & 2047;
        state->p = (uint8_t)(c >> 11);
        break;
    default:
        read_vector(reader, c, type == VECT_12 ? 12 : 8, at);
    }
}

static void read_word(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    struct evt3 *state = reader->state;
    const unsigned type = r[1] >> 4;
    const uint16_t c = sq_le16(r) & 4095;
    uint64_t *drop = reader->facts.drop;
    if (type == TIME_HIGH || (type == TIME_LOW && state->has_time))
        take_time(state, type, c);
    else if (!state->has_time)
        drop[SQ_DROP_UNTIMED]++;
    else if (type <= VECT_8 && type != 1)
        read_address(reader, type, c, at);
    else
        drop[type == TRIGGER ? SQ_DROP_EXTERNAL : SQ_DROP_OTHER]++;
}

static int next(struct sq_camera *reader)
{
    return sq_event_each_record(reader, 2, 12, read_word);
}

const struct sq_event_format sq_format_evt3 = {.key = "evt3",
                                               .name = "Prophesee EVT 3.0",
                                               .views = sq_views_as_stored,
                                               .knows = knows,
                                               .open = open_evt3,
                                               .next = next,
                                               .is_slow_to_decode = true,
                                               .slack_us = 4096};
