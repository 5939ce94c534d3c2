// SPDX-License-Identifier: Apache-2.0
#include "gui/model/open_file.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "gui/model/import_json.hpp"
#include "gui/model/patiently.hpp"
#include "gui/model/trace_cache.hpp"
#include "sim/base/byte_source.hpp"
#include "sim/base/column_file.hpp"
#include "sim/base/error.hpp"
#include "sim/base/gzip.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using Traces = std::vector<std::shared_ptr<const Trace>>;

constexpr std::size_t kHead = std::size_t{1} << 16;
constexpr std::string_view kBlank = " \t\r\n";

/// The first bytes, unpacked if they are gzip.
std::string head_of(const std::string& path) {
  std::string head = first_bytes(path, kHead);
  if (!is_gzip(head)) return head;
  const std::unique_ptr<ByteSource> unpacked = bytes_of_file(path);
  std::size_t size = 0;
  head.assign(kHead, '\0');
  while (size < kHead) {
    const std::size_t count = unpacked->read(head.data() + size, kHead - size);
    if (count == 0) break;
    size += count;
  }
  head.resize(size);
  return head;
}

bool is_text(std::string_view head) {
  return std::none_of(head.begin(), head.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && kBlank.find(c) == std::string_view::npos) || c == 0x7f;
  });
}

/// "braid.report/1" of an object that has it as its schema; "" without one.
std::string_view schema_of(std::string_view head) {
  constexpr std::string_view kKey = "\"schema\"";
  std::size_t at = head.find(kKey);
  if (at == std::string_view::npos) return {};
  at = head.find_first_not_of(": \t\r\n", at + kKey.size());
  if (at == std::string_view::npos || head[at] != '"') return {};
  const std::string_view rest = head.substr(at + 1);
  return rest.substr(0, rest.find('"'));
}

FileKind kind_of_object(std::string_view head) {
  const std::string_view schema = schema_of(head);
  if (schema.starts_with("braid.view/")) return FileKind::session;
  if (schema.starts_with("braid.report/") || schema.starts_with("braid.validation/")) return FileKind::report;
  return schema.starts_with("braid.") ? FileKind::unknown : FileKind::json_trace;
}

/// Whether the first line that says something is a table's head or a key with a value.
bool is_toml(std::string_view head) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 1, head.size()));
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') return line.size() > 1 && line.find(']') != std::string_view::npos;
    const std::size_t equals = line.find('=');
    const std::string_view key = line.substr(0, std::min(equals, line.size()));
    return equals != std::string_view::npos && equals > 0 && key.find_first_of(",;{}<>()") == std::string_view::npos;
  }
  return false;
}

FileKind kind_of_bytes(std::string_view head) {
  if (is_column_file(head)) return FileKind::run;
  if (is_sqlite(head)) return FileKind::sweep_store;
  // Perfetto's packets: field 1 of a message, with bytes that no text has.
  if (head.starts_with('\n') && !is_text(head)) return FileKind::perfetto;
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (head.starts_with(kMark)) head.remove_prefix(kMark.size());
  const std::size_t at = head.find_first_not_of(kBlank);
  if (at == std::string_view::npos) return FileKind::unknown;
  if (head[at] == '{') return kind_of_object(head);
  const std::size_t next = head.find_first_not_of(kBlank, at + 1);
  if (head[at] == '[' && (next == std::string_view::npos || head[next] == '{' || head[next] == ']')) {
    return FileKind::json_trace;
  }
  return is_text(head) && is_toml(head) ? FileKind::scenario : FileKind::unknown;
}

/// A part of the work, told as a part of the whole.
Progress part_of(const Progress& progress, double from, double to) {
  if (!progress) return {};
  return [&progress, from, to](double share, const char* what) { return progress(from + (to - from) * share, what); };
}

std::shared_ptr<const Trace> open_run(const std::string& path, const Progress& progress) {
  return patiently(progress, std::atomic<double>(0), "reading",
                   [&](const std::atomic<bool>&) { return std::make_shared<const Trace>(RunFile(path), path); });
}

std::shared_ptr<const Trace> open_json(const std::string& path, const std::string& cache_folder,
                                       const Progress& progress) {
  const std::string cached = cache_folder.empty() ? "" : cached_path(path, cache_folder);
  const auto from_cache = [&](const std::atomic<bool>&) -> std::shared_ptr<const Trace> {
    std::optional<RunFile> kept = open_cached(cached);
    return kept ? std::make_shared<const Trace>(std::move(*kept), path) : nullptr;
  };
  if (!cached.empty()) {
    if (auto trace = patiently(progress, std::atomic<double>(0), "reading", from_cache)) return trace;
  }
  constexpr double kImported = 0.85, kKept = 0.95;  // of the time, as measured
  RunColumns run = import_json(*bytes_of_file(path), path, part_of(progress, 0, kImported));
  if (!cached.empty()) {
    const bool kept = patiently(
        progress, std::atomic<double>(kImported), "keeping",
        [&](const std::atomic<bool>& stop) { return keep_cached(run.view(), cached, [&] { return !stop; }); });
    if (kept) {
      // Mapped, its columns are the system's to keep in memory or not.
      run = {};
      if (auto trace = patiently(progress, std::atomic<double>(kKept), "adding up", from_cache)) return trace;
      run = import_json(*bytes_of_file(path), path, part_of(progress, 0, kImported));
    }
  }
  return patiently(progress, std::atomic<double>(kKept), "adding up",
                   [&](const std::atomic<bool>&) { return std::make_shared<const Trace>(std::move(run), path); });
}

/// By name; none is an error.
Traces open_folder(const std::string& asked, const fs::path& folder, const char* without, const Progress& progress) {
  std::vector<std::string> paths;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    if (entry->path().extension() == ".braid") paths.push_back(entry->path().string());
  }
  if (failed) throw Error(asked, "cannot be read: " + failed.message());
  if (paths.empty()) throw Error(asked, without);
  std::sort(paths.begin(), paths.end());
  Traces traces;
  const auto count = static_cast<double>(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto at = static_cast<double>(i);
    traces.push_back(open_run(paths[i], part_of(progress, at / count, (at + 1) / count)));
  }
  return traces;
}

}  // namespace

FileKind kind_of_file(const std::string& path) {
  std::error_code failed;
  if (fs::is_directory(path, failed)) return FileKind::folder;
  const FileKind kind = kind_of_bytes(head_of(path));
  return kind == FileKind::json_trace && path.ends_with(".braidview") ? FileKind::session : kind;
}

Traces open_traces(const std::string& path, const std::string& cache_folder, const Progress& progress) {
  switch (kind_of_file(path)) {
    case FileKind::run:
      return {open_run(path, progress)};
    case FileKind::json_trace:
      return {open_json(path, cache_folder, progress)};
    case FileKind::folder:
      return open_folder(path, path, "has no runs: there is no *.braid in it", progress);
    case FileKind::report:
      return open_folder(path, fs::absolute(path).parent_path(),
                         "is a report without its runs: no *.braid is beside it", progress);
    case FileKind::perfetto:
      throw Error(path, "is a trace for Perfetto (ui.perfetto.dev); the *.braid beside it opens here");
    case FileKind::sweep_store:
      throw Error(path,
                  "is a database, not a timeline; a sweep of Braid opens as points, a report of Nsight Systems "
                  "with: braid validate --trace");
    case FileKind::session:
      throw Error(path, "is a view that was kept, not a timeline; it opens the files that it names");
    case FileKind::scenario:
      throw Error(path, "is a scenario: play it first, with: braid simulate " + path + " --out FOLDER");
    case FileKind::unknown:
      break;
  }
  throw Error(path, "is nothing that Braid knows: no run, no Chrome trace, no report, sweep, view or scenario");
}

}  // namespace braid
