#include "sim/events/formats/arrays/npy_columns.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 4 };

static void skip_blanks(const char **at)
{
    *at += strspn(*at, " \n");
}

/* Take this byte if it is next. */
static bool take(const char **at, char c)
{
    skip_blanks(at);
    const bool is_there = **at == c;
    *at += is_there;
    return is_there;
}

/* A Python string, 'x' or "x", cut to fit `out`. */
static bool take_string(const char **at, char out[SQ_FIELD_TEXT])
{
    size_t n = 0;
    skip_blanks(at);
    const char quote = **at;
    if (quote != '\'' && quote != '"')
        return false;
    for (++*at; **at != quote && **at != '\0'; ++*at) {
        *at += **at == '\\' && (*at)[1] != '\0';
        if (n + 1 < SQ_FIELD_TEXT)
            out[n++] = **at;
    }
    out[n] = '\0';
    return take(at, quote);
}

/* A number of a shape. */
static bool take_number(const char **at, size_t *number)
{
    char *end;
    skip_blanks(at);
    if (**at < '0' || **at > '9')
        return false;
    *number = strtoul(*at, &end, 10);
    *at = end;
    return *number <= SQ_RECORD_MAX_BYTES;
}

/* "(2, 3)" or "2": the elements. */
static bool take_shape(const char **at, size_t *elements)
{
    size_t side;
    *elements = 1;
    if (!take(at, '('))
        return take_number(at, elements);
    while (!take(at, ')')) {
        if (!take_number(at, &side) || side * *elements > SQ_RECORD_MAX_BYTES)
            return false;
        *elements *= side;
        take(at, ',');
    }
    return true;
}

/* Bytes of one element of a type such as "<i8", "|V2", "<U16" or "<M8[us]"; objects are pointers,
 * and what they point to follows as a pickle. */
static bool element_bytes(const char *descr, size_t *bytes)
{
    const char *kind = descr + (strchr("<>|=", *descr) != NULL && *descr != '\0');
    char *end;
    if (*kind == '?')
        return *bytes = 1, true;
    if (strchr("biufcmMSaUV", *kind) == NULL || kind[0] == '\0' || kind[1] < '0' || kind[1] > '9')
        return false;
    const unsigned long size = strtoul(kind + 1, &end, 10);
    *bytes = size * (*kind == 'U' ? 4 : 1);
    return size <= SQ_RECORD_MAX_BYTES && (*end == '\0' || *end == '[');
}

/* 'x' or ('title', 'x'). */
static bool take_name(const char **at, char name[SQ_FIELD_TEXT])
{
    if (!take(at, '('))
        return take_string(at, name);
    return take_string(at, name) && take(at, ',') && take_string(at, name) && take(at, ')');
}

/* ('x', '<i2'), ('x', '<i2', (3,)) or ('x', [...]). */
static bool take_field(const char **at, struct sq_npy_field *field, unsigned depth)
{
    struct sq_npy_field inner;
    size_t elements = 1;
    *field = (struct sq_npy_field){.bytes = 0};
    if (depth == MAX_DEPTH || !take(at, '(') || !take_name(at, field->name) || !take(at, ','))
        return false;
    if (take(at, '[')) {
        while (!take(at, ']')) {
            if (!take_field(at, &inner, depth + 1))
                return false;
            field->bytes += inner.bytes;
            take(at, ',');
        }
    } else if (!take_string(at, field->descr) || !element_bytes(field->descr, &field->bytes)) {
        return false;
    }
    const bool has_more = take(at, ',');
    if (!take(at, ')')) {
        field->has_shape = true;
        if (!has_more || !take_shape(at, &elements) || !take(at, ')'))
            return false;
    }
    field->bytes *= elements;
    return field->bytes <= SQ_RECORD_MAX_BYTES;
}

bool sq_npy_field_next(const char **at, struct sq_npy_field *field)
{
    if (!take_field(at, field, 0))
        return false;
    take(at, ',');
    skip_blanks(at);
    return true;
}
