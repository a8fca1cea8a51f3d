/* Theorem: no key is accepted and changes nothing. Each is kept, or compared with what it follows
 * from, or has one value that the engine knows, or is a remark, which a file may hold and --set
 * refuses. What a file says of its populations waits for them (test_neuron_claims.c). */
#include "sim/config/config_keys.h"
#include "test/sim/input/temp_files.h"

static struct sq_error err;
static struct sq_config config;

enum verdict { KEPT, CLAIMED, FIXED, REMARK };

static const struct {
    const char *key;
    enum verdict verdict;
    const char *right, *wrong; /* beside the sizes below */
} row[] = {
    {"name", KEPT, "\"a\"", "\"\\t\""},
    {"source", KEPT, "\"a\"", "\"\\t\""},
    {"assumed", KEPT, "[\"heads\"]", "[\"nothing\"]"},
    {"architecture", KEPT, "\"imagenet\"", "\"x\""},
    {"layout", KEPT, "\"imagenet\"", "\"x\""},
    {"family", KEPT, "\"sdt\"", "\"x\""},
    {"depth", KEPT, "3", "0"},
    {"dim", KEPT, "128", "0"},
    {"heads", KEPT, "8", "0"},
    {"mlp_hidden", KEPT, "100", "0"},
    {"mlp_ratio", KEPT, "3", "0"},
    {"T", KEPT, "7", "0"},
    {"timesteps", KEPT, "7", "0"},
    {"in_channels", KEPT, "2", "0"},
    {"image_height", KEPT, "20", "0"},
    {"image_width", KEPT, "20", "0"},
    {"image_size", KEPT, "20", "0"},
    {"classes", KEPT, "3", "0"},
    {"v_threshold", KEPT, "2", "0"},
    {"attn_v_threshold", KEPT, "2", "0"},
    {"attn_scale", KEPT, "2", "0"},
    {"bn_eps", KEPT, "0.1", "0"},
    {"mean", KEPT, "[0.5]", "\"x\""},
    {"std", KEPT, "[0.5]", "[0]"},
    {"fit", KEPT, "\"crop\"", "\"x\""},
    {"interpolation", KEPT, "\"bicubic\"", "\"x\""},
    {"resize", KEPT, "40", "0"},
    {"crop_pct", KEPT, "0.875", "2"},
    {"tau", KEPT, "1.5", "0.5"},
    {"v_reset", FIXED, "0", "0.5"},
    {"neuron_default", REMARK, "{\"neuron\": \"lif\"}", "1"},
    {"neuron_other", REMARK, "{}", "\"lif\""},
    {"populations", REMARK, "[\"a\"]", "3"},
    {"head_dim", CLAIMED, "16", "32"},
    {"tokens", CLAIMED, "64", "16"},
    {"token_grid", CLAIMED, "[8, 8]", "[4, 16]"},
    {"patch_size", CLAIMED, "4", "16"},
    {"batch", REMARK, "4", "0"},
    {"seed", REMARK, "4", "-1"},
    {"input", REMARK, "\"a\"", "1"},
    {"exact", REMARK, "true", "1"},
    {"logits_exact", REMARK, "true", "1"},
    {"head_in_exact", REMARK, "true", "1"},
    {"membranes_exact", REMARK, "true", "1"},
    {"float", REMARK, "true", "1"},
    {"repository", REMARK, "\"a\"", "1"},
    {"file", REMARK, "\"a\"", "1"},
    {"never_run", REMARK, "[]", "1"},
    {"preact", REMARK, "[\"a\"]", "\"a\""},
    {"preact_rounded", REMARK, "[]", "true"},
    {"batch_coupled", REMARK, "[]", "{}"},
    {"description", REMARK, "\"a\"", "1"},
    {"comment", REMARK, "\"a\"", "1"},
};
enum { N_ROWS = sizeof row / sizeof *row };

static const struct sq_config sizes = {.architecture = "spikformer-cifar10",
                                       .patch = 4,
                                       .depth = 2,
                                       .dim = 64,
                                       .heads = 4,
                                       .timesteps = 4,
                                       .in_channels = 1,
                                       .image_height = 32,
                                       .image_width = 32,
                                       .classes = 10};

static int set(const char *key, const char *value)
{
    return sq_config_set(&err, &config, "--set", key, value);
}

START_TEST(every_key_is_in_this_table)
{
    ck_assert_uint_eq(sq_config_n_keys, N_ROWS);
    for (size_t i = 0; i < N_ROWS; i++)
        ck_assert_str_eq(sq_config_key[i].name, row[i].key);
}
END_TEST

START_TEST(set_changes_something_or_is_refused)
{
    config = sizes;
    const int rc = set(row[_i].key, row[_i].right);
    if (row[_i].verdict == REMARK)
        expect(&err, rc, SQ_EVALUE, "is a remark in a configuration and changes nothing");
    else
        expect_ok(&err, rc);
    const int changed = memcmp(&config, &sizes, sizeof config) != 0;
    ck_assert_int_eq(changed, row[_i].verdict == KEPT);
}
END_TEST

START_TEST(wrong_values_are_refused)
{
    const struct sq_config before = sizes;
    char text[96];
    config = before;
    ck_assert_int_ne(set(row[_i].key, row[_i].wrong), SQ_OK);
    ck_assert_mem_eq(&config, &before, sizeof config);
    snprintf(text, sizeof text,
             "{\"layout\": \"cifar10\", \"dim\": 64, \"heads\": 4, \"image_size\": 32, \"%s\": %s}",
             row[_i].key, row[_i].wrong);
    ck_assert_int_ne(sq_config_from_text(&err, "text", text, &config), SQ_OK);
    ck_assert_ptr_nonnull(strstr(err.text, row[_i].verdict == KEPT ? "text: " : row[_i].key));
}
END_TEST

/* The claim stands first, what it follows from comes later: from the weights, or by --set. */
START_TEST(claims_wait_for_what_they_follow_from)
{
    const char *value[2] = {row[_i].right, row[_i].wrong};
    if (row[_i].verdict != CLAIMED)
        return;
    for (int wrong = 0; wrong < 2; wrong++) {
        char text[64];
        snprintf(text, sizeof text, "{\"%s\": %s}", row[_i].key, value[wrong]);
        expect_ok(&err, sq_config_from_text(&err, "text", text, &config));
        const struct sq_config_claims claims = config.claims;
        config = sizes;
        config.claims = claims;
        expect(&err, sq_config_check(&err, "config x", &config), wrong ? SQ_EVALUE : SQ_OK,
               row[_i].key);
        if (!wrong)
            ck_assert_mem_eq(&config, &sizes, sizeof config);
    }
}
END_TEST

START_TEST(null_takes_back_or_is_refused)
{
    config = sizes;
    if (row[_i].verdict == FIXED)
        expect(&err, set(row[_i].key, "null"), SQ_EVALUE, "is null");
    else if (row[_i].verdict == CLAIMED) {
        config.heads = config.image_width = 0;
        config.architecture[0] = 0;
        config.patch = 0;
        const struct sq_config before = config;
        expect_ok(&err, set(row[_i].key, row[_i].wrong));
        expect_ok(&err, set(row[_i].key, "null"));
        ck_assert_mem_eq(&config, &before, sizeof config);
    }
}
END_TEST

static const struct {
    struct sq_config with;
    const char *says;
} useless[] = {
    {{.architecture = "spikformer-cifar10dvs", .takes_frames = 1, .n_mean = 1, .n_std = 1},
     "mean and std would change nothing"},
    {{.architecture = "spikformer-cifar10dvs", .takes_frames = 1, .fit = SQ_FIT_PAD},
     "fit would change nothing"},
    {{.architecture = "spikformer-cifar10dvs", .takes_frames = 1, .resize = 40},
     "resize would change nothing"},
    {{.architecture = "spikformer-cifar10", .n_mean = 1}, "\"mean\" has 1 numbers and \"std\" 0"},
    {{.architecture = "spikformer-cifar10", .resize = 40},
     "\"resize\" would change nothing with \"fit\" none"},
    {{.architecture = "spikformer-cifar10", .fit = SQ_FIT_RESIZE, .crop_pct = 1},
     "\"crop_pct\" would change"},
    {{.architecture = "spikformer-cifar10",
      .fit = SQ_FIT_PAD,
      .interpolation = SQ_INTERPOLATION_BICUBIC},
     "\"interpolation\" would change nothing with \"fit\" pad; it belongs to resize and crop"},
    {{.architecture = "spikformer-cifar10", .fit = SQ_FIT_CROP, .resize = 31},
     "too small to crop 32x32"},
    {{.architecture = "spikformer-cifar10", .fit = SQ_FIT_CROP, .resize = 40, .crop_pct = 0.875},
     "\"crop_pct\" makes \"resize\" 36, but it is given as 40"},
    {{.architecture = "spikformer-cifar10", .fit = SQ_FIT_CROP, .image_width = 20},
     "needs \"resize\""},
};

START_TEST(what_would_change_nothing_is_refused)
{
    config = useless[_i].with;
    config.image_height = 32;
    config.image_width = config.image_width > 0 ? config.image_width : 32;
    expect(&err, sq_config_check(&err, "config x", &config), SQ_EVALUE, useless[_i].says);
    ck_assert_ptr_eq(strstr(err.text, "config x: "), err.text);
}
END_TEST

START_TEST(the_shorter_side)
{
    config = (struct sq_config){.fit = SQ_FIT_CROP, .image_height = 224, .image_width = 224};
    ck_assert_uint_eq(sq_config_shorter_side(&config), 224);
    expect_ok(&err, set("crop_pct", "0.875"));
    ck_assert_uint_eq(sq_config_shorter_side(&config), 256);
    expect_ok(&err, set("crop_pct", "0.8")); /* 279.99999 in float32 */
    ck_assert_uint_eq(sq_config_shorter_side(&config), 280);
    expect_ok(&err, set("crop_pct", "0.95"));
    ck_assert_uint_eq(sq_config_shorter_side(&config), 235);
    expect_ok(&err, set("resize", "230"));
    ck_assert_uint_eq(sq_config_shorter_side(&config), 230);
    ck_assert(config.crop_pct <= 0);
    expect_ok(&err, set("interpolation", "bicubic"));
    expect_ok(&err, set("fit", "resize"));
    ck_assert_uint_eq(config.resize, 0);
    ck_assert_int_eq(config.interpolation, SQ_INTERPOLATION_BICUBIC);
    expect_ok(&err, set("fit", "pad"));
    ck_assert_int_eq(config.interpolation, SQ_INTERPOLATION_DEFAULT);
    expect_ok(&err, sq_config_check(&err, "x", &config));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/network/config: each key");
    TCase *t = tcase_create("keys");
    tcase_add_test(t, every_key_is_in_this_table);
    tcase_add_loop_test(t, set_changes_something_or_is_refused, 0, N_ROWS);
    tcase_add_loop_test(t, wrong_values_are_refused, 0, N_ROWS);
    tcase_add_loop_test(t, claims_wait_for_what_they_follow_from, 0, N_ROWS);
    tcase_add_loop_test(t, null_takes_back_or_is_refused, 0, N_ROWS);
    tcase_add_loop_test(t, what_would_change_nothing_is_refused, 0,
                        sizeof useless / sizeof *useless);
    tcase_add_test(t, the_shorter_side);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
