#include "traces/files/other_files.h"

#include "kernels/base/option_names.h"

#include <string.h>
#include <strings.h>

struct magic {
    size_t at, size;
    const char *bytes, *text;
};

static const struct magic known[] = {
    {0, 8, "#ROSBAG ", "a ROS bag (rosbag), which is not read; export its events as text or .npy"},
    {0, 6, "\x89MCAP0", "an MCAP recording (ROS 2), which is not read; export it as text or .npy"},
    {0, 12, "Event Stream", "an Event Stream (.es), which is not read; convert it to text or .npy"},
    {0, 9, "#!AER-DAT", "AEDAT 1 or an unknown one; AEDAT 2.0, 3.x and 4.0 are read"},
    {0, 6, "\xfd\x37zXZ\0", "compressed by xz; unxz it first"},
    {0, 4, "\x28\xb5\x2f\xfd", "compressed by zstd; unzstd it first"},
    {0, 4, "\x04\x22\x4d\x18", "compressed by LZ4; unlz4 it first"},
    {0, 4, "LZIP", "compressed by lzip; unpack it first"},
    {4, 6, "1AY&SY", "compressed by bzip2; bunzip2 it first"},
    {0, 4, "\x1f\x8b\x08\0", "compressed by gzip; gunzip it first"},
    {0, 4, "\x1f\x8b\x08\x08", "compressed by gzip; gunzip it first"},
    {0, 6, "7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"},
    {0, 6, "Rar!\x1a\x07", "a RAR archive; unpack it first"},
    {257, 5, "ustar", "a tar archive; unpack it first"},
    {0, 8, "!<arch>\n", "an ar archive; unpack it first"},
    {0, 4, "\x89HDF", "HDF5; SONATA spikes go to spikeq import, events must become .npy or text"},
    {512, 4, "\x89HDF", "HDF5 (MATLAB 7.3), which is not read; save it as .npy or text"},
    {0, 6, "MATLAB", "MATLAB data, which are not read; save them as .npy or text"},
    {0, 13, "SQLite format",
     "an SQLite database: a trace goes to spikeq replay, a ROS 2 bag must "
     "become .npy or text"},
    {0, 4, "\x89PNG", "a PNG image"},
    {0, 4, "\xff\xd8\xff\xe0", "a JPEG image"},
    {0, 4, "\xff\xd8\xff\xe1", "a JPEG image"},
    {0, 4, "GIF8", "a GIF image"},
    {0, 4, "II*\0", "a TIFF image"},
    {0, 4, "MM\0*", "a TIFF image"},
    {0, 4, "RIFF", "RIFF (AVI, WAV or WebP)"},
    {4, 4, "ftyp", "an MP4 film; events are made of films by v2e"},
    {0, 4, "\x1a\x45\xdf\xa3", "a Matroska film; events are made of films by v2e"},
    {0, 4, "OggS", "an Ogg recording"},
    {0, 4, "fLaC", "a FLAC recording"},
    {0, 5, "%PDF-", "a PDF document"},
    {0, 4, "%!PS", "a PostScript document"},
    {0, 5, "{\\rtf", "a document in RTF"},
    {0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document; save the table as CSV"},
    {0, 4, "PAR1", "Parquet, which is not read; save the table as CSV or .npy"},
    {0, 6, "ARROW1", "Arrow, which is not read; save the table as CSV or .npy"},
    {0, 4, "FEA1", "Feather, which is not read; save the table as CSV or .npy"},
    {0, 4, "Obj\1", "Avro, which is not read; save the table as CSV or .npy"},
    {0, 4, "CDF\1", "NetCDF, which is not read; save it as .npy or text"},
    {0, 4, "CDF\2", "NetCDF, which is not read; save it as .npy or text"},
    {0, 4,
     "\x7f"
     "ELF",
     "a program"},
    {0, 12, "version http", "a Git LFS pointer; git lfs pull fetches the file itself"},
    {0, 13, "/annex/object", "a git-annex pointer; git annex get fetches the file itself"},
    {0, 2, "\xff\xfe", "text in UTF-16; save it as UTF-8"},
    {0, 2, "\xfe\xff", "text in UTF-16; save it as UTF-8"},
};

static const struct magic guessed[] = {
    {0, 4, "PK\3\4", "a zip archive, such as .xlsx; save a table as CSV"},
    {0, 16, "sample,timestep,", "a list of spikes, which goes to spikeq import"},
    {0, 3, "BZh", "compressed by bzip2; bunzip2 it first"},
    {0, 3, "\x1f\x8b\x08", "compressed by gzip; gunzip it first"},
    {0, 2, "\x1f\x9d", "compressed by compress; uncompress it first"},
    {0, 3, "\x5d\0\0", "compressed by LZMA; unlzma it first"},
    {0, 2, "\x80\2", "a Python pickle, which is not read here; save arrays by numpy.save"},
    {0, 2, "\x80\3", "a Python pickle, which is not read here; save arrays by numpy.save"},
    {0, 2, "\x80\4", "a Python pickle, which is not read here; save arrays by numpy.save"},
    {0, 2, "\x80\5", "a Python pickle, which is not read here; save arrays by numpy.save"},
    {0, 3, "\xff\xd8\xff", "a JPEG image"},
    {0, 3, "\0\0\x08", "IDX (MNIST images or labels), which goes to spikeq run " SQ_FLAG "input"},
    {8, 2, "{\"", "a safetensors checkpoint, which goes to spikeq run " SQ_FLAG "model"},
    {0, 3, "ID3", "an MP3 recording"},
    {0, 2, "MZ", "a program"},
    {0, 2, "BM", "a BMP image"},
    {0, 2, "#!", "a script"},
    {0, 1, "{", "JSON or text, which is not read as a recording"},
};

/* What people give as images. */
static const struct magic inputs[] = {
    {0, 4, "PK\3\4", "a zip archive (.npz?); save one array with numpy.save"},
    {0, 4, "\x89PNG", "a PNG image; save the images as one uint8 array [B,C,H,W] with numpy.save"},
    {0, 3, "\xff\xd8\xff",
     "a JPEG image; save the images as one uint8 array [B,C,H,W] with numpy.save"},
    {0, 2, "BM", "a BMP image; PNG and JPEG are read, convert it"},
    {0, 4, "GIF8", "a GIF image; PNG and JPEG are read, convert it"},
    {0, 4, "RIFF", "a WebP image or another RIFF file; PNG and JPEG are read, convert it"},
    {0, 4, "II*\0", "a TIFF image; PNG and JPEG are read, convert it"},
    {0, 4, "MM\0*", "a TIFF image; PNG and JPEG are read, convert it"},
    {0, 4, "\x89HDF", "an HDF5 file; save one array with numpy.save"},
    {0, 9, "#!AER-DAT", "a recording of an event camera; " SQ_OPT "frames RULE bins it"},
    {0, 2, "% ", "a recording of an event camera; " SQ_OPT "frames RULE bins it"},
    {0, 1, "\x80", "a Python pickle, which is never loaded; save one array with numpy.save"},
};

/* What is often mistaken for a checkpoint. */
static const struct magic models[] = {
    {0, 8, "\x89HDF\r\n\x1a\n", "an HDF5 file (Keras, or a damaged NIR graph)"},
    {0, 6, "\x93NUMPY", "a NumPy array (.npy)"},
    {0, 2, "\x1f\x8b", "gzip-compressed; unpack it first"},
    {0, 3, "BZh", "bzip2-compressed; unpack it first"},
    {0, 5,
     "\xfd"
     "7zXZ",
     "xz-compressed; unpack it first"},
    {0, 4, "\x28\xb5\x2f\xfd", "zstd-compressed; unpack it first"},
    {0, 4, "\x89PNG", "a PNG image"},
    {0, 3, "\xff\xd8\xff", "a JPEG image"},
    {0, 4, "GGUF", "a GGUF model"},
    {0, 4,
     "\x7f"
     "ELF",
     "a program"},
    {0, 15, "SQLite format 3", "an SQLite database (a spikeq trace?)"},
    {257, 5, "ustar", "a tar archive (PyTorch before 0.1.10, or an archive to unpack first)"},
    {0, 23, "version https://git-lfs", "a Git LFS pointer; fetch the file with git lfs pull"},
    {0, 9, "<!DOCTYPE", "a web page; the download went wrong"},
    {0, 5, "<html", "a web page; the download went wrong"},
};

static const char *find(const struct magic *magic, size_t n_magics, const unsigned char *head,
                        size_t n)
{
    for (size_t i = 0; i < n_magics; i++)
        if (n >= magic[i].at + magic[i].size &&
            memcmp(head + magic[i].at, magic[i].bytes, magic[i].size) == 0)
            return magic[i].text;
    return NULL;
}

/* Web pages begin with a tag, behind blanks or a byte order mark. */
static const char *find_markup(const unsigned char *head, size_t n)
{
    static const char *const tag[] = {"<!doctype", "<html", "<head", "<body", "<script", "<!--"};
    size_t at = n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < n && strchr(" \t\r\n", head[at]) != NULL && head[at] != '\0')
        at++;
    for (size_t i = 0; i < sizeof tag / sizeof tag[0]; i++)
        if (n - at >= strlen(tag[i]) &&
            strncasecmp((const char *)head + at, tag[i], strlen(tag[i])) == 0)
            return "a web page (HTML), such as a download behind a login; fetch the file itself";
    if (n - at >= 5 && memcmp(head + at, "<?xml", 5) == 0)
        return "XML, which is not read";
    return NULL;
}

const char *sq_other_file(const unsigned char *head, size_t n)
{
    const char *text = find(known, sizeof known / sizeof known[0], head, n);
    return text != NULL ? text : find_markup(head, n);
}

const char *sq_other_file_guess(const unsigned char *head, size_t n)
{
    return find(guessed, sizeof guessed / sizeof guessed[0], head, n);
}

const char *sq_other_file_as_input(const unsigned char *head, size_t n)
{
    return find(inputs, sizeof inputs / sizeof inputs[0], head, n);
}

const char *sq_other_file_as_model(const unsigned char *head, size_t n)
{
    return find(models, sizeof models / sizeof models[0], head, n);
}
