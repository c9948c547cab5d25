// Settings of the open folder's trust: what it was granted and what is held back, each with its place, and the way to change that.
#pragma once

#include <QtWidgets/QWidget>

namespace gatehouse::ui {

class Navigator;
class Session;

// Hidden while the folder asks for nothing.
QWidget *makeTrustSection(Session &session, Navigator *navigator, QWidget *parent);

} // namespace gatehouse::ui
