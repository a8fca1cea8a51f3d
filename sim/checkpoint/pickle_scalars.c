/* Opcodes for numbers, text and what frames a pickle. */
#include "sim/checkpoint/pickle_machine.h"

#include <string.h>

enum { LAST_PROTOCOL = 5 };

int sq_op_proto(struct sq_pickle *p)
{
    uint64_t version = 0;
    const int rc = sq_pickle_take_count(p, 1, &version);
    if (rc == SQ_OK && version > LAST_PROTOCOL)
        return sq_pickle_fail(p, SQ_EUNSUPPORTED, "pickle protocol %u is not known (up to %d are)",
                              (unsigned)version, LAST_PROTOCOL);
    return rc;
}

/* A frame says how much to buffer; here everything is in memory. */
int sq_op_frame(struct sq_pickle *p)
{
    uint64_t n = 0;
    const int rc = sq_pickle_take_count(p, 8, &n);
    if (rc == SQ_OK && n > p->size - p->at)
        return sq_pickle_truncated(p, "inside its frame");
    return rc;
}

int sq_op_none(struct sq_pickle *p)
{
    return sq_pickle_push(p, SQ_PICKLE_VALUE_NONE);
}

int sq_op_true(struct sq_pickle *p)
{
    return sq_pickle_push(p, SQ_PICKLE_VALUE_TRUE);
}

int sq_op_false(struct sq_pickle *p)
{
    return sq_pickle_push(p, SQ_PICKLE_VALUE_FALSE);
}

static int push_int(struct sq_pickle *p, int64_t integer)
{
    return sq_pickle_push_new(p,
                              (struct sq_pickle_value){.kind = SQ_PICKLE_INT, .integer = integer});
}

/* Decimal digits with a sign; false for anything else or more than 64 bits. */
static bool parse_decimal(const unsigned char *text, size_t n, int64_t *out)
{
    const bool negative = n > 0 && text[0] == '-';
    int64_t value = 0;
    if (n == (size_t)negative)
        return false;
    for (size_t i = negative; i < n; i++) {
        const int digit = text[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *out = value;
    return true;
}

static int take_decimal(struct sq_pickle *p)
{
    const unsigned char *text = NULL;
    size_t n = 0;
    int64_t value;
    const int rc = sq_pickle_take_line(p, &text, &n);
    if (rc != SQ_OK)
        return rc;
    if (!parse_decimal(text, n, &value))
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: not a whole number of 64 bits");
    return push_int(p, value);
}

int sq_op_int(struct sq_pickle *p)
{
    const size_t left = p->size - p->at;
    const bool is_bool = left >= 3 && p->data[p->at] == '0' && p->data[p->at + 2] == '\n' &&
                         (p->data[p->at + 1] == '0' || p->data[p->at + 1] == '1');
    if (!is_bool)
        return take_decimal(p);
    p->at += 3;
    return p->data[p->at - 2] == '1' ? sq_op_true(p) : sq_op_false(p);
}

/* Decimal with an L behind it; what exceeds 64 bits (seeds, hashes) is not a size. */
int sq_op_long(struct sq_pickle *p)
{
    const unsigned char *text = NULL;
    size_t n = 0;
    int64_t value;
    const int rc = sq_pickle_take_line(p, &text, &n);
    if (rc != SQ_OK)
        return rc;
    if (n > 0 && text[n - 1] == 'L')
        n--;
    return parse_decimal(text, n, &value) ? push_int(p, value)
                                          : sq_pickle_push(p, SQ_PICKLE_VALUE_INERT);
}

int sq_op_binint(struct sq_pickle *p)
{
    uint64_t bits = 0;
    const int rc = sq_pickle_take_count(p, 4, &bits);
    return rc == SQ_OK ? push_int(p, (int32_t)(uint32_t)bits) : rc;
}

static int push_count(struct sq_pickle *p, size_t n_bytes)
{
    uint64_t value = 0;
    const int rc = sq_pickle_take_count(p, n_bytes, &value);
    return rc == SQ_OK ? push_int(p, (int64_t)value) : rc;
}

int sq_op_binint1(struct sq_pickle *p)
{
    return push_count(p, 1);
}

int sq_op_binint2(struct sq_pickle *p)
{
    return push_count(p, 2);
}

/* A number of any length, two's complement, after its length in `n_count` bytes. */
static int take_long(struct sq_pickle *p, size_t n_count)
{
    const unsigned char *byte = NULL;
    uint64_t n = 0;
    int rc = sq_pickle_take_count(p, n_count, &n);
    if (rc == SQ_OK)
        rc = sq_pickle_take(p, n, &byte);
    if (rc != SQ_OK)
        return rc;
    if (n > 8)
        return sq_pickle_push_new(
            p, (struct sq_pickle_value){.kind = SQ_PICKLE_LONG, .n = (uint32_t)n, .text = byte});
    uint64_t bits = n > 0 && (byte[n - 1] & 0x80) != 0 ? UINT64_MAX : 0;
    for (size_t i = (size_t)n; i-- > 0;)
        bits = bits << 8 | byte[i];
    return push_int(p, (int64_t)bits);
}

int sq_op_long1(struct sq_pickle *p)
{
    return take_long(p, 1);
}

int sq_op_long4(struct sq_pickle *p)
{
    return take_long(p, 4);
}

int sq_op_float(struct sq_pickle *p)
{
    const unsigned char *text;
    size_t n;
    const int rc = sq_pickle_take_line(p, &text, &n);
    return rc == SQ_OK ? sq_pickle_push(p, SQ_PICKLE_VALUE_INERT) : rc;
}

int sq_op_binfloat(struct sq_pickle *p)
{
    const unsigned char *byte;
    const int rc = sq_pickle_take(p, 8, &byte);
    return rc == SQ_OK ? sq_pickle_push(p, SQ_PICKLE_VALUE_INERT) : rc;
}

/* Text with escapes would need decoding; none of it can be a name we look for. */
static int push_text(struct sq_pickle *p, const unsigned char *text, size_t n, bool may_escape)
{
    if (may_escape && memchr(text, '\\', n) != NULL)
        return sq_pickle_push(p, SQ_PICKLE_VALUE_INERT);
    return sq_pickle_push_new(
        p, (struct sq_pickle_value){.kind = SQ_PICKLE_TEXT, .n = (uint32_t)n, .text = text});
}

int sq_op_string(struct sq_pickle *p)
{
    const unsigned char *text = NULL;
    size_t n = 0;
    const int rc = sq_pickle_take_line(p, &text, &n);
    if (rc != SQ_OK)
        return rc;
    if (n < 2 || text[0] != text[n - 1] || (text[0] != '\'' && text[0] != '"'))
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: a string without its quotes");
    return push_text(p, text + 1, n - 2, true);
}

int sq_op_unicode(struct sq_pickle *p)
{
    const unsigned char *text = NULL;
    size_t n = 0;
    const int rc = sq_pickle_take_line(p, &text, &n);
    return rc == SQ_OK ? push_text(p, text, n, true) : rc;
}

static int take_text(struct sq_pickle *p, size_t n_count)
{
    const unsigned char *text = NULL;
    uint64_t n = 0;
    int rc = sq_pickle_take_count(p, n_count, &n);
    if (rc == SQ_OK)
        rc = sq_pickle_take(p, n, &text);
    if (rc == SQ_OK && n > UINT32_MAX)
        rc = sq_pickle_fail(p, SQ_EUNSUPPORTED, "a string of more than 4 GiB");
    return rc == SQ_OK ? push_text(p, text, (size_t)n, false) : rc;
}

int sq_op_text1(struct sq_pickle *p)
{
    return take_text(p, 1);
}

int sq_op_text4(struct sq_pickle *p)
{
    return take_text(p, 4);
}

int sq_op_text8(struct sq_pickle *p)
{
    return take_text(p, 8);
}
