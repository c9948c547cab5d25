// Pictures of widgets for eyes: written below $GATEHOUSE_GRABS when that is set, so that they can be laid beside the design's.
#pragma once

#include <QtCore/QDir>
#include <QtCore/QString>
#include <QtGui/QFont>
#include <QtGui/QPixmap>
#include <QtWidgets/QApplication>
#include <QtWidgets/QWidget>

namespace gatehouse::test {

// The font of the pictures, before Theme::install(); text falls back to the system's where it is not installed.
inline void useDesignFont()
{
    QFont font(QStringLiteral("Inter"));
    font.setPointSizeF(9.75); // 13 px at 96 dpi
    QApplication::setFont(font);
}

inline QPixmap grab(QWidget &widget, const QString &name)
{
    QApplication::processEvents();
    const QPixmap picture = widget.grab();
    const QString folder = qEnvironmentVariable("GATEHOUSE_GRABS");
    if (!folder.isEmpty()) {
        QDir().mkpath(folder);
        const QString ratio = picture.devicePixelRatio() > 1 ? QStringLiteral("-2x") : QString();
        picture.save(folder + QLatin1Char('/') + name + ratio + QStringLiteral(".png"));
    }
    return picture;
}

} // namespace gatehouse::test
