/* Names of the columns of events, as headings, records and archives have them. */
#ifndef SQ_COLUMN_NAME_H
#define SQ_COLUMN_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { SQ_COLUMN_T, SQ_COLUMN_X, SQ_COLUMN_Y, SQ_COLUMN_P, SQ_COLUMNS };

/* The column that the n bytes name, in any case: "t", "timestamp", "x", "y", "p", "polarity", "on"
 * and others; false: none. */
bool sq_column_of_name(const char *name, size_t n, unsigned *column);

#endif
