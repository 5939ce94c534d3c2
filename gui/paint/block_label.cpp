// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/block_label.hpp"

#include <array>

#include "gui/paint/glyph_sheet.hpp"
#include "sim/timeline/tracks.hpp"

namespace braid {
namespace {

std::string_view next_word(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

bool is_numbered(std::string_view word, std::string_view what) {
  return word.size() > what.size() && word.starts_with(what) && word[what.size()] >= '0' && word[what.size()] <= '9';
}

/// "F12", "B3'": a pass and its microbatch, a prime for each later chunk.
bool is_pass(std::string_view word) {
  return word.size() > 1 && word[0] >= 'A' && word[0] <= 'Z' && is_numbered(word, word.substr(0, 1)) &&
         word.find_first_not_of("0123456789'", 1) == std::string_view::npos;
}

bool is_ours(std::string_view name) {
  while (!name.empty()) {
    const std::string_view word = next_word(name);
    if (is_numbered(word, "mb") || is_pass(word)) return true;
  }
  return false;
}

std::string_view abbreviated(std::string_view word) {
  if (word == "all_reduce") return "AR";
  if (word == "reduce_scatter") return "RS";
  if (word == "all_gather") return "AG";
  return word;
}

void name_of(const RunView& run, std::uint32_t span, std::string& out) {
  out.clear();
  if (!run.name.empty() && run.name[span] != kNoIndex) {
    out = run.name_at(run.name[span]);
  } else if (run.key.empty() || is_idle(run.category[span])) {
    out = to_text(run.category[span]);
    // The hatch says that it is idle.
    if (const std::size_t colon = out.find(": "); colon != std::string::npos) out.erase(0, colon + 2);
  } else {
    append_name(out, run.key[span]);
  }
}

}  // namespace

void label_form(std::string_view name, int form, std::string& out) {
  out.clear();
  if (form == 0) {
    out = name;
    return;
  }
  if (!is_ours(name)) return;
  bool first = true;  // of its half
  for (std::string_view word = next_word(name); !word.empty(); word = next_word(name)) {
    if (word == "+" || word == "&") {
      out += form == 1 ? " + " : " ";
      first = true;
    } else if (is_pass(word)) {
      if (form == 1) return out.clear();
      out += form == 2 ? word : word.substr(1);
    } else if (is_numbered(word, "mb")) {
      if (form == 1 && !first) out += ' ';
      out += word.substr(2);
      first = false;
    } else if (is_numbered(word, "chunk") || is_numbered(word, "layer") || word.starts_with('#')) {
      continue;
    } else if (form < 3 && (first || form == 1)) {
      if (!first) out += ' ';
      out += abbreviated(word);
      first = false;
    }
  }
}

void fitting_label(const RunView& run, std::uint32_t span, int room, const std::function<int(std::string_view)>& width,
                   std::string& out, std::string& spare) {
  name_of(run, span, spare);
  for (int form = 0; form < kLabelForms; ++form) {
    label_form(spare, form, out);
    if (!out.empty() && width(out) <= room) return;
  }
  out.clear();
  if (is_ours(spare) || is_idle(run.category[span])) return;
  const int dots = width(kEllipsis);
  constexpr std::size_t kFewest = 3;
  std::size_t fits = 0;
  for (int used = dots; fits < spare.size(); ++fits) {
    used += width(std::string_view(spare).substr(fits, 1));
    if (used > room) break;
  }
  // Not in the middle of a character.
  while (fits > 0 && (static_cast<unsigned char>(spare[fits]) & 0xc0) == 0x80) --fits;
  if (fits < kFewest) return;
  out.assign(spare, 0, fits);
  out += kEllipsis;
}

}  // namespace braid
