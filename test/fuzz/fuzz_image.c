/* Any bytes as a PNG or JPEG image: reading it ends in bytes or in an error, its header tells the
 * same size, and a second run says the same. */
#define _GNU_SOURCE

#include "sim/input/images/image_file.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Larger images only cost time. */
enum { MOST_PIXELS = 1 << 16 };

static void check_error(const struct sq_error *err, const struct sq_image *image)
{
    if (image->bytes != NULL || err->text[0] == '\0')
        abort(); /* an error leaves nothing and says something */
}

static uint64_t read_as(const char *path, uint32_t channels, uint64_t hash)
{
    struct sq_error err = {0};
    struct sq_image size, image;
    const int measured = sq_image_measure(&err, path, channels, &size);
    if (size.bytes != NULL)
        abort();
    if (measured == SQ_OK && (uint64_t)size.width * size.height > MOST_PIXELS)
        return hash;
    if (sq_image_read(&err, path, channels, &image) == SQ_OK) {
        if (measured != SQ_OK || size.width != image.width || size.height != image.height)
            abort();
        hash = fuzz_digest(hash, image.bytes, (size_t)image.width * image.height * channels);
        free(image.bytes);
    } else {
        check_error(&err, &image);
    }
    return fuzz_digest(hash, err.text, strlen(err.text));
}

static uint64_t run(const uint8_t *data, size_t size)
{
    const struct fuzz_file file = fuzz_file_open(data, size);
    uint64_t hash = read_as(file.path, 1, 0xcbf29ce484222325u);
    hash = read_as(file.path, 3, hash);
    close(file.fd);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run(data, size) != run(data, size))
        abort();
    return 0;
}
