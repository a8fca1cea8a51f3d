/* What every Check program of this tree shares: its main(), a seeded generator, how a test is
 * skipped. Each test_*.c is a program of its own, run by test/run. */
#ifndef SQ_TEST_UNIT_H
#define SQ_TEST_UNIT_H

#include "kernels/base/random.h"

#include <check.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Property tests draw from this and print the seed in their failure message. */
struct sq_rng {
    uint64_t state;
};

static inline uint64_t sq_rng_next(struct sq_rng *rng)
{
    return sq_splitmix64(&rng->state);
}

/* Uniform in 0 .. n - 1. */
static inline uint64_t sq_rng_below(struct sq_rng *rng, uint64_t n)
{
    return sq_rng_next(rng) % n;
}

/* Uniform in [0, 1). */
static inline double sq_rng_unit(struct sq_rng *rng)
{
    return (double)(sq_rng_next(rng) >> 11) * 0x1p-53;
}

/* Say that the test that calls this is skipped, and why; it returns at once. A skipped test is not
 * a passed one, though Check counts it so: test/run takes one test off for each of these lines, so
 * no test says it twice. What may be skipped alone is a test of its own (a loop test). */
__attribute__((format(printf, 1, 2))) static inline void sq_skip(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("skip: ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

/* Configurations are those of the source tree, in which test programs run. */
#define SQ_TEST_MAIN(suite)                               \
    int main(void)                                        \
    {                                                     \
        setenv("SPIKEQ_CONFIGS", "configs", 1);           \
        SRunner *runner = srunner_create(suite);          \
        srunner_run_all(runner, CK_NORMAL);               \
        const int failed = srunner_ntests_failed(runner); \
        srunner_free(runner);                             \
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE; \
    }

#endif
