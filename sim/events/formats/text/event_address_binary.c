/* Address-event streams, binary form: "spikeqAE", a head with the populations, then records of 32
 * bytes with a payload of LEB128 numbers; the record of kind 0 ends the stream. */
#include "kernels/base/little.h"
#include "sim/events/formats/text/address_input.h"
#include "sim/events/formats/text/text_formats.h"

#include <inttypes.h>
#include <string.h>

enum {
    HEAD = 32,
    RECORD = 32,
    MAX_HEAD = 1 << 17,
    MAX_POPULATIONS = 4096,
    MAX_DIMS = 6,
    STEP_BYTES = 5,
    NUMBER_BYTES = 3,
    MOST_BYTES = STEP_BYTES + NUMBER_BYTES /* of an event */
};

struct address_binary {
    struct sq_address_input input;
    uint32_t population; /* the input's place in the list */
    uint64_t sample, timestep, index;
    uint64_t payload; /* bytes left of the current frame */
    uint32_t events;  /* left in it */
    bool is_first;
};

static bool knows(const unsigned char *head, size_t n)
{
    return n >= 8 && memcmp(head, "spikeqAE", 8) == 0;
}

static int bad_head(struct sq_camera *reader)
{
    return sq_event_damage(reader, 0, "the stream's head is cut short or contradicts itself");
}

/* The population at byte `i` of the head, *next behind it; false: it exceeds the head. */
static bool find_population(const unsigned char *head, size_t size, size_t i, size_t *next)
{
    if (size - i < 8)
        return false;
    const uint32_t n_dims = sq_le32(head + i + 4);
    if (n_dims < 1 || n_dims > MAX_DIMS || size - i < 12 + 8 * (size_t)n_dims)
        return false;
    const size_t name = i + 12 + 8 * (size_t)n_dims;
    *next = name + sq_le32(head + name - 4);
    return sq_le32(head + name - 4) <= size - name;
}

/* Is this population the input? Then its shape is taken. */
static int read_population(struct sq_camera *reader, const unsigned char *at, uint32_t number,
                           size_t bytes)
{
    struct address_binary *state = reader->state;
    const uint32_t n_dims = sq_le32(at + 4);
    const size_t name = 12 + 8 * (size_t)n_dims;
    uint64_t dim[MAX_DIMS];
    if (sq_le32(at) != 1 || bytes - name != 5 || memcmp(at + name, "input", 5) != 0)
        return SQ_OK;
    for (uint32_t d = 0; d < n_dims; d++)
        dim[d] = sq_le64(at + 8 + 8 * d);
    state->population = number;
    return sq_address_shape(reader, &state->input, dim, n_dims);
}

static int read_head(struct sq_camera *reader, const unsigned char *head, size_t size)
{
    const uint32_t populations = sq_le32(head + 20);
    size_t next = 0, i = HEAD;
    int rc = SQ_OK;
    for (uint32_t p = 0; rc == SQ_OK && p < populations; p++, i = next) {
        if (!find_population(head, size, i, &next))
            return bad_head(reader);
        rc = read_population(reader, head + i, p, next - i);
    }
    return rc == SQ_OK && i != size ? bad_head(reader) : rc;
}

static int open_address_binary(struct sq_camera *reader)
{
    const unsigned char *at;
    size_t n;
    int rc = sq_event_alloc_state(reader, sizeof(struct address_binary));
    struct address_binary *state = reader->state;
    if (rc == SQ_OK)
        rc = sq_event_peek(reader, HEAD, &at, &n);
    if (rc != SQ_OK)
        return rc;
    if (n < HEAD)
        return bad_head(reader);
    const uint32_t version = sq_le32(at + 8), size = sq_le32(at + 12);
    if (version != 1)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: address events of version %" PRIu32 "; 1 is read", reader->path,
                       version);
    state->input.timesteps = sq_le32(at + 16);
    state->input.samples = sq_le64(at + 24);
    if (size < HEAD || size > MAX_HEAD || sq_le32(at + 20) > MAX_POPULATIONS)
        return bad_head(reader);
    rc = sq_event_peek(reader, size, &at, &n);
    if (rc != SQ_OK || n < size)
        return rc != SQ_OK ? rc : bad_head(reader);
    rc = read_head(reader, at, size);
    if (rc == SQ_OK && !reader->ended)
        sq_source_take(reader->source, size);
    return rc == SQ_OK ? sq_address_ready(reader, &state->input) : rc;
}

/* Bytes of a LEB128 number among the n at `at`, at most `most`; 0: none. */
static size_t read_leb(const unsigned char *at, size_t n, size_t most, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < n && i < most; i++) {
        *number |= (uint64_t)(at[i] & 127) << (7 * i);
        if (at[i] < 128)
            return i + 1;
    }
    return 0;
}

/* Read the next event of the current frame. Returns the bytes it takes, of n; 0: not an event. */
static size_t read_event(struct address_binary *state, const unsigned char *at, size_t n)
{
    uint64_t step, number;
    const size_t first = read_leb(at, n, STEP_BYTES, &step);
    const size_t second = read_leb(at + first, n - first, NUMBER_BYTES, &number);
    state->index += step;
    if (first == 0 || second == 0 || (step == 0 && !state->is_first) ||
        !sq_address_take(&state->input, state->sample, state->timestep, state->index, number))
        return 0;
    state->is_first = false;
    state->payload -= first + second;
    state->events--;
    return first + second;
}

/* Is there room for a next event of the frame, and is all of it among the n bytes? */
static bool may_go_on(const struct sq_camera *reader, size_t n)
{
    const struct address_binary *state = reader->state;
    return state->events > 0 && state->input.left == 0 && reader->batch.n < SQ_EVENT_BATCH &&
           (n >= MOST_BYTES || n == state->payload);
}

/* Events of the current frame, as many as are there. */
static int read_events(struct sq_camera *reader)
{
    struct address_binary *state = reader->state;
    const uint64_t want = state->payload < MOST_BYTES ? state->payload : MOST_BYTES;
    const unsigned char *at;
    size_t n, done = 0, event;
    const int rc = sq_event_peek(reader, (size_t)want, &at, &n);
    if (rc != SQ_OK)
        return rc;
    const size_t before = (size_t)(sq_source_offset(reader->source) - reader->batch.base);
    const bool is_short = n < want;
    n = n < state->payload ? n : (size_t)state->payload;
    do {
        event = read_event(state, at + done, n - done);
        sq_address_put(reader, &state->input, before + done);
        done += event;
    } while (event > 0 && may_go_on(reader, n - done));
    sq_source_take(reader->source, done);
    if (event > 0)
        return SQ_OK;
    return (is_short ? sq_event_cut
                     : sq_event_damage)(reader, sq_source_offset(reader->source),
                                        "a frame's events are cut short or contradict its head");
}

static int skip_payload(struct sq_camera *reader, uint64_t bytes)
{
    uint64_t passed;
    const int rc = sq_source_skip(reader->err, reader->source, bytes, &passed);
    if (rc == SQ_OK && passed < bytes)
        return sq_event_cut(reader, sq_source_offset(reader->source),
                            "the stream is cut short in a frame");
    return rc;
}

static int read_record(struct sq_camera *reader)
{
    struct address_binary *state = reader->state;
    const unsigned char *at;
    size_t n;
    int rc = sq_event_peek_records(reader, RECORD, &at, &n);
    const uint64_t offset = sq_source_offset(reader->source);
    if (rc != SQ_OK || reader->ended)
        return rc;
    if (n == 0)
        return sq_event_cut(reader, offset, "the stream ends without its end record");
    const uint32_t kind = sq_le32(at), population = sq_le32(at + 4), events = sq_le32(at + 20);
    const uint64_t payload = sq_le64(at + 24);
    if (kind > 1 || (kind == 1 && (payload < events || payload >> 40 != 0)))
        return sq_event_damage(reader, offset, "a record that is neither a frame nor the end");
    if (kind == 0)
        return reader->ended = true, SQ_OK;
    state->sample = sq_le64(at + 8);
    state->timestep = sq_le32(at + 16);
    state->events = events;
    state->payload = payload;
    state->index = 0;
    state->is_first = true;
    sq_source_take(reader->source, RECORD);
    if (population == state->population)
        return SQ_OK;
    reader->facts.drop[SQ_DROP_OTHER] += events;
    state->events = 0;
    return SQ_OK;
}

static int next(struct sq_camera *reader)
{
    struct address_binary *state = reader->state;
    int rc = SQ_OK;
    reader->batch.base = sq_source_offset(reader->source);
    sq_address_put(reader, &state->input, 0);
    while (rc == SQ_OK && !reader->ended && reader->batch.n < SQ_EVENT_BATCH) {
        if (state->events > 0) {
            rc = read_events(reader);
        } else if (state->payload > 0) {
            rc = skip_payload(reader, state->payload);
            state->payload = 0;
        } else if (reader->batch.n > 0 && !sq_source_is_file(reader->source)) {
            break; /* the next frame may not have arrived yet */
        } else {
            rc = read_record(reader);
        }
    }
    return rc;
}

const struct sq_event_format sq_format_address_binary = {.key = "address-binary",
                                                         .name = "address events, binary",
                                                         .views = sq_views_as_stored,
                                                         .knows = knows,
                                                         .open = open_address_binary,
                                                         .next = next,
                                                         .is_slow_to_decode = true};
