#include "ui/forms/editor.h"

#include "ui/forms/choiceeditors.h"
#include "ui/forms/listeditors.h"
#include "ui/forms/mapeditor.h"
#include "ui/forms/recordform.h"
#include "ui/forms/scalareditors.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QSet>

#include <algorithm>
#include <map>

namespace gatehouse::ui {

namespace {

std::map<std::string, EditorFactory> &factories()
{
    static std::map<std::string, EditorFactory> all;
    return all;
}

QString translated(const std::string &source) { return source.empty() ? QString() : QCoreApplication::translate("shape", source.c_str()); }

// A record in which exactly one of all its keys stands: what a route leads to.
bool isOneKey(const schema::Shape &shape)
{
    return std::any_of(shape.constraints().begin(), shape.constraints().end(), [&](const schema::Constraint &c) {
        const auto built = std::count_if(shape.fields().begin(), shape.fields().end(), [](const schema::Field &f) { return !f.planned; });
        return c.type == schema::Constraint::Type::ExactlyOneOf && std::ptrdiff_t(c.keys.size()) >= built;
    });
}

} // namespace

Editor::Editor(Session &session, config::Location at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : QWidget(parent), m_session(session), m_at(std::move(at)), m_shape(shape), m_field(field)
{
    setFocusPolicy(Qt::NoFocus);
    if (field) {
        setAccessibleName(fieldLabel(*field));
        setToolTip(fieldHelp(*field));
    }
}

bool Editor::reveal(const schema::Path &path)
{
    if (!path.startsWith(m_at.path))
        return false;
    QWidget *target = focusProxy() ? focusProxy() : this;
    target->setFocus(Qt::OtherFocusReason);
    return true;
}

void Editor::moveTo(const config::Location &at)
{
    m_at = at;
    read();
}

QString Editor::label() const { return m_field ? fieldLabel(*m_field) : keyLabel(m_at.path.empty() || m_at.path.last().isIndex() ? m_shape.name() : m_at.path.last().key()); }

void Editor::write(const schema::Node &value)
{
    if (const schema::Node *now = node(); now && schema::sameValue(*now, value))
        return;
    if (auto result = m_session.edit(schema::Patch::replace(m_at.file, m_at.path, value), tr("Change %1").arg(label().toLower())); !result)
        Q_EMIT typedProblem(QString::fromStdString(result.error().text()));
}

void Editor::clear()
{
    if (!isSet())
        return;
    // The object itself (routes[3]) always stays.
    schema::Path root;
    for (const schema::Step &step : m_at.path.steps()) {
        root.push(step);
        if (step.isIndex())
            break;
    }
    if (auto result = m_session.edit(removal(m_session.document(), m_at, root), tr("Remove %1").arg(label().toLower())); !result)
        Q_EMIT typedProblem(QString::fromStdString(result.error().text()));
}

schema::Patch removal(const config::Document &document, const config::Location &at, const schema::Path &root)
{
    schema::Path path = at.path;
    while (path.size() > root.size() + 1) {
        const schema::Path above = path.parent();
        const schema::Node *parent = document.at({at.file, above, 0});
        const bool alone = parent && parent->isMap() && parent->members.size() == 1 && !above.last().isIndex();
        if (!alone)
            break;
        path = above;
    }
    return schema::Patch::remove(at.file, path);
}

void registerEditor(const std::string &shapeName, EditorFactory factory) { factories()[shapeName] = std::move(factory); }

Editor *makeEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
{
    if (const auto own = factories().find(shape.name()); own != factories().end())
        return own->second(session, at, shape, field, parent);
    switch (shape.kind()) {
    case schema::Kind::Boolean: return new SwitchEditor(session, at, shape, field, parent);
    case schema::Kind::Enum: return new ChoiceEditor(session, at, shape, field, parent);
    case schema::Kind::Reference: return new ReferenceEditor(session, at, shape, field, parent);
    case schema::Kind::Any: return new ValueEditor(session, at, shape, field, parent);
    case schema::Kind::Map: return new MapEditor(session, at, shape, field, parent);
    case schema::Kind::OneOf: return new AlternativesEditor(session, at, shape, field, parent);
    case schema::Kind::List:
        if (shape.item()->name() == "method")
            return new MethodsEditor(session, at, shape, field, parent);
        if (shape.item()->kind() == schema::Kind::Secret)
            return new ItemsEditor(session, at, shape, field, parent); // each masked and set by itself
        if (schema::isScalar(shape.item()->kind()) || shape.item()->kind() == schema::Kind::OneOf)
            return new TextListEditor(session, at, shape, field, parent);
        return new ItemsEditor(session, at, shape, field, parent);
    case schema::Kind::Record:
        if (isOneKey(shape))
            return new OneKeyEditor(session, at, shape, field, parent);
        return new RecordForm(session, at, shape, field, parent);
    default: return new TextEditor(session, at, shape, field, parent);
    }
}

QString keyLabel(const std::string &key)
{
    QStringList words = QString::fromStdString(key).split(QLatin1Char('-'));
    static const QSet<QString> initials{QStringLiteral("url"), QStringLiteral("ip"), QStringLiteral("id"), QStringLiteral("json"), QStringLiteral("http"), QStringLiteral("tls")};
    for (QString &word : words)
        if (initials.contains(word))
            word = word.toUpper();
    QString text = words.join(QLatin1Char(' '));
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

QString fieldLabel(const schema::Field &field) { return field.label.empty() ? keyLabel(field.key) : translated(field.label); }
QString fieldHelp(const schema::Field &field) { return translated(field.help); }

bool isWire(schema::Kind kind)
{
    switch (kind) {
    case schema::Kind::Boolean:
    case schema::Kind::Enum:
    case schema::Kind::Reference: return false;
    default: return true;
    }
}

} // namespace gatehouse::ui
