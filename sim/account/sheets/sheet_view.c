#include "sim/account/sheets/sheet_view.h"

#include "sim/json/decimal.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Units of energy, with the exponent of ten of a joule. */
static const struct unit {
    const char *name, *ending;
    int exponent;
} unit[] = {
    {"pJ", "_pj", -12}, {"nJ", "_nj", -9}, {"uJ", "_uj", -6}, {"mJ", "_mj", -3}, {"J", "_j", 0}};

enum { UNITS = sizeof unit / sizeof *unit };

static const struct unit *unit_by_name(const char *name)
{
    for (int i = 0; i < UNITS; i++)
        if (strcmp(unit[i].name, name) == 0)
            return &unit[i];
    return NULL;
}

/* The unit that a column's name ends in, or NULL. */
static const struct unit *unit_of_column(const char *name)
{
    const size_t length = strlen(name);
    for (int i = 0; i < UNITS; i++) {
        const size_t n = strlen(unit[i].ending);
        if (length > n && strcmp(name + length - n, unit[i].ending) == 0)
            return &unit[i];
    }
    return NULL;
}

/* The next of the letters and digits of a name, as lower case; '\0' behind the last. */
static char next_letter(const char **at, const char *end)
{
    while (*at < end && !isalnum((unsigned char)**at))
        ++*at;
    return *at < end ? (char)tolower((unsigned char)*(*at)++) : '\0';
}

/* Are two names the same but for case, spaces and signs? "g_acs" is "G ACs". */
static int is_same_name(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
    const char *a_end = a + a_bytes, *b_end = b + b_bytes;
    char letter;
    do {
        letter = next_letter(&a, a_end);
        if (letter != next_letter(&b, b_end))
            return 0;
    } while (letter != '\0');
    return 1;
}

/* A column is wanted by its name, or by that without its unit: "energy" is "energy_mj". */
static int is_wanted(const char *name, const char *wanted, size_t bytes)
{
    const struct unit *own = unit_of_column(name);
    const size_t length = strlen(name), stem = own != NULL ? length - strlen(own->ending) : length;
    if (is_same_name(name, length, wanted, bytes) || is_same_name(name, stem, wanted, bytes))
        return 1;
    for (int i = 0; own != NULL && i < UNITS; i++) {
        char other[SQ_NAME_ROOM];
        snprintf(other, sizeof other, "%.*s%s", (int)stem, name, unit[i].ending);
        if (is_same_name(other, strlen(other), wanted, bytes))
            return 1;
    }
    return 0;
}

static void add_column(struct sq_view *view, size_t column)
{
    const char *name = view->sheet->column[column].name;
    const struct unit *own = unit_of_column(name), *shown = own;
    const size_t c = view->n_columns;
    if (c == SQ_SHEET_COLUMNS)
        return;
    view->n_columns++;
    view->column[c] = column;
    view->factor[c] = 1;
    snprintf(view->name[c], SQ_NAME_ROOM, "%s", name);
    snprintf(view->heading[c], SQ_NAME_ROOM, "%s", name);
    if (own == NULL)
        return;
    if (view->style->unit != NULL)
        shown = unit_by_name(view->style->unit);
    const int stem = (int)(strlen(name) - strlen(own->ending));
    view->factor[c] = pow(10, own->exponent - shown->exponent);
    snprintf(view->name[c], SQ_NAME_ROOM, "%.*s%s", stem, name, shown->ending);
    snprintf(view->heading[c], SQ_NAME_ROOM, "%.*s, %s", stem, name, shown->name);
}

/* Columns by name; 0: the sheet has none of them. */
static int choose_columns(struct sq_view *view)
{
    const char *at = view->style->columns;
    for (;;) {
        const size_t bytes = strcspn(at, ",");
        for (size_t i = 0; i < view->sheet->n_columns; i++)
            if (is_wanted(view->sheet->column[i].name, at, bytes))
                add_column(view, i);
        if (at[bytes] == '\0')
            return view->n_columns > 0;
        at += bytes + 1;
    }
}

int sq_view_of(const struct sq_sheet *sheet, const struct sq_style *style, struct sq_view *view)
{
    const int is_for_programs = style->format == SQ_FORMAT_JSON || style->format == SQ_FORMAT_CSV;
    *view = (struct sq_view){.sheet = sheet, .style = style};
    if (style->columns != NULL)
        return choose_columns(view);
    for (size_t i = 0; i < sheet->n_columns; i++)
        if (is_for_programs || style->verbose || !sheet->column[i].is_detail)
            add_column(view, i);
    return 1;
}

/* N significant digits; all of those before the point, and no exponent where it is not needed. */
static void round_number(double value, int digits, char room[SQ_CELL_BYTES])
{
    char form[SQ_CELL_BYTES];
    snprintf(form, sizeof form, "%.*e", digits - 1, value);
    const int exponent = atoi(strchr(form, 'e') + 1);
    if (value == 0)
        snprintf(room, SQ_CELL_BYTES, "0");
    else if (exponent < -4 || exponent > 15)
        snprintf(room, SQ_CELL_BYTES, "%s", form);
    else
        snprintf(room, SQ_CELL_BYTES, "%.*f", exponent < digits - 1 ? digits - 1 - exponent : 0,
                 value);
}

const char *sq_view_cell(const struct sq_view *view, size_t row, size_t c, char room[SQ_CELL_BYTES])
{
    const struct sq_cell *cell = &view->sheet->cell[row][view->column[c]];
    if (cell->text == NULL)
        return "";
    if (!cell->is_real || (view->style->digits == 0 && view->factor[c] == 1))
        return cell->text;
    const double value = strtod(cell->text, NULL) * view->factor[c];
    if (view->style->digits == 0)
        return sq_decimal(room, value);
    round_number(value, view->style->digits, room);
    return room;
}

int sq_is_number(const char *text)
{
    const char *at = text + (text[0] == '-');
    char *end;
    if (at[0] < '0' || at[0] > '9' || (at[0] == '0' && at[1] >= '0' && at[1] <= '9') ||
        strspn(text, "0123456789+-.eE") != strlen(text))
        return 0;
    strtod(text, &end);
    return *end == '\0' && end[-1] != '.';
}

int sq_view_is_numeric(const struct sq_view *view, size_t c)
{
    int any = 0;
    for (size_t row = 0; row < view->sheet->n_rows; row++) {
        const struct sq_cell *cell = &view->sheet->cell[row][view->column[c]];
        if (cell->text != NULL && !sq_is_number(cell->text))
            return 0;
        any |= cell->text != NULL;
    }
    return any;
}

/* Does any sheet have a column of this name? */
static int is_known(const struct sq_book *book, const char *wanted, size_t bytes)
{
    for (size_t s = 0; s < book->n_sheets; s++)
        for (size_t i = 0; i < book->sheet[s].n_columns; i++)
            if (is_wanted(book->sheet[s].column[i].name, wanted, bytes))
                return 1;
    return 0;
}

static int fail_column(struct sq_error *err, const struct sq_book *book, const char *wanted,
                       size_t bytes)
{
    char known[400];
    size_t used = 0;
    for (size_t s = 0; s < book->n_sheets; s++)
        for (size_t i = 0; i < book->sheet[s].n_columns && used < sizeof known; i++)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                     used > 0 ? ", " : "", book->sheet[s].column[i].name);
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "columns %.*s: no such column; there are %s",
                   (int)(bytes < 64 ? bytes : 64), wanted, used > 0 ? known : "none");
}

int sq_style_check(struct sq_error *err, const struct sq_book *book, const struct sq_style *style)
{
    if (style->unit != NULL && unit_by_name(style->unit) == NULL)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "unit %.32s: expected pJ, nJ, uJ, mJ or J",
                       style->unit);
    for (const char *at = book != NULL ? style->columns : NULL; at != NULL;) {
        const size_t bytes = strcspn(at, ",");
        if (!is_known(book, at, bytes))
            return fail_column(err, book, at, bytes);
        at = at[bytes] != '\0' ? at + bytes + 1 : NULL;
    }
    return SQ_OK;
}
