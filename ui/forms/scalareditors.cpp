#include "ui/forms/scalareditors.h"

#include "gateway/schema/emit.h"
#include "gateway/schema/yaml.h"
#include "ui/forms/secretrow.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"

#include <QtCore/QSignalBlocker>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>

namespace gatehouse::ui {

namespace {
constexpr double controlHeight = 28;

QHBoxLayout *rowOf(QWidget *parent)
{
    auto *row = new QHBoxLayout(parent);
    row->setContentsMargins({});
    row->setSpacing(scaled(6));
    return row;
}

// The default of the shape's field, or what such a value looks like.
QString placeholderOf(const schema::Shape &shape, const schema::Field *field)
{
    if (field && !field->defaultText.empty())
        return QString::fromStdString(field->defaultText);
    if (field && field->defaultNode && field->defaultNode->isScalar())
        return QString::fromStdString(field->defaultNode->text);
    return QString::fromStdString(shape.placeholder());
}
} // namespace

QLineEdit *formLine(const QString &accessibleName, bool wire, QWidget *parent)
{
    auto *line = new QLineEdit(parent);
    line->setAccessibleName(accessibleName);
    line->setFont(typeFont(wire ? Type::Wire : Type::Control));
    line->setFixedHeight(scaled(controlHeight));
    return line;
}

void setLineText(QLineEdit *line, const QString &text)
{
    if (line->text() == text)
        return;
    const QSignalBlocker quiet(line);
    const int caret = line->cursorPosition();
    line->setText(text);
    line->setCursorPosition(line->hasFocus() ? std::min<int>(caret, int(text.size())) : 0);
}

TextEditor::TextEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_line(formLine(label(), isWire(shape.kind()), this)), m_secret(new SecretRow(session, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(scaled(4));
    auto *row = new QHBoxLayout;
    row->setSpacing(scaled(6));
    row->addWidget(m_line);
    if (shape.kind() == schema::Kind::Secret || (field && field->secret)) {
        m_eye = iconButton(IconId::Eye, tr("Show %1").arg(label().toLower()), this);
        m_eye->setCheckable(true);
        connect(m_eye, &QToolButton::toggled, this, [this](bool on) {
            m_eye->setIcon(makeIcon(on ? IconId::EyeOff : IconId::Eye));
            maskIfSecret();
        });
        row->addWidget(m_eye);
    }
    column->addLayout(row);
    column->addWidget(m_secret);
    setFocusProxy(m_line);
    m_line->setPlaceholderText(placeholderOf(shape, field));
    connect(m_line, &QLineEdit::textEdited, this, [this](const QString &text) { typed(text); });
    connect(m_line, &QLineEdit::editingFinished, this, [this] { commit(); });
    read();
}

void TextEditor::read()
{
    const schema::Node *value = node();
    const QString text = value && value->isScalar() ? QString::fromStdString(value->text) : QString();
    if (m_eye && text != m_line->text())
        m_eye->setChecked(false); // another value is not shown because this one was
    setLineText(m_line, text);
    maskIfSecret();
}

void TextEditor::maskIfSecret()
{
    const bool masked = m_eye && !m_line->text().startsWith(QLatin1String("${"));
    m_line->setEchoMode(masked && !m_eye->isChecked() ? QLineEdit::Password : QLineEdit::Normal);
    if (m_eye)
        m_eye->setVisible(masked && !m_line->text().isEmpty());
    m_secret->setText(m_line->text());
}

void TextEditor::typed(const QString &text)
{
    const bool optional = !field() || !field()->required;
    if (text.isEmpty() && optional) {
        clear();
        Q_EMIT typedProblem({});
        return;
    }
    // Written whatever it is: the document says what is wrong with it, and the engine keeps the last good version.
    write(schema::nodeFromText(shape(), text.toStdString()));
    Q_EMIT typedProblem(QString::fromStdString(schema::checkText(shape(), text.toStdString())));
    maskIfSecret();
}

// What a switch gives away while it stands so; empty: nothing.
static QString dangerOf(const schema::Field *field, bool on)
{
    if (field && field->key == "expose" && on)
        return SwitchEditor::tr("Other machines can reach this listener.");
    if (field && field->key == "verify" && !on)
        return SwitchEditor::tr("Nobody checks who answers: anybody on the way can read and change everything.");
    return {};
}

SwitchEditor::SwitchEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_switch(new Switch(label(), this))
{
    auto *row = rowOf(this);
    row->addWidget(m_switch);
    if (!dangerOf(field, true).isEmpty() || !dangerOf(field, false).isEmpty()) {
        m_danger = new QLabel(this);
        m_danger->setObjectName(QStringLiteral("danger"));
        m_danger->setFont(typeFont(Type::Control));
        m_danger->setTextFormat(Qt::PlainText);
        m_danger->setWordWrap(true);
        row->addWidget(m_danger, 1);
    } else {
        row->addStretch();
    }
    setMinimumHeight(scaled(controlHeight));
    setFocusProxy(m_switch);
    m_switch->setCheckable(true);
    connect(m_switch, &QAbstractButton::clicked, this, [this](bool on) {
        if (on == defaultValue())
            clear();
        else
            write(schema::Node::scalar(on ? "true" : "false"));
        commit();
    });
    read();
}

bool SwitchEditor::defaultValue() const { return field() && field()->defaultNode && field()->defaultNode->text == "true"; }

void SwitchEditor::read()
{
    const QSignalBlocker quiet(m_switch);
    m_switch->setChecked(node() ? node()->text == "true" : defaultValue());
    if (m_danger) {
        m_danger->setText(dangerOf(field(), m_switch->isChecked()));
        QPalette red = palette();
        red.setColor(QPalette::WindowText, Tokens::current().hue(HueId::Server).text);
        m_danger->setPalette(red);
    }
}

ValueEditor::ValueEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_text(new QPlainTextEdit(this))
{
    rowOf(this)->addWidget(m_text);
    setFocusProxy(m_text);
    m_text->setFont(typeFont(Type::Wire));
    m_text->setAccessibleName(label());
    m_text->setTabChangesFocus(true);
    m_text->setMinimumHeight(scaled(96));
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] { typed(); });
    read();
}

void ValueEditor::read()
{
    if (m_text->hasFocus())
        return; // what is being typed may be spelt otherwise than we would
    m_reading = true;
    m_text->setPlainText(node() ? QString::fromStdString(schema::emitJson(*node(), 2)) : QString());
    m_reading = false;
}

void ValueEditor::typed()
{
    if (m_reading)
        return;
    const std::string text = m_text->toPlainText().toStdString();
    if (QString::fromStdString(text).trimmed().isEmpty()) {
        clear();
        Q_EMIT typedProblem({});
        return;
    }
    auto value = schema::parseYaml(text, 0, {});
    if (!value) {
        const schema::Problem &problem = value.error().front();
        Q_EMIT typedProblem(tr("Line %1: %2").arg(problem.line).arg(QString::fromStdString(problem.message)));
        return;
    }
    Q_EMIT typedProblem({});
    write(*value);
}

} // namespace gatehouse::ui
