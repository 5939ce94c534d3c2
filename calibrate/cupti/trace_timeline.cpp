// SPDX-License-Identifier: Apache-2.0
#include "calibrate/cupti/trace_timeline.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "calibrate/cupti/op_tag.hpp"
#include "sim/base/error.hpp"

namespace braid::gpu {
namespace {

StreamId stream_of(const GpuActivity& a) { return {a.context, a.stream}; }

Lane lane_of(const OpKey& k) {
  switch (k.kind) {
    case OpKind::all_reduce:
    case OpKind::reduce_scatter:
    case OpKind::all_gather:
      return k.microbatch < 0 ? Lane::dp : Lane::tp;
    case OpKind::send:
    case OpKind::recv:
      return Lane::pp;
    case OpKind::copy_out:
      return Lane::d2h;
    case OpKind::copy_in:
      return Lane::h2d;
    default:
      return Lane::compute;
  }
}

Lane lane_of(const GpuActivity& a) {
  if (a.copy == CopyKind::host_to_device) return Lane::h2d;
  if (a.copy == CopyKind::device_to_host) return Lane::d2h;
  return a.name.starts_with("nccl") ? Lane::tp : Lane::compute;
}

struct StreamSpan {
  StreamId stream;
  bool op;
  Span span;
};

// The spans of each place, in order of start.
std::map<StreamPlace, std::vector<StreamSpan>> spans_of(const GpuTrace& t,
                                                        const std::map<StreamId, StreamPlace>& places,
                                                        std::uint64_t origin_ns) {
  const auto seconds = [&](std::uint64_t ns) { return Seconds(static_cast<double>(ns - origin_ns) * 1e-9); };
  struct Open {
    std::uint64_t tag;
    std::size_t at;
  };
  std::map<StreamId, Open> open;
  std::map<StreamPlace, std::vector<StreamSpan>> lanes;
  for (const auto& a : t.activities) {
    const auto id = stream_of(a);
    const auto place = places.find(id);
    if (place == places.end())
      throw Error("stream " + std::to_string(id.second) + " of context " + std::to_string(id.first),
                  "has no place in the timeline");
    auto& lane = lanes[place->second];
    const auto tag = t.tag(a);
    const bool op = is_op_tag(tag);
    if (const auto o = open.find(id); op && o != open.end() && o->second.tag == tag) {
      auto& end = lane[o->second.at].span.end;
      end = std::max(end, seconds(a.end_ns));
      continue;
    }
    open[id] = {tag, lane.size()};
    const OpKey key = op ? op_of(tag) : OpKey{.rank = place->second.rank, .kind = OpKind::cell};
    lane.push_back({id, op, {.key = key, .start = seconds(a.start_ns), .end = seconds(a.end_ns)}});
  }
  return lanes;
}

// Kernels of one stream may overlap at their edges (programmatic launch); of two streams on one ordered lane, not.
void check_apart(const std::vector<StreamSpan>& spans, Lane lane) {
  std::map<StreamId, Seconds> ends;
  for (const auto& s : spans) {
    for (const auto& [other, end] : ends)
      if (other != s.stream && s.span.start < end)
        throw Error("streams " + std::to_string(other.second) + " and " + std::to_string(s.stream.second),
                    std::string("overlap on the lane ") + to_text(lane) + "; give them lanes of their own");
    auto& end = ends[s.stream];
    end = std::max(end, s.span.end);
  }
}

}  // namespace

std::map<StreamId, StreamPlace> places_of(const GpuTrace& t) {
  struct Sums {
    std::array<std::uint64_t, kLanes> ns{};
    std::optional<int> rank;
  };
  std::map<StreamId, Sums> streams;
  for (const auto& a : t.activities) {
    auto& s = streams[stream_of(a)];
    const auto tag = t.tag(a);
    auto lane = lane_of(a);
    if (is_op_tag(tag)) {
      const auto key = op_of(tag);
      lane = lane_of(key);
      if (!s.rank) s.rank = key.rank;
    }
    s.ns[static_cast<std::size_t>(lane)] += a.end_ns - a.start_ns + 1;
  }
  std::map<StreamId, StreamPlace> places;
  for (const auto& [id, s] : streams)
    places[id] = {s.rank.value_or(0), static_cast<Lane>(std::max_element(s.ns.begin(), s.ns.end()) - s.ns.begin())};
  return places;
}

Timeline to_timeline(const GpuTrace& t, const std::map<StreamId, StreamPlace>& places) {
  Timeline timeline{.provenance = {.kind = "measured"}, .lost = t.lost()};
  if (t.activities.empty()) return timeline;
  const auto first = std::min_element(t.activities.begin(), t.activities.end(),
                                      [](const auto& a, const auto& b) { return a.start_ns < b.start_ns; });
  for (auto& [place, spans] : spans_of(t, places, first->start_ns)) {
    if (place.lane != Lane::pp) check_apart(spans, place.lane);
    if (timeline.ranks.empty() || timeline.ranks.back().rank != place.rank)
      timeline.ranks.push_back({.rank = place.rank});
    auto& lane = timeline.ranks.back().lanes[static_cast<std::size_t>(place.lane)];
    std::int32_t untagged = 0;
    for (auto& s : spans) {
      if (!s.op) s.span.key.index = untagged++;
      timeline.step_time = std::max(timeline.step_time, s.span.end);
      lane.push_back(s.span);
    }
  }
  return timeline;
}

}  // namespace braid::gpu
