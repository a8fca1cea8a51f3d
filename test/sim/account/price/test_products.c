/* SSA products, neuron layers, pooling against plain loops. */
#include "sim/account/count/shapes.h"
#include "sim/account/price/exact.h"
#include "sim/account/price/spikingjelly.h"
#include "test/unit.h"

#include <string.h>

enum { MAX_TOKENS = 9, MAX_DIM = 8 };

/* The two orders multiplied out, every coincidence and addition counted on its way. */
struct products {
    uint64_t first[2], events2[2], units2[2];
    uint64_t result[2][MAX_TOKENS][MAX_DIM];
};

static void multiply(const unsigned char *q, const unsigned char *k, const unsigned char *v,
                     uint32_t n, uint32_t d, struct products *p)
{
    memset(p, 0, sizeof *p);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) {
            uint64_t a = 0;
            for (uint32_t c = 0; c < d; c++)
                a += q[i * d + c] & k[j * d + c];
            p->first[SQ_QK_FIRST] += a;
            for (uint32_t c = 0; c < d; c++) {
                p->events2[SQ_QK_FIRST] += a != 0 && v[j * d + c];
                p->units2[SQ_QK_FIRST] += a * v[j * d + c];
                p->result[SQ_QK_FIRST][i][c] += a * v[j * d + c];
            }
        }
    for (uint32_t a = 0; a < d; a++)
        for (uint32_t b = 0; b < d; b++) {
            uint64_t m = 0;
            for (uint32_t j = 0; j < n; j++)
                m += k[j * d + a] & v[j * d + b];
            p->first[SQ_KV_FIRST] += m;
            for (uint32_t i = 0; i < n; i++) {
                p->events2[SQ_KV_FIRST] += m != 0 && q[i * d + a];
                p->units2[SQ_KV_FIRST] += m * q[i * d + a];
                p->result[SQ_KV_FIRST][i][b] += m * q[i * d + a];
            }
        }
}

START_TEST(ssa_counts_equal_the_products)
{
    for (uint64_t seed = 0; seed < 1000; seed++) {
        struct sq_rng rng = {seed};
        const uint32_t n = 1 + (uint32_t)sq_rng_below(&rng, MAX_TOKENS);
        const uint32_t d = 1 + (uint32_t)sq_rng_below(&rng, MAX_DIM);
        unsigned char x[3][MAX_TOKENS * MAX_DIM];
        const double rate = sq_rng_unit(&rng);
        struct sq_op_count count = {0};
        struct products want;
        unsigned is = SQ_IS_BINARY_QK | SQ_IS_BINARY_KV;
        for (int t = 0; t < 3; t++)
            for (uint32_t i = 0; i < n * d; i++)
                x[t][i] = sq_rng_unit(&rng) < rate;
        multiply(x[0], x[1], x[2], n, d, &want);
        sq_ssa_counts(&count, &is, x[0], x[1], x[2], n, d, 0.125);
        ck_assert_mem_eq(want.result[0], want.result[1], sizeof want.result[0]);
        for (int order = 0; order < 2; order++) {
            ck_assert_msg(count.coincidences[order] == want.first[order], "seed %llu",
                          (unsigned long long)seed);
            ck_assert_uint_eq(count.events2[order], want.events2[order]);
            ck_assert_uint_eq(count.unary2, want.units2[order]);
        }
    }
}
END_TEST

/* spikingjelly's LIF on real tensors: an addition of two binary tensors costs its nonzeros. */
static uint64_t addition(const double *a, const double *b, size_t m)
{
    uint64_t nonzeros = 0;
    for (size_t i = 0; i < m; i++) {
        if ((a[i] != 0 && a[i] != 1) || (b[i] != 0 && b[i] != 1))
            return m;
        nonzeros += (a[i] != 0) + (b[i] != 0);
    }
    return nonzeros;
}

START_TEST(lif_additions_equal_the_tensors)
{
    enum { M = 6, T = 4 };
    const double zero[M] = {0};
    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct sq_rng rng = {seed};
        struct sq_op_count step[T];
        struct sq_op_group call = {.n_calls = 1, .n_steps = T, .step = step};
        double v[M] = {0};
        uint64_t want = 0;
        memset(step, 0, sizeof step);
        /* Silent steps, one sparse step, then currents nowhere zero: as a network has them. */
        const int silent = (int)sq_rng_below(&rng, T), sparse = (int)sq_rng_below(&rng, 2);
        for (int t = 0; t < T; t++) {
            double x[M], change[M];
            step[t].frames = 1;
            for (int i = 0; i < M; i++) {
                const int is_on = t == silent ? !sparse || sq_rng_below(&rng, 2) : t > silent;
                x[i] = is_on ? 0.3 + 2 * sq_rng_unit(&rng) : 0;
                step[t].nonzeros += x[i] != 0;
            }
            want += 3 * M + addition(x, v, M);
            for (int i = 0; i < M; i++)
                change[i] = (x[i] - v[i]) / 2;
            want += addition(v, change, M);
            for (int i = 0; i < M; i++) {
                v[i] += change[i];
                const int spike = v[i] >= 1;
                step[t].out_nonzeros += (uint64_t)spike;
                v[i] = spike ? 0 : v[i];
            }
            want += addition(v, zero, M);
        }
        const struct sq_lif_acs acs = sq_lif_acs(&call, M);
        ck_assert_msg(acs.sub + acs.add + acs.rsub == want, "seed %llu: %llu, expected %llu",
                      (unsigned long long)seed, (unsigned long long)(acs.sub + acs.add + acs.rsub),
                      (unsigned long long)want);
    }
}
END_TEST

START_TEST(pool_windows_equal_the_walk)
{
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct sq_rng rng = {seed};
        const uint64_t size = 1 + sq_rng_below(&rng, 9), kernel = 1 + sq_rng_below(&rng, 3);
        const uint64_t stride = 1 + sq_rng_below(&rng, 3), padding = sq_rng_below(&rng, kernel);
        const uint64_t outputs = sq_axis_outputs(size, kernel, stride, padding);
        uint64_t taps = 0;
        for (uint64_t at = 0; at < size; at++) {
            uint64_t windows = 0;
            for (uint64_t o = 0; o < outputs; o++)
                windows += o * stride <= at + padding && at + padding < o * stride + kernel;
            ck_assert_uint_eq(sq_axis_windows(at, size, kernel, stride, padding), windows);
            taps += windows;
        }
        ck_assert_uint_eq(sq_axis_taps(size, kernel, stride, padding), taps);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("account products");
    TCase *t = tcase_create("products");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, ssa_counts_equal_the_products);
    tcase_add_test(t, lif_additions_equal_the_tensors);
    tcase_add_test(t, pool_windows_equal_the_walk);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
