/* What a configuration says of its architecture: which it is, and parameters of that architecture alone. */
#ifndef SQ_CONFIG_EXTRA_H
#define SQ_CONFIG_EXTRA_H

#include "sim/config/config.h"

#include "sim/json/json.h"
#include <stdbool.h>

/* Do configurations call it so, besides by the name of its file: by its "layout", or one of the names that
 * "also" lists? */
bool sq_architecture_is_called(const cJSON *architecture, const char *name);

/* The architecture of a name, of a path, or of another name that configurations call it by.
 *   config_dirs   as sq_config_load(), or NULL; those of this process come behind them
 *   path          malloc, the caller frees it; NULL: nobody asks
 *   json          the caller deletes it
 * SQ_EIO: there is no such one (says which are known), SQ_EFORMAT, SQ_ENOMEM. */
int sq_architecture_find(struct sq_error *err, const char *config_dirs, const char *name,
                         char **path, cJSON **json);

/* Set config->architecture and what follows from it. What sq_architecture_find() refuses. */
int sq_config_set_architecture(struct sq_error *err, const char *config_dirs, const char *name,
                               struct sq_config *config);

/* What an architecture says of every configuration: takes_frames, patch, has_no_heads; NULL: nothing. */
void sq_config_take_architecture(const cJSON *architecture, struct sq_config *config);

/* The key of an entry of an architecture's "ask": "KEY", or {"KEY": "what it may be"}, which goes to
 * *choices; NULL: neither. */
const char *sq_asked(const cJSON *item, const char **choices);

/* Does the configuration's architecture have a parameter `key` of its own ("ask", "defaults")? Into
 * *found. SQ_ENOMEM. */
int sq_config_has_extra(struct sq_error *err, const struct sq_config *config, const char *key,
                        bool *found);

/* Keep such a parameter: a number, text or truth value. SQ_EFORMAT, SQ_EVALUE. */
int sq_config_store_extra(struct sq_error *err, const char *origin, const char *key,
                          const cJSON *value, struct sq_config *config);

/* A parameter's value as text; NULL: it is not given. */
const char *sq_config_extra_of(const struct sq_config *config, const char *key);

/* The value of a number that a configuration can hold ("depth", "attn_scale"), 0: not given; false:
 * no number is called so. */
bool sq_config_number(const struct sq_config *config, const char *key, double *out);

/* Store a size that was read from weights, as a key of configurations or as a parameter of the
 * architecture. SQ_EVALUE. */
int sq_config_put_size(struct sq_error *err, const char *origin, const char *key, uint32_t size,
                       struct sq_config *config);

#endif
