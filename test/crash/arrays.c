/* Arrays through a session and into a recorder: the program of arrays.sh, which lets memory end at its allocations.
 *   arrays MODEL CONFIG TRACE: status 0, or 1 and one line; nothing is left of a trace that failed. TRACE "-": the
 *   network is loaded, and that is all. */
#include "sim/spikeq.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 3, PIXELS = 3 * 32 * 32, MOST_BYTES = 1 << 20 };

static unsigned char images[N * PIXELS], spikes[MOST_BYTES];

static int push(spikeq_session *session, spikeq_recorder *recorder)
{
    const struct spikeq_array pixels = {sizeof pixels, images, SPIKEQ_U8, 4, {N, 3, 32, 32}};
    struct spikeq_samples samples = {.size = sizeof samples, .array = &pixels, .n_arrays = 1};
    struct spikeq_result result = {.size = sizeof result};
    static const char name[] = "block.0.attn.q_lif";
    uint64_t n_taken;
    int status = SPIKEQ_OK;
    while (status == SPIKEQ_OK && samples.first < N) {
        status = spikeq_session_push(session, &samples, &n_taken);
        samples.first += n_taken;
        while (status == SPIKEQ_OK &&
               (status = spikeq_session_next(session, &result)) == SPIKEQ_OK) {
            size_t n = 0;
            status = spikeq_session_spikes(session, name, SPIKEQ_U8, spikes, sizeof spikes, &n);
            const struct spikeq_array one = {
                sizeof one, spikes, SPIKEQ_U8, 2, {result.timesteps, n / result.timesteps}};
            if (status == SPIKEQ_OK)
                status = spikeq_recorder_write(recorder, result.sample, name, SPIKEQ_ALL_TIMESTEPS,
                                               &one);
            if (status == SPIKEQ_OK)
                status = spikeq_recorder_finish_sample(recorder, result.sample, -1,
                                                       result.prediction, NULL);
        }
        if (status == SPIKEQ_EAGAIN)
            status = SPIKEQ_OK;
    }
    return status;
}

static int run(spikeq_ctx *ctx, char **argv)
{
    spikeq_network *network = NULL;
    spikeq_options *options = NULL;
    spikeq_session *session = NULL;
    spikeq_recorder *recorder = NULL;
    spikeq_report *report = NULL;
    const struct spikeq_recorder_population q = {sizeof q, "block.0.attn.q_lif", 2, {64, 64}};
    const struct spikeq_recorder_options recording = {.size = sizeof recording,
                                                      .path = argv[3],
                                                      .model = "arrays",
                                                      .timesteps = 4,
                                                      .population = &q,
                                                      .n_populations = 1};
    int status = spikeq_network_load(ctx, argv[1], argv[2], NULL, 0, &network);
    if (status == SPIKEQ_OK && strcmp(argv[3], "-") == 0) {
        spikeq_network_free(network);
        return status;
    }
    if (status == SPIKEQ_OK)
        status = spikeq_options_new(ctx, "session", &options);
    if (status == SPIKEQ_OK)
        status = spikeq_options_set(options, "keep", "block.0.attn.q_lif");
    if (status == SPIKEQ_OK)
        status = spikeq_options_set(options, "threads", "1");
    if (status == SPIKEQ_OK)
        status = spikeq_session_open(ctx, network, options, &session);
    if (status == SPIKEQ_OK)
        status = spikeq_recorder_open(ctx, &recording, &recorder);
    if (status == SPIKEQ_OK)
        status = push(session, recorder);
    if (status == SPIKEQ_OK)
        status = spikeq_recorder_close(recorder, NULL);
    if (status == SPIKEQ_OK)
        status = spikeq_session_close(session, &report);
    spikeq_report_free(report);
    spikeq_recorder_free(recorder);
    spikeq_session_free(session);
    spikeq_options_free(options);
    spikeq_network_free(network);
    return status;
}

int main(int argc, char **argv)
{
    spikeq_ctx *ctx;
    if (argc != 4 || spikeq_ctx_new(&ctx) != SPIKEQ_OK)
        return fputs("arrays: no context\n", stderr), 1;
    for (size_t i = 0; i < sizeof images; i++)
        images[i] = (unsigned char)(i * 7919 >> 3);
    const int status = run(ctx, argv);
    if (status != SPIKEQ_OK)
        fprintf(stderr, "%s\n", spikeq_error_text(ctx));
    spikeq_ctx_free(ctx);
    return status == SPIKEQ_OK ? 0 : 1;
}
