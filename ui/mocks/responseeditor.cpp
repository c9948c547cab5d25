#include "ui/mocks/responseeditor.h"

#include "gateway/config/shapes.h"
#include "gateway/schema/emit.h"
#include "gateway/schema/yaml.h"
#include "ui/forms/recordform.h"
#include "ui/forms/scalareditors.h"
#include "ui/mocks/latencyeditor.h"
#include "ui/mocks/mocktext.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/states.h"

#include <QtCore/QScopedValueRollback>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {

QLabel *label(const QString &text, QWidget *parent)
{
    auto *made = new QLabel(text, parent);
    made->setFont(typeFont(Type::Control));
    made->setTextFormat(Qt::PlainText);
    return made;
}

const schema::Shape &responseShape() { return *config::mockShape()->field("responses")->shape->item(); }

QWidget *scrolled(QWidget *inner, QWidget *parent)
{
    auto *area = new QScrollArea(parent);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setWidget(inner);
    return area;
}

} // namespace

ResponseEditor::ResponseEditor(Session &session, const config::Location &at, QWidget *parent)
    : QWidget(parent), m_session(session), m_at(at)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(scaled(18), scaled(10), scaled(18), scaled(12));
    layout->setSpacing(scaled(6));
    auto *line = new QHBoxLayout;
    line->setSpacing(scaled(8));
    m_status = formLine(tr("Status"), true, this);
    m_status->setFixedWidth(scaled(56));
    m_reason = label({}, this);
    m_latency = new LatencyEditor(session, below("latency"), this);
    for (QWidget *widget : {static_cast<QWidget *>(label(tr("Status"), this)), static_cast<QWidget *>(m_status), static_cast<QWidget *>(m_reason)}) {
        widget->setFixedHeight(scaled(28));
        line->addWidget(widget, 0, Qt::AlignTop);
    }
    line->addSpacing(scaled(16));
    auto *latencyLabel = label(tr("Latency"), this);
    latencyLabel->setFixedHeight(scaled(28));
    line->addWidget(latencyLabel, 0, Qt::AlignTop);
    line->addWidget(m_latency, 1);
    layout->addLayout(line);
    m_statusError = new FieldError(this);
    layout->addWidget(m_statusError);
    layout->addWidget(m_latency->curve());
    m_tabs = new QTabBar(this);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    for (const QString &text : {tr("Body"), tr("Headers"), tr("Condition")})
        m_tabs->addTab(text);
    layout->addWidget(m_tabs);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(buildBody());
    const schema::Field *headers = responseShape().field("headers");
    m_headers = makeEditor(session, below("headers"), *headers->shape, headers, this);
    auto *headerPage = new QWidget(this);
    auto *headerLayout = new QVBoxLayout(headerPage);
    headerLayout->setContentsMargins(0, scaled(6), 0, 0);
    headerLayout->addWidget(m_headers);
    headerLayout->addStretch(1);
    m_pages->addWidget(scrolled(headerPage, this));
    m_pages->addWidget(buildCondition());
    layout->addWidget(m_pages, 1);
    connect(m_tabs, &QTabBar::currentChanged, m_pages, &QStackedWidget::setCurrentIndex);
    connect(m_status, &QLineEdit::textEdited, this, [this](const QString &text) {
        if (text.trimmed().isEmpty() && m_session.document().at(below("status")))
            (void)m_session.edit(schema::Patch::remove(m_at.file, below("status").path), tr("Change the status"));
        else if (!text.trimmed().isEmpty())
            (void)write("status", schema::Node::scalar(text.trimmed().toStdString()), tr("Change the status"));
    });
    connect(m_status, &QLineEdit::editingFinished, &m_session, &Session::commit);
    connect(&m_session, &Session::documentChanged, this, &ResponseEditor::read);
    connect(&m_session, &Session::problemsChanged, this, &ResponseEditor::read);
    read();
}

QWidget *ResponseEditor::buildBody()
{
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, scaled(4), 0, 0);
    layout->setSpacing(scaled(6));
    m_kinds = new Segments({tr("JSON"), tr("Text"), tr("File"), tr("None")}, page);
    layout->addWidget(m_kinds, 0, Qt::AlignLeft);
    m_bodies = new QStackedWidget(page);
    m_code = new CodeEditor(page);
    m_code->view()->setAccessibleName(tr("Body"));
    m_bodies->addWidget(m_code);
    auto *filePage = new QWidget(page);
    auto *fileLayout = new QVBoxLayout(filePage);
    fileLayout->setContentsMargins({});
    m_file = formLine(tr("File"), true, filePage);
    m_file->setPlaceholderText(tr("mocks/product.json, in the workspace's folder"));
    fileLayout->addWidget(m_file);
    fileLayout->addStretch(1);
    m_bodies->addWidget(filePage);
    auto *none = label(tr("The answer has no body."), page);
    none->setForegroundRole(QPalette::PlaceholderText);
    none->setAlignment(Qt::AlignTop | Qt::AlignLeading);
    m_bodies->addWidget(none);
    layout->addWidget(m_bodies, 1);
    m_bodyError = new FieldError(page);
    layout->addWidget(m_bodyError);
    connect(m_kinds, &Segments::currentChanged, this, &ResponseEditor::chooseBody);
    connect(m_code, &CodeEditor::textChanged, this, &ResponseEditor::bodyTyped);
    connect(m_file, &QLineEdit::textEdited, this, [this](const QString &text) { (void)write("file", schema::Node::string(text.toStdString()), tr("Change the file of the body")); });
    connect(m_file, &QLineEdit::editingFinished, &m_session, &Session::commit);
    return page;
}

QWidget *ResponseEditor::buildCondition()
{
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, scaled(6), 0, 0);
    layout->setSpacing(scaled(6));
    const schema::Field *when = responseShape().field("when");
    m_condition = new RecordForm(m_session, below("when"), *config::conditionShape(), when, page);
    m_condition->setShow(RecordForm::Show::SetOnly);
    layout->addWidget(m_condition);
    auto *add = linkButton(tr("Add condition"), page);
    add->setIcon(makeIcon(IconId::Plus));
    connect(add, &QPushButton::clicked, this, [this, add] {
        QMenu menu(this);
        m_condition->fillAddMenu(&menu);
        menu.exec(add->mapToGlobal(QPoint(0, add->height())));
    });
    layout->addWidget(add, 0, Qt::AlignLeft);
    layout->addStretch(1);
    return scrolled(page, this);
}

Result<void> ResponseEditor::write(const char *key, schema::Node value, const QString &name)
{
    const QScopedValueRollback guard(m_writing, true);
    return m_session.edit(schema::Patch::replace(m_at.file, below(key).path, std::move(value)), name);
}

ResponseEditor::BodyKind ResponseEditor::bodyKind() const
{
    const config::Document &document = m_session.document();
    return document.at(below("json")) ? Json : document.at(below("body")) ? Text : document.at(below("file")) ? File : Nothing;
}

void ResponseEditor::read()
{
    const config::Document &document = m_session.document();
    if (!document.at(m_at))
        return; // going: the panel replaces this
    const schema::Node *status = document.at(below("status"));
    setLineText(m_status, QString::fromStdString(status ? status->text : std::string()));
    m_status->setPlaceholderText(QStringLiteral("200"));
    m_reason->setText(reasonOf(status ? QString::fromStdString(status->text).toInt() : 200));
    const config::Problems wrong = m_session.problemsBelow(below("status"));
    m_statusError->setError(wrong.empty() ? QString() : QString::fromStdString(wrong.front().message));
    setError(m_status, !wrong.empty());
    m_latency->read();
    m_headers->read();
    m_condition->read();
    const schema::Node *headers = document.at(below("headers"));
    const size_t count = headers ? headers->members.size() : 0;
    m_tabs->setTabText(1, count ? tr("Headers %1").arg(count) : tr("Headers"));
    const schema::Node *when = document.at(below("when"));
    m_tabs->setTabText(2, when && !when->members.empty() ? tr("Condition %1").arg(when->members.size()) : tr("Condition"));
    if (!m_writing)
        readBody();
    for (const char *key : {"body", "json", "file"})
        if (const config::Problems problems = m_session.problemsBelow(below(key)); !problems.empty())
            m_bodyError->setError(QString::fromStdString(problems.front().message));
}

void ResponseEditor::readBody()
{
    const config::Document &document = m_session.document();
    const BodyKind kind = bodyKind();
    m_kinds->setCurrent(kind);
    m_bodies->setCurrentIndex(kind == File ? 1 : kind == Nothing ? 2 : 0);
    m_bodyError->setError({});
    if (kind == File)
        setLineText(m_file, QString::fromStdString(document.at(below("file"))->text));
    if (kind != Json && kind != Text)
        return;
    m_code->setLanguage(kind == Json ? Language::Json : Language::Plain);
    const schema::Node &node = *document.at(below(kind == Json ? "json" : "body"));
    if (kind == Json) {
        // What is being typed may be laid out otherwise than we would.
        const auto shown = schema::parseYaml(m_code->text().toStdString(), 0, {});
        if (shown && !m_code->text().isEmpty() && schema::sameContent(*shown, node))
            return;
    }
    const QString text = QString::fromStdString(kind == Json ? schema::emitJson(node, 2) : node.text);
    if (text != m_code->text())
        m_code->setText(text);
}

void ResponseEditor::chooseBody(int chosen)
{
    const BodyKind now = bodyKind();
    if (chosen == now)
        return;
    static constexpr const char *keys[] = {"json", "body", "file"};
    schema::Patch patch;
    if (now != Nothing)
        patch.add(schema::Patch::remove(m_at.file, below(keys[now]).path));
    const std::string text = now == Json || now == Text ? m_code->text().toStdString() : std::string();
    if (chosen == Json) {
        auto value = schema::parseYaml(text, 0, {});
        patch.add(schema::Patch::replace(m_at.file, below("json").path, value && value->isMap() && !value->members.empty() ? *value : schema::Node::map()));
    } else if (chosen == Text) {
        patch.add(schema::Patch::replace(m_at.file, below("body").path, schema::Node::string(text)));
    } else if (chosen == File) {
        patch.add(schema::Patch::replace(m_at.file, below("file").path, schema::Node::string("mocks/body.json")));
    }
    (void)m_session.edit(patch, tr("Change the kind of the body"));
    m_session.commit();
    if (chosen == File)
        m_file->setFocus();
}

void ResponseEditor::bodyTyped()
{
    const std::string text = m_code->text().toStdString();
    if (bodyKind() == Text) {
        schema::Node value = schema::Node::string(text);
        if (text.find('\n') != std::string::npos)
            value.quoting = schema::Quoting::Literal;
        (void)write("body", std::move(value), tr("Change the body"));
        return;
    }
    auto value = schema::parseJson(text, 0, {});
    if (!value) {
        const schema::Problem &problem = value.error().front();
        m_bodyError->setError(tr("Line %1: %2 The last that could be read is kept.").arg(problem.line).arg(QString::fromStdString(problem.message)));
        m_code->setFindings({{int(problem.line) - 1, HueId::Server, QString::fromStdString(problem.message)}});
        return;
    }
    m_bodyError->setError({});
    m_code->setFindings({});
    if (const auto done = write("json", *value, tr("Change the body")); !done)
        m_bodyError->setError(QString::fromStdString(done.error().message));
}

bool ResponseEditor::reveal(const schema::Path &path)
{
    if (!path.startsWith(m_at.path) || path.size() == m_at.path.size())
        return false;
    const std::string &key = path[m_at.path.size()].key();
    if (key == "status") {
        m_status->setFocus();
    } else if (key == "latency") {
        return m_latency->reveal(path);
    } else if (key == "headers") {
        setTab(1);
        return m_headers->reveal(path);
    } else if (key == "when") {
        setTab(2);
        return m_condition->reveal(path);
    } else {
        setTab(0);
        (key == "file" ? static_cast<QWidget *>(m_file) : m_code->view())->setFocus();
    }
    return true;
}

int ResponseEditor::tab() const { return m_tabs->currentIndex(); }
void ResponseEditor::setTab(int tab) { m_tabs->setCurrentIndex(tab); }

} // namespace gatehouse::ui
