// SPDX-License-Identifier: Apache-2.0
#include "gui/model/trace_cache.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <vector>

#include "sim/base/error.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

/// Of the importer: what it makes of a trace has changed if this has.
constexpr int kVersion = 2;
constexpr std::size_t kDigits = 16;

std::string hash_text(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  std::array<char, kDigits> digits;
  digits.fill('0');
  char last[kDigits];
  const auto end = std::to_chars(std::begin(last), std::end(last), hash, 16).ptr;
  std::copy(last, end, digits.end() - (end - last));
  return {digits.data(), digits.size()};
}

/// Whether a file of the folder is the cache's own to remove.
bool is_ours(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.find(".braid") != std::string::npos && name.size() > kDigits &&
         name.find_first_not_of("0123456789abcdef") == kDigits && name[kDigits] == '.';
}

void trim(const fs::path& kept, std::uintmax_t most) {
  struct Old {
    fs::path path;
    std::uintmax_t bytes = 0;
    fs::file_time_type used;
  };
  std::vector<Old> files;
  std::uintmax_t all = 0;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(kept.parent_path(), failed)) {
    if (!is_ours(entry.path()) || !entry.is_regular_file(failed)) continue;
    const Old file{.path = entry.path(), .bytes = entry.file_size(failed), .used = entry.last_write_time(failed)};
    if (failed) continue;
    all += file.bytes;
    if (file.path != kept) files.push_back(file);
  }
  std::sort(files.begin(), files.end(), [](const Old& a, const Old& b) { return a.used < b.used; });
  for (const Old& file : files) {
    if (all <= most) return;
    if (fs::remove(file.path, failed)) all -= file.bytes;
  }
}

}  // namespace

std::string cached_path(const std::string& path, const std::string& folder) {
  std::error_code failed;
  const fs::path whole = fs::canonical(path, failed);
  const std::uintmax_t size = failed ? 0 : fs::file_size(whole, failed);
  const fs::file_time_type time = failed ? fs::file_time_type() : fs::last_write_time(whole, failed);
  if (failed) throw Error(path, "cannot be read: " + failed.message());
  const std::string key = whole.string() + '\n' + std::to_string(size) + '\n' +
                          std::to_string(time.time_since_epoch().count()) + '\n' + std::to_string(kVersion);
  return (fs::path(folder) / (hash_text(key) + ".braid")).string();
}

std::optional<RunFile> open_cached(const std::string& cached) {
  std::error_code failed;
  if (!fs::exists(cached, failed)) return std::nullopt;
  try {
    RunFile file(cached);
    fs::last_write_time(cached, fs::file_time_type::clock::now(), failed);
    return file;
  } catch (const Error&) {
    fs::remove(cached, failed);
    return std::nullopt;
  }
}

bool keep_cached(const RunView& run, const std::string& cached, const std::function<bool()>& go_on,
                 std::uintmax_t most) {
  std::error_code failed;
  fs::create_directories(fs::path(cached).parent_path(), failed);
  if (failed) return false;
  // Another window may be writing the same run.
  const std::string mine = cached + "." + std::to_string(getpid());
  try {
    if (!write_run_file(run, mine, go_on)) return false;
  } catch (const Error&) { return false; }
  fs::rename(mine, cached, failed);
  if (failed) {
    std::error_code ignored;
    fs::remove(mine, ignored);
    return false;
  }
  trim(cached, most);
  return true;
}

}  // namespace braid
