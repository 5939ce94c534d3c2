// SPDX-License-Identifier: Apache-2.0
#include "sim/base/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/base/error.hpp"
#include "sim/base/gzip.hpp"

namespace braid {
namespace {

class TextBytes : public ByteSource {
 public:
  explicit TextBytes(std::string_view text) : text_(text) {}
  std::size_t read(char* to, std::size_t most) override {
    const std::size_t count = text_.copy(to, most, at_);
    at_ += count;
    return count;
  }
  double share() const override {
    return text_.empty() ? 1 : static_cast<double>(at_) / static_cast<double>(text_.size());
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

class FileBytes : public ByteSource {
 public:
  explicit FileBytes(const std::string& path) : path_(path) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would never return.
    file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file_ < 0) fail(errno);
    struct stat status {};
    const char* refused = nullptr;
    if (fstat(file_, &status) != 0) refused = "cannot be read";
    if (S_ISDIR(status.st_mode)) {
      refused = "is a folder";
    } else if (!S_ISREG(status.st_mode)) {
      refused = "is no file: pipes and devices are not read";
    } else if (status.st_size == 0) {
      refused = "is empty";
    }
    if (refused != nullptr) {
      close(file_);
      throw Error(path, refused);
    }
    size_ = static_cast<std::size_t>(status.st_size);
  }
  ~FileBytes() override { close(file_); }

  std::size_t read(char* to, std::size_t most) override {
    ssize_t count = 0;
    do { count = ::read(file_, to, most); } while (count < 0 && errno == EINTR);
    if (count < 0) fail(errno);
    at_ += static_cast<std::size_t>(count);
    return static_cast<std::size_t>(count);
  }
  void rewind() {
    if (lseek(file_, 0, SEEK_SET) != 0) fail(errno);
    at_ = 0;
  }
  double share() const override { return std::min(1.0, static_cast<double>(at_) / static_cast<double>(size_)); }

 private:
  [[noreturn]] void fail(int why) const { throw Error(path_, std::string("cannot be read: ") + std::strerror(why)); }

  std::string path_;
  int file_ = -1;
  std::size_t size_ = 1, at_ = 0;
};

class UnpackedBytes : public ByteSource {
 public:
  UnpackedBytes(std::unique_ptr<ByteSource> packed, const std::string& name)
      : packed_(std::move(packed)),
        gunzip_([this](char* to, std::size_t most) { return packed_->read(to, most); }, name) {}
  std::size_t read(char* to, std::size_t most) override { return gunzip_.read(to, most); }
  double share() const override { return packed_->share(); }

 private:
  std::unique_ptr<ByteSource> packed_;
  Gunzip gunzip_;
};

}  // namespace

std::unique_ptr<ByteSource> bytes_of_text(std::string_view text) { return std::make_unique<TextBytes>(text); }

std::unique_ptr<ByteSource> bytes_of_file(const std::string& path) {
  auto file = std::make_unique<FileBytes>(path);
  char magic[2];
  const std::size_t count = file->read(magic, sizeof(magic));
  file->rewind();
  if (!is_gzip({magic, count})) return file;
  return std::make_unique<UnpackedBytes>(std::move(file), path);
}

std::string first_bytes(const std::string& path, std::size_t most) {
  FileBytes file(path);
  std::string bytes(most, '\0');
  bytes.resize(file.read(bytes.data(), most));
  return bytes;
}

bool is_sqlite(std::string_view bytes) { return bytes.starts_with(std::string_view("SQLite format 3\0", 16)); }

}  // namespace braid
