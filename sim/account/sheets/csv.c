#include "sim/account/sheets/csv.h"

#include "traces/files/other_files.h"
#include "traces/files/whole_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 22 };

/* Is it text, and not what a spreadsheet writes by default? */
static int check_text(struct sq_error *err, const char *path, const char *text, size_t n)
{
    const unsigned char *head = (const unsigned char *)text;
    const char *what = sq_other_file(head, n);
    const int has_nul = strlen(text) != n;
    if (what == NULL && has_nul)
        what = sq_other_file_guess(head, n);
    if (what != NULL)
        return sq_fail(err, SQ_EFORMAT, "%s: no table: %s", path, what);
    return has_nul ? sq_fail(err, SQ_EFORMAT, "%s: holds a NUL byte, expected text", path) : SQ_OK;
}

/* Without the quotes around it; two quotes within are one (RFC 4180). */
static char *unquote(char *cell, size_t n)
{
    char *to = cell;
    for (size_t from = 1; from + 1 < n; from++) {
        from += cell[from] == '"' && cell[from + 1] == '"' && from + 2 < n;
        *to++ = cell[from];
    }
    *to = '\0';
    return cell;
}

static char *trim(char *cell)
{
    cell += strspn(cell, " \t");
    size_t n = strlen(cell);
    while (n > 0 && strchr(" \t\r", cell[n - 1]) != NULL)
        cell[--n] = '\0';
    return n >= 2 && cell[0] == '"' && cell[n - 1] == '"' ? unquote(cell, n) : cell;
}

/* Cut a line into cells; their number, or SQ_CSV_COLUMNS + 1. */
static size_t cut(char *line, char *cell[SQ_CSV_COLUMNS])
{
    size_t n = 0;
    for (char *at = line;; at++) {
        char *first = at;
        int quoted = 0;
        for (; *at != '\0' && (quoted || *at != ','); at++)
            quoted ^= *at == '"';
        const int more = *at == ',';
        *at = '\0';
        if (n == SQ_CSV_COLUMNS)
            return n + 1;
        cell[n++] = trim(first);
        if (!more)
            return n;
    }
}

/* What to do where the heading has one column only: spreadsheets with a decimal comma. */
static const char *advice(const struct sq_csv *csv)
{
    return csv->n_columns == 1 && strpbrk(csv->column[0], ";\t") != NULL
               ? "; columns are separated by commas, decimals by points"
               : "";
}

static int add_line(struct sq_error *err, const char *path, struct sq_csv *csv, char *line,
                    unsigned number)
{
    char *cell[SQ_CSV_COLUMNS];
    const size_t n = cut(line, cell);
    if (csv->n_columns == 0) {
        if (n > SQ_CSV_COLUMNS)
            return sq_fail(err, SQ_EFORMAT, "%s: line %u: more than %d columns", path, number,
                           SQ_CSV_COLUMNS);
        memcpy(csv->column, cell, n * sizeof *cell);
        csv->n_columns = n;
        return SQ_OK;
    }
    if (n != csv->n_columns)
        return sq_fail(err, SQ_EFORMAT, "%s: line %u: %zu cells, expected %zu as in the heading%s",
                       path, number, n, csv->n_columns, advice(csv));
    if ((csv->n_rows & (csv->n_rows - 1)) == 0) {
        const size_t room = csv->n_rows == 0 ? 1 : 2 * csv->n_rows;
        char **grown = realloc(csv->cell, room * csv->n_columns * sizeof *grown);
        if (grown != NULL)
            csv->cell = grown;
        unsigned *lines = realloc(csv->line, room * sizeof *lines);
        if (lines != NULL)
            csv->line = lines;
        if (grown == NULL || lines == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    }
    memcpy(csv->cell + csv->n_rows * csv->n_columns, cell, n * sizeof *cell);
    csv->line[csv->n_rows++] = number;
    return SQ_OK;
}

int sq_csv_read(struct sq_error *err, const char *path, struct sq_csv *out)
{
    *out = (struct sq_csv){.text = NULL};
    size_t size;
    int rc = sq_file_read(err, path, MAX_BYTES, "larger than 4 MiB, expected a table", &out->text,
                          &size);
    if (rc == SQ_OK)
        rc = check_text(err, path, out->text, size);
    unsigned number = 1;
    char *first_line = out->text;
    if (rc == SQ_OK && strncmp(first_line, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
        first_line += 3;
    for (char *line = first_line; rc == SQ_OK && line != NULL; number++) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        const char *first = line + strspn(line, " \t\r");
        if (*first != '\0' && *first != '#')
            rc = add_line(err, path, out, line, number);
        line = end != NULL ? end + 1 : NULL;
    }
    if (rc == SQ_OK && out->n_rows == 0)
        rc = sq_fail(err, SQ_EFORMAT, "%s: no rows, expected a heading and rows", path);
    return rc;
}

void sq_csv_free(struct sq_csv *csv)
{
    free(csv->text);
    free(csv->cell);
    free(csv->line);
    *csv = (struct sq_csv){.text = NULL};
}

int sq_csv_column(const struct sq_csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->n_columns; i++)
        if (strcmp(csv->column[i], name) == 0)
            return (int)i;
    return -1;
}

int sq_csv_need(struct sq_error *err, const char *path, const struct sq_csv *csv, const char *name,
                int *column)
{
    *column = sq_csv_column(csv, name);
    if (*column >= 0)
        return SQ_OK;
    return sq_fail(err, SQ_EFORMAT,
                   "%s: heading: no column \"%s\" among its %zu, beginning with \"%.32s\"%s", path,
                   name, csv->n_columns, csv->column[0], advice(csv));
}

const char *sq_csv_cell(const struct sq_csv *csv, size_t row, int column)
{
    return csv->cell[row * csv->n_columns + (size_t)column];
}

int sq_csv_number(struct sq_error *err, const char *path, const struct sq_csv *csv, size_t row,
                  int column, double least, double most, double *value)
{
    const char *text = sq_csv_cell(csv, row, column);
    char *end;
    *value = strtod(text, &end);
    if (text[0] != '\0' && *end == '\0' && strspn(text, "0123456789+-.eE") == strlen(text) &&
        isfinite(*value) && *value >= least && *value <= most)
        return SQ_OK;
    return sq_fail(
        err, SQ_EVALUE, "%s: line %u: %.64s: %s \"%.32s\", expected a number from %.16g to %.16g",
        path, csv->line[row], sq_csv_cell(csv, row, 0), csv->column[column], text, least, most);
}
