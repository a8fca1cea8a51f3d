#include "sim/events/formats/arrays/npy_columns.h"

#include "sim/events/source/text_line.h"

#include <stdio.h>
#include <string.h>

enum { PREFIX = 10, LIST_BYTES = 256 };

/* What a header of version 1 with this text says. */
static int parse_text(struct sq_error *err, const char *path, const char *text,
                      struct sq_array *array)
{
    static const unsigned char magic[8] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    unsigned char head[SQ_ARRAY_HEAD_BYTES];
    const size_t n = strlen(text);
    if (n >= sizeof head - PREFIX)
        return sq_fail(err, SQ_EFORMAT, "%s: a .npy header of %zu bytes", path, n);
    memcpy(head, magic, sizeof magic);
    head[8] = (unsigned char)(n & 255);
    head[9] = (unsigned char)(n >> 8);
    sq_text_copy((char *)head + PREFIX, sizeof head - PREFIX, (const unsigned char *)text, n);
    return sq_npy_parse(err, path, head, PREFIX + n, array);
}

static int parse_type(struct sq_error *err, const char *path, const char *descr,
                      struct sq_array *type)
{
    char text[128];
    snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (1,), }", descr);
    return parse_text(err, path, text, type);
}

/* A structured array being read. */
struct records {
    struct sq_error *err;
    const char *path;
    struct sq_npy_columns *columns;
    bool is_found[SQ_COLUMNS], is_exact[SQ_COLUMNS]; /* by the name t, x, y or p itself */
    bool is_unclear;                                 /* two other names of one column */
    char list[LIST_BYTES];                           /* names of all fields, for complaints */
};

static void note_name(struct records *records, const char *name)
{
    const size_t n = strlen(records->list);
    if (name[0] != '\0')
        snprintf(records->list + n, sizeof records->list - n, "%s%s", n > 0 ? ", " : "", name);
}

/* The field is this column, unless a field with the column's own name is. */
static int take_column(struct records *records, const struct sq_npy_field *field, unsigned column)
{
    struct sq_npy_columns *columns = records->columns;
    const bool is_exact = strlen(field->name) == 1;
    struct sq_array type = {0};
    if (records->is_exact[column])
        return SQ_OK;
    if (field->has_shape || field->descr[0] == '\0')
        return sq_fail(records->err, SQ_EUNSUPPORTED,
                       "%s: field %s of its records is more than one number", records->path,
                       field->name);
    const int rc = parse_type(records->err, records->path, field->descr, &type);
    records->is_unclear |= records->is_found[column] && !is_exact;
    records->is_found[column] = true;
    records->is_exact[column] = is_exact;
    columns->type[column] = type;
    columns->at[column] = columns->record_bytes;
    return rc;
}

static int check_columns(const struct records *records)
{
    bool is_whole = true;
    for (unsigned c = 0; c < SQ_COLUMNS; c++)
        is_whole &= records->is_found[c];
    if (is_whole && !records->is_unclear)
        return SQ_OK;
    return sq_fail(records->err, SQ_EUNSUPPORTED,
                   "%s: records with the fields %s; expected one each of t (or timestamp), x, y, p "
                   "(or polarity, on)",
                   records->path, records->list[0] != '\0' ? records->list : "(none)");
}

/* The list of fields, from behind its '[' on; *list at its ']'. */
static int parse_fields(struct records *records, const char **list)
{
    struct sq_npy_field field;
    unsigned column;
    int rc = SQ_OK;
    *list += strspn(*list, " ");
    while (rc == SQ_OK && **list != ']') {
        if (!sq_npy_field_next(list, &field) ||
            records->columns->record_bytes + field.bytes > SQ_RECORD_MAX_BYTES)
            return sq_fail(records->err, SQ_EUNSUPPORTED,
                           "%s: a structured array whose fields are not of the form ('t', '<i8'), "
                           "hold Python objects, or make more than %d bytes",
                           records->path, SQ_RECORD_MAX_BYTES);
        note_name(records, field.name);
        if (sq_column_of_name(field.name, strlen(field.name), &column))
            rc = take_column(records, &field, column);
        records->columns->record_bytes += field.bytes;
    }
    return rc == SQ_OK ? check_columns(records) : rc;
}

/* A structured array: its fields, then the rest of the header with a plain type in their place. */
static int parse_structured(struct sq_error *err, const char *path, const char *text,
                            const char *open, struct sq_npy_columns *columns,
                            struct sq_array *array)
{
    struct records records = {.err = err, .path = path, .columns = columns};
    char plain[SQ_ARRAY_HEAD_BYTES + 8];
    const char *close = open + 1;
    int rc = parse_fields(&records, &close);
    if (rc != SQ_OK)
        return rc;
    snprintf(plain, sizeof plain, "%.*s'|u1'%s", (int)(open - text), text, close + 1);
    rc = parse_text(err, path, plain, array);
    if (rc == SQ_OK && array->n_dims != 1)
        return sq_fail(err, SQ_ESHAPE, "%s: a structured array of %u dimensions; events are a list",
                       path, array->n_dims);
    return rc;
}

/* [N,4]: x, y, p, t. */
static int place_plain(struct sq_error *err, const char *path, const struct sq_array *array,
                       struct sq_npy_columns *columns)
{
    static const unsigned place[SQ_COLUMNS] = {
        [SQ_COLUMN_X] = 0, [SQ_COLUMN_Y] = 1, [SQ_COLUMN_P] = 2, [SQ_COLUMN_T] = 3};
    char shape[192];
    sq_array_shape_text(array, shape, sizeof shape);
    if (array->n_dims != 2 || array->dim[1] != SQ_COLUMNS)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: an array %s is not a list of events: [N,4] or records of t, x, y, p; "
                       "frames are given to spikeq run",
                       path, shape);
    columns->is_apart = array->fortran;
    memcpy(columns->place, place, sizeof place);
    for (unsigned i = 0; i < SQ_COLUMNS; i++) {
        columns->type[i] = *array;
        columns->at[i] = (size_t)place[i] * array->item_bytes;
    }
    columns->record_bytes = (size_t)SQ_COLUMNS * array->item_bytes;
    return SQ_OK;
}

/* Where the header's text begins and ends, by its own numbers; false: incomplete. */
static bool find_text(const unsigned char *head, size_t n, size_t *first, size_t *end)
{
    if (n < 12)
        return false;
    *first = sq_npy_text_at(head);
    *end = (size_t)sq_npy_header_bytes(head);
    return *end <= n;
}

int sq_npy_columns_parse(struct sq_error *err, const char *path, const unsigned char *head,
                         size_t n, struct sq_npy_columns *columns)
{
    char text[SQ_ARRAY_HEAD_BYTES + 1];
    struct sq_array array = {0};
    size_t first, end;
    *columns = (struct sq_npy_columns){.n = 0};
    n = n < SQ_ARRAY_HEAD_BYTES ? n : SQ_ARRAY_HEAD_BYTES;
    if (!find_text(head, n, &first, &end))
        return sq_npy_parse(err, path, head, n, &array) != SQ_OK
                   ? err != NULL ? err->code : SQ_EFORMAT
                   : sq_fail(err, SQ_EFORMAT, "%s: the .npy header is cut short", path);
    sq_text_copy(text, sizeof text, head + first, end - first);
    const char *open = strstr(text, "'descr':");
    open = open != NULL ? open + strlen("'descr':") + strspn(open + strlen("'descr':"), " ") : text;
    int rc = *open == '[' ? parse_structured(err, path, text, open, columns, &array)
                          : sq_npy_parse(err, path, head, n, &array);
    if (rc == SQ_OK && *open != '[')
        rc = place_plain(err, path, &array, columns);
    columns->n = rc == SQ_OK ? array.dim[0] : 0;
    columns->offset = end;
    return rc;
}
