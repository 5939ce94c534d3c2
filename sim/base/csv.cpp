// SPDX-License-Identifier: Apache-2.0
#include "sim/base/csv.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/base/error.hpp"

namespace braid {
namespace {

/// Walks the text once; knows the line it is on, so that a fault can be named.
class Reader {
 public:
  Reader(std::string_view text, const std::string& name) : text_(text), name_(name) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  Csv read() {
    Csv csv{.name = name_, .comments = {}, .rows = {}};
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        csv.comments.push_back(comment());
      } else {
        csv.rows.push_back(row());
      }
    }
    const auto blank = [](const CsvRow& r) { return r.fields.size() == 1 && r.fields[0].empty(); };
    while (!csv.rows.empty() && blank(csv.rows.back())) csv.rows.pop_back();
    return csv;
  }

 private:
  bool line_end() {
    if (at_ < text_.size() && text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') {
      ++at_;
      ++line_;
      return true;
    }
    return at_ >= text_.size();
  }

  std::string comment() {
    std::size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos) end = text_.size();
    std::string_view line = text_.substr(at_ + 1, end - at_ - 1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at_ = end;
    line_end();
    return std::string(line);
  }

  CsvRow row() {
    CsvRow row{.line = line_, .fields = {}};
    while (true) {
      row.fields.push_back(field());
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (line_end()) return row;
      throw Error(name_ + ":" + std::to_string(line_),
                  "text behind a closing quote; write \"\" for a quote inside a field");
    }
  }

  std::string field() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    std::size_t end = at_;
    while (end < text_.size() && text_[end] != ',' && text_[end] != '\n') ++end;
    std::string value(text_.substr(at_, end - at_));
    const bool before_line_end = end >= text_.size() || text_[end] == '\n';
    if (before_line_end && value.ends_with('\r')) value.pop_back();
    at_ = end;
    return value;
  }

  std::string quoted() {
    const int opened = line_;
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
          ++at_;
          return value;
        }
        ++at_;
      } else if (text_[at_] == '\n') {
        ++line_;
      }
      value += text_[at_];
    }
    throw Error(name_ + ":" + std::to_string(opened), "a quote is opened here and never closed");
  }

  std::string_view text_;
  std::string name_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

Csv parse_csv(std::string_view text, const std::string& name) { return Reader(text, name).read(); }
Csv read_csv(const std::string& path) { return parse_csv(read_file(path), path); }

std::string read_file(const std::string& path) {
  if (std::filesystem::is_directory(path)) throw Error(path, "is a folder, not a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(path, std::string("cannot be read: ") + std::strerror(errno));
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

void write_file(const std::string& path, std::string_view bytes) {
  const std::string partial = path + ".partial";
  {
    std::ofstream out(partial, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out) {
      std::remove(partial.c_str());
      throw Error(path, std::string("cannot be written: ") + std::strerror(errno));
    }
  }
  std::error_code failed;
  std::filesystem::rename(partial, path, failed);
  if (failed) {
    std::remove(partial.c_str());
    throw Error(path, "cannot be written: " + failed.message());
  }
}

std::string csv_row(std::span<const std::string> fields) {
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += ',';
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      text += fields[i];
      continue;
    }
    text += '"';
    for (const char c : fields[i]) {
      if (c == '"') text += '"';
      text += c;
    }
    text += '"';
  }
  return text;
}

}  // namespace braid
