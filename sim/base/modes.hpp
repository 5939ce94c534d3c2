// SPDX-License-Identifier: Apache-2.0
// Choices that a scenario makes and that the program, the engine and the report all have to know by name.
#pragma once

#include <cstdint>

namespace braid {

/// eager: a transfer starts when its producer has ended, the receiver never delays it.
/// batched: sends and receives are posted in groups before a compute block, the block waits for the whole linked
/// group (Megatron's batch_isend_irecv, and what the STP paper's figures show).
/// blocking: as eager, but a sender computes on only when its transfer has ended (a send on the compute stream, or one
/// that is waited for at once).
enum class P2pMode : std::uint8_t { eager, batched, blocking };

/// What the all-reduce of an activation gradient hides behind when I and W of a unit run together.
/// none: nothing. column: the weight gradient of the same column-parallel linear (Megatron's asynchronous
/// all-reduce). whole: all of the unit's W (what a braid, or a framework that stores W, can do).
enum class AsyncAllReduce : std::uint8_t { none, column, whole };

/// none keeps everything; selective recomputes the attention core; full keeps a layer's input and runs F again.
enum class Recompute : std::uint8_t { none, selective, full };

/// How replicas share their gradients: all-reduce, or reduce-scatter, sharded optimizer, all-gather (ZeRO-1).
enum class DataParallel : std::uint8_t { all_reduce, zero1 };

enum class NetworkKind : std::uint8_t { ideal, simgrid };

}  // namespace braid
