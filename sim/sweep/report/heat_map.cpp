// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/heat_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "sim/report/svg.hpp"
#include "sim/sweep/report/plot.hpp"

namespace braid {
namespace {

constexpr double kCellWidth = 74, kCellHeight = 36, kLeft = 64, kTop = 40, kGap = 2;

struct Rgb {
  double r = 0, g = 0, b = 0;
};
/// Five points of cividis (Nunez, Anderton, Renslow 2018), made for people who tell few colours apart.
constexpr std::array<Rgb, 5> kCividis{{{0, 32, 77}, {65, 77, 107}, {124, 123, 120}, {187, 175, 113}, {255, 234, 70}}};

Rgb colour_at(double share) {
  const double at = std::clamp(share, 0.0, 1.0) * (kCividis.size() - 1);
  const auto i = std::min(static_cast<std::size_t>(at), kCividis.size() - 2);
  const double t = at - static_cast<double>(i);
  const Rgb &a = kCividis[i], &b = kCividis[i + 1];
  return {.r = a.r + t * (b.r - a.r), .g = a.g + t * (b.g - a.g), .b = a.b + t * (b.b - a.b)};
}

std::string hex(const Rgb& c) {
  return fmt::format("#{:02x}{:02x}{:02x}", static_cast<int>(c.r + 0.5), static_cast<int>(c.g + 0.5),
                     static_cast<int>(c.b + 0.5));
}

/// How much a state says of its cell.
int weight(CellState state) {
  switch (state) {
    case CellState::best:
      return 4;
    case CellState::not_fitting:
      return 3;
    case CellState::failed:
      return 2;
    case CellState::pruned:
      return 1;
    case CellState::none:
      break;
  }
  return 0;
}

CellState state_of(const Configuration& row) {
  if (row.status == ConfigurationStatus::pruned) return CellState::pruned;
  if (row.status == ConfigurationStatus::failed) return CellState::failed;
  return row.fits ? CellState::best : CellState::not_fitting;
}

void offer(const Survey& survey, HeatCell& cell, std::size_t row) {
  const CellState state = state_of(survey.rows[row]);
  const bool heavier = weight(state) > weight(cell.state);
  const bool better =
      state == cell.state && ((state == CellState::best && survey.speed[row] > survey.speed[cell.row]) ||
                              (state == CellState::not_fitting &&
                               survey.rows[row].peak_memory_bytes < survey.rows[cell.row].peak_memory_bytes));
  if (heavier || better) {
    cell.state = state;
    cell.row = row;
  }
  ++cell.count;
}

struct Scale {
  double low = 0, high = 0;
  double share(double value) const { return high > low ? (value - low) / (high - low) : 1; }
};

std::string cell_text(const Survey& survey, const HeatCell& cell) {
  switch (cell.state) {
    case CellState::best:
      return short_number(survey.speed[cell.row]);
    case CellState::not_fitting:
      return gb_text(survey.rows[cell.row].peak_memory_bytes);
    case CellState::pruned:
      return "pruned";
    case CellState::failed:
      return "failed";
    case CellState::none:
      break;
  }
  return "";
}

std::string cell_title(const Survey& survey, const HeatCell& cell, int tp, int pp) {
  const std::string place = fmt::format("TP {} x PP {}: {} configurations", tp, pp, cell.count);
  switch (cell.state) {
    case CellState::none:
      return fmt::format("TP {} x PP {}: no configuration", tp, pp);
    case CellState::best:
      return place + ", the best:\n" + long_name(survey, cell.row);
    case CellState::not_fitting:
      return place + ", none fits; the smallest:\n" + long_name(survey, cell.row);
    case CellState::pruned:
      return place + ", none played:\n" + long_name(survey, cell.row);
    case CellState::failed:
      return place + ", none played to its end:\n" + long_name(survey, cell.row);
  }
  return place;
}

const char* class_of(CellState state) {
  switch (state) {
    case CellState::not_fitting:
      return "cell big";
    case CellState::pruned:
      return "cell pruned";
    case CellState::failed:
      return "cell failed";
    default:
      return "cell empty";
  }
}

std::string map_svg(const Survey& survey, const HeatMap& map, const Scale& scale, const std::string& name) {
  const double width = kLeft + kCellWidth * static_cast<double>(map.pp.size()) + 8;
  const double height = kTop + kCellHeight * static_cast<double>(map.tp.size()) + 8;
  std::string text = fmt::format(
      "<figure><figcaption>{}</figcaption><svg class=\"heat\" viewBox=\"0 0 {} {}\" style=\"width:{}px\" "
      "role=\"img\" aria-label=\"Best tokens a second by TP and PP of {}\">\n",
      escaped(name), shortest(width), shortest(height), shortest(width), escaped(name));
  text += svg_text(kLeft, 14, "axis", "PP, pipeline ranks") + svg_text(4, 32, "axis", "TP");
  double best = 0;
  for (const auto& line : map.cells) {
    for (const HeatCell& cell : line) {
      if (cell.state == CellState::best) best = std::max(best, survey.speed[cell.row]);
    }
  }
  for (std::size_t p = 0; p < map.pp.size(); ++p) {
    text += svg_text(kLeft + kCellWidth * (static_cast<double>(p) + 0.5), 32, "tick x", std::to_string(map.pp[p]));
  }
  for (std::size_t t = 0; t < map.tp.size(); ++t) {
    const double y = kTop + kCellHeight * static_cast<double>(t);
    text += svg_text(kLeft - 10, y + kCellHeight * 0.62, "tick y", std::to_string(map.tp[t]));
    for (std::size_t p = 0; p < map.pp.size(); ++p) {
      const HeatCell& cell = map.cells[t][p];
      const double x = kLeft + kCellWidth * static_cast<double>(p);
      const Box box{.x = x, .y = y, .width = kCellWidth - kGap, .height = kCellHeight - kGap};
      const std::string title = cell_title(survey, cell, map.tp[t], map.pp[p]);
      std::string label_class = "in soft";
      if (cell.state == CellState::best) {
        const double share = scale.share(survey.speed[cell.row]);
        const bool is_best = survey.speed[cell.row] == best;
        text += fmt::format(
            "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"><title>{}</title></rect>",
            is_best ? "cell top" : "cell", shortest(box.x), shortest(box.y), shortest(box.width), shortest(box.height),
            hex(colour_at(share)), escaped(title));
        label_class = share > 0.5 ? "in dark" : "in light";
        if (is_best) label_class += " strong";
      } else {
        text += svg_rect(box, class_of(cell.state), title);
      }
      text += svg_text(x + (kCellWidth - kGap) / 2, y + kCellHeight * 0.6, label_class, cell_text(survey, cell)) + "\n";
    }
  }
  return text + "</svg></figure>\n";
}

std::string scale_svg(const Scale& scale) {
  std::string stops;
  for (std::size_t i = 0; i < kCividis.size(); ++i) {
    stops += fmt::format("<stop offset=\"{}\" stop-color=\"{}\"/>",
                         shortest(static_cast<double>(i) / (kCividis.size() - 1)), hex(kCividis[i]));
  }
  return fmt::format(
      "<div class=\"legend\"><span>{} tokens/s <svg class=\"scale\" viewBox=\"0 0 160 12\" width=\"160\" height=\"12\">"
      "<defs><linearGradient id=\"cividis\">{}</linearGradient></defs><rect width=\"160\" height=\"12\" "
      "fill=\"url(#cividis)\"/></svg> {} tokens/s</span><span><i class=\"big\"></i>does not fit: what the smallest "
      "needs</span><span><i class=\"pruned\"></i>pruned: never played</span><span><i class=\"failed\"></i>failed</span>"
      "<span>empty: not in the sweep</span></div>\n",
      short_number(scale.low), stops, short_number(scale.high));
}

}  // namespace

HeatMap heat_map(const Survey& survey, std::size_t run) {
  std::map<int, std::size_t> tp, pp;
  for (const Configuration& row : survey.rows) {
    tp.emplace(row.tp, 0);
    pp.emplace(row.pp, 0);
  }
  HeatMap map;
  for (auto& [value, at] : tp) {
    at = map.tp.size();
    map.tp.push_back(value);
  }
  for (auto& [value, at] : pp) {
    at = map.pp.size();
    map.pp.push_back(value);
  }
  map.cells.assign(map.tp.size(), std::vector<HeatCell>(map.pp.size()));
  for (std::size_t i = 0; i < survey.rows.size(); ++i) {
    if (survey.run_of[i] != run) continue;
    if (survey.rows[i].ok() && !(survey.speed[i] > 0)) continue;
    offer(survey, map.cells[tp[survey.rows[i].tp]][pp[survey.rows[i].pp]], i);
  }
  return map;
}

std::string heat_maps_svg(const Survey& survey, const std::vector<std::size_t>& runs) {
  std::vector<HeatMap> maps;
  Scale scale;
  for (const std::size_t run : runs) {
    maps.push_back(heat_map(survey, run));
    for (const auto& line : maps.back().cells) {
      for (const HeatCell& cell : line) {
        if (cell.state != CellState::best) continue;
        const double speed = survey.speed[cell.row];
        scale.low = scale.low > 0 ? std::min(scale.low, speed) : speed;
        scale.high = std::max(scale.high, speed);
      }
    }
  }
  std::string text = scale_svg(scale) + "<div class=\"maps\">\n";
  for (std::size_t i = 0; i < runs.size(); ++i) text += map_svg(survey, maps[i], scale, survey.runs[runs[i]]);
  return text + "</div>\n";
}

}  // namespace braid
