// SPDX-License-Identifier: Apache-2.0
#include "validate/recording/ops_csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::array<const char*, 13> kColumns{"rank",      "lane",   "kind",  "unit",     "microbatch",
                                               "chunk",     "layer",  "index", "start_ns", "end_ns",
                                               "median_ns", "p25_ns", "p75_ns"};
/// Eleven days. Three roundings of 2^-53 to seconds and back are less than half a nanosecond up to here.
constexpr std::int64_t kLongest = 1'000'000'000'000'000;

std::int64_t nanoseconds(Seconds time) { return std::llround(time.value * 1e9); }
Seconds seconds(std::int64_t ns) { return Seconds(static_cast<double>(ns) * 1e-9); }

template <typename E>
constexpr int kCount = 0;
template <>
constexpr int kCount<Lane> = kLanes;
template <>
constexpr int kCount<OpKind> = static_cast<int>(OpKind::copy_in) + 1;
template <>
constexpr int kCount<Unit> = static_cast<int>(Unit::head) + 1;

/// One line, field by field from the left.
class Line {
 public:
  Line(const Csv& csv, const CsvRow& row) : csv_(csv), row_(row) {}

  std::int64_t number(std::int64_t least, std::int64_t most) {
    const std::string& field = row_.fields[at_];
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (fault != std::errc() || end != field.data() + field.size()) {
      throw Error(where(), fmt::format("'{}' is not a whole number", field));
    }
    if (value < least || value > most) throw Error(where(), fmt::format("{} is not from {} to {}", value, least, most));
    ++at_;
    return value;
  }
  template <typename T>
  T narrow(T least) {
    return static_cast<T>(number(least, std::numeric_limits<T>::max()));
  }
  template <typename E>
  E word() {
    std::vector<std::string> names;
    for (int i = 0; i < kCount<E>; ++i) {
      names.emplace_back(to_text(static_cast<E>(i)));
      if (row_.fields[at_] == names.back()) {
        ++at_;
        return static_cast<E>(i);
      }
    }
    const std::string near = nearest_word(row_.fields[at_], names);
    throw Error(where(), fmt::format("'{}' is not one of {}{}", row_.fields[at_], fmt::join(names, ", "),
                                     near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
  Seconds time() { return seconds(number(0, kLongest)); }
  std::string where() const { return csv_.at(row_) + ":" + kColumns[at_]; }
  std::string where(const char* column) const { return csv_.at(row_) + ":" + column; }

 private:
  const Csv& csv_;
  const CsvRow& row_;
  std::size_t at_ = 0;
};

void check_columns(const Csv& csv) {
  if (csv.rows.empty()) throw Error(csv.name + ":1", "is empty; its first line names the columns");
  const std::vector<std::string>& found = csv.rows.front().fields;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    if (i < found.size() && found[i] == kColumns[i]) continue;
    throw Error(csv.at(csv.rows.front()) + ":" + std::to_string(i + 1),
                fmt::format("column {} is '{}', wanted '{}'", i + 1, i < found.size() ? found[i] : "", kColumns[i]));
  }
  for (const CsvRow& row : csv.rows) {
    if (row.fields.size() == kColumns.size()) continue;
    throw Error(csv.at(row), fmt::format("has {} fields, wanted {}", row.fields.size(), kColumns.size()));
  }
}

void read_line(Line line, OpsTable& table) {
  const int rank = line.narrow<std::int32_t>(0);
  if (table.ranks.empty() || table.ranks.back().rank != rank) {
    if (std::ranges::find(table.ranks, rank, &RankTimeline::rank) != table.ranks.end()) {
      throw Error(line.where("rank"), fmt::format("lines of rank {} are not together", rank));
    }
    table.ranks.emplace_back().rank = rank;
    table.spread.emplace_back();
  }
  const auto lane = static_cast<std::size_t>(line.word<Lane>());
  Span span;
  span.key.rank = rank;
  span.key.kind = line.word<OpKind>();
  span.key.unit = line.word<Unit>();
  span.key.microbatch = line.narrow<std::int16_t>(-1);
  span.key.chunk = line.narrow<std::int8_t>(-1);
  span.key.layer = line.narrow<std::int16_t>(-1);
  span.key.index = line.narrow<std::int32_t>(0);
  span.start = line.time();
  span.end = line.time();
  if (span.end < span.start) throw Error(line.where("end_ns"), "is before the start");
  std::vector<Span>& spans = table.ranks.back().lanes[lane];
  if (!spans.empty() && span.start < spans.back().start) {
    throw Error(line.where("start_ns"), "is before that of the op before it on its lane");
  }
  OpSpread spread;
  spread.median = line.time();
  spread.p25 = line.time();
  spread.p75 = line.time();
  if (spread.p75 < spread.p25) throw Error(line.where("p75_ns"), "is less than p25_ns");
  spans.push_back(span);
  table.spread.back()[lane].push_back(spread);
}

}  // namespace

std::string ops_csv(const MeasuredRun& run) {
  std::string text = fmt::format("{}\n", fmt::join(kColumns, ","));
  for (std::size_t r = 0; r < run.timeline.ranks.size(); ++r) {
    const RankTimeline& rank = run.timeline.ranks[r];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      for (std::size_t i = 0; i < rank.lanes[lane].size(); ++i) {
        const Span& span = rank.lanes[lane][i];
        const OpKey& key = span.key;
        const Seconds took = span.end - span.start;
        const OpSpread spread =
            run.spread.empty() ? OpSpread{.median = took, .p25 = took, .p75 = took} : run.spread[r][lane].at(i);
        text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", rank.rank, to_text(static_cast<Lane>(lane)),
                            to_text(key.kind), to_text(key.unit), key.microbatch, static_cast<int>(key.chunk),
                            key.layer, key.index, nanoseconds(span.start), nanoseconds(span.end),
                            nanoseconds(spread.median), nanoseconds(spread.p25), nanoseconds(spread.p75));
      }
    }
  }
  return text;
}

OpsTable parse_ops_csv(std::string_view text, const std::string& name) {
  const Csv csv = parse_csv(text, name);
  check_columns(csv);
  OpsTable table;
  for (std::size_t i = 1; i < csv.rows.size(); ++i) read_line(Line(csv, csv.rows[i]), table);
  return table;
}

}  // namespace braid
