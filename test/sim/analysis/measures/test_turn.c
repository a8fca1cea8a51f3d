/* Theorem: bit r of column c is bit c of row r, for every size; no other bit is set. */
#include "sim/analysis/measures/turn.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 100, MAX_ROWS = 300, MAX_CHANNELS = 200 };

START_TEST(columns_are_the_rows_turned)
{
    struct sq_rng rng = {(uint64_t)_i};
    const uint32_t n_rows = 1 + (uint32_t)sq_rng_below(&rng, MAX_ROWS);
    const uint32_t n_channels = 1 + (uint32_t)sq_rng_below(&rng, MAX_CHANNELS);
    const size_t n_words = sq_words_for(n_channels), n_blocks = sq_words_for(n_rows);
    uint64_t *rows = draw_bits(&rng, n_rows, n_channels, draw_rate(&rng));
    uint64_t *columns = guarded_new(n_channels * n_blocks * 8);
    size_t spikes = 0;
    sq_turn_columns(columns, n_blocks, rows, n_rows, n_channels);
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_channels; c++) {
            const int bit = sq_bit_get(rows + r * n_words, c);
            if (sq_bit_get(columns + c * n_blocks, r) != bit)
                ck_abort_msg("seed %d: row %zu, channel %zu", _i, r, c);
            spikes += (size_t)bit;
        }
    ck_assert_uint_eq(sq_popcount(columns, n_channels * n_blocks), spikes);
    ck_assert(guarded_free(columns, n_channels * n_blocks * 8) &
              guarded_free(rows, n_rows * n_words * 8));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis");
    TCase *turn = tcase_create("turn");
    tcase_add_loop_test(turn, columns_are_the_rows_turned, 0, N_CASES);
    suite_add_tcase(s, turn);
    return s;
}

SQ_TEST_MAIN(suite())
