#include "ui/shell/theme.h"

#include "ui/shell/style.h"

#include <QtGui/QFontDatabase>
#include <QtGui/QFontInfo>
#include <QtGui/QFontMetricsF>
#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtWidgets/QApplication>
#include <QtWidgets/QToolTip>

namespace gatehouse::ui {
namespace {

Theme *theTheme = nullptr;

QString wireFamily()
{
    // PreferNoShaping keeps ligatures away, so a programming font is safe here.
    for (const auto *name : { u"JetBrains Mono", u"IBM Plex Mono", u"Cascadia Mono", u"Fira Mono" }) {
        const QString family = QString::fromUtf16(name);
        if (QFontDatabase::hasFamily(family))
            return family;
    }
    return QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
}

// What the desktop asks for; where it asks for nothing in particular (the generic name), the font of the design.
QFont systemFont()
{
    QFont font = QApplication::font();
    const bool generic = font.family().isEmpty() || font.family().startsWith(QStringLiteral("Sans"))
        || font.family() == QStringLiteral("DejaVu Sans");
    if (generic && QFontDatabase::hasFamily(QStringLiteral("Inter"))) {
        font.setFamily(QStringLiteral("Inter"));
        font.setPointSizeF(qMax(font.pointSizeF(), 9.75)); // 13 px
    }
    if (font.pointSizeF() <= 0) {
        const qreal dpi =
            QGuiApplication::primaryScreen() ? QGuiApplication::primaryScreen()->logicalDotsPerInchY() : 96;
        font.setPointSizeF(font.pixelSize() * 72.0 / dpi);
    }
    return font;
}

double basePixels()
{
    const qreal dpi = QGuiApplication::primaryScreen() ? QGuiApplication::primaryScreen()->logicalDotsPerInchY() : 96;
    const QFont font = QApplication::font();
    return font.pointSizeF() > 0 ? font.pointSizeF() * dpi / 72.0 : font.pixelSize();
}

struct TypeRow {
    Type type;
    double size; // of 13
    QFont::Weight weight;
    bool wire;
};

constexpr TypeRow types[] = {
    { Type::Title, 17, QFont::DemiBold, false },
    { Type::Section, 13, QFont::DemiBold, false },
    { Type::Body, 13, QFont::Normal, false },
    { Type::Strong, 13, QFont::Medium, false },
    { Type::Control, 12.5, QFont::Normal, false },
    { Type::ControlStrong, 12.5, QFont::DemiBold, false },
    { Type::Head, 11.5, QFont::DemiBold, false },
    { Type::Hint, 11.5, QFont::Normal, false },
    { Type::Wire, 12, QFont::Normal, true },
    { Type::WireSmall, 11, QFont::Normal, true },
    { Type::WireLarge, 20, QFont::Medium, true },
};

} // namespace

QPalette paletteFor(const Tokens &t)
{
    QPalette p;
    const QColor button = t.dark ? t.raised : t.surface;
    p.setColor(QPalette::Window, t.frame);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, t.sunken);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::Button, button);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.onAccent);
    p.setColor(QPalette::Highlight, t.selected);
    p.setColor(QPalette::HighlightedText, t.text);
    p.setColor(QPalette::Inactive, QPalette::Highlight, t.selectedOff);
    p.setColor(QPalette::Light, t.raised);
    p.setColor(QPalette::Midlight, t.line);
    p.setColor(QPalette::Mid, t.line2);
    p.setColor(QPalette::Dark, t.control);
    p.setColor(QPalette::Shadow, t.shadow);
    p.setColor(QPalette::PlaceholderText, t.text3);
    p.setColor(QPalette::Link, t.accentText);
    p.setColor(QPalette::LinkVisited, t.accentText);
    p.setColor(QPalette::ToolTipBase, t.raised);
    p.setColor(QPalette::ToolTipText, t.text);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText })
        p.setColor(QPalette::Disabled, role, t.text3);
    return p;
}

Theme::Theme(QApplication &application)
    : QObject(&application)
    , m_systemFont(systemFont())
    , m_systemPalette(QApplication::palette())
{
    QApplication::setStyle(new Style);
    apply();
}

Theme *Theme::install(QApplication &application)
{
    if (!theTheme) {
        theTheme = new Theme(application);
        connect(theTheme, &QObject::destroyed, &application, [] { theTheme = nullptr; });
    }
    return theTheme;
}

Theme *Theme::instance() { return theTheme; }

// Qt 6.4 has no colour scheme of its own: the desktop's palette tells, and GTK's name of a theme where there is one.
bool Theme::systemIsDark() const
{
    const QString gtk = qEnvironmentVariable("GTK_THEME");
    if (!gtk.isEmpty())
        return gtk.endsWith(QStringLiteral("dark"), Qt::CaseInsensitive);
    return m_systemPalette.color(QPalette::Window).lightness()
        < m_systemPalette.color(QPalette::WindowText).lightness();
}

void Theme::setChoice(ThemeChoice choice)
{
    if (m_choice == choice)
        return;
    m_choice = choice;
    apply();
}

void Theme::toggle() { setChoice(isDark() ? ThemeChoice::Light : ThemeChoice::Dark); }

void Theme::setTextScale(double scale)
{
    m_textScale = qBound(0.75, scale, 3.0);
    apply();
}

void Theme::systemThemeChanged()
{
    // Taking ours away for a moment is the only way to read the desktop's again.
    QApplication::setPalette(QPalette());
    m_systemPalette = QApplication::palette();
    apply();
}

void Theme::apply()
{
    const bool dark = m_choice == ThemeChoice::Dark || (m_choice != ThemeChoice::Light && systemIsDark());
    const bool high = m_choice == ThemeChoice::HighContrast;
    Tokens::setCurrent(
        high ? (dark ? Scheme::HighContrastDark : Scheme::HighContrastLight) : (dark ? Scheme::Dark : Scheme::Light));
    QFont base = m_systemFont;
    base.setPointSizeF(m_systemFont.pointSizeF() * m_textScale);
    if (QApplication::font() != base)
        QApplication::setFont(base);
    const QPalette palette = paletteFor(Tokens::current());
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    QToolTip::setFont(typeFont(Type::Control));
    Q_EMIT changed();
}

QFont typeFont(Type type)
{
    const TypeRow &row = types[static_cast<int>(type)];
    Q_ASSERT(row.type == type);
    QFont result = QApplication::font();
    const double smallest = 10.5 / 13;
    const double factor = qMax(row.size / 13, smallest);
    if (result.pointSizeF() > 0)
        result.setPointSizeF(result.pointSizeF() * factor);
    else
        result.setPixelSize(qRound(result.pixelSize() * factor));
    if (row.wire) {
        static const QString family = wireFamily();
        result.setFamily(family);
        result.setStyleHint(QFont::Monospace, QFont::StyleStrategy(QFont::PreferNoShaping | QFont::PreferAntialias));
    }
    result.setWeight(row.weight);
    return result;
}

QFont typeFont(Type type, QFont::Weight weight)
{
    QFont result = typeFont(type);
    result.setWeight(weight);
    return result;
}

int scaled(double designPixels) { return qRound(designPixels * basePixels() / 13); }

int motion(int ms) { return Theme::instance() && Theme::instance()->reducedMotion() ? 0 : ms; }

qreal centredBaseline(const QFont &font, qreal top, qreal height)
{
    return top + (height + QFontMetricsF(font).capHeight()) / 2;
}

} // namespace gatehouse::ui
