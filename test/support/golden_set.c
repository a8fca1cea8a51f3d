#include "test/support/golden_set.h"

#include "test/unit.h"

#include <stdio.h>
#include <unistd.h>

void golden_run(const char *folder, const char *which, const char *dump,
                const struct golden_how *how)
{
    char model[256], config[256], input[256];
    spikeq_ctx *ctx;
    spikeq_network *network;
    spikeq_report *report;
    snprintf(model, sizeof model, "test/golden/%s/%s", folder, which);
    snprintf(config, sizeof config, "test/golden/%s/config.json", folder);
    snprintf(input, sizeof input, "test/golden/%s/input.npy", folder);
    struct spikeq_run_options options = how->run;
    options.input = input;
    options.dump_dir = dump;
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_msg(spikeq_network_load(ctx, model, config, NULL, 0, &network) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    ck_assert_msg(spikeq_network_arith(ctx, network, &how->fixed) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    ck_assert_msg(spikeq_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
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

void golden_compare(const char *folder, const char *file, const char *dump)
{
    char path[256];
    size_t n;
    snprintf(path, sizeof path, "test/golden/%s/%s", folder, file);
    struct npz_array *want = npz_load(path, &n);
    for (size_t i = 0; i < n; i++) {
        struct npz_array *got = golden_take(dump, want[i].name);
        ck_assert_uint_eq(got->header.n_dims, want[i].header.n_dims);
        ck_assert_mem_eq(got->header.dim, want[i].header.dim,
                         want[i].header.n_dims * sizeof want[i].header.dim[0]);
        ck_assert_uint_eq(got->n_bytes, want[i].n_bytes);
        size_t at = 0; /* not an assertion per element: each one is a system call */
        while (at < got->n_bytes && got->data[at] == want[i].data[at])
            at++;
        ck_assert_msg(at == got->n_bytes, "%s/%s: %s differs at element %zu", folder, file,
                      want[i].name, at);
        npz_free(got, 1);
    }
    npz_free(want, n);
}
