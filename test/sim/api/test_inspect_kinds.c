/* spikeq_inspect(): kinds of files that a shell cannot write, and the options of checkpoints. */
#include "sim/api/calls.h"
#include "test/sim/input/temp_files.h"
#include "test/support/event_files.h"
#include "test/support/nested_pickle.h"
#include "test/support/tiny_file.h"
#include "test/unit.h"

#include <string.h>

static spikeq_ctx *ctx;
static const char *path;
static char *text;

static void set_up(void)
{
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    path = temp_path("file");
    text = NULL;
}

static void tear_down(void)
{
    spikeq_free(text);
    spikeq_ctx_free(ctx);
}

/* {"conv1": bools}, pickled, or not quite. */
static void write_pickle(const char *before)
{
    const int64_t dim[] = {2, 3};
    const unsigned char spikes[6] = {1, 0, 1, 0, 0, 1};
    struct bytes bytes = {0};
    pickle_start(&bytes);
    pickle_op(&bytes, before);
    pickle_op(&bytes, "}(");
    pickle_text(&bytes, "conv1");
    nested_pickle_bools(&bytes, 2, dim, spikes);
    pickle_op(&bytes, "u.");
    event_file_save(&bytes, path);
    bytes_free(&bytes);
}

START_TEST(a_pickle_of_tensors_is_imported)
{
    write_pickle("");
    ck_assert_msg(spikeq_inspect(ctx, path, NULL, &text) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    ck_assert_ptr_nonnull(
        strstr(text, "a pickle of tensors (Prosperity)\nnext      spikeq import "));
    ck_assert_ptr_nonnull(strstr(text, " --format prosperity -o TRACE"));
}
END_TEST

START_TEST(a_pickle_that_executes_is_refused_by_name)
{
    write_pickle("cposix\nsystem\n(Vtrue\ntR0");
    ck_assert_int_eq(spikeq_inspect(ctx, path, NULL, &text), SPIKEQ_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "names posix.system"));
    ck_assert_ptr_null(text);
}
END_TEST

/* Two networks of one size under the prefixes. */
static void write_networks(void)
{
    static struct tiny_tensors all, other;
    struct tiny_network net;
    struct sq_rng rng = {5};
    tiny_draw(&rng, TINY_CIFAR10, &net);
    tiny_tensors_of(&net, "model.", &all);
    tiny_tensors_of(&net, "model_ema.", &other);
    memcpy(&all.tensor[all.n], other.tensor, other.n * sizeof *other.tensor);
    all.n += other.n;
    tiny_write_tensors(&all, path);
    tiny_tensors_free(&all);
    tiny_free(&net);
}

START_TEST(the_network_of_a_checkpoint_is_chosen)
{
    struct sq_inspect_choices options = {.path = path, .as_json = 1};
    write_networks();
    ck_assert_int_eq(sq_api_inspect(ctx, &options, &text), SPIKEQ_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"root\":\t\"model.\""));
    ck_assert_ptr_nonnull(strstr(text, "\"networks\":\t[\"model\", \"model_ema\"]"));
    ck_assert_ptr_nonnull(strstr(text, "\"runs\":\ttrue"));
    spikeq_free(text);
    text = NULL;
    options.weights = "model_ema";
    ck_assert_int_eq(sq_api_inspect(ctx, &options, &text), SPIKEQ_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"root\":\t\"model_ema.\""));
    spikeq_free(text);
    text = NULL;
    options.weights = "teacher";
    ck_assert_int_eq(sq_api_inspect(ctx, &options, &text), SPIKEQ_EUSAGE);
}
END_TEST

/* What inspect makes is refused until it is filled in, by whatever reads configurations. */
START_TEST(a_template_is_no_configuration_yet)
{
    const struct sq_inspect_choices options = {.path = path, .as_config = 1, .weights = "model"};
    struct sq_network_choices network = {.model = path, .weights = "model"};
    spikeq_network *loaded = NULL;
    write_networks();
    ck_assert_int_eq(sq_api_inspect(ctx, &options, &text), SPIKEQ_OK);
    network.config = temp_text("own.json", text);
    ck_assert_int_eq(sq_api_network_open(ctx, &network, &loaded), SPIKEQ_EVALUE);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "\"?\": fill in its value"));
    ck_assert_ptr_null(loaded);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("inspect kinds");
    TCase *t = tcase_create("inspect kinds");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_pickle_of_tensors_is_imported);
    tcase_add_test(t, a_pickle_that_executes_is_refused_by_name);
    tcase_add_test(t, the_network_of_a_checkpoint_is_chosen);
    tcase_add_test(t, a_template_is_no_configuration_yet);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
