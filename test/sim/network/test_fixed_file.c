/* The model of integers: what is read back is what was written, and a damaged file is refused or
 * loads to something whose every bound holds, but never crashes. */
#include "sim/network/fixed_file.h"

#include "kernels/accumulate/accumulate.h"
#include "test/sim/network/tiny_load.h"

static struct sq_network *read_back;

static void make_and_write(const struct sq_fixed_settings *settings)
{
    ck_assert_msg(tiny_load_own(NULL) == SQ_OK, "%s", err.text);
    ck_assert_msg(sq_fixed_make(&err, loaded, settings, NULL) == SQ_OK, "%s", err.text);
    ck_assert_msg(sq_fixed_file_write(&err, loaded, temp_path("integers"), 1) == SQ_OK, "%s",
                  err.text);
}

static int load_back(const char *path)
{
    sq_network_free(read_back);
    read_back = NULL;
    return sq_network_load_as(&err, path, &loaded->config, &read_back);
}

static void tear_down(void)
{
    sq_network_free(read_back);
    read_back = NULL;
    tiny_discard();
}

static void compare_nodes(const struct sq_node *a, const struct sq_node *b)
{
    const struct sq_fixed *x = a->fixed, *y = b->fixed;
    const size_t n = (size_t)a->shape.n_words * SQ_BLOCK_WIDTH;
    ck_assert_uint_eq(x->guard_bits, y->guard_bits);
    ck_assert_uint_eq(x->weight_bytes, y->weight_bytes);
    ck_assert_uint_eq(x->largest_sum, y->largest_sum);
    ck_assert_int_eq(x->rounding, y->rounding);
    ck_assert_mem_eq(x->exponent, y->exponent, a->shape.n_channels);
    ck_assert_mem_eq(x->bias, y->bias, n * sizeof *x->bias);
    ck_assert_mem_eq(x->threshold, y->threshold, n * sizeof *x->threshold);
    if (a->synapse != NULL)
        ck_assert_mem_eq(x->weight, y->weight,
                         sq_packed_columns(a->synapse->n_out) * a->synapse->n_in * x->weight_bytes);
}

static const struct sq_fixed_settings settings[] = {
    {.weight_bits = 4, .by_layer = 1},
    {.weight_bits = 8, .rounding = SQ_ROUND_NEAREST},
    {.weight_bits = 13, .membrane_bits = 30, .pixel_bits = 9, .pixel_max = 5.5},
};
enum { N_SETTINGS = sizeof settings / sizeof settings[0], N_LAYOUTS = 3, N_DAMAGES = 400 };

START_TEST(what_is_read_is_what_was_written)
{
    tiny_prepare((enum tiny_layout)(TINY_CIFAR10 + _i % N_LAYOUTS), 2);
    make_and_write(&settings[_i / N_LAYOUTS]);
    ck_assert_msg(load_back(temp_path("integers")) == SQ_OK, "%s", err.text);
    ck_assert_int_eq(read_back->is_fixed, 1);
    ck_assert_str_eq(read_back->arith, loaded->arith);
    for (size_t i = 0; i < loaded->n_nodes; i++)
        if (loaded->node[i].fixed != NULL)
            compare_nodes(&loaded->node[i], &read_back->node[i]);
    ck_assert_mem_eq(loaded->head.weight, read_back->head.weight,
                     sq_packed_columns(loaded->head.n_out) * loaded->head.n_in * sizeof(float));
}
END_TEST

START_TEST(settings_of_a_file_are_compared)
{
    tiny_prepare(TINY_CIFAR10, 1);
    make_and_write(&(struct sq_fixed_settings){.weight_bits = 6});
    ck_assert_int_eq(load_back(temp_path("integers")), SQ_OK);
    ck_assert_int_eq(
        sq_fixed_make(&err, read_back, &(struct sq_fixed_settings){.weight_bits = 6}, NULL), SQ_OK);
    ck_assert_int_eq(
        sq_fixed_make(&err, read_back, &(struct sq_fixed_settings){.weight_bits = 8}, NULL),
        SQ_EVALUE);
    ck_assert_ptr_nonnull(strstr(err.text, "other settings than asked for: fixed weights=6"));
}
END_TEST

START_TEST(existing_files_stay)
{
    tiny_prepare(TINY_CIFAR10, 1);
    make_and_write(&settings[1]);
    ck_assert_int_eq(sq_fixed_file_write(&err, loaded, temp_path("integers"), 0), SQ_EUSAGE);
    ck_assert_int_eq(sq_fixed_file_write(&err, loaded, "/dev/null", 1), SQ_EUSAGE);
    ck_assert_int_eq(sq_fixed_file_write(&err, loaded, "/nowhere/at/all", 0), SQ_EIO);
}
END_TEST

/* The bytes of a file; the caller frees them. */
static char *slurp(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*n);
    ck_assert_uint_eq(fread(bytes, 1, *n, file), *n);
    fclose(file);
    return bytes;
}

START_TEST(damage_is_refused_or_harmless)
{
    struct sq_rng rng = {7};
    size_t n, n_refused = 0;
    tiny_prepare(TINY_CIFAR10, 1);
    make_and_write(&settings[1]);
    char *bytes = slurp(temp_path("integers"), &n);
    for (int i = 0; i < N_DAMAGES; i++) {
        /* The settings lie at the end of the header: often there. */
        const size_t header = 8 + (size_t)(unsigned char)bytes[0] + ((unsigned char)bytes[1] << 8);
        const size_t at =
            sq_rng_below(&rng, 2) ? header + sq_rng_below(&rng, 56) : sq_rng_below(&rng, n);
        const char before = bytes[at];
        bytes[at] = (char)(before ^ (1 << sq_rng_below(&rng, 8)));
        temp_write("damaged", bytes, n);
        n_refused += load_back(temp_path("damaged")) != SQ_OK;
        bytes[at] = before;
    }
    ck_assert_uint_gt(n_refused, N_DAMAGES / 4);
    temp_write("damaged", bytes, n);
    ck_assert_int_eq(load_back(temp_path("damaged")), SQ_OK);
    free(bytes);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("network");
    TCase *t = tcase_create("models of integers");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_checked_fixture(t, NULL, tear_down);
    tcase_add_loop_test(t, what_is_read_is_what_was_written, 0, N_LAYOUTS * N_SETTINGS);
    tcase_add_test(t, settings_of_a_file_are_compared);
    tcase_add_test(t, existing_files_stay);
    tcase_add_test(t, damage_is_refused_or_harmless);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
