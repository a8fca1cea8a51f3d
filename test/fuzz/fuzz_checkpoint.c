/* Any bytes as a checkpoint: opening them ends in a checkpoint or an error, every element of every
 * tensor can be read, and a second run says the same. */
#define _GNU_SOURCE

#include "test/fuzz/fuzz_file.h"
#include "test/fuzz/fuzz_tensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t run(const uint8_t *data, size_t size)
{
    struct fuzz_file file = fuzz_file_open(data, size);
    struct sq_error err = {0};
    struct sq_checkpoint *checkpoint = NULL;
    uint64_t hash = 0;
    if (sq_checkpoint_open(&err, file.path, &checkpoint) == SQ_OK)
        hash = fuzz_tensors(checkpoint, hash);
    else if (checkpoint != NULL || err.code == SQ_OK || err.text[0] == '\0')
        abort(); /* an error leaves nothing and says something */
    sq_checkpoint_free(checkpoint);
    close(file.fd);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run(data, size) != run(data, size))
        abort();
    return 0;
}
