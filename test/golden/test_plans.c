/* No bit depends on a plan: every population of golden networks is what it must be under tilings that are drawn at
 * random, in floats and in integers. */
#include "kernels/base/cpu.h"
#include "sim/api/calls.h"
#include "sim/json/json.h"
#include "sim/nodes/tiling.h"
#include "test/support/golden_set.h"
#include "test/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { N_PLANS = 6, OF_16_BITS = -1, OF_FLOATS = -2 };

static const struct {
    const char *folder;
    int arith; /* number of a set of integers, or one of the two above */
} set[] = {
    {"cifar-2-64", OF_FLOATS},    {"cifar-1-48-odd", OF_FLOATS}, {"dvs-1-64", OF_FLOATS},
    {"imagenet-1-64", OF_FLOATS}, {"cifar-2-64", OF_16_BITS},    {"imagenet-1-64", OF_16_BITS},
    {"fixed-cifar-2-40", 0},      {"fixed-cifar-2-40", 1},       {"fixed-cifar-2-40", 2},
    {"fixed-imagenet-1-48", 0},   {"fixed-dvs-1-32", 0},         {"fixed-qkformer-3-32", 0},
};
static const char *const isa[] = {"scalar", "avx2", "avx512"};
enum { N_SETS = sizeof set / sizeof set[0], N_ISA = sizeof isa / sizeof isa[0] };

static struct sq_fixed_choices arith_of(int i)
{
    if (set[i].arith == OF_FLOATS)
        return (struct sq_fixed_choices){.arith = "f32"};
    if (set[i].arith == OF_16_BITS)
        return (struct sq_fixed_choices){.arith = "fixed", .weight_bits = 16};
    return golden_arith(set[i].folder, set[i].arith);
}

/* What the engine would choose, as JSON: the layers that can be tiled, and what they are. */
static cJSON *plan_of(int i)
{
    char model[256], config[256], *text = NULL;
    spikeq_ctx *ctx;
    golden_path(model, sizeof model, set[i].folder, "model.safetensors");
    golden_path(config, sizeof config, set[i].folder, "config.json");
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    const struct sq_graph_choices options = {.source = model,
                                             .config = config,
                                             .format = "json",
                                             .plan = 1,
                                             .rates = "0.1",
                                             .arith = arith_of(i)};
    ck_assert_msg(sq_api_graph(ctx, &options, &text) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    cJSON *plan = sq_json_parse(text, strlen(text), NULL, NULL);
    ck_assert_ptr_nonnull(plan);
    spikeq_free(text);
    spikeq_ctx_free(ctx);
    return plan;
}

static uint32_t count_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return item != NULL ? (uint32_t)item->valuedouble : 0;
}

/* A tiling that the layer can have. */
static struct sq_tiling draw_tiling(struct sq_rng *rng, uint32_t kernel, uint32_t channels,
                                    uint32_t most_rows)
{
    for (;;) {
        struct sq_tiling tiling = {kernel, kernel, 1, channels};
        const uint64_t kind = sq_rng_below(rng, 3);
        if (kind > 0) {
            tiling.lines = 1;
            tiling.taps = kind == 1 ? 1 + (uint32_t)sq_rng_below(rng, kernel) : 1;
        }
        if (kind == 2)
            tiling.part_rows = 1 + (uint32_t)sq_rng_below(rng, channels);
        tiling.parts = (channels + tiling.part_rows - 1) / tiling.part_rows;
        if (sq_tiling_steps(&tiling, kernel) <= sq_tiling_max_steps(kernel, channels) &&
            (most_rows == 0 || sq_tiling_rows(&tiling, channels) <= most_rows))
            return tiling;
    }
}

/* One to three tilings a layer, by rates that its planes have or have not. */
static void draw_layer(struct sq_rng *rng, cJSON *layer)
{
    const cJSON *about = cJSON_GetObjectItemCaseSensitive(layer, "about");
    double rate = 0;
    if (cJSON_GetObjectItemCaseSensitive(layer, "tilings") == NULL)
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(layer, "tilings");
    cJSON *list = sq_json_add_array(layer, "tilings");
    for (uint64_t n = 1 + sq_rng_below(rng, 3); n > 0; n--) {
        const struct sq_tiling tiling =
            draw_tiling(rng, count_of(about, "lines"), count_of(about, "channels"),
                        count_of(about, "most_weight_rows"));
        cJSON *object = cJSON_CreateObject();
        sq_json_add_number(object, "rate", rate += 0.001 + 0.15 * sq_rng_unit(rng));
        sq_json_count(object, "lines", tiling.lines);
        sq_json_count(object, "taps", tiling.taps);
        sq_json_count(object, "channels", tiling.part_rows);
        sq_json_append(list, object);
    }
}

static void write_plan(struct sq_rng *rng, cJSON *plan, const char *path)
{
    cJSON *layer;
    cJSON_ArrayForEach(layer, cJSON_GetObjectItemCaseSensitive(plan, "layers"))
        draw_layer(rng, layer);
    char *text = sq_json_print(plan);
    FILE *file = fopen(path, "w");
    ck_assert(text != NULL && file != NULL);
    fputs(text, file);
    fclose(file);
    free(text);
}

static void check_plan(int i, const char *with, const char *plan)
{
    char dump[] = "/tmp/spikeq-plan-XXXXXX", spikes[32] = "spikes.npz";
    ck_assert_ptr_nonnull(mkdtemp(dump));
    if (set[i].arith >= 0)
        snprintf(spikes, sizeof spikes, "spikes-%d.npz", set[i].arith);
    golden_run(set[i].folder, "model.safetensors", dump,
               &(struct golden_how){.run = {.threads = 2, .isa = with, .plan = plan},
                                    .fixed = arith_of(i)});
    golden_compare(set[i].folder, spikes, dump);
    npz_free(golden_take(dump, "logits"), 1);
    npz_free(golden_take(dump, "head_in"), 1);
    ck_assert_int_eq(rmdir(dump), 0);
}

START_TEST(no_bit_depends_on_a_plan)
{
    const int i = _i / N_ISA;
    const char *with = isa[_i % N_ISA];
    char path[] = "/tmp/spikeq-plan-XXXXXX";
    struct sq_rng rng = {(uint64_t)_i};
    const int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    if (sq_cpu_restrict(sq_cpu_detect().features, with) < 0) {
        sq_skip("plans of %s on %s: this processor has none of it", set[i].folder, with);
    } else {
        cJSON *plan = plan_of(i);
        for (int k = 0; k < N_PLANS; k++) {
            write_plan(&rng, plan, path);
            check_plan(i, with, path);
        }
        cJSON_Delete(plan);
    }
    unlink(path);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("golden");
    TCase *t = tcase_create("plans");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, no_bit_depends_on_a_plan, 0, N_SETS * N_ISA);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
