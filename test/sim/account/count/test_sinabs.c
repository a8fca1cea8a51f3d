/* Counts by another tool: sinabs' own test data (conv_input.pth, conv_layer_synops.json), the
 * synaptic operations of 18 convolutions of event counts 0, 1, 2, mean over 20 inputs. Not ours to
 * copy: the environment variable SINABS_DATA names the folder; without it nothing is compared, and
 * that is said. */
#include "sim/account/count/shapes.h"
#include "sim/account/price/exact.h"
#include "sim/checkpoint/checkpoint.h"
#include "sim/config/config_keys.h"
#include "test/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* FOLDER/name, in a static buffer; "" if the folder is not given. */
static const char *data_path(const char *name)
{
    static char path[512];
    const char *folder = getenv("SINABS_DATA");
    snprintf(path, sizeof path, "%s%s%s", folder != NULL ? folder : "", folder != NULL ? "/" : "",
             folder != NULL ? name : "");
    return path;
}

enum { N = 20, C_IN = 3, SIDE = 9, C_OUT = 5, INPUTS = N * C_IN * SIDE * SIDE };

static int read_input(float x[INPUTS])
{
    struct sq_error err = {0};
    struct sq_checkpoint *file = NULL;
    if (access(data_path("conv_input.pth"), R_OK) != 0)
        return 0;
    ck_assert_msg(sq_checkpoint_open(&err, data_path("conv_input.pth"), &file) == SQ_OK, "%s",
                  err.text);
    const struct sq_tensor *tensor = sq_checkpoint_tensor(file, 0);
    ck_assert_uint_eq(tensor->n_elements, INPUTS);
    ck_assert_int_eq(sq_tensor_read_f32(&err, tensor, x), SQ_OK);
    sq_checkpoint_free(file);
    return 1;
}

/* Units times taps, as the engine counts them. */
static void count(const float *x, uint64_t kernel, uint64_t stride, uint64_t padding,
                  struct sq_op *op, struct sq_op_count *step)
{
    const struct sq_conv_shape shape = {C_IN,   C_OUT,  SIDE,    SIDE,    kernel, kernel,
                                        stride, stride, padding, padding, 1};
    sq_op_shape_conv(op, &shape, 0);
    step->frames = N;
    for (size_t i = 0; i < INPUTS; i++) {
        const uint64_t taps = sq_axis_windows(i / SIDE % SIDE, SIDE, kernel, stride, padding) *
                              sq_axis_windows(i % SIDE, SIDE, kernel, stride, padding) * C_OUT;
        step->nonzeros += x[i] != 0;
        step->units += (uint64_t)x[i];
        step->fanout += x[i] != 0 ? taps : 0;
        step->unit_fanout += (uint64_t)x[i] * taps;
    }
}

START_TEST(units_are_the_synops_of_sinabs)
{
    static float x[INPUTS];
    struct sq_error err = {0};
    cJSON *root = NULL;
    const cJSON *item;
    int n = 0;
    if (!read_input(x)) {
        sq_skip("counts of sinabs: SINABS_DATA names no folder of them");
        return;
    }
    ck_assert_int_eq(sq_config_parse_file(&err, data_path("conv_layer_synops.json"), &root), SQ_OK);
    cJSON_ArrayForEach(item, cJSON_GetArrayItem(root, 0))
    {
        unsigned kernel = 0, stride = 0, padding = 0;
        struct sq_op op = {.name = "conv"};
        struct sq_op_count step = {0};
        struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step, .max = 2};
        ck_assert_int_eq(sscanf(item->string, "(%u, %u, %u)", &kernel, &stride, &padding), 3);
        count(x, kernel, stride, padding, &op, &step);
        op.group = &call;
        op.n_groups = 1;
        struct sq_op_count sum = {0};
        sq_call_classify(&op, &call, &sum);
        ck_assert_double_eq((double)sq_exact_count(&op).ac_unary / N, item->valuedouble);
        n++;
    }
    ck_assert_int_eq(n, 18);
    cJSON_Delete(root);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("account sinabs");
    TCase *t = tcase_create("sinabs");
    tcase_add_test(t, units_are_the_synops_of_sinabs);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
