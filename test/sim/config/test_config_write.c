/* Theorem: a configuration written as JSON is read back as it was. */
#include "sim/config/config_write.h"
#include "test/unit.h"

#include <stdlib.h>
#include <string.h>

static void expect_round_trip(const struct sq_config *config)
{
    struct sq_error err = {0};
    struct sq_config back;
    cJSON *json = sq_config_to_json(config);
    char *text = cJSON_PrintUnformatted(json);
    ck_assert_msg(sq_config_from_text(&err, "text", text, &back) == SQ_OK, "%s: %s", err.text,
                  text);
    ck_assert_mem_eq(&back, config, sizeof back);
    free(text);
    cJSON_Delete(json);
}

static int visit(const char *path, const char *name, void *data)
{
    struct sq_error err = {0};
    struct sq_config config;
    (void)name;
    ck_assert_msg(sq_config_load(&err, "configs", path, &config) == SQ_OK, "%s", err.text);
    if (config.mlp_hidden == 0)
        config.mlp_hidden = 4 * config.dim;
    if (config.v_threshold == 0)
        config.v_threshold = 1;
    if (config.attn_v_threshold == 0)
        config.attn_v_threshold = 0.3f;
    if (config.attn_scale == 0)
        config.attn_scale = 0.125f;
    if (config.bn_eps == 0)
        config.bn_eps = 1e-5f;
    expect_round_trip(&config);
    config.fit = SQ_FIT_CROP;
    config.interpolation = SQ_INTERPOLATION_BICUBIC;
    config.resize = 300;
    config.crop_pct = 0.9;
    expect_round_trip(&config);
    ++*(int *)data;
    return 0;
}

START_TEST(every_published_size_comes_back)
{
    int n = 0;
    sq_config_each("configs", visit, &n);
    ck_assert_int_gt(n, 10);
}
END_TEST

START_TEST(text_that_is_no_configuration_is_refused)
{
    static const char *const bad[] = {"", "[]", "{\"depth\":", "{\"depth\":-1}", "{\"no\":1}"};
    struct sq_error err = {0};
    struct sq_config config;
    ck_assert_int_lt(sq_config_from_text(&err, "x", bad[_i], &config), 0);
    ck_assert_int_eq(strncmp(err.text, "x: ", 3), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/network");
    TCase *write = tcase_create("config_write");
    tcase_add_test(write, every_published_size_comes_back);
    tcase_add_loop_test(write, text_that_is_no_configuration_is_refused, 0, 5);
    suite_add_tcase(s, write);
    return s;
}

SQ_TEST_MAIN(suite())
