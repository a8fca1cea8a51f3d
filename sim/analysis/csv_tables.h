/* The tables of an analysis: which file, which columns, and how its rows come from the JSON. */
#ifndef SQ_CSV_TABLES_H
#define SQ_CSV_TABLES_H

#include "sim/analysis/csv_write.h"

/* What a row begins with: its trace, and its population, stream or block where there is one; and
 * the names of the trace's classes, NULL: they have none. */
struct sq_csv_head {
    const char *trace, *name;
    const cJSON *class_names;
};

/* A file: rows are made of each object of the list of each trace; list NULL: of the trace itself.
 * The last one's file is NULL. */
struct sq_csv_table {
    const char *file, *list, *header;
    void (*put)(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *object);
};
extern const struct sq_csv_table sq_csv_table[];

/* A row for each object of a list: head, kind (unless NULL), cells at these paths up to a NULL. */
void sq_csv_objects(struct sq_csv_out *csv, const struct sq_csv_head *head, const char *kind,
                    const cJSON *list, const char *const *path);

#endif
