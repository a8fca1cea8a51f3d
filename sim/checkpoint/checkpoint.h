/* Checkpoints: .safetensors, PyTorch zip (.pth, .pt, .pth.tar) and PyTorch legacy (before 1.6)
 * files, NIR graphs -> named tensors. Closed readers: nothing in a file is ever executed or resolved.
 *
 * Formats are recognised by content, not by file name. */
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

struct sq_checkpoint_source; /* where bytes lie in a file, and the bytes once they were read */

/* One tensor: a strided view of its storage. All sizes were checked against the file. Tensors whose
 * elements cannot be read (8-bit floats, complex numbers, NumPy arrays, sparse tensors) are listed
 * too, since they may play no part. */
struct sq_tensor {
    const char *name;       /* whole path from the file's root, "state_dict.module.head.weight" */
    const char *type;       /* the file's name of its type where that is not an sq_dtype, or NULL */
    const char *unreadable; /* "has elements of a type that is not read; ..."; NULL: it is read */
    const char *note;       /* why the tensor plays no part, or NULL */
    const struct sq_tensor
        *mask; /* by which its elements are multiplied (a pruned weight), or NULL */
    enum sq_dtype dtype;
    uint32_t n_dims; /* 0 and n_elements 0: the shape is not known */
    uint64_t dim[SQ_TENSOR_MAX_DIMS];
    int64_t stride[SQ_TENSOR_MAX_DIMS]; /* in elements */
    uint64_t n_elements;
    const unsigned char *data; /* element [0,0,...], not aligned; NULL: `byte` of `source` */
    struct sq_checkpoint_source *source;
    uint64_t byte;
    int big_endian;
};

struct sq_checkpoint;

/* Open a file and check what it lists. Tensors keep the order of the file; their elements are read
 * on demand, so that a tensor that plays no part costs nothing. The file stays
 * open.
 *   out   written only on success; sq_checkpoint_free() frees it
 * SQ_EIO, SQ_EFORMAT (truncated, lying sizes), SQ_EUNSUPPORTED (names the first opcode, global or
 * feature that is refused and its byte offset), SQ_ENOMEM. Memory is in proportion to the list. */
int sq_checkpoint_open(struct sq_error *err, const char *path, struct sq_checkpoint **out);

/* The same for what pickle.dump() makes of tensors in containers: one pickle in which every tensor
 * carries its storage, as traces of other simulators come. It is not a checkpoint, so the function
 * above refuses it. */
int sq_checkpoint_open_nested(struct sq_error *err, const char *path, struct sq_checkpoint **out);

void sq_checkpoint_free(struct sq_checkpoint *checkpoint);

size_t sq_checkpoint_count(const struct sq_checkpoint *checkpoint);
const struct sq_tensor *sq_checkpoint_tensor(const struct sq_checkpoint *checkpoint, size_t i);

/* "safetensors", "PyTorch zip", "PyTorch legacy" or "NIR". */
#define SQ_CONTAINER_NIR "NIR"
const char *sq_checkpoint_container(const struct sq_checkpoint *checkpoint);

/* Is it a NIR graph, which holds its architecture itself (sim/nir)? */
int sq_checkpoint_is_graph(const struct sq_checkpoint *checkpoint);

/* Key of a safetensors file's metadata whose text says that its weights are synthetic: how they were
 * drawn (sim/synthesis). */
#define SQ_SYNTHETIC "synthetic"
enum { SQ_SYNTHETIC_TEXT = 256 };

/* That text, one printable line cut to SQ_SYNTHETIC_TEXT - 1 bytes; "": the file does not say so. */
const char *sq_checkpoint_synthetic(const struct sq_checkpoint *checkpoint);

/* The prefixes under which networks' weights lie ("", "state_dict.", "model.module.", ...): what
 * stands before `known_name` (for example "patch_embed.proj_conv.weight") in each tensor name that
 * ends in it, beginning at a dot or at the start. In the order of preference, which is: "",
 * state_dict, model, model_state_dict, state_dict_ema, any other; but averages of other weights
 * (below) come behind all others; then the order of the file. The first `max` of them;
 * returns how many, or SQ_NO_ROOM_FOR_ROOTS: out of memory. Owned by the checkpoint. */
#define SQ_NO_ROOM_FOR_ROOTS SIZE_MAX
size_t sq_checkpoint_roots(struct sq_checkpoint *checkpoint, const char *known_name, size_t max,
                           const char **root);

/* Does a prefix say that its weights are a running average of others? By its words: ema, swa,
 * teacher, avg, average, averaged, averages, shadow, polyak, momentum. */
int sq_prefix_is_average(const char *prefix);

/* The first of them, or NULL. */
const char *sq_checkpoint_root(struct sq_checkpoint *checkpoint, const char *known_name);

/* List tensor number `i` once more, under another name; the old entry gets `note`. After all of
 * them sq_checkpoint_index_again(): till then nothing can be found, and pointers to tensors are
 * void. SQ_ENOMEM and what a name may not be; err may be NULL. */
int sq_checkpoint_alias(struct sq_error *err, struct sq_checkpoint *checkpoint, size_t i,
                        const char *name, const char *note);
int sq_checkpoint_index_again(struct sq_error *err, struct sq_checkpoint *checkpoint);

/* The tensor called prefix + name, or NULL. */
const struct sq_tensor *sq_checkpoint_find(const struct sq_checkpoint *checkpoint,
                                           const char *prefix, const char *name);

/* Copy a tensor to contiguous row-major float32 (float64 and integers are rounded to nearest).
 *   out   [n_elements]
 * SQ_EVALUE if an element is NaN or infinite (or overflows float32): names the tensor and the
 * element's coordinates. SQ_EUNSUPPORTED: a type that is not read. SQ_EIO, SQ_EFORMAT (a checksum
 * is wrong), SQ_ENOMEM. A tensor that lies in the file as a whole is read from there each time and takes
 * no memory besides `out`; the bytes of any other are read once and then kept. */
int sq_tensor_read_f32(struct sq_error *err, const struct sq_tensor *tensor, float *out);

/* A tensor under way: the same values a piece at a time, row-major, so that a large one need not be in
 * memory. Several may be under way, of one checkpoint in one thread. */
struct sq_checkpoint_stream;
struct sq_tensor_pieces {
    const struct sq_tensor *tensor;
    uint64_t n_done; /* elements that were given */
    float *whole;    /* [n_elements], of a tensor that is no run of bytes of its own in the file */
    struct sq_checkpoint_stream *stream;
};

/* Begin: what sq_tensor_read_f32() refuses. Afterwards, also after a failure, sq_tensor_end(). */
int sq_tensor_begin(struct sq_error *err, const struct sq_tensor *tensor,
                    struct sq_tensor_pieces *pieces);

/* The next n elements, no more than are left; what sq_tensor_read_f32() refuses. A checksum is compared
 * with the last element.
 *   out   [n] */
int sq_tensor_next(struct sq_error *err, struct sq_tensor_pieces *pieces, size_t n, float *out);

void sq_tensor_end(struct sq_tensor_pieces *pieces);

/* The same to float64, in which integers up to 2^53 are exact; contiguous tensors only
 * (SQ_EUNSUPPORTED). */
int sq_tensor_read_f64(struct sq_error *err, const struct sq_tensor *tensor, double *out);

/* "float32", "F8_E4M3", "numpy.ndarray": for people. */
const char *sq_tensor_type(const struct sq_tensor *tensor);

/* "float32", "float16", ... and its size in bytes. */
const char *sq_dtype_name(enum sq_dtype dtype);
size_t sq_dtype_bytes(enum sq_dtype dtype);

#endif
