/* Inputs: image and frame files -> float32 pixels of the network's size, one sample at a time.
 *
 * Formats are recognised by content: NumPy .npy (images [B,C,H,W], frames [B,T,C,H,W]), IDX and
 * IDX.gz (images [B,H,W] or [B,C,H,W], uint8), and what collection.h lists: folders, PNG, JPEG,
 * CIFAR batches, files of one sample's frames (.npz, .npy), and recordings of event cameras where a
 * rule for their frames is given. uint8 samples are scaled to 0..1, brought to the network's size
 * and normalised, as the configuration says (the padding is a black pixel and is normalised with
 * the rest); float32 samples are taken as they are. Frames are never normalised: counts are taken
 * as they are in any type. */
#ifndef SQ_INPUT_H
#define SQ_INPUT_H

#include "kernels/base/status.h"
#include "sim/config/config.h"
#include "sim/events/frames/recording_frames.h"

#include <stdint.h>

struct sq_input;

/* What the network expects of a sample. */
struct sq_input_want {
    uint32_t timesteps; /* frames per sample if `frames`, else not used */
    uint32_t channels, height, width;
    int frames;                     /* 1: [T,C,H,W] per sample, 0: one static image [C,H,W] */
    const struct sq_config *config; /* fit, mean, std; outlives the input */
    const struct sq_frame_request
        *frame_request; /* recordings, binned like this; NULL: arrays, images */
};

/* Open a file of samples, and of labels unless labels_path is NULL.
 *   limit   at most this many samples; 0: all
 *   out     written only on success; sq_input_free() frees it
 * Labels: IDX/IDX.gz or .npy, one integer per image; fewer or more than images is SQ_ESHAPE; a
 * label outside 0..classes-1 is SQ_EVALUE. The whole file is checked for length here, so that a
 * truncated one is refused before the run starts. Samples with NaN or infinity are refused when
 * they are read (SQ_EVALUE, naming sample and position). */
int sq_input_open(struct sq_error *err, const char *path, const char *labels_path,
                  const struct sq_input_want *want, uint64_t limit, struct sq_input **out);

/* Read the next sample, in file order, into pixels ([C][H][W], or [T][C][H][W] for frames).
 * *label is its label or -1. Call at most sq_input_count() times. */
int sq_input_next(struct sq_error *err, struct sq_input *input, float *pixels, int32_t *label);

/* Number of the sample that is read next. */
uint64_t sq_input_position(const struct sq_input *input);

/* Go to sample `number`, at most sq_input_count(). */
void sq_input_seek(struct sq_input *input, uint64_t number);

/* Number of samples: of the file, within the limit. */
uint64_t sq_input_count(const struct sq_input *input);

/* One line for the report: format, type, shape as stored, and what was done to it, for example
 * "IDX uint8 [10000,28,28], /255, padded to 32x32, normalised". Owned by the input. */
const char *sq_input_description(const struct sq_input *input);

/* By what an input is known again. */
enum sq_input_identity {
    SQ_IDENTITY_CONTENT, /* every byte: all samples are read for it, whatever the limit */
    SQ_IDENTITY_NAMES,   /* names, sizes in bytes, labels and their order: none is read */
};

/* SHA-256 of the file, or of its name and size; of a collection, over its samples, their order and
 * labels (collection.h). SQ_EIO. */
int sq_input_digest(struct sq_error *err, const struct sq_input *input,
                    enum sq_input_identity identity, char *text);

/* Events binned so far; NULL: they were not recordings. */
const struct sq_frame_counts *sq_input_frame_counts(const struct sq_input *input);

void sq_input_free(struct sq_input *input);

/* Height and width of the first sample of `path` (a const char *): an array's last two axes, an
 * image's own, 32x32 of a CIFAR batch. Both stay as they are where it has none: recordings of
 * event cameras, streams, what is not there. SQ_ENOMEM and what reading an image refuses. */
int sq_input_size(struct sq_error *err, void *path, uint32_t *height, uint32_t *width);

#endif
