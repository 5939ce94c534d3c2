// SPDX-License-Identifier: Apache-2.0
#include "gui/model/imported_events.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "gui/model/span_class.hpp"

namespace braid {
namespace {

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Into a field of a key; what does not fit is left as it was.
template <typename Field>
void set(Field& field, std::string_view token) {
  const std::optional<std::int64_t> value = number<std::int64_t>(token);
  if (value && *value >= 0 && *value <= std::int64_t{std::numeric_limits<Field>::max()}) {
    field = static_cast<Field>(*value);
  }
}

std::string_view argument(const ChromeEvent& event, std::string_view name) {
  for (const auto& [key, value] : event.args) {
    if (key == name) return value;
  }
  return {};
}

std::uint64_t hash_of(std::string_view a, std::string_view b, std::string_view c) {
  const std::hash<std::string_view> hash;
  std::uint64_t h = hash(a);
  for (const std::string_view part : {b, c}) h = (h ^ hash(part)) * 0x9e3779b97f4a7c15ull + (h >> 29);
  return h;
}

bool launches(std::string_view category) {
  return category == "cuda_runtime" || category == "cuda_driver" || category == "Runtime";
}
bool is_launched(std::string_view category) {
  return category == "kernel" || category == "gpu_memcpy" || category == "gpu_memset" || category == "Kernel" ||
         category == "Memcpy" || category == "Memset";
}

}  // namespace

std::uint32_t TextTable::of(std::string_view text) {
  const auto found = index_.find(text);
  if (found != index_.end()) return found->second;
  const auto fresh = index_.emplace(std::string(text), static_cast<std::uint32_t>(texts_.size())).first;
  texts_.push_back(&fresh->first);
  return fresh->second;
}

ImportedEvents::ImportedEvents() { details.of(""); }

void ImportedEvents::take(std::span<const ChromeEvent> events) {
  for (const ChromeEvent& event : events) take(event);
}

void ImportedEvents::take(const ChromeEvent& event) {
  switch (event.phase) {
    case 'X': {
      if (!event.has_ts || !event.has_dur || event.dur < 0) {
        ++lost;
        return;
      }
      const std::uint32_t thread = thread_of(event.pid, event.tid, is_range_of_stream(event.category));
      Slice slice = slice_of(event, thread);
      slice.start = event.ts;
      slice.end = event.ts + event.dur;
      threads[thread].slices.push_back(slice);
      return;
    }
    case 'B':
    case 'E': {
      if (!event.has_ts) {
        ++lost;
        return;
      }
      const std::uint32_t thread = thread_of(event.pid, event.tid, false);
      const bool begin = event.phase == 'B';
      threads[thread].edges.push_back({event.ts, begin ? slice_of(event, thread) : Slice{}, begin});
      return;
    }
    case 'M':
      return metadata(event);
    case 'C':
      return counter(event);
    case 's':
    case 't':
    case 'f':
      return flow(event);
    case 'i':
    case 'I':
      if (event.name == "[memory]") return allocation(event);
      break;
    default:
      break;
  }
  ++left_out;
}

Slice ImportedEvents::slice_of(const ChromeEvent& event, std::uint32_t thread) {
  Slice slice;
  slice.name = names.of(event.name);
  if (event.category != last_category_) {
    last_category_ = event.category;
    last_category_index_ = details.of(event.category);
  }
  SliceKind kind{.name = slice.name, .category = last_category_index_};
  for (const auto& [key, value] : event.args) {
    switch (key.size()) {
      case 5:
        if (key == "chunk") set(slice.chunk, value);
        if (key == "layer") set(slice.layer, value);
        if (key == "index") set(slice.index, value);
        break;
      case 10:
        if (key == "microbatch") set(slice.microbatch, value);
        if (key == "stretch_us") {
          std::int64_t stretch = 0;
          if (parse_micros(value, stretch) && stretch > 0 && stretch < std::int64_t{kNoIndex}) {
            slice.stretch = static_cast<std::uint32_t>(stretch);
          }
        }
        break;
      case 11:
        if (key == "correlation" && value != "0") {
          const bool from = launches(event.category);
          if (!from && !is_launched(event.category)) break;
          correlated.push_back({hash_of("", "", value), event.ts, thread, from ? 's' : 'f'});
        }
        break;
      case 15:
        if (key == "Collective name") kind.collective = details.of(bare_token(value));
        break;
      case 25:
        if (key == "Process Group Description") kind.group = details.of(bare_token(value));
        break;
      default:
        break;
    }
  }
  slice.kind = kind_of(kind);
  return slice;
}

std::uint32_t ImportedEvents::kind_of(const SliceKind& kind) {
  const auto same = [](const SliceKind& a, const SliceKind& b) {
    return a.name == b.name && a.category == b.category && a.collective == b.collective && a.group == b.group;
  };
  if (kind.name >= kind_of_name_.size()) kind_of_name_.resize(names.texts().size(), kNoIndex);
  std::uint32_t& last = kind_of_name_[kind.name];
  if (last != kNoIndex && same(kinds[last], kind)) return last;
  const std::string key(reinterpret_cast<const char*>(&kind), sizeof(kind));
  const auto [found, fresh] = kind_index_.try_emplace(key, static_cast<std::uint32_t>(kinds.size()));
  if (fresh) kinds.push_back(kind);
  return last = found->second;
}

void ImportedEvents::metadata(const ChromeEvent& event) {
  if (event.name.starts_with("process_")) {
    ImportedProcess& process = processes[process_of(event.pid)];
    if (event.name == "process_name") process.name = unescaped_token(argument(event, "name"));
    if (event.name == "process_labels") process.labels = unescaped_token(argument(event, "labels"));
    if (event.name == "process_sort_index") {
      process.order = number<std::int64_t>(argument(event, "sort_index")).value_or(0);
    }
  } else if (event.name == "thread_name") {
    std::string name = unescaped_token(argument(event, "name"));
    name.resize(name.find_last_not_of(' ') + 1);
    threads[thread_of(event.pid, event.tid, false)].name = std::move(name);
  } else if (event.name == "thread_sort_index") {
    const std::int64_t order = number<std::int64_t>(argument(event, "sort_index")).value_or(0);
    threads[thread_of(event.pid, event.tid, false)].order = order;
  }
}

void ImportedEvents::counter(const ChromeEvent& event) {
  if (!event.has_ts) {
    ++lost;
    return;
  }
  const std::uint32_t process = process_of(event.pid);
  for (const auto& [key, token] : event.args) {
    const std::optional<double> value = number<double>(bare_token(token));
    if (!value || !std::isfinite(*value)) continue;
    std::string name(event.name);
    if (!event.id.empty()) name += " " + std::string(event.id);
    if (key != "value") name += (name.empty() ? "" : ": ") + std::string(key);
    const CounterKind kind = event.name == "memory" ? CounterKind::memory : CounterKind::other;
    series_of(process, std::move(name), kind).points.push_back({event.ts, *value});
  }
}

void ImportedEvents::allocation(const ChromeEvent& event) {
  // Device Type 1 is CUDA, 0 the host's memory.
  const std::optional<double> bytes = number<double>(argument(event, "Total Allocated"));
  if (!event.has_ts || !bytes || argument(event, "Device Type") != "1") {
    ++left_out;
    return;
  }
  std::string name = "allocated, GPU " + std::string(argument(event, "Device Id"));
  series_of(process_of(event.pid), std::move(name), CounterKind::memory).points.push_back({event.ts, *bytes});
}

void ImportedEvents::flow(const ChromeEvent& event) {
  if (!event.has_ts || event.id.empty()) {
    ++lost;
    return;
  }
  has_ac2g = has_ac2g || event.category == "ac2g";
  flows.push_back({.id = hash_of(event.category, event.name, event.id),
                   .time = event.ts,
                   .thread = thread_of(event.pid, event.tid, false),
                   .phase = event.phase,
                   .encloses = event.phase != 'f' || event.encloses});
}

std::uint32_t ImportedEvents::process_of(std::string_view pid) {
  key_.assign(pid);
  const auto [found, fresh] = process_index_.try_emplace(key_, static_cast<std::uint32_t>(processes.size()));
  if (fresh) processes.push_back({.pid = key_, .name = {}, .labels = {}});
  return found->second;
}

std::uint32_t ImportedEvents::thread_of(std::string_view pid, std::string_view tid, bool ranges) {
  if (last_thread_ != kNoIndex && tid == last_tid_ && pid == last_pid_ && ranges == last_ranges_) return last_thread_;
  // The thread below ranges is there even if it has nothing: its name and place are theirs.
  const std::uint32_t below = ranges ? thread_of(pid, tid, false) : kNoIndex;
  const std::uint32_t process = process_of(pid);
  key_ += ranges ? '\2' : '\1';
  key_ += tid;
  const auto [found, fresh] = thread_index_.try_emplace(key_, static_cast<std::uint32_t>(threads.size()));
  if (fresh) {
    ImportedThread thread;
    thread.process = process;
    thread.tid = tid;
    thread.ranges = ranges;
    thread.twin = ranges ? below : found->second;
    threads.push_back(std::move(thread));
  }
  last_pid_ = pid;
  last_tid_ = tid;
  last_ranges_ = ranges;
  return last_thread_ = found->second;
}

ImportedSeries& ImportedEvents::series_of(std::uint32_t process, std::string name, CounterKind kind) {
  key_ = std::to_string(process) + '\1' + name;
  const auto [found, fresh] = series_index_.try_emplace(key_, static_cast<std::uint32_t>(series.size()));
  if (fresh) series.push_back({.process = process, .name = std::move(name), .kind = kind, .points = {}});
  return series[found->second];
}

}  // namespace braid
