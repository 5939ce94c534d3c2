// SPDX-License-Identifier: Apache-2.0
// Cuts the text of a Chrome trace into pieces of whole events, so that a file of any size is parsed piece by piece.
//
// Only brackets, quotes and commas are looked at; whether a piece is JSON is for its parser to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/base/byte_source.hpp"

namespace braid {

struct EventPiece {
  std::string text;          ///< a JSON array of the events
  std::uint64_t offset = 0;  ///< of the text's second byte in the file
};

class EventPieces {
 public:
  /// Borrows both. Throws Error(file, ...) if what comes is no JSON, as next() does.
  EventPieces(ByteSource& source, const std::string& file);

  /// The next piece, about a MiB; false if there is no more. Throws Error(file, ...) for brackets that do not match and
  /// for an event, or all of the file beside the events, that is larger than 256 MiB.
  bool next(EventPiece& piece);

  // Once next() has returned false:
  bool bare_list() const { return bare_list_; }    ///< the file is an array of events, not an object
  bool has_events() const { return has_events_; }  ///< there is an array of events, perhaps an empty one
  /// The file without its events: `{"traceEvents": [], ...}`; "[]" of a bare list.
  const std::string& rest() const { return rest_; }
  /// Where the file ends, if that is in the middle of an event or of the list. A bare list may end without its ].
  std::optional<std::uint64_t> cut_at() const { return cut_at_; }

 private:
  enum class Where { outside, events, end };

  bool refill();
  void begin();
  void outside();
  bool events(EventPiece& piece);
  bool emit(EventPiece& piece, std::size_t until);
  bool cut_events(EventPiece& piece);
  void finish_rest();

  ByteSource& source_;
  const std::string& file_;
  std::string buffer_;
  std::size_t at_ = 0;         ///< next byte of the buffer to look at
  std::size_t first_ = 0;      ///< of the piece that is being collected
  std::size_t next_ = 0;       ///< of the event that is being looked at
  std::uint64_t dropped_ = 0;  ///< bytes of the file before the buffer
  Where where_ = Where::outside;
  std::int64_t depth_ = 0;  ///< of brackets: below the top, or below the list of events
  bool in_string_ = false, escaped_ = false;
  bool bare_list_ = false, has_events_ = false;
  std::string rest_;
  std::size_t string_at_ = 0;   ///< in rest_, where the last string at the top began
  bool is_key_ = false;         ///< nothing but a colon came since that string ended with "traceEvents"
  std::size_t whole_rest_ = 0;  ///< of rest_, up to the end of the last list of events
  std::optional<std::uint64_t> cut_at_;
};

}  // namespace braid
