#include "sim/replay/cut.h"

#include "kernels/base/option_names.h"

#include "sim/network/residual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int sq_cut_find(struct sq_error *err, const struct sq_network *network, const char *name,
                size_t *node)
{
    for (size_t i = 0; i + 1 < network->n_nodes; i++) /* the head is last */
        if (strcmp(network->node[i].name, name) == 0)
            return *node = i, SQ_OK;
    const size_t entry = sq_residual_entry(network, name);
    if (entry < network->n_nodes)
        return *node = entry, SQ_OK;
    return sq_fail(err, SQ_EUSAGE,
                   SQ_OPT "from %s: the network has no such population and no such module; give "
                          "a path of spikeq graph, or input",
                   name);
}

/* A cut under construction. */
struct draft {
    const struct sq_network *network;
    struct sq_cut *cut;
    unsigned char *named, *down, *needed; /* [n_nodes] */
};

/* Mark what the named nodes reach. Sources come before their targets. */
static void mark_down(const struct draft *draft)
{
    for (size_t i = 0; i < draft->network->n_nodes; i++) {
        const struct sq_node *node = &draft->network->node[i];
        for (uint16_t s = 0; s < node->n_sources && !draft->named[i]; s++)
            if (draft->named[node->source[s]] || draft->down[node->source[s]])
                draft->down[i] = 1;
    }
}

/* Relays compute what they send, wherever their inputs come from. */
static int is_relay(const struct sq_node *node)
{
    return !sq_node_is_population(node) && node->kind != SQ_NODE_INPUT;
}

static void choose_role(const struct draft *draft, size_t i)
{
    const struct sq_node *node = &draft->network->node[i];
    const int computes = draft->down[i] || is_relay(node) || node->kind == SQ_NODE_INPUT;
    draft->cut->role[i] = (unsigned char)(!draft->needed[i] ? SQ_SKIP
                                          : computes        ? SQ_COMPUTE
                                                            : SQ_INJECT);
    if (!draft->needed[i] || !computes)
        return;
    draft->cut->needs_input |= node->kind == SQ_NODE_INPUT;
    for (uint16_t s = 0; s < node->n_sources; s++)
        draft->needed[node->source[s]] = 1;
}

/* What a what-if changes: named populations, and those whose spikes make up a named stream. */
static void mark_from(const struct draft *draft, size_t i)
{
    const struct sq_node *node = &draft->network->node[i];
    if (!is_relay(node)) {
        draft->cut->is_from[i] = draft->cut->role[i] == SQ_INJECT;
        return;
    }
    for (uint16_t s = 0; s < node->n_sources; s++)
        mark_from(draft, node->source[s]);
}

static int check_recorded(struct sq_error *err, const struct draft *draft,
                          const unsigned char *recorded)
{
    for (size_t i = 0; i < draft->network->n_nodes; i++)
        if (draft->cut->role[i] == SQ_INJECT && !recorded[i])
            return sq_fail(err, SQ_EUNSUPPORTED,
                           "%s: its spikes were not recorded, and this " SQ_OPT
                           "from needs them; record more populations, or begin elsewhere",
                           draft->network->node[i].name);
    return SQ_OK;
}

int sq_cut_make(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                const size_t *from, size_t n_from, const unsigned char *recorded,
                struct sq_cut *cut)
{
    const size_t n = network->n_nodes;
    struct draft draft = {network, cut, sq_arena_alloc(arena, n, 1), sq_arena_alloc(arena, n, 1),
                          sq_arena_alloc(arena, n, 1)};
    *cut = (struct sq_cut){sq_arena_alloc(arena, n, 1), sq_arena_alloc(arena, n, 1), 0};
    if (!draft.named || !draft.down || !draft.needed || !cut->role || !cut->is_from)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a replay");
    for (size_t i = 0; i < n_from; i++)
        draft.named[from[i]] = 1;
    mark_down(&draft);
    memcpy(draft.needed, draft.down, n);
    for (size_t i = n; i-- > 0;)
        choose_role(&draft, i);
    for (size_t i = 0; i < n_from; i++)
        mark_from(&draft, from[i]);
    return check_recorded(err, &draft, recorded);
}
