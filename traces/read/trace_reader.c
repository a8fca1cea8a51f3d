#include "traces/read/trace_reader.h"

#include "kernels/base/little.h"
#include "traces/files/whole_file.h"
#include "traces/format/checksum.h"
#include "traces/format/codec.h"
#include "traces/format/schema.h"
#include "traces/read/trace_inside.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_LOGITS = 1 << 20, MAX_STEPS = 1000000 };

int sq_trace_is_store(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char head[sizeof magic];
    return sq_file_head(path, head, sizeof head) == sizeof head &&
           memcmp(head, magic, sizeof magic) == 0;
}

/* Tables and views must be the version's to the letter: none can then be anything else. */
static int check_schema(struct sq_error *err, const struct sq_trace *trace)
{
    sqlite3_stmt *find = NULL;
    int status = sq_store_prepare(err, &trace->store,
                                  "SELECT sql FROM sqlite_schema WHERE name = ?1", &find);
    for (const struct sq_schema_object *object = sq_schema; status == SQ_OK && object->name != NULL;
         object++) {
        if (object->since > trace->plan.version)
            continue;
        sqlite3_bind_text(find, 1, object->name, -1, SQLITE_STATIC);
        const int rc = sqlite3_step(find);
        const char *sql = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(find, 0) : NULL;
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            status = sq_store_fail(err, &trace->store, "cannot be read");
        else if (sql == NULL || strcmp(sql, object->sql) != 0)
            status = sq_fail(err, SQ_EFORMAT, "%s: lacks the %s of a trace of version %d",
                             trace->store.path, object->name, (int)trace->plan.version);
        sqlite3_reset(find);
    }
    sqlite3_finalize(find);
    return status;
}

static int check_version(struct sq_error *err, struct sq_trace *trace)
{
    int64_t application, version;
    int status = sq_store_number(err, &trace->store, "PRAGMA application_id", &application);
    if (status == SQ_OK)
        status = sq_store_number(err, &trace->store, "PRAGMA user_version", &version);
    if (status != SQ_OK)
        return status;
    if (application != SQ_TRACE_APPLICATION_ID)
        return sq_fail(err, SQ_EFORMAT, "%s: is an SQLite file, but not a spikeq trace",
                       trace->store.path);
    if (version > SQ_TRACE_VERSION)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: trace version %lld, this spikeq reads versions %d and %d; use a newer "
                       "spikeq",
                       trace->store.path, (long long)version, SQ_TRACE_OLDEST_VERSION,
                       SQ_TRACE_VERSION);
    trace->plan.version = (uint32_t)version;
    if (version < SQ_TRACE_OLDEST_VERSION)
        return sq_fail(err, SQ_EFORMAT, "%s: trace version %lld does not exist", trace->store.path,
                       (long long)version);
    return SQ_OK;
}

static int prepare(struct sq_error *err, struct sq_trace *trace)
{
    int status = sq_store_prepare(err, &trace->store,
                                  "SELECT id, label, prediction, logits, operations, checksum "
                                  "FROM sample WHERE id >= ?1 ORDER BY id",
                                  &trace->samples);
    if (status == SQ_OK)
        status = sq_store_prepare(err, &trace->store,
                                  "SELECT " SQ_TRACE_FRAME_COLUMNS " FROM frame WHERE id = ?1",
                                  &trace->frames);
    return status;
}

/* The description takes some thousand steps to read; a schema that goes round in circles, more. */
static int stop(void *data)
{
    (void)data;
    return 1;
}

/* What SQLite would say of it is less clear, and an empty file is a database to it. */
static int check_file(struct sq_error *err, const char *path)
{
    if (access(path, R_OK) != 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    if (!sq_file_is_regular(path))
        return sq_fail(err, SQ_EFORMAT, "%s: is a folder, a pipe or a device; a trace is a file",
                       path);
    if (!sq_trace_is_store(path))
        return sq_fail(err, SQ_EFORMAT, "%s: is not a trace (not an SQLite file)", path);
    return SQ_OK;
}

static int open_all(struct sq_error *err, const char *path, struct sq_trace *trace)
{
    int status = check_file(err, path);
    if (status != SQ_OK)
        return status;
    status = sq_store_open(err, path, SQ_STORE_READ, &trace->store);
    if (status == SQ_OK) {
        sqlite3_progress_handler(trace->store.db, MAX_STEPS, stop, NULL);
        status = sq_store_exec(err, &trace->store, "PRAGMA cell_size_check = ON");
    }
    if (status == SQ_OK)
        status = check_version(err, trace);
    if (status == SQ_OK)
        status = check_schema(err, trace);
    if (status == SQ_OK)
        status = sq_trace_read_plan(err, trace);
    if (trace->store.db != NULL)
        sqlite3_progress_handler(trace->store.db, 0, NULL, NULL);
    if (status == SQ_OK)
        status = sq_trace_count_rows(err, trace, "SELECT id FROM sample NOT INDEXED ORDER BY id",
                                     &trace->n_samples);
    return status == SQ_OK ? prepare(err, trace) : status;
}

int sq_trace_open(struct sq_error *err, const char *path, struct sq_trace **out)
{
    struct sq_trace *trace = calloc(1, sizeof *trace);
    if (trace == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    const int status = open_all(err, path, trace);
    if (status == SQ_OK)
        *out = trace;
    else
        sq_trace_close(trace);
    return status;
}

void sq_trace_close(struct sq_trace *trace)
{
    if (trace == NULL)
        return;
    sqlite3_finalize(trace->samples);
    sqlite3_finalize(trace->frames);
    sq_store_close(&trace->store);
    sq_arena_free(&trace->arena);
    free(trace->logits);
    free(trace);
}

int sq_trace_hold(struct sq_error *err, struct sq_trace *trace)
{
    return sq_store_exec(err, &trace->store, "BEGIN");
}

const struct sq_trace_plan *sq_trace_plan_of(const struct sq_trace *trace)
{
    return &trace->plan;
}

const char *sq_trace_path(const struct sq_trace *trace)
{
    return trace->store.path;
}

uint64_t sq_trace_n_samples(const struct sq_trace *trace)
{
    return trace->n_samples;
}

int sq_trace_is_complete(const struct sq_trace *trace)
{
    return trace->is_complete;
}

int sq_trace_seek(struct sq_error *err, struct sq_trace *trace, uint64_t id)
{
    sqlite3_reset(trace->samples);
    if (id > INT64_MAX || sqlite3_bind_int64(trace->samples, 1, (sqlite3_int64)id) != SQLITE_OK)
        return sq_fail(err, SQ_EVALUE, "%s: no sample has number %" PRIu64, trace->store.path, id);
    return SQ_OK;
}

/* Logits as the machine has floats, from four bytes each, low byte first. */
static int take_logits(struct sq_error *err, struct sq_trace *trace, struct sq_trace_sample *sample)
{
    const unsigned char *bytes = sqlite3_column_blob(trace->samples, 3);
    const size_t size = (size_t)sqlite3_column_bytes(trace->samples, 3);
    sample->n_logits = size / sizeof(float);
    if (size % sizeof(float) != 0 || sample->n_logits > MAX_LOGITS)
        return sq_fail(err, SQ_EFORMAT, "%s: sample %" PRIu64 ": %zu bytes are not a row of logits",
                       trace->store.path, sample->id, size);
    if (sample->n_logits > trace->n_logits_room) {
        float *grown = realloc(trace->logits, size);
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory", trace->store.path);
        trace->logits = grown;
        trace->n_logits_room = sample->n_logits;
    }
    for (size_t i = 0; i < sample->n_logits; i++) {
        const uint32_t word = sq_le32(bytes + 4 * i);
        memcpy(&trace->logits[i], &word, sizeof word);
    }
    sample->logits = trace->logits;
    return SQ_OK;
}

static int64_t or_none(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? -1 : sqlite3_column_int64(row, column);
}

int sq_trace_next(struct sq_error *err, struct sq_trace *trace, struct sq_trace_sample *sample)
{
    sqlite3_stmt *row = trace->samples;
    const int rc = sqlite3_step(row);
    if (rc == SQLITE_DONE) {
        sqlite3_reset(row);
        return 0;
    }
    if (rc != SQLITE_ROW)
        return sq_store_fail(err, &trace->store, "a sample cannot be read");
    *sample = (struct sq_trace_sample){.id = (uint64_t)sqlite3_column_int64(row, 0),
                                       .label = or_none(row, 1),
                                       .prediction = or_none(row, 2)};
    const int status = take_logits(err, trace, sample);
    if (status != SQ_OK)
        return status;
    sample->operations = sqlite3_column_blob(row, 4);
    sample->operations_bytes = (size_t)sqlite3_column_bytes(row, 4);
    if (sq_checksum_sample(sample) != (uint32_t)sqlite3_column_int64(row, 5))
        return sq_fail(err, SQ_EFORMAT,
                       "%s: sample %" PRIu64 ": its checksum is wrong: the file was damaged",
                       trace->store.path, sample->id);
    return 1;
}
