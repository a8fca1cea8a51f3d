/* A brute-force twin of the accounting: every convention under random switches, recomputed from the
 * whole tensors of random tiny networks by the formulas of docs/accounting.md, sample by sample,
 * and compared with what spikeq energy says of the run's report. Shares no code with sim/account.
 */
#include "sim/api/calls.h"
#include "test/sim/account/sheets/twin_exact.h"
#include "test/sim/account/sheets/twin_lemaire.h"
#include "test/sim/account/sheets/twin_paper.h"
#include "test/sim/account/sheets/twin_syops.h"
#include "test/sim/account/sheets/twin_tools.h"

#include <math.h>

enum { N_NETWORKS = 30, N_CHOICES = 8 };

static void write_profile(const char *path)
{
    FILE *file = fopen(path, "w");
    const struct {
        const char *key;
        double pj;
    } price[] = {{"mac", MAC_PJ},
                 {"ac", AC_PJ},
                 {"neuron_update", UPDATE_PJ},
                 {"neuron_update_silent", SILENT_PJ},
                 {"spike", SPIKE_PJ}};
    fputs("{\"format\": \"spikeq-hardware/1\", \"prices\": {", file);
    for (size_t i = 0; i < sizeof price / sizeof *price; i++)
        fprintf(file,
                "%s\"%s\": {\"energy_pj\": %.17g, \"kind\": \"measured\", \"paper\": \"test\"}",
                i > 0 ? ", " : "", price[i].key, price[i].pj);
    fputs("}}\n", file);
    ck_assert_int_eq(fclose(file), 0);
}

/* What spikeq energy says of the report under the switches chosen. */
static cJSON *priced(struct state *s, const char *report, const char *per, const char *convention)
{
    static char text[N_SWITCHES][64];
    const char *given[N_SWITCHES];
    char *said;
    /* One convention takes its own switches alone: exact those up to NEURONS, neurobench none. */
    const size_t n_switches = convention == NULL || strcmp(convention, "all") == 0 ? N_SWITCHES
                              : strcmp(convention, "exact") == 0                   ? NEURONS + 1
                                                                                   : 0;
    for (int i = 0; i < N_SWITCHES; i++) {
        snprintf(text[i], sizeof text[i], "%s=%s", switches[i].key,
                 switches[i].value[s->choice[i]]);
        given[i] = text[i];
    }
    const struct sq_energy_choices options = {.report = "report",
                                              .report_text = report,
                                              .hardware = temp_path("mine.json"),
                                              .switches = given,
                                              .n_switches = n_switches,
                                              .per = per,
                                              .convention = convention,
                                              .format = "json"};
    CASE_UNLESS(&s->c, sq_api_energy(s->c.ctx, &options, &said) == SPIKEQ_OK, "%s",
                spikeq_error_text(s->c.ctx));
    cJSON *json = cJSON_Parse(said);
    spikeq_free(said);
    return json;
}

static void require(const struct state *s, const char *convention, const char *what, double got,
                    double want, double tolerance)
{
    char chosen[600] = "";
    if (fabs(got - want) <= tolerance * fmax(fabs(got), fabs(want)))
        return;
    for (int i = 0; i < N_SWITCHES; i++)
        if (s->choice[i] > 0)
            snprintf(chosen + strlen(chosen), sizeof chosen - strlen(chosen), " %s=%s",
                     switches[i].key, switches[i].value[s->choice[i]]);
    CASE_UNLESS(&s->c, 0, "%s: %s is %.17g, not %.17g;%s", convention, what, got, want, chosen);
}

static void compare(struct state *s, const cJSON *json)
{
    static struct bill (*const bill_of[])(const struct state *) = {
        bill_exact, bill_paper, bill_syops, bill_jelly, bill_neurobench, bill_lemaire};
    static const char *const name[] = {"exact",        "paper",      "syops",
                                       "spikingjelly", "neurobench", "lemaire"};
    const cJSON *sheets = cJSON_GetObjectItem(json, "sheets");
    const cJSON *row = cJSON_GetObjectItem(cJSON_GetArrayItem(sheets, 0), "rows")->child;
    for (size_t c = 0; c < 6; c++, row = row->next) {
        const struct bill want = bill_of[c](s);
        /* syops rounds rates to float32, spikeq once for calls that are alike. */
        const double tolerance = c == 2 ? 1e-6 : 1e-12;
        ck_assert_str_eq(cJSON_GetObjectItem(row, "convention")->valuestring, name[c]);
        require(s, name[c], "G ACs", cJSON_GetObjectItem(row, "G ACs")->valuedouble, want.acs / 1e9,
                tolerance);
        require(s, name[c], "G MACs", cJSON_GetObjectItem(row, "G MACs")->valuedouble,
                want.macs / 1e9, tolerance);
        require(s, name[c], "energy", cJSON_GetObjectItem(row, "energy_mj")->valuedouble,
                want.pj / 1e9, tolerance);
    }
}

static double member_of(const cJSON *row, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(row, key);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

/* The rows of a sheet of details add up to their convention's row of the summary. */
static void require_sum(const struct state *s, const cJSON *whole, const cJSON *sheet)
{
    const char *name = cJSON_GetObjectItem(whole, "convention")->valuestring;
    const cJSON *row;
    double acs = 0, macs = 0, pj = 0;
    cJSON_ArrayForEach(row, cJSON_GetObjectItem(sheet, "rows"))
    {
        acs += member_of(row, "ACs");
        macs += member_of(row, "MACs");
        pj += member_of(row, "energy_pj");
    }
    require(s, name, "sum of ACs", acs / 1e9, member_of(whole, "G ACs"), 1e-12);
    require(s, name, "sum of MACs", macs / 1e9, member_of(whole, "G MACs"), 1e-12);
    require(s, name, "sum of energies", pj / 1e9, member_of(whole, "energy_mj"), 1e-12);
}

/* Layers, blocks and, where a convention can be split so, timesteps. */
static void compare_sums(struct state *s, const char *report)
{
    static const char *const per[] = {"layer", "block", "timestep", "timestep"},
                             *const convention[] = {"all", "all", "exact", "neurobench"};
    for (size_t i = 0; i < sizeof per / sizeof *per; i++) {
        cJSON *json = priced(s, report, per[i], convention[i]);
        const cJSON *sheet = cJSON_GetObjectItem(json, "sheets")->child;
        const cJSON *whole = cJSON_GetObjectItem(sheet, "rows")->child;
        for (sheet = sheet->next; sheet != NULL; sheet = sheet->next, whole = whole->next)
            require_sum(s, whole, sheet);
        CASE_UNLESS(&s->c,
                    strcmp(cJSON_GetObjectItem(whole, "convention")->valuestring, "ann") == 0,
                    "--per %s: not every convention has a sheet", per[i]);
        cJSON_Delete(json);
    }
}

/* Count all tensors once. */
static void count(struct state *s)
{
    for (size_t i = 0; i < s->twin.n; i++)
        for (uint32_t b = 0; b < s->twin.net->batch; b++) {
            if (s->twin.op[i].kind == TWIN_LAYER)
                s->synapses[i][b] = twin_synapses(&s->twin.op[i], b);
            if (s->twin.op[i].kind == TWIN_SSA)
                s->products[i][b] = twin_products(&s->twin, &s->twin.op[i], b);
        }
}

START_TEST(every_convention_equals_its_twin)
{
    struct state *s = calloc(1, sizeof *s);
    struct dense_result want;
    case_open(&s->c, 9000 + (uint64_t)_i);
    ck_assert_uint_le(s->c.net.batch, 8);
    write_profile(temp_path("mine.json"));
    dense_run(&s->c.net, &want);
    twin_make(&s->c.net, &want, &s->twin);
    dense_free(&want);
    count(s);
    char *report = case_run(&s->c, (struct sq_run_choices){.threads = 2});
    for (int i = 0; i < N_CHOICES; i++) {
        for (int k = 0; k < N_SWITCHES; k++)
            s->choice[k] = i == 0 ? 0 : (int)sq_rng_below(&s->c.rng, (uint64_t)switches[k].n);
        cJSON *json = priced(s, report, NULL, NULL);
        compare(s, json);
        cJSON_Delete(json);
        compare_sums(s, report);
    }
    spikeq_free(report);
    twin_free(&s->twin);
    case_close(&s->c);
    free(s);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/account");
    TCase *t = tcase_create("twin");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, every_convention_equals_its_twin, 0, N_NETWORKS);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
