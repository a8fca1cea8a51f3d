/* Which samples a trace holds. */
#include "traces/format/sample_set.h"
#include "traces/read/trace_inside.h"

int sq_trace_samples(struct sq_error *err, struct sq_trace *trace, struct sq_sample_set *set)
{
    sqlite3_stmt *row = NULL;
    int rc = SQLITE_ROW,
        status = sq_store_prepare(err, &trace->store,
                                  "SELECT id FROM sample NOT INDEXED ORDER BY id", &row);
    uint64_t next = 0;
    while (status == SQ_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
        const uint64_t id = (uint64_t)sqlite3_column_int64(row, 0);
        if (id < next || id >= INT64_MAX)
            status =
                sq_fail(err, SQ_EFORMAT, "%s: samples do not ascend from 0; the file was damaged",
                        trace->store.path);
        else
            status = sq_sample_set_append(err, set, (struct sq_range){id, id + 1});
        next = id + 1;
    }
    if (status == SQ_OK && rc != SQLITE_DONE)
        status = sq_store_fail(err, &trace->store, "cannot be read");
    sqlite3_finalize(row);
    return status;
}
