/* What enters each layer of a Spikformer or a Spike-driven Transformer, from recorded populations, under the names that the
 * Prosperity simulator (Wei et al., HPCA 2025) gives the layers. docs/export.md lists the keys. */
#ifndef SQ_PROSPERITY_KEYS_H
#define SQ_PROSPERITY_KEYS_H

#include "traces/export/export.h"
#include "traces/read/trace_events.h"

/* Where an element of a population goes in the key's array of one timestep. */
enum sq_prosperity_axes {
    SQ_PROSPERITY_IMAGE,  /* [channels][height][width] */
    SQ_PROSPERITY_TOKENS, /* [tokens][channels] */
    SQ_PROSPERITY_HEADS   /* [heads][tokens][channels of a head] */
};

/* A key: its array is 1 where any of its sources has a spike; behind a gate, in the channels alone in which
 * that has one too. */
struct sq_prosperity_key {
    char name[48];
    enum sq_prosperity_axes axes;
    uint32_t n_rows, n_channels; /* of one timestep: pixels or tokens, channels */
    uint32_t height, width;      /* of the image; 0: not needed */
    uint32_t heads;
    int64_t gate;        /* population of one row; -1: none */
    unsigned char *open; /* [n_channels] room for its spikes of one timestep; NULL without a gate */
    size_t n_sources;
    struct {
        uint32_t population; /* number in the plan */
        int is_pooled;       /* 3x3, stride 2, padding 1 comes between */
    } * source;              /* in the arena that the key was made from */
};

struct sq_arena;

/* The keys that the selected populations suffice for, in the order of the data's way; *n of them in
 * the arena. SQ_EUNSUPPORTED: none, a network that Prosperity has no layers for, or the number of
 * attention heads is needed and not known; SQ_ESHAPE: populations whose sizes are not such a
 * network's; SQ_ENOMEM.
 *   path    for the sentence
 *   export  what the populations are in the network */
int sq_prosperity_keys(struct sq_error *err, const char *path, const struct sq_selection *selection,
                       const struct sq_export *export, struct sq_arena *arena,
                       struct sq_prosperity_key **key, size_t *n);

#endif
