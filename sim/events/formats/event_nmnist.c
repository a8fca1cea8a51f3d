/* N-MNIST, N-Caltech101, SLAYER .bs2: records of 5 bytes, x, y, p and 23 bits of time, big-endian.
 * No header and no magic. A record whose y is 240 is not an event: all later ones are 2^13 us
 * later. */
#include "sim/events/formats/event_open.h"

enum { RECORD = 5, OVERFLOW_Y = 240, OVERFLOW_US = 1 << 13 };

struct nmnist {
    int64_t overflow_us;
};

static bool knows(const unsigned char *head, size_t n)
{
    (void)head;
    (void)n;
    return false;
}

static int open_nmnist(struct sq_camera *reader)
{
    return sq_event_alloc_state(reader, sizeof(struct nmnist));
}

static void read_record(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    struct nmnist *state = reader->state;
    if (r[1] == OVERFLOW_Y) {
        state->overflow_us += OVERFLOW_US;
        reader->facts.drop[SQ_DROP_OVERFLOW]++;
        return;
    }
    const int64_t t = (int64_t)(r[2] & 127) << 16 | r[3] << 8 | r[4];
    sq_event_put(&reader->batch, t + state->overflow_us, r[0], r[1], r[2] >> 7, at);
}

static int next(struct sq_camera *reader)
{
    return sq_event_each_record(reader, RECORD, 1, read_record);
}

const struct sq_event_format sq_format_nmnist = {.key = "nmnist",
                                                 .name = "N-MNIST",
                                                 .views = sq_views_as_stored,
                                                 .knows = knows,
                                                 .open = open_nmnist,
                                                 .next = next};
