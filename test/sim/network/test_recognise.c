/* Which architecture a state dict is of: all are tried, the one that fits in every tensor wins, whatever the
 * prefix; where none does, the nearest is named with the first tensor that does not fit. */
#include "sim/network/recognise.h"

#include "sim/config/config_extra.h"
#include "test/sim/input/temp_files.h"
#include "test/support/tiny_file.h"

static struct sq_error err;
static struct sq_architectures known;
static struct sq_checkpoint *checkpoint;
static char rivals[SQ_RIVALS]; /* of the last recognition */

/* "NAME AxBxC" for each tensor: zeros of that shape, under a prefix. */
static void write_tensors(const char *root, const char *const *tensor)
{
    static const float zero[4096];
    struct tiny_tensors all = {.n = 0};
    for (; *tensor != NULL; tensor++) {
        char name[96] = "";
        uint64_t dim[4] = {0};
        const char *at = strchr(*tensor, ' ');
        uint32_t n = 0;
        snprintf(name, sizeof name, "%s%.*s", root, (int)(at - *tensor), *tensor);
        for (char *end; *at != '\0'; at = end)
            dim[n++] = strtoull(at + 1, &end, 10);
        tiny_tensor_add(&all, name, n, dim, zero);
    }
    tiny_write_tensors(&all, temp_path("model.safetensors"));
    tiny_tensors_free(&all);
    sq_checkpoint_free(checkpoint);
    checkpoint = NULL;
    expect_ok(&err, sq_checkpoint_open(&err, temp_path("model.safetensors"), &checkpoint));
}

static void open_known(const char *only)
{
    sq_architectures_close(&known);
    expect_ok(&err, sq_architectures_open(&err, "configs", only, &known));
}

static int recognise(const char *root, struct sq_config *sizes)
{
    const struct sq_architecture *architecture = NULL;
    const int status =
        sq_recognise(&err, checkpoint, "FILE", root, &known, &architecture, sizes, rivals);
    ck_assert(status != SQ_OK || architecture != NULL);
    return status;
}

static void discard(void)
{
    sq_architectures_close(&known);
    sq_checkpoint_free(checkpoint);
    checkpoint = NULL;
}

static const struct {
    const char *architecture;
    int takes_frames;
    const char *rivals; /* others that the same weights fit; "" */
    const char *tensor[8];
} published[] = {
    {"spikformer-cifar10",
     0,
     "",
     {"patch_embed.proj_conv.weight 2x3x3x3", "block.0.attn.q_linear.weight 16x16",
      "block.1.attn.q_linear.weight 16x16", "block.0.mlp.fc1_linear.weight 48x16",
      "head.weight 5x16", NULL}},
    {"spikformer-cifar10dvs",
     1,
     "",
     {"patch_embed.proj_conv.weight 2x3x3x3", "block.0.attn.q_conv.weight 16x16x1",
      "block.1.attn.q_conv.weight 16x16x1", "block.0.mlp.fc1_conv.weight 48x16x1",
      "head.weight 5x16", NULL}},
    {"spikformer-imagenet",
     0,
     "",
     {"patch_embed.proj_conv.weight 2x3x3x3", "block.0.attn.q_conv.weight 16x16x1",
      "block.1.attn.q_conv.weight 16x16x1", "block.0.mlp.fc1_conv.weight 48x16x1x1",
      "head.weight 5x16", NULL}},
    {"spikingformer-cifar",
     0,
     "",
     {"patch_embed.block0_conv.weight 2x3x3x3", "block.0.attn.q_conv.weight 16x16x1",
      "block.1.attn.q_conv.weight 16x16x1", "block.0.mlp.mlp1_conv.weight 48x16x1x1",
      "patch_embed.block4_conv.weight 16x16x3x3", "head.weight 5x16", NULL}},
    {"cml-spikingformer-cifar",
     0,
     "cml-spikingformer-cifar, cml-spikingformer-imagenet, spikingformer-imagenet",
     {"patch_embed.proj_conv.weight 2x3x3x3", "block.0.attn.q_conv.weight 16x16x1",
      "block.1.attn.q_conv.weight 16x16x1", "block.0.mlp.mlp1_conv.weight 48x16x1x1",
      "patch_embed.proj4_conv.weight 16x16x3x3", "head.weight 5x16", NULL}},
    /* the same tensors, but two channels: a camera's */
    {"cml-spikingformer-dvs",
     1,
     "cml-spikingformer-dvs, spikingformer-dvs",
     {"patch_embed.proj_conv.weight 2x2x3x3", "block.0.attn.q_conv.weight 16x16x1",
      "block.1.attn.q_conv.weight 16x16x1", "block.0.mlp.mlp1_conv.weight 48x16x1x1",
      "patch_embed.proj4_conv.weight 16x16x3x3", "head.weight 5x16", NULL}},
};

/* Under any prefix, and with tensors of others beside it. */
START_TEST(each_architecture_is_known_by_its_tensors)
{
    static const char *const root[] = {"", "module.", "state_dict.model."};
    for (size_t i = 0; i < 3; i++) {
        struct sq_config sizes;
        open_known(NULL);
        write_tensors(root[i], published[_i].tensor);
        expect_ok(&err, recognise(root[i], &sizes));
        ck_assert_str_eq(sizes.architecture, published[_i].architecture);
        ck_assert_int_eq(sizes.takes_frames, published[_i].takes_frames);
        ck_assert_uint_eq(sizes.depth, 2);
        ck_assert_uint_eq(sizes.dim, 16);
        ck_assert_uint_eq(sizes.classes, 5);
        ck_assert_uint_eq(sizes.mlp_hidden, 48);
        ck_assert_uint_eq(sizes.in_channels, published[_i].takes_frames && _i > 2 ? 2 : 3);
        ck_assert_uint_eq(sizes.heads, 0);
        ck_assert_str_eq(rivals, published[_i].rivals);
    }
}
END_TEST

/* The user's choice wins where it fits, and nobody is asked. */
START_TEST(a_preferred_rival_is_taken)
{
    struct sq_config sizes;
    const size_t images = 4;
    for (int i = 0; i < 2; i++) {
        open_known(NULL);
        known.preferred = i == 0 ? "spikingformer-imagenet" : "spikformer-cifar10";
        write_tensors("", published[images].tensor);
        expect_ok(&err, recognise("", &sizes));
        ck_assert_str_eq(sizes.architecture,
                         i == 0 ? "spikingformer-imagenet" : "cml-spikingformer-cifar");
        ck_assert_str_eq(rivals, i == 0 ? "" : published[images].rivals);
    }
}
END_TEST

/* Words that tensors tell: its neurons; and whether it takes frames, by its channels. */
START_TEST(a_spike_driven_transformer_says_its_neurons)
{
    static const char *const stem[] = {"patch_embed.proj_conv.weight 2x3x3x3",
                                       "patch_embed.proj_conv.weight 2x2x3x3"};
    for (int i = 0; i < 4; i++) {
        const char *tensor[] = {stem[i / 2],
                                "block.0.attn.q_conv.weight 16x16x1x1",
                                "block.0.attn.talking_heads.weight 4x4x1",
                                "block.0.mlp.fc1_conv.weight 48x16x1x1",
                                "head.weight 5x16",
                                i % 2 ? "patch_embed.proj_lif.w 1" : NULL,
                                NULL};
        struct sq_config sizes;
        open_known(NULL);
        write_tensors("", tensor);
        expect_ok(&err, recognise("", &sizes));
        ck_assert_str_eq(sizes.architecture, "sdt");
        ck_assert_uint_eq(sizes.heads, 4);
        ck_assert_str_eq(sq_config_extra_of(&sizes, "spike_mode"), i % 2 ? "plif" : "lif");
        ck_assert_str_eq(rivals, "");
    }
}
END_TEST

static const struct {
    const char *says;
    const char *tensor[8];
} refused[] = {
    {"FILE: no tensor \"patch_embed.proj_conv.weight\"; this is not the state dict of an "
     "architecture "
     "that is known (cml-spikingformer-cifar, ",
     {"layer.weight 4x4", NULL}},
    {"no tensor \"head.weight\"; of the architectures that are known (",
     {"patch_embed.proj_conv.weight 2x3x3x3", "block.0.attn.q_linear.weight 16x16",
      "block.0.mlp.fc1_linear.weight 48x16", NULL}},
    {") spikformer-cifar10 comes nearest",
     {"patch_embed.proj_conv.weight 2x3x3x3", "block.0.attn.q_linear.weight 16x16",
      "block.0.mlp.fc1_linear.weight 48x16", NULL}},
    {") spikformer-imagenet comes nearest",
     {"block.0.attn.q_conv.weight 16x16x1", "block.0.mlp.fc1_conv.weight 48x16x1x1",
      "head.weight 5x16", NULL}},
    {"tensor \"block.0.attn.q_linear.weight\" has 3 axes, that of spikformer-cifar10 2; this is "
     "the "
     "state dict of a relative",
     {"patch_embed.proj_conv.weight 2x3x3x3", "block.0.attn.q_linear.weight 16x16x1",
      "block.0.mlp.fc1_linear.weight 48x16", "head.weight 5x16", NULL}},
    {"tensor \"head.weight_g\" is part of a weight that is computed when the network runs",
     {"patch_embed.proj_conv.weight 2x3x3x3", "block.0.attn.q_linear.weight 16x16",
      "block.0.mlp.fc1_linear.weight 48x16", "head.weight_g 5x1", NULL}},
};

START_TEST(what_fits_none_names_the_nearest)
{
    struct sq_config sizes;
    open_known(NULL);
    write_tensors("", refused[_i].tensor);
    expect(&err, recognise("", &sizes), SQ_EUNSUPPORTED, refused[_i].says);
    if (strstr(err.text, "is part of") == NULL)
        ck_assert_ptr_nonnull(strstr(err.text, SQ_OTHER_NETWORKS));
}
END_TEST

static const char own[] =
    "{\"name\": \"own\", \"recognise\": {\"a.weight\": 2, \"b.weight\": 0}, \"input\": \"frames\","
    " \"patch_size\": 8, \"sizes\": {%s}, \"nodes\": []}";

static const struct {
    const char *sizes;
    int code;
    const char *says; /* SQ_OK: the value of "width" */
} read_sizes[] = {
    {"\"width\": \"axis 0 of a.weight\"", SQ_OK, "4"},
    {"\"width\": \"axis 1 of a.weight\"", SQ_OK, "6"},
    {"\"width\": \"count layer.*.weight\"", SQ_OK, "3"},
    {"\"width\": \"count nothing.*\"", SQ_OK, "0"},
    {"\"width\": \"axis 2 of a.weight\"", SQ_ESHAPE, "tensor \"a.weight\" has no usable axis 2"},
    {"\"width\": \"axis 0 of c.weight\"", SQ_EUNSUPPORTED, "no tensor \"c.weight\""},
    {"\"width\": \"axis 8 of a.weight\"", SQ_EFORMAT,
     "sizes: \"width\" must be \"[N +] count PATTERN\""},
    {"\"width\": \"axis 0 of \"", SQ_EFORMAT, "sizes: \"width\" must be"},
    {"\"width\": \"count layers\"", SQ_EFORMAT, "sizes: \"width\" must be"},
    {"\"width\": 4", SQ_EFORMAT, "sizes: \"width\" must be"},
    {"\"width\": \"wide if layer.1.weight else narrow\"", SQ_OK, "wide"},
    {"\"width\": \"wide if layer.3.weight else narrow\"", SQ_OK, "narrow"},
    {"\"width\": \"1 if b.weight else 0\"", SQ_OK, "1"},
    {"\"width\": \"wide if b.weight else\"", SQ_EFORMAT, "\"A if TENSOR else B\""},
    {"\"width\": \"wide if b.weight else narrow or not\"", SQ_EFORMAT, "\"A if TENSOR else B\""},
};

/* An architecture of the user's own, by its path: it alone is tried. */
START_TEST(sizes_are_read_from_tensors)
{
    static const char *const tensor[] = {
        "a.weight 4x6",     "b.weight 3",       "layer.0.weight 1", "layer.1.weight 1",
        "layer.2.weight 1", "layer.4.weight 1", "head.weight 5x16", NULL};
    char text[512];
    struct sq_config sizes;
    snprintf(text, sizeof text, own, read_sizes[_i].sizes);
    open_known(temp_text("own.json", text));
    write_tensors("", tensor);
    expect(&err, recognise("", &sizes), read_sizes[_i].code, read_sizes[_i].says);
    if (read_sizes[_i].code != SQ_OK)
        return;
    ck_assert_uint_eq(sizes.n_extra, 1);
    ck_assert_str_eq(sizes.extra[0].value, read_sizes[_i].says);
    ck_assert_str_eq(sizes.architecture, temp_path("own.json"));
    ck_assert(sizes.takes_frames && sizes.patch == 8);
}
END_TEST

/* Sizes that "recognise" states: 0 is any. An architecture that states more of them wins. */
static const struct {
    const char *recognise, *says; /* NULL: it fits */
} stated[] = {
    {"\"a.weight\": [4, 6]", NULL},
    {"\"a.weight\": [0, 6]", NULL},
    {"\"a.weight\": [0, 5]", "tensor \"a.weight\" has 2 axes"},
    {"\"a.weight\": [4, 6, 1]", NULL}, /* too few axes: loading says what is wrong */
    {"\"a.weight\": [4]", "tensor \"a.weight\" has 2 axes, that of own 1"},
};

START_TEST(sizes_that_are_stated)
{
    static const char *const tensor[] = {"a.weight 4x6", NULL};
    char text[512];
    struct sq_config sizes;
    snprintf(text, sizeof text, "{\"name\": \"own\", \"recognise\": {%s}, \"nodes\": []}",
             stated[_i].recognise);
    open_known(temp_text("own.json", text));
    write_tensors("", tensor);
    expect(&err, recognise("", &sizes), stated[_i].says == NULL ? SQ_OK : SQ_EUNSUPPORTED,
           stated[_i].says != NULL ? stated[_i].says : "");
}
END_TEST

/* The first tensor of each, by which networks are found in a file. */
static int count_first(const char *name, void *data)
{
    unsigned *n = data;
    ck_assert_str_eq(name, "patch_embed.proj_conv.weight");
    return ++*n == 3;
}

START_TEST(first_tensors)
{
    unsigned n = 0;
    open_known("spikformer-cifar10");
    ck_assert_int_eq(sq_first_tensors(&known, count_first, &n), 0);
    ck_assert_uint_eq(n, 1);
}
END_TEST

#define N_OF(list) ((int)(sizeof(list) / sizeof *(list)))

static Suite *recognise_suite(void)
{
    Suite *suite = suite_create("recognise");
    TCase *tests = tcase_create("architectures");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_loop_test(tests, each_architecture_is_known_by_its_tensors, 0, N_OF(published));
    tcase_add_loop_test(tests, what_fits_none_names_the_nearest, 0, N_OF(refused));
    tcase_add_loop_test(tests, sizes_are_read_from_tensors, 0, N_OF(read_sizes));
    tcase_add_test(tests, a_preferred_rival_is_taken);
    tcase_add_test(tests, a_spike_driven_transformer_says_its_neurons);
    tcase_add_loop_test(tests, sizes_that_are_stated, 0, N_OF(stated));
    tcase_add_test(tests, first_tensors);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(recognise_suite())
