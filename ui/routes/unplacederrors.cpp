#include "ui/routes/unplacederrors.h"

#include "ui/shell/theme.h"
#include "ui/widgets/states.h"

#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <string_view>

namespace gatehouse::ui {

namespace {

constexpr size_t mostNotices = 3;
constexpr qsizetype mostOfLine = 160;

QString q(const std::string &text) { return QString::fromStdString(text); }

// Without its indent, and not longer than can be read at a glance.
QString lineOf(const std::string &text, uint32_t line)
{
    std::string_view rest = text;
    for (uint32_t i = 1; i < line; ++i) {
        const size_t end = rest.find('\n');
        if (end == std::string_view::npos)
            return {};
        rest.remove_prefix(end + 1);
    }
    rest = rest.substr(0, rest.find('\n'));
    const QString shown = QString::fromUtf8(rest.data(), qsizetype(rest.size())).trimmed();
    return shown.size() > mostOfLine ? shown.left(mostOfLine) + QStringLiteral("…") : shown;
}

} // namespace

UnplacedErrors::UnplacedErrors(QWidget *parent) : QWidget(parent)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(scaled(6));
    hide();
}

void UnplacedErrors::show(const config::Problems &errors, const config::Document &document, const schema::Path &owner)
{
    QStringList lines;
    for (const config::Problem &error : errors)
        lines << lineOf(document.text(error.file), error.line);
    const bool same = lines == m_lines && std::equal(errors.begin(), errors.end(), m_errors.begin(), m_errors.end(), [](const auto &a, const auto &b) { return a.text() == b.text(); });
    if (same)
        return;
    m_errors = errors;
    m_lines = lines;
    m_notices.clear();
    while (QLayoutItem *item = layout()->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // its own command may have led here
        delete item;
    }
    for (size_t i = 0; i < std::min(errors.size(), mostNotices); ++i)
        addNotice(errors[i], document, owner);
    if (errors.size() > mostNotices) {
        auto *more = new QLabel(tr("%n more in its text", nullptr, int(errors.size() - mostNotices)), this);
        more->setFont(typeFont(Type::Hint));
        layout()->addWidget(more);
    }
    setVisible(!errors.empty());
}

void UnplacedErrors::addNotice(const config::Problem &error, const config::Document &document, const schema::Path &owner)
{
    auto *notice = new NoticeBar(HueId::Server, this);
    QString title = q(error.message);
    title += title.endsWith(QLatin1Char('.')) ? QString() : QStringLiteral(".");
    Runs detail{soft(QStringLiteral("%1:%2:%3").arg(q(error.file)).arg(error.line).arg(error.column))};
    if (const QString line = lineOf(document.text(error.file), error.line); !line.isEmpty())
        detail << plain(QStringLiteral("\n")) << wire(line);
    notice->setNotice(title, detail);
    const auto path = schema::Path::parse(error.path);
    const bool ofPolicy = path && (path->startsWith(owner / schema::Step("policies")) || owner.startsWith(schema::Path{"policies"})) && path->size() > owner.size() + 1;
    if (ofPolicy)
        connect(notice->addCommand(tr("Open the policy")), &QPushButton::clicked, this, [this, error] { Q_EMIT policyRequested(error); });
    connect(notice->addCommand(tr("Show in the text")), &QPushButton::clicked, this, [this, error] { Q_EMIT textRequested(error); });
    layout()->addWidget(notice);
    m_notices.push_back(notice);
}

bool UnplacedErrors::reveal(const schema::Path &path)
{
    for (size_t i = 0; i < m_notices.size(); ++i)
        if (m_errors[i].path == path.text()) {
            m_notices[i]->commands().first()->setFocus();
            return true;
        }
    return false;
}

} // namespace gatehouse::ui
