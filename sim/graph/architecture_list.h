/* Every architecture that is known, or the one that the user names. */
#ifndef SQ_ARCHITECTURE_LIST_H
#define SQ_ARCHITECTURE_LIST_H

#include "sim/graph/architecture.h"

struct sq_architectures {
    size_t n, room;
    struct sq_architecture *item; /* in alphabetical order of their files */
    const char *preferred; /* what the configuration calls the one that wins if it fits; or NULL */
};

/* Open all of configs/architectures, or `only` (a name or a path) alone.
 *   config_dirs   as sq_config_load(), or NULL; those of this process come behind them
 * What sq_architecture_open() refuses; SQ_EIO: the folders hold no file. Closed by sq_architectures_close(),
 * also after a failure. */
int sq_architectures_open(struct sq_error *err, const char *config_dirs, const char *only,
                          struct sq_architectures *out);
void sq_architectures_close(struct sq_architectures *architectures);

/* Their names, "a, b, c". */
void sq_architectures_list(const struct sq_architectures *architectures, char *text, size_t size);

#endif
