/* Any text as options of a command, NAME=VALUE a line; the first byte chooses the command. Each is taken or refused by a
 * sentence that changes nothing; so are texts that an option's own parser reads, as ranges, shards, rates, parts of
 * populations; and a second run says the same. */
#define _GNU_SOURCE

#include "sim/account/price/switches.h"
#include "sim/input/shard.h"
#include "sim/replay/change.h"
#include "sim/spikeq.h"
#include "sim/synthesis/wanted.h"
#include "sim/tilings/tilings.h"
#include "test/fuzz/fuzz_file.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const command[] = {
    "run",     "session",    "merge",         "quantize",       "synthesize",  "energy", "analyze",
    "replay",  "import",     "export",        "events",         "inspect",     "graph",  "diff",
    "configs", "spikeq run", "spikeq energy", "spikeq analyze", "spikeq graph"};

static const struct sq_config sizes = {
    .name = "fuzz",
    .architecture = "spikformer-cifar10",
    .depth = 1,
    .dim = 64,
    .heads = 4,
    .mlp_hidden = 80,
    .timesteps = 2,
    .in_channels = 3,
    .image_height = 16,
    .image_width = 16,
    .classes = 7,
};

/* The sentence of a refusal, or "". */
static uint64_t add(uint64_t hash, int status, const struct sq_error *err)
{
    must(status == SQ_OK || (err->code == status && err->text[0] != '\0'));
    return fuzz_digest(hash, err->text, strlen(err->text));
}

static uint64_t try_shard(uint64_t hash, const char *value)
{
    static const uint64_t n[] = {0, 1, 7, 1000, UINT64_MAX};
    struct sq_error err = {0};
    struct sq_shard shard;
    const int status = sq_shard_parse(&err, value, &shard);
    must(status != SQ_OK || shard.of == 0 || (shard.index >= 1 && shard.index <= shard.of));
    hash = add(hash, status, &err);
    for (size_t i = 0; status == SQ_OK && shard.of > 0 && i < sizeof n / sizeof n[0]; i++) {
        struct sq_range samples;
        const int cut = sq_shard_samples(&err, &shard, n[i], (unsigned)i, &samples);
        must(cut != SQ_OK || (samples.first < samples.end && samples.end <= n[i]));
    }
    return hash;
}

static uint64_t try_silence(uint64_t hash, const struct sq_network *network, const char *value)
{
    struct sq_error err = {0};
    struct sq_arena arena = {0};
    struct sq_change change = {.drop = 0};
    unsigned char *silenced = sq_arena_alloc(&arena, network->n_nodes, 1);
    change.silence = sq_arena_alloc(&arena, network->n_nodes, sizeof *change.silence);
    must(silenced != NULL && change.silence != NULL);
    hash = add(hash, sq_change_silence(&err, &arena, network, value, &change, silenced), &err);
    sq_arena_free(&arena);
    return hash;
}

/* What the table takes as text, and its option's own parser reads. */
static uint64_t try_texts(uint64_t hash, const struct sq_network *network, const char *value)
{
    struct sq_error err = {0};
    struct sq_range range;
    struct sq_switches switches = sq_switches_default();
    double rate[256] = {0};
    char *text = NULL;
    int status = sq_range_parse(&err, "samples", value, &range);
    must(status != SQ_OK || range.first < range.end);
    hash = add(hash, status, &err);
    hash = add(hash, sq_switches_set(&err, &switches, value), &err);
    const struct sq_wanted wanted = {.rate = &value, .n_rate = 1};
    must(network->n_nodes <= sizeof rate / sizeof rate[0]);
    hash = add(hash, sq_wanted_read(&err, network, &wanted, rate), &err);
    for (size_t i = 0; i < network->n_nodes; i++)
        must(rate[i] >= 0 && rate[i] < 1);
    const struct sq_tilings_request request = {.isa = "scalar", .rates = value, .as_json = 1};
    status = sq_tilings_describe(&err, network, &request, &text);
    hash = add(hash, status, &err);
    if (status == SQ_OK)
        hash = fuzz_digest(hash, text, strlen(text));
    free(text);
    return try_silence(try_shard(hash, value), network, value);
}

/* An option that is refused keeps the value that it had. */
static uint64_t set(uint64_t hash, spikeq_ctx *ctx, spikeq_options *options, const char *name,
                    const char *value)
{
    const char *before = spikeq_options_get(options, name);
    char *kept = before != NULL ? strdup(before) : NULL;
    const int status = spikeq_options_set(options, name, value);
    const char *after = spikeq_options_get(options, name);
    const char *want = status == SPIKEQ_OK ? value : kept;
    must(status == SPIKEQ_OK || spikeq_error_text(ctx)[0] != '\0');
    must((after == NULL) == (want == NULL) && (after == NULL || strcmp(after, want) == 0));
    if (status != SPIKEQ_OK)
        hash = fuzz_digest(hash, spikeq_error_text(ctx), strlen(spikeq_error_text(ctx)));
    free(kept);
    return hash;
}

static uint64_t take(const struct sq_network *network, uint8_t which, char *text)
{
    spikeq_ctx *ctx;
    spikeq_options *options;
    struct spikeq_option row = {.size = sizeof row};
    uint64_t hash = 0;
    must(spikeq_ctx_new(&ctx) == SPIKEQ_OK);
    must(spikeq_options_new(ctx, command[which % (sizeof command / sizeof command[0])], &options) ==
         SPIKEQ_OK);
    for (char *line = text, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        char *sign = strchr(line, '=');
        if (sign != NULL)
            *sign = '\0';
        hash = set(hash, ctx, options, line, sign != NULL ? sign + 1 : NULL);
        if (sign != NULL)
            hash = try_texts(hash, network, sign + 1);
    }
    const int status = spikeq_options_check(options);
    must(status == SPIKEQ_OK || spikeq_error_text(ctx)[0] != '\0');
    for (size_t i = 0; spikeq_options_list(options, i, &row) == SPIKEQ_OK; i++)
        must(row.name != NULL && row.help != NULL);
    spikeq_options_free(options);
    spikeq_ctx_free(ctx);
    return fuzz_digest(hash, &status, sizeof status);
}

static uint64_t take_once(const struct sq_network *network, const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data + 1, size - 1);
    must(text != NULL);
    const uint64_t hash = take(network, data[0], text);
    free(text);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sq_network *network;
    if (network == NULL) {
        setenv("SPIKEQ_CONFIGS", "configs", 1);
        must(sq_network_without_weights(NULL, &sizes, &network) == SQ_OK);
    }
    if (size > 0)
        must(take_once(network, data, size) == take_once(network, data, size));
    return 0;
}
