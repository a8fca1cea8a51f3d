#include "sim/events/frames/frame_maker.h"

#include "kernels/base/checked.h"

#include <stdlib.h>
#include <string.h>

/* Frames [first, end) are open: their first events have, or may have, passed. */
struct maker {
    struct sq_error *err;
    const char *path;
    const struct sq_frame_splits *splits;
    const struct sq_frame_grid *grid;
    bool is_16_bit;
    sq_frame_sink *sink;
    void *data;
    uint64_t *open_at; /* [n]: where frame k or a later one begins; windows of time may be out of
                        * order in a file that is */
    uint64_t first, end;
    int32_t **ring; /* [room] frames: k lies at k % room */
    uint64_t room;
    size_t frame_counts;
    uint64_t n_outside;
};

struct sq_frame_grid sq_frame_grid_of(uint32_t width, uint32_t height, uint32_t bin)
{
    return (struct sq_frame_grid){
        .bin = bin, .width = (width + bin - 1) / bin, .height = (height + bin - 1) / bin};
}

static int no_memory(const struct maker *m)
{
    return sq_fail(m->err, SQ_ENOMEM, "%s: out of memory for the frames", m->path);
}

/* Twice the room for open frames; all of it is taken. */
static int grow(struct maker *m)
{
    const uint64_t room = 2 * m->room;
    int32_t **ring = calloc((size_t)room, sizeof *ring);
    if (ring == NULL)
        return no_memory(m);
    for (uint64_t k = m->first; k < m->end; k++)
        ring[k % room] = m->ring[k % m->room];
    free(m->ring);
    m->ring = ring;
    m->room = room;
    return SQ_OK;
}

static int open_frame(struct maker *m)
{
    if (m->end - m->first == m->room && grow(m) != SQ_OK)
        return SQ_ENOMEM;
    int32_t **frame = &m->ring[m->end % m->room];
    if (*frame == NULL)
        *frame = malloc(m->frame_counts * sizeof **frame);
    if (*frame == NULL)
        return no_memory(m);
    memset(*frame, 0, m->frame_counts * sizeof **frame);
    m->end++;
    return SQ_OK;
}

static int close_frame(struct maker *m)
{
    int32_t *frame = m->ring[m->first % m->room];
    for (size_t i = 0; m->is_16_bit && i < m->frame_counts; i++)
        frame[i] = (int16_t)(uint16_t)frame[i];
    return m->sink(m->err, m->data, m->first++, frame);
}

/* Event `index` is next: close the frames that end before it, open the one it may begin. *until is
 * the index where to look again. */
static int turn(struct maker *m, uint64_t index, uint64_t *until)
{
    const struct sq_frame_splits *s = m->splits;
    int rc = SQ_OK;
    for (bool moved = true; rc == SQ_OK && moved;) {
        moved = true;
        if (m->first < m->end && s->right[m->first] <= index)
            rc = close_frame(m);
        else if (m->end < s->n && m->open_at[m->end] <= index)
            rc = open_frame(m);
        else
            moved = false;
    }
    *until = UINT64_MAX;
    if (m->end < s->n)
        *until = m->open_at[m->end];
    for (uint64_t k = m->first; k < m->end; k++) {
        if (s->left[k] > index && s->left[k] < *until)
            *until = s->left[k];
        if (s->right[k] > index && s->right[k] < *until)
            *until = s->right[k];
    }
    return rc;
}

/* Events [from, to) of the batch into one frame; how many fell outside. */
static inline uint64_t count_events(int32_t *frame, struct sq_frame_grid grid,
                                    const struct sq_event_batch *batch, size_t from, size_t to)
{
    uint64_t n_outside = 0;
    for (size_t i = from; i < to; i++)
        n_outside += !sq_frame_count(frame, &grid, &batch->event[i]);
    return n_outside;
}

/* Events [from, to) of the batch, `index` and following ones, into every frame that holds them. */
static void count(struct maker *m, const struct sq_event_batch *batch, size_t from, size_t to,
                  uint64_t index)
{
    struct sq_frame_grid grid = *m->grid;
    for (uint64_t k = m->first; k < m->end; k++) {
        int32_t *frame = m->ring[k % m->room];
        if (index < m->splits->left[k] || index >= m->splits->right[k])
            continue;
        if (grid.bin == 1) { /* known at compile time: no division */
            grid.bin = 1;
            m->n_outside += count_events(frame, grid, batch, from, to);
        } else {
            m->n_outside += count_events(frame, grid, batch, from, to);
        }
    }
}

static int make(struct maker *m, struct sq_camera *reader)
{
    const struct sq_event_batch *batch;
    uint64_t index = 0, until = 0;
    int rc;
    while ((rc = sq_camera_next(reader, &batch)) == SQ_OK && batch->n > 0) {
        for (size_t i = 0; i < batch->n;) {
            if (index >= until)
                rc = turn(m, index, &until);
            if (rc != SQ_OK)
                return rc;
            const size_t rest = batch->n - i;
            const size_t now = until - index < rest ? (size_t)(until - index) : rest;
            count(m, batch, i, i + now, index);
            i += now;
            index += now;
        }
    }
    return rc != SQ_OK ? rc : turn(m, UINT64_MAX, &until);
}

/* Room for two open frames, and the index where each may begin. */
static int set_up(struct maker *m)
{
    const struct sq_frame_splits *s = m->splits;
    m->room = 2;
    m->ring = calloc((size_t)m->room, sizeof *m->ring);
    m->open_at = calloc((size_t)s->n, sizeof *m->open_at);
    if (m->open_at == NULL || m->ring == NULL)
        return no_memory(m);
    for (uint64_t k = s->n; k-- > 0;) {
        m->open_at[k] = s->left[k];
        if (k + 1 < s->n && m->open_at[k + 1] < s->left[k])
            m->open_at[k] = m->open_at[k + 1];
    }
    return SQ_OK;
}

int sq_frames_make(struct sq_error *err, const char *path, struct sq_camera *reader,
                   const struct sq_frame_splits *splits, const struct sq_frame_grid *grid,
                   bool is_16_bit, sq_frame_sink *sink, void *data, uint64_t *n_outside)
{
    struct maker m = {.err = err,
                      .path = path,
                      .splits = splits,
                      .grid = grid,
                      .is_16_bit = is_16_bit,
                      .sink = sink,
                      .data = data};
    const uint64_t dim[3] = {2, grid->height, grid->width};
    if (!sq_mul_dims(dim, 3, &m.frame_counts))
        return sq_fail(err, SQ_ESHAPE, "%s: frames larger than memory", path);
    int rc = set_up(&m);
    if (rc == SQ_OK)
        rc = make(&m, reader);
    for (uint64_t i = 0; m.ring != NULL && i < m.room; i++)
        free(m.ring[i]);
    free(m.ring);
    free(m.open_at);
    if (n_outside != NULL)
        *n_outside = m.n_outside;
    return rc;
}
