// SPDX-License-Identifier: Apache-2.0
#include "gui/model/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace braid {
namespace {

std::optional<Chart::Kind> kind_of(const RunRow& row) {
  if (row.kind != RowKind::counter) return std::nullopt;
  if (row.counter >= CounterKind::memory && row.counter <= CounterKind::memory_buffers) return Chart::Kind::memory;
  if (row.counter == CounterKind::link) return Chart::Kind::links;
  if (row.counter == CounterKind::sm_occupancy) return Chart::Kind::occupancy;
  return Chart::Kind::other;
}

const char* name_of(CounterKind counter) {
  switch (counter) {
    case CounterKind::memory:
      return "all";
    case CounterKind::memory_parameters:
      return "parameters";
    case CounterKind::memory_gradients:
      return "gradients";
    case CounterKind::memory_optimizer:
      return "optimizer";
    case CounterKind::memory_activations:
      return "activations";
    case CounterKind::memory_deferred_w:
      return "deferred W";
    case CounterKind::memory_buffers:
      return "buffers";
    case CounterKind::link:
      return "links";
    case CounterKind::sm_occupancy:
      return "compute";
    case CounterKind::none:
    case CounterKind::other:
      break;
  }
  return "counter";
}

/// What does not change is at the bottom, so that what does is easy to compare.
int place_in_stack(CounterKind counter) {
  constexpr std::array kOrder = {CounterKind::memory_parameters, CounterKind::memory_gradients,
                                 CounterKind::memory_optimizer,  CounterKind::memory_buffers,
                                 CounterKind::memory_deferred_w, CounterKind::memory_activations};
  return static_cast<int>(std::ranges::find(kOrder, counter) - kOrder.begin());
}

/// Unit in which a size of this order is told: its bytes and its name.
std::pair<double, const char*> unit_of(double bytes) {
  constexpr std::array<const char*, 5> kNames = {"B", "kB", "MB", "GB", "TB"};
  std::size_t i = 0;
  double unit = 1;
  while (i + 1 < kNames.size() && std::abs(bytes) >= 1000 * unit) unit *= 1000, ++i;
  return {unit, kNames[i]};
}

}  // namespace

std::vector<Chart> charts_of(const RunView& run) {
  std::vector<Chart> charts;
  const auto add = [&](const RunRow& row, Chart::Kind kind) {
    const auto same = [&](const Chart& chart) { return chart.kind == kind && chart.rank == row.rank; };
    if (std::ranges::any_of(charts, same)) return;
    constexpr std::array<const char*, 4> kWords = {"memory", "links", "SMs", "counters"};
    const std::string of = row.rank < 0 ? "the cluster" : rank_name(run, static_cast<std::size_t>(row.rank));
    charts.push_back({kind, row.rank, fmt::format("{} of {}", kWords[static_cast<std::size_t>(kind)], of)});
  };
  std::vector<const RunRow*> counters;
  for (const RunRow& row : run.rows) {
    if (kind_of(row)) counters.push_back(&row);
  }
  const auto place = [](const RunRow* row) {
    const auto rank = row->rank < 0 ? std::numeric_limits<std::int32_t>::max() : row->rank;
    return std::pair(rank, static_cast<int>(*kind_of(*row)));
  };
  std::ranges::stable_sort(counters, {}, place);
  for (const RunRow* row : counters) add(*row, *kind_of(*row));
  return charts;
}

Extremes::Extremes(const std::vector<double>& values) : values_(&values) {
  for (std::size_t first = 0; first < values.size(); first += kBlock) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = values.begin() + static_cast<std::ptrdiff_t>(std::min(first + kBlock, values.size()));
    const auto low = std::min_element(begin, end), high = std::max_element(begin, end);
    blocks_.push_back(
        {static_cast<std::size_t>(low - values.begin()), static_cast<std::size_t>(high - values.begin())});
  }
}

Extremes::Found Extremes::between(std::size_t first, std::size_t last) const {
  Found found{first, first};
  const std::vector<double>& values = *values_;
  const auto take = [&](std::size_t low, std::size_t high) {
    if (values[low] < values[found.low]) found.low = low;
    if (values[high] > values[found.high]) found.high = high;
  };
  std::size_t i = first;
  while (i < last) {
    if (i % kBlock == 0 && i + kBlock <= last) {
      take(blocks_[i / kBlock].low, blocks_[i / kBlock].high);
      i += kBlock;
    } else {
      take(i, i);
      ++i;
    }
  }
  return found;
}

ChartData::ChartData(const Trace& trace, Chart chart) : chart_(std::move(chart)) {
  stacked_ = chart_.kind == Chart::Kind::memory || chart_.kind == Chart::Kind::occupancy;
  const RunFacts& facts = trace.facts();
  if (chart_.kind == Chart::Kind::memory) {
    unit_ = facts.kind == "abstract" ? Unit::activations : Unit::bytes;
    const auto found = facts.figures.find("gpu_memory_bytes");
    if (unit_ == Unit::bytes && found != facts.figures.end()) capacity_ = found->second;
  } else if (chart_.kind != Chart::Kind::other) {
    unit_ = Unit::share;
  }
  if (chart_.kind == Chart::Kind::occupancy) capacity_ = 1;
  add_series(trace.run());
  sum_up();
}

void ChartData::add_series(const RunView& run) {
  std::vector<const RunRow*> rows;
  for (const RunRow& row : run.rows) {
    if (row.rank == chart_.rank && kind_of(row) == chart_.kind && row.begin < row.end) rows.push_back(&row);
  }
  if (chart_.kind == Chart::Kind::memory) {
    std::ranges::stable_sort(rows, {}, [](const RunRow* row) { return place_in_stack(row->counter); });
    // The classes stack up to it; it is a band of its own only where there are none.
    const auto whole = [](const RunRow* row) { return row->counter == CounterKind::memory; };
    if (!std::ranges::all_of(rows, whole)) std::erase_if(rows, whole);
  }
  // Merged by time; points of one series at one time stay apart, a peak without duration among them.
  std::vector<std::uint64_t> next;
  for (const RunRow* row : rows) {
    next.push_back(row->begin);
    series_.push_back(
        {row->name == kNoIndex ? name_of(row->counter) : std::string(run.name_at(row->name)), row->counter, {}});
  }
  std::vector<double> now(rows.size(), 0);
  for (;;) {
    std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
    bool any = false;
    for (std::size_t s = 0; s < rows.size(); ++s) {
      if (next[s] == rows[s]->end) continue;
      earliest = std::min(earliest, run.points[next[s]].time);
      any = true;
    }
    if (!any) break;
    for (std::size_t s = 0; s < rows.size(); ++s) {
      if (next[s] < rows[s]->end && run.points[next[s]].time == earliest) now[s] = run.points[next[s]++].value;
      series_[s].value.push_back(now[s]);
    }
    time_.push_back(earliest);
  }
}

void ChartData::sum_up() {
  for (const Series& series : series_) {
    std::vector<double>& area = area_.emplace_back(time_.size(), 0);
    for (std::size_t i = 1; i < time_.size(); ++i) {
      area[i] = area[i - 1] + series.value[i - 1] * static_cast<double>(time_[i] - time_[i - 1]);
    }
  }
  if (stacked_) {
    sum_.assign(time_.size(), 0);
    for (const Series& series : series_) {
      for (std::size_t i = 0; i < time_.size(); ++i) sum_[i] += series.value[i];
    }
    of_sum_ = Extremes(sum_);
    if (!time_.empty()) highest_ = sum_[extremes({0, time_.size()}).high];
    return;
  }
  for (std::size_t s = 0; s < series_.size(); ++s) {
    of_series_.emplace_back(series_[s].value);
    highest_ = std::max(highest_, series_[s].value[extremes({0, time_.size()}, s).high]);
  }
}

std::size_t ChartData::at(std::int64_t time) const {
  const auto after = std::upper_bound(time_.begin(), time_.end(), time);
  return after == time_.begin() ? time_.size() : static_cast<std::size_t>(after - time_.begin()) - 1;
}

ChartData::Instants ChartData::in_force(TimeRange range) const {
  const auto begin = std::lower_bound(time_.begin(), time_.end(), range.begin);
  const auto end = std::lower_bound(begin, time_.end(), std::max(range.end, range.begin + 1));
  auto first = static_cast<std::size_t>(begin - time_.begin());
  const bool starts_here = begin != time_.end() && *begin == range.begin;
  if (!starts_here && first > 0) --first;
  return {first, static_cast<std::size_t>(end - time_.begin())};
}

Extremes::Found ChartData::extremes(Instants instants) const { return of_sum_.between(instants.first, instants.last); }
Extremes::Found ChartData::extremes(Instants instants, std::size_t series) const {
  return of_series_[series].between(instants.first, instants.last);
}

double ChartData::mean(TimeRange range, Instants instants, std::size_t series) const {
  if (instants.empty() || range.length() <= 0) return 0;
  const auto area_until = [&](std::size_t instant, std::int64_t time) {
    return area_[series][instant] + series_[series].value[instant] * static_cast<double>(time - time_[instant]);
  };
  // A range that begins before the first instant has nothing there.
  const std::int64_t begin = std::max(range.begin, time_[instants.first]);
  const double area = area_until(instants.last - 1, range.end) - area_until(instants.first, begin);
  return area / static_cast<double>(range.length());
}

std::string ChartData::text(double value) const {
  switch (unit_) {
    case Unit::bytes: {
      const auto [unit, name] = unit_of(value);
      return unit == 1 ? fmt::format("{:.0f} B", value) : fmt::format("{:.1f} {}", value / unit, name);
    }
    case Unit::share:
      return fmt::format("{:.1f} %", 100 * value);
    case Unit::activations:
    case Unit::none:
      break;
  }
  return fmt::format("{:g}", value);
}

std::string ChartData::values_at(std::int64_t time) const {
  const std::size_t instant = at(time);
  if (instant == time_.size()) return "";
  std::string all;
  for (std::size_t s = series_.size(); s-- > 0;) {
    all += fmt::format("{}{} {}", all.empty() ? "" : ", ", series_[s].name, text(series_[s].value[instant]));
  }
  if (stacked_ && series_.size() > 1) all += fmt::format(", all {}", text(sum_[instant]));
  return all;
}

std::string tick_text(double tick, double highest, ChartData::Unit unit) {
  if (tick == 0) return "0";
  if (unit == ChartData::Unit::bytes) {
    const auto [size, name] = unit_of(highest);
    return fmt::format("{:g} {}", tick / size, name);
  }
  return unit == ChartData::Unit::share ? fmt::format("{:g} %", 100 * tick) : fmt::format("{:g}", tick);
}

std::vector<double> ticks(double highest, int most, ChartData::Unit unit) {
  if (!(highest > 0) || most < 1) return {0};
  double scale = 1;
  if (unit == ChartData::Unit::bytes) scale = unit_of(highest).first;
  if (unit == ChartData::Unit::share) scale = 0.01;
  const double least = highest / scale / most;
  const double power = std::pow(10, std::floor(std::log10(least)));
  double step = 10 * power;
  for (const double times : {5, 2, 1}) {
    if (times * power >= least * (1 - 1e-12)) step = times * power;
  }
  if (unit == ChartData::Unit::activations) step = std::max(1.0, std::round(step));
  std::vector<double> all;
  for (int i = 0; i * step * scale <= highest * (1 + 1e-12); ++i) all.push_back(i * step * scale);
  return all;
}

}  // namespace braid
