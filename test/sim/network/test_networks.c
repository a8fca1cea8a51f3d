/* sim/network/networks.c: files that hold several networks. Two of different weights are told apart
 * by the bias of the classifier. */
#include "test/sim/network/tiny_load.h"

#include "sim/network/networks.h"

enum { N_PREFIXES = 3 };

static struct tiny_tensors others;

/* A network of `depth` blocks under each prefix; the bias of class 0 is its number. */
static void write_networks(const char *const prefix[N_PREFIXES], const uint32_t depth[N_PREFIXES])
{
    struct tiny_tensors all = {.n = 0};
    for (int i = 0; i < N_PREFIXES && prefix[i] != NULL; i++) {
        char name[128];
        tiny_discard();
        tiny_prepare(TINY_CIFAR10, depth[i]);
        tiny_tensors_of(&net, prefix[i], &others);
        snprintf(name, sizeof name, "%shead.bias", prefix[i]);
        tiny_tensor_find(&others, name)->value[0] = (float)i;
        ck_assert_uint_le(all.n + others.n, TINY_TENSORS);
        memcpy(&all.tensor[all.n], others.tensor, others.n * sizeof *others.tensor);
        all.n += others.n;
    }
    tiny_write_tensors(&all, temp_path("model.safetensors"));
    tiny_tensors_free(&all);
    tiny_write_config(&net, temp_path("config.json"));
}

/* With the configuration of the last network that was written, or none and the sizes set. */
static int load(const char *weights, int with_config)
{
    static const char *const sizes[] = {"heads=4", "T=2", "image_height=8", "image_width=12"};
    const struct sq_network_request request = {.config_dirs = temp_dir,
                                               .model = temp_path("model.safetensors"),
                                               .config =
                                                   with_config ? temp_path("config.json") : NULL,
                                               .set = sizes,
                                               .n_set = with_config ? 0 : 4,
                                               .weights = weights};
    sq_network_free(loaded);
    loaded = NULL;
    err = (struct sq_error){0};
    return sq_network_load_request(&err, &request, &loaded);
}

static int n_warnings(const char *name)
{
    int n = 0;
    for (unsigned i = 0; i < loaded->warnings.n; i++)
        n += strcmp(loaded->warnings.item[i].name, name) == 0;
    return n;
}

static const struct {
    const char *prefix[N_PREFIXES];
    uint32_t depth[N_PREFIXES];
    int runs, warns; /* which one, unasked and with the last one's configuration */
    const char *name, *why;
} file[] = {
    {{""}, {1}, 0, 0, ".", ""},
    {{"module."}, {1}, 0, 0, ".", ""},
    {{"state_dict.", "state_dict_ema."}, {1, 1}, 0, 1, "state_dict", "the weights that"},
    {{"state_dict_ema.", "state_dict."}, {1, 1}, 1, 1, "state_dict", "the weights that"},
    {{"model_ema.module.", "model.module."}, {1, 1}, 1, 1, "model", "the weights that"},
    {{"ema_model.", "model."}, {1, 1}, 1, 1, "model", "the weights that"},
    {{"swa.", "net."}, {1, 1}, 1, 1, "net", "the weights that"},
    {{"teacher.", "student."}, {1, 1}, 1, 1, "student", "the weights that"},
    {{"state_dict.ema_model.", "state_dict.model."}, {1, 1}, 1, 1, "state_dict.model", "the weig"},
    {{"a.", "b."}, {1, 1}, 0, 1, "a", "the first in"},
    {{"schema.", "b."}, {1, 1}, 0, 1, "schema", "the first in"}, /* no word of an average */
    {{"model.", "state_dict."}, {1, 1}, 1, 1, "state_dict", "the first in"},
    {{"model_ema.", "a.", "b."}, {1, 1, 1}, 1, 1, "a", "the first in"},
    {{"student.", "teacher."}, {1, 2}, 1, 0, "teacher", "the only one that fits"},
    {{"a.", "teacher.", "b."}, {1, 2, 2}, 2, 1, "b", "the weights that"},
};

START_TEST(plain_weights_come_before_averages)
{
    write_networks(file[_i].prefix, file[_i].depth);
    expect_ok(&err, load(NULL, 1));
    ck_assert(loaded->head.bias[0] == (float)file[_i].runs);
    ck_assert_str_eq(loaded->weights, file[_i].name);
    ck_assert_msg(strstr(loaded->weights_why, file[_i].why) == loaded->weights_why, "%s",
                  loaded->weights_why);
    ck_assert_int_eq(n_warnings("several-networks"), file[_i].warns);
    ck_assert_int_eq(loaded->networks[0] == '\0', file[_i].prefix[1] == NULL);
}
END_TEST

START_TEST(a_name_chooses_and_silences)
{
    static const struct {
        const char *name;
        int runs;
    } request[] = {{"model_ema", 0}, {"model_ema.module", 0}, {"model_ema.module.", 0},
                   {"model", 1},     {"net.backbone", 2},     {"net", 2}};
    write_networks((const char *const[]){"model_ema.module.", "model.module.", "net.backbone."},
                   (const uint32_t[]){1, 1, 1});
    for (size_t i = 0; i < sizeof request / sizeof request[0]; i++) {
        expect_ok(&err, load(request[i].name, 1));
        ck_assert(loaded->head.bias[0] == (float)request[i].runs);
        ck_assert_str_eq(loaded->weights_why, "--weights names it");
        ck_assert_int_eq(n_warnings("several-networks"), 0);
    }
    expect_refused(load("mod", 1), SQ_EUSAGE, "names none of its networks; they are: model");
    expect_refused(load("", 1), SQ_EUSAGE, "names none of its networks");
}
END_TEST

START_TEST(a_name_that_fits_several_is_refused)
{
    write_networks((const char *const[]){"net.a.", "net.b.", ""}, (const uint32_t[]){1, 1, 1});
    expect_refused(load("net", 1), SQ_EUSAGE, "names several of its networks");
    expect_ok(&err, load(".", 1));
    ck_assert(loaded->head.bias[0] == 2);
}
END_TEST

START_TEST(no_two_have_one_name)
{
    write_networks((const char *const[]){"", "module.", "_orig_mod.module."},
                   (const uint32_t[]){1, 1, 1});
    expect_ok(&err, load(NULL, 1));
    ck_assert_str_eq(loaded->networks, "., module, _orig_mod.module");
    expect_ok(&err, load("module", 1));
    ck_assert(loaded->head.bias[0] == 1);
    expect_ok(&err, load("_orig_mod.module", 1));
    ck_assert(loaded->head.bias[0] == 2);
    expect_ok(&err, load(".", 1));
    ck_assert(loaded->head.bias[0] == 0);
}
END_TEST

START_TEST(without_a_configuration_all_of_them_fit)
{
    write_networks((const char *const[]){"student.", "teacher.", NULL},
                   (const uint32_t[]){1, 2, 1});
    expect_ok(&err, load(NULL, 0));
    ck_assert_uint_eq(loaded->config.depth, 1);
    ck_assert_int_eq(n_warnings("several-networks"), 1);
    expect_ok(&err, load("teacher", 0));
    ck_assert_uint_eq(loaded->config.depth, 2);
}
END_TEST

START_TEST(where_none_fits_the_preferred_one_says_why)
{
    write_networks((const char *const[]){"state_dict.", "state_dict_ema.", NULL},
                   (const uint32_t[]){1, 1, 1});
    net.depth = 3;
    tiny_write_config(&net, temp_path("config.json"));
    expect_refused(load(NULL, 1), SQ_ESHAPE,
                   "\"state_dict.block.*.attn.q_linear.weight\" gives depth = 1");
}
END_TEST

/* A list of averages as torch_ema keeps it: ema.shadow_params.N, in the order of the parameters. */
static void write_list(const char *root, const char *list, int n_less)
{
    static struct tiny_tensors all;
    all.n = 0;
    tiny_discard();
    tiny_prepare(TINY_CIFAR10, 1);
    tiny_tensors_of(&net, root, &all);
    const size_t n = all.n;
    int k = 0;
    for (size_t i = 0; i < n; i++) {
        const struct tiny_tensor *tensor = &all.tensor[i];
        char name[96];
        if (strstr(tensor->name, ".running_") != NULL || tensor->value == NULL)
            continue;
        snprintf(name, sizeof name, "%s%d", list, k++);
        struct tiny_tensor *average =
            tiny_tensor_add(&all, name, tensor->n_dims, tensor->dim, tensor->value);
        if (strstr(tensor->name, "head.bias") != NULL)
            average->value[0] = 77;
    }
    all.n -= (size_t)n_less;
    tiny_write_tensors(&all, temp_path("model.safetensors"));
    all.n += (size_t)n_less;
    tiny_tensors_free(&all);
    tiny_write_config(&net, temp_path("config.json"));
}

static const char *const list_root[][2] = {{"", "ema.shadow_params."},
                                           {"state_dict.", "optimizer_states.0.ema."},
                                           {"model.module.", "shadow_params."}};

START_TEST(a_list_of_averages_is_a_network)
{
    write_list(list_root[_i][0], list_root[_i][1], 0);
    expect_ok(&err, load(NULL, 1));
    ck_assert(loaded->head.bias[0] != 77);
    ck_assert_int_eq(n_warnings("several-networks"), 1);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strlen(list_root[_i][1]) - 1, list_root[_i][1]);
    struct sq_network *plain = loaded;
    loaded = NULL;
    expect_ok(&err, load(name, 1));
    ck_assert(loaded->head.bias[0] == 77);
    ck_assert_str_eq(loaded->weights, name);
    ck_assert_uint_eq(loaded->n_parameters, plain->n_parameters);
    for (size_t i = 0; i < plain->n_synapses; i++) { /* the same numbers, and the same buffers */
        const struct sq_synapse *a = &plain->synapse[i], *b = &loaded->synapse[i];
        ck_assert_mem_eq(a->weight, b->weight, (size_t)a->n_in * a->n_out * sizeof *a->weight);
        ck_assert_mem_eq(a->bias, b->bias, a->n_out * sizeof *a->bias);
    }
    sq_network_free(plain);
}
END_TEST

START_TEST(a_list_that_does_not_match_is_training_state)
{
    write_list("model.", "ema.shadow_params.", 1);
    expect_ok(&err, load(NULL, 1));
    ck_assert_int_eq(n_warnings("several-networks"), 0);
    write_list("model.", "moments.", 0); /* no word of an average */
    expect_ok(&err, load(NULL, 1));
    ck_assert_int_eq(n_warnings("several-networks"), 0);
}
END_TEST

START_TEST(many_zero_weights_are_worth_a_warning)
{
    for (size_t i = 0; i < tensors.n; i++) {
        struct tiny_tensor *tensor = &tensors.tensor[i];
        const size_t n = tiny_tensor_count(tensor);
        for (size_t k = 0; tensor->n_dims > 1 && k < n; k++)
            tensor->value[k] = tensor->value[k] == 0 ? 1 : tensor->value[k];
    }
    expect_ok(&err, tiny_load_own(NULL));
    ck_assert_int_eq(n_warnings("zero-weights"), 0);
    for (size_t i = 0; i < tensors.n; i++) {
        struct tiny_tensor *tensor = &tensors.tensor[i];
        const size_t n = tiny_tensor_count(tensor);
        for (size_t k = 0; tensor->n_dims > 1 && k < n; k += 8)
            tensor->value[k] = 0;
    }
    expect_ok(&err, tiny_load_own(NULL));
    ck_assert_int_eq(n_warnings("zero-weights"), 1);
    ck_assert_ptr_nonnull(strstr(loaded->warnings.item[0].text, "12.5% of its weights are 0"));
}
END_TEST

static void set_up(void)
{
    tiny_prepare(TINY_CIFAR10, 1);
}

static Suite *networks_suite(void)
{
    Suite *suite = suite_create("networks");
    TCase *tests = tcase_create("several networks");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, set_up, tiny_discard);
    tcase_add_loop_test(tests, plain_weights_come_before_averages, 0,
                        (int)(sizeof file / sizeof *file));
    tcase_add_test(tests, a_name_chooses_and_silences);
    tcase_add_test(tests, a_name_that_fits_several_is_refused);
    tcase_add_test(tests, no_two_have_one_name);
    tcase_add_test(tests, without_a_configuration_all_of_them_fit);
    tcase_add_test(tests, where_none_fits_the_preferred_one_says_why);
    tcase_add_loop_test(tests, a_list_of_averages_is_a_network, 0, 3);
    tcase_add_test(tests, a_list_that_does_not_match_is_training_state);
    tcase_add_test(tests, many_zero_weights_are_worth_a_warning);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(networks_suite())
