/* The context behind the public interface: one error, the warnings, the folders of configurations.
 * */
#ifndef SQ_CONTEXT_H
#define SQ_CONTEXT_H

#include "kernels/base/status.h"
#include "sim/api/calls.h"
#include "sim/cluster/cluster.h"
#include "sim/network/network.h"

#include <stdatomic.h>

struct spikeq_ctx {
    struct sq_error error;
    struct sq_warnings warnings; /* the outermost list */
    void (*on_warning)(void *data, const struct spikeq_warning *warning);
    void *on_warning_data;
    struct sq_cluster *cluster;      /* spikeq_ctx_join(); NULL: alone */
    struct sq_shared_weights shared; /* of its networks, with a cluster */
    char *config_dirs;               /* sim/config/config_folders.h */
    atomic_uint n_holds;             /* see sq_ctx_hold() */
};

/* The context stays until one more spikeq_ctx_free(). */
static inline spikeq_ctx *sq_ctx_hold(spikeq_ctx *ctx)
{
    atomic_fetch_add(&ctx->n_holds, 1);
    return ctx;
}

/* Fill a caller's struct that begins with its own `size`: as much of `from` as it has room for. The size
 * is kept. SQ_EUSAGE: the struct has no size, or not even room for it. */
int sq_sized_copy(struct sq_error *err, void *to, const void *from, size_t size);

/* Can it be filled? SQ_EUSAGE as above, before there is anything to fill it with. */
int sq_sized_check(struct sq_error *err, const void *to);

/* Settings from options, except `arith`; SQ_EUSAGE. */
int sq_fixed_settings_of(struct sq_error *err, const struct sq_fixed_choices *options,
                         struct sq_fixed_settings *settings);

/* Does an option apply to fixed point only? */
int sq_fixed_has_settings(const struct sq_fixed_choices *options);

/* The arithmetic that options ask for; settings are filled where it is fixed point. SQ_EUSAGE. */
int sq_arith_of(struct sq_error *err, const struct sq_fixed_choices *options, int *is_fixed,
                struct sq_fixed_settings *settings);

/* Make a network run in fixed point: integers, shifts and additions between the first convolution and the head
 * (docs/fixed-point.md). Call it once, before it runs. SQ_EUSAGE (options), SQ_EVALUE (a file that was quantised with
 * other settings; weights or bounds that integers of these widths cannot hold: names the layer and the figures),
 * SQ_EUNSUPPORTED (f32 of a file of integers), SQ_ENOMEM. After a failure the network can only be freed. */
int sq_arith_make(struct sq_error *err, const struct sq_fixed_choices *options,
                  struct sq_network *network);

/* As spikeq_network_open(), for callers inside the library: sq_network_free() frees it. */
int sq_network_open(spikeq_ctx *ctx, const struct sq_network_choices *options,
                    struct sq_network **out);

/* Hand such a network to the caller, or free it where `status` is a failure; returns `status`. */
int sq_network_give(struct sq_network *network, int status, spikeq_network **out);

/* A configuration by name or path, of `architecture` (may be NULL) instead of the one that it names,
 * with the keys `set` overridden. What sq_config_load(), sq_config_set_architecture() and
 * sq_config_set_pair() refuse. */
int sq_config_open(spikeq_ctx *ctx, const char *name, const char *architecture,
                   const char *const *set, size_t n_set, struct sq_config *out);

/* The public opaque types are the internal ones. */
static inline const struct sq_network *sq_network_of(const spikeq_network *network)
{
    return (const struct sq_network *)(const void *)network;
}

#endif
