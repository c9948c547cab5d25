// Precompiled for ui/: what nearly every file includes. Nothing may rely on it; each file names what it needs.
#pragma once
#include <QtCore/QAbstractItemModel>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QWidget>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
