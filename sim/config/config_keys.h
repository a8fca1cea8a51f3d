/* The inside of config*.c: a configuration while it is being read, and the table of its keys. */
#ifndef SQ_CONFIG_KEYS_H
#define SQ_CONFIG_KEYS_H

#include "sim/config/config.h"
#include "sim/json/json.h"

#include <stdbool.h>
#include <stddef.h>

/* What a key's value must look like, and so how it is stored. */
enum sq_key_kind {
    SQ_KEY_INTEGER,      /* uint32_t */
    SQ_KEY_REAL,         /* float */
    SQ_KEY_FIXED,        /* a number that must be min: the engine knows no other; null is one */
    SQ_KEY_POWER,        /* float, a power of two */
    SQ_KEY_FRACTION,     /* double */
    SQ_KEY_REALS,        /* struct sq_key_reals * via offset and count_offset */
    SQ_KEY_PAIR,         /* uint32_t[2] */
    SQ_KEY_TEXT,         /* char[max + 1] */
    SQ_KEY_KEYS,         /* char[max + 1]: names of keys, a list or comma-separated */
    SQ_KEY_ARCHITECTURE, /* char[256] and takes_frames */
    SQ_KEY_FIT,          /* enum sq_fit */
    SQ_KEY_INTERPOLATION,
    /* Remarks for people, which change nothing: checked, not kept, and no matter of --set. */
    SQ_KEY_REMARK_TEXT,
    SQ_KEY_REMARK_FLAG,
    SQ_KEY_REMARK_INTEGER,
    SQ_KEY_REMARK_LIST,
    SQ_KEY_NEURONS, /* what a file says of its populations: config.neurons_file is compared later */
};

struct sq_config_key {
    const char *name;
    enum sq_key_kind kind;
    size_t offset;       /* in struct sq_draft */
    size_t count_offset; /* SQ_KEY_REALS: where the number of values goes (uint32_t) */
    double min, max;     /* of a value; of a text, max is the longest */
};

/* A configuration and those keys that are other words for some of it. 0: not given. */
struct sq_draft {
    struct sq_config config;
    uint32_t mlp_ratio, image_size;
    int neurons;             /* it says something of its populations */
    const char *config_dirs; /* where architectures are looked for; NULL: as this process does */
    uint64_t seen;           /* bit i: row i of the table was given */
};

/* The table, and its length (at most 64, the bits of `seen`). */
extern const struct sq_config_key sq_config_key[];
extern const size_t sq_config_n_keys;

/* The row of `name`, or NULL. */
const struct sq_config_key *sq_config_key_find(const char *name);

/* Is it a path, and no name: does it hold a '/' or end in ".json"? */
bool sq_config_is_path(const char *name);

/* Is it a remark for people? */
bool sq_config_key_is_remark(const struct sq_config_key *key);

/* SQ_EFORMAT: a key that is not known; suggests the nearest known one, or lists all. */
int sq_config_key_unknown(struct sq_error *err, const char *origin, const char *name);

/* Check `value` and store it. null means: not given. SQ_EFORMAT: wrong type; SQ_EVALUE: out of
 * range; the sentence begins with `origin`. */
int sq_config_key_store(struct sq_error *err, struct sq_draft *draft, const char *origin,
                        const struct sq_config_key *key, const cJSON *value);

/* One key being stored: where it came from, what it is, where its value goes. */
struct sq_key_store {
    struct sq_error *err;
    const char *origin;
    const struct sq_config_key *key;
    struct sq_draft *draft;
    void *field;
};

/* SQ_EFORMAT: "... must be `expected`". */
int sq_key_wrong_type(const struct sq_key_store *s, const char *expected);

/* The two kinds that are kept as text. */
int sq_key_store_text(const struct sq_key_store *s, const cJSON *value);
int sq_key_store_keys(const struct sq_key_store *s, const cJSON *value);

/* Put a key into `assumed`: nobody has stated its value. */
void sq_config_assume(struct sq_config *config, const char *name);

/* Take a key out of `assumed`: somebody has stated its value. */
void sq_config_not_assumed(struct sq_config *config, const char *name);

/* Bring in the keys that say the same as others (image_size, mlp_ratio): they win if
 * `override`, else they must agree with what is there. */
int sq_config_derive(struct sq_error *err, struct sq_draft *draft, const char *origin,
                     bool override);

/* Do the keys fit together? Looks only at what is given, and forgets the claims that were compared.
 * SQ_EVALUE. */
int sq_config_agree(struct sq_error *err, struct sq_config *config, const char *origin);

/* Parts of it: mean and std come together, one pair for each channel; the claims. */
int sq_config_agree_normalisation(struct sq_error *err, const struct sq_config *config,
                                  const char *origin);
int sq_config_agree_claims(struct sq_error *err, struct sq_config *config, const char *origin);

/* A key was set by hand: what says the same, or belonged to the value that was there, goes. */
void sq_config_displace(struct sq_config *config, const char *key);

/* Read and parse a file: the caller owns *out (cJSON_Delete). An object, at most 1 MiB, UTF-8. */
int sq_config_parse_file(struct sq_error *err, const char *path, cJSON **out);

/* The same from text of any size, [size]: a NUL byte in it is refused too. */
int sq_config_parse_text(struct sq_error *err, const char *origin, const char *text, size_t size,
                         cJSON **out);

/* The value of `--set key=value` as JSON; NULL: out of memory. */
cJSON *sq_config_parse_word(const struct sq_config_key *key, const char *value);

/* The file of a name in models/ of one of `config_dirs`; the caller frees *path. */
int sq_config_find(struct sq_error *err, const char *config_dirs, const char *name, char **path);

#endif
