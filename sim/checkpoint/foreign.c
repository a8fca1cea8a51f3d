/* Files that are often mistaken for checkpoints, so that the refusal says what they are. */
#include "sim/checkpoint/checkpoint_reader.h"

#include <string.h>

static const struct {
    const char *magic;
    size_t at, n;
    const char *what;
} known[] = {
    {"\x89HDF\r\n\x1a\n", 0, 8, "an HDF5 file (Keras, NIR)"},
    {"\x93NUMPY", 0, 6, "a NumPy array (.npy)"},
    {"\x1f\x8b", 0, 2, "gzip-compressed; unpack it first"},
    {"BZh", 0, 3, "bzip2-compressed; unpack it first"},
    {"\xfd"
     "7zXZ",
     0, 5, "xz-compressed; unpack it first"},
    {"\x28\xb5\x2f\xfd", 0, 4, "zstd-compressed; unpack it first"},
    {"\x89PNG", 0, 4, "a PNG image"},
    {"\xff\xd8\xff", 0, 3, "a JPEG image"},
    {"GGUF", 0, 4, "a GGUF model"},
    {"\x7f"
     "ELF",
     0, 4, "a program"},
    {"SQLite format 3", 0, 15, "an SQLite database (a spikeq trace?)"},
    {"ustar", 257, 5, "a tar archive (PyTorch before 0.1.10, or an archive to unpack first)"},
    {"version https://git-lfs", 0, 23, "a Git LFS pointer; fetch the file with git lfs pull"},
    {"<!DOCTYPE", 0, 9, "a web page; the download went wrong"},
    {"<html", 0, 5, "a web page; the download went wrong"},
};

const char *sq_foreign_magic(const unsigned char *head, size_t n)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (n >= known[i].at + known[i].n &&
            memcmp(head + known[i].at, known[i].magic, known[i].n) == 0)
            return known[i].what;
    return NULL;
}

const char *sq_foreign_text(const unsigned char *head, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((head[i] < 0x20 && head[i] != '\n' && head[i] != '\r' && head[i] != '\t') ||
            head[i] >= 0xf5)
            return NULL;
    return "plain text";
}

int sq_checkpoint_refuse(const struct sq_checkpoint_reader *reader, const char *what)
{
    if (what != NULL)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: not a checkpoint: it looks like %s; expected .safetensors or what "
                       "torch.save() writes",
                       reader->path, what);
    return sq_fail(reader->err, SQ_EUNSUPPORTED,
                   "%s: not a checkpoint: neither .safetensors nor what torch.save() writes",
                   reader->path);
}
