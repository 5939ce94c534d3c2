// SPDX-License-Identifier: Apache-2.0
#include "sim/app/field_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "sim/base/gpus.hpp"

namespace braid {
namespace {

/// In the order of their first field.
std::vector<std::string> sections_of(std::span<const Field> fields) {
  std::vector<std::string> sections;
  for (const Field& field : fields) {
    if (std::find(sections.begin(), sections.end(), field.section) == sections.end()) sections.push_back(field.section);
  }
  return sections;
}

bool is_element(const std::string& section) { return section.ends_with(".0"); }

/// What stands over the section's keys in a file: "[plan]", "[[run]]".
std::string header_of(const std::string& section) {
  if (is_element(section)) return "[[" + section.substr(0, section.size() - 2) + "]]";
  return "[" + section + "]";
}

/// What the key that holds the section means.
std::string meaning_of(std::span<const Field> fields, const std::string& section) {
  const std::string holder = is_element(section) ? section.substr(0, section.size() - 2) : section;
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.path() == holder; });
  return found == fields.end() ? "" : found->what;
}

/// "whole number, 1 to 4096", or the words there are to choose from, each through `word`.
template <class Word>
std::string values_of(const Field& field, Word word) {
  if (field.choices.empty()) return field.range.empty() ? field.type : field.type + ", " + field.range;
  std::vector<std::string> words;
  for (const std::string& choice : field.choices) words.push_back(word(choice));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.replace(at, 1, "\\|");
  return text;
}

std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') text.front() = char(text.front() - 'a' + 'A');
  return text + ".";
}

}  // namespace

void write_fields_text(std::span<const Field> fields, std::ostream& out) {
  for (const Field& field : fields) {
    const std::string otherwise = field.fallback.empty() ? "" : "; default: " + field.fallback;
    out << fmt::format("{:<32} {} ({}{})\n", field.path(), field.what,
                       values_of(field, [](const std::string& word) { return '"' + word + '"'; }),
                       field.required ? "; required" : otherwise);
  }
}

void write_fields_json(std::span<const Field> fields, std::ostream& out) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Field& field : fields) {
    nlohmann::ordered_json one{{"path", field.path()}, {"section", field.section},   {"key", field.key},
                               {"type", field.type},   {"required", field.required}, {"what", field.what}};
    if (!field.fallback.empty()) one["default"] = field.fallback;
    if (!field.range.empty()) one["range"] = field.range;
    if (!field.choices.empty()) one["choices"] = field.choices;
    all.push_back(std::move(one));
  }
  out << all.dump(1) << '\n';
}

void write_fields_markdown(std::span<const Field> fields, std::ostream& out) {
  out << "# Scenario reference\n\n"
         "<!-- Written by `./run docs` from the code that reads scenarios (`braid list fields --markdown`): do not "
         "edit. -->\n\n"
         "Every key of a scenario file, as the code that reads it knows it; `braid list fields` prints the same. "
         "`braid init` writes a commented example. `--set` takes any of these by its dotted path: `--set plan.tp=4`, "
         "`--set run.0.p2p=batched`; of arrays 0 is the first element. A model file holds what `[model]` holds, a "
         "cluster file what `[cluster]` holds.\n\n"
         "A quantity is a string with its unit: time `s ms us ns`; size `B kB MB GB TB` (powers of 1000), `KiB MiB GiB "
         "TiB` (of 1024); bandwidth a size per second (`GB/s`) or `bit/s` to `Tbit/s`; compute rate `GFLOP/s`, "
         "`TFLOP/s`. A bare number is an error, so is an unknown key.\n";
  for (const std::string& section : sections_of(fields)) {
    out << (section.empty() ? "\n## The file itself\n" : fmt::format("\n## `{}`\n", header_of(section)));
    if (const std::string what = meaning_of(fields, section); !what.empty()) out << '\n' << sentence(what) << '\n';
    if (section == "cluster.gpu") {
      out << "\nKnown by name:";
      for (const Gpu& gpu : known_gpus()) out << fmt::format(" `{}`", gpu.name);
      out << ".\n";
    }
    out << "\n| key | what | values | default |\n| --- | --- | --- | --- |\n";
    for (const Field& field : fields) {
      if (field.section != section) continue;
      out << fmt::format("| `{}` | {} | {} | {} |\n", field.key, cell(field.what),
                         values_of(field, [](const std::string& word) { return '`' + word + '`'; }),
                         field.required ? "**required**" : cell(field.fallback));
    }
  }
}

}  // namespace braid
