/* NIR graphs as architectures: what each node becomes. */
#include "sim/nir/nir.h"

#include "test/sim/input/temp_files.h"
#include "test/support/nir_file.h"

static struct sq_error err;
static struct nir_file nir;
static cJSON *architecture;

static void discard(void)
{
    cJSON_Delete(architecture);
    architecture = NULL;
}

/* End the file x.nir and derive its architecture. */
static void derive(void)
{
    nir_end(&nir);
    err.code = SQ_OK;
    const int status = sq_nir_architecture(&err, temp_path("x.nir"), &architecture);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
}

static const cJSON *node_of(const char *id)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, cJSON_GetObjectItem(architecture, "nodes"))
    {
        if (strcmp(cJSON_GetObjectItem(node, "id")->valuestring, id) == 0)
            return node;
    }
    ck_abort_msg("no node %s", id);
}

/* A node as text: without its id. */
static void expect_node(const char *id, const char *want)
{
    cJSON *node = cJSON_Duplicate(node_of(id), 1);
    char *text;
    cJSON_DeleteItemFromObject(node, "id");
    text = sq_json_print_line(node);
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '"' ? '\'' : *c;
    ck_assert_str_eq(text, want);
    free(text);
    cJSON_Delete(node);
}

static void expect_part(const char *key, const char *want)
{
    char *text = sq_json_print_line(cJSON_GetObjectItem(architecture, key));
    for (char *c = text; c != NULL && *c != '\0'; c++)
        *c = *c == '"' ? '\'' : *c;
    ck_assert_str_eq(text != NULL ? text : "", want);
    free(text);
}

START_TEST(a_chain_becomes_nodes_of_the_graph)
{
    nir_small(&nir, temp_path("x.nir"), "IF");
    derive();
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(architecture, "nodes")), 8);
    expect_node("input",
                "{'op':'input','in':[],'kind':'frames','channels':2,'height':8,'width':8}");
    expect_node("conv", "{'op':'conv','in':['input'],'weight':'conv','channels':4,'bias':true,"
                        "'kernel':3,'stride':1,'pad':1,'groups':1}");
    expect_node("conv.n", "{'op':'neuron','in':['conv'],'neuron':'if','v_threshold':1}");
    expect_node("pool", "{'op':'sumpool','in':['conv.n'],'kernel':2,'stride':2,'pad':0}");
    expect_node("flat", "{'op':'flatten','in':['pool']}");
    expect_node("affine",
                "{'op':'linear','in':['flat'],'weight':'affine','channels':3,'bias':true}");
    expect_node("last.n",
                "{'op':'neuron','in':['affine'],'neuron':'if','v_threshold':1,'axes':'C'}");
    expect_node("output", "{'op':'mean_time','in':['last.n']}");
    expect_part("recognise", "{'affine.weight':2,'affine.bias':1,'conv.weight':4,'conv.bias':1}");
    expect_part("defaults", "{'in_channels':2,'image_height':8,'image_width':8,'classes':3}");
    ck_assert_ptr_null(cJSON_GetObjectItem(architecture, "ask"));
    ck_assert_ptr_null(cJSON_GetObjectItem(architecture, "comment"));
}
END_TEST

START_TEST(leaks_ask_for_the_length_of_a_timestep)
{
    nir_small(&nir, temp_path("x.nir"), "LIF");
    nir_ramp(&nir, "last.n", "tau", 0.002, 0, NIR_DIMS(3));
    derive();
    expect_part("ask", "[{'dt':'seconds of a timestep'}]");
    expect_node("conv.n", "{'op':'neuron','in':['conv'],'neuron':'lif','v_threshold':1,"
                          "'tau':'{0.0025 / dt}'}");
    expect_node("last.n", "{'op':'neuron','in':['affine'],'neuron':'lif','v_threshold':1,"
                          "'axes':'C','tau':'{0.002 / dt}'}");
}
END_TEST

START_TEST(a_resistance_scales_the_threshold)
{
    nir_small(&nir, temp_path("x.nir"), "IF");
    nir_fill(&nir, "conv.n", "r", 4, NIR_DIMS(4, 8, 8));
    nir_fill(&nir, "last.n", "r", 0.5F, NIR_DIMS(0));
    derive();
    expect_node("conv.n", "{'op':'neuron','in':['conv'],'neuron':'if','v_threshold':0.25}");
    expect_node("last.n",
                "{'op':'neuron','in':['affine'],'neuron':'if','v_threshold':2,'axes':'C'}");
}
END_TEST

START_TEST(a_reset_that_is_not_said_is_remarked)
{
    nir_small(&nir, temp_path("x.nir"), "IF");
    nir_remove(&nir, "last.n", "v_reset");
    derive();
    const char *comment = cJSON_GetStringValue(cJSON_GetObjectItem(architecture, "comment"));
    ck_assert_ptr_nonnull(comment);
    ck_assert_msg(strstr(comment, "the membranes of \"last.n\" are reset") != NULL, "%s", comment);
    ck_assert_msg(strstr(comment, "NIR 1.0") != NULL, "%s", comment);
}
END_TEST

START_TEST(several_edges_are_a_sum)
{
    nir_small(&nir, temp_path("x.nir"), "IF");
    nir_conv(&nir, "side", 4, 4, 3, 1, 1);
    nir_neurons(&nir, "side.n", "IF", NIR_DIMS(4, 8, 8));
    nir_edge(&nir, "conv.n", "side");
    nir_edge(&nir, "side", "side.n");
    nir_edge(&nir, "side.n", "pool");
    nir_edge(&nir, "side.n", "pool"); /* once is enough */
    derive();
    expect_node("pool.in", "{'op':'add','in':['conv.n','side.n']}");
    expect_node("pool", "{'op':'sumpool','in':['pool.in'],'kernel':2,'stride':2,'pad':0}");
}
END_TEST

START_TEST(a_linear_layer_at_the_end_reads_the_mean)
{
    nir_small(&nir, temp_path("x.nir"), "IF");
    nir_remove(&nir, "last.n", NULL);
    nir.n_edges = 5;
    nir_edge(&nir, "affine", "output");
    derive();
    expect_node("output", "{'op':'mean_time','in':['flat']}");
    expect_node("affine",
                "{'op':'linear','in':['output'],'weight':'affine','channels':3,'bias':true}");
}
END_TEST

/* The kernel of such a layer is the whole image. */
START_TEST(a_layer_of_the_flattened_input_is_a_convolution)
{
    struct sq_nir *file = NULL;
    nir_begin(&nir, temp_path("x.nir"));
    nir_input(&nir, 2, 4, 4);
    nir_node(&nir, "flat", "Flatten");
    nir_whole(&nir, "flat", "start_dim", 0, 0);
    nir_whole(&nir, "flat", "end_dim", 2, 2);
    nir_node(&nir, "fc", "Linear");
    nir_fill(&nir, "fc", "weight", 0.5F, NIR_DIMS(3, 32));
    nir_neurons(&nir, "n", "IF", NIR_DIMS(3));
    nir_node(&nir, "output", "Output");
    nir_edge(&nir, "input", "flat");
    nir_edge(&nir, "flat", "fc");
    nir_edge(&nir, "fc", "n");
    nir_edge(&nir, "n", "output");
    derive();
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(architecture, "nodes")), 4);
    expect_node("fc", "{'op':'conv','in':['input'],'weight':'fc','channels':3,'bias':false,"
                      "'kernel':4,'stride':1,'pad':0,'groups':1}");
    ck_assert_int_eq(sq_nir_open(&err, temp_path("x.nir"), &file), SQ_OK);
    const struct sq_nir_tensor *tensor = sq_nir_tensor(file, 0);
    ck_assert_uint_eq(tensor->n_dims, 4);
    ck_assert_uint_eq(tensor->dim[1] * 100 + tensor->dim[2] * 10 + tensor->dim[3], 244);
    ck_assert_ptr_null(sq_nir_tensor(file, 1));
    sq_nir_close(file);
}
END_TEST

static Suite *nir_suite(void)
{
    Suite *suite = suite_create("sim/nir");
    TCase *tests = tcase_create("architecture");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_test(tests, a_chain_becomes_nodes_of_the_graph);
    tcase_add_test(tests, leaks_ask_for_the_length_of_a_timestep);
    tcase_add_test(tests, a_resistance_scales_the_threshold);
    tcase_add_test(tests, a_reset_that_is_not_said_is_remarked);
    tcase_add_test(tests, several_edges_are_a_sum);
    tcase_add_test(tests, a_linear_layer_at_the_end_reads_the_mean);
    tcase_add_test(tests, a_layer_of_the_flattened_input_is_a_convolution);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(nir_suite())
