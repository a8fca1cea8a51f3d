/* Texts of variable length lie in global heaps of an HDF5 file, and datasets hold where. They are read
 * here, byte by byte and checked, as the HDF5 library (1.10.8) believes sizes and numbers of a damaged
 * heap. https://docs.hdfgroup.org, "HDF5 File Format Specification", III.E. */
#ifndef SQ_NIR_HEAP_H
#define SQ_NIR_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length, address of the heap, number of the object in it. */
enum { SQ_NIR_REFERENCE_BYTES = 4 + 8 + 4 };

/* The text whose reference lies at byte `at` of the file at `path`.
 *   out   [size], zero-terminated; what is longer is cut
 * False: no text lies there. */
bool sq_nir_heap_text(const char *path, uint64_t at, char *out, size_t size);

#endif
