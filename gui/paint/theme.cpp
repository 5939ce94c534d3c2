// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/theme.hpp"

#include <QFontDatabase>

namespace braid {
namespace {

QColor rgb(unsigned code) { return QColor::fromRgb(code); }

/// [Okabe08] "Color Universal Design": eight colours that all kinds of colour vision tell apart. I and W are kept apart
/// by hue, B has the hue of I; causes of idleness repeat hues of what is waited for, lighter, and are hatched.
constexpr unsigned kBlue = 0x0072b2, kSky = 0x56b4e9, kGreen = 0x009e73, kOrange = 0xe69f00, kVermillion = 0xd55e00,
                   kPurple = 0xcc79a7, kYellow = 0xf0e442;

void colour_blind_safe(std::array<QColor, kCategories>& c) {
  const auto put = [&](Category category, unsigned code) { c[static_cast<std::size_t>(category)] = rgb(code); };
  put(Category::forward, kBlue);
  put(Category::backward, kGreen);
  put(Category::input_grad, kSky);
  put(Category::weight_grad, kGreen);
  put(Category::recompute, 0x7a9cc6);
  put(Category::optimizer, 0x8c6bb1);
  put(Category::compute, 0x9aa5b1);
  put(Category::tp, kVermillion);
  put(Category::pp, kOrange);
  put(Category::dp, kPurple);
  put(Category::copy, kYellow);
  put(Category::host, 0x6b6b6b);
  put(Category::other, 0xb0b0b0);
}

/// F blue, B and I in teal and light blue, W green, as in the figures of [Qi24] and [STP25].
void papers(std::array<QColor, kCategories>& c) {
  colour_blind_safe(c);
  const auto put = [&](Category category, unsigned code) { c[static_cast<std::size_t>(category)] = rgb(code); };
  put(Category::forward, 0x4a7fe0);
  put(Category::backward, 0x35b0a8);
  put(Category::input_grad, 0x5fd0e0);
  put(Category::weight_grad, 0x63b94f);
}

void idle(std::array<QColor, kCategories>& c, Light light) {
  const auto lighter = [&](Category cause, Category of) {
    const QColor base = c[static_cast<std::size_t>(of)];
    c[static_cast<std::size_t>(cause)] = light == Light::day ? base.lighter(150) : base.darker(150);
  };
  lighter(Category::idle_tp, Category::tp);
  lighter(Category::idle_pp_wait, Category::pp);
  lighter(Category::idle_pp_transfer, Category::copy);
  lighter(Category::idle_dp, Category::dp);
  lighter(Category::idle_offload, Category::optimizer);
  lighter(Category::idle_host, Category::host);
  c[static_cast<std::size_t>(Category::idle_warm_up)] = rgb(light == Light::day ? 0xc9d3dd : 0x48535e);
  c[static_cast<std::size_t>(Category::idle_drain)] = rgb(light == Light::day ? 0xddd6c9 : 0x5e5648);
}

}  // namespace

QColor Theme::text_on(Category c) const {
  const QColor& on = category[static_cast<std::size_t>(c)];
  // Relative luminance of ITU-R BT.709.
  const double luminance = 0.2126 * on.redF() + 0.7152 * on.greenF() + 0.0722 * on.blueF();
  return luminance > 0.5 ? QColor(Qt::black) : QColor(Qt::white);
}

Theme theme(PaletteKind palette, Light light) {
  Theme t{.palette = palette, .light = light};
  palette == PaletteKind::papers ? papers(t.category) : colour_blind_safe(t.category);
  idle(t.category, light);
  const bool day = light == Light::day;
  t.background = rgb(day ? 0xffffff : 0x1b1e22);
  t.row_even = rgb(day ? 0xf7f8fa : 0x22262b);
  t.row_odd = rgb(day ? 0xffffff : 0x1e2226);
  t.grid = rgb(day ? 0xe1e5ea : 0x343a41);
  t.text = rgb(day ? 0x1c2126 : 0xe6e9ed);
  t.faint_text = rgb(day ? 0x68717b : 0x98a1ab);
  t.selection = rgb(day ? 0x111111 : 0xffffff);
  t.hover = rgb(day ? 0x444444 : 0xcccccc);
  t.flow = rgb(day ? 0x7a1fa2 : 0xd59bf6);
  t.critical = rgb(0xd00000);
  t.hit = rgb(day ? 0xff2d95 : 0xff7ac0);
  t.font = QFont(QStringLiteral("DejaVu Sans"));
  t.font.setPixelSize(11);
  return t;
}

}  // namespace braid
