// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/csv_action.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "sim/schedule/located_check.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostDigits = 7;  // ten million microbatches are a slip
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kContainer = "OVERLAP_F_";

constexpr std::array<std::pair<std::string_view, CommType>, 7> kComms{{{"SEND_F", CommType::send_f},
                                                                       {"RECV_F", CommType::recv_f},
                                                                       {"SEND_B", CommType::send_b},
                                                                       {"RECV_B", CommType::recv_b},
                                                                       {"UNSHARD", CommType::unshard},
                                                                       {"RESHARD", CommType::reshard},
                                                                       {"REDUCE_GRAD", CommType::reduce_grad}}};
constexpr std::array<std::pair<std::string_view, ActionType>, 4> kPasses{
    {{"F", ActionType::F}, {"I", ActionType::I}, {"W", ActionType::W}, {"B", ActionType::B}}};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// An action in its three parts; the digits are not yet judged.
struct Parts {
  std::string_view stage;
  std::string_view type;
  std::string_view microbatch;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Parts split(std::string_view text) {
  std::size_t type = 0;
  while (type < text.size() && is_digit(text[type])) ++type;
  std::size_t microbatch = text.size();
  while (microbatch > type && is_digit(text[microbatch - 1])) --microbatch;
  return {text.substr(0, type), text.substr(type, microbatch - type), text.substr(microbatch)};
}

class CellParser {
 public:
  CellParser(std::string_view text, const std::string& where) : text_(trimmed(text)), where_(where) {}

  CsvCell parse() const {
    if (text_.empty()) return {};
    if (text_.front() == '(') return {.compute = container(), .comm = {}};
    const Parts parts = split(text_);
    for (const auto& [word, type] : kComms) {
      if (parts.type == word) return {.compute = {}, .comm = comm(parts, type)};
    }
    return {.compute = {{pass(text_)}}, .comm = {}};
  }

 private:
  [[noreturn]] void fail(std::string_view part) const {
    throw Error(where_, fmt::format("'{}' is not an action; write <stage><F|I|W|B><microbatch> such as 0F3, or a braid "
                                    "such as (0F8;7B0)OVERLAP_F_B",
                                    part));
  }

  int number(std::string_view digits, std::string_view part) const {
    if (digits.empty()) fail(part);
    if (digits.size() > kMostDigits) throw Error(where_, fmt::format("'{}': the number {} is too large", part, digits));
    int value = 0;
    for (const char c : digits) value = 10 * value + (c - '0');
    return value;
  }

  Action pass(std::string_view part) const {
    const Parts parts = split(part);
    for (const auto& [word, type] : kPasses) {
      if (parts.type == word) {
        return {.type = type, .stage = number(parts.stage, part), .microbatch = number(parts.microbatch, part)};
      }
    }
    fail(part);
  }

  CommAction comm(const Parts& parts, CommType type) const {
    if (is_message(type)) {
      return {.type = type, .stage = number(parts.stage, text_), .microbatch = number(parts.microbatch, text_)};
    }
    if (!parts.microbatch.empty()) throw Error(where_, fmt::format("'{}' takes no microbatch", text_));
    return {.type = type, .stage = number(parts.stage, text_), .microbatch = 0};
  }

  Cell container() const {
    const std::size_t close = text_.find(')');
    if (close == std::string_view::npos) throw Error(where_, fmt::format("'{}': the ( is never closed", text_));
    const std::string_view inner = text_.substr(1, close - 1);
    const std::string_view kind = text_.substr(close + 1);
    const std::size_t semicolon = inner.find(';');
    if (semicolon == std::string_view::npos || inner.find(';', semicolon + 1) != std::string_view::npos) {
      throw Error(where_, fmt::format("'{}': a braid has two actions, parted by one ;", text_));
    }
    Cell cell{{pass(trimmed(inner.substr(0, semicolon))), pass(trimmed(inner.substr(semicolon + 1)))}};
    if (!kind.starts_with(kContainer) || kind.size() != kContainer.size() + 1 ||
        std::string_view("BWF").find(kind.back()) == std::string_view::npos) {
      throw Error(where_, fmt::format("'{}': behind ) stands OVERLAP_F_B, OVERLAP_F_W or OVERLAP_F_F", text_));
    }
    if (cell.actions[0].type != ActionType::F) {
      throw Error(where_, fmt::format("'{}': the first action of a braid is its forward", text_));
    }
    if (csv_text(cell).back() != kind.back()) {
      throw Error(where_, fmt::format("'{}': {} with {} is not an OVERLAP_F_{}", text_, to_text(cell.actions[0]),
                                      to_text(cell.actions[1]), kind.back()));
    }
    return cell;
  }

  std::string_view text_;
  const std::string& where_;
};

}  // namespace

std::string to_text(const CommAction& action) {
  const std::string_view word = kComms[static_cast<std::size_t>(action.type)].first;
  if (!is_message(action.type)) return fmt::format("{}{}", action.stage, word);
  return fmt::format("{}{}{}", action.stage, word, action.microbatch);
}

CommAction partner_of(const CommAction& message) {
  switch (message.type) {
    case CommType::send_f:
      return {.type = CommType::recv_f, .stage = message.stage + 1, .microbatch = message.microbatch};
    case CommType::recv_f:
      return {.type = CommType::send_f, .stage = message.stage - 1, .microbatch = message.microbatch};
    case CommType::send_b:
      return {.type = CommType::recv_b, .stage = message.stage - 1, .microbatch = message.microbatch};
    case CommType::recv_b:
      return {.type = CommType::send_b, .stage = message.stage + 1, .microbatch = message.microbatch};
    default:
      break;
  }
  BRAID_CHECK(is_message(message.type), "only messages have partners");
  return message;
}

CsvCell parse_cell(std::string_view text, const std::string& where) { return CellParser(text, where).parse(); }

std::string csv_text(const Cell& cell) {
  if (cell.empty()) return {};
  if (!cell.braided()) return to_text(cell.actions[0]);
  const ActionType second = cell.actions[1].type;
  const char kind = second == ActionType::F ? 'F' : second == ActionType::W ? 'W' : 'B';
  return fmt::format("({};{}){}{}", to_text(cell.actions[0]), to_text(cell.actions[1]), kContainer, kind);
}

}  // namespace braid
