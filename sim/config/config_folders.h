/* The folders where configurations and hardware profiles lie, as one text: colon-separated, earlier
 * ones hide later ones; "\:" and "\\" stand for a colon and a backslash in a folder's name. */
#ifndef SQ_CONFIG_FOLDERS_H
#define SQ_CONFIG_FOLDERS_H

#include "kernels/base/status.h"

#include <stddef.h>

enum { SQ_FOLDER_BYTES = 4096 }; /* a longer path cannot be opened */

/* Step through the list: writes the next folder and returns 1, or 0 at the end. Empty entries and
 * those that are too long are passed over. The list may be NULL. */
int sq_folder_next(const char **list, char folder[SQ_FOLDER_BYTES]);

/* The list of this process: the folders of the environment variable SPIKEQ_CONFIGS, then our own
 * (sq_folders_of). The caller frees it; NULL: out of memory. */
char *sq_folders_here(void);

/* The folders of `first` (a list; may be NULL), then those of this process. The caller frees it; NULL:
 * out of memory. */
char *sq_folders_with_own(const char *first);

/* The list for a library or executable that lies at `file` (an absolute path without links; NULL:
 * not known).
 *   first   folders that come before, a list; may be NULL
 * Our own is the first of these that is there: share/spikeq/configs of the prefix that `file` is
 * installed in (bin/, lib/ or lib/<machine>/), configs/ of the source tree that it was built in
 * (build/<variant>/), configs/ of the Python package that it is part of (spikeq/),
 * /usr/local/share/spikeq/configs, /usr/share/spikeq/configs. Where none is there all of them are
 * listed, so that a complaint can name them. The caller frees it; NULL: out of memory. */
char *sq_folders_of(const char *first, const char *file);

/* The files KIND/NAME.json in folders of the list ("models", "architectures"), in alphabetical order,
 * each name once: calls visit(path, name, data) for each until it returns non-zero, and returns
 * that; SQ_ENOMEM. */
int sq_files_each(const char *config_dirs, const char *kind,
                  int (*visit)(const char *path, const char *name, void *data), void *data);

/* The path of such a file; the caller frees *path. SQ_EIO: says that no `what` is called so, and which
 * are known; SQ_ENOMEM. */
int sq_files_find(struct sq_error *err, const char *config_dirs, const char *kind, const char *what,
                  const char *name, char **path);

#endif
