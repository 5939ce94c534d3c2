// SPDX-License-Identifier: Apache-2.0
// A file of named columns of fixed-size items that a reader takes into memory as they are: opening costs no parsing. Up
// to 64 MiB are copied, so that a program that has one open survives others writing over it (cp does, Braid does not);
// larger ones are mapped.
//
// Layout (little-endian): a header of 64 bytes (magic, format, kind, number of columns, size of the file), a table of
// 64 bytes a column (name, offset, count, bytes an item), then the columns, each at a multiple of 64. What the columns
// mean is the business of `kind`. The file is written beside its name and renamed, so a reader sees all of it or none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/base/error.hpp"

namespace braid {

class ColumnWriter {
 public:
  /// `kind` says what the columns mean, with its version: "braid.run/1"; at most 23 bytes.
  explicit ColumnWriter(std::string kind) : kind_(std::move(kind)) {}

  /// Borrows the items until write(). A name has at most 23 bytes and is there once.
  template <typename T>
  void add(const std::string& name, std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    columns_.push_back({name, std::as_bytes(items), sizeof(T)});
  }

  /// Throws Error(path, ...) if the file cannot be written; then there is no part of it. `go_on` is asked every few MB;
  /// if it says no there is no part of the file either, and the answer is false.
  bool write(const std::string& path, const std::function<bool()>& go_on = {}) const;

 private:
  struct Column {
    std::string name;
    std::span<const std::byte> bytes;
    std::size_t item = 1;
  };
  std::string kind_;
  std::vector<Column> columns_;
};

class ColumnFile {
 public:
  /// Throws Error(path, ...): cannot be read, is none, is cut short, is of another kind or of a newer version (a kind
  /// is "name/version"), or its table contradicts itself. What the columns hold is not looked at.
  ColumnFile(const std::string& path, std::string_view kind);
  ~ColumnFile();
  ColumnFile(ColumnFile&& other) noexcept;
  ColumnFile& operator=(ColumnFile&& other) noexcept;
  ColumnFile(const ColumnFile&) = delete;
  ColumnFile& operator=(const ColumnFile&) = delete;

  bool has(const std::string& name) const { return columns_.contains(name); }
  /// Empty if there is no such column. Throws Error(path, ...) if its items are of another size.
  template <typename T>
  std::span<const T> column(const std::string& name) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::span<const std::byte> bytes = find(name, sizeof(T));
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  std::string_view text(const std::string& name) const {
    const std::span<const char> chars = column<char>(name);
    return {chars.data(), chars.size()};
  }
  const std::string& path() const { return path_; }
  std::size_t bytes() const { return size_; }

 private:
  struct Place {
    std::size_t offset = 0, count = 0, item = 1;
  };
  void read_table(std::string_view kind);
  void release();
  std::span<const std::byte> find(const std::string& name, std::size_t item) const;

  std::string path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0, mapped_ = 0;
  std::map<std::string, Place> columns_;
};

/// Whether the bytes begin as a column file does.
bool is_column_file(std::string_view bytes);

}  // namespace braid
