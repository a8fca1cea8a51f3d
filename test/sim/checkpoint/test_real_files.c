/* Files that PyTorch wrote. test/golden/checkpoints/ (test/reference/make_checkpoints.py) covers
 * types, views and training records; test/golden/SET/ holds the same network in several
 * containers. Run from the root of the repository. */
#include "test/sim/checkpoint/expect.h"

#include <stdio.h>

#define TINY "test/golden/checkpoints/"

static struct sq_checkpoint *open_path(const char *path)
{
    struct sq_error err = {0};
    struct sq_checkpoint *c = NULL;
    const int rc = sq_checkpoint_open(&err, path, &c);
    ck_assert_msg(rc == SQ_OK, "%s (run from the root of the repository)", err.text);
    return c;
}

static const struct {
    const char *file, *saved, *container;
} tiny[] = {
    {"zoo.pth", "zoo", "PyTorch zip"},
    {"zoo_deflated.pth", "zoo", "PyTorch zip"},
    {"zoo_protocol4.pth", "zoo", "PyTorch zip"},
    {"zoo_legacy.pth", "zoo", "PyTorch legacy"},
    {"zoo.safetensors", "zoo", "safetensors"},
    {"network.pth", "network", "PyTorch zip"},
    {"network_legacy.pth", "network", "PyTorch legacy"},
    {"training.pth", "training", "PyTorch zip"},
    {"training_legacy.pth", "training", "PyTorch legacy"},
    {"bare.pth", "bare", "PyTorch zip"},
    {"bare_legacy.pth", "bare", "PyTorch legacy"},
};

/* The shape as expected.txt writes it: "2x3", "-" for a scalar. */
static const char *shape_of(const struct sq_tensor *tensor, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "%s", tensor->n_dims == 0 ? "-" : "");
    for (uint32_t d = 0; d < tensor->n_dims; d++)
        n += (size_t)snprintf(out + n, size - n, d > 0 ? "x%llu" : "%llu",
                              (unsigned long long)tensor->dim[d]);
    return out;
}

/* `line`: name, type, shape, elements. */
static void expect_line(const struct sq_tensor *tensor, char *line)
{
    char shape[128], *rest = NULL;
    ck_assert_ptr_nonnull(tensor);
    ck_assert_str_eq(tensor->name, strtok_r(line, " \n", &rest));
    ck_assert_str_eq(sq_dtype_name(tensor->dtype), strtok_r(NULL, " \n", &rest));
    ck_assert_str_eq(shape_of(tensor, shape, sizeof shape), strtok_r(NULL, " \n", &rest));
    const float *value = values_of(tensor);
    for (uint64_t i = 0; i < tensor->n_elements; i++) {
        const char *want = strtok_r(NULL, " \n", &rest);
        ck_assert_msg(want != NULL && value[i] == strtof(want, NULL), "%s: %a, not %s",
                      tensor->name, value[i], want);
    }
    ck_assert_ptr_null(strtok_r(NULL, " \n", &rest));
}

START_TEST(tiny_files_hold_what_pytorch_put_there)
{
    char path[128], line[4096];
    snprintf(path, sizeof path, TINY "%s", tiny[_i].file);
    struct sq_checkpoint *c = open_path(path);
    FILE *expected = fopen(TINY "expected.txt", "r");
    const size_t n_saved = strlen(tiny[_i].saved);
    size_t n = 0;
    ck_assert_ptr_nonnull(expected);
    ck_assert_str_eq(sq_checkpoint_container(c), tiny[_i].container);
    while (fgets(line, sizeof line, expected) != NULL)
        if (strncmp(line, tiny[_i].saved, n_saved) == 0 && line[n_saved] == ' ')
            expect_line(sq_checkpoint_tensor(c, n++), line + n_saved + 1);
    ck_assert_uint_eq(sq_checkpoint_count(c), n);
    fclose(expected);
    sq_checkpoint_free(c);
}
END_TEST

/* Shared storages stay shared: the views of the zoo lie in one block. */
START_TEST(views_share_their_storage)
{
    struct sq_checkpoint *c = open_path(TINY "zoo.pth");
    const struct sq_tensor *whole = sq_checkpoint_find(c, "", "view.whole");
    const struct sq_tensor *last = sq_checkpoint_find(c, "view.", "last");
    ck_assert_ptr_eq(sq_checkpoint_find(c, "view.", "transposed")->source, whole->source);
    ck_assert_ptr_eq(last->source, whole->source);
    ck_assert_uint_eq(last->byte, whole->byte + 23 * 4);
    sq_checkpoint_free(c);
}
END_TEST

static const struct {
    const char *file, *root;
    size_t n_others; /* tensors that are not the network's */
} golden[] = {
    {"cifar-2-64/checkpoint.pth", "", 0},
    {"cifar-2-64/checkpoint.pth.tar", "state_dict.", 6},
    {"cifar-2-64/checkpoint_legacy.pth", "", 0},
    {"dvs-1-64/checkpoint_max_test_acc1.pth", "model.", 0},
};

static float *read_all(const struct sq_tensor *tensor)
{
    struct sq_error err = {0};
    float *values = malloc((size_t)tensor->n_elements * sizeof *values + 1);
    ck_assert_ptr_nonnull(values);
    ck_assert_msg(sq_tensor_read_f32(&err, tensor, values) == SQ_OK, "%s", err.text);
    return values;
}

static void expect_same(const struct sq_tensor *want, const struct sq_tensor *got)
{
    ck_assert_ptr_nonnull(got);
    ck_assert_int_eq(want->dtype, got->dtype);
    ck_assert_uint_eq(want->n_dims, got->n_dims);
    ck_assert_mem_eq(want->dim, got->dim, sizeof want->dim);
    float *a = read_all(want);
    float *b = read_all(got);
    ck_assert_msg(memcmp(a, b, (size_t)want->n_elements * sizeof *a) == 0, "%s differs",
                  want->name);
    free(a);
    free(b);
}

/* model.safetensors and the other containers of a set hold the same tensors, bit for bit. */
START_TEST(all_containers_of_a_network_hold_the_same)
{
    char path[128], other[128];
    snprintf(path, sizeof path, "test/golden/%s", golden[_i].file);
    snprintf(other, sizeof other, "test/golden/%.*s/model.safetensors",
             (int)strcspn(golden[_i].file, "/"), golden[_i].file);
    struct sq_checkpoint *c = open_path(path);
    struct sq_checkpoint *want = open_path(other);
    const char *root = sq_checkpoint_root(c, "patch_embed.proj_conv.weight");
    ck_assert_str_eq(sq_checkpoint_root(want, "patch_embed.proj_conv.weight"), "");
    ck_assert_ptr_nonnull(root);
    ck_assert_str_eq(root, golden[_i].root);
    ck_assert_uint_eq(sq_checkpoint_count(c), sq_checkpoint_count(want) + golden[_i].n_others);
    for (size_t i = 0; i < sq_checkpoint_count(want); i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(want, i);
        expect_same(tensor, sq_checkpoint_find(c, root, tensor->name));
    }
    sq_checkpoint_free(want);
    sq_checkpoint_free(c);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint real files");
    TCase *t = tcase_create("real files");
    tcase_add_loop_test(t, tiny_files_hold_what_pytorch_put_there, 0,
                        (int)(sizeof tiny / sizeof *tiny));
    tcase_add_test(t, views_share_their_storage);
    tcase_add_loop_test(t, all_containers_of_a_network_hold_the_same, 0,
                        (int)(sizeof golden / sizeof *golden));
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
