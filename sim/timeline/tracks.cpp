// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/tracks.hpp"

#include <charconv>
#include <cmath>

namespace braid {
namespace {

/// More rows of one lane than any viewer shows.
constexpr int kRowsOfALane = 1000;

}  // namespace

std::int64_t nanoseconds(Seconds time) { return std::llround(time.value * 1e9); }

std::vector<Track> tracks_of(const RankTimeline& rank) {
  std::vector<Track> tracks;
  for (int lane = 0; lane < kLanes; ++lane) {
    const std::vector<Span>& spans = rank.lanes[static_cast<std::size_t>(lane)];
    const std::size_t first = tracks.size();
    std::vector<std::int64_t> free_from;
    for (std::uint32_t i = 0; i < spans.size(); ++i) {
      std::size_t row = 0;
      while (row < free_from.size() && free_from[row] > nanoseconds(spans[i].start)) ++row;
      if (row == free_from.size()) {
        const int number = static_cast<int>(row) + 1;
        std::string name = to_text(static_cast<Lane>(lane));
        if (number > 1) name.append(" ").append(std::to_string(number));
        tracks.push_back({.name = std::move(name),
                          .lane = static_cast<Lane>(lane),
                          .id = 1 + lane + kLanes * (number - 1),
                          .order = lane * kRowsOfALane + number,
                          .spans = {}});
        free_from.push_back(0);
      }
      free_from[row] = nanoseconds(spans[i].end);
      tracks[first + row].spans.push_back(i);
    }
  }
  return tracks;
}

void append_name(std::string& text, const OpKey& key) {
  text += to_text(key.kind);
  if (key.unit != Unit::none) {
    text += ' ';
    text += to_text(key.unit);
  }
  if (key.microbatch >= 0) {
    char digits[8];
    const char* end = std::to_chars(std::begin(digits), std::end(digits), key.microbatch).ptr;
    text += " mb";
    text += std::string_view(digits, static_cast<std::size_t>(end - digits));
  }
}

}  // namespace braid
