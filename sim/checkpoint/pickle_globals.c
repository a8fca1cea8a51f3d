/* The closed list of globals: all that a checkpoint may name. */
#include "sim/checkpoint/pickle.h"

#include <string.h>

#define INERT      SQ_ROLE_INERT, 0
#define STORAGE(t) SQ_ROLE_STORAGE, SQ_DTYPE_##t
#define DTYPE(t)   SQ_ROLE_DTYPE, SQ_DTYPE_##t

/* Storages without a type count bytes. "__builtin__" is what protocol 2 calls "builtins". */
const struct sq_pickle_global sq_pickle_globals[] = {
    {"collections", "OrderedDict", SQ_ROLE_DICT, 0},
    {"collections", "defaultdict", SQ_ROLE_DEFAULTS, 0},
    {"collections", "Counter", INERT},
    {"builtins", "list", INERT},
    {"builtins", "set", INERT},
    {"__builtin__", "set", INERT},
    {"_codecs", "encode", INERT},
    {"numpy", "dtype", INERT},
    {"numpy.core.multiarray", "scalar", INERT},
    {"numpy._core.multiarray", "scalar", INERT},
    {"argparse", "Namespace", SQ_ROLE_NAMESPACE, 0},
    {"pathlib", "PosixPath", INERT},
    {"pathlib", "WindowsPath", INERT},
    {"torch", "Size", SQ_ROLE_SIZE, 0},
    {"torch", "device", INERT},
    {"torch._utils", "_rebuild_tensor", SQ_ROLE_TENSOR, 0},
    {"torch._utils", "_rebuild_tensor_v2", SQ_ROLE_TENSOR, 0},
    {"torch._utils", "_rebuild_tensor_v3", SQ_ROLE_TENSOR_V3, 0},
    {"torch._utils", "_rebuild_parameter", SQ_ROLE_PARAMETER, 0},
    {"torch._utils", "_rebuild_parameter_with_state", SQ_ROLE_PARAMETER, 0},
    {"torch.storage", "_load_from_bytes", SQ_ROLE_NESTED, 0},
    {"torch", "FloatStorage", STORAGE(F32)},
    {"torch", "DoubleStorage", STORAGE(F64)},
    {"torch", "HalfStorage", STORAGE(F16)},
    {"torch", "BFloat16Storage", STORAGE(BF16)},
    {"torch", "LongStorage", STORAGE(I64)},
    {"torch", "IntStorage", STORAGE(I32)},
    {"torch", "ShortStorage", STORAGE(I16)},
    {"torch", "CharStorage", STORAGE(I8)},
    {"torch", "ByteStorage", STORAGE(U8)},
    {"torch", "BoolStorage", STORAGE(BOOL)},
    {"torch", "UntypedStorage", STORAGE(U8)},
    {"torch", "_UntypedStorage", STORAGE(U8)},
    {"torch.storage", "UntypedStorage", STORAGE(U8)},
    {"torch.storage", "_UntypedStorage", STORAGE(U8)},
    {"torch", "float32", DTYPE(F32)},
    {"torch", "float64", DTYPE(F64)},
    {"torch", "float16", DTYPE(F16)},
    {"torch", "bfloat16", DTYPE(BF16)},
    {"torch", "int64", DTYPE(I64)},
    {"torch", "int32", DTYPE(I32)},
    {"torch", "int16", DTYPE(I16)},
    {"torch", "int8", DTYPE(I8)},
    {"torch", "uint64", DTYPE(U64)},
    {"torch", "uint32", DTYPE(U32)},
    {"torch", "uint16", DTYPE(U16)},
    {"torch", "uint8", DTYPE(U8)},
    {"torch", "bool", DTYPE(BOOL)},
};

static bool equals(const char *want, const unsigned char *text, size_t n)
{
    return strlen(want) == n && memcmp(want, text, n) == 0;
}

int sq_pickle_global_find(const unsigned char *module, size_t n_module, const unsigned char *name,
                          size_t n_name)
{
    for (size_t i = 0; i < sizeof sq_pickle_globals / sizeof *sq_pickle_globals; i++)
        if (equals(sq_pickle_globals[i].module, module, n_module) &&
            equals(sq_pickle_globals[i].name, name, n_name))
            return (int)i;
    return -1;
}
