/* Zip archives: their members, sizes that the file can justify, and the bytes of a member.
 * traces/files alone knows libzip; `struct zip` and `struct zip_file` are its types, opaque here. */
#ifndef SQ_ZIP_READER_H
#define SQ_ZIP_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zip;
struct zip_file;

enum { SQ_MAX_INFLATION = 1032 }; /* the best that deflate can do: 258 bytes in 2 bits */

/* Why something failed. */
struct sq_zip_fault {
    bool no_memory;
    char why[120]; /* libzip's words: "Not a zip archive" */
};

/* Open an archive; NULL: it cannot be read as one (or no memory is left).
 *   fault   written on failure; NULL: not wanted */
struct zip *sq_zip_archive_open(const char *path, struct sq_zip_fault *fault);

/* The same of an open file, whose descriptor goes over to the archive on success. */
struct zip *sq_zip_archive_open_fd(int fd, struct sq_zip_fault *fault);

/* Accepts NULL. */
void sq_zip_archive_close(struct zip *zip);

bool sq_zip_archive_has(struct zip *zip, const char *name);

/* Members, and the name of each; NULL: it has none. */
size_t sq_zip_archive_count(struct zip *zip);
const char *sq_zip_archive_name(struct zip *zip, size_t i);

/* How names are taken: converted to UTF-8 where they seem to be of DOS, or byte by byte. */
enum sq_zip_names { SQ_ZIP_NAMES_GUESSED, SQ_ZIP_NAMES_RAW };

/* What the directory says of a member; all of it is untrusted. */
struct sq_zip_entry {
    const char *name; /* the archive's; NULL: it is not known */
    uint64_t index, size, packed_bytes;
    unsigned method; /* of compression */
    bool has_size, has_packed_bytes, has_method, is_deflated, is_encrypted;
};

/* The member of this number, or of this name; false: there is none that can be read, and
 * sq_zip_fault_of() says why. */
bool sq_zip_entry_at(struct zip *zip, uint64_t index, enum sq_zip_names names,
                     struct sq_zip_entry *entry);
bool sq_zip_entry_find(struct zip *zip, const char *name, enum sq_zip_names names,
                       struct sq_zip_entry *entry);

/* Can the member be as large as it says, in a file of so many bytes? */
enum sq_zip_verdict {
    SQ_ZIP_FITS,
    SQ_ZIP_UNKNOWN,      /* a size or the method is not given */
    SQ_ZIP_OTHER_METHOD, /* neither stored nor deflated */
    SQ_ZIP_BEYOND_FILE,  /* the members so far are together larger than the file */
    SQ_ZIP_IMPOSSIBLE    /* nothing packed so small inflates to that */
};

/*   packed_bytes   of all members so far, 0 at first, added to: overlapping ones would exceed the
 *                  file. So each member is judged once. */
enum sq_zip_verdict sq_zip_judge(const struct sq_zip_entry *entry, uint64_t file_bytes,
                                 uint64_t *packed_bytes);

/* Open a member to be read from its beginning; NULL: sq_zip_fault_of(zip, NULL). */
struct zip_file *sq_zip_member_open(struct zip *zip, uint64_t index);

/* Accepts NULL. */
void sq_zip_member_close(struct zip_file *member);

/* Up to n bytes; 0 at the end, where the checksum is compared; -1: sq_zip_fault_of(zip, member). */
int64_t sq_zip_member_read(struct zip_file *member, void *out, size_t n);

/* Go to a byte of a member that is stored as it is; false: sq_zip_fault_of(zip, member). */
bool sq_zip_member_seek(struct zip_file *member, uint64_t offset);

/* The last failure of a member, or (NULL) of the archive. */
struct sq_zip_fault sq_zip_fault_of(struct zip *zip, struct zip_file *member);

#endif
