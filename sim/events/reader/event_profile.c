#include "sim/events/reader/event_profile.h"

struct sq_event_profile sq_event_profile_empty(void)
{
    return (struct sq_event_profile){.t_min = INT64_MAX,
                                     .t_max = INT64_MIN,
                                     .x_min = UINT16_MAX,
                                     .y_min = UINT16_MAX,
                                     .is_monotonic = true};
}

#define LEAST(a, b) ((a) < (b) ? (a) : (b))
#define MOST(a, b)  ((a) > (b) ? (a) : (b))

/* Earliest and latest: the ends, as long as time does not run backwards. */
static void add_times(struct sq_event_profile *p, const struct sq_event_batch *batch)
{
    const size_t step = p->is_monotonic && batch->n > 1 ? batch->n - 1 : 1;
    for (size_t i = 0; i < batch->n; i += step) {
        p->t_min = LEAST(p->t_min, batch->event[i].t);
        p->t_max = MOST(p->t_max, batch->event[i].t);
    }
}

void sq_event_profile_add(struct sq_event_profile *profile, const struct sq_event_batch *batch)
{
    struct sq_event_profile p = *profile;
    if (batch->n == 0)
        return;
    int64_t last = p.n > 0 ? p.last.t : batch->event[0].t;
    uint64_t steps = 0;    /* negative: one is */
    p.n_equal -= p.n == 0; /* the first has none before it */
    for (size_t i = 0; i < batch->n; i++) {
        const struct sq_camera_event e = batch->event[i];
        p.n_on += e.p;
        p.n_equal += e.t == last;
        steps |= (uint64_t)e.t - (uint64_t)last;
        p.x_min = LEAST(p.x_min, e.x);
        p.x_max = MOST(p.x_max, e.x);
        p.y_min = LEAST(p.y_min, e.y);
        p.y_max = MOST(p.y_max, e.y);
        last = e.t;
    }
    p.is_monotonic &= steps >> 63 == 0;
    add_times(&p, batch);
    if (p.n == 0)
        p.first = batch->event[0];
    p.last = batch->event[batch->n - 1];
    p.n += batch->n;
    *profile = p;
}

int sq_event_profile_read(struct sq_camera *reader, struct sq_event_profile *profile)
{
    const struct sq_event_batch *batch;
    int rc;
    *profile = sq_event_profile_empty();
    do {
        rc = sq_camera_next(reader, &batch);
        sq_event_profile_add(profile, batch);
    } while (rc == SQ_OK && batch->n > 0);
    return rc;
}
