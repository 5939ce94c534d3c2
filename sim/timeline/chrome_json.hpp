// SPDX-License-Identifier: Apache-2.0
// Reads Chrome trace JSON: the object form, the bare list of events, torch.profiler's (Kineto), and our own
// (chrome_trace()). Format: "Trace Event Format" of the Chromium project; libkineto/src/output_json.cpp of
// pytorch/kineto.
//
// A file is parsed in pieces of a MiB, on two threads besides the caller's, so half a gigabyte takes seconds, its
// size has no limit but time, and whoever waits hears of it between pieces. Times are microseconds with three decimals,
// kept exactly.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/byte_source.hpp"

namespace braid {

struct ChromeArg {
  std::string_view key;
  std::string_view value;  ///< a JSON token as it stands: a number, "text" in its quotes; [ or { of what is larger
};

/// Texts are borrowed until the call that was given them returns. What the event does not have is empty.
struct ChromeEvent {
  char phase = 0;                        ///< X, B, E, M, C, s, t, f, ...; 0: none
  bool has_ts = false, has_dur = false;  ///< they are there, are numbers and fit
  bool encloses = false;                 ///< "bp": "e": an arrow ends at the slice around it, not at the next one
  std::int64_t ts = 0;                   ///< ns
  std::int64_t dur = 0;                  ///< ns
  std::string_view name, category;
  std::string_view pid, tid, id;  ///< numbers or texts, without quotes
  std::span<const ChromeArg> args;
};

struct ChromeFile {
  /// The file without its events: `{"traceEvents": [], "otherData": {...}}`, which is JSON; "[]" of a bare list.
  std::string rest;
  bool bare_list = false;
  std::uint64_t events = 0;
  std::uint64_t odd = 0;  ///< elements of the list that are no objects
  /// Where the file ends, if in the middle of an event or of the list: the last event may be missing, and more.
  std::optional<std::uint64_t> cut_at;
};

/// Gives the events in their order to `take`, many at a time. `go_on` is asked between pieces and answers whether to;
/// if not, the reader stops and what it returns is what was read.
/// Bytes that are no UTF-8 are read as question marks, and `"Process Group Description": ,` of some Kineto versions as
/// if there were a value.
/// Throws Error(file, ...) for text that is no JSON, with the position, and JSON without a list of events. A file that
/// was cut short gives all whole events that are in it, and says so in its result.
ChromeFile read_chrome_json(ByteSource& source, const std::string& file,
                            const std::function<void(std::span<const ChromeEvent>)>& take,
                            const std::function<bool()>& go_on = {});

/// What to say about a file that was cut where its reader wants it whole.
std::string cut_short_text(std::uint64_t at);

/// Microseconds as JSON writes them to nanoseconds, without a detour over a double as far as the digits go; false if
/// that is no number or does not fit.
bool parse_micros(std::string_view text, std::int64_t& nanoseconds);

/// The inside of a string token without escapes, or the token itself, without blanks behind it.
std::string_view bare_token(std::string_view token);
/// The text of a string token; the token itself if it is none.
std::string unescaped_token(std::string_view token);

}  // namespace braid
