// SPDX-License-Identifier: Apache-2.0
#include "sim/report/html_parts.hpp"

#include <fmt/format.h>

#include "sim/report/html.hpp"
#include "sim/report/strokes.hpp"
#include "sim/report/svg.hpp"

namespace braid {

std::string html_begin(std::string_view title, std::string_view more_style) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><title>{} - "
      "braid</title><style>{}{}</style></head><body><main>\n",
      escaped(title), html_style(), more_style);
}

std::string html_end(std::string_view footer) {
  return fmt::format("<footer>{}</footer></main><script>{}</script></body></html>\n", escaped(footer), html_script());
}

std::string table_head(const std::vector<TableColumn>& columns) {
  std::string text = "<thead><tr>";
  for (const TableColumn& column : columns) {
    text += column.meaning.empty()
                ? fmt::format("<th>{}</th>", escaped(column.name))
                : fmt::format("<th title=\"{}\">{}</th>", escaped(column.meaning), escaped(column.name));
  }
  return text + "</tr></thead>";
}

std::string table_cell(std::string_view text, std::string_view css_class) {
  if (css_class.empty()) return "<td>" + escaped(text) + "</td>";
  return fmt::format("<td class=\"{}\">{}</td>", escaped(css_class), escaped(text));
}

std::string card(std::string_view figure, std::string_view what) {
  return fmt::format("<div class=\"card\"><b>{}</b><span>{}</span></div>", escaped(figure), escaped(what));
}

std::string legend_entry(std::string_view variable, std::string_view name) {
  return fmt::format("<span><i style=\"background:var(--{})\"></i>{}</span>", escaped(variable), escaped(name));
}

std::string timeline_legend() {
  std::string text = "<div class=\"legend\">";
  for (const Paint paint : {Paint::F, Paint::B, Paint::I, Paint::W, Paint::braid, Paint::recompute, Paint::optimizer}) {
    text += legend_entry(to_text(paint), to_text(paint));
  }
  text += "</div><div class=\"legend\">";
  for (std::size_t c = 0; c < kCauses; ++c) {
    const auto cause = static_cast<Cause>(c);
    text += legend_entry(to_text(cause), meaning_of(cause));
  }
  return text + "</div>\n";
}

std::string time_legend() {
  std::string text =
      "<div class=\"legend\">" + legend_entry("busy", "computing") + legend_entry("stretch", "stretched by contention");
  for (std::size_t c = 0; c < kCauses; ++c) {
    const char* cause = to_text(static_cast<Cause>(c));
    text += legend_entry(cause, cause);
  }
  return text + "</div>\n";
}

const char* meaning_of(Cause cause) {
  switch (cause) {
    case Cause::tp:
      return "tp: a tensor-parallel collective, or waiting for a peer in it";
    case Cause::pp_wait:
      return "pp_wait: another stage still runs";
    case Cause::pp_transfer:
      return "pp_transfer: bytes move between stages";
    case Cause::dp:
      return "dp: gradients or parameters between replicas";
    case Cause::offload:
      return "offload: copies to and from the host";
    case Cause::host:
      return "host: not launched yet";
    case Cause::warm_up:
      return "warm_up: before a rank's first op";
    case Cause::drain:
      return "drain: after its last op";
  }
  return "";
}

}  // namespace braid
