/* Rows of CSV tables from objects and lists of an analysis's JSON. */
#ifndef SQ_CSV_ROWS_H
#define SQ_CSV_ROWS_H

#include "sim/analysis/write/csv_write.h"

/* The head of a row: its trace, and its population, stream or block where there is one; and
 * the names of the trace's classes, NULL: unnamed. */
struct sq_csv_head {
    const char *trace, *name;
    const cJSON *class_names;
};

/* The first cells of a row. */
void sq_csv_begin_row(struct sq_csv_out *csv, const struct sq_csv_head *head);

/* Cells of one object at these paths, up to a NULL. */
void sq_csv_cells(struct sq_csv_out *csv, const cJSON *object, const char *const *path);

/* Which columns stand beside those of parallel arrays. */
enum {
    SQ_CSV_NUMBERED = 1,      /* the row's number in front */
    SQ_CSV_NAMED_CLASSES = 2, /* after them the name of the class in the first column */
    SQ_CSV_NAMED_CELLS = 4    /* after them the names of the classes in the first two columns */
};

/* A row for each place of parallel arrays, which lie at these paths of the object, at most 12. */
void sq_csv_columns(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *object,
                    const char *const *path, unsigned beside);

/* The same, each row with its number in front. */
void sq_csv_arrays(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *object,
                   const char *const *path);

/* A row for each object of a list: head, kind (unless NULL), cells at these paths up to a NULL. */
void sq_csv_objects(struct sq_csv_out *csv, const struct sq_csv_head *head, const char *kind,
                    const cJSON *list, const char *const *path);

/* A row for each number of a list of lists: place of the list, place in it, the number. */
void sq_csv_matrix(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *rows);

/* A file: rows are made of each object of the list of each trace; list NULL: of the trace itself.
 * The last one's file is NULL. */
struct sq_csv_table {
    const char *file, *list, *header;
    void (*put)(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *object);
};
extern const struct sq_csv_table sq_csv_table[];

#endif
