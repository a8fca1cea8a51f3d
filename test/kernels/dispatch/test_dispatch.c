#include "kernels/dispatch/dispatch.h"

#include "test/kernels/kernel_test.h"

#if defined(__x86_64__)

/* What each set of features must give; the sets are those that --isa can make. */
static const struct {
    unsigned features;
    struct sq_kernels kernels;
} row[] = {
    {0, {sq_accumulate_f32_scalar,   sq_dense_f32_scalar,
         sq_spread_f32_scalar,       sq_lif_f32_scalar,
         sq_attend_scalar,           sq_list_events_scalar,
         sq_ssa_count_scalar,        sq_overlap_scalar,
         sq_subset_scalar,           sq_count_common_scalar,
         sq_count_windows_scalar,    sq_count_nonzeros_f32_scalar,
         sq_limit_f32_scalar,        sq_limit_i16_scalar,
         sq_limit_i32_scalar,        "scalar",
         sq_accumulate_i8_scalar,    sq_accumulate_i16_scalar,
         sq_accumulate_tile_scalar,  sq_widen_i8_scalar,
         sq_add_tile_scalar,         sq_dense_i16_scalar,
         sq_spread_i16_scalar,       sq_lif_i16_scalar,
         sq_lif_i32_scalar,          sq_attend_i32_scalar,
         sq_neuron_f32_scalar,       sq_multispike_f32_scalar,
         sq_neuron_i16_scalar,       sq_neuron_i32_scalar,
         sq_multispike_i16_scalar,   sq_multispike_i32_scalar,
         sq_real_current_f32_scalar, sq_real_add_f32_scalar,
         sq_real_max_f32_scalar,     sq_real_sum_f32_scalar,
         sq_real_current_i16_scalar, sq_real_current_i32_scalar,
         sq_real_add_i32_scalar,     sq_real_max_i32_scalar,
         sq_real_sum_i32_scalar,     sq_masked_f32_scalar,
         sq_masked_i8_scalar,        sq_masked_i16_scalar}},
    {SQ_CPU_AVX2, {sq_accumulate_f32_avx2,   sq_dense_f32_avx2,
                   sq_spread_f32_avx2,       sq_lif_f32_avx2,
                   sq_attend_avx2,           sq_list_events_avx2,
                   sq_ssa_count_avx2,        sq_overlap_avx2,
                   sq_subset_avx2,           sq_count_common_avx2,
                   sq_count_windows_avx2,    sq_count_nonzeros_f32_avx2,
                   sq_limit_f32_avx2,        sq_limit_i16_avx2,
                   sq_limit_i32_avx2,        "avx2",
                   sq_accumulate_i8_avx2,    sq_accumulate_i16_avx2,
                   sq_accumulate_tile_avx2,  sq_widen_i8_avx2,
                   sq_add_tile_avx2,         sq_dense_i16_avx2,
                   sq_spread_i16_avx2,       sq_lif_i16_avx2,
                   sq_lif_i32_avx2,          sq_attend_i32_avx2,
                   sq_neuron_f32_avx2,       sq_multispike_f32_avx2,
                   sq_neuron_i16_avx2,       sq_neuron_i32_avx2,
                   sq_multispike_i16_avx2,   sq_multispike_i32_avx2,
                   sq_real_current_f32_avx2, sq_real_add_f32_avx2,
                   sq_real_max_f32_avx2,     sq_real_sum_f32_avx2,
                   sq_real_current_i16_avx2, sq_real_current_i32_avx2,
                   sq_real_add_i32_avx2,     sq_real_max_i32_avx2,
                   sq_real_sum_i32_avx2,     sq_masked_f32_avx2,
                   sq_masked_i8_avx2,        sq_masked_i16_avx2}},
    /* Without the instructions of Ice Lake, as on Skylake-X, list and counts fall back to AVX2. */
    {SQ_CPU_AVX2 | SQ_CPU_AVX512,
     {sq_accumulate_f32_avx512,
      sq_dense_f32_avx512,
      sq_spread_f32_avx512,
      sq_lif_f32_avx512,
      sq_attend_avx512,
      sq_list_events_avx2,
      sq_ssa_count_avx2,
      sq_overlap_avx2,
      sq_subset_avx2,
      sq_count_common_avx2,
      sq_count_windows_avx2,
      sq_count_nonzeros_f32_avx2,
      sq_limit_f32_avx512,
      sq_limit_i16_avx512,
      sq_limit_i32_avx512,
      "avx512",
      sq_accumulate_i8_avx512,
      sq_accumulate_i16_avx512,
      sq_accumulate_tile_avx512,
      sq_widen_i8_avx512,
      sq_add_tile_avx512,
      sq_dense_i16_avx512,
      sq_spread_i16_avx512,
      sq_lif_i16_avx512,
      sq_lif_i32_avx512,
      sq_attend_i32_avx512,
      sq_neuron_f32_avx512,
      sq_multispike_f32_avx512,
      sq_neuron_i16_avx512,
      sq_neuron_i32_avx512,
      sq_multispike_i16_avx512,
      sq_multispike_i32_avx512,
      sq_real_current_f32_avx512,
      sq_real_add_f32_avx512,
      sq_real_max_f32_avx512,
      sq_real_sum_f32_avx512,
      sq_real_current_i16_avx512,
      sq_real_current_i32_avx512,
      sq_real_add_i32_avx512,
      sq_real_max_i32_avx512,
      sq_real_sum_i32_avx512,
      sq_masked_f32_avx512,
      sq_masked_i8_avx512,
      sq_masked_i16_avx512}},
    {SQ_CPU_AVX2 | SQ_CPU_AVX512 | SQ_CPU_ICELAKE,
     {sq_accumulate_f32_avx512,   sq_dense_f32_avx512,
      sq_spread_f32_avx512,       sq_lif_f32_avx512,
      sq_attend_avx512,           sq_list_events_icelake,
      sq_ssa_count_icelake,       sq_overlap_icelake,
      sq_subset_icelake,          sq_count_common_icelake,
      sq_count_windows_icelake,   sq_count_nonzeros_f32_icelake,
      sq_limit_f32_avx512,        sq_limit_i16_avx512,
      sq_limit_i32_avx512,        "avx512",
      sq_accumulate_i8_avx512,    sq_accumulate_i16_avx512,
      sq_accumulate_tile_avx512,  sq_widen_i8_avx512,
      sq_add_tile_avx512,         sq_dense_i16_avx512,
      sq_spread_i16_avx512,       sq_lif_i16_avx512,
      sq_lif_i32_avx512,          sq_attend_i32_avx512,
      sq_neuron_f32_avx512,       sq_multispike_f32_avx512,
      sq_neuron_i16_avx512,       sq_neuron_i32_avx512,
      sq_multispike_i16_avx512,   sq_multispike_i32_avx512,
      sq_real_current_f32_avx512, sq_real_add_f32_avx512,
      sq_real_max_f32_avx512,     sq_real_sum_f32_avx512,
      sq_real_current_i16_avx512, sq_real_current_i32_avx512,
      sq_real_add_i32_avx512,     sq_real_max_i32_avx512,
      sq_real_sum_i32_avx512,     sq_masked_f32_avx512,
      sq_masked_i8_avx512,        sq_masked_i16_avx512}},
};

START_TEST(features_choose_the_best_row)
{
    const struct sq_kernels *want = &row[_i].kernels;
    struct sq_kernels got = {0};
    sq_kernels_choose(&got, row[_i].features);
    ck_assert(got.accumulate_f32 == want->accumulate_f32);
    ck_assert(got.dense_f32 == want->dense_f32);
    ck_assert(got.spread_f32 == want->spread_f32);
    ck_assert(got.lif_f32 == want->lif_f32);
    ck_assert(got.attend == want->attend);
    ck_assert(got.list_events == want->list_events);
    ck_assert(got.ssa_count == want->ssa_count);
    ck_assert(got.overlap == want->overlap);
    ck_assert(got.subset == want->subset);
    ck_assert(got.count_common == want->count_common);
    ck_assert(got.count_windows == want->count_windows);
    ck_assert(got.count_nonzeros_f32 == want->count_nonzeros_f32);
    ck_assert(got.limit_f32 == want->limit_f32);
    ck_assert(got.limit_i16 == want->limit_i16);
    ck_assert(got.limit_i32 == want->limit_i32);
    ck_assert(got.accumulate_i8 == want->accumulate_i8);
    ck_assert(got.accumulate_i16 == want->accumulate_i16);
    ck_assert(got.accumulate_tile == want->accumulate_tile);
    ck_assert(got.widen_i8 == want->widen_i8);
    ck_assert(got.add_tile == want->add_tile);
    ck_assert(got.dense_i16 == want->dense_i16);
    ck_assert(got.spread_i16 == want->spread_i16);
    ck_assert(got.lif_i16 == want->lif_i16);
    ck_assert(got.lif_i32 == want->lif_i32);
    ck_assert(got.attend_i32 == want->attend_i32);
    ck_assert(got.neuron_f32 == want->neuron_f32);
    ck_assert(got.multispike_f32 == want->multispike_f32);
    ck_assert(got.real_current_f32 == want->real_current_f32);
    ck_assert(got.real_add_f32 == want->real_add_f32);
    ck_assert(got.real_max_f32 == want->real_max_f32);
    ck_assert(got.real_sum_f32 == want->real_sum_f32);
    ck_assert(got.real_current_i16 == want->real_current_i16);
    ck_assert(got.real_current_i32 == want->real_current_i32);
    ck_assert(got.real_add_i32 == want->real_add_i32);
    ck_assert(got.real_max_i32 == want->real_max_i32);
    ck_assert(got.masked_f32 == want->masked_f32);
    ck_assert(got.masked_i8 == want->masked_i8);
    ck_assert(got.masked_i16 == want->masked_i16);
    ck_assert_str_eq(got.isa, want->isa);
}
END_TEST

enum { N_ROWS = sizeof row / sizeof row[0] };

#else

START_TEST(features_choose_the_best_row)
{
    sq_skip("the choice of vector kernels: they exist on x86-64 only");
}
END_TEST

enum { N_ROWS = 1 };

#endif

START_TEST(no_pointer_is_ever_null)
{
    struct sq_kernels kernels = {0};
    sq_kernels_choose(&kernels, (unsigned)_i);
    ck_assert(kernels.accumulate_f32 && kernels.dense_f32 && kernels.lif_f32 && kernels.attend &&
              kernels.list_events && kernels.ssa_count && kernels.count_common &&
              kernels.spread_f32 && kernels.spread_i16 && kernels.overlap && kernels.subset &&
              kernels.count_windows && kernels.count_nonzeros_f32 && kernels.isa &&
              kernels.accumulate_i8 && kernels.accumulate_i16 && kernels.accumulate_tile &&
              kernels.widen_i8 && kernels.add_tile && kernels.dense_i16 && kernels.lif_i16 &&
              kernels.lif_i32 && kernels.attend_i32);
    ck_assert(kernels.neuron_f32 && kernels.multispike_f32 && kernels.real_current_f32 &&
              kernels.real_add_f32 && kernels.real_max_f32 && kernels.real_sum_f32 &&
              kernels.real_current_i16 && kernels.real_current_i32 && kernels.real_add_i32 &&
              kernels.real_max_i32 && kernels.masked_f32 && kernels.masked_i8 &&
              kernels.masked_i16);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("dispatch");
    TCase *t = tcase_create("dispatch");
    tcase_add_loop_test(t, features_choose_the_best_row, 0, N_ROWS);
    tcase_add_loop_test(t, no_pointer_is_ever_null, 0, 8);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
