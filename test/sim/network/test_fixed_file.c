/* The model of integers: what is read back is what was written, and a damaged file is refused or
 * loads to something whose every bound holds, but never crashes. */
#include "sim/network/fixed_file.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/network/fold.h"
#include "test/sim/network/tiny_load.h"

#include <math.h>

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
    ck_assert_int_eq(x->threshold != NULL, y->threshold != NULL);
    if (x->threshold != NULL)
        ck_assert_mem_eq(x->threshold, y->threshold, n * sizeof *x->threshold);
    if (x->right != NULL)
        ck_assert_mem_eq(x->right, y->right, n * sizeof *x->right);
    if (x->left != NULL)
        ck_assert_mem_eq(x->left, y->left, n * sizeof *x->left);
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

/* Networks with streams, by their stored sets. */
static const char *const relative[] = {"fixed-spikingformer-1-16", "fixed-cml-1-16",
                                       "fixed-sdt-1-16", "fixed-qkformer-3-32"};
enum { N_RELATIVES = sizeof relative / sizeof relative[0] };

static void load_relative(const char *set, const struct sq_fixed_settings *as)
{
    char model[128], path[128];
    snprintf(model, sizeof model, "test/golden/%s/model.safetensors", set);
    snprintf(path, sizeof path, "test/golden/%s/config.json", set);
    tiny_prepare(TINY_CIFAR10, 1);
    ck_assert_msg(sq_network_load(&err, NULL, model, path, NULL, 0, &loaded) == SQ_OK, "%s",
                  err.text);
    ck_assert_msg(sq_fixed_make(&err, loaded, as, NULL) == SQ_OK, "%s", err.text);
    ck_assert_msg(sq_fixed_file_write(&err, loaded, temp_path("integers"), 1) == SQ_OK, "%s",
                  err.text);
}

/* Every bound of a stream holds: of a current, of an addition what its terms make, of a maximum what it
 * reads. */
static void check_stream(const struct sq_network *network, const struct sq_node *node)
{
    const struct sq_node *all = network->node;
    const uint64_t limit = ((uint64_t)1 << (network->fixed.membrane_bits - 1)) - 1;
    const int exponent = node->stream->exponent;
    double most = 0;
    for (uint32_t o = 0; node->synapse != NULL && o < node->shape.n_channels; o++) {
        double sum = 0;
        for (size_t i = 0; i < node->synapse->n_in; i++) {
            const double w = (double)*sq_packed_at(node->synapse, i, o);
            sum += fabs(w) * all[node->source[0]].max_value;
        }
        sum += fabs((double)node->synapse->bias[o]);
        most = fmax(most, ldexp(sum, exponent)); /* of the weights before they are rounded */
    }
    ck_assert_uint_le(node->largest, limit);
    ck_assert_uint_le(node->largest, node->stream->largest);
    ck_assert_uint_le(node->stream->bits, network->fixed.membrane_bits);
    if (node->synapse != NULL)
        ck_assert((double)node->largest >= 0.9 * most && (double)node->largest <= 1.1 * most + 2);
    else if (node->kind == SQ_NODE_REAL_ADD)
        ck_assert_uint_le(node->largest,
                          all[node->source[0]].largest + all[node->source[1]].largest);
    else
        ck_assert_uint_eq(node->largest, all[node->source[0]].largest);
}

START_TEST(streams_are_read_as_they_were_written)
{
    static const struct sq_fixed_settings few = {
        .weight_bits = 11, .membrane_bits = 20, .pixel_bits = 4};
    load_relative(relative[_i / 2], _i % 2 ? &few : &settings[1]);
    ck_assert_msg(load_back(temp_path("integers")) == SQ_OK, "%s", err.text);
    ck_assert_uint_gt(loaded->n_streams, 0);
    ck_assert_uint_eq(read_back->n_streams, loaded->n_streams);
    for (size_t i = 0; i < loaded->n_nodes; i++) {
        const struct sq_node *node = &loaded->node[i];
        if (node->fixed != NULL)
            compare_nodes(node, &read_back->node[i]);
        if (node->stream == NULL)
            continue;
        check_stream(loaded, node);
        ck_assert_int_eq(read_back->node[i].stream->exponent, node->stream->exponent);
        ck_assert_uint_eq(read_back->node[i].largest, node->largest);
    }
}
END_TEST

/* A membrane so short that a unit of its stream is more than the threshold. */
START_TEST(streams_that_are_too_coarse_are_refused)
{
    const struct sq_fixed_settings one = {.weight_bits = 4, .membrane_bits = 10, .pixel_bits = 4};
    const char *const set = "v_threshold=0.001";
    tiny_prepare(TINY_CIFAR10, 1);
    ck_assert_int_eq(sq_network_load(&err, NULL, "test/golden/fixed-cml-1-16/model.safetensors",
                                     "test/golden/fixed-cml-1-16/config.json", &set, 1, &loaded),
                     SQ_OK);
    ck_assert_int_eq(sq_fixed_make(&err, loaded, &one, NULL), SQ_EVALUE);
    ck_assert_msg(strstr(err.text, "a unit of the stream patch_embed.proj2_bn is 2^-4, more than "
                                   "the threshold; use more " SQ_OPT "membrane-bits") != NULL,
                  "%s", err.text);
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
    if (_i > 0)
        load_relative(relative[_i - 1], &settings[1]);
    else {
        tiny_prepare(TINY_CIFAR10, 1);
        make_and_write(&settings[1]);
    }
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
    tcase_add_loop_test(t, streams_are_read_as_they_were_written, 0, 2 * N_RELATIVES);
    tcase_add_test(t, streams_that_are_too_coarse_are_refused);
    tcase_add_loop_test(t, damage_is_refused_or_harmless, 0, 1 + N_RELATIVES);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
