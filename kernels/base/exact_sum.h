/* Exact sums of doubles: a number of fixed point so wide that every double is a whole multiple of its last bit
 * (Kulisch, Computer Arithmetic and Validity, 2nd ed. 2013, chapter 8). Nothing is rounded until the sum is
 * read, once: so it depends on neither the order nor the grouping of what is added. */
#ifndef SQ_BASE_EXACT_SUM_H
#define SQ_BASE_EXACT_SUM_H

#include <stdint.h>

/* 2^-1074 to 2^1024, and room for 2^77 numbers of any size. */
enum { SQ_EXACT_WORDS = 34 };

/* Zeroed: 0. Equal sums are equal bytes. */
struct sq_exact_sum {
    uint64_t word[SQ_EXACT_WORDS]; /* two's complement, low word first, in units of 2^-1074 */
    double special;                /* the sum of what is not finite; 0: all was */
};

/* sum += x. A few nanoseconds; x may be anything. */
void sq_exact_sum_add(struct sq_exact_sum *sum, double x);

/* sum += other */
void sq_exact_sum_merge(struct sq_exact_sum *sum, const struct sq_exact_sum *other);

/* The sum, rounded once, to the nearest double, of two as near to the even one. */
double sq_exact_sum_value(const struct sq_exact_sum *sum);

/* Take the rounded value out of the sum: what is left is its rounding error, 0 where it is exact. Called until
 * it gives 0 it takes the sum apart into doubles, which added exactly are the sum again. */
double sq_exact_sum_take(struct sq_exact_sum *sum);

#endif
