/* lemaire: the largest tensor of several calls decides the price of a byte. */
#include "sim/account/count/shapes.h"
#include "sim/account/price/lemaire.h"
#include "test/unit.h"

/* One call of a linear layer [rows x 300] -> [rows x 700], of which so many elements are spikes. */
static void linear_call(struct sq_op *op, struct sq_op_count *step, uint64_t spikes, uint64_t sent)
{
    *op = (struct sq_op){.name = "linear"};
    sq_op_shape_linear(op, 40, 300, 700, 1);
    *step = (struct sq_op_count){.frames = 1,
                                 .nonzeros = spikes,
                                 .units = spikes,
                                 .fanout = spikes * 700,
                                 .out_nonzeros = sent};
}

/* lemaire prices a byte by the largest tensor of its kind that one call moved, whichever call it
 * was; spikes are moved as their nonzeros, and so is what is sent where less than half of it is
 * nonzero. (Runs send dense currents; reports of others need not.) */
START_TEST(the_largest_tensor_of_all_calls_sets_the_price)
{
    static const uint64_t spikes[2][3] = {{1000, 11000, 5000}, {11000, 1000, 5000}};
    static const uint64_t sent[2][3] = {{9000, 13500, 2000}, {13500, 2000, 9000}};
    const struct sq_switches switches = sq_switches_default();
    for (int turn = 0; turn < 4; turn++) {
        const int is_dense = turn / 2;
        struct sq_counters counters = {0};
        struct sq_lemaire sum = {0};
        struct sq_error err = {0};
        struct sq_op merged, one;
        struct sq_op_count step;
        linear_call(&merged, &step, 0, 0);
        for (int i = 0; i < 3; i++) {
            struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step, .max = 1};
            struct sq_op_count total = {0};
            linear_call(&one, &step, spikes[turn % 2][i], is_dense ? 28000 : sent[turn % 2][i]);
            sq_call_classify(&one, &call, &total);
            ck_assert_int_eq(sq_op_add_call(&err, &counters, &merged, &call), SQ_OK);
        }
        sq_lemaire_add(&sum, &merged, &switches);
        const uint64_t out = is_dense ? 28000 : 13500, all_out = is_dense ? 3 * 28000 : 24500;
        ck_assert_uint_eq(sum.read_in, 4 * 17000);
        ck_assert_uint_eq(sum.write_out, 4 * all_out);
        ck_assert_uint_eq(sum.read_params, 4 * (17000 * 700 + all_out));
        ck_assert_uint_eq(sum.max_read_in, 4 * 11000);
        ck_assert_uint_eq(sum.max_write_out, 4 * out);
        ck_assert_uint_eq(sum.max_read_params, 4 * (11000 * 700 + out));
        const struct sq_lemaire_price price = sq_lemaire_price(&sum, &switches);
        /* From 32 KiB to 1 MiB a byte costs 5 to 25 pJ. */
        const double in_pj = 5 + 20.0 * (4 * 11000 - 32768) / (1048576 - 32768);
        const double out_pj = 5 + 20.0 * (4.0 * (double)out - 32768) / (1048576 - 32768);
        ck_assert_double_eq_tol(price.inout_pj, 4 * 17000 * in_pj + 4 * (double)all_out * out_pj,
                                1e-3);
        sq_counters_free(&counters);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("account lemaire");
    TCase *t = tcase_create("lemaire");
    tcase_add_test(t, the_largest_tensor_of_all_calls_sets_the_price);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
