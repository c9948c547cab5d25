#include "ui/forms/recordform.h"

#include "ui/forms/choiceeditors.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/states.h"

#include <QtCore/QSignalBlocker>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace gatehouse::ui {

namespace {
constexpr double controlHeight = 28;

bool isBig(const schema::Shape &shape)
{
    return shape.kind() == schema::Kind::Record || shape.kind() == schema::Kind::Map || shape.kind() == schema::Kind::Any
        || shape.kind() == schema::Kind::List || shape.kind() == schema::Kind::OneOf;
}
// What draws the red border: the control at the end of the chain of editors; null: there is none.
QWidget *control(Editor *editor)
{
    QWidget *widget = editor;
    while (widget->focusProxy())
        widget = widget->focusProxy();
    return widget == editor ? nullptr : widget;
}

} // namespace

RecordForm::RecordForm(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins({});
    m_grid->setHorizontalSpacing(scaled(12));
    m_grid->setVerticalSpacing(scaled(6));
    rebuild();
}

void RecordForm::setShow(Show show)
{
    m_show = show;
    rebuild();
}

void RecordForm::setHidden(const QSet<QString> &keys)
{
    m_hidden = keys;
    rebuild();
}

void RecordForm::setCompact(bool compact, int columns)
{
    m_compact = compact;
    m_columns = columns;
    rebuild();
}

void RecordForm::setLabelColumn(double width)
{
    m_labelColumn = width;
    rebuild();
}

void RecordForm::setNarrow(bool narrow)
{
    m_narrow = narrow;
    rebuild();
}

void RecordForm::setHint(const QString &key, const QString &text)
{
    if (m_hints.value(key) == text)
        return;
    m_hints[key] = text;
    showHints();
}

void RecordForm::showHints()
{
    for (auto &row : m_rows) {
        const QString text = row->shown ? m_hints.value(QString::fromStdString(row->shown->key)) : QString();
        row->hint->setText(text);
        row->hint->setVisible(!text.isEmpty());
    }
}

void RecordForm::follow()
{
    connect(&session(), &Session::documentChanged, this, [this] { read(); });
    connect(&session(), &Session::problemsChanged, this, [this] { readProblems(); });
    readProblems();
}

// Fields of which at most one may stand share a row.
std::vector<std::vector<const schema::Field *>> RecordForm::groups() const
{
    std::vector<std::vector<const schema::Field *>> out;
    QSet<QString> done;
    for (const schema::Field &field : shape().fields()) {
        const QString key = QString::fromStdString(field.key);
        if (field.planned || m_hidden.contains(key) || done.contains(key))
            continue;
        // Of one thing there is nothing to choose; the others are still to come.
        if (field.shape->kind() == schema::Kind::Enum && field.shape->options().size() < 2 && !session().document().at(placeOf(field)))
            continue;
        std::vector<const schema::Field *> group{&field};
        for (const schema::Constraint &constraint : shape().constraints()) {
            using Type = schema::Constraint::Type;
            if ((constraint.type != Type::AtMostOneOf && constraint.type != Type::ExactlyOneOf)
                || std::find(constraint.keys.begin(), constraint.keys.end(), field.key) == constraint.keys.end())
                continue;
            group.clear();
            for (const std::string &other : constraint.keys)
                if (const schema::Field *f = shape().field(other); f && !f->planned)
                    group.push_back(f);
        }
        for (const schema::Field *f : group)
            done.insert(QString::fromStdString(f->key));
        out.push_back(std::move(group));
    }
    return out;
}

const schema::Field *RecordForm::setFieldOf(const std::vector<const schema::Field *> &group) const
{
    for (const schema::Field *field : group)
        if (session().document().at(placeOf(*field)))
            return field;
    return nullptr;
}

bool RecordForm::isShown(const std::vector<const schema::Field *> &group) const
{
    const schema::Field *field = group.front();
    if (setFieldOf(group) || field->required || m_opened.contains(QString::fromStdString(field->key)))
        return true;
    return m_show == Show::Basic && (!field->advanced || m_advanced);
}

void RecordForm::rebuild()
{
    for (auto &row : m_rows) {
        delete row->label;
        delete row->box;
    }
    m_rows.clear();
    delete std::exchange(m_more, nullptr);
    int hidden = 0;
    for (const auto &group : groups()) {
        if (isShown(group))
            addRow(group);
        else if (m_show == Show::Basic)
            ++hidden;
    }
    if (hidden > 0) {
        m_more = linkButton(tr("More settings (%1)").arg(hidden), this);
        connect(m_more, &QPushButton::clicked, this, [this] {
            m_advanced = true;
            const size_t before = m_rows.size();
            QMetaObject::invokeMethod(this, [this, before] {
                rebuild();
                if (before < m_rows.size() && m_rows[before]->editor)
                    m_rows[before]->editor->setFocus();
            }, Qt::QueuedConnection);
        });
    }
    layRows();
    showHints();
    readProblems();
}

void RecordForm::addRow(const std::vector<const schema::Field *> &group)
{
    auto row = std::make_unique<Row>();
    row->group = group;
    auto *label = new QLabel(group.size() > 1 && group.front()->key == "path" ? tr("Path") : fieldLabel(*group.front()), this);
    label->setFont(typeFont(m_compact ? Type::Hint : Type::Control));
    label->setTextFormat(Qt::PlainText);
    if (!m_compact) {
        label->setFixedWidth(scaled(m_labelColumn));
        label->setWordWrap(true);
        label->setMinimumHeight(scaled(controlHeight));
    }
    row->label = label;
    row->box = new QWidget(this);
    auto *column = new QVBoxLayout(row->box);
    column->setContentsMargins({});
    column->setSpacing(scaled(4));
    const schema::Field *field = setFieldOf(group);
    if (!field)
        field = group.front();
    if (group.size() > 1) {
        auto *choice = new QComboBox(row->box);
        choice->setFixedHeight(scaled(controlHeight));
        choice->setFont(typeFont(Type::Control));
        choice->setAccessibleName(tr("How the %1 is given").arg(label->text().toLower()));
        for (const schema::Field *f : group)
            choice->addItem(f->key == "path" ? tr("Template") : fieldLabel(*f));
        row->choice = choice;
        row->line = new QHBoxLayout;
        row->line->setSpacing(scaled(6));
        row->line->addWidget(choice, 0, Qt::AlignTop);
        column->addLayout(row->line);
        connect(choice, &QComboBox::activated, this, [this, raw = row.get()](int index) { chooseOfGroup(*raw, raw->group[size_t(index)]); });
    }
    row->hint = new QLabel(row->box);
    row->hint->setFont(typeFont(Type::Hint));
    row->hint->setForegroundRole(QPalette::PlaceholderText);
    row->hint->setWordWrap(true);
    row->hint->setTextFormat(Qt::PlainText);
    row->hint->hide();
    row->error = new FieldError(row->box);
    buildEditor(*row, field);
    column->addWidget(row->hint);
    column->addWidget(row->error);
    m_rows.push_back(std::move(row));
}

void RecordForm::buildEditor(Row &row, const schema::Field *field)
{
    auto *column = static_cast<QVBoxLayout *>(row.box->layout());
    if (row.editor) {
        row.editor->hide();
        row.editor->deleteLater();
    }
    row.shown = field;
    row.editor = makeEditor(session(), placeOf(*field), *field->shape, field, row.box);
    if (auto *form = qobject_cast<RecordForm *>(row.editor))
        form->setCompact(m_compact || m_narrow, m_narrow ? 1 : m_columns);
    if (auto *label = qobject_cast<QLabel *>(row.label))
        label->setBuddy(row.editor);
    if (QComboBox *choice = row.choice) {
        const QSignalBlocker quiet(choice);
        choice->setCurrentIndex(int(std::find(row.group.begin(), row.group.end(), field) - row.group.begin()));
    }
    if (row.line)
        row.line->addWidget(row.editor, 1);
    else
        column->insertWidget(0, row.editor);
    connect(row.editor, &Editor::typedProblem, this, [raw = &row](const QString &problem) {
        raw->error->setError(problem);
        if (QWidget *widget = control(raw->editor))
            setError(widget, !problem.isEmpty());
    });
}

void RecordForm::layRows()
{
    for (int column = 0; column < m_columns; ++column)
        m_grid->setColumnStretch(column, m_compact || column == 1 ? 1 : 0);
    int line = 0, column = 0;
    for (const auto &row : m_rows) {
        if (!m_compact && m_narrow && row->shown->shape->kind() == schema::Kind::Record) {
            m_grid->addWidget(row->label, line++, 0, 1, 3);
            m_grid->addWidget(row->box, line++, 0, 1, 3);
            continue;
        }
        if (!m_compact) {
            m_grid->addWidget(row->label, line, 0, Qt::AlignTop);
            m_grid->addWidget(row->box, line++, 1, 1, 2);
            continue;
        }
        const bool wide = isBig(*row->shown->shape) || row->group.size() > 1;
        if (wide && column > 0) {
            line += 2;
            column = 0;
        }
        m_grid->addWidget(row->label, line, column, 1, wide ? m_columns : 1);
        m_grid->addWidget(row->box, line + 1, column, 1, wide ? m_columns : 1, Qt::AlignTop);
        column += wide ? m_columns : 1;
        if (column >= m_columns) {
            line += 2;
            column = 0;
        }
    }
    if (m_more)
        m_grid->addWidget(m_more, line + 2, m_compact ? 0 : 1, 1, m_compact ? m_columns : 2, Qt::AlignLeading);
}

void RecordForm::chooseOfGroup(Row &row, const schema::Field *field)
{
    const schema::Field *before = setFieldOf(row.group);
    if (field == row.shown)
        return;
    if (!before) {
        buildEditor(row, field);
        row.editor->setFocus();
        return;
    }
    // The text goes along where both are texts: from a prefix to an exact path it is usually nearly right.
    const schema::Node *value = session().document().at(placeOf(*before));
    const bool both = value->isScalar() && !isBig(*field->shape);
    schema::Patch patch = removal(session().document(), placeOf(*before), placeOf(*before).path.parent());
    patch.add(schema::Patch::replace(at().file, placeOf(*field).path,
                                     both ? schema::nodeFromText(*field->shape, value->text) : seedOf(*field->shape, session().document())));
    if (auto result = session().edit(patch, tr("Change %1").arg(fieldLabel(*field).toLower())); !result)
        row.error->setError(QString::fromStdString(result.error().text()));
    commit();
}

void RecordForm::fillAddMenu(QMenu *menu)
{
    menu->clear();
    for (const auto &group : groups()) {
        if (isShown(group))
            continue;
        const schema::Field *field = group.front();
        QAction *action = menu->addAction(group.size() > 1 && field->key == "path" ? tr("Path") : fieldLabel(*field));
        action->setToolTip(fieldHelp(*field));
        connect(action, &QAction::triggered, this, [this, field] {
            m_opened.insert(QString::fromStdString(field->key));
            rebuild();
            if (Editor *editor = editorOf(field->key))
                editor->setFocus();
        });
    }
}

void RecordForm::read()
{
    // What is shown may have changed: by undo, from outside, or because a field was set.
    std::vector<const schema::Field *> now, shown;
    for (const auto &group : groups())
        if (isShown(group))
            now.push_back(group.front());
    for (const auto &row : m_rows)
        shown.push_back(row->group.front());
    if (now != shown) {
        const QWidget *focused = focusWidget();
        const bool hadFocus = focused && isAncestorOf(focused);
        rebuild();
        if (hadFocus && !m_rows.empty() && m_rows.back()->editor && !m_rows.back()->editor->focusWidget())
            m_rows.back()->editor->setFocus();
        return;
    }
    for (auto &row : m_rows) {
        const schema::Field *field = setFieldOf(row->group);
        if (field && field != row->shown)
            buildEditor(*row, field);
        else
            row->editor->read();
    }
    showHints();
}

void RecordForm::readProblems()
{
    for (auto &row : m_rows) {
        if (row->editor->showsProblems())
            continue;
        QString error, warning;
        for (const config::Problem &problem : session().problemsBelow(placeOf(*row->shown))) {
            QString &text = problem.severity == config::Severity::Error ? error : warning;
            if (text.isEmpty())
                text = QString::fromStdString(problem.message);
        }
        if (error.isEmpty() && !warning.isEmpty())
            row->error->setWarning(warning);
        else
            row->error->setError(error);
        if (QWidget *widget = control(row->editor))
            setError(widget, !error.isEmpty());
    }
    for (auto &row : m_rows)
        if (auto *inner = qobject_cast<RecordForm *>(row->editor))
            inner->readProblems();
}

Editor *RecordForm::editorOf(const std::string &key) const
{
    for (const auto &row : m_rows)
        for (const schema::Field *field : row->group)
            if (field->key == key)
                return row->editor;
    return nullptr;
}

bool RecordForm::reveal(const schema::Path &path)
{
    if (!path.startsWith(at().path))
        return false;
    if (path.size() > at().path.size()) {
        const schema::Step &step = path[at().path.size()];
        if (!step.isIndex() && !editorOf(step.key()) && shape().field(step.key()) && !shape().field(step.key())->planned) {
            m_opened.insert(QString::fromStdString(step.key()));
            rebuild();
        }
    }
    for (auto &row : m_rows)
        if (path.startsWith(placeOf(*row->shown).path) && row->editor->reveal(path))
            return true;
    if (!m_rows.empty())
        m_rows.front()->editor->setFocus();
    return true;
}

void RecordForm::moveTo(const config::Location &to)
{
    Editor::moveTo(to);
    for (auto &row : m_rows)
        row->editor->moveTo(placeOf(*row->shown));
}

} // namespace gatehouse::ui
