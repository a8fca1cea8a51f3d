/* The inside of image_file.c: one reader a library. */
#ifndef SQ_IMAGE_FORMATS_H
#define SQ_IMAGE_FORMATS_H

#include "sim/input/images/image_task.h"

#include <stdio.h>

/* Fill task->out, interleaved; its bytes are freed by the caller on failure too. */
int sq_image_read_png(const struct sq_image_task *task, FILE *file);
int sq_image_read_jpeg(const struct sq_image_task *task, FILE *file);

#endif
