/* Is a file of any kind a recording of an event camera? For who asks what a file holds; readers of
 * recordings need not ask. */
#ifndef SQ_RECORDING_KNOWN_H
#define SQ_RECORDING_KNOWN_H

#include <stdbool.h>

/* Does the regular file begin as a recording does? True of whatever has a format's magic; of text
 * whose first line is an event, and of NumPy records and archives with the columns of events. */
bool sq_recording_is_known(const char *path);

/* N-MNIST has no magic: is the whole file what such a recording would be, and too much so for
 * chance? To be asked of what is nothing else; reads the file. */
bool sq_recording_may_be_nmnist(const char *path);

#endif
