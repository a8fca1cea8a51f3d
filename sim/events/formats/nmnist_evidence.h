/* N-MNIST has no magic: does a file look like one? */
#ifndef SQ_NMNIST_EVIDENCE_H
#define SQ_NMNIST_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With so many bytes, 8 records, evidence no longer depends on the file's name. */
enum { SQ_NMNIST_LEAST_BYTES = 40 };

/* Are the n bytes at the beginning of `path` records of 5 bytes whose coordinates lie within
 * N-Caltech101's 240x180 and whose times ascend, all but 3 in 100 (the reader reports damage),
 * ten a second at least?
 *   size   of the whole file; 0: not known
 * Fewer than 8 records must all be so, and either be a whole number within 34x34, two at least, or
 * in a file called .bin or .bs2: others would be taken for N-MNIST by chance. */
bool sq_nmnist_is_evident(const char *path, const unsigned char *head, size_t n, uint64_t size);

#endif
