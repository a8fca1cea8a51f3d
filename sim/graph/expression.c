#include "sim/graph/expression.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NESTED = 16, MOST_SHIFT = 31 };

struct reader {
    struct sq_error *err;
    const char *where, *text, *at;
    const struct sq_names *names;
    unsigned depth;
};

static int sorry(const struct reader *r, const char *what)
{
    return sq_fail(r->err, SQ_EFORMAT, "%s: \"%.60s\": %s", r->where, r->text, what);
}

static void skip_space(struct reader *r)
{
    while (*r->at == ' ')
        r->at++;
}

/* Take the operator `sign` if it comes next. */
static bool take(struct reader *r, const char *sign)
{
    skip_space(r);
    const size_t n = strlen(sign);
    if (strncmp(r->at, sign, n) != 0)
        return false;
    r->at += n;
    return true;
}

static int comparison(struct reader *r, struct sq_value *out);

static int read_text(struct reader *r, struct sq_value *out)
{
    const char *end = strchr(r->at, '\'');
    if (end == NULL || end - r->at >= SQ_VALUE_TEXT)
        return sorry(r, "a text ends with ' and is not longer than 63 bytes");
    *out = (struct sq_value){.is_text = true};
    memcpy(out->text, r->at, (size_t)(end - r->at));
    r->at = end + 1;
    return SQ_OK;
}

/* Element `index` of a list "[1,2,1]". */
static int read_element(const struct reader *r, const struct sq_value *index, struct sq_value *out)
{
    const char *at = out->text + 1;
    char text[SQ_VALUE_TEXT], *end;
    for (double i = 0; i < index->number && at != NULL; i++) {
        at = strchr(at, ',');
        at = at != NULL ? at + 1 : NULL;
    }
    const size_t n = at != NULL ? strcspn(at, ",]") : 0;
    if (index->is_text || !(index->number >= 0) || n == 0)
        return sq_fail(r->err, SQ_EVALUE,
                       "%s: \"%.60s\": the list %.60s has no element at that index", r->where,
                       r->text, out->text);
    memcpy(text, at, n);
    text[n] = '\0';
    *out = (struct sq_value){.number = strtod(text, &end)};
    out->is_text = end == text || *end != '\0';
    snprintf(out->text, sizeof out->text, "%s", text);
    return SQ_OK;
}

/* The character of a text at the index that follows, or the element of a list. */
static int read_index(struct reader *r, struct sq_value *out)
{
    struct sq_value index;
    if (++r->depth > MOST_NESTED)
        return sorry(r, "nested too deeply");
    const int status = comparison(r, &index);
    r->depth--;
    if (status != SQ_OK)
        return status;
    if (!take(r, "]"))
        return sorry(r, "] is missing");
    if (out->text[0] == '[')
        return read_element(r, &index, out);
    if (out->text[0] ==
        '\0') /* the digits of a number, such as 11; a name's are as they were given */
        snprintf(out->text, sizeof out->text, "%.0f", out->number);
    if (index.is_text || !(index.number >= 0 && index.number < (double)strlen(out->text)))
        return sq_fail(r->err, SQ_EVALUE, "%s: \"%.60s\": \"%s\" has no character at that index",
                       r->where, r->text, out->text);
    const char c = out->text[(size_t)index.number];
    *out = (struct sq_value){.is_text = !isdigit((unsigned char)c), .text = {c}};
    out->number = out->is_text ? 0 : c - '0';
    return SQ_OK;
}

static int read_name(struct reader *r, struct sq_value *out)
{
    char name[SQ_VALUE_TEXT];
    size_t n = 0;
    while (isalnum((unsigned char)r->at[n]) || r->at[n] == '_')
        n++;
    if (n == 0 || n >= sizeof name)
        return sorry(r, "a number, a name or ( is missing");
    memcpy(name, r->at, n);
    name[n] = '\0';
    r->at += n;
    if (!r->names->find(r->names->data, name, out))
        return sq_fail(r->err, SQ_EVALUE, "%s: \"%.60s\": %s has no value; set it", r->where,
                       r->text, name);
    return take(r, "[") ? read_index(r, out) : SQ_OK;
}

static int out_of_range(const struct reader *r, const char *what)
{
    return sq_fail(r->err, SQ_EVALUE, "%s: \"%.60s\": %s", r->where, r->text, what);
}

static int in_parentheses(struct reader *r, struct sq_value *out)
{
    if (++r->depth > MOST_NESTED)
        return sorry(r, "nested too deeply");
    const int status = comparison(r, out);
    r->depth--;
    return status != SQ_OK ? status : take(r, ")") ? SQ_OK : sorry(r, ") is missing");
}

static int square_root(struct reader *r, struct sq_value *out)
{
    const int status = in_parentheses(r, out);
    if (status == SQ_OK && (out->is_text || out->number < 0))
        return out_of_range(r, "sqrt() is of a number that is not below 0");
    out->number = sqrt(out->number);
    return status;
}

static int value(struct reader *r, struct sq_value *out)
{
    char *end;
    skip_space(r);
    if (take(r, "sqrt("))
        return square_root(r, out);
    if (take(r, "'"))
        return read_text(r, out);
    if (isdigit((unsigned char)*r->at) || *r->at == '.') {
        *out = (struct sq_value){.number = strtod(r->at, &end)};
        r->at = end;
        return isfinite(out->number) ? SQ_OK : sorry(r, "a number is too large");
    }
    return take(r, "(") ? in_parentheses(r, out) : read_name(r, out);
}

static bool is_whole(double x)
{
    return x == floor(x) && fabs(x) <= 0x1p52;
}

/* Integer operators, and what they refuse. */
static int shift(const struct reader *r, char sign, double by, double *x)
{
    if (!is_whole(*x) || !is_whole(by) || by < 0 || (sign != '%' && by > MOST_SHIFT))
        return out_of_range(r, "%, << and >> take whole numbers, << and >> at most by 31");
    if (sign == '%')
        return by == 0 ? out_of_range(r, "division by zero") : (*x = fmod(*x, by), SQ_OK);
    *x = sign == '<' ? ldexp(*x, (int)by) : floor(ldexp(*x, -(int)by));
    return SQ_OK;
}

static int apply(const struct reader *r, char sign, const struct sq_value *b, struct sq_value *a)
{
    int status = SQ_OK;
    if (a->is_text || b->is_text)
        return out_of_range(r, "a text is not a number");
    if (sign == '*')
        a->number *= b->number;
    else if (sign == '/' && b->number == 0)
        status = out_of_range(r, "division by zero");
    else if (sign == '/')
        a->number /= b->number;
    else if (sign == '+')
        a->number += b->number;
    else if (sign == '-')
        a->number -= b->number;
    else
        status = shift(r, sign, b->number, &a->number);
    if (status == SQ_OK && !isfinite(a->number))
        status = out_of_range(r, "too large");
    return status;
}

/* The operator of a level that comes next, '\0' if none does. */
static char next_sign(struct reader *r, bool is_product)
{
    static const char *const product_sign[] = {"*", "/", "%", ">>", "<<"};
    static const char *const sum_sign[] = {"+", "-"};
    const size_t n = is_product ? sizeof product_sign / sizeof *product_sign : 2;
    for (size_t i = 0; i < n; i++) {
        const char *sign = is_product ? product_sign[i] : sum_sign[i];
        if (take(r, sign))
            return sign[0];
    }
    return '\0';
}

static int product(struct reader *r, struct sq_value *out)
{
    struct sq_value b;
    int status = value(r, out);
    for (char sign; status == SQ_OK && (sign = next_sign(r, true)) != '\0';) {
        status = value(r, &b);
        if (status == SQ_OK)
            status = apply(r, sign, &b, out);
    }
    return status;
}

static int sum(struct reader *r, struct sq_value *out)
{
    struct sq_value b;
    int status = product(r, out);
    for (char sign; status == SQ_OK && (sign = next_sign(r, false)) != '\0';) {
        status = product(r, &b);
        if (status == SQ_OK)
            status = apply(r, sign, &b, out);
    }
    return status;
}

enum comparison { NONE, NOT_EQUAL, AT_MOST, AT_LEAST, EQUAL, BELOW, ABOVE };

static enum comparison next_comparison(struct reader *r)
{
    static const char *const sign[] = {
        [NOT_EQUAL] = "!=", [AT_MOST] = "<=", [AT_LEAST] = ">=",
        [EQUAL] = "=",      [BELOW] = "<",    [ABOVE] = ">",
    };
    for (int i = NOT_EQUAL; i <= ABOVE; i++)
        if (take(r, sign[i]))
            return (enum comparison)i;
    return NONE;
}

/* -1, 0, 1 as a is smaller, equal or larger; texts are equal or not. */
static int order_of(const struct sq_value *a, const struct sq_value *b)
{
    if (a->is_text || b->is_text)
        return !(a->is_text && b->is_text && strcmp(a->text, b->text) == 0);
    return (a->number > b->number) - (a->number < b->number);
}

static int comparison(struct reader *r, struct sq_value *out)
{
    struct sq_value b;
    int status = sum(r, out);
    const enum comparison how = status == SQ_OK ? next_comparison(r) : NONE;
    if (how == NONE)
        return status;
    status = sum(r, &b);
    if (status != SQ_OK)
        return status;
    if (how != EQUAL && how != NOT_EQUAL && (out->is_text || b.is_text))
        return out_of_range(r, "texts are equal or not, never larger");
    const int order = order_of(out, &b);
    const bool holds = how == EQUAL       ? order == 0
                       : how == NOT_EQUAL ? order != 0
                       : how == BELOW     ? order < 0
                       : how == ABOVE     ? order > 0
                       : how == AT_MOST   ? order <= 0
                                          : order >= 0;
    *out = (struct sq_value){.number = holds};
    return SQ_OK;
}

int sq_expression(struct sq_error *err, const char *where, const char *text,
                  const struct sq_names *names, struct sq_value *out)
{
    struct reader r = {err, where, text, text, names, 0};
    const int status = comparison(&r, out);
    skip_space(&r);
    return status != SQ_OK || *r.at == '\0' ? status : sorry(&r, "something follows its end");
}

/* Is it a number as somebody wrote it, with zeros in front: four digits, such as 0011? */
static bool is_digits(const struct sq_value *v)
{
    return v->text[0] == '0' && isdigit((unsigned char)v->text[1]) &&
           strtod(v->text, NULL) == v->number;
}

/* The value as text: whole numbers without a point, others with as few digits as they need. */
static void write_value(const struct sq_value *v, char *text, size_t size)
{
    if (v->is_text || is_digits(v))
        snprintf(text, size, "%s", v->text);
    else
        snprintf(text, size, is_whole(v->number) ? "%.0f" : "%.9g", v->number);
    if (!v->is_text && strtod(text, NULL) != v->number)
        snprintf(text, size, "%.17g", v->number);
}

/* One expression in braces: *at stands behind the brace that opens it. */
static int fill_in_one(struct sq_error *err, const char *where, const struct sq_names *names,
                       const char **at, struct sq_value *v)
{
    char inside[128];
    const size_t n = strcspn(*at, "{}");
    if ((*at)[n] != '}' || n >= sizeof inside)
        return sq_fail(err, SQ_EFORMAT, "%s: \"%.60s\": { without }", where, *at);
    memcpy(inside, *at, n);
    inside[n] = '\0';
    *at += n + 1;
    return sq_expression(err, where, inside, names, v);
}

int sq_fill_in(struct sq_error *err, const char *where, const char *text,
               const struct sq_names *names, char *out, size_t size, bool *is_number,
               double *number)
{
    const char *at = text;
    size_t used = 0;
    *is_number = false;
    while (*at != '\0') {
        char part[SQ_VALUE_TEXT] = {*at};
        if (*at++ == '{') {
            struct sq_value v;
            const bool begins = at == text + 1;
            const int status = fill_in_one(err, where, names, &at, &v);
            if (status != SQ_OK)
                return status;
            write_value(&v, part, sizeof part);
            *is_number = begins && *at == '\0' && !v.is_text;
            *number = v.number;
        }
        const size_t n = strlen(part);
        if (used + n >= size)
            return sq_fail(err, SQ_EVALUE, "%s: \"%.60s\" is longer than %zu bytes", where, text,
                           size - 1);
        memcpy(out + used, part, n);
        used += n;
    }
    out[used] = '\0';
    return SQ_OK;
}
