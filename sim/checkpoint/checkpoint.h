/* Checkpoints: .safetensors, PyTorch zip (.pth, .pt, .pth.tar) and PyTorch legacy (before 1.6)
 * files -> named tensors. Closed readers: nothing in a file is ever executed or resolved.
 *
 * Formats are told by content, not by file name. */
#ifndef SQ_CHECKPOINT_H
#define SQ_CHECKPOINT_H

#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SQ_TENSOR_MAX_DIMS = 8 };

enum sq_dtype {
    SQ_DTYPE_F32,
    SQ_DTYPE_F16,
    SQ_DTYPE_BF16,
    SQ_DTYPE_F64,
    SQ_DTYPE_I64,
    SQ_DTYPE_I32,
    SQ_DTYPE_I16,
    SQ_DTYPE_I8,
    SQ_DTYPE_U64,
    SQ_DTYPE_U32,
    SQ_DTYPE_U16,
    SQ_DTYPE_U8,
    SQ_DTYPE_BOOL,
};

/* One tensor: a strided view of its storage. All sizes were checked against the file. */
struct sq_tensor {
    const char *name; /* whole path from the file's root, "state_dict.module.head.weight" */
    enum sq_dtype dtype;
    uint32_t n_dims;
    uint64_t dim[SQ_TENSOR_MAX_DIMS];
    int64_t stride[SQ_TENSOR_MAX_DIMS]; /* in elements */
    uint64_t n_elements;
    const unsigned char *data; /* element [0,0,...]; not aligned */
    int big_endian;
};

struct sq_checkpoint;

/* Open and check a whole file. Tensors keep the order of the file.
 *   out   written only on success; sq_checkpoint_free() frees it
 * SQ_EIO, SQ_EFORMAT (truncated, lying sizes), SQ_EUNSUPPORTED (names the first opcode, global or
 * feature that is refused and its byte offset), SQ_ENOMEM. Memory is at most the file's size, and
 * what its compressed members inflate to, plus bookkeeping in proportion. */
int sq_checkpoint_open(struct sq_error *err, const char *path, struct sq_checkpoint **out);

/* The same for what pickle.dump() makes of tensors in containers: one pickle in which every tensor
 * carries its storage, as traces of other simulators come. It is no checkpoint, so the function
 * above refuses it. */
int sq_checkpoint_open_nested(struct sq_error *err, const char *path, struct sq_checkpoint **out);

void sq_checkpoint_free(struct sq_checkpoint *checkpoint);

size_t sq_checkpoint_count(const struct sq_checkpoint *checkpoint);
const struct sq_tensor *sq_checkpoint_tensor(const struct sq_checkpoint *checkpoint, size_t i);

/* "safetensors", "PyTorch zip" or "PyTorch legacy". */
const char *sq_checkpoint_container(const struct sq_checkpoint *checkpoint);

/* The prefix under which the network's weights lie ("", "state_dict.", "model.module.", ...):
 * what stands before `known_name` (for example "patch_embed.proj_conv.weight") in the tensor
 * name that is taken; if several tensors end so, the order of preference is: "", state_dict,
 * model, model_state_dict, state_dict_ema, any other. NULL if no tensor ends in it. The name must
 * begin at a dot or at the start. Owned by the checkpoint. */
const char *sq_checkpoint_root(struct sq_checkpoint *checkpoint, const char *known_name);

/* The tensor called prefix + name, or NULL. */
const struct sq_tensor *sq_checkpoint_find(const struct sq_checkpoint *checkpoint,
                                           const char *prefix, const char *name);

/* Copy a tensor to contiguous row-major float32 (float64 and integers are rounded to nearest).
 *   out   [n_elements]
 * SQ_EVALUE if an element is NaN or infinite (or overflows float32): names the tensor and the
 * element's coordinates. */
int sq_tensor_read_f32(struct sq_error *err, const struct sq_tensor *tensor, float *out);

/* "float32", "float16", ... and its size in bytes. */
const char *sq_dtype_name(enum sq_dtype dtype);
size_t sq_dtype_bytes(enum sq_dtype dtype);

#endif
