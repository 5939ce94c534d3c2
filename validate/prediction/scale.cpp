// SPDX-License-Identifier: Apache-2.0
#include "validate/prediction/scale.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "sim/memory/memory.hpp"
#include "validate/prediction/prediction.hpp"

namespace braid {
namespace {

/// Of the memory that a rank has: the rest is for the context, workspaces and what libraries take.
constexpr double kUsableMemory = 0.9;

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw Error("--scale", fmt::format("'{}': {}; write layers=8, hidden=0.5 or fit", text, why));
}

double number_after(const std::string& text, std::size_t at) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data() + at, end, value);
  if (fault != std::errc() || stop != end) refuse(text, "not a number behind the equals sign");
  return value;
}

Override integer(const char* path, int value) { return {.path = path, .value = std::to_string(value)}; }

Scaled to_layers(const Scenario& scenario, int layers) {
  return {.overrides = {integer("model.layers", layers)},
          .note = fmt::format("{} of {} layers", layers, scenario.model.layers)};
}

Scaled to_hidden(const std::string& text, const Scenario& scenario, double factor) {
  const Model& m = scenario.model;
  const auto times = [&](const char* what, int size) {
    const double value = size * factor;
    if (value < 1 || value != std::floor(value)) {
      refuse(text, fmt::format("{} of {} becomes {}, which is no whole number", what, size, value));
    }
    return static_cast<int>(value);
  };
  const int hidden = times("the hidden size", m.hidden);
  return {.overrides = {integer("model.hidden", hidden), integer("model.head_dim", m.head_dim),
                        integer("model.heads", times("the number of heads", m.heads)),
                        integer("model.kv_heads", times("the number of KV heads", m.kv_heads)),
                        integer("model.ffn", times("the FFN's width", m.ffn))},
          .note = fmt::format("hidden size {} of {}, heads and FFN alike", hidden, m.hidden)};
}

/// The fullest rank of any run, in bytes; empty if the scenario cannot be played so.
std::optional<Bytes> needed(const Scenario& scenario) {
  if (!check(scenario).empty()) return std::nullopt;
  Bytes most;
  for (const Run& run : scenario.runs) {
    try {
      const Prediction prediction = predict(scenario, run, default_profile(scenario.cluster.gpu));
      const Played played = join_complete(prediction.program, prediction.timeline);
      most = std::max(most, fullest(memory_peaks(played)).bytes);
    } catch (const Error&) { return std::nullopt; }  // these layers do not divide over the run's stages
  }
  return most;
}

Scaled to_fit(const std::string& text, const Scenario& scenario, const std::vector<Override>& overrides, Bytes memory) {
  // Explicit splits say how many layers there are: they cannot be scaled by counting down.
  if (!scenario.plan.layers_per_stage.empty()) refuse(text, "plan.layers_per_stage lists the layers of each stage");
  std::optional<Bytes> least;
  for (int layers = scenario.model.layers; layers >= 1; --layers) {
    Scaled scaled = to_layers(scenario, layers);
    std::vector<Override> all = overrides;
    all.insert(all.end(), scaled.overrides.begin(), scaled.overrides.end());
    const std::optional<Bytes> bytes = needed(read_scenario(scenario.path, all));
    if (!bytes) continue;
    if (*bytes <= memory * kUsableMemory) return layers == scenario.model.layers ? Scaled{} : scaled;
    least = bytes;
  }
  if (!least) refuse(text, "no number of layers divides over the stages of every run");
  throw Error(
      "--scale",
      fmt::format("fit: even the fewest layers need {} on a rank, and {} of {} are to be used; scale the hidden "
                  "size or the sequence as well",
                  to_text(*least), to_text(memory * kUsableMemory), to_text(memory)));
}

}  // namespace

Scaled scale(const std::string& text, const Scenario& scenario, const std::vector<Override>& overrides, Bytes memory) {
  if (text.empty()) return {};
  if (text == "fit") return to_fit(text, scenario, overrides, memory);
  if (text.starts_with("layers=")) {
    const double layers = number_after(text, 7);
    if (layers < 1 || layers != std::floor(layers) || layers > scenario.model.layers) {
      refuse(text, fmt::format("the model has 1 to {} layers", scenario.model.layers));
    }
    return to_layers(scenario, static_cast<int>(layers));
  }
  if (text.starts_with("hidden=")) {
    const double factor = number_after(text, 7);
    if (!(factor > 0 && factor < 1)) refuse(text, "a factor between 0 and 1 shrinks");
    return to_hidden(text, scenario, factor);
  }
  refuse(text, "nothing that can be scaled");
}

}  // namespace braid
