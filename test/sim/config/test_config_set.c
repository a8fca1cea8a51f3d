/* --set, names in folders, and the published sizes that come with the source. */
#include "sim/config/config.h"
#include "test/sim/input/temp_files.h"

static struct sq_error err;
static struct sq_config config;

static int set(const char *key, const char *value)
{
    return sq_config_set(&err, &config, "--set", key, value);
}

START_TEST(set_takes_json_and_bare_words)
{
    config = (struct sq_config){.dim = 64, .n_mean = 3, .n_std = 3};
    expect_ok(&err, set("T", "8"));
    expect_ok(&err, set("v_threshold", ".5"));
    expect_ok(&err, set("fit", "pad"));
    expect_ok(&err, set("layout", "\"imagenet\""));
    expect_ok(&err, set("mean", ".25,0.5"));
    expect_ok(&err, set("std", "[1, 2]"));
    expect_ok(&err, set("mlp_ratio", "4"));
    expect_ok(&err, set("image_size", "48"));
    expect_ok(&err, set("name", "8 heads"));
    ck_assert_uint_eq(config.timesteps, 8);
    ck_assert(config.v_threshold == 0.5f);
    ck_assert_int_eq(config.fit, SQ_FIT_PAD);
    ck_assert_str_eq(config.architecture, "spikformer-imagenet");
    ck_assert_uint_eq(config.n_mean, 2);
    ck_assert(config.mean[0] == 0.25f && config.mean[1] == 0.5f && config.std[1] == 2);
    ck_assert_uint_eq(config.mlp_hidden, 256);
    ck_assert_uint_eq(config.image_width, 48);
    ck_assert_str_eq(config.name, "8 heads");
}
END_TEST

START_TEST(null_takes_a_value_back)
{
    config = (struct sq_config){.dim = 64, .n_mean = 3, .n_std = 3, .attn_scale = 1};
    expect_ok(&err, set("mean", "null"));
    expect_ok(&err, set("std", "null"));
    expect_ok(&err, set("dim", "null"));
    expect_ok(&err, set("attn_scale", "null"));
    expect_ok(&err, set("assumed", "heads"));
    expect_ok(&err, set("assumed", "null"));
    expect_ok(&err, set("token_grid", "null"));
    ck_assert_str_eq(config.assumed, "");
    ck_assert_uint_eq(config.n_mean + config.n_std + config.dim, 0);
    ck_assert(config.attn_scale == 0);
}
END_TEST

/* A key set by hand is no longer assumed. */
START_TEST(what_is_set_is_not_assumed)
{
    static const char *const before[] = {"heads", "heads,T", "T,heads", "T,heads,dim", "T", ""};
    static const char *const after[] = {"", "T", "T", "T,dim", "T", ""};
    config = (struct sq_config){0};
    snprintf(config.assumed, sizeof config.assumed, "%s", before[_i]);
    expect_ok(&err, set("heads", "4"));
    ck_assert_str_eq(config.assumed, after[_i]);
}
END_TEST

static const struct {
    const char *key, *value;
    int code;
    const char *part;
} bad[] = {
    {"dim", "7", SQ_EVALUE, "--set: \"dim\" is 7"},
    {"dim", "x", SQ_EFORMAT, "an integer"},
    {"dim", "", SQ_EFORMAT, "an integer"},
    {"dim", "64,64", SQ_EFORMAT, "an integer"},
    {"dim", "0x40", SQ_EFORMAT, "an integer"},
    {"dim", "nan", SQ_EFORMAT, "an integer"},
    {"dim", "1e400", SQ_EVALUE, "inf"},
    {"mean", "1,", SQ_EFORMAT, "a list of numbers"},
    {"mean", "1;2", SQ_EFORMAT, "a list of numbers"},
    {"mean", "1,x", SQ_EFORMAT, "a list of numbers"},
    {"attn_scale", "0.1", SQ_EVALUE, "power of two"},
    {"head_dim", "16", SQ_EVALUE, "dim / heads is 64 / 2 = 32"},
    {"mlp_ratio", "2000", SQ_EVALUE, "1..64"},
    {"heds", "4", SQ_EFORMAT, "did you mean \"heads\"?"},
};

START_TEST(set_checks_as_a_file_does)
{
    const struct sq_config before = {.dim = 64, .heads = 2};
    config = before;
    expect(&err, set(bad[_i].key, bad[_i].value), bad[_i].code, bad[_i].part);
    ck_assert_mem_eq(&config, &before, sizeof config);
}
END_TEST

static int collect(const char *path, const char *name, void *data)
{
    char *list = data;
    snprintf(list + strlen(list), 256 - strlen(list), "%s=%s ", name, path + strlen(temp_dir) + 1);
    return strcmp(name, "stop") == 0 ? 7 : 0;
}

START_TEST(names_in_folders)
{
    char dirs[256], list[256] = "";
    const char *const folder[] = {"a", "a/models", "b", "b/models"};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(mkdir(temp_path(folder[i]), 0700), 0);
    temp_text("a/models/two.json", "{\"depth\": 1}");
    temp_text("b/models/two.json", "{\"depth\": 2}");
    temp_text("b/models/one.json", "{\"depth\": 3}");
    temp_text("b/models/.hidden.json", "{}");
    temp_text("b/models/notes.txt", "{}");
    snprintf(dirs, sizeof dirs, "%s:/nowhere::%s", temp_path("a"), temp_path("b"));
    ck_assert_int_eq(sq_config_each(dirs, collect, list), 0);
    ck_assert_str_eq(list, "one=b/models/one.json two=a/models/two.json ");
    expect_ok(&err, sq_config_load(&err, dirs, "two", &config));
    ck_assert_uint_eq(config.depth, 1);
    ck_assert_str_eq(config.name, "two");
    expect_ok(&err, sq_config_load(&err, dirs, "one", &config));
    ck_assert_uint_eq(config.depth, 3);
    expect(&err, sq_config_load(&err, dirs, "three", &config), SQ_EIO, "known: one, two;");
    ck_assert_ptr_nonnull(strstr(err.text, "/nowhere"));
    expect(&err, sq_config_load(&err, NULL, "two", &config), SQ_EIO, "known: none");
    temp_text("a/models/stop.json", "{}");
    list[0] = '\0';
    ck_assert_int_eq(sq_config_each(dirs, collect, list), 7);
    ck_assert_str_eq(list, "one=b/models/one.json stop=a/models/stop.json ");
}
END_TEST

START_TEST(more_names_than_fit)
{
    char name[80];
    ck_assert_int_eq(mkdir(temp_path("models"), 0700), 0);
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof name, "models/a-name-of-a-network-that-is-rather-long-%d.json", i);
        temp_text(name, "{}");
    }
    expect(&err, sq_config_load(&err, temp_dir, "x", &config), SQ_EIO, ", ...; a file");
}
END_TEST

/* What the published sizes of a family have in common. */
struct family {
    const char *architecture; /* how its architectures begin */
    uint32_t side;            /* of images of ImageNet, the shorter one before the crop */
    enum sq_interpolation interpolation;
    float attn_scale; /* 0: its attention has none */
    float v_threshold;
};

static const struct family family[] = {
    {"spikformer-cifar10dvs", 0, 0, 0.25f, 1},
    {"spikformer", 224, SQ_INTERPOLATION_BICUBIC, 0.125f, 1},
    {"spikingformer", 224, SQ_INTERPOLATION_BICUBIC, 0.125f, 1},
    {"cml-spikingformer", 224, SQ_INTERPOLATION_BICUBIC, 0.125f, 1},
    {"sdt-v2", 256, SQ_INTERPOLATION_BICUBIC, 0.125f, 1},
    {"sdt-v3-large", 232, SQ_INTERPOLATION_BICUBIC, 0, 0}, /* no thresholds */
    {"sdt-v3", 256, SQ_INTERPOLATION_BICUBIC, 0, 0},
    {"sdt", 235, SQ_INTERPOLATION_BICUBIC, 0, 1},
    {"qkformer", 256, SQ_INTERPOLATION_BICUBIC, 0.125f, 1},
    {"max-former", 256, SQ_INTERPOLATION_BICUBIC, 0.125f, 1},
    {"spikingresformer", 235, SQ_INTERPOLATION_BICUBIC, 0, 1},
    {"sew-resnet", 256, SQ_INTERPOLATION_BILINEAR, 0, 1},
    {"ms-resnet", 256, SQ_INTERPOLATION_BILINEAR, 0, 0.5f},
};

static const struct family *family_of(const char *architecture)
{
    for (size_t i = 0; i < sizeof family / sizeof *family; i++)
        if (strncmp(architecture, family[i].architecture, strlen(family[i].architecture)) == 0)
            return &family[i];
    ck_abort_msg("no family has the architecture %s", architecture);
    return NULL;
}

/* Of networks of one dim; others have sizes of their own. */
static void check_attention(const char *name, const struct family *is)
{
    const unsigned of_stages = strcmp(is->architecture, "max-former") == 0 ? 10 : 2;
    char sizes[64];
    ck_assert_uint_eq(config.dim % config.heads, 0);
    ck_assert_uint_eq(config.mlp_hidden % config.dim, 0);
    ck_assert(config.attn_v_threshold == 0.5f && config.attn_scale == is->attn_scale);
    snprintf(sizes, sizeof sizes, "-%u-%u", config.depth > 0 ? (unsigned)config.depth : of_stages,
             (unsigned)config.dim);
    ck_assert_ptr_nonnull(strstr(name, sizes));
}

/* A published size is complete: nothing is left to defaults. */
static int check_published(const char *path, const char *name, void *data)
{
    ++*(int *)data;
    expect_ok(&err, sq_config_load(&err, NULL, path, &config));
    const struct family *is = family_of(config.architecture);
    ck_assert_str_eq(config.name, name);
    ck_assert_uint_gt(strlen(config.source), 0);
    ck_assert_uint_gt(config.timesteps, 0);
    ck_assert(config.image_height > 0 && config.image_width > 0 && config.classes > 0);
    ck_assert(config.v_threshold == is->v_threshold);
    ck_assert(config.bn_eps == 1e-5f);
    ck_assert_uint_eq(config.n_mean, strstr(name, "dvs") != NULL ? 0 : config.in_channels);
    if (config.dim > 0 && strcmp(is->architecture, "spikingresformer") != 0) /* its first stage's */
        check_attention(name, is);
    /* As they were evaluated: see the descriptions in the files. */
    const int crops = strstr(name, "-imagenet") != NULL;
    ck_assert_int_eq(config.fit == SQ_FIT_CROP, crops);
    ck_assert_int_eq(config.interpolation, crops ? is->interpolation : SQ_INTERPOLATION_DEFAULT);
    ck_assert_uint_eq(crops ? sq_config_shorter_side(&config) : 0, crops ? is->side : 0);
    expect_ok(&err, sq_config_check(&err, name, &config));
    return 0;
}

START_TEST(published_sizes)
{
    int n = 0;
    ck_assert_int_eq(sq_config_each("configs", check_published, &n), 0);
    ck_assert_int_ge(n, 89);
    expect_ok(&err, sq_config_load(&err, "configs", "spikformer-8-768-imagenet", &config));
    ck_assert_uint_eq(config.heads, 12);
    ck_assert_str_eq(config.assumed, "heads");
    expect_ok(&err, sq_config_load(&err, "configs", "spikformer-8-512-imagenet", &config));
    ck_assert_str_eq(config.assumed, "");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/network/config: set, names");
    TCase *t = tcase_create("set");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, set_takes_json_and_bare_words);
    tcase_add_test(t, null_takes_a_value_back);
    tcase_add_loop_test(t, what_is_set_is_not_assumed, 0, 6);
    tcase_add_loop_test(t, set_checks_as_a_file_does, 0, sizeof bad / sizeof *bad);
    tcase_add_test(t, names_in_folders);
    tcase_add_test(t, more_names_than_fit);
    tcase_add_test(t, published_sizes);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
