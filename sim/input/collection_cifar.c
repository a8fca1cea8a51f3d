/* CIFAR binary batches have no magic: their size is a multiple of a record's, and every record
 * begins with a label that exists. CIFAR-10: label 0..9; CIFAR-100: coarse label 0..19, fine label
 * 0..99. */
#include "sim/input/collection_sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PIXELS = 3 * 32 * 32 };

static int add_records(struct sq_error *err, struct sq_collection *collection, FILE *file,
                       uint64_t n)
{
    const unsigned labels = collection->label_bytes;
    const uint64_t record = PIXELS + labels;
    uint32_t folder = 0;
    int rc = sq_collection_add_folder_name(err, collection, "", &folder);
    for (uint64_t i = 0; rc == SQ_OK && i < n; i++) {
        unsigned char label[2];
        if (fseeko(file, (off_t)(i * record), SEEK_SET) != 0 ||
            fread(label, 1, labels, file) != labels)
            return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", collection->path,
                           strerror(errno));
        if (labels == 1 ? label[0] > 9 : label[0] > 19 || label[1] > 99)
            return sq_fail(err, SQ_EFORMAT, "%s: is not a CIFAR batch", collection->path);
        rc = sq_collection_add(err, collection, folder, collection->path, label[labels - 1]);
    }
    return rc;
}

int sq_collection_add_cifar(struct sq_error *err, struct sq_collection *collection)
{
    struct stat status;
    FILE *file = fopen(collection->path, "rb");
    if (file == NULL || fstat(fileno(file), &status) != 0) {
        if (file != NULL)
            fclose(file);
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", collection->path, strerror(errno));
    }
    const uint64_t size = (uint64_t)status.st_size;
    collection->kind = SQ_COLLECT_CIFAR;
    collection->label_bytes = size % (PIXELS + 1) == 0 ? 1 : 2;
    const uint64_t record = PIXELS + collection->label_bytes;
    const int rc = size > 0 && size % record == 0
                       ? add_records(err, collection, file, size / record)
                       : sq_fail(err, SQ_EFORMAT, "%s: is not a CIFAR batch", collection->path);
    fclose(file);
    return rc;
}
