/* Books as text. */
#include "kernels/base/text.h"
#include "kernels/base/warnings.h"
#include "sim/account/sheets/sheet_view.h"

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

static void write_csv_cell(FILE *to, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text != '\0'; text++)
        fprintf(to, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', to);
}

void sq_view_csv(FILE *to, const struct sq_view *view)
{
    char room[SQ_CELL_BYTES];
    for (size_t row = 0; row <= view->sheet->n_rows; row++)
        for (size_t c = 0; c < view->n_columns; c++) {
            write_csv_cell(to, row == 0 ? view->name[c] : sq_view_cell(view, row - 1, c, room));
            fputc(c + 1 == view->n_columns ? '\n' : ',', to);
        }
}

/* A bar in a cell would end it. */
static void write_markdown_text(FILE *to, const char *text)
{
    for (; *text != '\0'; text++)
        fprintf(to, *text == '|' ? "\\|" : "%c", *text);
}

static void write_markdown(FILE *to, const struct sq_view *view)
{
    char room[SQ_CELL_BYTES];
    fprintf(to, "### %s\n\n|", view->sheet->title);
    for (size_t c = 0; c < view->n_columns; c++)
        fprintf(to, " %s |", view->heading[c]);
    fputs("\n|", to);
    for (size_t c = 0; c < view->n_columns; c++)
        fputs(sq_view_is_numeric(view, c) ? "---:|" : "---|", to);
    for (size_t row = 0; row < view->sheet->n_rows; row++) {
        fputs("\n|", to);
        for (size_t c = 0; c < view->n_columns; c++) {
            const char *text = sq_view_cell(view, row, c, room);
            fputc(' ', to);
            write_markdown_text(to, text[0] != '\0' ? text : "-");
            fputs(" |", to);
        }
    }
    fputs("\n", to);
    for (size_t i = 0; view->style->verbose && i < view->sheet->n_notes; i++)
        fprintf(to, "%s- %s\n", i == 0 ? "\n" : "", view->sheet->note[i]);
}

/* What LaTeX takes for something else. */
static void write_latex_text(FILE *to, const char *text)
{
    static const struct {
        char sign;
        const char *latex;
    } escape[] = {{'\\', "\\textbackslash{}"},
                  {'{', "\\{"},
                  {'}', "\\}"},
                  {'_', "\\_"},
                  {'%', "\\%"},
                  {'&', "\\&"},
                  {'#', "\\#"},
                  {'$', "\\$"},
                  {'~', "\\textasciitilde{}"},
                  {'^', "\\textasciicircum{}"},
                  {'<', "\\textless{}"},
                  {'>', "\\textgreater{}"},
                  {'|', "\\textbar{}"},
                  {'"', "\\textquotedbl{}"}};
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (i < sizeof escape / sizeof *escape && escape[i].sign != *text)
            i++;
        if (i < sizeof escape / sizeof *escape)
            fputs(escape[i].latex, to);
        else
            fputc(*text, to);
    }
}

/* A number, or a text; nothing is a dash. */
static void write_latex_cell(FILE *to, const char *text)
{
    const size_t mantissa = strcspn(text, "e");
    if (text[0] == '\0')
        fputs("--", to);
    else if (!sq_is_number(text))
        write_latex_text(to, text);
    else if (text[mantissa] == 'e')
        fprintf(to, "$%.*s\\times10^{%d}$", (int)mantissa, text, atoi(text + mantissa + 1));
    else
        fprintf(to, text[0] == '-' ? "$%s$" : "%s", text);
}

/* "uJ" is a microjoule. */
static void write_latex_heading(FILE *to, const char *heading)
{
    const size_t length = strlen(heading);
    if (length > 4 && strcmp(heading + length - 4, ", uJ") == 0)
        fprintf(to, "%.*s, $\\mu$J", (int)length - 4, heading);
    else
        write_latex_text(to, heading);
}

static void write_latex(FILE *to, const struct sq_view *view)
{
    char room[SQ_CELL_BYTES];
    fprintf(to, "%% %s\n%% \\usepackage{booktabs}\n\\begin{tabular}{", view->sheet->title);
    for (size_t c = 0; c < view->n_columns; c++)
        fputc(sq_view_is_numeric(view, c) ? 'r' : 'l', to);
    fputs("}\n\\toprule\n", to);
    for (size_t c = 0; c < view->n_columns; c++) {
        write_latex_heading(to, view->heading[c]);
        fputs(c + 1 == view->n_columns ? " \\\\\n\\midrule\n" : " & ", to);
    }
    for (size_t row = 0; row < view->sheet->n_rows; row++)
        for (size_t c = 0; c < view->n_columns; c++) {
            write_latex_cell(to, sq_view_cell(view, row, c, room));
            fputs(c + 1 == view->n_columns ? " \\\\\n" : " & ", to);
        }
    fputs("\\bottomrule\n\\end{tabular}\n", to);
    for (size_t i = 0; view->style->verbose && i < view->sheet->n_notes; i++)
        fprintf(to, "%% %s\n", view->sheet->note[i]);
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

static void write_json_row(FILE *to, const struct sq_view *view, size_t row)
{
    char room[SQ_CELL_BYTES];
    fputs(row > 0 ? ",\n    {" : "\n    {", to);
    for (size_t c = 0; c < view->n_columns; c++) {
        const char *text = sq_view_cell(view, row, c, room);
        if (c > 0)
            fputs(", ", to);
        write_json_text(to, view->name[c]);
        fputs(": ", to);
        if (text[0] == '\0')
            fputs("null", to);
        else if (sq_is_number(text))
            fputs(text, to);
        else
            write_json_text(to, text);
    }
    fputc('}', to);
}

static void write_json(FILE *to, const struct sq_view *view)
{
    fputs("  {\"name\": ", to);
    write_json_text(to, view->sheet->name);
    fputs(", \"title\": ", to);
    write_json_text(to, view->sheet->title);
    fputs(",\n   \"rows\": [", to);
    for (size_t row = 0; row < view->sheet->n_rows; row++)
        write_json_row(to, view, row);
    fputs("],\n   \"notes\": [", to);
    for (size_t i = 0; i < view->sheet->n_notes; i++) {
        fputs(i > 0 ? ",\n    " : "\n    ", to);
        write_json_text(to, view->sheet->note[i]);
    }
    fputs("]}", to);
}

/* What energy warned of. */
static void write_json_warnings(FILE *to, const struct sq_warnings *warnings)
{
    fputs("], \"warnings\": [", to);
    for (unsigned i = 0; warnings != NULL && i < warnings->n; i++) {
        fputs(i > 0 ? ", {\"name\": " : "{\"name\": ", to);
        write_json_text(to, warnings->item[i].name);
        fputs(", \"text\": ", to);
        write_json_text(to, warnings->item[i].text);
        fputc('}', to);
    }
    fputs("]}\n", to);
}

/* Is it written? CSV and LaTeX are what was asked for alone. */
static int is_shown(const struct sq_sheet *sheet, const struct sq_style *style,
                    struct sq_view *view)
{
    const int is_alone = style->format == SQ_FORMAT_CSV || style->format == SQ_FORMAT_LATEX;
    return sq_view_of(sheet, style, view) && !(is_alone && sheet->is_aside);
}

static size_t count_shown(const struct sq_book *book, const struct sq_style *style)
{
    struct sq_view view;
    size_t n = 0;
    for (size_t i = 0; i < book->n_sheets; i++)
        n += is_shown(&book->sheet[i], style, &view) != 0;
    return n;
}

static int write_sheet(struct sq_error *err, FILE *to, const struct sq_view *view, size_t n_shown)
{
    switch (view->style->format) {
    case SQ_FORMAT_TABLE:
        return sq_view_table(err, to, view);
    case SQ_FORMAT_JSON:
        write_json(to, view);
        break;
    case SQ_FORMAT_CSV:
        if (n_shown > 1)
            fprintf(to, "# %s\n", view->sheet->title);
        sq_view_csv(to, view);
        break;
    case SQ_FORMAT_MARKDOWN:
        write_markdown(to, view);
        break;
    case SQ_FORMAT_LATEX:
        write_latex(to, view);
        break;
    }
    return SQ_OK;
}

static int write_book(struct sq_error *err, FILE *to, const struct sq_book *book,
                      const struct sq_style *style)
{
    const int is_json = style->format == SQ_FORMAT_JSON;
    const size_t n_shown = count_shown(book, style);
    struct sq_view view;
    int status = SQ_OK, is_first = 1;
    if (is_json)
        fputs("{\"format\": \"spikeq energy\", \"version\": 1, \"sheets\": [\n", to);
    for (size_t i = 0; status == SQ_OK && i < book->n_sheets; i++) {
        if (!is_shown(&book->sheet[i], style, &view))
            continue;
        if (!is_first)
            fputs(is_json ? ",\n" : "\n", to);
        status = write_sheet(err, to, &view, n_shown);
        is_first = 0;
    }
    if (is_json)
        write_json_warnings(to, err->warnings);
    return status;
}

int sq_book_write(struct sq_error *err, const struct sq_book *book, const struct sq_style *style,
                  char **text)
{
    struct sq_text page;
    int status = sq_style_check(err, book, style);
    if (status != SQ_OK)
        return status;
    FILE *to = book->failed ? NULL : sq_text_open(&page);
    if (to == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the tables");
    status = write_book(err, to, book, style);
    char *made = sq_text_close(&page, NULL);
    if (status == SQ_OK && made == NULL)
        status = sq_fail(err, SQ_ENOMEM, "out of memory for the tables");
    if (status == SQ_OK)
        *text = made;
    else
        free(made);
    return status;
}
