// The thing's text as it stands in the file, to be edited there, with its errors at their lines.
#include "gateway/schema/emit.h"
#include "gateway/schema/yaml.h"
#include "ui/routes/ownerform.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/states.h"

#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTabBar>

#include <algorithm>

namespace gatehouse::ui {

namespace {

QString q(const std::string &text) { return QString::fromStdString(text); }

} // namespace

void OwnerForm::showText()
{
    if (!m_text->view()->hasFocus()) // somebody types there
        readText();
}

void OwnerForm::readText()
{
    const auto at = place();
    if (m_pages->currentIndex() != 1 || !at)
        return;
    const schema::Node *node = m_session.document().at(*at);
    // As it stands in the file, comments included, without the list's indent.
    const std::string text = m_session.document().text(at->file);
    const size_t column = node ? node->column - 1 : 0;
    QStringList lines;
    const QStringList raw = q(text.substr(node ? node->span.begin : 0, node ? node->span.end - node->span.begin : 0)).split(QLatin1Char('\n'));
    for (int i = 0; i < raw.size(); ++i) {
        qsizetype indent = 0;
        while (i > 0 && indent < qsizetype(column) && indent < raw[i].size() && raw[i][indent] == QLatin1Char(' '))
            ++indent;
        lines << raw[i].mid(indent);
    }
    m_text->setText(lines.join(QLatin1Char('\n')) + QLatin1Char('\n'));
    m_refused.clear();
    showTextErrors();
}

// At their lines, and the first in words below the text.
void OwnerForm::showTextErrors()
{
    const auto at = place();
    const schema::Node *node = at ? m_session.document().at(*at) : nullptr;
    if (m_pages->currentIndex() != 1 || !node)
        return;
    QList<LineFinding> findings;
    QString first = m_refused;
    for (const config::Problem &problem : m_session.problemsBelow(*at)) {
        const bool error = problem.severity == config::Severity::Error;
        const int line = std::max(0, int(problem.line) - int(node->line));
        findings << LineFinding{line, error ? HueId::Server : HueId::Client, q(problem.message)};
        if (error && first.isEmpty())
            first = tr("Line %1: %2").arg(line + 1).arg(q(problem.message));
    }
    m_text->setFindings(findings);
    m_textError->setError(first);
}

void OwnerForm::goToText(const config::Problem &problem)
{
    m_tabs->setCurrentIndex(1);
    const auto at = place();
    const schema::Node *node = at ? m_session.document().at(*at) : nullptr;
    if (!node)
        return;
    // The text is shown without the list's indent.
    m_text->goToLine(std::max(0, int(problem.line) - int(node->line)), std::max(0, int(problem.column) - int(node->column)));
    m_text->view()->setFocus();
}

void OwnerForm::textEdited()
{
    const auto at = place();
    const schema::Node *node = at ? m_session.document().at(*at) : nullptr;
    if (!node)
        return;
    QStringList lines = m_text->text().split(QLatin1Char('\n'));
    while (!lines.isEmpty() && lines.last().trimmed().isEmpty())
        lines.removeLast();
    const QString indent(qsizetype(node->column - 1), QLatin1Char(' '));
    for (int i = 1; i < lines.size(); ++i)
        if (!lines[i].isEmpty())
            lines[i].prepend(indent);
    const std::string fresh = lines.join(QLatin1Char('\n')).toStdString(), text = m_session.document().text(at->file);
    // The text must still be one value; the name may not change here, since others refer to it.
    auto parsed = schema::parseYaml(m_text->text().toStdString(), 0, {});
    QString error;
    if (!parsed)
        error = tr("Line %1: %2").arg(parsed.error().front().line).arg(q(parsed.error().front().message));
    else if (!parsed->isMap() || !parsed->find("name") || q(parsed->find("name")->text) != m_name)
        error = tr("The name stays %1 here. Rename it with F2, so that references follow.").arg(m_name);
    if (error.isEmpty()) {
        const auto result = m_session.edit(schema::Patch::splice(at->file, node->span.begin, text.substr(node->span.begin, node->span.end - node->span.begin), fresh), tr("Edit the text of %1").arg(m_name));
        if (!result)
            error = q(result.error().text());
    }
    m_refused = error;
    showTextErrors();
}

} // namespace gatehouse::ui
