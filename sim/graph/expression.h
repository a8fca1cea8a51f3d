/* Expressions of templates: what stands between braces, and the conditions of `if`.
 *
 *   value      number | name | name[value] | 'text' | (comparison) | sqrt(comparison)
 *   product    value (* / % >> <<) value ...
 *   sum        product (+ -) product ...
 *   comparison sum (= != < <= > >=) sum          true is 1, false 0
 *
 * Numbers are doubles; >>, << and % want whole numbers. name[n] is the character number n of a text,
 * from 0 on. Only = and != compare texts. */
#ifndef SQ_EXPRESSION_H
#define SQ_EXPRESSION_H

#include "kernels/base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { SQ_VALUE_TEXT = 160 };

struct sq_value {
    bool is_text;
    double number;
    char text[SQ_VALUE_TEXT];
};

/* The value of a name into *out; false: there is no such name. */
struct sq_names {
    bool (*find)(const void *data, const char *name, struct sq_value *out);
    const void *data;
};

/* The value of an expression; `where` begins the error sentence. SQ_EFORMAT: it cannot be read;
 * SQ_EVALUE: a name without a value, a division by zero, an index past the end, a text where a number
 * is needed, a result that is too large. */
int sq_expression(struct sq_error *err, const char *where, const char *text,
                  const struct sq_names *names, struct sq_value *out);

/* Is it a condition that holds? */
static inline bool sq_value_holds(const struct sq_value *value)
{
    return value->is_text ? value->text[0] != '\0' : value->number != 0;
}

/* Copy `text` with the value of each {expression} in its place. Where the text is one expression and
 * nothing else, *is_number says that *number is its value. SQ_EVALUE also: longer than `size`. */
int sq_fill_in(struct sq_error *err, const char *where, const char *text,
               const struct sq_names *names, char *out, size_t size, bool *is_number,
               double *number);

#endif
