/* A configuration as JSON: every key with its value, as sq_config_from_text() reads it back. */
#ifndef SQ_CONFIG_WRITE_H
#define SQ_CONFIG_WRITE_H

#include "sim/config/config.h"
#include "sim/json/json.h"

/* A new object, the caller's; NULL: out of memory. */
cJSON *sq_config_to_json(const struct sq_config *config);

#endif
