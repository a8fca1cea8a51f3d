/* Models of integers: the safetensors file that spikeq quantize writes, and its reader.
 *
 *   spikeq.fixed          float64 [7]: version 1, weight bits, by_layer, rounding, membrane bits,
 *                         pixel bits, pixel_max
 *   LAYER.weight          int8 (up to 8 bits) or int16, shape as in the trained checkpoint
 *   LAYER.exponent        int8 [channels]: e of a current's last place, 2^-e
 *   LAYER.bias            int32 [channels], in units of 2^-(e + g)
 *   LAYER.guard           int8 [1]: g; or, of a layer whose current joins a stream,
 *   LAYER.stream          int8 [1]: E, and its bias is in units of 2^-E
 *   head.weight, .bias    float32, as they were
 *
 * LAYER is the module path of the trained checkpoint; batch norms are folded in. */
#ifndef SQ_FIXED_FILE_H
#define SQ_FIXED_FILE_H

#include "sim/network/weights_loader.h"

/* Is the checkpoint such a file? */
int sq_fixed_file_is(const struct sq_checkpoint *checkpoint, const char *root);

/* Fill all synapses but the head's with what the integers stand for, exactly, and make the network
 * fixed-point. Integers out of the file's own settings, biases that float32 does not hold, bounds
 * that do not fit: SQ_EVALUE; SQ_ESHAPE, SQ_EUNSUPPORTED (another version), SQ_ENOMEM. */
int sq_fixed_file_load(struct sq_weights_loader *loader);

/* Write a fixed-point network. The file appears when it is whole.
 *   replace   1: an existing file may be replaced
 * SQ_EUSAGE (it exists), SQ_EIO, SQ_ENOMEM. */
int sq_fixed_file_write(struct sq_error *err, const struct sq_network *network, const char *path,
                        int replace);

#endif
