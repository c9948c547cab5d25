#include "ui/forms/choiceeditors.h"

#include "ui/shell/theme.h"

#include <QtCore/QSignalBlocker>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {

QComboBox *formCombo(const QString &name, QWidget *parent)
{
    auto *combo = new QComboBox(parent);
    combo->setAccessibleName(name);
    combo->setFont(typeFont(Type::Control));
    combo->setFixedHeight(scaled(28));
    return combo;
}

QString q(const std::string &text) { return QString::fromStdString(text); }

} // namespace

ChoiceEditor::ChoiceEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_combo(formCombo(label(), this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->addWidget(m_combo);
    setFocusProxy(m_combo);
    for (const std::string &option : shape.options())
        m_combo->addItem(keyLabel(option), q(option));
    connect(m_combo, &QComboBox::activated, this, [this](int index) {
        const std::string chosen = m_combo->itemData(index).toString().toStdString();
        const schema::Field *f = this->field();
        if (f && f->defaultNode && f->defaultNode->text == chosen)
            clear();
        else
            write(schema::nodeFromText(this->shape(), chosen));
        commit();
    });
    read();
}

QString ChoiceEditor::current() const
{
    if (const schema::Node *value = node())
        return q(value->text);
    if (field() && field()->defaultNode)
        return q(field()->defaultNode->text);
    return field() ? q(field()->defaultText) : QString();
}

void ChoiceEditor::read()
{
    const QSignalBlocker quiet(m_combo);
    const QString value = current();
    int index = m_combo->findData(value);
    if (index < 0 && !value.isEmpty()) { // not one of them: shown as it stands, with its error
        m_combo->addItem(value, value);
        index = m_combo->count() - 1;
    }
    m_combo->setCurrentIndex(index);
}

ReferenceEditor::ReferenceEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_combo(formCombo(label(), this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->addWidget(m_combo);
    setFocusProxy(m_combo);
    connect(m_combo, &QComboBox::activated, this, [this](int index) {
        const QString name = m_combo->itemData(index).toString();
        if (name.isEmpty())
            clear();
        else
            write(schema::Node::scalar(name.toStdString()));
        commit();
    });
    read();
}

void ReferenceEditor::read()
{
    const QSignalBlocker quiet(m_combo);
    const QString value = node() ? q(node()->text) : QString();
    QStringList names;
    for (const config::NamedThing &thing : session().document().things(shape().refersTo()))
        names << q(thing.name);
    m_combo->clear();
    if (!field() || !field()->required)
        m_combo->addItem(tr("None"), QString());
    for (const QString &name : names)
        m_combo->addItem(name, name);
    if (!value.isEmpty() && !names.contains(value))
        m_combo->addItem(value, value);
    m_combo->setCurrentIndex(m_combo->findData(value));
}

AlternativesEditor::AlternativesEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins({});
    m_layout->setSpacing(scaled(6));
    // A path is a template everywhere but in rules on what the route's template captured; the choice would only be in the way.
    const bool lone = shape.name() == "path-condition" && (!node() || node()->isScalar());
    if (shape.alternatives().size() > 1 && !lone) {
        m_combo = formCombo(tr("%1, how it is given").arg(label()), this);
        for (const schema::Alternative &alternative : shape.alternatives())
            m_combo->addItem(keyLabel(alternative.label.empty() ? alternative.name : alternative.label));
        m_layout->addWidget(m_combo, 0, Qt::AlignLeading);
        connect(m_combo, &QComboBox::activated, this, [this](int index) { choose(index); });
    }
    read();
}

int AlternativesEditor::alternativeOfNode() const
{
    const auto &all = shape().alternatives();
    const schema::Node *value = node();
    const schema::Alternative *fits = value ? shape().alternativeFor(*value) : nullptr;
    return fits ? int(fits - all.data()) : m_current < 0 ? 0 : m_current;
}

void AlternativesEditor::build(int alternative)
{
    if (m_inner && alternative == m_current)
        return;
    delete m_inner;
    m_current = alternative;
    m_inner = makeEditor(session(), at(), *shape().alternatives()[size_t(alternative)].shape, field(), this);
    m_layout->addWidget(m_inner);
    setFocusProxy(m_inner);
    connect(m_inner, &Editor::typedProblem, this, &Editor::typedProblem);
}

void AlternativesEditor::choose(int alternative)
{
    if (alternative == m_current)
        return;
    const schema::Alternative &chosen = shape().alternatives()[size_t(alternative)];
    schema::Node seed = seedOf(*chosen.shape, session().document());
    if (!shape().decidedBy().empty())
        seed.set(shape().decidedBy(), schema::Node::scalar(chosen.name));
    build(alternative);
    write(seed);
    m_inner->setFocus();
}

void AlternativesEditor::read()
{
    const int alternative = alternativeOfNode();
    if (m_combo) {
        const QSignalBlocker quiet(m_combo);
        m_combo->setCurrentIndex(alternative);
    }
    build(alternative);
    m_inner->read();
}

bool AlternativesEditor::reveal(const schema::Path &path) { return m_inner && m_inner->reveal(path); }

void AlternativesEditor::moveTo(const config::Location &to)
{
    if (m_inner)
        m_inner->moveTo(to);
    Editor::moveTo(to);
}

OneKeyEditor::OneKeyEditor(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent)
    : Editor(session, at, shape, field, parent), m_combo(formCombo(label(), this)), m_head(new QHBoxLayout), m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins({});
    m_layout->setSpacing(scaled(6));
    m_head->setSpacing(scaled(6));
    m_layout->addLayout(m_head);
    m_head->addWidget(m_combo);
    m_head->addStretch();
    for (const schema::Field &f : shape.fields())
        if (!f.planned)
            m_combo->addItem(fieldLabel(f), q(f.key));
    connect(m_combo, &QComboBox::activated, this, [this](int index) { choose(m_combo->itemData(index).toString()); });
    setFocusProxy(m_combo);
    read();
}

const schema::Field *OneKeyEditor::currentField() const
{
    const schema::Node *value = node();
    for (const schema::Field &f : shape().fields())
        if (!f.planned && value && value->find(f.key))
            return &f;
    return nullptr;
}

void OneKeyEditor::build(const schema::Field *f)
{
    if (f == m_shown && (m_inner || !f))
        return;
    delete m_inner;
    m_inner = nullptr;
    m_shown = f;
    if (!f)
        return;
    m_inner = makeEditor(session(), {at().file, at().path / schema::Step(f->key), 0}, *f->shape, f, this);
    if (schema::isScalar(f->shape->kind()))
        m_head->insertWidget(1, m_inner, 1);
    else
        m_layout->addWidget(m_inner);
    connect(m_inner, &Editor::typedProblem, this, &Editor::typedProblem);
}

void OneKeyEditor::choose(const QString &key)
{
    const schema::Field *f = shape().field(key.toStdString());
    if (!f || f == currentField())
        return;
    schema::Node value = schema::Node::map();
    value.set(f->key, seedOf(*f->shape, session().document()));
    write(value);
    build(f);
    commit();
    m_inner->setFocus();
}

void OneKeyEditor::read()
{
    const schema::Field *f = currentField();
    const QSignalBlocker quiet(m_combo);
    m_combo->setCurrentIndex(f ? m_combo->findData(q(f->key)) : -1);
    build(f);
    if (m_inner)
        m_inner->read();
}

bool OneKeyEditor::reveal(const schema::Path &path)
{
    if (!path.startsWith(at().path))
        return false;
    if (m_inner && m_inner->reveal(path))
        return true;
    m_combo->setFocus();
    return true;
}

void OneKeyEditor::moveTo(const config::Location &to)
{
    Editor::moveTo(to);
    if (m_inner && m_shown)
        m_inner->moveTo({to.file, to.path / schema::Step(m_shown->key), 0});
}

schema::Node seedOf(const schema::Shape &shape, const config::Document &document)
{
    using schema::Node;
    switch (shape.kind()) {
    case schema::Kind::List: return shape.minItems() ? Node::list({seedOf(*shape.item(), document)}) : Node::list();
    case schema::Kind::Map: return Node::map();
    case schema::Kind::OneOf: return seedOf(*shape.alternatives().front().shape, document);
    case schema::Kind::Boolean: return Node::scalar("true");
    case schema::Kind::Enum: return Node::scalar(shape.options().empty() ? std::string() : shape.options().front());
    case schema::Kind::Reference: {
        const auto things = document.things(shape.refersTo());
        return things.empty() ? Node::string({}) : Node::scalar(things.front().name);
    }
    case schema::Kind::Record: {
        Node map = Node::map();
        for (const schema::Field &field : shape.fields())
            if (field.required && !field.planned)
                map.set(field.key, seedOf(*field.shape, document));
        return map;
    }
    default: return Node::string({});
    }
}

} // namespace gatehouse::ui
