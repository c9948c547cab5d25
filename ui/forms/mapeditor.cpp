#include "ui/forms/mapeditor.h"

#include "gateway/schema/emit.h"
#include "gateway/schema/yaml.h"
#include "ui/forms/listeditors.h"
#include "ui/forms/scalareditors.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"

#include <QtCore/QSignalBlocker>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace gatehouse::ui {

namespace {

// How a condition on a text is written: the key of the map, or a lone text for Equals.
enum How { Equals, Prefix, Suffix, Contains, Regex, OneOf, Present, Absent, IsNot, Rule };
constexpr const char *keys[] = {"equals", "prefix", "suffix", "contains", "regex", "one-of", "present", "present", "equals", ""};

How howOf(const schema::Node &node)
{
    if (node.isScalar())
        return Equals;
    if (node.members.size() == 2 && node.find("equals") && node.find("not") && node.find("not")->text == "true")
        return IsNot;
    if (node.members.size() != 1)
        return Rule;
    const std::string &key = node.members.front().key.text;
    if (key == "present")
        return node.members.front().value.text == "false" ? Absent : Present;
    for (int how = Equals; how <= OneOf; ++how)
        if (key == keys[how])
            return How(how);
    return Rule;
}

QString textOf(const schema::Node &node, How how)
{
    if (node.isScalar())
        return QString::fromStdString(node.text);
    if (how == Present || how == Absent)
        return {};
    if (how == Rule)
        return QString::fromStdString(schema::emitFlow(node));
    const schema::Node *value = node.find(keys[how]);
    if (value && value->isList()) {
        QStringList texts;
        for (const schema::Node &item : value->items)
            texts << QString::fromStdString(item.text);
        return TextListEditor::join(texts);
    }
    return value ? QString::fromStdString(value->text) : QString();
}

schema::Node flowMap(std::vector<std::pair<std::string, schema::Node>> members)
{
    schema::Node map = schema::Node::map(std::move(members));
    map.flow = true;
    return map;
}

schema::Node conditionOf(How how, const QString &text)
{
    const schema::Node value = schema::Node::string(text.toStdString());
    switch (how) {
    case Equals: return value;
    case Present: return flowMap({{"present", schema::Node::scalar("true")}});
    case Absent: return flowMap({{"present", schema::Node::scalar("false")}});
    case IsNot: return flowMap({{"equals", value}, {"not", schema::Node::scalar("true")}});
    case OneOf: {
        schema::Node list = schema::Node::list();
        list.flow = true;
        for (const QString &item : TextListEditor::split(text))
            list.items.push_back(schema::Node::string(item.toStdString()));
        return flowMap({{"one-of", list}});
    }
    case Rule: {
        auto parsed = schema::parseYaml(text.toStdString(), 0, {});
        return parsed ? *parsed : value;
    }
    default: return flowMap({{keys[how], value}});
    }
}

} // namespace

MapEditor::MapEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_rowsLayout(new QVBoxLayout), m_conditions(shape.item()->name() == "text-condition")
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(scaled(6));
    m_rowsLayout->setSpacing(scaled(6));
    layout->addLayout(m_rowsLayout);
    QPushButton *add = linkButton(tr("Add"), this);
    add->setAccessibleName(tr("Add to %1").arg(label().toLower()));
    layout->addWidget(add, 0, Qt::AlignLeading);
    connect(add, &QPushButton::clicked, this, [this] {
        if (m_rows.empty() || !m_rows.back().name->text().isEmpty())
            m_rows.push_back(makeRow());
        m_rows.back().name->setFocus();
    });
    read();
    if (m_rows.empty())
        m_rows.push_back(makeRow());
}

MapEditor::Row MapEditor::makeRow()
{
    Row row{};
    row.box = new QWidget(this);
    auto *layout = new QHBoxLayout(row.box);
    layout->setContentsMargins({});
    layout->setSpacing(scaled(6));
    row.name = formLine(tr("Name"), true, row.box);
    row.name->setPlaceholderText(tr("name"));
    row.value = formLine(tr("Value"), true, row.box);
    layout->addWidget(row.name, 3);
    if (m_conditions) {
        row.how = new QComboBox(row.box);
        row.how->setFixedHeight(scaled(28));
        row.how->setFont(typeFont(Type::Control));
        row.how->setAccessibleName(tr("How it is compared"));
        row.how->addItems({tr("equals"), tr("begins with"), tr("ends with"), tr("contains"), tr("matches"), tr("is one of"), tr("is present"), tr("is absent"),
                           tr("is not"), tr("by rule")});
        layout->addWidget(row.how, 2);
        connect(row.how, &QComboBox::activated, this, [this, box = row.box] {
            valueEdited(box);
            commit();
        });
    }
    layout->addWidget(row.value, 3);
    QToolButton *away = iconButton(IconId::Close, tr("Remove"), row.box);
    layout->addWidget(away);
    connect(row.name, &QLineEdit::editingFinished, this, [this, box = row.box] { nameEdited(box); });
    connect(row.value, &QLineEdit::textEdited, this, [this, box = row.box] { valueEdited(box); });
    connect(row.value, &QLineEdit::editingFinished, this, [this] { commit(); });
    connect(away, &QToolButton::clicked, this, [this, box = row.box] { removeRow(box); });
    m_rowsLayout->addWidget(row.box);
    return row;
}

const MapEditor::Row *MapEditor::rowOf(const QWidget *box) const
{
    const auto at = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row &row) { return row.box == box; });
    return at == m_rows.end() ? nullptr : &*at;
}

std::string MapEditor::keyOf(const QWidget *box) const
{
    const schema::Node *map = node();
    const auto index = size_t(rowOf(box) - m_rows.data());
    return map && index < map->members.size() ? map->members[index].key.text : std::string();
}

schema::Node MapEditor::valueOf(const Row &row) const
{
    if (row.how)
        return conditionOf(How(row.how->currentIndex()), row.value->text());
    return schema::nodeFromText(*shape().item(), row.value->text().toStdString());
}

void MapEditor::nameEdited(const QWidget *box)
{
    const Row *row = rowOf(box);
    const std::string before = keyOf(box), now = row->name->text().trimmed().toStdString();
    if (before == now || now.empty()) {
        if (now.empty() && !before.empty())
            removeRow(box);
        return;
    }
    if (const schema::Node *map = node(); map && map->find(now)) {
        setError(row->name, true);
        Q_EMIT typedProblem(tr("%1 is there already.").arg(row->name->text()));
        return;
    }
    setError(row->name, false);
    const std::string wrong = shape().keyShape() ? schema::checkText(*shape().keyShape(), now) : std::string();
    Q_EMIT typedProblem(QString::fromStdString(wrong));
    const schema::Patch patch = before.empty() ? schema::Patch::replace(at().file, pathOf(now), valueOf(*row)) : schema::Patch::move(at().file, pathOf(before), pathOf(now));
    if (auto result = session().edit(patch, before.empty() ? tr("Add %1").arg(row->name->text()) : tr("Rename %1").arg(QString::fromStdString(before))); !result)
        Q_EMIT typedProblem(QString::fromStdString(result.error().text()));
    commit();
}

void MapEditor::valueEdited(const QWidget *box)
{
    const Row *row = rowOf(box);
    if (row->how) {
        const int how = row->how->currentIndex();
        row->value->setEnabled(how != Present && how != Absent);
    }
    const std::string key = keyOf(box);
    if (key.empty())
        return; // written once it has a name
    (void)session().edit(schema::Patch::replace(at().file, pathOf(key), valueOf(*row)), tr("Change %1").arg(row->name->text()));
}

void MapEditor::removeRow(const QWidget *box)
{
    const std::string key = keyOf(box);
    if (key.empty()) {
        const auto at = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row &row) { return row.box == box; });
        at->box->hide();
        at->box->deleteLater();
        m_rows.erase(at);
        return;
    }
    if (node()->members.size() == 1)
        clear();
    else
        (void)session().edit(schema::Patch::remove(at().file, pathOf(key)), tr("Remove %1").arg(QString::fromStdString(key)));
    commit();
}

void MapEditor::readRow(Row &row, const schema::Member *member)
{
    if (!row.name->hasFocus())
        setLineText(row.name, QString::fromStdString(member->key.text));
    if (!row.how) {
        setLineText(row.value, QString::fromStdString(member->value.isScalar() ? member->value.text : schema::emitFlow(member->value)));
        return;
    }
    const How how = howOf(member->value);
    const QSignalBlocker quiet(row.how);
    // "by rule" stays chosen while what is typed happens to be a simple one.
    if (!(row.value->hasFocus() && row.how->currentIndex() == Rule)) {
        row.how->setCurrentIndex(how);
        if (!row.value->hasFocus())
            setLineText(row.value, textOf(member->value, how));
    }
    row.value->setEnabled(how != Present && how != Absent);
}

void MapEditor::read()
{
    const schema::Node *map = node();
    const size_t count = map && map->isMap() ? map->members.size() : 0;
    const bool spare = !m_rows.empty() && m_rows.back().name->hasFocus() && m_rows.size() > count;
    while (m_rows.size() > count + (spare ? 1 : 0)) {
        Row row = m_rows[count];
        row.box->hide();
        row.box->deleteLater();
        m_rows.erase(m_rows.begin() + std::ptrdiff_t(count));
    }
    while (m_rows.size() < count)
        m_rows.push_back(makeRow());
    for (size_t i = 0; i < count; ++i)
        readRow(m_rows[i], &map->members[i]);
}

bool MapEditor::reveal(const schema::Path &path)
{
    if (!path.startsWith(at().path))
        return false;
    const schema::Node *map = node();
    for (size_t i = 0; map && i < map->members.size() && i < m_rows.size(); ++i)
        if (path.startsWith(pathOf(map->members[i].key.text))) {
            m_rows[i].value->setFocus();
            return true;
        }
    if (!m_rows.empty())
        m_rows.front().name->setFocus();
    return true;
}

} // namespace gatehouse::ui
