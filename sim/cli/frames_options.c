#include "sim/cli/frames_options.h"

/* Where the text of an option goes; NULL: not such an option. */
static const char **text_of(int which, struct spikeq_frames_options *frames)
{
    switch (which) {
    case CLI_OPT_FRAMES:
        return &frames->rule;
    case CLI_OPT_CROP:
        return &frames->crop;
    case CLI_OPT_PAD:
        return &frames->pad;
    case CLI_OPT_VIEW:
        return &frames->view;
    case CLI_OPT_CAMERA:
        return &frames->camera;
    default:
        return NULL;
    }
}

int cli_frames_option(const char *command, int which, struct spikeq_frames_options *frames)
{
    const char **text = text_of(which, frames);
    if (text != NULL)
        return *text = optarg, 1;
    switch (which) {
    case CLI_OPT_BIN:
        return cli_count(command, "--bin", 32768, &frames->bin);
    case CLI_OPT_SIZE:
        return cli_size(command, optarg, &frames->width, &frames->height);
    case CLI_OPT_TOLERATE:
        return frames->tolerate = 1;
    case CLI_OPT_STREAM:
        return frames->stream = 1;
    case CLI_OPT_CARRY:
        return frames->carry = 1;
    default:
        return -1;
    }
}

int cli_frames_given(const struct spikeq_frames_options *frames)
{
    return frames->rule || frames->bin || frames->crop || frames->pad || frames->view ||
           frames->camera || frames->width || frames->tolerate || frames->stream || frames->carry;
}
