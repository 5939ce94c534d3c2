// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/nsight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "sim/base/error.hpp"
#include "sim/sqlite/sqlite_file.hpp"
#include "validate/trace/split_by_gpu.hpp"

namespace braid {
namespace {

constexpr const char* kKernels = "CUPTI_ACTIVITY_KIND_KERNEL";
constexpr const char* kCopies = "CUPTI_ACTIVITY_KIND_MEMCPY";
constexpr const char* kSets = "CUPTI_ACTIVITY_KIND_MEMSET";
constexpr const char* kLaunches = "CUPTI_ACTIVITY_KIND_RUNTIME";
constexpr const char* kGraphs = "CUPTI_ACTIVITY_KIND_GRAPH_TRACE";
constexpr const char* kRanges = "NVTX_EVENTS";
constexpr const char* kStrings = "StringIds";
constexpr const char* kGpus = "TARGET_INFO_GPU";
constexpr const char* kDiagnostics = "DIAGNOSTIC_EVENT";
constexpr int kProcessShift = 24;
constexpr std::size_t kMostDiagnostics = 3;

/// CUpti_ActivityMemcpyKind.
const char* copy_name(std::int64_t kind) {
  switch (kind) {
    case 1:
      return "[CUDA memcpy HtoD]";
    case 2:
      return "[CUDA memcpy DtoH]";
    case 10:
      return "[CUDA memcpy PtoP]";
    default:
      return "[CUDA memcpy DtoD]";
  }
}

class NsightReader {
 public:
  NsightReader(const std::string& path, const std::string& step_prefix)
      : file_(path), step_prefix_(step_prefix), tables_(file_.tables()) {}

  std::vector<ForeignTrace> read() {
    if (!has(kKernels)) refuse();
    if (has(kStrings)) {
      SqliteRows rows(file_, "SELECT id, value FROM StringIds");
      while (rows.next()) strings_.emplace(rows.integer(0), rows.text(1));
    }
    if (has(kLaunches)) read_launches();
    read_kernels();
    if (has(kCopies)) read_copies();
    if (has(kSets)) read_sets();
    if (has(kRanges)) read_ranges();
    if (has(kDiagnostics)) read_diagnostics();
    if (has(kGraphs)) {
      notes_.push_back("CUDA graphs were recorded whole: kernels in them are missing; use --cuda-graph-trace=node");
    }

    std::vector<ForeignTrace> traces;
    for (auto& [process, trace] : processes_) {
      if (trace.ops.empty()) continue;
      for (ForeignTrace& part : split_by_gpu(std::move(trace))) traces.push_back(std::move(part));
    }
    if (traces.empty()) throw Error(file_.path(), "holds no GPU kernels; record with nsys profile --trace=cuda,nvtx");
    const auto device = [](const ForeignTrace& t) { return t.streams[t.ops.front().stream].device; };
    std::stable_sort(traces.begin(), traces.end(), [&](auto& a, auto& b) { return device(a) < device(b); });
    const std::map<std::int64_t, std::string> gpus = gpu_names();
    const std::vector<std::string> names = names_.take();
    for (ForeignTrace& trace : traces) {
      trace.file = file_.path();
      trace.kind = TraceKind::nsight;
      trace.names = names;
      const auto gpu = gpus.find(device(trace));
      if (!gpus.empty()) trace.gpu = gpu == gpus.end() ? gpus.begin()->second : gpu->second;
    }
    traces.front().notes.insert(traces.front().notes.end(), notes_.begin(), notes_.end());
    traces.front().lost += lost_;
    return traces;
  }

 private:
  bool has(const char* table) const { return tables_.contains(table); }

  [[noreturn]] void refuse() const {
    if (has(kStrings)) throw Error(file_.path(), "holds no GPU kernels; record with nsys profile --trace=cuda,nvtx");
    throw Error(file_.path(), "is no export of Nsight Systems: it has neither StringIds nor " + std::string(kKernels));
  }

  /// A column, or what stands for it where this version does not have it. Throws Error without either.
  static std::string pick(const std::set<std::string>& columns, std::initializer_list<const char*> names,
                          const std::string& otherwise) {
    for (const char* name : names) {
      if (columns.contains(name)) return fmt::format("\"{}\"", name);
    }
    return otherwise;
  }
  std::string need(const char* table, const std::set<std::string>& columns, const char* name) const {
    if (columns.contains(name)) return fmt::format("\"{}\"", name);
    throw Error(file_.path(), fmt::format("table {} has no column {}; export it again with a newer nsys", table, name));
  }

  /// start, end, device, stream, correlation, process.
  std::string common(const char* table, const std::set<std::string>& columns) const {
    return fmt::format("{}, {}, {}, {}, {}, {}", need(table, columns, "start"), need(table, columns, "end"),
                       pick(columns, {"deviceId"}, "0"), pick(columns, {"streamId"}, "0"),
                       pick(columns, {"correlationId"}, "0"), pick(columns, {"globalPid"}, "0"));
  }

  void read_launches() {
    const auto columns = file_.columns(kLaunches);
    if (!columns.contains("correlationId") || !columns.contains("globalTid")) return;
    // Old exports, of one process, do not say whose a kernel is.
    const bool processes = file_.columns(kKernels).contains("globalPid");
    SqliteRows rows(file_, fmt::format("SELECT start, correlationId, globalTid FROM {}", kLaunches));
    while (rows.next()) {
      if (rows.integer(1) <= 0) continue;
      launches_.try_emplace(launch_key(processes ? rows.integer(2) >> kProcessShift : 0, rows.integer(1)),
                            rows.integer(0));
    }
  }

  /// Correlations are 32 bits wide and unique in a process.
  static std::uint64_t launch_key(std::int64_t process, std::int64_t correlation) {
    return (static_cast<std::uint64_t>(process) << 32) ^ static_cast<std::uint64_t>(correlation);
  }

  void read_kernels() {
    const auto columns = file_.columns(kKernels);
    SqliteRows rows(file_, fmt::format("SELECT {}, {} FROM {}", common(kKernels, columns),
                                       pick(columns, {"demangledName", "shortName", "mangledName"}, "NULL"), kKernels));
    std::map<std::int64_t, std::uint32_t> known;
    while (rows.next()) {
      const std::int64_t id = rows.null(6) ? -1 : rows.integer(6);
      auto name = known.find(id);
      if (name == known.end()) {
        const auto text = strings_.find(id);
        name = known.emplace(id, names_.of(text == strings_.end() ? "(no name)" : text->second)).first;
        kinds_.try_emplace(name->second, text == strings_.end() ? KernelClass::other : kernel_class(text->second));
      }
      add(rows, name->second, kinds_[name->second]);
    }
  }

  void read_copies() {
    const auto columns = file_.columns(kCopies);
    SqliteRows rows(file_, fmt::format("SELECT {}, {} FROM {}", common(kCopies, columns),
                                       pick(columns, {"copyKind"}, "8"), kCopies));
    while (rows.next()) {
      const char* name = copy_name(rows.integer(6));
      add(rows, names_.of(name), kernel_class(name));
    }
  }

  void read_sets() {
    SqliteRows rows(file_, fmt::format("SELECT {} FROM {}", common(kSets, file_.columns(kSets)), kSets));
    while (rows.next()) add(rows, names_.of("[CUDA memset]"), KernelClass::copy_device);
  }

  void add(const SqliteRows& rows, std::uint32_t name, KernelClass kind) {
    const std::int64_t start = rows.integer(0);
    const std::int64_t end = rows.integer(1);
    if (rows.null(0) || rows.null(1) || end < start || start < 0) {
      ++lost_;
      return;
    }
    const std::int64_t process = rows.integer(5) >> kProcessShift;
    ForeignTrace& trace = processes_[process];
    GpuOp op{.start = start, .end = end, .name = name, .kind = kind};
    op.stream = stream_of(trace, static_cast<int>(rows.integer(2)), rows.integer(3));
    const auto launch = launches_.find(launch_key(process, rows.integer(4)));
    if (launch != launches_.end()) op.launch = launch->second;
    trace.ops.push_back(op);
  }

  static std::uint32_t stream_of(ForeignTrace& trace, int device, std::int64_t id) {
    for (std::uint32_t i = 0; i < trace.streams.size(); ++i) {
      if (trace.streams[i].device == device && trace.streams[i].id == id) return i;
    }
    trace.streams.push_back({.device = device, .id = id});
    return static_cast<std::uint32_t>(trace.streams.size() - 1);
  }

  void read_ranges() {
    const auto columns = file_.columns(kRanges);
    if (!columns.contains("start") || !columns.contains("end")) return;
    SqliteRows rows(file_, fmt::format("SELECT start, \"end\", {}, {}, {} FROM {} WHERE \"end\" IS NOT NULL",
                                       pick(columns, {"text"}, "NULL"), pick(columns, {"textId"}, "NULL"),
                                       pick(columns, {"globalTid"}, "NULL"), kRanges));
    while (rows.next()) {
      std::string_view text = rows.text(2);
      if (rows.null(2)) {
        const auto known = strings_.find(rows.integer(3));
        if (known == strings_.end()) continue;
        text = known->second;
      }
      const LabelRange range{.action = {}, .start = rows.integer(0), .end = rows.integer(1)};
      if (range.start < 0 || range.end < range.start) continue;
      const std::int64_t process = rows.integer(4) >> kProcessShift;
      for (auto& [pid, trace] : processes_) {
        if (pid == process || pid == 0 || rows.null(4)) add_range(trace, text, step_prefix_, range);
      }
    }
  }

  void read_diagnostics() {
    if (!file_.columns(kDiagnostics).contains("text")) return;
    SqliteRows rows(file_, fmt::format("SELECT text FROM {}", kDiagnostics));
    while (rows.next() && notes_.size() < kMostDiagnostics) {
      const std::string_view text = rows.text(0);
      if (text.find("dropped") == std::string_view::npos && text.find("lost") == std::string_view::npos) continue;
      notes_.push_back("Nsight Systems says: " + std::string(text.substr(0, text.find('\n'))));
    }
  }

  std::map<std::int64_t, std::string> gpu_names() const {
    std::map<std::int64_t, std::string> names;
    if (!has(kGpus)) return names;
    const auto columns = file_.columns(kGpus);
    if (!columns.contains("name")) return names;
    SqliteRows rows(file_, fmt::format("SELECT {}, name FROM {}", pick(columns, {"id"}, "0"), kGpus));
    while (rows.next()) names.try_emplace(rows.integer(0), rows.text(1));
    return names;
  }

  SqliteFile file_;
  const std::string& step_prefix_;
  std::set<std::string> tables_;
  std::unordered_map<std::int64_t, std::string> strings_;
  std::unordered_map<std::uint64_t, std::int64_t> launches_;
  Names names_;
  std::map<std::uint32_t, KernelClass> kinds_;
  std::map<std::int64_t, ForeignTrace> processes_;
  std::vector<std::string> notes_;
  std::uint64_t lost_ = 0;
};

}  // namespace

std::vector<ForeignTrace> read_nsight(const std::string& path, const std::string& step_prefix) {
  return NsightReader(path, step_prefix).read();
}

}  // namespace braid
