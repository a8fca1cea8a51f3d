#include "kernels/base/exact_sum.h"

#include <math.h>
#include <string.h>

enum { MANTISSA = 53, LOWEST = -1074 };

/* word[at ...] += low, high; a carry goes on upwards. */
static void add_at(uint64_t *word, unsigned at, uint64_t low, uint64_t high)
{
    unsigned carry = __builtin_add_overflow(word[at], low, &word[at]);
    if (++at < SQ_EXACT_WORDS) {
        const unsigned over = __builtin_add_overflow(word[at], high, &word[at]);
        carry = over | (unsigned)__builtin_add_overflow(word[at], (uint64_t)carry, &word[at]);
    }
    while (carry && ++at < SQ_EXACT_WORDS)
        carry = __builtin_add_overflow(word[at], UINT64_C(1), &word[at]);
}

static void subtract_at(uint64_t *word, unsigned at, uint64_t low, uint64_t high)
{
    unsigned borrow = __builtin_sub_overflow(word[at], low, &word[at]);
    if (++at < SQ_EXACT_WORDS) {
        const unsigned under = __builtin_sub_overflow(word[at], high, &word[at]);
        borrow = under | (unsigned)__builtin_sub_overflow(word[at], (uint64_t)borrow, &word[at]);
    }
    while (borrow && ++at < SQ_EXACT_WORDS)
        borrow = __builtin_sub_overflow(word[at], UINT64_C(1), &word[at]);
}

void sq_exact_sum_add(struct sq_exact_sum *sum, double x)
{
    int exponent;
    if (x == 0)
        return;
    if (!isfinite(x)) {
        sum->special += x;
        return;
    }
    /* |x| = mantissa * 2^exponent; the mantissa of a small number has fewer bits */
    const double fraction = frexp(fabs(x), &exponent);
    exponent -= MANTISSA;
    const int lost = exponent < LOWEST ? LOWEST - exponent : 0;
    const uint64_t mantissa = (uint64_t)ldexp(fraction, MANTISSA - lost);
    const unsigned place = (unsigned)(exponent + lost - LOWEST), shift = place % 64;
    const uint64_t high = shift > 0 ? mantissa >> (64 - shift) : 0;
    if (x > 0)
        add_at(sum->word, place / 64, mantissa << shift, high);
    else
        subtract_at(sum->word, place / 64, mantissa << shift, high);
}

void sq_exact_sum_merge(struct sq_exact_sum *sum, const struct sq_exact_sum *other)
{
    unsigned carry = 0;
    for (unsigned i = 0; i < SQ_EXACT_WORDS; i++) {
        const unsigned over = __builtin_add_overflow(sum->word[i], other->word[i], &sum->word[i]);
        carry =
            over | (unsigned)__builtin_add_overflow(sum->word[i], (uint64_t)carry, &sum->word[i]);
    }
    sum->special += other->special;
}

static void negate(uint64_t *word)
{
    unsigned carry = 1;
    for (unsigned i = 0; i < SQ_EXACT_WORDS; i++)
        carry = __builtin_add_overflow(~word[i], (uint64_t)carry, &word[i]);
}

/* Number of the highest bit that is set; -1: none is. */
static int highest(const uint64_t *word)
{
    for (int i = SQ_EXACT_WORDS; i-- > 0;)
        if (word[i] != 0)
            return 64 * i + 63 - __builtin_clzll(word[i]);
    return -1;
}

static uint64_t bits_from(const uint64_t *word, unsigned place)
{
    const unsigned at = place / 64, shift = place % 64;
    const uint64_t above = at + 1 < SQ_EXACT_WORDS && shift > 0 ? word[at + 1] << (64 - shift) : 0;
    return word[at] >> shift | above;
}

static int any_below(const uint64_t *word, unsigned place)
{
    for (unsigned i = 0; i < place / 64; i++)
        if (word[i] != 0)
            return 1;
    return place % 64 > 0 && word[place / 64] << (64 - place % 64) != 0;
}

/* A sum that is not negative, to the nearest double. */
static double round_once(const uint64_t *word)
{
    const int top = highest(word);
    if (top < MANTISSA) /* also what is less than the least normal number: exact */
        return ldexp((double)word[0], LOWEST);
    const unsigned last = (unsigned)(top + 1 - MANTISSA); /* place of the last bit that is kept */
    uint64_t mantissa = bits_from(word, last) & ((UINT64_C(1) << MANTISSA) - 1);
    const int half = bits_from(word, last - 1) & 1;
    mantissa += half && (any_below(word, last - 1) || (mantissa & 1));
    return ldexp((double)mantissa, (int)last + LOWEST);
}

double sq_exact_sum_value(const struct sq_exact_sum *sum)
{
    struct sq_exact_sum positive = *sum;
    const int is_negative = (int)(sum->word[SQ_EXACT_WORDS - 1] >> 63);
    if (sum->special != 0) /* infinite, or not a number */
        return sum->special;
    if (is_negative)
        negate(positive.word);
    const double value = round_once(positive.word);
    return is_negative ? -value : value;
}

double sq_exact_sum_take(struct sq_exact_sum *sum)
{
    const double value = sq_exact_sum_value(sum);
    if (isfinite(value))
        sq_exact_sum_add(sum, -value);
    else
        memset(sum, 0, sizeof *sum);
    return value;
}
