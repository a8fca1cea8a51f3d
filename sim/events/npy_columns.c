#include "sim/events/npy_columns.h"

#include "sim/events/text_line.h"

#include <stdio.h>
#include <string.h>

enum { PREFIX = 10, MAX_NAME = 16, MAX_DESCR = 16 };

static const char column_name[SQ_COLUMNS] = "txyp";

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

/* One field, "('x', '<i2')", added to the record. */
static int add_field(struct sq_error *err, const char *path, const char *name, const char *descr,
                     struct sq_npy_columns *columns, unsigned *seen)
{
    struct sq_array type = {0};
    const int rc = parse_type(err, path, descr, &type);
    const char *column = strlen(name) == 1 ? memchr(column_name, name[0], SQ_COLUMNS) : NULL;
    if (rc != SQ_OK)
        return rc;
    if (column != NULL) {
        const size_t i = (size_t)(column - column_name);
        columns->type[i] = type;
        columns->at[i] = columns->record_bytes;
        *seen |= 1u << i;
    }
    columns->record_bytes += type.item_bytes;
    return SQ_OK;
}

/* The list of fields, from behind its '[' on; *list at its ']'. */
static int parse_fields(struct sq_error *err, const char *path, const char **list,
                        struct sq_npy_columns *columns)
{
    char name[MAX_NAME], descr[MAX_DESCR];
    unsigned seen = 0;
    int rc = SQ_OK, length;
    while (rc == SQ_OK && **list != ']') {
        length = 0;
        sscanf(*list, " ( '%15[^']' , '%15[^']' ) %n", name, descr, &length);
        if (length == 0 || columns->record_bytes > 256)
            return sq_fail(err, SQ_EUNSUPPORTED,
                           "%s: a structured array whose fields are not of the form ('t', '<i8')",
                           path);
        *list += length;
        *list += strspn(*list, ", ");
        rc = add_field(err, path, name, descr, columns, &seen);
    }
    if (rc == SQ_OK && seen != 15)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: a structured array without all of the fields t, x, y, p", path);
    return rc;
}

/* A structured array: its fields, then the rest of the header with a plain type in their place. */
static int parse_structured(struct sq_error *err, const char *path, const char *text,
                            const char *open, struct sq_npy_columns *columns,
                            struct sq_array *array)
{
    char plain[SQ_ARRAY_HEAD_BYTES + 8];
    const char *close = open + 1;
    int rc = parse_fields(err, path, &close, columns);
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
    if (array->n_dims != 2 || array->dim[1] != SQ_COLUMNS || array->fortran)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: an array %s%s is no list of events: [N,4] or records of t, x, y, p; "
                       "frames are given to spikeq run",
                       path, shape, array->fortran ? " (Fortran order)" : "");
    for (unsigned i = 0; i < SQ_COLUMNS; i++) {
        columns->type[i] = *array;
        columns->at[i] = (size_t)place[i] * array->item_bytes;
    }
    columns->record_bytes = (size_t)SQ_COLUMNS * array->item_bytes;
    return SQ_OK;
}

/* Where the header's text begins and ends, by its own numbers; false: it is not all there. */
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
