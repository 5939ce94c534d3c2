// SPDX-License-Identifier: Apache-2.0
// How far a run is: on a terminal one line that is written over (sweep, points done of total, time left), elsewhere one
// line per sweep. Host only.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace braid {

/// Seconds that a sweep still takes at its pace so far, at most what is left of its allowance; the allowance where no
/// point tells yet.
double sweep_seconds_left(double elapsed, int done, int total, double allowed);

/// "2:05" for 125 s; seconds are rounded up.
std::string minutes(double seconds);

class ProgressLine {
 public:
  /// `seconds` is the clock, for tests; unset: steady.
  ProgressLine(std::ostream& out, bool terminal, std::function<double()> seconds = nullptr);
  /// A sweep begins; `later` is what the sweeps behind it are allowed.
  void begin(const std::string& sweep, double allowed, double later);
  /// So many more points are to be measured.
  void expect(int points);
  /// So many more are.
  void measured(int points);
  /// The sweep is over: its line, with `remark` at its end.
  void end(const std::string& remark);

 private:
  void paint();
  std::ostream& out_;
  bool terminal_;
  std::function<double()> seconds_;
  std::string sweep_;
  double began_ = 0, allowed_ = 0, later_ = 0;
  int total_ = 0, done_ = 0;
};

}  // namespace braid
