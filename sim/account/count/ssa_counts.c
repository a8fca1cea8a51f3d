#include "sim/account/count/counters.h"

/* Entry of the first product: Q K^T at (a, b) over channels, or K^T V at (a, b) over tokens. */
static uint64_t qk_entry(const unsigned char *q, const unsigned char *k, uint32_t d, uint32_t i,
                         uint32_t j)
{
    uint64_t sum = 0;
    for (uint32_t c = 0; c < d; c++)
        sum += q[(size_t)i * d + c] && k[(size_t)j * d + c];
    return sum;
}

static uint64_t kv_entry(const unsigned char *k, const unsigned char *v, uint32_t n, uint32_t d,
                         uint32_t a, uint32_t b)
{
    uint64_t sum = 0;
    for (uint32_t j = 0; j < n; j++)
        sum += k[(size_t)j * d + a] && v[(size_t)j * d + b];
    return sum;
}

static uint64_t ones(const unsigned char *x, size_t n, size_t stride)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i * stride] != 0;
    return sum;
}

void sq_ssa_counts(struct sq_op_count *count, unsigned *is, const unsigned char *q,
                   const unsigned char *k, const unsigned char *v, uint32_t n, uint32_t d,
                   double scale)
{
    count->q += ones(q, (size_t)n * d, 1);
    count->k += ones(k, (size_t)n * d, 1);
    count->v += ones(v, (size_t)n * d, 1);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) {
            const uint64_t a = qk_entry(q, k, d, i, j), v_row = ones(v + (size_t)j * d, d, 1);
            count->coincidences[SQ_QK_FIRST] += a;
            count->events2[SQ_QK_FIRST] += a != 0 ? v_row : 0;
            count->unary2 += a * v_row;
            if (a != 0 && (double)a * scale != 1)
                *is &= ~(unsigned)SQ_IS_BINARY_QK;
        }
    for (uint32_t a = 0; a < d; a++)
        for (uint32_t b = 0; b < d; b++) {
            const uint64_t m = kv_entry(k, v, n, d, a, b);
            count->coincidences[SQ_KV_FIRST] += m;
            count->events2[SQ_KV_FIRST] += m != 0 ? ones(q + a, n, d) : 0;
            if (m > 1)
                *is &= ~(unsigned)SQ_IS_BINARY_KV;
        }
    *is |= SQ_HAS_ORDER_QK | SQ_HAS_ORDER_KV;
}
