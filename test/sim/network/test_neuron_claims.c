/* What a configuration says of its populations is compared with those that architecture and weights make:
 * each mismatch has its sentence. The network is the golden set of a Spike-driven Transformer with PLIF
 * neurons. */
#include "sim/network/network.h"

#include "sim/json/json.h"
#include "test/sim/input/temp_files.h"

#define SET "test/golden/sdt-plif-1-32/"

static struct sq_error err;
static struct sq_network *loaded;

static void discard(void)
{
    sq_network_free(loaded);
    loaded = NULL;
}

/* Write the set's configuration with some text of it replaced, and without a key; load it so. */
static int load(const char *old, const char *new, const char *without)
{
    static char text[16384], changed[16384];
    FILE *file = fopen(SET "config.json", "rb");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    const char *at = strstr(text, old);
    ck_assert_msg(at != NULL, "no %s", old);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    cJSON *config = sq_json_parse(changed, strlen(changed), NULL, NULL);
    ck_assert_msg(config != NULL, "no JSON");
    if (without != NULL)
        cJSON_DeleteItemFromObject(config, without);
    char *line = cJSON_Print(config);
    discard();
    const int status = sq_network_load(&err, "configs", SET "model.safetensors",
                                       temp_text("config.json", line), NULL, 0, &loaded);
    free(line);
    cJSON_Delete(config);
    return status;
}

START_TEST(the_set_itself_is_right)
{
    expect_ok(&err, load("\"sdt\"", "\"sdt\"", NULL));
    ck_assert_int_eq(loaded->node[1].neuron.model, SQ_MODEL_PLIF);
    ck_assert_ptr_nonnull(strstr(loaded->config.neurons_file, "config.json"));
}
END_TEST

static const struct {
    const char *old, *new, *without, *says;
} wrong[] = {
    {"\"neuron\": \"plif\"", "\"neuron\": \"lif\"", NULL,
     "config.json: patch_embed.proj_lif is a neuron \"lif\" there, but architecture sdt makes it "
     "\"plif\""},
    {"\"v_threshold\": 1.0", "\"v_threshold\": 2.0", NULL,
     "patch_embed.proj_lif has v_threshold 2 there, but architecture sdt and its weights make it "
     "1; see " SQ_OPT "set"},
    {"\"populations\": [", "\"populations\": [\"nothing_lif\", ", NULL,
     "\"populations\" names \"nothing_lif\", but architecture sdt has no such population"},
    {"\"populations\": [", "\"populations\": [7, ", NULL,
     "\"populations\" names \"\", but architecture sdt has no such population"},
    {"\"populations\": [", "\"populations\": [\"head_lif\", ", NULL, "\"populations\" lists "},
    {"\"neuron_other\": {", "\"neuron_other\": {\"other_lif\": {}, ", NULL,
     "\"neuron_other\" names \"other_lif\", but architecture sdt has no such population"},
};

START_TEST(each_mismatch_has_its_sentence)
{
    expect(&err, load(wrong[_i].old, wrong[_i].new, wrong[_i].without), SQ_EVALUE, wrong[_i].says);
    ck_assert_ptr_null(loaded);
}
END_TEST

/* A population of its own in neuron_other is compared with that alone. */
START_TEST(others_come_before_the_usual)
{
    expect(
        &err,
        load("\"neuron_other\": {",
             "\"neuron_other\": {\"head_lif\": {\"neuron\": \"plif\", \"decay\": 0.125}, ", NULL),
        SQ_EVALUE, "head_lif has decay 0.125 there, but architecture sdt and its weights make it");
    expect(&err,
           load("\"neuron_other\": {", "\"neuron_other\": {\"head_lif\": {\"neuron\": \"ms\"}, ",
                NULL),
           SQ_EVALUE, "head_lif is a neuron \"ms\" there");
}
END_TEST

/* Nothing is said: nothing is compared. */
START_TEST(a_configuration_need_not_say)
{
    expect_ok(&err, load("\"populations\"", "\"never_run\"", "never_run"));
}
END_TEST

static Suite *neuron_claims_suite(void)
{
    Suite *suite = suite_create("neuron claims");
    TCase *tests = tcase_create("sentences");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_test(tests, the_set_itself_is_right);
    tcase_add_loop_test(tests, each_mismatch_has_its_sentence, 0,
                        (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(tests, others_come_before_the_usual);
    tcase_add_test(tests, a_configuration_need_not_say);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(neuron_claims_suite())
