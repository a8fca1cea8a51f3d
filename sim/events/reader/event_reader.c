#include "sim/events/reader/event_reader.h"

#include "sim/events/reader/event_format.h"

#include <inttypes.h>
#include <stdlib.h>

static void close_format(struct sq_camera *reader)
{
    if (reader->format != NULL && reader->format->close != NULL && reader->state != NULL)
        reader->format->close(reader);
    free(reader->state);
    reader->state = NULL;
}

int sq_event_open_format(struct sq_camera *reader)
{
    struct sq_event_facts *facts = &reader->facts;
    *facts = (struct sq_event_facts){.format = reader->format->name,
                                     .view = reader->format->views[reader->view]};
    reader->last_t = INT64_MIN;
    reader->ended = false;
    int rc = reader->format->open(reader);
    if (rc == SQ_OK && reader->options.width > 0) {
        facts->width = reader->options.width;
        facts->height = reader->options.height;
    }
    if (rc == SQ_OK && (facts->width > SQ_EVENT_MAX_SIDE || facts->height > SQ_EVENT_MAX_SIDE))
        rc = sq_fail(reader->err, SQ_EFORMAT,
                     "%s: a sensor of %" PRIu32 "x%" PRIu32 " pixels; at most %d a side are read",
                     reader->path, facts->width, facts->height, SQ_EVENT_MAX_SIDE);
    return rc;
}

int sq_event_next_raw(struct sq_camera *reader)
{
    reader->batch.n = 0;
    return reader->ended ? SQ_OK : reader->format->next(reader);
}

void sq_camera_close(struct sq_camera *reader)
{
    if (reader == NULL)
        return;
    close_format(reader);
    sq_source_close(reader->source);
    sq_event_store_stop(&reader->store);
    free(reader);
}

int sq_camera_rewind(struct sq_camera *reader)
{
    const bool guessed = reader->facts.size_is_guessed;
    if (sq_event_store_rewind(&reader->store))
        return SQ_OK;
    close_format(reader);
    const int rc = sq_source_rewind(reader->err, reader->source, 0);
    if (rc != SQ_OK)
        return rc;
    const int opened = sq_event_open_format(reader);
    reader->facts.size_is_guessed = guessed;
    return opened;
}

bool sq_camera_is_file(const struct sq_camera *reader)
{
    return sq_source_is_file(reader->source);
}

const struct sq_event_facts *sq_camera_facts(const struct sq_camera *reader)
{
    return &reader->facts;
}

/* Is `t` earlier than the event before by more than time words may step back? */
static bool runs_back(int64_t last, int64_t t, int64_t slack)
{
    return t < last && (uint64_t)last - (uint64_t)t > (uint64_t)slack;
}

bool sq_event_pass_clean(struct sq_camera *reader)
{
    const struct sq_event_batch *batch = &reader->batch;
    const uint32_t width = reader->facts.width, height = reader->facts.height;
    const int64_t slack = reader->format->slack_us;
    int64_t last = reader->last_t == INT64_MIN ? batch->event[0].t : reader->last_t;
    uint64_t negative = 0, early_or_late = 0;
    for (size_t i = 0; i < batch->n; i++) {
        const struct sq_camera_event *e = &batch->event[i];
        negative |= ((uint64_t)width - 1 - e->x) | ((uint64_t)height - 1 - e->y) |
                    ((uint64_t)e->t - (uint64_t)last + (uint64_t)slack);
        early_or_late |= ((uint64_t)e->t + ((uint64_t)1 << 60)) >> 61;
        last = e->t;
    }
    if (negative >> 63 != 0 || early_or_late != 0)
        return false;
    reader->last_t = last;
    return true;
}

static int refuse_event(struct sq_camera *reader, size_t i, bool is_outside)
{
    const struct sq_camera_event *e = &reader->batch.event[i];
    const uint64_t byte = reader->batch.base + reader->batch.at[i];
    if (!sq_event_time_is_good(e->t))
        return sq_fail(reader->err, SQ_EVALUE,
                       "%s: byte %" PRIu64 ": %" PRId64 " us is not a time; " SQ_OPT
                       "tolerate drops such events",
                       reader->path, byte, e->t);
    if (is_outside)
        return sq_fail(reader->err, SQ_EVALUE,
                       "%s: byte %" PRIu64 ": pixel (%u,%u) is outside the sensor, %" PRIu32
                       "x%" PRIu32 "; " SQ_OPT "tolerate drops such events, " SQ_OPT
                       "size sets another size",
                       reader->path, byte, e->x, e->y, reader->facts.width, reader->facts.height);
    return sq_fail(reader->err, SQ_EVALUE,
                   "%s: byte %" PRIu64 ": time runs backwards, from %" PRId64 " to %" PRId64
                   " us; " SQ_OPT "tolerate keeps the order of the file",
                   reader->path, byte, reader->last_t, e->t);
}

/* Refuse, or tolerate: count what is not clean, and drop what lies outside. */
static int clean(struct sq_camera *reader)
{
    struct sq_event_batch *batch = &reader->batch;
    struct sq_event_facts *facts = &reader->facts;
    size_t kept = 0;
    for (size_t i = 0; i < batch->n; i++) {
        const struct sq_camera_event e = batch->event[i];
        const bool is_outside =
            e.x >= facts->width || e.y >= facts->height || !sq_event_time_is_good(e.t);
        const bool is_back = runs_back(reader->last_t, e.t, reader->format->slack_us);
        if ((is_outside || is_back) && !reader->options.tolerate)
            return refuse_event(reader, i, is_outside);
        facts->drop[SQ_DROP_OUTSIDE] += is_outside;
        if (is_outside)
            continue;
        facts->n_backwards += is_back;
        reader->last_t = e.t;
        batch->at[kept] = batch->at[i];
        batch->event[kept++] = e;
    }
    batch->n = kept;
    return SQ_OK;
}

int sq_camera_next(struct sq_camera *reader, const struct sq_event_batch **batch)
{
    struct sq_event_batch *own = &reader->batch;
    int rc;
    *batch = own;
    if (reader->store.state == SQ_STORE_GIVES) {
        sq_event_store_next(&reader->store, own);
        return SQ_OK;
    }
    do {
        rc = sq_event_next_raw(reader);
        if (rc != SQ_OK || own->n == 0)
            break;
        if (!sq_event_pass_clean(reader))
            rc = clean(reader);
    } while (rc == SQ_OK && own->n == 0);
    if (rc == SQ_OK)
        sq_event_store_add(&reader->store, own);
    return rc;
}
