/* The inside of array recordings: populations, and what comes beside them. */
#ifndef SQ_ARRAY_INSIDE_H
#define SQ_ARRAY_INSIDE_H

#include "traces/import/member.h"
#include "traces/import/recording.h"

/* Arrays of these names are not populations: `labels` [B] and `samples` [B], the samples' numbers
 * in the input, are whole numbers, `logits` [B,classes] floats; `head_in`, what the classifier of a run read,
 * is left out. */
enum sq_beside {
    SQ_BESIDE_LABELS,
    SQ_BESIDE_LOGITS,
    SQ_BESIDE_SAMPLES,
    SQ_BESIDE_HEAD_IN,
    SQ_BESIDE_ARRAYS
};

struct sq_arrays {
    struct sq_members members;
    const struct sq_member *beside[SQ_BESIDE_ARRAYS]; /* NULL: not there */
    const struct sq_member **of;                      /* [n_populations] */
    struct sq_fortran *fortran;                       /* [n_populations] */
    unsigned char *slab;                              /* the largest population at one timestep */
    float *logits;                                    /* [n_logits] */
};

/* Which of them an array is; SQ_BESIDE_ARRAYS: none. */
enum sq_beside sq_array_beside(const struct sq_member *member);

/* Shape and type of those that are there; sets recording->n_logits. SQ_ESHAPE, SQ_EUNSUPPORTED. */
int sq_array_check_beside(struct sq_error *err, struct sq_recording *recording);

/* Their values for sample i. SQ_EVALUE, SQ_EIO. */
int sq_array_read_sample(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                         struct sq_recorded_sample *out);

/* SQ_ESHAPE: "NAME.npy has shape ..., expected EXPECTED". */
int sq_array_wrong_shape(struct sq_error *err, const struct sq_recording *recording,
                         const struct sq_member *member, const char *expected);

/* Arrays [T,B,...] in Fortran order: all timesteps of all samples of a neuron lie together, those
 * of one sample far apart. Blocks of samples are read, neuron by neuron, and kept. */
struct sq_fortran {
    uint64_t first, n;    /* samples in the block */
    size_t room;          /* samples that a block can have */
    unsigned char *block; /* [elements][n][T] items, elements with the first index fastest */
};

/* The elements of sample `b` at timestep `t` in C order into `out`. Reads a block if it is not the
 * current one. sq_fortran_free() is due at the end; *cache begins zeroed. SQ_EIO, SQ_EFORMAT,
 * SQ_ENOMEM. */
int sq_fortran_read(struct sq_error *err, const struct sq_members *members,
                    const struct sq_member *member, struct sq_fortran *cache, uint64_t b,
                    uint32_t t, unsigned char *out);
void sq_fortran_free(struct sq_fortran *cache);

#endif
