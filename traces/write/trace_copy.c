#include "traces/write/trace_copy.h"

#include "traces/format/schema.h"
#include "traces/write/trace_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SQL_ROOM = 256 };

/* A trace that is attached as "from0", "from1" ... */
struct place {
    char *path; /* NULL: free */
    size_t from;
    uint64_t used; /* when; of all places the one that was not used for longest is given up */
};

struct sq_trace_copier {
    struct sq_trace_writer *writer;
    struct place place[SQ_STORE_ATTACHED];
    uint64_t n_used;
};

int sq_trace_copier_begin(struct sq_error *err, struct sq_trace_writer *writer,
                          struct sq_trace_copier **out)
{
    int status = sq_trace_commit(err, writer);
    /* A shard is one transaction, of any size: what it writes leaves the cache when that is full. */
    if (status == SQ_OK)
        status = sq_store_exec(err, &writer->store,
                               "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;"
                               "PRAGMA cache_spill = 1");
    if (status != SQ_OK)
        return status;
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", writer->store.path);
    (*out)->writer = writer;
    return SQ_OK;
}

static void name_of(const struct sq_trace_copier *copier, const struct place *place, char name[16])
{
    snprintf(name, 16, "from%d", (int)(place - copier->place));
}

static int give_up(struct sq_error *err, struct sq_trace_copier *copier, struct place *place)
{
    char name[16];
    if (place->path == NULL)
        return SQ_OK;
    name_of(copier, place, name);
    free(place->path);
    place->path = NULL;
    return sq_store_detach(err, &copier->writer->store, name);
}

/* The trace's place; where it has none, a free one or that of the trace that was not used for longest. */
static struct place *find_place(struct sq_trace_copier *copier, size_t from)
{
    struct place *oldest = &copier->place[0];
    for (struct place *p = copier->place; p < copier->place + SQ_STORE_ATTACHED; p++) {
        if (p->path != NULL && p->from == from)
            return p;
        if ((p->path != NULL ? p->used : 0) < (oldest->path != NULL ? oldest->used : 0))
            oldest = p;
    }
    return oldest;
}

static int attach(struct sq_error *err, struct sq_trace_copier *copier,
                  const struct sq_trace_part *part, char name[16])
{
    struct place *place = find_place(copier, part->from);
    const int is_there = place->path != NULL && place->from == part->from;
    int status = is_there ? SQ_OK : give_up(err, copier, place);
    name_of(copier, place, name);
    if (status == SQ_OK && !is_there)
        status = sq_store_attach(err, &copier->writer->store, part->path, name);
    if (status == SQ_OK && !is_there && (place->path = strdup(part->path)) == NULL)
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", part->path);
    place->from = part->from;
    place->used = ++copier->n_used;
    return status;
}

/* SQLite's message does not say which of the two files it means. */
static int copy_rows(struct sq_error *err, struct sq_trace_copier *copier,
                     const struct sq_trace_part *part, const char *sql, uint64_t *n_rows)
{
    const struct sq_store *store = &copier->writer->store;
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return sq_store_fail_of(err, store, sq_store_is_full(store) ? store->path : part->path,
                                "cannot be copied");
    *n_rows = (uint64_t)sqlite3_changes(store->db);
    return SQ_OK;
}

int sq_trace_copy(struct sq_error *err, struct sq_trace_copier *copier,
                  const struct sq_trace_part *part)
{
    struct sq_trace_writer *writer = copier->writer;
    const struct sq_range *samples = &part->samples;
    const uint64_t n = samples->end - samples->first;
    char name[16], sql[SQL_ROOM];
    uint64_t n_samples = 0, n_frames;
    int status = attach(err, copier, part, name);
    /* Without a condition SQLite moves whole records from tree to tree. */
    snprintf(sql, sizeof sql, "INSERT INTO main.sample SELECT * FROM %s.sample", name);
    if (!part->is_all)
        snprintf(sql, sizeof sql,
                 "INSERT INTO main.sample SELECT * FROM %s.sample NOT INDEXED WHERE id >= %" PRIu64
                 " AND id < %" PRIu64 " ORDER BY id",
                 name, samples->first, samples->end);
    if (status == SQ_OK)
        status = copy_rows(err, copier, part, sql, &n_samples);
    if (status == SQ_OK && n_samples != n)
        status = sq_fail(err, SQ_EFORMAT, "%s: changed while it was copied", part->path);
    snprintf(sql, sizeof sql, "INSERT INTO main.frame SELECT * FROM %s.frame", name);
    if (!part->is_all)
        snprintf(sql, sizeof sql,
                 "INSERT INTO main.frame SELECT * FROM %s.frame NOT INDEXED WHERE id >= %" PRIu64
                 " AND id < %" PRIu64 " ORDER BY id",
                 name, sq_frame_id(&writer->plan, samples->first, 0, 0),
                 sq_frame_id(&writer->plan, samples->end, 0, 0));
    if (status == SQ_OK)
        status = copy_rows(err, copier, part, sql, &n_frames);
    if (status == SQ_OK &&
        part->is_all) /* nobody asks for it again: its pages would stay in memory */
        status = give_up(err, copier, find_place(copier, part->from));
    writer->n_samples += n_samples;
    writer->holds_samples |= n_samples > 0;
    return status;
}

int sq_trace_copier_end(struct sq_error *err, struct sq_trace_copier *copier)
{
    int status = SQ_OK;
    for (size_t i = 0; i < SQ_STORE_ATTACHED; i++)
        if (status == SQ_OK)
            status = give_up(err, copier, &copier->place[i]);
    return status == SQ_OK
               ? sq_store_exec(err, &copier->writer->store,
                               "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL")
               : status;
}

void sq_trace_copier_free(struct sq_trace_copier *copier)
{
    if (copier == NULL)
        return;
    for (size_t i = 0; i < SQ_STORE_ATTACHED; i++)
        free(copier->place[i].path);
    free(copier);
}
