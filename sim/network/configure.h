/* A checkpoint and what the user says of it -> which of its networks, and a complete
 * configuration. */
#ifndef SQ_CONFIGURE_H
#define SQ_CONFIGURE_H

#include "sim/graph/architecture.h"
#include "sim/network/network.h"

/* Fill config, root, weights, weights_why and networks of a network. What sq_network_load() refuses
 * about any of them; warns where several networks fit. */
int sq_configure(struct sq_error *err, struct sq_checkpoint *file,
                 const struct sq_network_request *request, struct sq_network *network);

/* The architecture by which a file is read: what is asked for; where nothing is, the file's own, by its
 * path, of a NIR graph; else NULL: any that fits. `path` keeps it. */
enum { SQ_OWN_PATH = 4096 + 4 };
const char *sq_configure_own(const struct sq_checkpoint *file, const char *model, const char *asked,
                             char path[SQ_OWN_PATH]);

/* Take the sizes of input and output that the architecture states as "defaults" where *config leaves
 * them open: they come before what the input's file says. SQ_EVALUE. */
int sq_configure_stated(struct sq_error *err, const struct sq_architecture *architecture,
                        struct sq_config *config);

/* What neither weights nor a default can give is there, and the keys fit together: SQ_EVALUE names
 * all that is missing, and the published `candidates` ("" or "a, b") that would tell it. */
int sq_configure_check(struct sq_error *err, const char *path, struct sq_config *config,
                       const char *candidates);

/* Without a configuration: the one published size that these weights have, if there is just one.
 * With several or none, *config stays open but for its name, and `candidates` lists them.
 * SQ_ENOMEM.
 */
int sq_configure_search(struct sq_error *err, const char *config_dirs,
                        const struct sq_config *sizes, struct sq_config *config, char *candidates,
                        size_t size);

/* What neither weights nor a default tell and is still missing: "\"heads\", \"T\"" and
 * "--set heads=N --set T=N", in `size` bytes each; returns how many keys. */
int sq_configure_missing(const struct sq_config *config, char *names, char *sets, size_t size);

#endif
