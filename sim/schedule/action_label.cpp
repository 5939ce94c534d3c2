// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/action_label.hpp"

#include <algorithm>
#include <charconv>

namespace braid {
namespace {

constexpr std::string_view kPipeline = "PP:";
constexpr std::string_view kForward = "Forward ";
constexpr std::string_view kBackward = "Backward ";
constexpr int kMostMicrobatches = 32'768;  // what an OpKey holds

std::optional<ActionLabel> single_stage(std::string_view digits, ActionType type) {
  int microbatch = 0;
  const char* end = digits.data() + digits.size();
  const auto [last, error] = std::from_chars(digits.data(), end, microbatch);
  if (error != std::errc() || last != end || microbatch < 0 || microbatch >= kMostMicrobatches) return std::nullopt;
  return ActionLabel{
      .compute = {{{.type = type, .stage = 0, .microbatch = microbatch}}}, .comm = {}, .has_stage = false};
}

}  // namespace

bool may_be_action(std::string_view name) {
  const auto numbered = [&](std::string_view word) {
    return name.starts_with(word) && name.size() > word.size() && name[word.size()] >= '0' && name[word.size()] <= '9';
  };
  return name.starts_with(kPipeline) || numbered(kForward) || numbered(kBackward);
}

std::optional<ActionLabel> parse_action_label(std::string_view name) {
  if (name.starts_with(kForward)) return single_stage(name.substr(kForward.size()), ActionType::F);
  if (name.starts_with(kBackward)) return single_stage(name.substr(kBackward.size()), ActionType::B);
  if (!name.starts_with(kPipeline)) return std::nullopt;
  try {
    const CsvCell cell = parse_cell(name.substr(kPipeline.size()), "label");
    if (cell.compute.empty() && !cell.comm) return std::nullopt;
    const auto fits = [](const Action& action) { return action.microbatch < kMostMicrobatches; };
    if (!std::all_of(cell.compute.actions.begin(), cell.compute.actions.end(), fits)) return std::nullopt;
    if (cell.comm && cell.comm->microbatch >= kMostMicrobatches) return std::nullopt;
    return ActionLabel{.compute = cell.compute, .comm = cell.comm, .has_stage = true};
  } catch (const Error&) { return std::nullopt; }
}

}  // namespace braid
