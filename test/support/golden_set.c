#include "test/support/golden_set.h"
#include "sim/api/calls.h"

#include "sim/network/fixed.h"
#include "test/support/network_arith.h"
#include "test/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void golden_path(char *path, size_t size, const char *folder, const char *file)
{
    snprintf(path, size, "%s%s/%s", strchr(folder, '/') != NULL ? "" : "test/golden/", folder,
             file);
}

struct sq_fixed_choices golden_arith(const char *folder, int number)
{
    char path[512], name[32], text[SQ_ARITH_TEXT];
    struct sq_fixed_settings settings;
    snprintf(name, sizeof name, "arith-%d.txt", number);
    golden_path(path, sizeof path, folder, name);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    fclose(file);
    ck_assert_int_eq(sq_arith_parse(text, &settings), 1);
    return (struct sq_fixed_choices){.arith = "fixed",
                                     .weight_bits = settings.weight_bits,
                                     .membrane_bits = settings.membrane_bits,
                                     .pixel_bits = settings.pixel_bits,
                                     .pixel_max = settings.pixel_max,
                                     .scale = settings.by_layer ? "layer" : "channel",
                                     .rounding =
                                         settings.rounding == SQ_ROUND_DOWN ? "down" : "nearest"};
}

void golden_run(const char *folder, const char *which, const char *dump,
                const struct golden_how *how)
{
    char model[512], config[512], input[512];
    spikeq_ctx *ctx;
    spikeq_network *network;
    spikeq_report *report;
    golden_path(model, sizeof model, folder, which);
    golden_path(config, sizeof config, folder, "config.json");
    golden_path(input, sizeof input, folder, "input.npy");
    struct sq_run_choices options = how->run;
    options.input = input;
    options.dump_dir = dump;
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_msg(spikeq_network_load(ctx, model, config, how->set, how->n_set, &network) ==
                      SPIKEQ_OK,
                  "%s", spikeq_error_text(ctx));
    ck_assert_msg(network_arith(ctx, network, &how->fixed) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    ck_assert_msg(sq_api_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    spikeq_report_free(report);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
}

struct npz_array *golden_take(const char *dump, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.npy", dump, name);
    struct npz_array *array = npy_load(path);
    unlink(path);
    return array;
}

/* How many bytes agree, from the first on: not an assertion per element, each one is a system call. */
static size_t agree(const struct npz_array *got, const struct npz_array *want, double tolerance)
{
    size_t at = 0;
    if (want->header.kind != 'f') {
        while (at < got->n_bytes && got->data[at] == want->data[at])
            at++;
        return at;
    }
    for (; at < got->n_bytes; at += sizeof(float)) {
        float a, b;
        memcpy(&a, got->data + at, sizeof a);
        memcpy(&b, want->data + at, sizeof b);
        if (!(fabs((double)a - (double)b) <= tolerance * fmax(1, fabs((double)b))))
            return at;
    }
    return at;
}

void golden_compare(const char *folder, const char *file, const char *dump)
{
    golden_compare_within(folder, file, dump, 0);
}

void golden_compare_within(const char *folder, const char *file, const char *dump, double tolerance)
{
    char path[512];
    size_t n;
    golden_path(path, sizeof path, folder, file);
    struct npz_array *want = npz_load(path, &n);
    for (size_t i = 0; i < n; i++) {
        struct npz_array *got = golden_take(dump, want[i].name);
        ck_assert_uint_eq(got->header.n_dims, want[i].header.n_dims);
        ck_assert_mem_eq(got->header.dim, want[i].header.dim,
                         want[i].header.n_dims * sizeof want[i].header.dim[0]);
        ck_assert_uint_eq(got->n_bytes, want[i].n_bytes);
        const size_t at = agree(got, &want[i], tolerance);
        ck_assert_msg(at == got->n_bytes, "%s/%s: %s differs at byte %zu", folder, file,
                      want[i].name, at);
        npz_free(got, 1);
    }
    npz_free(want, n);
}
