/* In the place of sim/cluster/mpi, in builds without MPI. */
#include "sim/cluster/cluster.h"

int sq_cluster_mpi(struct sq_error *err, struct sq_cluster **out)
{
    (void)out;
    return sq_fail(err, SQ_EUNSUPPORTED, "this spikeq was built without MPI (make MPI=1)");
}

int sq_cluster_has_mpi(void)
{
    return 0;
}

const char *sq_cluster_mpi_library(void)
{
    return "no";
}
