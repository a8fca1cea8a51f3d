/* Small CSV tables with a heading: what users and papers give. */
#ifndef SQ_CSV_H
#define SQ_CSV_H

#include "kernels/base/status.h"

#include <stddef.h>

enum { SQ_CSV_COLUMNS = 32 };

struct sq_csv {
    char *text; /* the file, cut into cells */
    size_t n_columns, n_rows;
    char *column[SQ_CSV_COLUMNS];
    char **cell;    /* [n_rows][n_columns] */
    unsigned *line; /* [n_rows] of the file */
};

/* Read a file: lines of comma-separated cells, the first the heading; lines that are empty or begin
 * with '#' do not count; cells are trimmed; quotes may enclose a cell. SQ_EIO, SQ_EFORMAT (too
 * large, a line with another number of cells), SQ_ENOMEM. sq_csv_free() also after a failure. */
int sq_csv_read(struct sq_error *err, const char *path, struct sq_csv *out);
void sq_csv_free(struct sq_csv *csv);

/* Column by name, -1 if there is none. */
int sq_csv_column(const struct sq_csv *csv, const char *name);

/* The same, or SQ_EFORMAT that lists what there is. */
int sq_csv_need(struct sq_error *err, const char *path, const struct sq_csv *csv, const char *name,
                int *column);

const char *sq_csv_cell(const struct sq_csv *csv, size_t row, int column);

/* A finite number in least..most; SQ_EVALUE names file, line, row name, column and expected. */
int sq_csv_number(struct sq_error *err, const char *path, const struct sq_csv *csv, size_t row,
                  int column, double least, double most, double *value);

#endif
