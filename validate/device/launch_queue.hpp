// SPDX-License-Identifier: Apache-2.0
// How far the host has run ahead of the streams of a GPU, and how far it may.
//
// A stream takes about a thousand launches, waits and records; one more blocks the host inside the call. Blocked
// between two members of a collective it would never enqueue the one that the other spins for, and before the step is
// released it would never release it. So the host counts what it has enqueued, never fills a stream, and releases the
// step when one is as full as it may get, or when all of it is enqueued.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace braid::gpu {

class LaunchQueue {
 public:
  /// At most `most` entries a stream.
  explicit LaunchQueue(std::size_t streams, std::uint32_t most = 700) : streams_(streams), most_(most) {}

  /// Whether this many more go on the stream. An empty stream takes anything.
  bool fits(std::size_t stream, std::uint32_t entries) const {
    const Stream& s = streams_[stream];
    return s.waiting.empty() || s.entries + entries <= most_;
  }
  /// `op` was enqueued, in so many entries.
  void add(std::size_t stream, std::uint32_t op, std::uint32_t entries) {
    streams_[stream].waiting.push_back({op, entries});
    streams_[stream].entries += entries;
  }
  /// Takes off the stream what has ended, oldest first; `ended(op)` says whether an op has.
  template <class Ended>
  void retire(std::size_t stream, Ended ended) {
    Stream& s = streams_[stream];
    while (!s.waiting.empty() && ended(s.waiting.front().op)) {
      s.entries -= s.waiting.front().entries;
      s.waiting.pop_front();
    }
  }
  /// A new step: nothing is under way.
  void clear() { streams_.assign(streams_.size(), {}); }

 private:
  struct Entry {
    std::uint32_t op, entries;
  };
  struct Stream {
    std::deque<Entry> waiting;
    std::uint32_t entries = 0;
  };
  std::vector<Stream> streams_;
  std::uint32_t most_;
};

}  // namespace braid::gpu
