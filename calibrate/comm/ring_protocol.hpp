// SPDX-License-Identifier: Apache-2.0
// A ring collective between ranks that reach each other's memory: which block moves what when, and the flags by which
// neighbours hand slots to each other. All-reduce, all-gather, reduce-scatter; sum; in place works as it does in NCCL.
//
// One block per rank and channel; channel c of all ranks is one ring, and channels never wait for each other. Into each
// rank's FIFO of kRingSlots slots only its predecessor writes. Order of work as NCCL's ring kernels have it (send;
// receive-reduce-send; receive-reduce-copy-send; receive-copy-send; receive): step j of a rank waits only for steps up
// to j-1 of its neighbours, so with two slots or more it cannot deadlock while all blocks run. A wait that outlasts its
// limit raises `failed`, which ends every block of every rank.
//
// The memory and the threads of a block are a policy (`Block`), so that the same code runs on a GPU (partition_ring.cu)
// and on host threads (tests). A Block has:
//   bool leader()                        is this the thread that handles flags?
//   bool all(bool ok)                    barrier over the block; true where every thread says so
//   uint32_t load(uint32_t*)             acquire
//   void store(uint32_t*, uint32_t)      release: what the block wrote before its last barrier is visible first
//   uint64_t now_ns()                    one clock for all ranks
//   void pause()                         a moment's rest between two looks at a flag
//   void move(from, add, to, keep, n)    to[i] = keep[i] = from[i] (+ add[i]); add, to, keep may be null; from is a
//   slot
//                                        that another block wrote, or the rank's own memory
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define BRAID_RING_DEVICE __device__
#define BRAID_RING_BOTH __host__ __device__
#else
#define BRAID_RING_DEVICE
#define BRAID_RING_BOTH
#endif

namespace braid::gpu {

enum class RingOp { all_reduce, all_gather, reduce_scatter };

inline constexpr std::uint32_t kRingSlots = 4;
inline constexpr std::uint64_t kRingAlign = 8;  // elements: with bf16, pieces begin at multiples of 16 bytes

/// Flags of one rank's channel, all zero at first. Counters only grow, over launches too, and may wrap.
struct alignas(64) RingChannel {
  alignas(64) std::uint32_t ready;       ///< slots that the predecessor has filled
  std::uint64_t arrives_ns[kRingSlots];  ///< when a slot counts as arrived, on a paced link
  alignas(64) std::uint32_t freed;       ///< slots that this rank has emptied
  alignas(64) std::uint32_t passed;      ///< slots passed in earlier launches; this rank's alone
};

/// A piece of the full buffer, in elements.
struct RingPiece {
  std::uint64_t at, n;
};

/// How the full buffer of `count` elements is cut: into one share per rank, a share into channels, those into slots.
/// Shares and channels are equal up to rounding to kRingAlign; the last ones take what is left, which may be nothing.
struct RingLayout {
  std::uint64_t count, slot;  ///< elements; slot a multiple of kRingAlign
  std::uint32_t ranks, channels;

  BRAID_RING_BOTH std::uint64_t share() const { return rounded(count, ranks); }
  BRAID_RING_BOTH std::uint64_t lane() const { return rounded(share(), channels); }
  BRAID_RING_BOTH std::uint64_t share_begin(std::uint32_t rank) const { return least(rank * share(), count); }
  /// Rounds round the ring that a channel makes: the same for all ranks, whatever is left for the last share.
  BRAID_RING_BOTH std::uint64_t loops(std::uint32_t channel) const {
    const std::uint64_t begin = least(channel * lane(), share());
    return (least(lane(), share() - begin) + slot - 1) / slot;
  }
  BRAID_RING_BOTH RingPiece piece(std::uint32_t share_of, std::uint32_t channel, std::uint64_t loop) const {
    const std::uint64_t begin = channel * lane() + loop * slot;
    const std::uint64_t end = least(least(begin + slot, (channel + 1) * lane()), share());
    const std::uint64_t from = least(share_of * share() + begin, count), to = least(share_of * share() + end, count);
    return {from, begin < end && from < to ? to - from : 0};
  }

 private:
  BRAID_RING_BOTH static std::uint64_t least(std::uint64_t a, std::uint64_t b) { return a < b ? a : b; }
  BRAID_RING_BOTH static std::uint64_t rounded(std::uint64_t n, std::uint64_t parts) {
    return ((n + parts - 1) / parts + kRingAlign - 1) / kRingAlign * kRingAlign;
  }
};

/// What one rank's blocks are told. All-gather: `in` is the rank's share, `out` the full buffer; reduce-scatter: the
/// reverse; all-reduce: both full.
template <class T>
struct RingRank {
  const T* in;
  T* out;
  T *stage, *next_stage;     ///< FIFOs of this rank and of its successor: [channels][kRingSlots][layout.slot]
  RingChannel *mine, *next;  ///< [channels]
  std::uint32_t* failed;     ///< one for all ranks; not 0: give up
  RingLayout layout;
  std::uint32_t rank;
  std::uint64_t limit_ns;    ///< of one wait
  std::uint64_t latency_ns;  ///< of a paced link; 0 with ns_per_element 0: unpaced
  double ns_per_element;     ///< of a paced link, per channel
};

/// One block's part in a collective.
template <class T, class Block>
class RingWalk {
 public:
  BRAID_RING_DEVICE RingWalk(const RingRank<T>& rank, std::uint32_t channel, Block& block)
      : r_(rank),
        channel_(channel),
        block_(block),
        mine_(rank.mine[channel]),
        next_(rank.next[channel]),
        slots_(mine_.passed) {}

  /// False when a neighbour did not answer in time; the flags are then unusable until they are zeroed.
  ///
  /// Step j handles the share of the rank 2n-1-j places further round the ring: steps 0 to n-1 bring the rank's own
  /// share together, n-1 to 2n-2 spread the whole ones. All-gather begins, and reduce-scatter ends, with step n-1.
  BRAID_RING_DEVICE bool run(RingOp op) {
    const std::uint32_t n = r_.layout.ranks, own = n - 1;
    const std::uint32_t first = op == RingOp::all_gather ? own : 0,
                        last = op == RingOp::reduce_scatter ? own : 2 * n - 2;
    const std::uint64_t mine = r_.layout.share_begin(r_.rank);  // `in` or `out` that hold one share begin there
    const std::uint64_t in_begin = op == RingOp::all_gather ? mine : 0,
                        out_begin = op == RingOp::reduce_scatter ? mine : 0;
    const std::uint64_t loops = r_.layout.loops(channel_);
    for (std::uint64_t loop = 0; loop < loops; ++loop)
      for (std::uint32_t j = first; j <= last; ++j) {
        const RingPiece p = r_.layout.piece((r_.rank + 2 * n - 1 - j) % n, channel_, loop);
        const T* input = j <= own ? r_.in + (p.at - in_begin) : nullptr;
        T* keep = j >= own ? r_.out + (p.at - out_begin) : nullptr;
        if (!step(j > first, j < last, input, keep, p.n)) return false;
      }
    if (block_.leader()) mine_.passed = slots_ + sent_;
    return true;
  }

 private:
  BRAID_RING_DEVICE bool step(bool receives, bool sends, const T* input, T* keep, std::uint64_t n) {
    const bool ok = !block_.leader() || ((!receives || arrived()) && (!sends || room()));
    if (!block_.all(ok)) return false;
    const std::uint64_t begin = paced() && block_.leader() ? block_.now_ns() : 0;
    block_.move(receives ? incoming() : input, receives ? input : nullptr, sends ? outgoing() : nullptr, keep, n);
    block_.all(true);
    if (block_.leader()) {
      if (sends) hand_over(n, begin);
      if (receives) block_.store(&mine_.freed, slots_ + received_ + 1);
    }
    sent_ += sends, received_ += receives;
    return true;
  }

  BRAID_RING_DEVICE bool paced() const { return r_.latency_ns != 0 || r_.ns_per_element > 0; }
  BRAID_RING_DEVICE T* incoming() const { return slot(r_.stage, slots_ + received_); }
  BRAID_RING_DEVICE T* outgoing() const { return slot(r_.next_stage, slots_ + sent_); }
  BRAID_RING_DEVICE T* slot(T* stage, std::uint32_t number) const {
    return stage + (std::uint64_t{channel_} * kRingSlots + number % kRingSlots) * r_.layout.slot;
  }
  // From here on the leader's alone.
  BRAID_RING_DEVICE bool room() { return wait(&next_.freed, slots_ + sent_ + 1 - kRingSlots); }
  BRAID_RING_DEVICE bool arrived() {
    if (!wait(&mine_.ready, slots_ + received_ + 1)) return false;
    return !paced() || wait_until(mine_.arrives_ns[(slots_ + received_) % kRingSlots]);
  }
  BRAID_RING_DEVICE bool wait_until(std::uint64_t due_ns) {
    const std::uint64_t begin = block_.now_ns();
    for (std::uint64_t now = begin; now < due_ns; now = block_.now_ns()) {
      if (now - begin > r_.limit_ns) block_.store(r_.failed, 1);
      if (block_.load(r_.failed)) return false;
      block_.pause();
    }
    return true;
  }
  BRAID_RING_DEVICE bool wait(std::uint32_t* flag, std::uint32_t want) {
    if (reached(flag, want)) return true;
    const std::uint64_t begin = block_.now_ns();
    while (!reached(flag, want)) {
      if (block_.now_ns() - begin > r_.limit_ns) block_.store(r_.failed, 1);
      if (block_.load(r_.failed)) return false;
      block_.pause();
    }
    return true;
  }
  BRAID_RING_DEVICE bool reached(std::uint32_t* flag, std::uint32_t want) {
    return static_cast<std::int32_t>(block_.load(flag) - want) >= 0;
  }
  // A paced link carries one slot after the other, and each arrives a latency after its last byte left.
  BRAID_RING_DEVICE void hand_over(std::uint64_t n, std::uint64_t begin) {
    if (paced()) {
      link_free_ns_ = (link_free_ns_ > begin ? link_free_ns_ : begin) +
                      static_cast<std::uint64_t>(static_cast<double>(n) * r_.ns_per_element);
      next_.arrives_ns[(slots_ + sent_) % kRingSlots] = link_free_ns_ + r_.latency_ns;
    }
    block_.store(&next_.ready, slots_ + sent_ + 1);
  }

  const RingRank<T>& r_;
  const std::uint32_t channel_;
  Block& block_;
  RingChannel &mine_, &next_;
  const std::uint32_t slots_;  // passed before this launch, in each direction
  std::uint32_t sent_ = 0, received_ = 0;
  std::uint64_t link_free_ns_ = 0;
};

}  // namespace braid::gpu
