/* Sheets: tables of texts and numbers with notes below, written as text, JSON, CSV, Markdown or
 * LaTeX. */
#ifndef SQ_SHEET_H
#define SQ_SHEET_H

#include "kernels/base/arena.h"
#include "kernels/base/status.h"

#include <stddef.h>

enum { SQ_SHEET_COLUMNS = 14, SQ_SHEET_NOTES = 64, SQ_BOOK_SHEETS = 16 };

enum sq_format {
    SQ_FORMAT_TABLE,
    SQ_FORMAT_JSON,
    SQ_FORMAT_CSV,
    SQ_FORMAT_MARKDOWN,
    SQ_FORMAT_LATEX
};

struct sq_cell {
    const char *text; /* NULL: nothing there */
    int is_real;      /* a number as measured or priced: written with as many digits as wanted */
};

struct sq_column {
    const char *name; /* one that ends in _pj or _mj is an energy in that unit */
    int is_detail;    /* left out of tables for people, unless all is asked for */
};

struct sq_sheet {
    const char *name; /* of its CSV file: "summary" */
    const char *title;
    int is_aside; /* another sheet of the book is what was asked for; CSV and LaTeX leave it out */
    size_t n_columns;
    struct sq_column column[SQ_SHEET_COLUMNS];
    size_t n_rows, room;
    struct sq_cell (*cell)[SQ_SHEET_COLUMNS];
    size_t n_notes;
    const char *note[SQ_SHEET_NOTES];
};

/* All sheets of one answer; the arena holds their texts. */
struct sq_book {
    struct sq_arena arena;
    struct sq_sheet sheet[SQ_BOOK_SHEETS];
    size_t n_sheets;
    int failed; /* out of memory somewhere */
};

/* A new sheet with `columns` "a|+b|c", "+" before details; never NULL (failed is then set).
 *   name   of letters, digits, "-" and "_", its own within the book */
struct sq_sheet *sq_book_sheet(struct sq_book *book, const char *name, const char *title,
                               const char *columns);

/* A new row, then its cells in order. */
void sq_sheet_row(struct sq_book *book, struct sq_sheet *sheet);
void sq_sheet_text(struct sq_book *book, struct sq_sheet *sheet, size_t column, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* A number, kept to the last digit; nothing for NaN. */
void sq_sheet_number(struct sq_book *book, struct sq_sheet *sheet, size_t column, double value);

void sq_sheet_note(struct sq_book *book, struct sq_sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How a book is written. */
struct sq_style {
    enum sq_format format;
    int digits;          /* significant ones; 0: as few as read back as the same number */
    const char *unit;    /* of energies: "pJ", "nJ", "uJ", "mJ", "J"; NULL: each column's own */
    const char *columns; /* these alone, in this order, comma-separated; NULL: all */
    unsigned width;      /* of tables for people, characters */
    int verbose;         /* details and notes for people too */
};

/* "table", "json", "csv", "markdown", "latex"; -1: unknown. */
int sq_format_by_name(const char *name);

/* SQ_EUSAGE for an unknown unit or a column that no sheet has; book NULL: no column is looked at.
 */
int sq_style_check(struct sq_error *err, const struct sq_book *book, const struct sq_style *style);

/* The whole book; the caller frees *text. SQ_ENOMEM, SQ_EUSAGE. */
int sq_book_write(struct sq_error *err, const struct sq_book *book, const struct sq_style *style,
                  char **text);

/* Every sheet as DIRECTORY/NAME.csv, a header line and rows alone; the directory is made if it is
 * missing. Files take their names when they are whole. SQ_EIO, SQ_ENOMEM, SQ_EUSAGE (a file is
 * there, and no `force`). */
int sq_book_save(struct sq_error *err, const struct sq_book *book, const struct sq_style *style,
                 const char *directory, int force);

void sq_book_free(struct sq_book *book);

#endif
