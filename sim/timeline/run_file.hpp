// SPDX-License-Identifier: Apache-2.0
// One run as a viewer reads it (*.braid): rows of spans that do not overlap, idle pieces among them as spans of their
// own, what depends on what, counters, and the facts about the run.
//
// Times are whole nanoseconds from the start of the step. A row is a lane of a rank (or one of several, where spans of
// the lane overlap), its passes (strokes of sim/report/strokes.hpp), or a counter. The same form holds simulated and
// measured runs and what was read from foreign traces; columns that a source does not know are empty.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/column_file.hpp"
#include "sim/timeline/category.hpp"

namespace braid {

inline constexpr const char* kRunFileKind = "braid.run/1";
inline constexpr std::uint32_t kNoIndex = 0xffffffffu;
inline constexpr std::uint16_t kNoWork = 0xffff;

enum class RowKind : std::uint8_t { passes, lane, counter };

/// What a counter row counts; it says which panel shows it and in which unit: bytes (of an abstract run activations of
/// a chunk), shares from 0 to 1.
enum class CounterKind : std::uint8_t {
  none,
  memory,             ///< bytes in use, all classes
  memory_parameters,  ///< bytes; the classes stack up to `memory`
  memory_gradients,
  memory_optimizer,
  memory_activations,  ///< kept for I
  memory_deferred_w,   ///< kept for a W alone: its I has ended
  memory_buffers,
  link,          ///< share of the capacity of a class of links in use; the row's name says which
  sm_occupancy,  ///< share of the SMs that compute; a second row of a rank: that communication holds; they stack up
  other,
};
inline constexpr int kCounterKinds = 11;

struct RunRank {
  std::int32_t rank = 0;  ///< global rank; of a foreign trace its process id
  std::int32_t pp = -1;   ///< pipeline rank; -1 not known, as for the others
  std::int32_t tp = -1;
  std::int32_t dp = -1;
  std::uint32_t name = kNoIndex;  ///< into names; none: "rank N"
  bool operator==(const RunRank&) const = default;
};

struct RunRow {
  std::int32_t rank = -1;  ///< position in ranks; -1: of the whole cluster
  RowKind kind = RowKind::lane;
  Lane lane = Lane::compute;
  CounterKind counter = CounterKind::none;
  std::uint8_t reserved = 0;
  std::uint32_t name = kNoIndex;  ///< into names; none: the lane's name
  std::uint32_t reserved2 = 0;
  std::uint64_t begin = 0;  ///< into spans, or into counter points
  std::uint64_t end = 0;
  bool operator==(const RunRow&) const = default;
};
static_assert(sizeof(RunRow) == 32);

struct CounterPoint {
  std::int64_t time = 0;
  double value = 0;  ///< from `time` to the next point
  bool operator==(const CounterPoint&) const = default;
};

/// Borrowed columns of a run. By span unless said otherwise; an optional column is empty or has an item a span.
struct RunView {
  std::string_view facts;  ///< JSON, run_facts.hpp in gui/model says what is in it
  std::span<const RunRank> ranks;
  std::span<const RunRow> rows;  ///< in the order in which they are shown; spans and points in the order of rows
  std::span<const std::int64_t> start;
  std::span<const std::int64_t> end;
  std::span<const Category> category;
  std::span<const Category> half;          ///< optional: of a braid its second half, else as `category`
  std::span<const OpKey> key;              ///< optional
  std::span<const std::uint32_t> name;     ///< optional: into names; kNoIndex: named by its key
  std::span<const std::uint16_t> work;     ///< optional: into the works of the facts; kNoWork: none
  std::span<const std::uint32_t> stretch;  ///< optional: ns of its duration owed to contention
  /// Optional, one item more than spans: span i waits for deps[dep_begin[i]] .. deps[dep_begin[i + 1]]. An idle piece
  /// has two, the op that could not start and the one that it waited for (the same one twice: nothing is known).
  std::span<const std::uint32_t> dep_begin;
  std::span<const std::uint32_t> deps;
  std::span<const std::uint32_t> critical;  ///< spans of the critical path in order of time; may be empty
  std::span<const CounterPoint> points;
  std::span<const std::uint64_t> name_begin;  ///< names + 1 items, into name_chars
  std::span<const char> name_chars;

  std::size_t spans() const { return start.size(); }
  std::size_t names() const { return name_begin.empty() ? 0 : name_begin.size() - 1; }
  std::string_view name_at(std::uint32_t i) const;
  std::span<const std::uint32_t> deps_of(std::uint32_t span) const;
  /// The row that the span lies in, by bisection.
  std::uint32_t row_of(std::uint32_t span) const;
};

/// What a span is called: its name, or "F attn mb3" from its key, or its category.
std::string label_of(const RunView& run, std::uint32_t span);
/// "rank 3", and what a row of it is called: "compute", "pp 2", "passes".
std::string rank_name(const RunView& run, std::size_t rank);
std::string row_name(const RunView& run, std::size_t row);

/// The same, owned: what writers fill.
struct RunColumns {
  std::string facts;
  std::vector<RunRank> ranks;
  std::vector<RunRow> rows;
  std::vector<std::int64_t> start, end;
  std::vector<Category> category, half;
  std::vector<OpKey> key;
  std::vector<std::uint32_t> name;
  std::vector<std::uint16_t> work;
  std::vector<std::uint32_t> stretch;
  std::vector<std::uint32_t> dep_begin, deps;
  std::vector<std::uint32_t> critical;
  std::vector<CounterPoint> points;
  std::vector<std::uint64_t> name_begin{0};
  std::vector<char> name_chars;

  /// Appends a name and returns its index; the caller keeps equal ones apart or not.
  std::uint32_t add_name(std::string_view text);
  RunView view() const;
};

/// Every fault that would make a reader go astray, the first few of them; empty if there is none: columns of one
/// length, rows that cover spans and points in order, spans of a row in order and not overlapping, no span that ends
/// before it starts, indexes and enumerators within range, times within +-2^60 ns.
std::vector<Issue> check(const RunView& run);

/// Throws Error(path, ...) if it cannot be written. The view passes check(). `go_on` as for ColumnWriter::write().
bool write_run_file(const RunView& run, const std::string& path, const std::function<bool()>& go_on = {});

/// A run file, mapped. Throws Error(path, ...) as ColumnFile does, and with what check() finds.
class RunFile {
 public:
  explicit RunFile(const std::string& path);
  const RunView& view() const { return view_; }
  std::size_t bytes() const { return file_.bytes(); }

 private:
  ColumnFile file_;
  RunView view_;
};

}  // namespace braid
