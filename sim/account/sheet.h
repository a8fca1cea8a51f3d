/* Sheets: tables of texts with notes below, written as text, JSON, CSV, Markdown or LaTeX. */
#ifndef SQ_SHEET_H
#define SQ_SHEET_H

#include "kernels/base/arena.h"
#include "kernels/base/status.h"

#include <stddef.h>

enum { SQ_SHEET_COLUMNS = 14, SQ_SHEET_NOTES = 64 };

enum sq_format {
    SQ_FORMAT_TABLE,
    SQ_FORMAT_JSON,
    SQ_FORMAT_CSV,
    SQ_FORMAT_MARKDOWN,
    SQ_FORMAT_LATEX
};

struct sq_sheet {
    const char *title;
    size_t n_columns;
    const char *column[SQ_SHEET_COLUMNS];
    size_t n_rows, room;
    char *(*cell)[SQ_SHEET_COLUMNS]; /* NULL: nothing there */
    size_t n_notes;
    const char *note[SQ_SHEET_NOTES];
};

/* All sheets of one answer; the arena holds their texts. */
struct sq_book {
    struct sq_arena arena;
    struct sq_sheet sheet[16];
    size_t n_sheets;
    int failed; /* out of memory somewhere */
};

/* A new sheet with `columns` "a|b|c"; never NULL (failed is then set). */
struct sq_sheet *sq_book_sheet(struct sq_book *book, const char *title, const char *columns);

/* A new row, then its cells in order. */
void sq_sheet_row(struct sq_book *book, struct sq_sheet *sheet);
void sq_sheet_text(struct sq_book *book, struct sq_sheet *sheet, size_t column, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* The shortest decimal of a number; nothing for NaN. */
void sq_sheet_number(struct sq_book *book, struct sq_sheet *sheet, size_t column, double value);

void sq_sheet_note(struct sq_book *book, struct sq_sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "table", "json", "csv", "markdown", "latex"; -1: unknown. */
int sq_format_by_name(const char *name);

/* The whole book; the caller frees *text. SQ_ENOMEM. */
int sq_book_write(struct sq_error *err, const struct sq_book *book, enum sq_format format,
                  char **text);

void sq_book_free(struct sq_book *book);

#endif
