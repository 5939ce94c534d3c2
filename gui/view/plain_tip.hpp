// SPDX-License-Identifier: Apache-2.0
// Tooltips of names from files. Qt takes a text that looks like HTML for HTML.
#pragma once

#include <QString>
#include <QTextDocument>

namespace braid {

/// Shown by a tooltip as it stands, whatever it looks like.
inline QString plain_tip(const QString& text) {
  return Qt::mightBeRichText(text) ? Qt::convertFromPlainText(text) : text;
}

}  // namespace braid
