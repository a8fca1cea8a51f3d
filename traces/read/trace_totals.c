/* What all frames of a trace count together. */
#include "traces/format/schema.h"
#include "traces/read/trace_inside.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int sq_trace_count_rows(struct sq_error *err, const struct sq_trace *trace, const char *sql,
                        uint64_t *n)
{
    sqlite3_stmt *row = NULL;
    int64_t last = -1;
    int rc, status = sq_store_prepare(err, &trace->store, sql, &row);
    for (*n = 0; status == SQ_OK && (rc = sqlite3_step(row)) != SQLITE_DONE; ++*n) {
        const int64_t id = rc == SQLITE_ROW ? sqlite3_column_int64(row, 0) : 0;
        if (rc != SQLITE_ROW)
            status = sq_store_fail(err, &trace->store, "cannot be read");
        else if (id <= last)
            status = sq_fail(err, SQ_EFORMAT,
                             "%s: row %" PRId64 " follows row %" PRId64 "; the file was damaged",
                             trace->store.path, id, last);
        last = id;
    }
    sqlite3_finalize(row);
    return status;
}

int sq_trace_n_frames(struct sq_error *err, struct sq_trace *trace, uint64_t *n)
{
    return sq_trace_count_rows(err, trace, "SELECT id FROM frame NOT INDEXED ORDER BY id", n);
}

/* A pass over the frames: how many there were, what they counted. */
struct pass {
    struct sq_trace *trace;
    const struct sq_sample_set *samples; /* that frames may belong to; NULL: any */
    sqlite3_stmt *row;
    uint64_t next;             /* least number that the next frame may have */
    uint64_t *spikes, *frames; /* [n_populations][timesteps] */
};

static int add_row(struct sq_error *err, struct pass *pass)
{
    const struct sq_trace_plan *plan = &pass->trace->plan;
    const sqlite3_int64 sample = sqlite3_column_int64(pass->row, 0);
    const sqlite3_int64 population = sqlite3_column_int64(pass->row, 1);
    const sqlite3_int64 timestep = sqlite3_column_int64(pass->row, 2);
    const uint64_t id = (uint64_t)sqlite3_column_int64(pass->row, 8);
    if (population < 0 || (uint64_t)population >= plan->n_populations || timestep < 0 ||
        timestep >= plan->timesteps || id < pass->next ||
        id != sq_frame_id(plan, (uint64_t)sample, (uint32_t)population, (uint32_t)timestep) ||
        (pass->samples != NULL && !sq_sample_set_has(pass->samples, (uint64_t)sample)))
        return sq_fail(err, SQ_EFORMAT,
                       "%s: table frame, row %" PRIu64
                       ": is not a frame of this trace; the file was "
                       "damaged",
                       pass->trace->store.path, id);
    struct sq_trace_frame frame = {.population = (uint32_t)population,
                                   .timestep = (uint32_t)timestep};
    const int status = sq_trace_take_frame(err, pass->trace, pass->row, (uint64_t)sample, &frame);
    if (status < 0)
        return status;
    const size_t at = (size_t)population * plan->timesteps + (size_t)timestep;
    pass->next = id + 1;
    pass->spikes[at] += frame.spikes;
    pass->frames[at]++;
    return SQ_OK;
}

/* Every sample has a frame of every population and timestep; of the input, at most one. */
static int check_frames(struct sq_error *err, const struct pass *pass)
{
    const struct sq_trace *trace = pass->trace;
    const size_t n = trace->plan.n_populations * trace->plan.timesteps;
    for (size_t i = 0; i < n; i++) {
        const struct sq_trace_population *p = &trace->plan.population[i / trace->plan.timesteps];
        if (pass->frames[i] > trace->n_samples ||
            (p->kind != SQ_TRACE_INPUT && pass->frames[i] < trace->n_samples))
            return sq_fail(err, SQ_EFORMAT,
                           "%s: %s has %" PRIu64 " frames of timestep %zu for %" PRIu64
                           " samples; the file was damaged",
                           trace->store.path, p->name, pass->frames[i], i % trace->plan.timesteps,
                           trace->n_samples);
    }
    return SQ_OK;
}

static int add_all_rows(struct sq_error *err, struct pass *pass)
{
    int rc = SQLITE_ROW;
    int status = sq_store_prepare(
        err, &pass->trace->store,
        "SELECT " SQ_TRACE_FRAME_COLUMNS ", id FROM frame NOT INDEXED ORDER BY id", &pass->row);
    while (status == SQ_OK && (rc = sqlite3_step(pass->row)) == SQLITE_ROW)
        status = add_row(err, pass);
    if (status == SQ_OK && rc != SQLITE_DONE)
        status = sq_store_fail(err, &pass->trace->store, "a frame cannot be read");
    sqlite3_finalize(pass->row);
    return status;
}

/* samples: as in struct pass */
static int add_up(struct sq_error *err, struct sq_trace *trace, const struct sq_sample_set *samples,
                  uint64_t *spikes)
{
    const size_t n = trace->plan.n_populations * trace->plan.timesteps;
    struct pass pass = {.trace = trace, .samples = samples, .spikes = spikes};
    pass.frames = calloc(n + 1, sizeof *pass.frames);
    if (pass.frames == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", trace->store.path);
    memset(spikes, 0, n * sizeof *spikes);
    int status = add_all_rows(err, &pass);
    if (status == SQ_OK)
        status = check_frames(err, &pass);
    free(pass.frames);
    return status;
}

int sq_trace_totals(struct sq_error *err, struct sq_trace *trace, uint64_t *spikes)
{
    return add_up(err, trace, NULL, spikes);
}

int sq_trace_verify(struct sq_error *err, struct sq_trace *trace,
                    const struct sq_sample_set *samples)
{
    struct sq_trace_sample sample;
    uint64_t *spikes =
        calloc(trace->plan.n_populations * trace->plan.timesteps + 1, sizeof *spikes);
    int rc = 1;
    int status = spikes != NULL ? sq_trace_seek(err, trace, 0)
                                : sq_fail(err, SQ_ENOMEM, "%s: out of memory", trace->store.path);
    while (status == SQ_OK && (rc = sq_trace_next(err, trace, &sample)) == 1)
        continue;
    if (status == SQ_OK)
        status = rc;
    if (status == SQ_OK)
        status = add_up(err, trace, samples, spikes);
    free(spikes);
    return status;
}
