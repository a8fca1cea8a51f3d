#include "sim/replay/change.h"

#include "kernels/base/option_names.h"

#include "kernels/base/bits.h"
#include "kernels/base/random.h"
#include "sim/network/residual.h"
#include "traces/format/select.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One step of splitmix64 from state z: mixes its bits. */
static uint64_t mix(uint64_t z)
{
    return sq_splitmix64(&z);
}

void sq_change_drop(const struct sq_change *change, const struct sq_spike_shape *shape,
                    uint64_t sample, uint32_t t, size_t node, uint64_t *bits)
{
    const uint64_t place = mix(mix(mix(change->seed) ^ sample) ^ ((uint64_t)node << 32 | t));
    for (uint32_t r = 0; r < shape->n_rows; r++)
        for (uint32_t w = 0; w < shape->n_words; w++, bits++)
            for (uint64_t left = *bits; left != 0; left &= left - 1) {
                const uint64_t c = 64 * (uint64_t)w + (uint64_t)__builtin_ctzll(left);
                const uint64_t draw = mix(place ^ ((uint64_t)r * shape->n_channels + c));
                if ((double)(draw >> 11) * 0x1p-53 < change->drop)
                    *bits &= ~(left & -left);
            }
}

void sq_change_apply_silence(const struct sq_change *change, const struct sq_spike_shape *shape,
                             size_t node, uint64_t *bits)
{
    const uint64_t *mask = change->silence[node];
    for (uint32_t r = 0; mask != NULL && r < shape->n_planes * shape->n_rows; r++)
        for (uint32_t w = 0; w < shape->n_words; w++)
            *bits++ &= ~mask[w];
}

/* The part of a population that a text names. */
struct part {
    char glob[SQ_NAME_BYTES];
    enum { ALL, HEAD, CHANNELS } kind;
    struct sq_range range; /* of heads, of channels */
};

/* "[head=2]" after the pattern; a '[' of the pattern itself does not count. */
static int parse(struct sq_error *err, const char *text, struct part *part)
{
    const char *open = strrchr(text, '[');
    char inside[64];
    int n = 0;
    *part = (struct part){.kind = ALL};
    if (open != NULL && sscanf(open, "[head=%63[^]]]%n", inside, &n) == 1 && open[n] == '\0' && n)
        part->kind = HEAD;
    else if (open != NULL && sscanf(open, "[channel=%63[^]]]%n", inside, &n) == 1 &&
             open[n] == '\0' && n)
        part->kind = CHANNELS;
    const size_t length = part->kind == ALL ? strlen(text) : (size_t)(open - text);
    snprintf(part->glob, sizeof part->glob, "%.*s", (int)length, text);
    if (length == 0 || length >= sizeof part->glob)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "silence %s: names no population", text);
    return part->kind == ALL ? SQ_OK : sq_range_parse(err, SQ_OPT "silence", inside, &part->range);
}

/* Of the attention that it belongs to, or whose heads it reads side by side. */
static const struct sq_attend_shape *heads_of(const struct sq_network *network,
                                              const struct sq_node *node)
{
    const struct sq_attend_shape *own = sq_node_attention(network, node);
    if (own == NULL && node->n_sources == 1 &&
        node->shape.n_channels == network->node[node->source[0]].shape.n_channels)
        own = sq_node_attention(network, &network->node[node->source[0]]);
    return own;
}

/* Channels first .. end - 1 of a population that the part is; SQ_EUSAGE: it lacks them. */
static int channels_of(struct sq_error *err, const struct sq_network *network,
                       const struct sq_node *node, const struct part *part, struct sq_range *out)
{
    const uint32_t n = node->shape.n_channels;
    const struct sq_attend_shape *attend = heads_of(network, node);
    const uint32_t unit = part->kind == HEAD && attend != NULL ? attend->head_dim : 1;
    *out = (struct sq_range){0, n};
    if (part->kind == ALL)
        return SQ_OK;
    if (part->kind == HEAD && attend == NULL)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "silence: %s has no heads", node->name);
    const uint64_t end = part->range.end == INT64_MAX ? n / unit : part->range.end;
    if (end > n / unit || part->range.first >= end)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "silence: %s has %u %s, numbered from 0", node->name,
                       n / unit, part->kind == HEAD ? "heads" : "channels");
    *out = (struct sq_range){part->range.first * unit, end * unit};
    return SQ_OK;
}

static int silence_node(struct sq_error *err, struct sq_arena *arena,
                        const struct sq_network *network, size_t node, const struct part *part,
                        struct sq_change *change)
{
    struct sq_range range;
    const struct sq_spike_shape *shape = &network->node[node].shape;
    const int status = channels_of(err, network, &network->node[node], part, &range);
    if (status != SQ_OK)
        return status;
    if (change->silence[node] == NULL)
        change->silence[node] = sq_arena_alloc(arena, shape->n_words, sizeof(uint64_t));
    if (change->silence[node] == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a replay");
    for (uint64_t c = range.first; c < range.end; c++)
        sq_bit_set(change->silence[node], c);
    return SQ_OK;
}

int sq_change_silence(struct sq_error *err, struct sq_arena *arena,
                      const struct sq_network *network, const char *text, struct sq_change *change,
                      unsigned char *silenced)
{
    struct part part;
    size_t n_found = 0;
    int status = parse(err, text, &part);
    for (size_t i = 0; status == SQ_OK && i < network->n_nodes; i++) {
        if (!sq_node_is_population(&network->node[i]) ||
            !sq_globs_match(part.glob, network->node[i].name))
            continue;
        status = silence_node(err, arena, network, i, &part, change);
        silenced[i] = 1;
        n_found++;
    }
    if (status == SQ_OK && n_found == 0)
        status = sq_fail(err, SQ_EUSAGE, SQ_OPT "silence %s: matches no population of the network",
                         text);
    return status;
}

void sq_change_text(const struct sq_change *change, const char *const *silence, size_t n_silence,
                    char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    if (change->drop > 0)
        at +=
            (size_t)snprintf(text, size, "drop %g with seed %" PRIu64, change->drop, change->seed);
    if (change->shift != 0 && at < size)
        at += (size_t)snprintf(text + at, size - at, "%sshift %" PRId64, at > 0 ? "; " : "",
                               change->shift);
    for (size_t i = 0; i < n_silence && at < size; i++)
        at +=
            (size_t)snprintf(text + at, size - at, "%ssilence %s", at > 0 ? "; " : "", silence[i]);
}
