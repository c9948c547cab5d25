#include "ui/forms/listeditors.h"

#include "ui/forms/choiceeditors.h"
#include "ui/forms/scalareditors.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

TextListEditor::TextListEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_line(formLine(label(), true, this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->addWidget(m_line);
    setFocusProxy(m_line);
    if (field && !field->defaultText.empty())
        m_line->setPlaceholderText(QString::fromStdString(field->defaultText));
    connect(m_line, &QLineEdit::textEdited, this, [this](const QString &text) { typed(text); });
    connect(m_line, &QLineEdit::editingFinished, this, [this] { commit(); });
    read();
}

QStringList TextListEditor::split(const QString &text)
{
    QStringList values;
    QString value;
    bool quoted = false;
    for (const QChar c : text) {
        if (c == QLatin1Char('"'))
            quoted = !quoted;
        else if (c == QLatin1Char(',') && !quoted)
            values << std::exchange(value, {}).trimmed();
        else
            value += c;
    }
    values << value.trimmed();
    values.removeAll(QString());
    return values;
}

QString TextListEditor::join(const QStringList &values)
{
    QStringList shown;
    for (const QString &value : values)
        shown << (value.contains(QLatin1Char(',')) ? QLatin1Char('"') + value + QLatin1Char('"') : value);
    return shown.join(QStringLiteral(", "));
}

void TextListEditor::read()
{
    QStringList values;
    if (const schema::Node *value = node()) {
        if (value->isScalar())
            values << QString::fromStdString(value->text);
        for (const schema::Node &item : value->items)
            values << QString::fromStdString(item.text);
    }
    if (split(m_line->text()) != values)
        setLineText(m_line, join(values));
}

void TextListEditor::typed(const QString &text)
{
    const QStringList values = split(text);
    if (values.isEmpty() && (!field() || !field()->required)) {
        clear();
        Q_EMIT typedProblem({});
        return;
    }
    schema::Node list = schema::Node::list();
    list.flow = true;
    QString problem;
    for (const QString &value : values) {
        list.items.push_back(schema::nodeFromText(*shape().item(), value.toStdString()));
        if (problem.isEmpty())
            problem = QString::fromStdString(schema::checkText(*shape().item(), value.toStdString()));
    }
    write(list);
    Q_EMIT typedProblem(problem);
}

MethodsEditor::MethodsEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_row(new MethodToggleRow(this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->addWidget(m_row);
    connect(m_row, &MethodToggleRow::changed, this, [this](const QStringList &methods) {
        schema::Node list = schema::Node::list();
        list.flow = true;
        for (const QString &method : methods)
            list.items.push_back(schema::Node::scalar(method.toStdString()));
        if (methods.isEmpty())
            clear();
        else
            write(list);
        commit();
    });
    read();
}

void MethodsEditor::read()
{
    QStringList methods;
    if (const schema::Node *value = node()) {
        if (value->isScalar())
            methods << QString::fromStdString(value->text);
        for (const schema::Node &item : value->items)
            methods << QString::fromStdString(item.text);
    }
    if (m_row->methods() != methods)
        m_row->setMethods(methods);
}

ItemsEditor::ItemsEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_items(new QVBoxLayout)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(scaled(6));
    m_items->setSpacing(scaled(6));
    layout->addLayout(m_items);
    QPushButton *add = linkButton(tr("Add"), this);
    add->setAccessibleName(tr("Add to %1").arg(label().toLower()));
    layout->addWidget(add, 0, Qt::AlignLeading);
    connect(add, &QPushButton::clicked, this, [this] { this->add(); });
    read();
}

void ItemsEditor::addBox()
{
    auto *box = new QFrame(this);
    setKind(box, "card");
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(scaled(12), scaled(8), scaled(8), scaled(8));
    Editor *editor = makeEditor(session(), itemAt(m_boxes.size()), *shape().item(), nullptr, box);
    row->addWidget(editor, 1);
    QToolButton *away = iconButton(IconId::Close, tr("Remove"), box);
    row->addWidget(away, 0, Qt::AlignTop);
    box->installEventFilter(this);
    connect(away, &QToolButton::clicked, this, [this, box] {
        for (size_t i = 0; i < m_boxes.size(); ++i)
            if (m_boxes[i].box == box) {
                remove(i);
                return;
            }
    });
    connect(editor, &Editor::typedProblem, this, &Editor::typedProblem);
    m_items->addWidget(box);
    m_boxes.push_back({box, editor});
}

void ItemsEditor::read()
{
    const schema::Node *value = node();
    const size_t count = value ? value->items.size() : 0;
    while (m_boxes.size() > count) {
        m_boxes.back().box->deleteLater();
        m_boxes.back().box->hide();
        m_boxes.pop_back();
    }
    for (Item &item : m_boxes)
        item.editor->read();
    while (m_boxes.size() < count)
        addBox();
}

void ItemsEditor::add()
{
    const schema::Node *value = node();
    const schema::Node seed = seedOf(*shape().item(), session().document());
    if (!value || !value->isList())
        write(schema::Node::list({seed}));
    else
        (void)session().edit(schema::Patch::insert(at().file, itemAt(value->items.size()).path, seed), tr("Add to %1").arg(label().toLower()));
    if (!m_boxes.empty())
        m_boxes.back().editor->setFocus();
}

void ItemsEditor::remove(size_t index)
{
    if (const schema::Node *value = node(); value && value->items.size() == 1 && (!field() || !field()->required))
        clear();
    else
        (void)session().edit(schema::Patch::remove(at().file, itemAt(index).path), tr("Remove from %1").arg(label().toLower()));
    commit();
}

void ItemsEditor::move(size_t index, int step)
{
    const size_t to = index + size_t(step);
    if (to >= m_boxes.size())
        return;
    (void)session().edit(schema::Patch::move(at().file, itemAt(index).path, itemAt(to).path), tr("Move in %1").arg(label().toLower()));
    commit();
    m_boxes[to].editor->setFocus();
}

bool ItemsEditor::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->modifiers() == Qt::AltModifier && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down))
            for (size_t i = 0; i < m_boxes.size(); ++i)
                if (m_boxes[i].box == watched) {
                    move(i, key->key() == Qt::Key_Up ? -1 : 1);
                    return true;
                }
    }
    return Editor::eventFilter(watched, event);
}

bool ItemsEditor::reveal(const schema::Path &path)
{
    for (Item &item : m_boxes)
        if (item.editor->reveal(path))
            return true;
    return false;
}

void ItemsEditor::moveTo(const config::Location &to)
{
    Editor::moveTo(to);
    for (size_t i = 0; i < m_boxes.size(); ++i)
        m_boxes[i].editor->moveTo(itemAt(i));
}

} // namespace gatehouse::ui
