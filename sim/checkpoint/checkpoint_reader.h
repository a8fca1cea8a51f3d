/* What the readers of this folder share: the checkpoint they fill and the file they fill it from.
 */
#ifndef SQ_CHECKPOINT_READER_H
#define SQ_CHECKPOINT_READER_H

#include "kernels/base/arena.h"
#include "sim/checkpoint/checkpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No real file comes near these limits. They bound the memory that a hostile one can take, since
 * sharing inside a pickle lets four bytes stand for a tensor with a name of any length. */
enum {
    SQ_MAX_TENSORS = 1 << 18,
    SQ_MAX_NAME_BYTES = 1024,
    SQ_MAX_ALL_NAMES_BYTES = 1 << 25,
    /* A view may show more elements than its storage has (stride 0): up to this many. */
    SQ_MAX_EXPANDED_ELEMENTS = 1 << 24,
};

struct sq_checkpoint;

/* A file being read. `path` is for messages only. */
struct sq_checkpoint_reader {
    struct sq_error *err;
    const char *path;
    int fd; /* a regular file; its offset is not used */
    uint64_t size;
    struct sq_checkpoint *checkpoint;
};

/* Why the elements of a tensor cannot be read; the end of "tensor NAME (TYPE) ...". */
#define SQ_UNREADABLE_TYPE       "has elements of a type that is not read; convert it to float32"
#define SQ_UNREADABLE_DIMENSIONS "has more than 8 dimensions, as no layer has"
#define SQ_UNREADABLE_VIEW       "is a conjugated or negated view; save it as .contiguous()"
#define SQ_UNREADABLE_EXPANDED \
    "repeats few elements to more than 16777216; save it as .contiguous()"
#define SQ_UNREADABLE_KIND "is not a plain tensor; convert it to a float32 tensor"

/* Bytes of a file that tensors are views of: read when they are first needed. */
struct sq_checkpoint_source {
    struct sq_checkpoint *checkpoint;
    uint64_t at; /* offset in the file, or number of the member in an archive */
    uint64_t bytes;
    const unsigned char *data; /* [bytes], or NULL until then; the checkpoint's */
};

/* A source that is read from its first byte to its last, none of them kept. */
struct sq_checkpoint_stream {
    struct sq_checkpoint_source *source;
    uint64_t at;             /* the next byte */
    struct zip_file *member; /* of an archive, or NULL */
};

/* How a container gives the bytes of its sources. */
struct sq_checkpoint_access {
    /* All of them: sets source->data. */
    int (*fetch)(struct sq_checkpoint_reader *reader, struct sq_checkpoint_source *source);
    /* Before a stream's first byte; NULL: nothing is to be done. */
    int (*open)(struct sq_checkpoint_reader *reader, struct sq_checkpoint_stream *stream);
    /* The next n bytes, at most those that are left; NULL: sources are read whole. With the last one the
     * checksum is compared, where there is one. */
    int (*read)(struct sq_checkpoint_reader *reader, const struct sq_checkpoint_stream *stream,
                void *out, size_t n);
    void (*close)(struct sq_checkpoint_stream *stream); /* NULL: nothing is to be done */
};

struct sq_zip;

struct sq_checkpoint {
    const char *container;              /* static */
    struct sq_checkpoint_reader reader; /* for what is read later: path and fd of our own */
    bool owns_fd;
    const struct sq_checkpoint_access *access;
    struct sq_zip *zip; /* of an archive, or NULL */
    struct sq_tensor *tensor;
    size_t n_tensors, tensor_capacity;
    uint32_t *by_name;      /* [n_tensors] tensor numbers in the order of their names */
    unsigned char **buffer; /* what tensors point into; freed with the checkpoint */
    size_t n_buffers, buffer_capacity;
    size_t name_bytes;
    char synthetic[SQ_SYNTHETIC_TEXT]; /* see sq_checkpoint_synthetic() */
    struct sq_arena arena;             /* names, roots, sources */
};

/* sq_checkpoint_open() of an open file: what fuzzing calls. `fd` stays the caller's. */
int sq_checkpoint_open_fd(struct sq_error *err, const char *path, int fd,
                          struct sq_checkpoint **out);

/* Read `n` bytes at `offset`, all of them, or SQ_EIO. */
int sq_checkpoint_read_bytes(const struct sq_checkpoint_reader *reader, uint64_t offset, void *out,
                             size_t n);

/* A new buffer of `n` bytes that the checkpoint owns, uninitialised; NULL is SQ_ENOMEM, recorded.
 */
unsigned char *sq_checkpoint_new_buffer(struct sq_checkpoint_reader *reader, size_t n);

/* The file's bytes offset .. offset + n - 1 in a new buffer; the same rules. */
int sq_checkpoint_load(struct sq_checkpoint_reader *reader, uint64_t offset, size_t n,
                       unsigned char **out);

/* `n` sources without bytes, one after the other; NULL is SQ_ENOMEM, recorded. */
struct sq_checkpoint_source *sq_checkpoint_new_sources(struct sq_checkpoint_reader *reader,
                                                       size_t n);

/* Of bytes that lie in the file uncompressed. */
extern const struct sq_checkpoint_access sq_checkpoint_plain;

/* Make sure that the source's bytes are read. */
int sq_checkpoint_source_load(struct sq_error *err, struct sq_checkpoint_source *source);

/* Read a source as a stream. *out is closed by sq_checkpoint_stream_close(), which accepts NULL; it stays
 * NULL after a failure. */
int sq_checkpoint_stream_open(struct sq_error *err, struct sq_checkpoint_source *source,
                              struct sq_checkpoint_stream **out);
int sq_checkpoint_stream_read(struct sq_error *err, struct sq_checkpoint_stream *stream, void *out,
                              size_t n);
void sq_checkpoint_stream_close(struct sq_checkpoint_stream *stream);

/* Append a tensor. Copies `name`, which must be UTF-8 without control characters; ignores
 * tensor->name. Data may be set later. */
int sq_checkpoint_add(struct sq_checkpoint_reader *reader, const char *name, size_t name_bytes,
                      const struct sq_tensor *tensor);

/* Make the index by name; refuses two tensors of one name. */
int sq_checkpoint_index(struct sq_checkpoint_reader *reader);

/* STEM_orig and STEM_mask of one shape become the product STEM; the index must then be rebuilt.
 */
int sq_checkpoint_apply_masks(struct sq_checkpoint_reader *reader, size_t *n_applied);

/* The containers. `head` is the start of the file, `n` at most the file's size. */
bool sq_safetensors_looks_so(const unsigned char *head, size_t n);
int sq_safetensors_read(struct sq_checkpoint_reader *reader);
bool sq_torch_zip_looks_so(const unsigned char *head, size_t n);
int sq_torch_zip_read(struct sq_checkpoint_reader *reader);
int sq_torch_legacy_read(struct sq_checkpoint_reader *reader);
int sq_torch_nested_read(struct sq_checkpoint_reader *reader);
int sq_nir_tensors_read(struct sq_checkpoint_reader *reader);

/* "plain text", or NULL: any bytes might be a pickle, so that this is asked last; other files are
 * known by sq_other_file_as_model(). */
const char *sq_foreign_text(const unsigned char *head, size_t n);

/* Refuse a file that is not a checkpoint; `what` as above, or NULL for unknown bytes. */
int sq_checkpoint_refuse(const struct sq_checkpoint_reader *reader, const char *what);

/* Bytes from a file for a message: at most `size` - 1, everything unprintable as '?'. */
const char *sq_printable(char *out, size_t size, const void *bytes, size_t n);

/* Well-formed UTF-8 without control characters. */
bool sq_is_clean_utf8(const char *text, size_t n);

#endif
