// SPDX-License-Identifier: Apache-2.0
#include "gui/view/message_bar.hpp"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace braid {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent),
      line_(new QLabel(this)),
      rest_(new QLabel(this)),
      details_(new QToolButton(this)),
      offer_(new QToolButton(this)) {
  setObjectName(QStringLiteral("message_bar"));
  setFrameShape(QFrame::NoFrame);
  setAutoFillBackground(true);
  setStyleSheet(
      QStringLiteral("#message_bar { background: #fff1cc; border-bottom: 1px solid #d9a400; }"
                     "#message_bar QLabel { color: #3a2d00; }"
                     "#message_bar QToolButton { color: #3a2d00; }"));
  auto* icon = new QLabel(this);
  icon->setPixmap(style()->standardIcon(QStyle::SP_MessageBoxWarning).pixmap(16, 16));
  auto* close = new QToolButton(this);
  close->setText(QStringLiteral("\u2715"));
  close->setToolTip(tr("Close this message"));
  for (QToolButton* button : {close, details_, offer_}) {
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::NoFocus);
  }
  details_->setText(tr("Details"));
  details_->setCheckable(true);
  for (QLabel* label : {line_, rest_}) {
    label->setTextFormat(Qt::PlainText);  // names of files may look like HTML
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setWordWrap(true);
  }
  auto* top = new QHBoxLayout;
  top->addWidget(icon);
  top->addWidget(line_, 1);
  top->addWidget(offer_);
  top->addWidget(details_);
  top->addWidget(close);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(10, 4, 6, 4);
  all->setSpacing(2);
  all->addLayout(top);
  all->addWidget(rest_);
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  connect(details_, &QToolButton::toggled, rest_, &QWidget::setVisible);
  connect(offer_, &QToolButton::clicked, this, [this] {
    hide();
    emit accepted();
  });
  hide();
}

void MessageBar::put(const QString& text) {
  text_ = text;
  const qsizetype end = text.indexOf(u'\n');
  line_->setText(text.left(end < 0 ? text.size() : end));
  rest_->setText(end < 0 ? QString() : text.mid(end + 1));
  details_->setVisible(end >= 0);
  details_->setChecked(false);
  rest_->hide();
  show();
}

void MessageBar::show_message(const QString& text) {
  offer_->hide();
  put(text);
}

void MessageBar::offer(const QString& text, const QString& button) {
  offer_->setText(button);
  offer_->show();
  put(text);
}

LoadBar::LoadBar(QWidget* parent) : QFrame(parent), label_(new QLabel(this)), bar_(new QProgressBar(this)) {
  setObjectName(QStringLiteral("load_bar"));
  label_->setTextFormat(Qt::PlainText);
  bar_->setRange(0, 1000);
  bar_->setTextVisible(false);
  bar_->setFixedWidth(260);
  bar_->setMaximumHeight(14);
  auto* cancel = new QToolButton(this);
  cancel->setText(tr("Cancel"));
  cancel->setObjectName(QStringLiteral("cancel_load"));
  auto* line = new QHBoxLayout(this);
  line->setContentsMargins(10, 4, 6, 4);
  line->addWidget(label_, 1);
  line->addWidget(bar_);
  line->addWidget(cancel);
  connect(cancel, &QToolButton::clicked, this, &LoadBar::cancel_wanted);
  hide();
}

void LoadBar::start(const QString& path) {
  path_ = QFileInfo(path).fileName();
  label_->setText(tr("opening %1").arg(path_));
  bar_->setValue(0);
  show();
}

void LoadBar::progress(double share, const QString& what) {
  label_->setText(tr("opening %1: %2").arg(path_, what));
  bar_->setValue(static_cast<int>(share * 1000));
}

}  // namespace braid
