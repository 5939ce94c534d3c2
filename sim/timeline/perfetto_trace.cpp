// SPDX-License-Identifier: Apache-2.0
// Perfetto's protobuf, encoded by hand: field numbers of google/perfetto protos/perfetto/trace (trace_packet.proto,
// track_event/*.proto). One packet sequence; every rank a process track, its rows custom tracks under it.
#include <bit>

#include "sim/timeline/arrows.hpp"
#include "sim/timeline/trace.hpp"
#include "sim/timeline/tracks.hpp"

namespace braid {
namespace {

/// Appends protobuf fields to a string.
class Message {
 public:
  void varint(int field, std::uint64_t value) {
    raw(static_cast<std::uint64_t>(field) << 3);
    raw(value);
  }
  void fixed64(int field, std::uint64_t value) {
    raw(static_cast<std::uint64_t>(field) << 3 | 1);
    for (int byte = 0; byte < 8; ++byte) bytes_ += static_cast<char>(value >> (8 * byte) & 0xff);
  }
  void number(int field, double value) { fixed64(field, std::bit_cast<std::uint64_t>(value)); }
  void bytes(int field, std::string_view value) {
    raw(static_cast<std::uint64_t>(field) << 3 | 2);
    raw(value.size());
    bytes_ += value;
  }
  void message(int field, const Message& inner) { bytes(field, inner.bytes_); }
  void clear() { bytes_.clear(); }
  void reserve(std::size_t size) { bytes_.reserve(size); }
  std::string take() { return std::move(bytes_); }

 private:
  void raw(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

enum Trace { kPacket = 1 };
enum TracePacket { kTimestamp = 8, kSequenceId = 10, kTrackEvent = 11, kSequenceFlags = 13, kTrackDescriptor = 60 };
enum TrackDescriptor {
  kUuid = 1,
  kTrackName = 2,
  kProcess = 3,
  kParentUuid = 5,
  kCounter = 8,
  kChildOrdering = 11,
  kSiblingOrderRank = 12,
};
enum ProcessDescriptor { kPid = 1, kProcessName = 6 };
enum TrackEvent {
  kAnnotations = 4,
  kType = 9,
  kTrackUuid = 11,
  kCategories = 22,
  kName = 23,
  kDoubleCounterValue = 44,
  kFlowIds = 47,
  kTerminatingFlowIds = 48,
};
enum DebugAnnotation { kIntValue = 4, kAnnotationName = 10 };
enum EventType { kBegin = 1, kEnd = 2, kCounterValue = 4 };

constexpr std::uint64_t kSequence = 1;
/// SEQ_INCREMENTAL_STATE_CLEARED: the sequence begins here.
constexpr std::uint64_t kStateCleared = 1;
/// ChildTracksOrdering::EXPLICIT: by sibling_order_rank.
constexpr std::uint64_t kExplicitOrder = 3;
/// Rows of one rank keep their uuids below the next rank's.
constexpr std::uint64_t kUuidsOfARank = 1u << 20;

class Writer {
 public:
  void descriptor(const Message& track) {
    packet_.clear();
    packet_.varint(kSequenceId, kSequence);
    if (first_) packet_.varint(kSequenceFlags, kStateCleared);
    first_ = false;
    packet_.message(kTrackDescriptor, track);
    trace_.message(kPacket, packet_);
  }
  void event(std::int64_t time, const Message& event) {
    packet_.clear();
    packet_.varint(kTimestamp, static_cast<std::uint64_t>(time));
    packet_.varint(kSequenceId, kSequence);
    packet_.message(kTrackEvent, event);
    trace_.message(kPacket, packet_);
  }
  void reserve(std::size_t bytes) { trace_.reserve(bytes); }
  std::string take() { return trace_.take(); }

 private:
  Message trace_, packet_;
  bool first_ = true;
};

void write_process(Writer& out, const RankTimeline& rank, std::uint64_t uuid) {
  Message process, track;
  process.varint(kPid, static_cast<std::uint64_t>(rank.rank));
  process.bytes(kProcessName, std::string("rank ").append(std::to_string(rank.rank)));
  track.varint(kUuid, uuid);
  track.message(kProcess, process);
  track.varint(kChildOrdering, kExplicitOrder);
  out.descriptor(track);
}

void write_row(Writer& out, std::uint64_t uuid, std::uint64_t parent, const std::string& name, int order,
               bool counter) {
  Message track;
  track.varint(kUuid, uuid);
  track.bytes(kTrackName, name);
  track.varint(kParentUuid, parent);
  if (counter) track.message(kCounter, Message());
  track.varint(kSiblingOrderRank, static_cast<std::uint64_t>(order));
  out.descriptor(track);
}

class Slices {
 public:
  Slices(Writer& out, std::uint64_t track) : out_(out), track_(track) {}

  void begin(const Span& span, std::span<const ArrowEnd> arrows) {
    event_.clear();
    const OpKey& key = span.key;
    if (key.microbatch >= 0) annotate("microbatch", key.microbatch);
    if (key.chunk >= 0) annotate("chunk", key.chunk);
    if (key.layer >= 0) annotate("layer", key.layer);
    if (key.index != 0) annotate("index", key.index);
    if (span.stretch.value != 0) annotate("stretch_ns", nanoseconds(span.stretch));
    event_.varint(kType, kBegin);
    event_.varint(kTrackUuid, track_);
    event_.bytes(kCategories, to_text(key.kind));
    name_.clear();
    append_name(name_, key);
    event_.bytes(kName, name_);
    for (const ArrowEnd& end : arrows) {
      event_.fixed64(end.leaves ? kFlowIds : kTerminatingFlowIds, std::uint64_t{end.arrow} + 1);
    }
    out_.event(nanoseconds(span.start), event_);
  }
  void end(const Span& span) {
    event_.clear();
    event_.varint(kType, kEnd);
    event_.varint(kTrackUuid, track_);
    out_.event(nanoseconds(span.end), event_);
  }

 private:
  void annotate(std::string_view name, std::int64_t value) {
    annotation_.clear();
    annotation_.varint(kIntValue, static_cast<std::uint64_t>(value));
    annotation_.bytes(kAnnotationName, name);
    event_.message(kAnnotations, annotation_);
  }

  Writer& out_;
  std::uint64_t track_;
  Message event_, annotation_;
  std::string name_;
};

void write_counter(Writer& out, std::uint64_t track, const Counter& counter) {
  Message event;
  for (const auto& [time, value] : counter.points) {
    event.clear();
    event.varint(kType, kCounterValue);
    event.varint(kTrackUuid, track);
    event.number(kDoubleCounterValue, value);
    out.event(nanoseconds(time), event);
  }
}

}  // namespace

std::string perfetto_trace(const Timeline& timeline, std::span<const Arrow> arrows) {
  const std::vector<std::vector<ArrowEnd>> ends = ends_of(timeline, arrows);
  Writer out;
  std::size_t spans = 0;
  for (const RankTimeline& rank : timeline.ranks) {
    for (const auto& lane : rank.lanes) spans += lane.size();
  }
  constexpr std::size_t kBytesOfASlice = 140;
  out.reserve(spans * kBytesOfASlice);

  for (std::size_t i = 0; i < timeline.ranks.size(); ++i) {
    const RankTimeline& rank = timeline.ranks[i];
    const std::uint64_t process = (i + 1) * kUuidsOfARank;
    write_process(out, rank, process);
    int order = 0;
    for (const Counter& counter : rank.counters) {
      const std::uint64_t uuid = process + kUuidsOfARank / 2 + static_cast<std::uint64_t>(order);
      write_row(out, uuid, process, counter.name, order++, true);
      write_counter(out, uuid, counter);
    }
    for (const Track& track : tracks_of(rank)) {
      const std::uint64_t uuid = process + static_cast<std::uint64_t>(track.id);
      write_row(out, uuid, process, track.name, order++, false);
      const std::vector<Span>& lane = rank.lanes[static_cast<std::size_t>(track.lane)];
      Slices slices(out, uuid);
      std::size_t next = 0;
      for (const std::uint32_t s : track.spans) {
        std::size_t last = next;
        if (track.lane == Lane::pp) {
          while (next < ends[i].size() && ends[i][next].span < s) ++next;
          for (last = next; last < ends[i].size() && ends[i][last].span == s;) ++last;
        }
        slices.begin(lane[s], std::span(ends[i]).subspan(next, last - next));
        slices.end(lane[s]);
        next = last;
      }
    }
  }
  return out.take();
}

}  // namespace braid
