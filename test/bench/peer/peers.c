#include "test/bench/peer/peers.h"

/* What the benchmark looks for: addresses of the peers, NULL last. */
extern const struct dense_peer *const sq_dense_peers[];

__attribute__((visibility("default"))) const struct dense_peer *const sq_dense_peers[] = {
    &peer_openblas, &peer_onednn_f32, &peer_onednn_int8, NULL};
