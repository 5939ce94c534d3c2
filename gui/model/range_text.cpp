// SPDX-License-Identifier: Apache-2.0
#include "gui/model/range_text.hpp"

#include <charconv>
#include <cmath>

#include "gui/model/details.hpp"
#include "sim/base/error.hpp"
#include "sim/base/units.hpp"

namespace braid {
namespace {

constexpr const char* kWhere = "--range";

std::int64_t parse_time(std::string text, bool slots) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  double seconds = value;  // a slot is kept as a second
  if (!(slots && fault == std::errc{} && end == text.data() + text.size())) {
    // parse_seconds wants a blank before the unit; a shell makes that hard to write.
    const auto unit = static_cast<std::size_t>(end - text.data());
    if (fault == std::errc{} && unit < text.size() && text[unit] != ' ') text.insert(unit, " ");
    seconds = parse_seconds(text, kWhere).value;
  }
  if (!(seconds > -1e9 && seconds < 1e9)) throw Error(kWhere, "'" + text + "' is no time within a run");
  return std::llround(seconds * 1e9);
}

}  // namespace

TimeRange parse_range(const std::string& text, TimeRange extent, bool slots) {
  const RunFacts facts{.time_unit = slots ? "slot" : "s"};
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos)
    throw Error(kWhere, "'" + text + "' should be two times with .. between them: 10ms..20ms");
  const std::string from = text.substr(0, dots), to = text.substr(dots + 2);
  TimeRange range = extent;
  if (!from.empty()) range.begin = parse_time(from, slots);
  if (!to.empty()) range.end = parse_time(to, slots);
  if (range.length() <= 0 && (range.begin < extent.end || !to.empty()))
    throw Error(kWhere, "'" + text + "' ends before it begins");
  if (range.begin >= extent.end || range.end <= extent.begin)
    throw Error(kWhere, "'" + text + "' is outside of the run, which is from " + time_text(facts, extent.begin) +
                            " to " + time_text(facts, extent.end));
  return range;
}

}  // namespace braid
