// Light, dark or as the system; the palette made from the tokens; the fonts and sizes everything is measured in.
// Switching is live: the tokens change first, then PaletteChange (and, for text size, FontChange) reaches each widget.
#pragma once

#include "ui/shell/tokens.h"

#include <QtCore/QObject>
#include <QtGui/QFont>
#include <QtGui/QPalette>

class QApplication;

namespace gatehouse::ui {

enum class ThemeChoice { System, Light, Dark, HighContrast };

class Theme final : public QObject {
    Q_OBJECT
public:
    // Installs style, palette and fonts on the application and lives as long as it does. Call once, before widgets.
    static Theme *install(QApplication &application);
    static Theme *instance(); // null before install

    ThemeChoice choice() const { return m_choice; }
    void setChoice(ThemeChoice choice);
    // From whatever is shown now to the other of light and dark (Ctrl+Shift+D).
    void toggle();
    bool isDark() const { return Tokens::current().dark; }

    // The text size as a factor of the system's (0.75 to 3).
    double textScale() const { return m_textScale; }
    void setTextScale(double scale);

    bool reducedMotion() const { return m_reducedMotion; }
    void setReducedMotion(bool reduced) { m_reducedMotion = reduced; }

    // Called when the desktop announced another theme (QEvent::ThemeChange of a top-level window).
    void systemThemeChanged();

Q_SIGNALS:
    void changed();

private:
    explicit Theme(QApplication &application);
    void apply();
    bool systemIsDark() const;

    ThemeChoice m_choice = ThemeChoice::System;
    QFont m_systemFont;
    QPalette m_systemPalette;
    double m_textScale = 1;
    bool m_reducedMotion = false;
};

QPalette paletteFor(const Tokens &tokens);

// The scale of type, from the base size b of the application's font.
enum class Type {
    Title, // 17/13 b, semibold: the object's name
    Section, // b, semibold: the head of a section
    Body, // b
    Strong, // b, medium: names, commands
    Control, // 12.5/13 b: controls and table text
    ControlStrong, // 12.5/13 b, semibold: names in lists
    Head, // 11.5/13 b, semibold: table heads, group heads
    Hint, // 11.5/13 b
    Wire, // monospace 12/13 b: what was or will be on the wire, live numbers, addresses, expressions
    WireSmall, // monospace 11/13 b: line numbers, counts beside a name
    WireLarge, // monospace 20/13 b: the number of a tile
};
QFont typeFont(Type type);
QFont typeFont(Type type, QFont::Weight weight);

// A measure of the design (drawn for a base font of 13 px) in pixels at the present text size.
int scaled(double designPixels);
// Milliseconds of an animation: `ms`, or 0 with reduced motion.
int motion(int ms);

// The baseline that puts capital letters of `font` into the middle of top..top+height. Texts of one row in several
// fonts drawn with it share their optical middle, which AlignVCenter does not give.
qreal centredBaseline(const QFont &font, qreal top, qreal height);

} // namespace gatehouse::ui
