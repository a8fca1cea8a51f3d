/* NIR graphs that cannot run: each is refused by a sentence that names what is wrong. */
#include "sim/nir/nir.h"

#include "test/sim/input/temp_files.h"
#include "test/support/nir_file.h"

static struct nir_file nir;

/* A change of the small network, and what is said of it. */
struct refused {
    void (*change)(void);
    int code;
    const char *says;
};

static void swap_type(const char *node, const char *type)
{
    nir_remove(&nir, node, NULL);
    nir_node(&nir, node, type);
}

static void cuba(void)
{
    swap_type("conv.n", "CubaLIF");
}
static void leaky(void)
{
    swap_type("last.n", "LI");
}
static void delay(void)
{
    swap_type("pool", "Delay");
}
static void one_axis(void)
{
    swap_type("conv", "Conv1d");
}
static void nested(void)
{
    swap_type("conv", "NIRGraph");
}
static void newer(void)
{
    swap_type("conv", "Conv3d\"\n\x1b");
}
static void no_type(void)
{
    nir_remove(&nir, "conv", "type");
}
static void no_weight(void)
{
    nir_remove(&nir, "conv", "weight");
}
static void no_bias(void)
{
    nir_remove(&nir, "affine", "bias");
}
static void no_threshold(void)
{
    nir_remove(&nir, "conv.n", "v_threshold");
}
static void no_stride(void)
{
    nir_remove(&nir, "conv", "stride");
}
static void dilated(void)
{
    nir_whole(&nir, "conv", "dilation", 2, 2);
}
static void oblong(void)
{
    nir_whole(&nir, "conv", "stride", 1, 2);
}
static void uneven_pad(void)
{
    nir_whole(&nir, "conv", "padding", 1, 0);
}
static void no_step(void)
{
    nir_whole(&nir, "pool", "stride", 0, 0);
}
static void negative(void)
{
    nir_whole(&nir, "conv", "padding", -1, -1);
}
static void huge_kernel(void)
{
    nir_whole(&nir, "pool", "kernel_size", 99, 99);
}
static void oblong_kernel(void)
{
    nir_fill(&nir, "conv", "weight", 1, NIR_DIMS(4, 2, 3, 1));
}
static void flat_weight(void)
{
    nir_fill(&nir, "conv", "weight", 1, NIR_DIMS(4, 18));
}
static void whole_weight(void)
{
    nir_whole(&nir, "conv", "bias", 1, 1);
}
static void many_inputs(void)
{
    nir_fill(&nir, "conv", "weight", 1, NIR_DIMS(4, 3, 3, 3));
}
static void many_biases(void)
{
    nir_fill(&nir, "conv", "bias", 1, NIR_DIMS(5));
}
static void wide_affine(void)
{
    nir_fill(&nir, "affine", "weight", 1, NIR_DIMS(3, 65));
}
static void uneven(void)
{
    nir_ramp(&nir, "last.n", "v_threshold", 1, 0.5, NIR_DIMS(3));
}
static void uneven_tau(void)
{
    nir_ramp(&nir, "last.n", "tau", 1, 0.5, NIR_DIMS(3));
}
static void leak(void)
{
    nir_fill(&nir, "last.n", "v_leak", 0.5F, NIR_DIMS(3));
}
static void reset(void)
{
    nir_fill(&nir, "last.n", "v_reset", -1, NIR_DIMS(3));
}
static void no_tau(void)
{
    nir_fill(&nir, "last.n", "tau", 0, NIR_DIMS(3));
}
static void no_r(void)
{
    nir_fill(&nir, "last.n", "r", -2, NIR_DIMS(3));
}
static void below(void)
{
    nir_fill(&nir, "last.n", "v_threshold", 0, NIR_DIMS(3));
}
static void infinite(void)
{
    nir_fill(&nir, "last.n", "r", 1e38F * 10, NIR_DIMS(3));
}
static void other_shape(void)
{
    nir_fill(&nir, "last.n", "r", 1, NIR_DIMS(4));
}
static void many_axes(void)
{
    nir_fill(&nir, "last.n", "v_threshold", 1, NIR_DIMS(1, 1, 1, 1, 1, 1, 1, 1, 2));
}
static void part_flat(void)
{
    nir_whole(&nir, "flat", "start_dim", 1, 1);
}
static void loop(void)
{
    nir_edge(&nir, "conv.n", "conv");
}
static void own_loop(void)
{
    nir_edge(&nir, "conv.n", "conv.n");
}
static void unknown_end(void)
{
    nir_edge(&nir, "conv.n", "nowhere");
}
static void long_end(void)
{
    nir_edge(&nir, "a name that is longer than any that a node may have, so that it is cut",
             "conv");
}
static void unread(void)
{
    nir_pool(&nir, "more", "AvgPool2d", 2), nir_edge(&nir, "conv.n", "more");
}
static void unfed(void)
{
    nir_pool(&nir, "more", "AvgPool2d", 2), nir_edge(&nir, "more", "flat");
}
static void alone(void)
{
    nir_pool(&nir, "more", "AvgPool2d", 2);
}
static void fed_input(void)
{
    nir_edge(&nir, "conv", "input");
}
static void two_inputs(void)
{
    nir_node(&nir, "more", "Input"), nir_whole(&nir, "more", "shape", 1, 1);
}
static void no_edges(void)
{
    nir.n_edges = 0;
}
static void other_sum(void)
{
    nir_edge(&nir, "conv.n", "flat");
}
static void braces(void)
{
    nir_node(&nir, "a{b}", "Flatten");
}
static void long_name(void)
{
    nir_node(&nir, "a.name.that.is.longer.than.any.that.a.node.of.the.graph.may.have", "Flatten");
}
static void no_grid(void)
{
    nir_edge(&nir, "flat", "pool"), nir.edge[2][0] = "input", nir.edge[2][1] = "flat";
}

static const struct refused refused[] = {
    {cuba, SQ_EUNSUPPORTED, "node \"conv.n\" is a CubaLIF, which has no counterpart"},
    {leaky, SQ_EUNSUPPORTED, "node \"last.n\" is a LI, which has no counterpart"},
    {delay, SQ_EUNSUPPORTED, "node \"pool\" is a Delay, which has no counterpart"},
    {one_axis, SQ_EUNSUPPORTED, "node \"conv\" is a Conv1d, which has no counterpart"},
    {nested, SQ_EUNSUPPORTED, "node \"conv\" is a NIRGraph, which has no counterpart"},
    {newer, SQ_EUNSUPPORTED, "node \"conv\" is of type \"Conv3d"},
    {no_type, SQ_EFORMAT, "/node/nodes/conv/type is missing"},
    {no_weight, SQ_EFORMAT, "/node/nodes/conv/weight is missing"},
    {no_bias, SQ_EFORMAT, "/node/nodes/affine/bias is missing"},
    {no_threshold, SQ_EFORMAT, "/node/nodes/conv.n/v_threshold is missing"},
    {no_stride, SQ_EFORMAT, "/node/nodes/conv/stride is missing"},
    {dilated, SQ_EUNSUPPORTED, "node \"conv\" (Conv2d): its dilation is 2"},
    {oblong, SQ_EUNSUPPORTED, "node \"conv\" (Conv2d): stride is 1x2"},
    {uneven_pad, SQ_EUNSUPPORTED, "node \"conv\" (Conv2d): padding is 1x0"},
    {no_step, SQ_EUNSUPPORTED, "node \"pool\" (SumPool2d): stride must be"},
    {negative, SQ_EUNSUPPORTED, "node \"conv\" (Conv2d): padding must be"},
    {huge_kernel, SQ_ESHAPE, "a 99x99 window with padding 0 does not fit what it reads, 4x8x8"},
    {oblong_kernel, SQ_EUNSUPPORTED, "its kernel is 3x1; kernels here are square"},
    {flat_weight, SQ_EFORMAT, "weight must be an array of floats with 4 axes"},
    {whole_weight, SQ_EFORMAT, "bias must be an array of floats with 1 axes"},
    {many_inputs, SQ_ESHAPE, "its weight [4, 3, 3, 3] in 1 groups does not fit the 2 channels"},
    {many_biases, SQ_ESHAPE, "has 5 biases for 4 outputs"},
    {wide_affine, SQ_ESHAPE, "its weight [3, 65] does not fit what it reads, 64"},
    {uneven, SQ_EUNSUPPORTED, "v_threshold differs between its neurons (1 and 1.5)"},
    {uneven_tau, SQ_EUNSUPPORTED, "tau differs between its neurons (1 and 1.5)"},
    {leak, SQ_EUNSUPPORTED, "node \"last.n\" (LIF): its v_leak is 0.5; membranes here leak"},
    {reset, SQ_EUNSUPPORTED, "node \"last.n\" (LIF): its v_reset is -1; membranes here are"},
    {no_tau, SQ_EVALUE, "its tau is 0 s"},
    {no_r, SQ_EUNSUPPORTED, "its r is -2"},
    {below, SQ_EUNSUPPORTED, "its v_threshold / r is 0"},
    {infinite, SQ_EVALUE, "r of neuron 0 is not a finite number"},
    {other_shape, SQ_ESHAPE, "r and v_threshold have different shapes"},
    {many_axes, SQ_EFORMAT, "is not an array of numbers of at most 8 axes"},
    {part_flat, SQ_EUNSUPPORTED, "node \"flat\" (Flatten): it flattens axes 1 to -1"},
    {loop, SQ_EUNSUPPORTED, "edges lead back to it"},
    {own_loop, SQ_EUNSUPPORTED, "edges lead back to it"},
    {unknown_end, SQ_EFORMAT, "an edge names \"nowhere\", but there is no such node"},
    {long_end, SQ_EFORMAT, "an edge names \"a name that is longer"},
    {unread, SQ_EUNSUPPORTED, "node \"more\" (AvgPool2d): no edge leaves it"},
    {unfed, SQ_EUNSUPPORTED, "node \"more\" (AvgPool2d): no edge leads to it"},
    {alone, SQ_EUNSUPPORTED, "node \"more\" (AvgPool2d): no edge leads to it"},
    {fed_input, SQ_EUNSUPPORTED, "node \"input\" (Input): an edge leads to it"},
    {two_inputs, SQ_EUNSUPPORTED, "its shape must be [channels, height, width] or [channels]"},
    {no_edges, SQ_EUNSUPPORTED, "no edge leads to it"},
    {other_sum, SQ_ESHAPE, "reads 4x8x8 and, from \"pool\", 4x4x4; their sum needs one shape"},
    {braces, SQ_EUNSUPPORTED, "node \"a{b}\": names must have"},
    {long_name, SQ_EUNSUPPORTED, "node \"a.name.that"},
    {no_grid, SQ_EUNSUPPORTED, "no edge leaves it"},
};

static void expect_refused(const char *path, int code, const char *says)
{
    struct sq_error err = {0};
    struct sq_nir *file = NULL;
    ck_assert_msg(sq_nir_open(&err, path, &file) == code, "code %d: %s", err.code, err.text);
    ck_assert_msg(strstr(err.text, says) != NULL, "%s\nwanted: %s", err.text, says);
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0, "%s", err.text);
    ck_assert_ptr_null(strchr(err.text, '\n'));
    ck_assert_ptr_null(file);
    ck_assert_int_eq(sq_nir_open(NULL, path, &file), code);
}

START_TEST(what_has_no_counterpart_is_refused_by_name)
{
    const char *path = temp_path("x.nir");
    nir_small(&nir, path, "LIF");
    refused[_i].change();
    nir_end(&nir);
    expect_refused(path, refused[_i].code, refused[_i].says);
}
END_TEST

/* Every prefix is read, and every byte changed, without a crash. */
START_TEST(damaged_files_are_refused_or_read)
{
    static unsigned char bytes[1 << 17];
    struct sq_rng rng = {5};
    nir_small(&nir, temp_path("x.nir"), "IF");
    nir_end(&nir);
    FILE *file = fopen(temp_path("x.nir"), "rb");
    const size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    ck_assert_uint_lt(n, sizeof bytes);
    for (int i = 0; i < 400; i++) {
        struct sq_error err = {0};
        cJSON *architecture = NULL;
        const size_t at = (size_t)sq_rng_below(&rng, n);
        const unsigned char was = bytes[at];
        bytes[at] = (unsigned char)sq_rng_next(&rng);
        const char *path = temp_write("y.nir", bytes, i % 2 == 0 ? n : at);
        if (sq_nir_architecture(&err, path, &architecture) != SQ_OK)
            ck_assert_uint_gt(strlen(err.text), 0);
        cJSON_Delete(architecture);
        bytes[at] = was;
    }
}
END_TEST

START_TEST(other_files_are_no_graphs)
{
    const char *path = temp_path("x.nir");
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    ck_assert_int_eq(sq_nir_is_one(path), 0);
    expect_refused(path, SQ_EFORMAT, "is an HDF5 file without a NIR graph");
    path = temp_write("y.nir", "{\"nodes\": []}", 13);
    ck_assert_int_eq(sq_nir_is_one(path), 0);
    expect_refused(path, SQ_EFORMAT, "cannot be read as an HDF5 file");
    ck_assert_int_eq(sq_nir_is_one(temp_dir), 0);
    ck_assert_int_eq(sq_nir_is_one("/dev/zero"), 0);
}
END_TEST

/* Claims that nothing in the file supports: an array that was never written. */
START_TEST(arrays_without_data_are_refused)
{
    const hsize_t dims[4] = {1 << 20, 1 << 20, 3, 3};
    const char *path = temp_path("x.nir");
    nir_small(&nir, path, "IF");
    nir_remove(&nir, "conv", "weight");
    const hid_t space = H5Screate_simple(4, dims, NULL), node = H5Gopen2(nir.nodes, "conv", 0);
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[4] = {64, 64, 3, 3};
    H5Pset_chunk(list, 4, chunk);
    H5Dclose(H5Dcreate2(node, "weight", H5T_IEEE_F32LE, space, 0, list, 0));
    H5Pclose(list);
    H5Sclose(space);
    H5Gclose(node);
    nir_end(&nir);
    expect_refused(path, SQ_EFORMAT, "claims to be larger than the file can be");
}
END_TEST

/* A graph is one file: neither links to others nor data elsewhere are followed. */
START_TEST(other_files_are_not_followed)
{
    const char *path = temp_path("x.nir"), *other = temp_path("other.nir");
    nir_small(&nir, other, "IF");
    nir_end(&nir);
    nir_small(&nir, path, "IF");
    nir_remove(&nir, "conv", "weight");
    H5Lcreate_external(other, "/node/nodes/conv/weight", nir.nodes, "conv/weight", 0, 0);
    nir_end(&nir);
    expect_refused(path, SQ_EFORMAT, "/node/nodes/conv/weight is missing");
    nir_small(&nir, path, "IF");
    nir_remove(&nir, "conv", "bias");
    H5Lcreate_soft("/node/nodes/conv/weight", nir.nodes, "conv/bias", 0, 0);
    nir_end(&nir);
    expect_refused(path, SQ_EFORMAT, "/node/nodes/conv/bias is missing");
    nir_small(&nir, path, "IF");
    nir_remove(&nir, "conv", "bias");
    const hsize_t n = 4;
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &n, NULL);
    H5Pset_external(list, "/etc/passwd", 0, 16);
    H5Dclose(H5Dcreate2(nir.nodes, "conv/bias", H5T_IEEE_F32LE, space, 0, list, 0));
    H5Pclose(list);
    H5Sclose(space);
    nir_end(&nir);
    expect_refused(path, SQ_EFORMAT, "not a dataset of this file");
}
END_TEST

static Suite *nir_suite(void)
{
    Suite *suite = suite_create("sim/nir");
    TCase *tests = tcase_create("refused");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, what_has_no_counterpart_is_refused_by_name, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, damaged_files_are_refused_or_read);
    tcase_add_test(tests, other_files_are_no_graphs);
    tcase_add_test(tests, arrays_without_data_are_refused);
    tcase_add_test(tests, other_files_are_not_followed);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(nir_suite())
