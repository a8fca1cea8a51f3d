#include "traces/read/trace_rows.h"

#include <string.h>

enum { MAX_TEXT = 1 << 20 };

int sq_trace_row_refuse(const struct sq_trace_row *row, const char *what)
{
    return sq_fail(row->err, SQ_EFORMAT, "%s: table %s, row %zu: %s", row->trace->store.path,
                   row->table, row->n, what);
}

const char *sq_trace_row_text(const struct sq_trace_row *row, int column)
{
    if (sqlite3_column_type(row->statement, column) != SQLITE_TEXT ||
        sqlite3_column_bytes(row->statement, column) > MAX_TEXT)
        return NULL;
    const char *text = (const char *)sqlite3_column_text(row->statement, column);
    if (text == NULL || strlen(text) != (size_t)sqlite3_column_bytes(row->statement, column))
        return NULL;
    return sq_arena_strdup(&row->trace->arena, text);
}

int sq_trace_row_copy(const struct sq_trace_row *row, int column, char *to, size_t size)
{
    const char *text = sq_trace_row_text(row, column);
    const size_t n = text != NULL ? strlen(text) + 1 : 0;
    if (text == NULL || n > size)
        return 0;
    memcpy(to, text, n);
    return 1;
}

int sq_trace_row_number(const struct sq_trace_row *row, int column, uint64_t most, uint64_t *value)
{
    const sqlite3_int64 number = sqlite3_column_int64(row->statement, column);
    if (sqlite3_column_type(row->statement, column) != SQLITE_INTEGER || number < 0 ||
        (uint64_t)number > most)
        return 0;
    *value = (uint64_t)number;
    return 1;
}

int sq_trace_row_is_numbered(const struct sq_trace_row *row)
{
    uint64_t id;
    return sq_trace_row_number(row, 0, row->n, &id) && id == row->n;
}

static int read_rows(struct sq_error *err, struct sq_trace *trace,
                     const struct sq_trace_table *table, unsigned char *to, size_t n)
{
    struct sq_trace_row row = {.err = err, .trace = trace, .table = table->name};
    int status = sq_store_prepare(err, &trace->store, table->select, &row.statement);
    for (; status == SQ_OK && row.n < n; row.n++) {
        const int rc = sqlite3_step(row.statement);
        if (rc == SQLITE_ROW)
            status = table->read(&row, to + row.n * table->item_bytes);
        else
            status = rc == SQLITE_DONE ? sq_trace_row_refuse(&row, "is missing")
                                       : sq_store_fail(err, &trace->store, "cannot be read");
    }
    sqlite3_finalize(row.statement);
    return status;
}

int sq_trace_read_table(struct sq_error *err, struct sq_trace *trace,
                        const struct sq_trace_table *table, void *list, size_t *n)
{
    int64_t count;
    int status = sq_store_number(err, &trace->store, table->count, &count);
    if (status != SQ_OK)
        return status;
    if (count < 0 || (uint64_t)count > table->most)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: table %s has more than %zu rows, the most that are known",
                       trace->store.path, table->name, table->most);
    *n = (size_t)count;
    unsigned char *items = sq_arena_alloc(&trace->arena, *n, table->item_bytes);
    if (items == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", trace->store.path);
    *(void **)list = items;
    return read_rows(err, trace, table, items, *n);
}
