/* Files in the folders of data sets that are not samples, known by name and, where names say
 * nothing, by the first bytes. */
#ifndef SQ_COLLECTION_NAMES_H
#define SQ_COLLECTION_NAMES_H

#include "sim/input/collection_items.h"

#include <stdbool.h>
#include <stddef.h>

/* Is a file or folder called so what desktops, archives and network disks leave behind? */
bool sq_collection_is_left_behind(const char *name);

/* What a name alone says of a file. */
enum sq_name_verdict { SQ_NAME_OF_ANOTHER, SQ_NAME_OF_SAMPLE, SQ_NAME_SAYS_NOTHING };
enum sq_name_verdict sq_collection_judge_name(enum sq_collection_kind kind, const char *name);

/* Does a file that begins with these n bytes, SQ_SAMPLE_HEAD_BYTES unless it is shorter, begin as an
 * image, or, where frames are wanted, as NumPy's arrays and archives? */
enum { SQ_SAMPLE_HEAD_BYTES = 8 };
bool sq_collection_begins_right(enum sq_collection_kind kind, const unsigned char *head, size_t n);

/* Is a file one of the samples? Images and files of frames are what their names (torchvision's
 * endings; .npz, .npy) or their contents say, so that one which cannot be read is no less missed; a
 * recording is whatever is neither left behind nor a note for people. */
bool sq_collection_is_sample(enum sq_collection_kind kind, const char *path, const char *name);

#endif
