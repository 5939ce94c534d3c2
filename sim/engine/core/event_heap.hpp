// SPDX-License-Identifier: Apache-2.0
// The queue of what happens next, ordered by (time, rank, op): what was pushed first has no say.
//
// Four children a node: half the levels of a binary heap, and the children share a cache line.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace braid {

enum class Happens : std::uint8_t { ended, launched, latency_over };

struct QueuedEvent {
  double time = 0;       ///< not negative
  std::uint64_t id = 0;  ///< instance, op and what happens, in that order of weight

  static QueuedEvent at(double time, std::uint32_t instance, std::uint32_t op, Happens what) {
    return {time, std::uint64_t{instance} << 40 | std::uint64_t{op} << 8 | static_cast<std::uint64_t>(what)};
  }
  std::uint32_t instance() const { return static_cast<std::uint32_t>(id >> 40); }
  std::uint32_t op() const { return static_cast<std::uint32_t>(id >> 8); }
  Happens what() const { return static_cast<Happens>(id & 0xff); }

  /// Peers run in step, so equal times are the rule and a branch on them would be a coin toss: compare as one number.
  /// Doubles that are not negative are ordered like their bits.
  __extension__ using Key = unsigned __int128;
  Key key() const { return Key{std::bit_cast<std::uint64_t>(time)} << 64 | id; }
  bool before(const QueuedEvent& other) const { return key() < other.key(); }
};
inline constexpr int kMaxInstances = 1 << 24;

class EventHeap {
 public:
  bool empty() const { return events_.empty(); }
  const QueuedEvent& top() const { return events_.front(); }
  void reserve(std::size_t n) { events_.reserve(n); }

  void push(QueuedEvent event) {
    std::size_t hole = events_.size();
    events_.push_back(event);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / kChildren;
      if (!event.before(events_[parent])) break;
      events_[hole] = events_[parent];
      hole = parent;
    }
    events_[hole] = event;
  }

  QueuedEvent pop() {
    const QueuedEvent first = events_.front();
    const QueuedEvent last = events_.back();
    events_.pop_back();
    const std::size_t size = events_.size();
    if (size == 0) return first;
    std::size_t hole = 0;
    std::size_t child = 1;
    for (; child + kChildren <= size; child = kChildren * hole + 1) {
      const QueuedEvent* c = events_.data() + child;
      const std::size_t left = c[1].before(c[0]) ? 1 : 0, right = c[3].before(c[2]) ? 3 : 2;
      const std::size_t least = c[right].before(c[left]) ? right : left;
      if (!c[least].before(last)) break;
      events_[hole] = c[least];
      hole = child + least;
    }
    if (child < size && child + kChildren > size) {  // the last node that has children has fewer
      std::size_t least = child;
      while (++child < size) least = events_[child].before(events_[least]) ? child : least;
      if (events_[least].before(last)) {
        events_[hole] = events_[least];
        hole = least;
      }
    }
    events_[hole] = last;
    return first;
  }

 private:
  static constexpr std::size_t kChildren = 4;
  std::vector<QueuedEvent> events_;
};

}  // namespace braid
