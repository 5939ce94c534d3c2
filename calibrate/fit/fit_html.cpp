// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "calibrate/fit/fit_report.hpp"

namespace braid {
namespace {

constexpr double kSide = 380, kEdge = 52;  ///< pixels of a picture and of its margin
constexpr double kMostError = 0.2;         ///< where the axes of errors end
/// Okabe and Ito's colours, which colour-blind people tell apart, and three that still differ from them.
constexpr std::array kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
                                 "#56b4e9", "#000000", "#999999", "#8c510a", "#5e3c99"};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

std::map<std::string, const char*> colours_of(const FitPart& part) {
  std::map<std::string, const char*> colours;
  for (const Residual& r : part.residuals) colours.emplace(r.kind, "");
  std::size_t i = 0;
  for (auto& [kind, colour] : colours) colour = kColours[i++ % kColours.size()];
  return colours;
}

double inside() { return kSide - kEdge - 20; }

std::string frame(const std::string& up, const std::string& across) {
  return fmt::format(
      "<svg viewBox='0 0 {0} {7}' width='{0}' height='{7}' role='img'><title>{1}</title>"
      "<text x='{2}' y='13'>{1}</text>"
      "<rect x='{2}' y='20' width='{3}' height='{3}' fill='none' stroke='#999'/>"
      "<text x='{4}' y='{5}' text-anchor='middle'>{6}</text>",
      kSide + 20, escaped(up), kEdge, inside(), kEdge + inside() / 2, 20 + inside() + 34, across, 20 + inside() + 44);
}

/// Measured across on a logarithmic axis, error up; what lies beyond the axis is drawn at its end.
std::string scatter(const FitPart& part) {
  double least = 1e300, most = 0;
  for (const Residual& r : part.residuals) {
    least = std::min(least, r.measured);
    most = std::max(most, r.measured);
  }
  const double low = std::log10(least), span = std::max(1e-9, std::log10(most) - low);
  const bool seconds = most < 1;  // the others are slowdowns
  std::string svg = frame("predicted over measured, less 1", seconds ? "measured, microseconds" : "measured slowdown");
  const auto up = [&](double error) {
    return 20 + inside() / 2 * (1 - std::clamp(error, -kMostError, kMostError) / kMostError);
  };
  for (const double e : {-0.2, -0.1, 0.0, 0.1, 0.2}) {
    svg += fmt::format(
        "<line x1='{0}' x2='{1}' y1='{2:.1f}' y2='{2:.1f}' stroke='{3}'/><text x='{4}' y='{5:.1f}' "
        "text-anchor='end'>{6:.0f} %</text>",
        kEdge, kEdge + inside(), up(e), e == 0 ? "#555" : "#ddd", kEdge - 4, up(e) + 4, 100 * e);
  }
  for (int i = 0; i <= 4; ++i) {
    const double value = std::pow(10, low + span * i / 4) * (seconds ? 1e6 : 1);
    svg += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle'>{:.{}f}</text>", kEdge + inside() * i / 4,
                       20 + inside() + 16, value, value < 10 ? 2 : 0);
  }
  const auto colours = colours_of(part);
  for (const Residual& r : part.residuals) {
    svg += fmt::format(
        "<circle cx='{:.1f}' cy='{:.1f}' r='2.2' fill='{}' fill-opacity='.55'><title>{}: {:+.1f} "
        "%</title></circle>",
        kEdge + inside() * (std::log10(r.measured) - low) / span, up(r.error()), colours.at(r.kind), escaped(r.shape),
        100 * r.error());
  }
  return svg + "</svg>";
}

/// Share of the rows within an error; the rows beyond the axis are what a line lacks to 100 %.
std::string cumulated(const FitPart& part) {
  std::string svg = frame("share of rows within the error", "absolute error, per cent");
  for (int i = 0; i <= 4; ++i) {
    svg += fmt::format(
        "<text x='{:.1f}' y='{:.1f}' text-anchor='middle'>{}</text><text x='{}' y='{:.1f}' "
        "text-anchor='end'>{} %</text>",
        kEdge + inside() * i / 4, 20 + inside() + 16, 5 * i, kEdge - 4, 24 + inside() * (1 - i / 4.0), 25 * i);
  }
  std::map<std::string, std::vector<double>> by_kind;
  for (const Residual& r : part.residuals) by_kind[r.kind].push_back(std::abs(r.error()));
  const auto colours = colours_of(part);
  for (auto& [kind, errors] : by_kind) {
    std::sort(errors.begin(), errors.end());
    std::string path = fmt::format("M{} {:.1f}", kEdge, 20 + inside());
    double share = 0;
    for (std::size_t i = 0; i < errors.size() && errors[i] <= kMostError; ++i) {
      share = static_cast<double>(i + 1) / static_cast<double>(errors.size());
      path += fmt::format("H{:.1f}V{:.1f}", kEdge + inside() * errors[i] / kMostError, 20 + inside() * (1 - share));
    }
    if (share < 1) path += fmt::format("H{:.1f}", kEdge + inside());
    svg += fmt::format("<path d='{}' fill='none' stroke='{}' stroke-width='1.5'/>", path, colours.at(kind));
  }
  return svg + "</svg>";
}

std::string errors_table(const FitPart& part) {
  std::string html =
      "<table><tr><th></th><th>rows</th><th>median</th><th>95th</th><th>mean</th><th>bias</th><th>worst</th><th>where"
      "</th></tr>";
  const auto colours = colours_of(part);
  for (const ErrorSummary& s : summaries(part.residuals, part.rivals)) {
    const auto colour = colours.find(s.kind);
    html += fmt::format(
        "<tr><td><span style='color:{}'>&#9632;</span> {}</td><td>{}</td><td>{:.2f} %</td><td>{:.2f} %</td><td>{:.2f} "
        "%</td><td>{:+.2f} %</td><td>{:+.1f} %</td><td>{}</td></tr>",
        colour == colours.end() ? "#fff" : colour->second, escaped(s.kind), s.count, 100 * s.median, 100 * s.p95,
        100 * s.mean, 100 * s.bias, 100 * s.worst, escaped(s.worst_at));
  }
  return html + "</table>";
}

}  // namespace

std::string fit_html(const FolderFit& fit) {
  std::string html = fmt::format(
      "<!doctype html><html lang='en'><meta charset='utf-8'><title>Fit of {0}</title><style>body{{font:14px "
      "system-ui,sans-serif;margin:2em;max-width:70em}}svg text{{font:11px "
      "system-ui,sans-serif}}table{{border-collapse:"
      "collapse}}td,th{{padding:.15em .7em;text-align:right;border-bottom:1px solid "
      "#ddd}}td:first-child,td:last-child{{"
      "text-align:left}}</style><h1>Fit of {0}</h1><p>Errors are of measurements that the fit that predicts them had "
      "not seen; below 0 the prediction is too fast. Colours of the pictures are those of the tables; a point at the "
      "upper or lower edge lies beyond it.</p>",
      escaped(fit.profile.gpu));
  for (const std::string& line : fit.profile.provenance) html += "<p>" + escaped(line) + "</p>";
  for (const FitPart& part : fit.parts) {
    html += fmt::format("<h2>{}</h2><p>{}</p>", escaped(part.name), escaped(part.how));
    if (!part.residuals.empty()) html += errors_table(part) + scatter(part) + cumulated(part);
    if (part.values.empty()) continue;
    html += "<table><tr><th>value</th><th></th></tr>";
    for (const auto& [name, value] : part.values)
      html += fmt::format("<tr><td>{}</td><td>{:.4g}</td></tr>", escaped(name), value);
    html += "</table>";
  }
  if (!fit.notes.empty()) html += "<h2>Notes</h2><ul>";
  for (const std::string& note : fit.notes) html += "<li>" + escaped(note) + "</li>";
  return html + (fit.notes.empty() ? "" : "</ul>") + "</html>\n";
}

}  // namespace braid
