/* Configurations: files, names, --set, and everything that is refused. */
#include "sim/config/config.h"
#include "test/sim/input/temp_files.h"

static struct sq_error err;
static struct sq_config config;

static int load_text(const char *text)
{
    config = (struct sq_config){0};
    return sq_config_load(&err, NULL, temp_text("c.json", text), &config);
}

/* As written beside the golden data. */
static const char complete[] =
    "{\"layout\": \"cifar10\", \"depth\": 1, \"dim\": 48, \"heads\": 4, \"head_dim\": 12,"
    "\"mlp_ratio\": 3, \"mlp_hidden\": 144, \"T\": 3, \"patch_size\": 4, \"image_height\": 28,"
    "\"image_width\": 20, \"token_grid\": [7, 5], \"tokens\": 35, \"in_channels\": 3,"
    "\"classes\": 7, \"batch\": 3, \"tau\": 2.0, \"v_threshold\": 1.0, \"attn_v_threshold\": 0.5,"
    "\"v_reset\": 0.0, \"attn_scale\": 0.125, \"bn_eps\": 1e-05,"
    "\"input\": \"static [B,C,H,W], repeated T times\", \"exact\": true, \"logits_exact\": false}";

START_TEST(a_complete_file)
{
    expect_ok(&err, load_text(complete));
    ck_assert_str_eq(config.name, "c");
    ck_assert_str_eq(config.architecture, "spikformer-cifar10");
    ck_assert_uint_eq(config.depth, 1);
    ck_assert_uint_eq(config.dim, 48);
    ck_assert_uint_eq(config.heads, 4);
    ck_assert_uint_eq(config.mlp_hidden, 144);
    ck_assert_uint_eq(config.timesteps, 3);
    ck_assert_uint_eq(config.in_channels, 3);
    ck_assert_uint_eq(config.image_height, 28);
    ck_assert_uint_eq(config.image_width, 20);
    ck_assert_uint_eq(config.classes, 7);
    ck_assert(config.v_threshold == 1 && config.attn_v_threshold == 0.5f);
    ck_assert(config.attn_scale == 0.125f && config.bn_eps == 1e-5f);
    ck_assert_uint_eq(config.n_mean, 0);
    ck_assert_str_eq(config.assumed, "");
}
END_TEST

START_TEST(what_is_not_given_is_zero)
{
    static const struct sq_config nothing = {.name = "c"};
    expect_ok(&err, load_text("{}"));
    ck_assert_mem_eq(&config, &nothing, sizeof config);
    expect_ok(&err, load_text("\t{ \"dim\" : null }\r\n"));
    ck_assert_mem_eq(&config, &nothing, sizeof config);
}
END_TEST

START_TEST(lists_and_names)
{
    expect_ok(&err,
              load_text("{\"name\": \"n\", \"source\": \"Z\xc3\xa9\", \"fit\": \"resize\","
                        "\"assumed\": [\"heads\", \"T\"], \"mean\": [0.25, 1], \"std\": [1, 2],"
                        "\"image_size\": 32, \"timesteps\": 16, \"layout\": \"cifar10dvs\"}"));
    ck_assert_str_eq(config.name, "n");
    ck_assert_str_eq(config.source, "Z\xc3\xa9");
    ck_assert_str_eq(config.assumed, "heads,T");
    ck_assert_int_eq(config.fit, SQ_FIT_RESIZE);
    ck_assert_uint_eq(config.n_mean, 2);
    ck_assert(config.mean[0] == 0.25f && config.std[1] == 2);
    ck_assert_uint_eq(config.image_height, 32);
    ck_assert_uint_eq(config.image_width, 32);
    ck_assert_uint_eq(config.timesteps, 16);
    ck_assert_str_eq(config.architecture, "spikformer-cifar10dvs");
    expect_ok(&err, load_text("{\"assumed\": \"heads, T\", \"mean\": 0.5, \"std\": 0.25}"));
    ck_assert_str_eq(config.assumed, "heads,T");
    ck_assert_uint_eq(config.n_std, 1);
}
END_TEST

static const struct {
    const char *text;
    int code;
    const char *part;
} bad[] = {
    {"", SQ_EFORMAT, "the file is empty"},
    {"{", SQ_EFORMAT, "not JSON"},
    {"{\"dim\": 64,\n \"depth\" 2}", SQ_EFORMAT, "line 2"},
    {"[]", SQ_EFORMAT, "no JSON object"},
    {"{} {}", SQ_EFORMAT, "something follows the end of it at line 1, column 4"},
    {"{\"dim\": NaN}", SQ_EFORMAT, "not JSON"},
    {"{\"source\": \"\xff\"}", SQ_EFORMAT, "byte 0xff at 12 is not UTF-8"},
    {"{\"source\": \"\xed\xa0\x80\"}", SQ_EFORMAT, "not UTF-8"},
    {"{\"source\": \"\xf0\x9f\x98\"}", SQ_EFORMAT, "not UTF-8"},
    {"{\"source\": \"a\\u0000b\"}", SQ_EFORMAT, "NUL"},
    {"{\"dim\": 64, \"dim\": 64}", SQ_EFORMAT, "\"dim\" is given twice"},
    {"{\"T\": 4, \"timesteps\": 4}", SQ_EFORMAT, "\"timesteps\" is given twice"},
    {"{\"dimm\": 64}", SQ_EFORMAT, "did you mean \"dim\"?"},
    {"{\"num_heads\": 8}", SQ_EFORMAT, "did you mean \"heads\"?"},
    {"{\"HEADS\": 8}", SQ_EFORMAT, "did you mean \"heads\"?"},
    {"{\"qwertz\": 8}", SQ_EFORMAT, "known keys: name, source"},
    {"{} \xc3", SQ_EFORMAT, "byte 0xc3 at 3 is not UTF-8"},
    {"{\"a_key_far_longer_than_any_that_is_known\": 8}", SQ_EFORMAT, "known keys: name"},
    {"{\"\": 8}", SQ_EFORMAT, "known keys: name, source"},
    {"{\"dim\": 64.5}", SQ_EFORMAT, "must be an integer"},
    {"{\"dim\": \"64\"}", SQ_EFORMAT, "must be an integer"},
    {"{\"dim\": 1e400}", SQ_EVALUE, "\"dim\" is inf; it must lie in 8..8192"},
    {"{\"dim\": -1}", SQ_EVALUE, "8..8192"},
    {"{\"dim\": 9000}", SQ_EVALUE, "8..8192"},
    {"{\"depth\": 0}", SQ_EVALUE, "1..64"},
    {"{\"T\": 1025}", SQ_EVALUE, "1..1024"},
    {"{\"v_threshold\": 0}", SQ_EVALUE, "v_threshold"},
    {"{\"v_threshold\": -1}", SQ_EVALUE, "v_threshold"},
    {"{\"v_threshold\": true}", SQ_EFORMAT, "must be a number"},
    {"{\"v_threshold\": -1e999}", SQ_EVALUE, "-inf"},
    {"{\"attn_scale\": 0.3}", SQ_EVALUE, "power of two"},
    {"{\"attn_scale\": 0}", SQ_EVALUE, "attn_scale"},
    {"{\"attn_scale\": \"x\"}", SQ_EFORMAT, "must be a number"},
    {"{\"tau\": 0.5}", SQ_EVALUE, "\"tau\" is 0.5; it must lie in 1..1000000"},
    {"{\"tau\": \"2\"}", SQ_EFORMAT, "must be a number"},
    {"{\"neuron_default\": 2}", SQ_EFORMAT, "must be a list of populations, or an object"},
    {"{\"preact\": {}}", SQ_EFORMAT, "must be a list"},
    {"{\"never_run\": true}", SQ_EFORMAT, "must be a list"},
    {"{\"v_reset\": 1}", SQ_EVALUE, "knows only 0"},
    {"{\"v_reset\": null}", SQ_EVALUE, "\"v_reset\" is null (soft reset"},
    {"{\"v_reset\": \"None\"}", SQ_EFORMAT, "must be a number"},
    {"{\"layout\": \"cifar\"}", SQ_EVALUE, "no architecture is called \"cifar\""},
    {"{\"layout\": 1}", SQ_EFORMAT, "the name or the path of an architecture"},
    {"{\"fit\": \"crops\"}", SQ_EVALUE, "one of none, pad, resize, crop"},
    {"{\"interpolation\": \"nearest\"}", SQ_EVALUE, "one of default, bilinear, bicubic"},
    {"{\"resize\": 0}", SQ_EVALUE, "\"resize\" is 0"},
    {"{\"crop_pct\": 1.5}", SQ_EVALUE, "\"crop_pct\" is 1.5"},
    {"{\"crop_pct\": \"1\"}", SQ_EFORMAT, "must be a number"},
    {"{\"name\": \"\"}", SQ_EVALUE, "is empty"},
    {"{\"name\": 7}", SQ_EFORMAT, "must be text"},
    {"{\"name\": \"a\\nb\"}", SQ_EVALUE, "control character (byte 0x0a)"},
    {"{\"name\": \"0123456789012345678901234567890123456789012345678901234567890123\"}", SQ_EVALUE,
     "longer than 63 bytes"},
    {"{\"assumed\": [\"head\"]}", SQ_EVALUE, "\"head\", which is not a key"},
    {"{\"assumed\": 1}", SQ_EFORMAT, "a list of keys"},
    {"{\"assumed\": [1]}", SQ_EFORMAT, "a list of keys"},
    {"{\"mean\": [1, \"2\"]}", SQ_EFORMAT, "must be a number"},
    {"{\"mean\": \"1\"}", SQ_EFORMAT, "a list of numbers"},
    {"{\"mean\": [1,2,3,4,5,6,7,8,9]}", SQ_EVALUE, "more than 8"},
    {"{\"std\": [0]}", SQ_EVALUE, "\"std\" is 0"},
    {"{\"mean\": [1]}", SQ_EVALUE, "\"mean\" has 1 numbers and \"std\" 0"},
    {"{\"mean\": [1], \"std\": [1], \"in_channels\": 3}", SQ_EVALUE, "\"in_channels\" is 3"},
    {"{\"exact\": 1}", SQ_EFORMAT, "true or false"},
    {"{\"comment\": 1}", SQ_EFORMAT, "must be text"},
    {"{\"token_grid\": [1, 2, 3]}", SQ_EFORMAT, "two integers"},
    {"{\"token_grid\": [1, 0]}", SQ_EVALUE, "token_grid"},
    {"{\"dim\": 64, \"heads\": 5}", SQ_EVALUE, "5, which does not divide \"dim\" 64"},
    {"{\"dim\": 64, \"heads\": 4, \"head_dim\": 32}", SQ_EVALUE, "\"head_dim\" is 32"},
    {"{\"dim\": 64, \"mlp_ratio\": 4, \"mlp_hidden\": 128}", SQ_EVALUE, "makes \"mlp_hidden\" 256"},
    {"{\"image_size\": 32, \"image_width\": 20}", SQ_EVALUE, "\"image_width\" 32"},
    {"{\"layout\": \"cifar10\", \"image_size\": 32, \"tokens\": 16}", SQ_EVALUE, "8 x 8 = 64"},
    {"{\"layout\": \"cifar10\", \"image_size\": 30, \"tokens\": 49}", SQ_EVALUE, "8 x 8 = 64"},
    {"{\"layout\": \"imagenet\", \"image_size\": 224, \"token_grid\": [14, 15]}", SQ_EVALUE,
     "14 x 14 = 196"},
};

/* ... and *config stays as it was, and the sentence begins with the file. */
START_TEST(bad_files_are_refused)
{
    static const struct sq_config nothing;
    expect(&err, load_text(bad[_i].text), bad[_i].code, bad[_i].part);
    ck_assert_mem_eq(&config, &nothing, sizeof config);
    ck_assert_ptr_eq(strstr(err.text, temp_path("c.json")), err.text);
}
END_TEST

START_TEST(truncated_at_every_byte)
{
    char text[sizeof complete];
    for (size_t n = 0; n < sizeof complete - 1; n++) {
        memcpy(text, complete, n);
        text[n] = '\0';
        expect(&err, load_text(text), SQ_EFORMAT, n == 0 ? "empty" : "not JSON");
    }
}
END_TEST

START_TEST(files_that_are_none)
{
    const size_t size = (1 << 20) + 1;
    char *blanks = malloc(size);
    memset(blanks, ' ', size);
    const char *path = temp_write("large.json", blanks, size);
    expect(&err, sq_config_load(&err, NULL, path, &config), SQ_EFORMAT, "larger than 1 MiB");
    free(blanks);
    path = temp_write("nul.json", "{}\0", 3);
    expect(&err, sq_config_load(&err, NULL, path, &config), SQ_EFORMAT, "byte 0x00 at 2");
    expect(&err, sq_config_load(&err, NULL, temp_dir, &config), SQ_EIO, "directory");
    expect(&err, sq_config_load(&err, NULL, temp_path("no.json"), &config), SQ_EIO, "No such file");
    char deep[4001] = {0};
    memset(deep, '[', 4000);
    expect(&err, load_text(deep), SQ_EFORMAT, "not JSON");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/network/config");
    TCase *t = tcase_create("file");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, a_complete_file);
    tcase_add_test(t, what_is_not_given_is_zero);
    tcase_add_test(t, lists_and_names);
    tcase_add_loop_test(t, bad_files_are_refused, 0, sizeof bad / sizeof *bad);
    tcase_add_test(t, truncated_at_every_byte);
    tcase_add_test(t, files_that_are_none);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
