// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/kineto.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "sim/base/error.hpp"
#include "validate/trace/split_by_gpu.hpp"

namespace braid {
namespace {

namespace od = simdjson::ondemand;

enum class Category { unwanted, kernel, copy, launch, host_range, gpu_range };

Category category_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Category>, 11> kKnown{
      {{"kernel", Category::kernel},
       {"Kernel", Category::kernel},
       {"gpu_memcpy", Category::copy},
       {"Memcpy", Category::copy},
       {"gpu_memset", Category::copy},
       {"Memset", Category::copy},
       {"cuda_runtime", Category::launch},
       {"Runtime", Category::launch},
       {"cuda_driver", Category::launch},
       {"user_annotation", Category::host_range},
       {"gpu_user_annotation", Category::gpu_range}}};
  for (const auto& [word, category] : kKnown) {
    if (text == word) return category;
  }
  return Category::unwanted;
}

/// The inside of a string token that has no escapes in it, or the token itself.
std::string_view bare(std::string_view token) {
  if (token.empty() || token.front() != '"') return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  return token.substr(1, token.find('"', 1) - 1);
}

template <typename Integer>
std::optional<Integer> integer(std::string_view text) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Lets simdjson pass over the value that some versions of torch leave out. The positions of all else stay.
void mend(std::string& text) {
  constexpr std::string_view kKey = "\"Process Group Description\":";
  for (std::size_t at = text.find(kKey); at != std::string::npos; at = text.find(kKey, at)) {
    at += kKey.size();
    const std::size_t next = text.find_first_not_of(" \t\r\n", at);
    if (next != std::string::npos && next > at && (text[next] == ',' || text[next] == '}')) text[at] = '0';
  }
}

struct Event {
  Category category = Category::unwanted;
  bool whole = false;  ///< an X event
  std::string_view name, ts, dur, tid, pid;
  std::optional<int> device;
  std::optional<std::int64_t> stream, correlation;
  std::string_view group, description, collective;
};

class KinetoReader {
 public:
  KinetoReader(const std::string& file, const std::string& step_prefix) : file_(file), step_prefix_(step_prefix) {}

  void read(od::document& document) {
    bool events = false;
    for (auto field : document.get_object()) {
      const od::raw_json_string key = field.key();
      if (key == "traceEvents") {
        events = true;
        for (auto element : field.value().get_array()) take(element.value());
      } else if (key == "deviceProperties") {
        devices(field.value());
      } else if (key == "distributedInfo") {
        distributed(field.value());
      } else if (key == "otherData") {
        provenance(field.value());
      }
    }
    if (!events) throw Error(file_, "has no traceEvents: it is no trace of torch.profiler");
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
  void devices(od::value value) {
    for (auto element : value.get_array()) {
      int id = -1;
      std::string name;
      for (auto field : element.get_object()) {
        const od::raw_json_string key = field.key();
        if (key == "id") id = integer<int>(bare(field.value().raw_json_token())).value_or(-1);
        if (key == "name") name = std::string_view(field.value().get_string());
      }
      gpus_.emplace_back(id, std::move(name));
    }
  }

  void distributed(od::value value) {
    for (auto field : value.get_object()) {
      const od::raw_json_string key = field.key();
      if (key == "rank") trace_.rank = integer<int>(bare(field.value().raw_json_token())).value_or(-1);
      if (key == "world_size") trace_.world_size = integer<int>(bare(field.value().raw_json_token())).value_or(0);
    }
  }

  void provenance(od::value value) {
    od::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return;
    for (auto field : object) ours_ = ours_ || field.key() == "kind";
  }

  void take(od::value element) {
    od::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) {
      ++trace_.lost;
      return;
    }
    Event event;
    bool has_category = false;
    for (auto field : object) {
      const od::raw_json_string key = field.key();
      if (key == "ph") {
        event.whole = bare(field.value().raw_json_token()) == "X";
        if (!event.whole) return;
      } else if (key == "cat") {
        event.category = category_of(bare(field.value().raw_json_token()));
        has_category = true;
        if (event.category == Category::unwanted) return;
      } else if (key == "name") {
        if (event.category != Category::launch) event.name = field.value().get_string();
      } else if (key == "ts") {
        event.ts = bare(field.value().raw_json_token());
      } else if (key == "dur") {
        event.dur = bare(field.value().raw_json_token());
      } else if (key == "tid") {
        event.tid = bare(field.value().raw_json_token());
      } else if (key == "pid") {
        event.pid = bare(field.value().raw_json_token());
      } else if (key == "args") {
        arguments(field.value(), event);
      }
    }
    if (event.whole && has_category) add(event);
  }

  static void arguments(od::value value, Event& event) {
    od::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return;
    for (auto field : object) {
      const od::raw_json_string key = field.key();
      if (key == "device") {
        event.device = integer<int>(bare(field.value().raw_json_token()));
      } else if (key == "stream") {
        event.stream = integer<std::int64_t>(bare(field.value().raw_json_token()));
      } else if (key == "correlation") {
        event.correlation = integer<std::int64_t>(bare(field.value().raw_json_token()));
      } else if (key == "Process Group Name") {
        event.group = bare(field.value().raw_json_token());
      } else if (key == "Process Group Description") {
        event.description = bare(field.value().raw_json_token());
      } else if (key == "Collective name") {
        event.collective = bare(field.value().raw_json_token());
      }
    }
  }

  void add(const Event& event) {
    std::int64_t start = 0;
    std::int64_t duration = 0;
    const bool gpu_work = event.category == Category::kernel || event.category == Category::copy;
    if (!parse_micros(event.ts, start) || !parse_micros(event.dur, duration) || duration < 0) {
      if (gpu_work) ++trace_.lost;
      return;
    }
    switch (event.category) {
      case Category::unwanted:
        return;
      case Category::launch:
        if (event.correlation.value_or(0) > 0) launches_.try_emplace(*event.correlation, start);
        return;
      case Category::host_range:
        add_range(trace_, event.name, step_prefix_, {.action = {}, .start = start, .end = start + duration});
        return;
      case Category::gpu_range:
        add_range(trace_, event.name, step_prefix_,
                  {.action = {}, .start = start, .end = start + duration, .stream = stream_of(event)});
        return;
      case Category::kernel:
      case Category::copy:
        break;
    }
    GpuOp op{.start = start, .end = start + duration, .name = names_.of(event.name), .stream = stream_of(event)};
    op.kind = kernel_class(event.name);
    if (op.kind == KernelClass::other_communication && !event.collective.empty()) {
      op.kind = collective_class(event.collective);
    }
    if (!event.group.empty()) op.group = group_of(event);
    trace_.ops.push_back(op);
    correlations_.push_back(event.correlation.value_or(-1));
  }

  std::uint32_t stream_of(const Event& event) {
    const int device = event.device ? *event.device : integer<int>(event.pid).value_or(0);
    std::string_view tid = event.tid;
    if (tid.starts_with("stream ")) tid.remove_prefix(7);  // 2021
    const std::int64_t id = event.stream ? *event.stream : integer<std::int64_t>(tid).value_or(-1);
    for (std::uint32_t i = 0; i < trace_.streams.size(); ++i) {
      if (trace_.streams[i].device == device && trace_.streams[i].id == id) return i;
    }
    trace_.streams.push_back({.device = device, .id = id});
    return static_cast<std::uint32_t>(trace_.streams.size() - 1);
  }

  std::uint32_t group_of(const Event& event) {
    const std::string_view description = event.description == "0" ? std::string_view() : event.description;
    for (std::uint32_t i = 0; i < trace_.groups.size(); ++i) {
      if (trace_.groups[i].name == event.group && trace_.groups[i].description == description) return i;
    }
    trace_.groups.push_back({.name = std::string(event.group), .description = std::string(description)});
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

bool parse_micros(std::string_view text, std::int64_t& nanoseconds) {
  // Until 2065 as time since 1970; sums and differences of such times fit into 64 bits.
  constexpr std::int64_t kMost = 3'000'000'000'000'000;
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::string_view whole = digits.substr(0, point);
  const std::string_view rest = digits.substr(std::min(point + 1, digits.size()));
  const auto all_digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.empty() || !all_digits(whole) || !all_digits(rest)) {
    // 1.65e15, as other tools rewrite it.
    double micros = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), micros);
    if (error != std::errc() || end != text.data() + text.size()) return false;
    if (!(std::abs(micros) < static_cast<double>(kMost))) return false;
    nanoseconds = std::llround(micros * 1000);
    return true;
  }
  const std::optional<std::int64_t> micros = integer<std::int64_t>(whole);
  if (!micros || *micros > kMost) return false;
  std::int64_t value = *micros * 1000;
  std::int64_t scale = 100;
  for (const char c : rest.substr(0, 3)) {
    value += (c - '0') * scale;
    scale /= 10;
  }
  nanoseconds = negative ? -value : value;
  return true;
}

std::vector<ForeignTrace> parse_kineto(std::string text, const std::string& file, const std::string& step_prefix) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos || (text[begin] != '{' && text[begin] != '[')) {
    throw Error(file, "is no JSON: it does not begin with {");
  }
  if (text[begin] == '[') {
    throw Error(file, "is a bare list of events; torch.profiler writes an object with traceEvents in it");
  }
  mend(text);
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  od::parser parser;
  od::document document;
  bool begun = false;  // a document that never began has no location
  try {
    const simdjson::padded_string_view bytes(text.data(), text.size(), text.capacity());
    simdjson::error_code error = parser.iterate(bytes).get(document);
    if (error == simdjson::UTF8_ERROR) {  // in names of kernels and files: no reason to give up
      std::replace_if(
          text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
      error = parser.iterate(bytes).get(document);
    }
    if (error != simdjson::SUCCESS) throw simdjson::simdjson_error(error);
    begun = true;
    KinetoReader reader(file, step_prefix);
    reader.read(document);
    return split_by_gpu(reader.finish());
  } catch (const simdjson::simdjson_error& e) {
    const char* at = nullptr;
    const bool known = begun && document.current_location().get(at) == simdjson::SUCCESS && at >= text.data();
    const bool cut = e.error() == simdjson::INCOMPLETE_ARRAY_OR_OBJECT || e.error() == simdjson::UNCLOSED_STRING;
    throw Error(file,
                fmt::format("cannot be read as JSON{}: {}{}", known ? fmt::format(" at byte {}", at - text.data()) : "",
                            simdjson::error_message(e.error()), cut ? " Was the file cut short?" : ""));
  }
}

}  // namespace braid
