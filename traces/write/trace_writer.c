#include "traces/write/trace_writer.h"

#include "traces/format/checksum.h"
#include "traces/format/frame.h"
#include "traces/format/schema.h"
#include "traces/write/trace_file.h"

#include <stdlib.h>
#include <string.h>

enum { GROUP_BYTES = 16 << 20 };

static int bind_sample(sqlite3_stmt *insert, const struct sq_trace_sample *sample)
{
    int ok = sqlite3_bind_int64(insert, 1, (sqlite3_int64)sample->id) == SQLITE_OK;
    ok &= (sample->label >= 0 ? sqlite3_bind_int64(insert, 2, sample->label)
                              : sqlite3_bind_null(insert, 2)) == SQLITE_OK;
    ok &= (sample->prediction >= 0 ? sqlite3_bind_int64(insert, 3, sample->prediction)
                                   : sqlite3_bind_null(insert, 3)) == SQLITE_OK;
    ok &= (sample->n_logits > 0
               ? sqlite3_bind_blob64(insert, 4, sample->logits,
                                     sample->n_logits * sizeof *sample->logits, SQLITE_STATIC)
               : sqlite3_bind_null(insert, 4)) == SQLITE_OK;
    ok &=
        (sample->operations_bytes > 0 ? sqlite3_bind_blob64(insert, 5, sample->operations,
                                                            sample->operations_bytes, SQLITE_STATIC)
                                      : sqlite3_bind_null(insert, 5)) == SQLITE_OK;
    return ok & (sqlite3_bind_int64(insert, 6, sq_checksum_sample(sample)) == SQLITE_OK);
}

enum { FRAME_COLUMNS = 9 };

/* Frame number `i` of a statement. */
static int bind_frame(sqlite3_stmt *insert, int i, uint64_t id, uint64_t sample,
                      const struct sq_trace_frame *frame)
{
    int at = i * FRAME_COLUMNS;
    int ok = sqlite3_bind_int64(insert, ++at, (sqlite3_int64)id) == SQLITE_OK;
    ok &= sqlite3_bind_int64(insert, ++at, (sqlite3_int64)sample) == SQLITE_OK;
    ok &= sqlite3_bind_int64(insert, ++at, frame->population) == SQLITE_OK;
    ok &= sqlite3_bind_int64(insert, ++at, frame->timestep) == SQLITE_OK;
    ok &= sqlite3_bind_int64(insert, ++at, (sqlite3_int64)frame->spikes) == SQLITE_OK;
    ok &= sqlite3_bind_int64(insert, ++at, frame->encoding) == SQLITE_OK;
    ok &= sqlite3_bind_int64(insert, ++at, frame->codec) == SQLITE_OK;
    ok &= sqlite3_bind_int64(insert, ++at, sq_checksum_frame(id, frame)) == SQLITE_OK;
    return ok & ((frame->data != NULL
                      ? sqlite3_bind_blob64(insert, ++at, frame->data, frame->size, SQLITE_STATIC)
                      : sqlite3_bind_null(insert, ++at)) == SQLITE_OK);
}

/* Undo what the transaction at hand holds, so that only whole samples stay. */
static int undo(struct sq_trace_writer *writer, int status)
{
    sqlite3_exec(writer->store.db, "ROLLBACK", NULL, NULL, NULL);
    writer->is_open = 0;
    return status;
}

static int insert(struct sq_error *err, struct sq_trace_writer *writer, sqlite3_stmt *statement,
                  int is_bound)
{
    if (!is_bound)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", writer->store.path);
    return sq_store_run(err, &writer->store, statement, "cannot be written");
}

/* n frames that follow each other, by one statement. */
static int put_together(struct sq_error *err, struct sq_trace_writer *writer,
                        sqlite3_stmt *statement, uint64_t sample,
                        const struct sq_trace_frame *frame, size_t n)
{
    int is_bound = 1;
    for (size_t i = 0; i < n; i++) {
        const uint64_t id =
            sq_frame_id(&writer->plan, sample, frame[i].population, frame[i].timestep);
        is_bound &= bind_frame(statement, (int)i, id, sample, &frame[i]);
        writer->group_bytes += frame[i].size;
    }
    return insert(err, writer, statement, is_bound);
}

static int put_frames(struct sq_error *err, struct sq_trace_writer *writer, uint64_t sample,
                      const struct sq_trace_frame *frame, size_t n)
{
    const size_t together = writer->n_together;
    int status = SQ_OK;
    size_t done = 0;
    for (; status == SQ_OK && writer->put_frames != NULL && n - done >= together; done += together)
        status = put_together(err, writer, writer->put_frames, sample, frame + done, together);
    for (; status == SQ_OK && done < n; done++)
        status = put_together(err, writer, writer->put_frame, sample, frame + done, 1);
    return status;
}

int sq_trace_put(struct sq_error *err, struct sq_trace_writer *writer,
                 const struct sq_trace_sample *sample, const struct sq_trace_frame *frame,
                 size_t n_frames)
{
    int status = SQ_OK;
    if (writer->n_put > 0 && sample->id <= writer->last)
        return sq_fail(err, SQ_EUSAGE, "%s: sample %llu comes after sample %llu",
                       writer->store.path, (unsigned long long)sample->id,
                       (unsigned long long)writer->last);
    if (!writer->is_open)
        status = sq_store_exec(err, &writer->store, "BEGIN IMMEDIATE");
    if (status != SQ_OK)
        return status;
    writer->is_open = 1;
    status = insert(err, writer, writer->put_sample, bind_sample(writer->put_sample, sample));
    if (status == SQ_OK)
        status = put_frames(err, writer, sample->id, frame, n_frames);
    if (status != SQ_OK)
        return undo(writer, status);
    writer->last = sample->id;
    writer->n_put++;
    writer->n_samples++;
    writer->n_in_group++;
    if (writer->n_in_group == SQ_TRACE_GROUP || writer->group_bytes >= GROUP_BYTES)
        status = sq_trace_commit(err, writer);
    return status;
}

int sq_trace_commit(struct sq_error *err, struct sq_trace_writer *writer)
{
    if (!writer->is_open)
        return SQ_OK;
    const int status = sq_store_exec(err, &writer->store, "COMMIT");
    if (status != SQ_OK)
        return undo(writer, status);
    writer->is_open = 0;
    writer->n_in_group = 0;
    writer->group_bytes = 0;
    writer->n_kept = writer->n_samples;
    writer->holds_samples = 1;
    return SQ_OK;
}

void sq_trace_say_kept(struct sq_error *err, const struct sq_trace_writer *writer)
{
    sq_trace_file_say_kept(err, writer->n_kept);
}

int sq_trace_writer_is_complete(const struct sq_trace_writer *writer)
{
    return writer->is_complete;
}

void sq_trace_writer_free(struct sq_trace_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->is_open && writer->store.db != NULL)
        sq_trace_commit(NULL, writer);
    const int is_empty = !writer->is_complete && !writer->holds_samples;
    sq_trace_file_close(writer);
    if (is_empty && writer->partial != NULL)
        sq_trace_file_remove(writer->partial);
    free(writer->description);
    free(writer->partial);
    free(writer->final);
    free(writer);
}
