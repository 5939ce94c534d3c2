// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/row_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace braid {
namespace {

// Far beyond any machine; what is larger is a slip, and would only be found out when memory runs out.
constexpr int kMostRanks = 65536;
constexpr int kMostMicrobatches = 1 << 20;
constexpr std::int64_t kMostPasses = 1 << 26;

Action action(ActionType type, const ChunkPlace& place, int count) {
  return {.type = type, .stage = place.stage, .microbatch = place.first_microbatch + count};
}

}  // namespace

RowWriter::RowWriter(std::vector<ChunkPlace> chunks)
    : chunks_(std::move(chunks)), forwards_(chunks_.size(), 0), backwards_(chunks_.size(), 0) {}

Action RowWriter::next_forward(int chunk) {
  const auto at = static_cast<std::size_t>(chunk);
  return action(ActionType::F, chunks_[at], forwards_[at]++);
}

Action RowWriter::next_backward(int chunk) {
  const auto at = static_cast<std::size_t>(chunk);
  return action(ActionType::B, chunks_[at], backwards_[at]++);
}

Action RowWriter::next_input_grad(int chunk) {
  const auto at = static_cast<std::size_t>(chunk);
  const int count = backwards_[at]++;
  pending_.push_back(action(ActionType::W, chunks_[at], count));
  return action(ActionType::I, chunks_[at], count);
}

Action RowWriter::next_weight_grad() {
  BRAID_CHECK(!pending_.empty(), "a generator pops a W only behind its I");
  const Action first = pending_.front();
  pending_.pop_front();
  return first;
}

void RowWriter::input_then_weight_grad(int chunk) {
  input_grad(chunk);
  put({pending_.back()});
  pending_.pop_back();
}

void RowWriter::weight_grad_of(int chunk, int microbatch) {
  const Action wanted = action(ActionType::W, chunks_[static_cast<std::size_t>(chunk)], microbatch);
  const auto at = std::find(pending_.begin(), pending_.end(), wanted);
  BRAID_CHECK(at != pending_.end(), "a generator runs a W only behind its I");
  pending_.erase(at);
  put({wanted});
}

void RowWriter::forward_with_backward(int f_chunk, int b_chunk) {
  const Action lead = next_forward(f_chunk);
  put({lead, next_backward(b_chunk)});
}

void RowWriter::forward_with_input_grad(int f_chunk, int i_chunk) {
  const Action lead = next_forward(f_chunk);
  put({lead, next_input_grad(i_chunk)});
}

void RowWriter::forward_with_weight_grad(int f_chunk) {
  const Action lead = next_forward(f_chunk);
  put({lead, next_weight_grad()});
}

void RowWriter::forward_with_forward(int first_chunk, int second_chunk) {
  const Action lead = next_forward(first_chunk);
  put({lead, next_forward(second_chunk)});
}

void RowWriter::pause(int n) {
  for (int i = 0; i < n; ++i) put({});
}

std::vector<int> loop_placement(int ranks, int chunks) {
  std::vector<int> places;
  places.reserve(static_cast<std::size_t>(ranks) * static_cast<std::size_t>(chunks));
  for (int stage = 0; stage < ranks * chunks; ++stage) places.push_back(stage % ranks);
  return places;
}

std::vector<int> v_placement(int ranks) {
  std::vector<int> places;
  places.reserve(2 * static_cast<std::size_t>(ranks));
  for (int stage = 0; stage < 2 * ranks; ++stage) places.push_back(stage < ranks ? stage : 2 * ranks - 1 - stage);
  return places;
}

std::vector<ChunkPlace> loop_chunks(int ranks, int chunks, int rank) {
  std::vector<ChunkPlace> places;
  places.reserve(static_cast<std::size_t>(chunks));
  for (int chunk = 0; chunk < chunks; ++chunk) places.push_back({.stage = chunk * ranks + rank});
  return places;
}

std::vector<ChunkPlace> v_chunks(int ranks, int rank) {
  return {{.stage = rank, .first_microbatch = 0}, {.stage = 2 * ranks - 1 - rank, .first_microbatch = 0}};
}

void require(bool holds, std::string_view name, const std::string& what) {
  if (!holds) throw Error(fmt::format("schedule:{}", name), what);
}

void check_request(std::string_view name, const ScheduleRequest& request, Honours honours) {
  const auto within = [&](const char* what, int value, int most) {
    require(value >= 1 && value <= most, name, fmt::format("{} is {}; it must be 1 to {}", what, value, most));
  };
  within("the number of stages (ranks)", request.stages, kMostRanks);
  within("the number of microbatches", request.microbatches, kMostMicrobatches);
  require(honours.chunks || !request.chunks, name, "does not let one choose the number of chunks a rank");
  require(honours.group || !request.group, name, "does not have a microbatch group; leave --group out");
  require(honours.memory_limit || !request.memory_limit, name,
          "does not search under a memory limit; only `zb` does, leave --memory-limit out");
  if (request.chunks) within("the number of chunks a rank", *request.chunks, kMostRanks);
  const std::int64_t passes =
      std::int64_t{request.stages} * request.microbatches * std::int64_t{request.chunks.value_or(2)};
  require(passes <= kMostPasses, name,
          fmt::format("stages x microbatches x chunks is {}, more than {}", passes, kMostPasses));
  for (const double cost : {request.f, request.i, request.w, request.comm}) {
    // The upper bound keeps sums of millions of costs finite; NaN fails both comparisons.
    require(cost >= 0 && cost <= 1e30, name, fmt::format("costs f, i, w and comm must be 0 to 1e30, not {}", cost));
  }
}

}  // namespace braid
