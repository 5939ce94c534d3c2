// SPDX-License-Identifier: Apache-2.0
#include "sim/app/sweep_progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

namespace braid {
namespace {

constexpr std::chrono::milliseconds kBetweenLines{1000};
/// Below that a rate is a guess.
constexpr double kSteadyAfter = 1.0;

std::string duration(double seconds) {
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 6000) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

std::string to_text(const SweepProgress& p) {
  const bool screen = std::string_view(p.stage) == "screen";
  std::string text = fmt::format("{} {} of {}", screen ? "screening" : "refining", p.done, p.points);
  const double rate = p.elapsed_s > kSteadyAfter ? double(p.done - p.known) / p.elapsed_s : 0;
  if (rate > 0) {
    text +=
        fmt::format(", {:.{}f} a second, {} left", rate, rate < 10 ? 1 : 0, duration(double(p.points - p.done) / rate));
  }
  std::string rest;
  for (const auto& [count, what] :
       {std::pair{p.pruned, "pruned"}, {p.not_fitting, "do not fit"}, {p.failed, "failed"}}) {
    if (count > 0) rest += fmt::format("{}{} {}", rest.empty() ? "; " : ", ", count, what);
  }
  return text + rest;
}

SweepTicker::SweepTicker(ProgressStyle style)
    : style_(style == ProgressStyle::bar && isatty(STDERR_FILENO) == 0 ? ProgressStyle::none : style) {}

SweepTicker::~SweepTicker() { clear(); }

void SweepTicker::tell(const SweepProgress& progress) {
  if (style_ == ProgressStyle::none) return;
  const auto now = std::chrono::steady_clock::now();
  if (style_ == ProgressStyle::bar) {
    fmt::print(stderr, "\r\033[K{}", to_text(progress));
    shown_ = true;
  } else if (progress.done == progress.points || now - told_ >= kBetweenLines) {
    const double share = progress.points > 0 ? double(progress.done) / double(progress.points) : 1;
    fmt::print(stderr, "progress {:.3f} {}\n", share, to_text(progress));
    told_ = now;
  }
  std::fflush(stderr);
}

void SweepTicker::clear() {
  if (shown_) fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace braid
