/* What users write and read: decimals, switches, profiles, tables of rates, reports. */
#include "sim/account/count/counters_json.h"
#include "sim/account/sheets/counters_read.h"
#include "sim/account/sheets/csv.h"
#include "sim/account/sheets/energy.h"
#include "sim/json/decimal.h"
#include "test/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *write_file(const char *name, const char *text)
{
    static char path[256];
    snprintf(path, sizeof path, "/tmp/sq_texts_%d_%s", (int)getpid(), name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* Behind the path: the sentence must name key, value, expected. */
static void check_sentence(const struct sq_error *err, const char *path, const char *want)
{
    ck_assert_msg(strncmp(err->text, path, strlen(path)) == 0, "%s", err->text);
    ck_assert_str_eq(err->text + strlen(path), want);
}

START_TEST(decimals_are_pythons)
{
    static const struct {
        double value;
        const char *text;
    } row[] = {{0, "0.0"},
               {-0.0, "-0.0"},
               {1, "1.0"},
               {0.1, "0.1"},
               {1e-4, "0.0001"},
               {1e-5, "1e-05"},
               {1.5e-7, "1.5e-07"},
               {1e15, "1000000000000000.0"},
               {1e16, "1e+16"},
               {123456789012345678.0, "1.2345678901234568e+17"},
               {7.463502601886196, "7.463502601886196"},
               {69.9999988079071, "69.9999988079071"},
               {5e-324, "5e-324"},
               {1.7976931348623157e308, "1.7976931348623157e+308"},
               {-2.5, "-2.5"}};
    char text[SQ_DECIMAL_BYTES];
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        ck_assert_str_eq(sq_decimal(text, row[i].value), row[i].text);
    struct sq_rng rng = {3};
    for (int i = 0; i < 20000; i++) {
        const double value = (sq_rng_unit(&rng) - 0.5) * (double)sq_rng_next(&rng);
        ck_assert_double_eq(strtod(sq_decimal(text, value), NULL), value);
    }
}
END_TEST

START_TEST(switches_name_what_they_expect)
{
    struct sq_switches switches = sq_switches_default();
    struct sq_error err = {0};
    ck_assert_int_eq(sq_switches_set(&err, &switches, "integers=units"), SQ_OK);
    ck_assert_int_eq(switches.integers, SQ_INTEGERS_UNITS);
    ck_assert_int_eq(sq_switches_set(&err, &switches, "syops-max=30"), SQ_OK);
    ck_assert_int_eq(switches.syops_max, 1);
    ck_assert_int_eq(sq_switches_set(&err, &switches, "integers=unit"), SQ_EUSAGE);
    ck_assert_str_eq(err.text,
                     SQ_OPT "switch integers: value \"unit\", expected one of events,units,mac");
    ck_assert_int_eq(sq_switches_set(&err, &switches, "integers"), SQ_EUSAGE);
    ck_assert_int_eq(sq_switches_set(&err, &switches, "=mac"), SQ_EUSAGE);
    ck_assert_int_eq(sq_switches_set(&err, &switches, "integer=mac"), SQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "no such switch; expected one of first-layer, "));
}
END_TEST

#define PROFILE(prices) "{\"format\": \"spikeq-hardware/1\", \"prices\": {" prices "}}"
#define SOURCE          ", \"kind\": \"measured\", \"paper\": \"mine\""

START_TEST(a_profile_is_checked)
{
    static const struct {
        const char *text, *want;
        int status;
    } row[] = {
        {PROFILE("\"ac\": {\"energy_pj\": -1" SOURCE "}"),
         ": prices.ac.energy_pj: -1, expected a finite number of pJ, 0 or more", SQ_EVALUE},
        {PROFILE("\"ac\": {\"energy_pj\": 1e999" SOURCE "}"),
         ": prices.ac.energy_pj: inf, expected a finite number of pJ, 0 or more", SQ_EVALUE},
        {PROFILE("\"ac\": {\"energy_pj\": \"NaN\"" SOURCE "}"),
         ": prices.ac.energy_pj: NaN, expected a number of pJ", SQ_EVALUE},
        {PROFILE("\"ac\": {\"energy\": 1" SOURCE "}"),
         ": prices.ac.energy: unit missing or unknown, expected the key energy_pj", SQ_EFORMAT},
        {PROFILE("\"ac\": {\"energy_nj\": 1" SOURCE "}"),
         ": prices.ac.energy_nj: unit missing or unknown, expected the key energy_pj", SQ_EFORMAT},
        {PROFILE("\"ac\": 1"),
         ": prices.ac: a bare value has no unit and no source, expected "
         "{\"energy_pj\": ..., \"kind\": ..., \"paper\": ...}",
         SQ_EFORMAT},
        {PROFILE("\"ac\": {\"energy_pj\": 1, \"kind\": \"guessed\", \"paper\": \"x\"}"),
         ": prices.ac.kind: \"guessed\", expected measured, estimated or unclear", SQ_EFORMAT},
        {PROFILE("\"ac\": {\"energy_pj\": 1, \"kind\": \"measured\"}"),
         ": prices.ac.paper: missing, expected where the number was read", SQ_EFORMAT},
        {PROFILE("\"ac\": {\"kind\": \"measured\", \"paper\": \"x\"}"),
         ": prices.ac: no value, expected the key energy_pj", SQ_EFORMAT},
        {PROFILE("\"adc\": {\"energy_pj\": 1" SOURCE "}"),
         ": prices.adc: unknown key, expected mac, ac, sram_byte, dram_byte, neuron_update, "
         "neuron_update_silent, spike, ac_8, ac_32, multiply_8",
         SQ_EFORMAT},
        {PROFILE(""), ": prices: empty, expected at least one price", SQ_EFORMAT},
        {"{\"format\": \"spikeq-hardware/2\", \"prices\": {}}",
         ": format: \"spikeq-hardware/2\", expected spikeq-hardware/1", SQ_EFORMAT},
        {"{\"prices\": {\"ac\": {\"energy_pj\": 1" SOURCE "}}}",
         ": format: missing, expected spikeq-hardware/1", SQ_EFORMAT},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct sq_error err = {0};
        struct sq_hardware hardware;
        const char *path = write_file("profile.json", row[i].text);
        ck_assert_int_eq(sq_hardware_load(&err, NULL, path, &hardware), row[i].status);
        check_sentence(&err, path, row[i].want);
        unlink(path);
    }
}
END_TEST

static int load_one(const char *path, const char *name, void *data)
{
    struct sq_error err = {0};
    struct sq_hardware hardware;
    ck_assert_msg(sq_hardware_read(&err, path, &hardware) == SQ_OK, "%s", err.text);
    ck_assert_str_eq(hardware.name, name);
    *(int *)data += 1;
    return 0;
}

START_TEST(shipped_profiles_are_whole)
{
    struct sq_error err = {0};
    struct sq_hardware hardware;
    int n = 0;
    sq_hardware_each("configs", load_one, &n);
    ck_assert_int_ge(n, 11);
    ck_assert_int_eq(sq_hardware_load(&err, "configs", "fp32_45nm", &hardware), SQ_OK);
    ck_assert_double_eq(hardware.price[SQ_PRICE_MAC].energy_pj, 4.6);
    ck_assert_double_eq(hardware.price[SQ_PRICE_AC].energy_pj, 0.9);
    ck_assert_int_eq(sq_hardware_load(&err, "configs", "fp64", &hardware), SQ_EIO);
    ck_assert_ptr_nonnull(
        strstr(err.text, SQ_OPT "hardware fp64: no such profile; known: bf16_7nm, "));
}
END_TEST

static const struct sq_config tiny = {.name = "tiny",
                                      .architecture = "spikformer-cifar10",
                                      .depth = 1,
                                      .dim = 16,
                                      .heads = 2,
                                      .mlp_hidden = 64,
                                      .timesteps = 2,
                                      .in_channels = 3,
                                      .image_height = 8,
                                      .image_width = 8,
                                      .classes = 5,
                                      .attn_scale = 0.125f};

#define RATES                        \
    "name,rate\n"                    \
    "patch_embed.proj_conv1,0.1\n"   \
    "patch_embed.proj_conv2,0.1\n"   \
    "patch_embed.proj_conv3,0.2\n"   \
    "patch_embed.rpe_conv,0.2\n"     \
    "block.0.attn.q_linear,0.5\n"    \
    "block.0.attn.k_linear,0.5\n"    \
    "block.0.attn.v_linear,0.5\n"    \
    "block.0.attn.q_lif,0.3\n"       \
    "block.0.attn.k_lif,0.2\n"       \
    "block.0.attn.v_lif,0.25\n"      \
    "block.0.attn.proj_linear,0.1\n" \
    "block.0.mlp.fc1_linear,0.75\n"

START_TEST(rates_price_a_network)
{
    struct sq_error err = {0};
    struct sq_source source = {.has_counts = 0};
    struct sq_hardware hardware;
    struct sq_arena arena = {0};
    struct sq_bill bill;
    const struct sq_switches switches = sq_switches_default();
    const char *path = write_file("rates.csv", RATES "block.0.mlp.fc2_linear,0.05\n");
    ck_assert_int_eq(sq_hardware_load(&err, "configs", "fp32_45nm", &hardware), SQ_OK);
    ck_assert_msg(sq_rates_read(&err, path, &tiny, &source) == SQ_OK, "%s", err.text);
    ck_assert_int_eq(sq_bill_make(&err, &arena, &source, SQ_PAPER, &hardware, &switches, &bill),
                     SQ_OK);
    /* T * rate * FLOPs by hand: image 8x8, channels 2, 4, 8, 16, 4 tokens */
    const double conv = 2 * (0.1 * 2 * 4 * 9 * 64 + 0.1 * 4 * 8 * 9 * 64 + 0.2 * 8 * 16 * 9 * 16 +
                             0.2 * 16 * 16 * 9 * 4);
    const double linear = 2 * (3 * 0.5 * 1024 + 0.1 * 1024 + 0.75 * 4096 + 0.05 * 4096);
    const double ssa = 2 * (0.2 + 0.25) * 4 * 4 * 8 * 2;
    ck_assert_double_eq_tol(bill.acs, conv + linear + ssa, 1e-6);
    ck_assert_double_eq(bill.macs, 2 * 3 * 2 * 9 * 64);
    ck_assert_int_eq(sq_bill_make(&err, &arena, &source, SQ_EXACT, &hardware, &switches, &bill),
                     SQ_EUNSUPPORTED);
    sq_arena_free(&arena);
    sq_counters_free(&source.counters);
    unlink(path);
}
END_TEST

START_TEST(rates_are_checked)
{
    static const struct {
        const char *text, *want;
    } row[] = {
        {RATES, ": block.0.mlp.fc2_linear: missing, expected the rate of its input"},
        {RATES "block.0.mlp.fc3_linear,0.05\n",
         ": line 14: block.0.mlp.fc3_linear: no such layer, expected one of config tiny, such as "
         "patch_embed.proj_conv1"},
        {RATES "block.0.mlp.fc2_linear,1.5\n",
         ": line 14: block.0.mlp.fc2_linear: rate \"1.5\", expected a number from 0 to 1"},
        {RATES "block.0.mlp.fc2_linear,-0.1\n",
         ": line 14: block.0.mlp.fc2_linear: rate \"-0.1\", expected a number from 0 to 1"},
        {RATES "block.0.mlp.fc2_linear,nan\n",
         ": line 14: block.0.mlp.fc2_linear: rate \"nan\", expected a number from 0 to 1"},
        {RATES "block.0.mlp.fc1_linear,0.1\n",
         ": line 14: block.0.mlp.fc1_linear: given twice, expected once"},
        {RATES "block.0.mlp.fc2_linear\n", ": line 14: 1 cells, expected 2 as in the heading"},
        {"name,value\nx,1\n", ": heading: no column \"rate\" among its 2, beginning with \"name\""},
        {"name,rate\n", ": no rows, expected a heading and rows"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct sq_error err = {0};
        struct sq_source source = {.has_counts = 0};
        const char *path = write_file("bad.csv", row[i].text);
        ck_assert_int_ne(sq_rates_read(&err, path, &tiny, &source), SQ_OK);
        check_sentence(&err, path, row[i].want);
        sq_counters_free(&source.counters);
        unlink(path);
    }
}
END_TEST

/* A report as spikeq run writes it, as far as prices need it. */
static cJSON *make_report(const struct sq_counters *counters)
{
    cJSON *report = cJSON_Parse(
        "{\"format\": \"spikeq report\", \"version\": 1, \"config\": {\"name\": \"tiny\", "
        "\"layout\": \"cifar10\", \"depth\": 1, \"dim\": 16, \"heads\": 2, \"mlp_hidden\": 64, "
        "\"T\": 2, \"in_channels\": 3, \"image_height\": 8, \"image_width\": 8, \"classes\": 5, "
        "\"attn_scale\": 0.125}}");
    cJSON_AddItemToObject(report, "counters", sq_counters_to_json(counters));
    char *text = cJSON_Print(report);
    cJSON_Delete(report);
    report = cJSON_Parse(text);
    free(text);
    return report;
}

static void fill(struct sq_counters *counters)
{
    struct sq_error err = {0};
    struct sq_rng rng = {5};
    ck_assert_int_eq(sq_counters_from_config(&err, &tiny, counters), SQ_OK);
    counters->n_samples = 3;
    for (size_t i = 0; i < counters->n_ops; i++) {
        counters->op[i].adder_bits = (uint32_t)i % 20;
        counters->op[i].factor_bits = i % 3 == 0 ? 96 : 0;
    }
    for (size_t i = 0; i < counters->n_ops; i++)
        for (int sample = 0; sample < 3; sample++) {
            struct sq_op *op = &counters->op[i];
            struct sq_op_count step[2] = {{.frames = 1}, {.frames = 1}};
            struct sq_op_group call = {.n_calls = 1, .n_steps = 2, .step = step, .max = 3};
            for (int t = 0; t < 2; t++) {
                step[t].nonzeros = step[t].units = sq_rng_below(&rng, op->n_in + 1);
                step[t].units += sample == 1 ? step[t].nonzeros : 0;
                step[t].out_nonzeros = sq_rng_below(&rng, op->n_out + 1);
                step[t].fanout = op->dense_in / 2;
                step[t].unit_fanout = op->dense_in;
            }
            struct sq_op_count sum = {0};
            sq_call_classify(op, &call, &sum);
            ck_assert_int_eq(sq_op_add_call(&err, counters, op, &call), SQ_OK);
        }
}

START_TEST(counters_come_back_from_a_report)
{
    struct sq_counters written = {0}, read = {0};
    struct sq_error err = {0};
    fill(&written);
    cJSON *report = make_report(&written);
    ck_assert_msg(sq_counters_from_report(&err, "r.json", report, &read) == SQ_OK, "%s", err.text);
    ck_assert_uint_eq(read.n_samples, 3);
    ck_assert_uint_eq(read.n_ops, written.n_ops);
    for (size_t i = 0; i < read.n_ops; i++) {
        ck_assert_uint_eq(read.op[i].n_groups, written.op[i].n_groups);
        ck_assert_uint_eq(read.op[i].adder_bits, written.op[i].adder_bits);
        ck_assert_uint_eq(read.op[i].factor_bits, written.op[i].factor_bits);
        for (size_t g = 0; g < read.op[i].n_groups; g++) {
            const struct sq_op_group *a = &read.op[i].group[g], *b = &written.op[i].group[g];
            ck_assert_uint_eq(a->is, b->is);
            ck_assert_uint_eq(a->n_calls, b->n_calls);
            ck_assert_uint_eq(a->neuron_acs, b->neuron_acs);
            ck_assert_mem_eq(a->step, b->step, 2 * sizeof *a->step);
        }
    }
    cJSON_Delete(report);
    sq_counters_free(&read);
    sq_counters_free(&written);
}
END_TEST

/* Change one member of a good report; the sentence says what is wrong with it. */
static void spoil(const char *key, const char *value, int status, const char *want)
{
    struct sq_counters written = {0}, read = {0};
    struct sq_error err = {0};
    fill(&written);
    cJSON *report = make_report(&written);
    cJSON *counters = cJSON_GetObjectItem(report, "counters");
    cJSON *op = cJSON_GetArrayItem(cJSON_GetObjectItem(counters, "ops"), 3);
    cJSON *group = cJSON_GetArrayItem(cJSON_GetObjectItem(op, "groups"), 0);
    cJSON *step = cJSON_GetArrayItem(cJSON_GetObjectItem(group, "steps"), 0);
    cJSON *at = strcmp(key, "version") == 0                                  ? counters
                : strcmp(key, "name") == 0 || strcmp(key, "adder_bits") == 0 ? op
                : strcmp(key, "dim") == 0 || strcmp(key, "depth") == 0
                    ? cJSON_GetObjectItem(report, "config")
                    : step;
    cJSON_ReplaceItemInObject(at, key, cJSON_Parse(value));
    const int rc = sq_counters_from_report(&err, "r.json", report, &read);
    ck_assert_msg(rc == status, "%s: %d", key, rc);
    ck_assert_str_eq(err.text, want);
    cJSON_Delete(report);
    sq_counters_free(&read);
    sq_counters_free(&written);
}

START_TEST(a_spoilt_report_is_refused)
{
    spoil("version", "2", SQ_EUNSUPPORTED,
          "r.json: version: 1, counters.version: 2, expected at most 1 and 1; written by a newer "
          "spikeq");
    spoil("name", "\"x\"", SQ_ESHAPE,
          "r.json: counters.ops: x, expected patch_embed.proj_conv1; counters of another network?");
    spoil(
        "depth", "2", SQ_ESHAPE,
        "r.json: counters.ops: 42 operations, expected 64 for tiny; counters of another network?");
    spoil("adder_bits", "2000", SQ_EVALUE,
          "r.json: patch_embed.proj_conv1: adder_bits: 2000, expected at most 1024");
    spoil("nonzeros", "-1", SQ_EVALUE,
          "r.json: patch_embed.proj_conv1: nonzeros: -1, expected a whole number from 0 to 2^53");
    spoil("nonzeros", "1e6", SQ_EVALUE,
          "r.json: patch_embed.proj_conv1: nonzeros at t = 0 is 1000000, expected at most 256; "
          "counters of "
          "another network?");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("account texts");
    TCase *t = tcase_create("texts");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, decimals_are_pythons);
    tcase_add_test(t, switches_name_what_they_expect);
    tcase_add_test(t, a_profile_is_checked);
    tcase_add_test(t, shipped_profiles_are_whole);
    tcase_add_test(t, rates_price_a_network);
    tcase_add_test(t, rates_are_checked);
    tcase_add_test(t, counters_come_back_from_a_report);
    tcase_add_test(t, a_spoilt_report_is_refused);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
