/* Loading a network: weights and configuration must agree, and without a configuration the
 * published sizes are searched. */
#include "test/sim/network/tiny_load.h"

#include "sim/network/recognise.h"

static void set_up(void)
{
    tiny_prepare(TINY_CIFAR10, 1);
}

START_TEST(a_disagreement_names_key_tensor_and_both_values)
{
    static const struct {
        const char *set, *part;
    } wrong[] = {
        {"depth=2",
         "tensor \"block.*.attn.q_linear.weight\" gives depth = 1, the configuration says 2"},
        {"dim=32", "tensor \"head.weight\" gives dim = 16, the configuration says 32"},
        {"classes=10", "tensor \"head.weight\" gives classes = 7, the configuration says 10"},
        {"mlp_hidden=64", "gives mlp_hidden = 40, the configuration says 64"},
        {"mlp_ratio=4", "gives mlp_hidden = 40, the configuration says 64"},
        {"in_channels=1", "tensor \"patch_embed.proj_conv.weight\" gives in_channels = 3, the "
                          "configuration says 1"},
        {"layout=imagenet",
         "the weights are those of the architecture spikformer-cifar10, the configuration says "
         "spikformer-imagenet"},
        {"heads=3", "dim = 16 cannot be divided among heads = 3"},
        {"image_size=10", "image 10x10, but spikformer-cifar10 needs multiples of 4"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_refused(tiny_load_own(wrong[i].set), SQ_ESHAPE, wrong[i].part);
    expect_ok(&err, tiny_load_own("depth=1"));
}
END_TEST

START_TEST(layouts_are_told_apart)
{
    static const enum tiny_layout layout[] = {TINY_CIFAR10, TINY_IMAGENET, TINY_CIFAR10DVS};
    for (int i = 0; i < 3; i++) {
        tiny_discard();
        tiny_prepare(layout[i], 2);
        expect_ok(&err, tiny_load_own("architecture=null"));
        ck_assert_int_eq(TINY_LAYOUT_OF(&loaded->config), layout[i]);
        ck_assert_uint_eq(loaded->config.depth, 2);
        ck_assert_uint_eq(loaded->config.mlp_hidden, 40);
    }
}
END_TEST

START_TEST(defaults_are_the_official_ones)
{
    static const char open[] = "{\"heads\": 4, \"T\": 2, \"image_size\": 16}";
    expect_ok(&err, tiny_load(temp_text("open.json", open), NULL));
    ck_assert(loaded->config.v_threshold == 1 && loaded->config.attn_v_threshold == 0.5f);
    ck_assert(loaded->config.attn_scale == 0.125f && loaded->config.bn_eps == 1e-5f);
    tiny_discard();
    tiny_prepare(TINY_CIFAR10DVS, 1);
    expect_ok(&err, tiny_load(temp_path("open.json"), NULL));
    ck_assert(loaded->config.attn_scale == 0.25f);
}
END_TEST

START_TEST(what_the_weights_cannot_tell_must_be_given)
{
    static const struct {
        const char *text, *key;
    } open[] = {
        {"{\"T\": 2, \"image_size\": 16}",
         "\"heads\"; give " SQ_OPT "config NAME or " SQ_OPT "set heads=N"},
        {"{\"heads\": 4, \"image_size\": 16}", SQ_OPT "set T=N"},
        {"{\"heads\": 4, \"T\": 2, \"image_width\": 16}", SQ_OPT "set image_height=N"},
        {"{\"heads\": 4, \"T\": 2, \"image_height\": 16}", SQ_OPT "set image_width=N"},
    };
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        expect_refused(tiny_load(temp_text("open.json", open[i].text), NULL), SQ_EVALUE,
                       open[i].key);
}
END_TEST

/* models/NAME.json in the folder of configurations, with the sizes of the file but for `more`. */
static void publish(const char *name, const char *more)
{
    char text[256], file[64];
    mkdir(temp_path("models"), 0700);
    snprintf(file, sizeof file, "models/%s.json", name);
    snprintf(
        text, sizeof text,
        "{\"layout\": \"cifar10\", \"depth\": 1, \"dim\": 16, \"in_channels\": 3, \"heads\": 4, "
        "\"T\": 2, \"image_height\": 8, \"image_width\": 12, %s}",
        more);
    temp_text(file, text);
}

static void unpublish(void)
{
    temp_remove_tree(temp_path("models"));
}

START_TEST(without_config_the_only_match_is_taken)
{
    publish("one", "\"classes\": 7");
    publish("other-classes", "\"classes\": 10");
    expect_ok(&err, tiny_load(NULL, NULL));
    ck_assert_str_eq(loaded->config.name, "one");
    ck_assert_uint_eq(loaded->config.image_width, 12);
    expect_ok(&err, tiny_load(NULL, "T=5"));
    ck_assert_uint_eq(loaded->config.timesteps, 5);
    unpublish();
}
END_TEST

START_TEST(without_config_several_matches_are_named)
{
    publish("a", "\"classes\": 7");
    publish("b", "\"classes\": 7");
    publish("c", "\"classes\": 8");
    expect_refused(tiny_load(NULL, NULL), SQ_EVALUE,
                   "give " SQ_OPT "config NAME (a, b) or " SQ_OPT "set heads=N");
    unpublish();
}
END_TEST

START_TEST(without_config_and_match_sizes_must_be_set)
{
    publish("c", "\"classes\": 8");
    expect_refused(tiny_load(NULL, NULL), SQ_EVALUE,
                   "give " SQ_OPT "config NAME or " SQ_OPT "set heads=N");
    expect_refused(tiny_load(NULL, "heads=4"), SQ_EVALUE, SQ_OPT "set T=N");
    const char *const all[] = {"heads=4", "T=2", "image_height=8", "image_width=12"};
    ck_assert_int_eq(
        sq_network_load(&err, temp_dir, temp_path("model.safetensors"), NULL, all, 4, &loaded),
        SQ_OK);
    ck_assert_str_eq(loaded->config.name, "(from the weights)");
    unpublish();
}
END_TEST

/* The search must not take a size whose MLP the weights do not have. */
START_TEST(a_match_has_the_hidden_size_too)
{
    publish("a", "\"classes\": 7, \"mlp_hidden\": 64");
    publish("b", "\"classes\": 7, \"mlp_hidden\": 40");
    expect_ok(&err, tiny_load(NULL, NULL));
    ck_assert_str_eq(loaded->config.name, "b");
    unpublish();
}
END_TEST

START_TEST(what_set_refuses)
{
    static const struct {
        int code;
        const char *set, *part;
    } wrong[] = {
        {SQ_EUSAGE, "heads", SQ_OPT "set heads: expected key=value"},
        {SQ_EUSAGE, "=4", SQ_OPT "set =4: expected key=value"},
        {SQ_EUSAGE, "", "expected key=value"},
        {SQ_EFORMAT, "haeds=4", "did you mean \"heads\"?"},
        {SQ_EFORMAT, "heads=four", SQ_OPT "set: \"heads\" must be an integer"},
        {SQ_EVALUE, "heads=0", "must lie in 1..1024"},
        {SQ_EVALUE, "attn_scale=0.3", "must be a power of two"},
        {SQ_EVALUE, "tau=0.5", "must lie in 1..1000000"},
        {SQ_EVALUE, "v_reset=1", "this simulator knows only 0"},
        {SQ_EVALUE, "populations=[]", "is a remark in a configuration and changes nothing"},
        {SQ_EVALUE, "layout=resnet", "known: cml-spikingformer-cifar, "},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_refused(tiny_load_own(wrong[i].set), wrong[i].code, wrong[i].part);
    char key[200];
    memset(key, 'k', sizeof key - 3);
    strcpy(key + sizeof key - 3, "=1");
    expect_refused(tiny_load_own(key), SQ_EUSAGE, "expected key=value");
}
END_TEST

START_TEST(sets_are_applied_in_order)
{
    static const char *const set[] = {"T=3", "v_threshold=2", "T=1"};
    tiny_write_tensors(&tensors, temp_path("model.safetensors"));
    tiny_write_config(&net, temp_path("config.json"));
    expect_ok(&err, sq_network_load(&err, temp_dir, temp_path("model.safetensors"),
                                    temp_path("config.json"), set, 3, &loaded));
    ck_assert_uint_eq(loaded->config.timesteps, 1);
    ck_assert(loaded->node[1].threshold == 2);
}
END_TEST

START_TEST(normalisation_has_a_number_for_each_channel)
{
    expect_refused(tiny_load_own("mean=[0.5,0.5]"), SQ_ESHAPE, "need 3 values, one per channel");
}
END_TEST

START_TEST(no_spikformer)
{
    const uint64_t one = 1;
    const float value = 1;
    tiny_tensors_free(&tensors);
    tiny_tensor_add(&tensors, "conv1.weight", 1, &one, &value);
    expect_refused(tiny_load_own(NULL), SQ_EUNSUPPORTED,
                   "no tensor \"patch_embed.proj_conv.weight\"; this is not the state dict of an "
                   "architecture that is known");
}
END_TEST

START_TEST(widths_below_eight_are_refused_by_size)
{
    tiny_discard();
    struct sq_rng rng = {3};
    tiny_draw_sizes(&rng, TINY_CIFAR10, &net);
    net.dim = net.heads = 4;
    tiny_fill(&rng, &net);
    tiny_tensors_of(&net, "", &tensors);
    for (size_t i = 0; i < tensors.n;)
        if (tensors.tensor[i].n_dims > 0 && tiny_tensor_count(&tensors.tensor[i]) == 0)
            tiny_tensor_remove(&tensors, tensors.tensor[i].name);
        else
            i++;
    const uint64_t dim[4] = {1, net.channels, 3, 3};
    tiny_tensor_add(&tensors, "patch_embed.proj_conv.weight", 4, dim, net.layer[4].weight);
    const char *const set[] = {"dim=null", "mlp_hidden=null"}; /* files give 8 at least */
    const char *model = temp_path("model.safetensors");
    const char *config = temp_text("c.json", "{\"heads\": 1, \"T\": 1, \"image_size\": 8}");
    tiny_write_tensors(&tensors, model);
    expect_refused(sq_network_load(&err, temp_dir, model, config, set, 2, &loaded), SQ_ESHAPE,
                   "dim = 4");
}
END_TEST

START_TEST(files_that_cannot_be_read)
{
    const char *model = temp_path("nothing.pth");
    int rc = sq_network_load(&err, temp_dir, model, NULL, NULL, 0, &loaded);
    expect_refused(rc, SQ_EIO, model);
    rc = sq_network_load(&err, temp_dir, temp_dir, NULL, NULL, 0, &loaded);
    expect_refused(rc, SQ_EUNSUPPORTED, "is a directory");
    expect_refused(tiny_load("no-such-size", NULL), SQ_EIO,
                   "no configuration is called \"no-such-size\"");
    sq_network_free(NULL);
}
END_TEST

static Suite *network_suite(void)
{
    Suite *suite = suite_create("network");
    TCase *tests = tcase_create("weights and configuration");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, set_up, tiny_discard);
    tcase_add_test(tests, a_disagreement_names_key_tensor_and_both_values);
    tcase_add_test(tests, layouts_are_told_apart);
    tcase_add_test(tests, defaults_are_the_official_ones);
    tcase_add_test(tests, what_the_weights_cannot_tell_must_be_given);
    tcase_add_test(tests, without_config_the_only_match_is_taken);
    tcase_add_test(tests, without_config_several_matches_are_named);
    tcase_add_test(tests, without_config_and_match_sizes_must_be_set);
    tcase_add_test(tests, a_match_has_the_hidden_size_too);
    tcase_add_test(tests, what_set_refuses);
    tcase_add_test(tests, sets_are_applied_in_order);
    tcase_add_test(tests, normalisation_has_a_number_for_each_channel);
    tcase_add_test(tests, no_spikformer);
    tcase_add_test(tests, widths_below_eight_are_refused_by_size);
    tcase_add_test(tests, files_that_cannot_be_read);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(network_suite())
