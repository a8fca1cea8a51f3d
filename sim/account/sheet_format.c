/* Sheets as text. */
#include "sim/account/sheet.h"

#include "kernels/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const format_name[] = {"table", "json", "csv", "markdown", "latex"};

int sq_format_by_name(const char *name)
{
    for (int i = 0; i < (int)(sizeof format_name / sizeof *format_name); i++)
        if (strcmp(name, format_name[i]) == 0)
            return i;
    return -1;
}

static const char *cell_at(const struct sq_sheet *sheet, size_t row, size_t column)
{
    const char *text = sheet->cell[row][column];
    return text != NULL ? text : "";
}

/* Would a JSON reader take it for a number? */
static int is_number(const char *text)
{
    const char *at = text + (text[0] == '-');
    char *end;
    if (at[0] < '0' || at[0] > '9' || (at[0] == '0' && at[1] >= '0' && at[1] <= '9') ||
        strspn(text, "0123456789+-.eE") != strlen(text))
        return 0;
    strtod(text, &end);
    return *end == '\0' && end[-1] != '.';
}

static size_t width_of(const struct sq_sheet *sheet, size_t column)
{
    size_t width = strlen(sheet->column[column]);
    for (size_t row = 0; row < sheet->n_rows; row++)
        if (strlen(cell_at(sheet, row, column)) > width)
            width = strlen(cell_at(sheet, row, column));
    return width;
}

static void write_right(FILE *to, const char *text, size_t width, int last)
{
    fprintf(to, "%*s%s", (int)width, text, last ? "\n" : "  ");
}

static void write_left(FILE *to, const char *text, size_t width, int last)
{
    if (last)
        fprintf(to, "%s\n", text);
    else
        fprintf(to, "%-*s  ", (int)width, text);
}

static void write_table(FILE *to, const struct sq_sheet *sheet)
{
    fprintf(to, "%s\n", sheet->title);
    for (size_t row = 0; row <= sheet->n_rows; row++)
        for (size_t c = 0; c < sheet->n_columns; c++) {
            const char *text = row == 0 ? sheet->column[c] : cell_at(sheet, row - 1, c);
            const int last = c + 1 == sheet->n_columns;
            const int numeric = sheet->n_rows > 0 && is_number(cell_at(sheet, 0, c));
            if (numeric || (row > 0 && is_number(text)))
                write_right(to, text, width_of(sheet, c), last);
            else
                write_left(to, text, width_of(sheet, c), last);
        }
    for (size_t i = 0; i < sheet->n_notes; i++)
        fprintf(to, "  %s\n", sheet->note[i]);
}

static void write_csv_cell(FILE *to, const char *text)
{
    if (strpbrk(text, ",\"\n") == NULL) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text != '\0'; text++)
        fprintf(to, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', to);
}

static void write_csv(FILE *to, const struct sq_sheet *sheet)
{
    fprintf(to, "# %s\n", sheet->title);
    for (size_t row = 0; row <= sheet->n_rows; row++)
        for (size_t c = 0; c < sheet->n_columns; c++) {
            write_csv_cell(to, row == 0 ? sheet->column[c] : cell_at(sheet, row - 1, c));
            fputc(c + 1 == sheet->n_columns ? '\n' : ',', to);
        }
    for (size_t i = 0; i < sheet->n_notes; i++)
        fprintf(to, "# %s\n", sheet->note[i]);
}

static void write_markdown(FILE *to, const struct sq_sheet *sheet)
{
    fprintf(to, "### %s\n\n|", sheet->title);
    for (size_t c = 0; c < sheet->n_columns; c++)
        fprintf(to, " %s |", sheet->column[c]);
    fputs("\n|", to);
    for (size_t c = 0; c < sheet->n_columns; c++)
        fputs(sheet->n_rows > 0 && is_number(cell_at(sheet, 0, c)) ? "---:|" : "---|", to);
    for (size_t row = 0; row < sheet->n_rows; row++) {
        fputs("\n|", to);
        for (size_t c = 0; c < sheet->n_columns; c++)
            fprintf(to, " %s |", cell_at(sheet, row, c));
    }
    fputs("\n\n", to);
    for (size_t i = 0; i < sheet->n_notes; i++)
        fprintf(to, "- %s\n", sheet->note[i]);
}

static void write_latex_text(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("_%&#$", *text) != NULL)
            fputc('\\', to);
        fputc(*text, to);
    }
}

static void write_latex(FILE *to, const struct sq_sheet *sheet)
{
    fputs("% ", to);
    fputs(sheet->title, to);
    fputs("\n\\begin{tabular}{", to);
    for (size_t c = 0; c < sheet->n_columns; c++)
        fputc(sheet->n_rows > 0 && is_number(cell_at(sheet, 0, c)) ? 'r' : 'l', to);
    fputs("}\n\\hline\n", to);
    for (size_t row = 0; row <= sheet->n_rows; row++) {
        for (size_t c = 0; c < sheet->n_columns; c++) {
            write_latex_text(to, row == 0 ? sheet->column[c] : cell_at(sheet, row - 1, c));
            fputs(c + 1 == sheet->n_columns ? " \\\\\n" : " & ", to);
        }
        if (row == 0)
            fputs("\\hline\n", to);
    }
    fputs("\\hline\n\\end{tabular}\n", to);
    for (size_t i = 0; i < sheet->n_notes; i++)
        fprintf(to, "%% %s\n", sheet->note[i]);
}

static void write_json_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text != '\0'; text++) {
        const unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\')
            fprintf(to, "\\%c", byte);
        else if (byte < 0x20)
            fprintf(to, "\\u%04x", byte);
        else
            fputc(byte, to);
    }
    fputc('"', to);
}

static void write_json(FILE *to, const struct sq_sheet *sheet, int last)
{
    fputs("  {\"title\": ", to);
    write_json_text(to, sheet->title);
    fputs(",\n   \"rows\": [", to);
    for (size_t row = 0; row < sheet->n_rows; row++) {
        fputs(row > 0 ? ",\n    {" : "\n    {", to);
        for (size_t c = 0; c < sheet->n_columns; c++) {
            const char *text = cell_at(sheet, row, c);
            if (c > 0)
                fputs(", ", to);
            write_json_text(to, sheet->column[c]);
            fputs(": ", to);
            if (text[0] == '\0')
                fputs("null", to);
            else if (is_number(text))
                fputs(text, to);
            else
                write_json_text(to, text);
        }
        fputc('}', to);
    }
    fputs("],\n   \"notes\": [", to);
    for (size_t i = 0; i < sheet->n_notes; i++) {
        fputs(i > 0 ? ",\n    " : "\n    ", to);
        write_json_text(to, sheet->note[i]);
    }
    fputs(last ? "]}\n" : "]},\n", to);
}

static void write_book(FILE *to, const struct sq_book *book, enum sq_format format)
{
    static void (*const write[])(FILE *, const struct sq_sheet *) = {
        [SQ_FORMAT_TABLE] = write_table,
        [SQ_FORMAT_CSV] = write_csv,
        [SQ_FORMAT_MARKDOWN] = write_markdown,
        [SQ_FORMAT_LATEX] = write_latex,
    };
    if (format == SQ_FORMAT_JSON)
        fputs("{\"format\": \"spikeq energy\", \"version\": 1, \"sheets\": [\n", to);
    for (size_t i = 0; i < book->n_sheets; i++) {
        if (format == SQ_FORMAT_JSON) {
            write_json(to, &book->sheet[i], i + 1 == book->n_sheets);
            continue;
        }
        if (i > 0)
            fputc('\n', to);
        write[format](to, &book->sheet[i]);
    }
    if (format == SQ_FORMAT_JSON)
        fputs("]}\n", to);
}

int sq_book_write(struct sq_error *err, const struct sq_book *book, enum sq_format format,
                  char **text)
{
    struct sq_text page;
    FILE *to = book->failed ? NULL : sq_text_open(&page);
    *text = NULL;
    if (to != NULL) {
        write_book(to, book, format);
        *text = sq_text_close(&page, NULL);
    }
    return *text != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for the tables");
}
