/* Rows of a description's tables, read with their types and bounds checked. */
#ifndef SQ_TRACE_ROWS_H
#define SQ_TRACE_ROWS_H

#include "traces/read/trace_inside.h"

/* A row at hand: which table, and where a refusal goes. */
struct sq_trace_row {
    struct sq_error *err;
    struct sq_trace *trace;
    const char *table;
    sqlite3_stmt *statement;
    size_t n; /* its number */
};

/* How to read a table: `count` counts its rows up to most + 1, `select` gives them in order, read()
 * fills one item of item_bytes. */
struct sq_trace_table {
    const char *name, *count, *select;
    size_t most, item_bytes;
    int (*read)(const struct sq_trace_row *row, void *to);
};

/* Rows of a table, or most + 1 where there are more: an answer in bounded time. */
#define SQ_TRACE_COUNT(table, limit) \
    "SELECT count(*) FROM (SELECT 1 FROM " table " LIMIT " limit ")"

/* Read a whole table into the arena: *list (a pointer to the items) and *n. SQ_EFORMAT (too many
 * rows, or what read() refuses), SQ_ENOMEM. */
int sq_trace_read_table(struct sq_error *err, struct sq_trace *trace,
                        const struct sq_trace_table *table, void *list, size_t *n);

/* SQ_EFORMAT: "PATH: table TABLE, row N: WHAT". */
int sq_trace_row_refuse(const struct sq_trace_row *row, const char *what);

/* A text column copied into the arena, or NULL where it is not text. */
const char *sq_trace_row_text(const struct sq_trace_row *row, int column);

/* The same into an array of `size` bytes; 0 where it does not fit. */
int sq_trace_row_copy(const struct sq_trace_row *row, int column, char *to, size_t size);

/* A whole number in 0 .. most. */
int sq_trace_row_number(const struct sq_trace_row *row, int column, uint64_t most, uint64_t *value);

/* Is the first column the row's number? Rows are numbered 0, 1, 2 ... */
int sq_trace_row_is_numbered(const struct sq_trace_row *row);

#endif
