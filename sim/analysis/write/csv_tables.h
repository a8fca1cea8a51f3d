/* The tables of an analysis: which file, which columns, and how its rows come from the JSON. */
#ifndef SQ_CSV_TABLES_H
#define SQ_CSV_TABLES_H

#include "sim/analysis/write/csv_rows.h"

/* A file: rows are made of each object of the list of each trace; list NULL: of the trace itself.
 * The last one's file is NULL. */
struct sq_csv_table {
    const char *file, *list, *header;
    void (*put)(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *object);
};
extern const struct sq_csv_table sq_csv_table[];

#endif
