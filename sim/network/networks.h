/* The networks that a checkpoint holds, and which of them runs.
 *
 * Training saves several: weights and their moving average (state_dict_ema, model_ema), student and
 * teacher. All that an architecture fits are listed, in the order of preference:
 *   1. plain weights before averages and teachers, which are recognised by the words of their prefix
 *      (ema, swa, teacher, ...): the plain ones are what training logged and what
 *      model.load_state_dict(file["state_dict"]) gives;
 *   2. the file's top, state_dict, model, model_state_dict, then any other prefix;
 *   3. the order of the file.
 * Lists of averages without names (parameter_list.h) come last. */
#ifndef SQ_NETWORKS_H
#define SQ_NETWORKS_H

#include "sim/checkpoint/checkpoint.h"
#include "sim/graph/architecture_list.h"
#include "sim/network/recognise.h"

enum { SQ_MAX_NETWORKS = 16, SQ_ROOT_BYTES = 128 };

struct sq_found_network {
    char root[SQ_ROOT_BYTES]; /* prefix of its tensors, "state_dict_ema.module." */
    char name[SQ_ROOT_BYTES]; /* what --weights calls it, "state_dict_ema"; "." is the top */
    int is_average;           /* by its name */
    const struct sq_architecture *architecture;
    char rivals[SQ_RIVALS]; /* architectures that fit it alike; "": that one alone */
    struct sq_config sizes; /* architecture, and what its weights tell: depth, dim, classes, ... */
    /* A list of parameters without names, as torch_ema and NeMo's EMA optimizer keep: tensors
     * list_first ... of the file, in the order of the parameters under the prefix list_of, whose
     * buffers serve it too. NULL: it has names of its own. */
    const char *list_of;
    size_t list_first, list_n;
};

struct sq_networks {
    size_t n;
    struct sq_found_network network[SQ_MAX_NETWORKS];
};

/* List them. SQ_EUNSUPPORTED, SQ_ESHAPE if no architecture fits: why not, at the preferred prefix.
 * `known` outlives *networks. */
int sq_networks_find(struct sq_error *err, struct sq_checkpoint *checkpoint, const char *path,
                     const struct sq_architectures *known, struct sq_networks *networks);

/* Choose one.
 *   name     what the user wants: a name or a prefix ("state_dict_ema", "model.module"), or NULL
 *   config   with which its sizes must agree, or NULL: any do
 *   chosen   its index
 *   why      static text: "--weights", "the only one that fits the configuration", ...
 * Warns (several-networks) where nobody chose and two or more would fit. SQ_EUSAGE: none is called
 * so, or several are; SQ_ENOMEM. */
int sq_networks_choose(struct sq_error *err, const struct sq_networks *networks, const char *path,
                       const char *name, const struct sq_config *config, size_t *chosen,
                       const char **why);

/* Give a list of parameters their names: root + name, in the checkpoint. Nothing to do for others.
 * SQ_ENOMEM, SQ_EUNSUPPORTED. */
int sq_networks_unfold(struct sq_error *err, struct sq_checkpoint *checkpoint,
                       const struct sq_found_network *network);

/* "state_dict, state_dict_ema (an average)" */
void sq_networks_list(const struct sq_networks *networks, char *text, size_t size);

/* The name of a prefix: without its last dot, and without what only wraps a network (module,
 * _orig_mod); "." if nothing is left. */
void sq_networks_name(const char *root, char *name, size_t size);

/* The network whose tensors `name` is one of, or NULL. */
const struct sq_found_network *sq_networks_of(const struct sq_networks *networks, const char *name);

#endif
