#include "sim/report/frames_request.h"

int sq_frames_request_of(struct sq_error *err, const struct spikeq_frames_options *options,
                         struct sq_frame_request *request)
{
    const int has_option = options->bin || options->crop || options->pad || options->view ||
                           options->camera || options->width || options->tolerate ||
                           options->stream || options->carry;
    if (options->rule == NULL)
        return has_option
                   ? sq_fail(err, SQ_EUSAGE,
                             "options for recordings, but no " SQ_OPT "frames RULE to bin them by")
                   : SQ_OK;
    *request = (struct sq_frame_request){.frames = options->rule,
                                         .bin = options->bin > 0 ? options->bin : 1,
                                         .read = {.view = options->view,
                                                  .camera = options->camera,
                                                  .width = options->width,
                                                  .height = options->height,
                                                  .tolerate = options->tolerate != 0}};
    const int status = sq_frame_place_parse(err, SQ_OPT "crop", options->crop, &request->crop);
    return status == SQ_OK ? sq_frame_place_parse(err, SQ_OPT "pad", options->pad, &request->pad)
                           : status;
}
