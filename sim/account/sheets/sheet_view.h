/* The inside of sheet_*.c: a sheet as a style shows it. */
#ifndef SQ_SHEET_VIEW_H
#define SQ_SHEET_VIEW_H

#include "sim/account/sheets/sheet.h"

#include <stdio.h>

enum { SQ_CELL_BYTES = 48, SQ_NAME_ROOM = 64 };

/* Which columns, under which names. */
struct sq_view {
    const struct sq_sheet *sheet;
    const struct sq_style *style;
    size_t n_columns;
    size_t column[SQ_SHEET_COLUMNS];              /* of the sheet */
    double factor[SQ_SHEET_COLUMNS];              /* energies: to the wanted unit; else 1 */
    char name[SQ_SHEET_COLUMNS][SQ_NAME_ROOM];    /* for programs: "energy_uj" */
    char heading[SQ_SHEET_COLUMNS][SQ_NAME_ROOM]; /* for people: "energy, uJ" */
};

/* Has the sheet something of what the style wants? Fills the view in any case. */
int sq_view_of(const struct sq_sheet *sheet, const struct sq_style *style, struct sq_view *view);

/* A cell's text, "" where nothing is there; `room` may hold it. */
const char *sq_view_cell(const struct sq_view *view, size_t row, size_t c,
                         char room[SQ_CELL_BYTES]);

/* Does the column hold numbers? They stand at the right. */
int sq_view_is_numeric(const struct sq_view *view, size_t c);

/* Would a JSON reader take it for a number? */
int sq_is_number(const char *text);

/* Tables for people within the style's width: texts are wrapped between words, then columns are
 * dealt to several tables below each other; no number is cut. SQ_ENOMEM. */
int sq_view_table(struct sq_error *err, FILE *to, const struct sq_view *view);

/* A header line and rows. */
void sq_view_csv(FILE *to, const struct sq_view *view);

#endif
