/* The peers that there are; peers.c lists them. */
#ifndef SQ_BENCH_PEERS_H
#define SQ_BENCH_PEERS_H

#include "test/bench/peer/dense_peer.h"

extern const struct dense_peer peer_openblas, peer_onednn_f32, peer_onednn_int8;

#endif
