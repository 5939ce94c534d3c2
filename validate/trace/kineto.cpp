// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/kineto.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include "sim/base/error.hpp"
#include "sim/timeline/chrome_json.hpp"
#include "validate/trace/split_by_gpu.hpp"

namespace braid {
namespace {

enum class EventKind { unwanted, kernel, copy, launch, host_range, gpu_range };

EventKind kind_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, EventKind>, 11> kKnown{
      {{"kernel", EventKind::kernel},
       {"Kernel", EventKind::kernel},
       {"gpu_memcpy", EventKind::copy},
       {"Memcpy", EventKind::copy},
       {"gpu_memset", EventKind::copy},
       {"Memset", EventKind::copy},
       {"cuda_runtime", EventKind::launch},
       {"Runtime", EventKind::launch},
       {"cuda_driver", EventKind::launch},
       {"user_annotation", EventKind::host_range},
       {"gpu_user_annotation", EventKind::gpu_range}}};
  for (const auto& [word, kind] : kKnown) {
    if (text == word) return kind;
  }
  return EventKind::unwanted;
}

template <typename Integer>
std::optional<Integer> integer(std::string_view text) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// What the arguments say that is of interest.
struct Details {
  std::optional<int> device;
  std::optional<std::int64_t> stream, correlation;
  std::string_view group, description, collective;
};

Details details_of(std::span<const ChromeArg> args) {
  Details details;
  for (const auto& [key, value] : args) {
    if (key == "device") {
      details.device = integer<int>(bare_token(value));
    } else if (key == "stream") {
      details.stream = integer<std::int64_t>(bare_token(value));
    } else if (key == "correlation") {
      details.correlation = integer<std::int64_t>(bare_token(value));
    } else if (key == "Process Group Name") {
      details.group = bare_token(value);
    } else if (key == "Process Group Description") {
      details.description = bare_token(value);
    } else if (key == "Collective name") {
      details.collective = bare_token(value);
    }
  }
  return details;
}

class KinetoReader {
 public:
  KinetoReader(const std::string& file, const std::string& step_prefix) : file_(file), step_prefix_(step_prefix) {}

  void take(std::span<const ChromeEvent> events) {
    for (const ChromeEvent& event : events) {
      if (event.phase == 'X') add(event, kind_of(event.category));
    }
  }

  /// What stands beside the events.
  void read_rest(const ChromeFile& file) {
    trace_.lost += file.odd;
    const nlohmann::json rest = nlohmann::json::parse(file.rest, nullptr, false);
    if (!rest.is_object()) return;
    devices(rest.value("deviceProperties", nlohmann::json::array()));
    distributed(rest.value("distributedInfo", nlohmann::json::object()));
    const nlohmann::json other = rest.value("otherData", nlohmann::json::object());
    ours_ = other.is_object() && other.contains("kind");
  }

  ForeignTrace finish() {
    if (trace_.ops.empty() && ours_) {
      throw Error(file_, "is a trace that Braid wrote, not one of torch.profiler: there are no kernels in it");
    }
    if (trace_.ops.empty()) {
      throw Error(file_, "holds no GPU kernels; record with activities=[CPU, CUDA] and export_chrome_trace()");
    }
    for (GpuOp& op : trace_.ops) {
      const auto launch = launches_.find(correlations_[static_cast<std::size_t>(&op - trace_.ops.data())]);
      if (launch != launches_.end()) op.launch = launch->second;
    }
    trace_.names = names_.take();
    trace_.file = file_;
    trace_.kind = TraceKind::kineto;
    const int device = trace_.streams.front().device;
    for (const auto& [id, name] : gpus_) {
      if (trace_.gpu.empty() || id == device) trace_.gpu = name;
    }
    return std::move(trace_);
  }

 private:
  void devices(const nlohmann::json& list) {
    for (const nlohmann::json& device : list) {
      if (!device.is_object()) continue;
      const auto id = device.find("id");
      const auto name = device.find("name");
      if (name == device.end() || !name->is_string()) continue;
      gpus_.emplace_back(id != device.end() && id->is_number_integer() ? id->get<int>() : -1, name->get<std::string>());
    }
  }

  void distributed(const nlohmann::json& info) {
    const auto number = [&](const char* key, int otherwise) {
      const auto found = info.is_object() ? info.find(key) : info.end();
      return found != info.end() && found->is_number_integer() ? found->get<int>() : otherwise;
    };
    trace_.rank = number("rank", -1);
    trace_.world_size = number("world_size", 0);
  }

  void add(const ChromeEvent& event, EventKind kind) {
    if (kind == EventKind::unwanted) return;
    const bool gpu_work = kind == EventKind::kernel || kind == EventKind::copy;
    if (!event.has_ts || !event.has_dur || event.dur < 0) {
      if (gpu_work) ++trace_.lost;
      return;
    }
    const std::int64_t start = event.ts;
    const std::int64_t end = event.ts + event.dur;
    const Details details = details_of(event.args);
    switch (kind) {
      case EventKind::unwanted:
        return;
      case EventKind::launch:
        if (details.correlation.value_or(0) > 0) launches_.try_emplace(*details.correlation, start);
        return;
      case EventKind::host_range:
        add_range(trace_, event.name, step_prefix_, {.action = {}, .start = start, .end = end});
        return;
      case EventKind::gpu_range:
        add_range(trace_, event.name, step_prefix_,
                  {.action = {}, .start = start, .end = end, .stream = stream_of(event, details)});
        return;
      case EventKind::kernel:
      case EventKind::copy:
        break;
    }
    GpuOp op{.start = start, .end = end, .name = names_.of(event.name), .stream = stream_of(event, details)};
    op.kind = kernel_class(event.name);
    if (op.kind == KernelClass::other_communication && !details.collective.empty()) {
      op.kind = collective_class(details.collective);
    }
    if (!details.group.empty()) op.group = group_of(details);
    trace_.ops.push_back(op);
    correlations_.push_back(details.correlation.value_or(-1));
  }

  std::uint32_t stream_of(const ChromeEvent& event, const Details& details) {
    const int device = details.device ? *details.device : integer<int>(event.pid).value_or(0);
    std::string_view tid = event.tid;
    if (tid.starts_with("stream ")) tid.remove_prefix(7);  // 2021
    const std::int64_t id = details.stream ? *details.stream : integer<std::int64_t>(tid).value_or(-1);
    for (std::uint32_t i = 0; i < trace_.streams.size(); ++i) {
      if (trace_.streams[i].device == device && trace_.streams[i].id == id) return i;
    }
    trace_.streams.push_back({.device = device, .id = id});
    return static_cast<std::uint32_t>(trace_.streams.size() - 1);
  }

  std::uint32_t group_of(const Details& details) {
    const std::string_view description = details.description == "0" ? std::string_view() : details.description;
    for (std::uint32_t i = 0; i < trace_.groups.size(); ++i) {
      if (trace_.groups[i].name == details.group && trace_.groups[i].description == description) return i;
    }
    trace_.groups.push_back({.name = std::string(details.group), .description = std::string(description)});
    return static_cast<std::uint32_t>(trace_.groups.size() - 1);
  }

  const std::string& file_;
  const std::string& step_prefix_;
  ForeignTrace trace_;
  Names names_;
  std::vector<std::int64_t> correlations_;  ///< of trace_.ops; -1 unknown
  std::unordered_map<std::int64_t, std::int64_t> launches_;
  std::vector<std::pair<int, std::string>> gpus_;
  bool ours_ = false;
};

}  // namespace

std::vector<ForeignTrace> parse_kineto(ByteSource& source, const std::string& file, const std::string& step_prefix) {
  KinetoReader reader(file, step_prefix);
  const ChromeFile rest =
      read_chrome_json(source, file, [&](std::span<const ChromeEvent> events) { reader.take(events); });
  if (rest.bare_list) {
    throw Error(file, "is a bare list of events; torch.profiler writes an object with traceEvents in it");
  }
  if (rest.cut_at) throw Error(file, cut_short_text(*rest.cut_at));
  reader.read_rest(rest);
  return split_by_gpu(reader.finish());
}

std::vector<ForeignTrace> parse_kineto(std::string_view text, const std::string& file, const std::string& step_prefix) {
  return parse_kineto(*bytes_of_text(text), file, step_prefix);
}

}  // namespace braid
