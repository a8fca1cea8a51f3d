/* Any bytes as a file of class names: it ends in names that a table and JSON can hold, or in a sentence, and a second reading
 * says the same. */
#define _GNU_SOURCE

#include "sim/analysis/write/class_names.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t read_once(const uint8_t *data, size_t size)
{
    const struct fuzz_file file = fuzz_file_open(data, size);
    struct sq_error err = {0};
    struct sq_class_names names;
    const int status = sq_class_names_read(&err, file.path, &names);
    must(status == SQ_OK ? names.n > 0 : err.code == status && err.text[0] != '\0');
    uint64_t hash = fuzz_digest((uint64_t)names.n, err.text, strlen(err.text));
    for (size_t i = 0; status == SQ_OK && i < names.n; i++) {
        const char *name = names.name[i];
        must(name[0] != '\0' && strpbrk(name, "\n\r\t") == NULL);
        hash = fuzz_digest(hash, name, strlen(name) + 1);
    }
    sq_class_names_free(&names);
    close(file.fd);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    must(read_once(data, size) == read_once(data, size));
    return 0;
}
