// SPDX-License-Identifier: Apache-2.0
// The two kinds of trouble: a user's mistake (Error, Issue) and a bug of ours (BRAID_CHECK).
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace braid {

/// One fault in something that a user wrote. `where` is "file:line:key" as far as it is known.
struct Issue {
  std::string where;
  std::string what;
  bool operator==(const Issue&) const = default;
};

/// A wrong file, flag or machine. Caught once in each main: one line on stderr, exit code 2.
class Error : public std::runtime_error {
 public:
  Error(std::string where, std::string what);
  /// Several faults of one input, joined by newlines; nothing may be lost on the way to the user.
  explicit Error(std::span<const Issue> issues);
};

/// Throws an Error with all of them if there are any.
void throw_if_any(std::span<const Issue> issues);

/// The entry of `known` that is spelt most like `word`, of several the first that begins like it; else the shortest
/// that `word` abbreviates ("mb" of "microbatches"); or empty if none is near enough to suggest.
std::string nearest_word(std::string_view word, std::span<const std::string> known);

[[noreturn]] void check_failed(const char* condition, const char* should_hold, const char* file, int line);

}  // namespace braid

/// On in every build; what a file can cause is an Error instead.
#define BRAID_CHECK(condition, should_hold) \
  ((condition) ? void(0) : ::braid::check_failed(#condition, should_hold, __FILE__, __LINE__))
