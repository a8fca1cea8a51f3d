/* A reader for Python pickles that builds an inert tree of values and executes nothing.
 *
 * A pickle is a program for a small stack machine. This one knows a closed list of opcodes and a
 * closed list of globals, those that torch.save() writes for state dicts and training records;
 * everything else is refused by name and place. "Calling" a global from the list only notes what
 * was called on what. Nothing recurses, and memory grows with the pickle's size by a fixed factor.
 * https://github.com/python/cpython/blob/main/Lib/pickletools.py documents the opcodes. */
#ifndef SQ_CHECKPOINT_PICKLE_H
#define SQ_CHECKPOINT_PICKLE_H

#include "sim/checkpoint/checkpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sq_pickle_kind {
    SQ_PICKLE_NONE,
    SQ_PICKLE_BOOL,    /* integer: 0 or 1 */
    SQ_PICKLE_INERT,   /* something that holds no tensors: floats, sets, NumPy scalars, ... */
    SQ_PICKLE_INT,     /* integer */
    SQ_PICKLE_LONG,    /* text[n]: two's complement, little-endian, more than 8 bytes */
    SQ_PICKLE_TEXT,    /* text[n]: bytes of the pickle, not terminated */
    SQ_PICKLE_TUPLE,   /* item[n] */
    SQ_PICKLE_LIST,    /* item[n] */
    SQ_PICKLE_DICT,    /* item[n]: key, value, key, value, ... */
    SQ_PICKLE_GLOBAL,  /* global */
    SQ_PICKLE_OBJECT,  /* ref: the dict of a Namespace's attributes, or none */
    SQ_PICKLE_STORAGE, /* ref: the tuple of its persistent id, or (text,): a file in the file */
    SQ_PICKLE_TENSOR,  /* global: what rebuilds it; ref: the tuple of arguments */
    SQ_PICKLE_OPAQUE,  /* global: what makes it; an array or tensor that is listed, not read */
};

/* A value's number. Values 0 to 3 exist always. */
enum { SQ_PICKLE_VALUE_NONE, SQ_PICKLE_VALUE_FALSE, SQ_PICKLE_VALUE_TRUE, SQ_PICKLE_VALUE_INERT };

struct sq_pickle_value {
    uint8_t kind;   /* enum sq_pickle_kind */
    uint8_t global; /* number in the list of globals */
    uint32_t n;
    union {
        int64_t integer;
        const unsigned char *text;
        uint32_t *item;
        uint32_t ref;
    };
};

struct sq_pickle_ids {
    uint32_t *id;
    size_t n, capacity;
};

struct sq_pickle {
    struct sq_error *err;
    const char *path;   /* for messages */
    const char *member; /* of a zip; NULL where `path` itself is the pickle */
    uint64_t base;      /* the pickle's first byte in the file, for messages */
    const unsigned char *data;
    size_t size;        /* bytes that may belong to the pickle */
    size_t at;          /* next byte; after parsing, the pickle's length */
    size_t op_at;       /* the opcode being executed */
    bool names_refused; /* the failure: a well-formed global that is not on the list */
    bool ends_early;    /* the failure: more bytes might have helped */
    bool nested;        /* torch.storage._load_from_bytes is on the list too; set by the caller */
    struct sq_pickle_value *value;
    uint32_t n_values, value_capacity;
    uint32_t n_items;
    uint32_t result;
    struct sq_pickle_ids stack, marks, memo;
    size_t n_memo;
};

/* What a global of the list does. */
enum sq_pickle_role {
    SQ_ROLE_DICT,      /* call: a dict */
    SQ_ROLE_DEFAULTS,  /* call: a dict; (what would make missing values) */
    SQ_ROLE_INERT,     /* call: an inert value */
    SQ_ROLE_SIZE,      /* call: its tuple */
    SQ_ROLE_NAMESPACE, /* new object: attributes by BUILD */
    SQ_ROLE_PARAMETER, /* call: its first argument, a tensor */
    SQ_ROLE_TENSOR,    /* call: a tensor; (storage, offset, size, stride, ...) */
    SQ_ROLE_TENSOR_V3, /* call: a tensor; the same and (requires_grad, hooks, dtype, ...) */
    SQ_ROLE_OPAQUE,    /* call: an array or tensor of another kind, called `type` */
    SQ_ROLE_FROM_TYPE, /* call: what its first argument makes of its third; (callee, class, args) */
    SQ_ROLE_CLASS,     /* may only be named as an argument */
    SQ_ROLE_STORAGE,   /* names a storage of `dtype`, or of `type`, in a persistent id */
    SQ_ROLE_DTYPE,     /* names `dtype` or `type` */
    SQ_ROLE_NESTED,    /* call: a storage; (text), what torch.save() wrote of it */
};

struct sq_pickle_global {
    const char *module, *name;
    enum sq_pickle_role role;
    enum sq_dtype dtype;
    const char *type; /* of elements or tensors that are listed and not read; else NULL */
    uint8_t bytes;    /* of such an element */
};

/* Bytes of an element of a SQ_ROLE_STORAGE or SQ_ROLE_DTYPE. */
size_t sq_pickle_element_bytes(const struct sq_pickle_global *global);

extern const struct sq_pickle_global sq_pickle_globals[];

/* Number in sq_pickle_globals, or -1. */
int sq_pickle_global_find(const unsigned char *module, size_t n_module, const unsigned char *name,
                          size_t n_name);

/* Parse one pickle. The caller has zeroed the struct and set err, path, member, base, data and
 * size; data must outlive the values. SQ_EFORMAT, SQ_EUNSUPPORTED, SQ_ENOMEM. Either way
 * sq_pickle_free() frees what was built. */
int sq_pickle_parse(struct sq_pickle *pickle);
void sq_pickle_free(struct sq_pickle *pickle);

/* Whether a value is the text `text`. */
bool sq_pickle_is_text(const struct sq_pickle *pickle, uint32_t id, const char *text);

#endif
