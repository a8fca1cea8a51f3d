#include "kernels/base/cpu.h"

#include "test/unit.h"

enum { ALL = SQ_CPU_AVX2 | SQ_CPU_AVX512 | SQ_CPU_ICELAKE };

START_TEST(detected_features_build_on_each_other)
{
    const struct sq_cpu cpu = sq_cpu_detect();
    ck_assert_uint_eq(cpu.features & ~(unsigned)ALL, 0);
    ck_assert(!(cpu.features & SQ_CPU_ICELAKE) || (cpu.features & SQ_CPU_AVX512));
    ck_assert(!(cpu.features & SQ_CPU_AVX512) || (cpu.features & SQ_CPU_AVX2));
    ck_assert_uint_ge(cpu.l1_bytes, 4096);
    ck_assert_uint_ge(cpu.l2_bytes, cpu.l1_bytes);
}
END_TEST

START_TEST(restricting_only_takes_away)
{
    static const char *const name[] = {"auto", "scalar", "avx2", "avx512"};
    for (unsigned features = 0; features <= ALL; features++)
        for (int i = 0; i < 4; i++) {
            const int left = sq_cpu_restrict(features, name[i]);
            ck_assert(left == -2 || ((unsigned)left & ~features) == 0);
        }
}
END_TEST

START_TEST(names_mean_what_they_say)
{
    ck_assert_int_eq(sq_cpu_restrict(ALL, "auto"), ALL);
    ck_assert_int_eq(sq_cpu_restrict(ALL, "scalar"), 0);
    ck_assert_int_eq(sq_cpu_restrict(ALL, "avx2"), SQ_CPU_AVX2);
    ck_assert_int_eq(sq_cpu_restrict(ALL, "avx512"), ALL);
    ck_assert_int_eq(sq_cpu_restrict(0, "auto"), 0);
}
END_TEST

START_TEST(lacking_and_unknown_are_told_apart)
{
    ck_assert_int_eq(sq_cpu_restrict(0, "avx2"), -2);
    ck_assert_int_eq(sq_cpu_restrict(SQ_CPU_AVX2, "avx512"), -2);
    ck_assert_int_eq(sq_cpu_restrict(ALL, "neon"), -1);
    ck_assert_int_eq(sq_cpu_restrict(ALL, ""), -1);
    ck_assert_int_eq(sq_cpu_restrict(ALL, "AVX2"), -1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("base");
    TCase *t = tcase_create("cpu");
    tcase_add_test(t, detected_features_build_on_each_other);
    tcase_add_test(t, restricting_only_takes_away);
    tcase_add_test(t, names_mean_what_they_say);
    tcase_add_test(t, lacking_and_unknown_are_told_apart);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
