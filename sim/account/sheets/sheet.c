#include "sim/account/sheets/sheet.h"

#include "sim/json/decimal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *keep(struct sq_book *book, const char *format, va_list args)
{
    char text[640];
    vsnprintf(text, sizeof text, format, args);
    char *kept = sq_arena_strdup(&book->arena, text);
    if (kept == NULL)
        book->failed = 1;
    return kept;
}

struct sq_sheet *sq_book_sheet(struct sq_book *book, const char *name, const char *title,
                               const char *columns)
{
    struct sq_sheet *sheet =
        &book->sheet[book->n_sheets < SQ_BOOK_SHEETS ? book->n_sheets++ : SQ_BOOK_SHEETS - 1];
    char *names = sq_arena_strdup(&book->arena, columns);
    *sheet = (struct sq_sheet){.name = sq_arena_strdup(&book->arena, name),
                               .title = sq_arena_strdup(&book->arena, title)};
    if (names == NULL || sheet->name == NULL || sheet->title == NULL) {
        book->failed = 1;
        return sheet;
    }
    while (sheet->n_columns < SQ_SHEET_COLUMNS) {
        const size_t n = strcspn(names, "|");
        const int is_detail = names[0] == '+';
        sheet->column[sheet->n_columns++] = (struct sq_column){names + is_detail, is_detail};
        if (names[n] == '\0')
            break;
        names[n] = '\0';
        names += n + 1;
    }
    return sheet;
}

void sq_sheet_row(struct sq_book *book, struct sq_sheet *sheet)
{
    if (sheet->n_rows == sheet->room) {
        const size_t room = sheet->room * 2 + 64;
        struct sq_cell(*grown)[SQ_SHEET_COLUMNS] =
            sq_arena_alloc(&book->arena, room, sizeof *grown);
        if (grown == NULL) {
            book->failed = 1;
            return;
        }
        if (sheet->n_rows > 0)
            memcpy(grown, sheet->cell, sheet->n_rows * sizeof *grown);
        sheet->cell = grown;
        sheet->room = room;
    }
    sheet->n_rows++;
}

static void put_cell(struct sq_book *book, struct sq_sheet *sheet, size_t column,
                     struct sq_cell cell)
{
    if (!book->failed && sheet->n_rows > 0 && column < sheet->n_columns)
        sheet->cell[sheet->n_rows - 1][column] = cell;
}

void sq_sheet_text(struct sq_book *book, struct sq_sheet *sheet, size_t column, const char *format,
                   ...)
{
    va_list args;
    va_start(args, format);
    const struct sq_cell cell = {keep(book, format, args), 0};
    va_end(args);
    put_cell(book, sheet, column, cell);
}

void sq_sheet_number(struct sq_book *book, struct sq_sheet *sheet, size_t column, double value)
{
    char text[SQ_DECIMAL_BYTES];
    if (isnan(value))
        return;
    const struct sq_cell cell = {sq_arena_strdup(&book->arena, sq_decimal(text, value)), 1};
    book->failed |= cell.text == NULL;
    put_cell(book, sheet, column, cell);
}

void sq_sheet_note(struct sq_book *book, struct sq_sheet *sheet, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = keep(book, format, args);
    va_end(args);
    if (text != NULL && sheet->n_notes < SQ_SHEET_NOTES)
        sheet->note[sheet->n_notes++] = text;
}

void sq_book_free(struct sq_book *book)
{
    sq_arena_free(&book->arena);
    memset(book, 0, sizeof *book);
}
