// SPDX-License-Identifier: Apache-2.0
// The events of a Chrome trace, sorted into processes, threads and series while they come in.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gui/model/slice_rows.hpp"
#include "sim/timeline/chrome_json.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

/// Texts, each kept once, numbered as they came.
class TextTable {
 public:
  std::uint32_t of(std::string_view text);
  const std::vector<const std::string*>& texts() const { return texts_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> index_;
  std::vector<const std::string*> texts_;  ///< the keys of index_
};

struct ImportedThread {
  std::uint32_t process = 0;
  std::string tid;
  std::string name;
  bool ranges = false;     ///< what lies above the kernels of the thread of the same tid
  std::uint32_t twin = 0;  ///< that thread; itself of others
  std::int64_t order = 0;
  std::vector<Slice> slices;
  std::vector<SliceEdge> edges;
};

struct ImportedProcess {
  std::string pid, name, labels;
  std::int64_t order = 0;
};

struct ImportedSeries {
  std::uint32_t process = 0;
  std::string name;
  CounterKind kind = CounterKind::other;
  std::vector<CounterPoint> points;
};

/// An end of an arrow; ends of one id belong together.
struct FlowEnd {
  std::uint64_t id = 0;
  std::int64_t time = 0;
  std::uint32_t thread = 0;
  char phase = 's';  ///< s, t, f
  bool encloses = true;
};

/// What tells what a slice is, into `names` and `details`.
struct SliceKind {
  std::uint32_t name = 0;
  std::uint32_t category = 0;
  std::uint32_t collective = 0, group = 0;
};

class ImportedEvents {
 public:
  ImportedEvents();
  void take(std::span<const ChromeEvent> events);

  TextTable names;    ///< of slices
  TextTable details;  ///< categories, collectives, process groups; 0 is ""
  std::vector<SliceKind> kinds;
  std::vector<ImportedProcess> processes;
  std::vector<ImportedThread> threads;
  std::vector<ImportedSeries> series;
  std::vector<FlowEnd> flows;
  std::vector<FlowEnd> correlated;  ///< launches and kernels, in place of flows of category ac2g
  bool has_ac2g = false;
  std::uint64_t lost = 0;      ///< slices without a time or a duration
  std::uint64_t left_out = 0;  ///< events of kinds that are not shown

 private:
  void take(const ChromeEvent& event);
  void metadata(const ChromeEvent& event);
  void counter(const ChromeEvent& event);
  void allocation(const ChromeEvent& event);
  void flow(const ChromeEvent& event);
  Slice slice_of(const ChromeEvent& event, std::uint32_t thread);
  std::uint32_t kind_of(const SliceKind& kind);
  std::uint32_t process_of(std::string_view pid);
  std::uint32_t thread_of(std::string_view pid, std::string_view tid, bool ranges);
  ImportedSeries& series_of(std::uint32_t process, std::string name, CounterKind kind);

  std::unordered_map<std::string, std::uint32_t> process_index_, thread_index_, series_index_;
  std::unordered_map<std::string, std::uint32_t> kind_index_;
  std::vector<std::uint32_t> kind_of_name_;  ///< the last one of that name
  std::string last_pid_, last_tid_, last_category_;
  bool last_ranges_ = false;
  std::uint32_t last_thread_ = kNoIndex, last_category_index_ = 0;
  std::string key_;
};

}  // namespace braid
