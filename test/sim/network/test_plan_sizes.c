/* Sizes of which no graph can be made are refused, each with its own sentence. */
#include "test/sim/network/plan_case.h"

#include <string.h>

static const struct sq_config cifar = {.architecture = "spikformer-cifar10",
                                       .depth = 1,
                                       .dim = 48,
                                       .heads = 4,
                                       .mlp_hidden = 144,
                                       .timesteps = 3,
                                       .in_channels = 3,
                                       .image_height = 28,
                                       .image_width = 20,
                                       .classes = 7};

static void require_refused(struct sq_config config, int code, const char *part)
{
    const int status = build(config);
    ck_assert_msg(status == code && strstr(err.text, part) != NULL, "%d (%s) instead of %d (%s)",
                  status, status != 0 ? err.text : "", code, part);
}

START_TEST(sizes_that_do_not_work_out)
{
    struct sq_config c = cifar;
    c.image_width = 22;
    require_refused(c, SQ_ESHAPE, "image 28x22, but spikformer-cifar10 needs multiples of 4");
    c = cifar;
    snprintf(c.architecture, sizeof c.architecture, "spikformer-imagenet");
    require_refused(c, SQ_ESHAPE, "multiples of 16");
    c = cifar;
    c.heads = 5;
    require_refused(c, SQ_ESHAPE, "dim = 48 cannot be divided among heads = 5");
    c = cifar;
    c.heads = 49;
    require_refused(c, SQ_ESHAPE, "heads = 49");
    c = cifar;
    c.mlp_hidden = 65536;
    require_refused(c, SQ_EVALUE, "\"channels\" is 65536; it must lie in 1..65535");
    c = cifar;
    c.dim = 65535 / 3 + 3;
    c.heads = 1;
    require_refused(c, SQ_EUNSUPPORTED, "inputs of a kernel line are too many");
}
END_TEST

/* Less than eight channels leave the first convolution none. */
START_TEST(a_width_below_eight)
{
    struct sq_config c = cifar;
    c.dim = 4;
    require_refused(c, SQ_ESHAPE, "dim = 4");
}
END_TEST

/* Sums of SSA are whole numbers up to tokens * channels of a head: float32 holds 2^24. */
START_TEST(attention_sums_stay_exact)
{
    struct sq_config c = cifar;
    c.dim = 16;
    c.heads = 1;
    c.image_height = c.image_width = 4096;
    require_refused(c, SQ_EVALUE, "exact whole numbers of float32");
    c.image_height = 4092;
    ck_assert_int_eq(build(c), SQ_OK);
}
END_TEST

static Suite *plan_sizes_suite(void)
{
    Suite *suite = suite_create("plan sizes");
    TCase *tests = tcase_create("refused");
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_test(tests, sizes_that_do_not_work_out);
    tcase_add_test(tests, a_width_below_eight);
    tcase_add_test(tests, attention_sums_stay_exact);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(plan_sizes_suite())
