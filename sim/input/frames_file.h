/* Files of one sample's frames, [T,C,H,W] of any numbers: the member frames.npy of an .npz archive,
 * as SpikingJelly writes them, or a .npy file. */
#ifndef SQ_FRAMES_FILE_H
#define SQ_FRAMES_FILE_H

#include "sim/input/input.h"

#include <stdio.h>

/* Is a file that begins like this one of frames, as far as its beginning shows? True of all zip
 * archives, of .npy files of four dimensions as the network takes them (whatever their number of
 * frames), and of those of events, so that sq_frames_file_read() says what is wrong. */
bool sq_frames_file_knows(const unsigned char *head, size_t n, const struct sq_input_want *want);

/* Read the frames, a frame in memory at a time.
 *   name     what messages call the file
 *   stream   the open file, of which nothing was read
 *   pixels   [T][C][H][W], all written on success; NULL: only see whether the file fits
 * SQ_EUSAGE (a recording, which --frames makes frames of), SQ_ESHAPE, SQ_EVALUE (NaN, what float32
 * cannot hold), SQ_EFORMAT (damaged), SQ_EUNSUPPORTED, SQ_EIO, SQ_ENOMEM. */
int sq_frames_file_read(struct sq_error *err, const char *name, FILE *stream,
                        const struct sq_input_want *want, float *pixels);

#endif
