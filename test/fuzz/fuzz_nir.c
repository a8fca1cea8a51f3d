/* Any bytes as an HDF5 file with texts of variable length: wherever a reference to one lies, or seems to, the
 * text is read or there is none, and a second run says the same. The rest of NIR's files is read by the HDF5
 * library, which is not fuzzed here. */
#define _GNU_SOURCE

#include "sim/nir/nir_heap.h"

#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_PLACES = 512, TEXT = 24 };

static uint64_t read_texts(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_file_open(data, size);
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t at = 0; at < size + 8 && at < MOST_PLACES; at += 4) {
        char text[TEXT];
        const int is = sq_nir_heap_text(file.path, at, text, sizeof text);
        if (memchr(text, 0, sizeof text) == NULL)
            abort();
        hash = fuzz_digest(fuzz_digest(hash, &is, sizeof is), text, strlen(text));
    }
    close(file.fd);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (read_texts(data, size) != read_texts(data, size))
        abort();
    return 0;
}
