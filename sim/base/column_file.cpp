// SPDX-License-Identifier: Apache-2.0
#include "sim/base/column_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace braid {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are mapped as they are");

constexpr std::string_view kMagic{"BRAIDCOL", 8};
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kAlign = 64;
constexpr std::size_t kNameBytes = 24;
constexpr std::size_t kPiece = std::size_t{4} << 20;
constexpr std::size_t kMostCopied = std::size_t{64} << 20;

struct Header {
  char magic[8];
  std::uint32_t format;
  std::uint32_t columns;
  std::uint64_t file_bytes;
  char kind[kNameBytes];
  char reserved[16];
};
static_assert(sizeof(Header) == 64);

struct Entry {
  char name[kNameBytes];
  std::uint64_t offset;
  std::uint64_t count;
  std::uint64_t item;
  char reserved[16];
};
static_assert(sizeof(Entry) == 64);

std::size_t aligned_up(std::size_t n) { return (n + kAlign - 1) / kAlign * kAlign; }

void copy_name(char (&to)[kNameBytes], const std::string& from) {
  BRAID_CHECK(from.size() < kNameBytes, "names of columns and kinds are short");
  std::memcpy(to, from.data(), from.size());
}

std::string name_in(const char (&field)[kNameBytes]) { return {field, strnlen(field, kNameBytes)}; }

/// Fills `to` from the file; `size` becomes less if the file has become shorter. Returns an errno, 0 if all went well.
int read_to(std::byte* to, int file, std::size_t& size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = read(file, to + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  size = done;
  return 0;
}

/// "braid.run/2" -> "braid.run" and 2; 0 without a number.
std::pair<std::string_view, int> parts_of(std::string_view kind) {
  const std::size_t slash = kind.rfind('/');
  if (slash == std::string_view::npos) return {kind, 0};
  int version = 0;
  std::from_chars(kind.data() + slash + 1, kind.data() + kind.size(), version);
  return {kind.substr(0, slash), version};
}

}  // namespace

bool is_column_file(std::string_view bytes) { return bytes.starts_with(kMagic); }

bool ColumnWriter::write(const std::string& path, const std::function<bool()>& go_on) const {
  Header header{};
  std::memcpy(header.magic, kMagic.data(), kMagic.size());
  header.format = kFormat;
  header.columns = static_cast<std::uint32_t>(columns_.size());
  copy_name(header.kind, kind_);
  std::vector<Entry> table;
  std::size_t at = sizeof(Header) + columns_.size() * sizeof(Entry);
  for (const Column& column : columns_) {
    Entry entry{};
    copy_name(entry.name, column.name);
    at = aligned_up(at);
    entry.offset = at;
    entry.item = column.item;
    entry.count = column.bytes.size() / column.item;
    at += column.bytes.size();
    table.push_back(entry);
  }
  header.file_bytes = at;

  const std::string partial = path + ".partial";
  bool stopped = false;
  {
    std::ofstream out(partial, std::ios::binary | std::ios::trunc);
    std::size_t written = 0;
    const auto put = [&](const void* data, std::size_t bytes) {
      for (std::size_t done = 0; done < bytes && !stopped;) {
        const std::size_t piece = std::min(bytes - done, kPiece);
        out.write(static_cast<const char*>(data) + done, static_cast<std::streamsize>(piece));
        done += piece;
        written += piece;
        stopped = go_on && !go_on();
      }
    };
    put(&header, sizeof(header));
    put(table.data(), table.size() * sizeof(Entry));
    constexpr char kZeros[kAlign] = {};
    for (std::size_t i = 0; i < columns_.size() && !stopped; ++i) {
      put(kZeros, table[i].offset - written);
      put(columns_[i].bytes.data(), columns_[i].bytes.size());
    }
    out.flush();
    if (!out) {
      const int why = errno;
      std::remove(partial.c_str());
      throw Error(path, std::string("cannot be written: ") + std::strerror(why));
    }
  }
  if (stopped) {
    std::remove(partial.c_str());
    return false;
  }
  std::error_code failed;
  std::filesystem::rename(partial, path, failed);
  if (failed) {
    std::remove(partial.c_str());
    throw Error(path, "cannot be written: " + failed.message());
  }
  return true;
}

ColumnFile::ColumnFile(const std::string& path, std::string_view kind) : path_(path) {
  // Without O_NONBLOCK, opening a pipe that nobody writes to would never return.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) throw Error(path, std::string("cannot be read: ") + std::strerror(errno));
  struct stat status {};
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(file);
    throw Error(path, "is no file");
  }
  size_ = mapped_ = static_cast<std::size_t>(status.st_size);
  if (size_ > 0) {
    const bool copied = size_ <= kMostCopied;
    void* pages = copied ? mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                         : mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    int why = pages == MAP_FAILED ? errno : 0;
    if (why == 0) data_ = static_cast<const std::byte*>(pages);
    if (why == 0 && copied) why = read_to(static_cast<std::byte*>(pages), file, size_);
    if (why != 0) {
      close(file);
      release();
      throw Error(path, std::string("cannot be read: ") + std::strerror(why));
    }
  }
  close(file);
  try {
    read_table(kind);
  } catch (...) {
    release();
    throw;
  }
}

ColumnFile::~ColumnFile() { release(); }

void ColumnFile::release() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), mapped_);
  data_ = nullptr;
}

ColumnFile::ColumnFile(ColumnFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, 0)),
      columns_(std::move(other.columns_)) {}

ColumnFile& ColumnFile::operator=(ColumnFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(mapped_, other.mapped_);
  std::swap(columns_, other.columns_);
  return *this;
}

void ColumnFile::read_table(std::string_view kind) {
  if (size_ == 0) throw Error(path_, "is empty");
  const std::string_view all(reinterpret_cast<const char*>(data_), size_);
  if (!is_column_file(all)) throw Error(path_, "is not a file of Braid's columns");
  if (size_ < sizeof(Header)) throw Error(path_, "is cut short");
  Header header;
  std::memcpy(&header, data_, sizeof(header));
  if (header.format > kFormat) {
    throw Error(path_, "was written by a newer Braid (file format " + std::to_string(header.format) +
                           "; this one reads " + std::to_string(kFormat) + ")");
  }
  const std::string found = name_in(header.kind);
  const auto [name, version] = parts_of(found);
  const auto [wanted, newest] = parts_of(kind);
  if (name != wanted) throw Error(path_, "holds " + found + ", not " + std::string(kind));
  if (version > newest)
    throw Error(path_, "was written by a newer Braid: it is " + found + ", this one reads " + std::string(kind));
  if (header.file_bytes > size_) {
    throw Error(
        path_, "is cut short: it has " + std::to_string(size_) + " of " + std::to_string(header.file_bytes) + " bytes");
  }
  const std::string damaged = "is damaged: its table of columns contradicts itself";
  if (header.columns > (size_ - sizeof(Header)) / sizeof(Entry)) throw Error(path_, damaged);
  for (std::uint32_t i = 0; i < header.columns; ++i) {
    Entry entry;
    std::memcpy(&entry, data_ + sizeof(Header) + i * sizeof(Entry), sizeof(entry));
    const bool inside = entry.item > 0 && entry.offset % kAlign == 0 && entry.offset <= size_ &&
                        entry.count <= (size_ - entry.offset) / entry.item;
    if (!inside || !columns_.try_emplace(name_in(entry.name), Place{entry.offset, entry.count, entry.item}).second) {
      throw Error(path_, damaged);
    }
  }
}

std::span<const std::byte> ColumnFile::find(const std::string& name, std::size_t item) const {
  const auto found = columns_.find(name);
  if (found == columns_.end()) return {};
  if (found->second.item != item) throw Error(path_, "is damaged: column " + name + " has items of another size");
  return {data_ + found->second.offset, found->second.count * item};
}

}  // namespace braid
