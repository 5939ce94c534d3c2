// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/progress_line.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ostream>

namespace braid {
namespace {

constexpr const char* kEraseLine = "\r\033[K";

double steady() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

double sweep_seconds_left(double elapsed, int done, int total, double allowed) {
  const double left = std::max(0.0, allowed - elapsed);
  return done > 0 ? std::min(left, elapsed / done * (total - done)) : left;
}

std::string minutes(double seconds) {
  const auto whole = static_cast<long>(std::ceil(std::max(0.0, seconds)));
  const std::string rest = std::to_string(whole % 60);
  return std::to_string(whole / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

ProgressLine::ProgressLine(std::ostream& out, bool terminal, std::function<double()> seconds)
    : out_(out), terminal_(terminal), seconds_(seconds ? std::move(seconds) : steady) {}

void ProgressLine::begin(const std::string& sweep, double allowed, double later) {
  sweep_ = sweep, allowed_ = allowed, later_ = later, began_ = seconds_(), total_ = 0, done_ = 0;
  paint();
}

void ProgressLine::expect(int points) {
  total_ += points;
  paint();
}

void ProgressLine::measured(int points) {
  done_ += points;
  paint();
}

void ProgressLine::end(const std::string& remark) {
  if (terminal_) out_ << kEraseLine;
  out_ << sweep_ << ": ";
  if (total_ > 0) out_ << done_ << " of " << total_ << " points, ";
  out_ << minutes(seconds_() - began_) << (remark.empty() ? "" : ", ") << remark << std::endl;
}

void ProgressLine::paint() {
  if (!terminal_) return;
  const double left = sweep_seconds_left(seconds_() - began_, done_, total_, allowed_) + later_;
  out_ << kEraseLine << sweep_ << ' ';
  if (total_ > 0) out_ << done_ << '/' << total_ << ' ';
  out_ << minutes(left) << " left" << std::flush;
}

}  // namespace braid
