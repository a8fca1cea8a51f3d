/* CSV files by RFC 4180: one header line, commas, quotes where a text needs them. */
#ifndef SQ_CSV_WRITE_H
#define SQ_CSV_WRITE_H

#include "kernels/base/status.h"
#include "kernels/base/text.h"
#include "sim/json/json.h"

#include <stdio.h>

/* A table that grows in memory; it must not move. */
struct sq_csv_out {
    FILE *to;
    struct sq_text text;
    int n_cells; /* of the row under way */
};

/* Begin with a header line; SQ_ENOMEM. */
int sq_csv_begin(struct sq_error *err, struct sq_csv_out *csv, const char *header);

/* The next cell: a text; a JSON number, text or truth, empty for NULL and null; a whole number. */
void sq_csv_text(struct sq_csv_out *csv, const char *text);
void sq_csv_item(struct sq_csv_out *csv, const cJSON *item);
void sq_csv_index(struct sq_csv_out *csv, unsigned long index);
void sq_csv_end_row(struct sq_csv_out *csv);

/* Write DIRECTORY/NAME, whole or not at all, and free the table. SQ_EIO, SQ_ENOMEM. */
int sq_csv_save(struct sq_error *err, struct sq_csv_out *csv, const char *directory,
                const char *name);

#endif
