/* Tables for people, within the width of a terminal. */
#include "sim/account/sheets/sheet_view.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 2, LEAST_TEXT = 12, LONG_WORD = 40 };

/* A table being laid out; all texts of a view lie in text[row][c], row 0 is the heading. */
struct layout {
    const struct sq_view *view;
    size_t n_rows;
    char **text;                    /* [n_rows][n_columns] */
    size_t width[SQ_SHEET_COLUMNS]; /* of columns, characters */
    int is_numeric[SQ_SHEET_COLUMNS];
};

/* Characters of UTF-8: bytes that do not continue one. */
static size_t characters(const char *text, size_t bytes)
{
    size_t n = 0;
    for (size_t i = 0; i < bytes; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

/* Bytes of the first `n` characters. */
static size_t bytes_of(const char *text, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n && text[bytes] != '\0'; i++)
        do
            bytes++;
        while (((unsigned char)text[bytes] & 0xc0) == 0x80);
    return bytes;
}

/* Bytes of `text` that a line of `width` characters takes: whole words; a part of one that is
 * longer than a line. */
static size_t line_bytes(const char *text, size_t width)
{
    size_t taken = 0;
    for (size_t at = 0;;) {
        const size_t word = at + strcspn(text + at, " ");
        if (characters(text, word) > width)
            return taken > 0 ? taken : bytes_of(text, width);
        taken = word;
        if (text[word] == '\0')
            return taken;
        at = word + 1;
    }
}

static size_t longest_word(const char *text)
{
    size_t most = 0;
    while (*text != '\0') {
        const size_t bytes = strcspn(text, " "), n = characters(text, bytes);
        most = n > most ? n : most;
        text += bytes + (text[bytes] == ' ');
    }
    return most;
}

static char **text_at(const struct layout *layout, size_t row, size_t c)
{
    return &layout->text[row * layout->view->n_columns + c];
}

/* Column c is as wide as its widest text. */
static void measure(struct layout *layout, size_t c)
{
    for (size_t row = 0; row < layout->n_rows; row++) {
        const char *text = *text_at(layout, row, c);
        const size_t n = characters(text, strlen(text));
        layout->width[c] = n > layout->width[c] ? n : layout->width[c];
    }
}

static size_t sum_of_widths(const struct layout *layout)
{
    size_t sum = 0;
    for (size_t c = 0; c < layout->view->n_columns; c++)
        sum += layout->width[c] + (c > 0 ? GAP : 0);
    return sum;
}

/* The least that a column of texts can be: its longest word, unless that is very long. */
static size_t least_width(const struct layout *layout, size_t c)
{
    size_t least = LEAST_TEXT;
    for (size_t row = 0; row < layout->n_rows; row++) {
        const size_t n = longest_word(*text_at(layout, row, c));
        least = n > least ? (n < LONG_WORD ? n : LONG_WORD) : least;
    }
    return least < layout->width[c] ? least : layout->width[c];
}

/* Texts give way, the widest first, until the table fits or they cannot. */
static void squeeze(struct layout *layout)
{
    const size_t most = layout->view->style->width;
    int is_done[SQ_SHEET_COLUMNS] = {0};
    for (size_t sum = sum_of_widths(layout); sum > most; sum = sum_of_widths(layout)) {
        size_t widest = SQ_SHEET_COLUMNS;
        for (size_t c = 1; c < layout->view->n_columns; c++)
            if (!layout->is_numeric[c] && !is_done[c] &&
                (widest == SQ_SHEET_COLUMNS || layout->width[c] > layout->width[widest]))
                widest = c;
        if (widest == SQ_SHEET_COLUMNS)
            return;
        const size_t least = least_width(layout, widest), excess = sum - most;
        is_done[widest] = 1;
        layout->width[widest] =
            layout->width[widest] > least + excess ? layout->width[widest] - excess : least;
    }
}

static void put_spaces(FILE *to, size_t n)
{
    fprintf(to, "%*s", (int)n, "");
}

/* One row of the columns in `shown`, as many lines as its wrapped texts need. */
static void put_row(FILE *to, const struct layout *layout, size_t row, const size_t *shown,
                    size_t n)
{
    const char *rest[SQ_SHEET_COLUMNS];
    int more = 1;
    for (size_t i = 0; i < n; i++)
        rest[i] = *text_at(layout, row, shown[i]);
    while (more) {
        size_t pending = 0; /* spaces, written before the next text alone */
        more = 0;
        for (size_t i = 0; i < n; i++) {
            const size_t c = shown[i], bytes = line_bytes(rest[i], layout->width[c]);
            const size_t used = characters(rest[i], bytes);
            const size_t room = layout->width[c] > used ? layout->width[c] - used : 0;
            pending += layout->is_numeric[c] ? room : 0;
            if (bytes > 0) {
                put_spaces(to, pending);
                fprintf(to, "%.*s", (int)bytes, rest[i]);
                pending = 0;
            }
            pending += (layout->is_numeric[c] ? 0 : room) + GAP;
            rest[i] += bytes + (rest[i][bytes] == ' ');
            more |= rest[i][0] != '\0';
        }
        fputc('\n', to);
    }
}

/* As many columns from `from` on as fit beside the first one; returns the next. */
static size_t put_part(FILE *to, const struct layout *layout, size_t from)
{
    size_t shown[SQ_SHEET_COLUMNS] = {0}, n = 1, sum = layout->width[0], c = from;
    for (; c < layout->view->n_columns; c++) {
        if (n > 1 && sum + GAP + layout->width[c] > layout->view->style->width)
            break;
        sum += GAP + layout->width[c];
        shown[n++] = c;
    }
    for (size_t row = 0; row < layout->n_rows; row++)
        put_row(to, layout, row, shown, n);
    return c;
}

static void put_parts(FILE *to, struct layout *layout)
{
    size_t next = 1;
    for (size_t c = 0; c < layout->view->n_columns; c++)
        measure(layout, c);
    squeeze(layout);
    do {
        if (next > 1)
            fputc('\n', to);
        next = put_part(to, layout, next);
    } while (next < layout->view->n_columns);
}

/* A sentence in lines of the style's width, those behind the first indented. */
static void put_sentence(FILE *to, const struct sq_view *view, const char *text, size_t indent)
{
    const char *rest = text;
    for (size_t i = indent; *rest != '\0'; i = indent + (indent > 0 ? GAP : 0)) {
        const size_t width = view->style->width > i ? view->style->width - i : 1;
        const size_t bytes = line_bytes(rest, width);
        put_spaces(to, i);
        fprintf(to, "%.*s\n", (int)bytes, rest);
        rest += bytes + (rest[bytes] == ' ');
    }
}

/* Copies of all texts; 0: out of memory. */
static int take_texts(struct layout *layout)
{
    char room[SQ_CELL_BYTES];
    int is_whole = 1;
    for (size_t row = 0; row < layout->n_rows; row++)
        for (size_t c = 0; c < layout->view->n_columns; c++) {
            const char *text =
                row == 0 ? layout->view->heading[c] : sq_view_cell(layout->view, row - 1, c, room);
            is_whole &= (*text_at(layout, row, c) = strdup(text[0] != '\0' ? text : "-")) != NULL;
        }
    return is_whole;
}

int sq_view_table(struct sq_error *err, FILE *to, const struct sq_view *view)
{
    struct layout layout = {.view = view, .n_rows = view->sheet->n_rows + 1};
    const size_t n = layout.n_rows * view->n_columns;
    layout.text = calloc(n, sizeof *layout.text);
    int status = SQ_OK;
    for (size_t c = 0; c < view->n_columns; c++)
        layout.is_numeric[c] = sq_view_is_numeric(view, c);
    if (layout.text == NULL || !take_texts(&layout)) {
        status = sq_fail(err, SQ_ENOMEM, "out of memory for the tables");
    } else {
        put_sentence(to, view, view->sheet->title, 0);
        put_parts(to, &layout);
        for (size_t i = 0; view->style->verbose && i < view->sheet->n_notes; i++)
            put_sentence(to, view, view->sheet->note[i], GAP);
    }
    for (size_t i = 0; layout.text != NULL && i < n; i++)
        free(layout.text[i]);
    free(layout.text);
    return status;
}
