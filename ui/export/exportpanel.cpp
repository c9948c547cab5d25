#include "ui/export/exportpanel.h"

#include "gateway/config/document.h"
#include "gateway/exporters/exporter.h"
#include "ui/export/findingsmodel.h"
#include "ui/models/session.h"
#include "ui/shell/actions.h"
#include "ui/shell/palette.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/listcolumn.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListView>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <array>

namespace gatehouse::ui {

namespace {

constexpr int settleMillis = 200, mostProblems = 12;
QString q(const std::string &text) { return QString::fromStdString(text); }
QString q(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

std::array<int, 3> countLevels(const exporters::Export &made)
{
    std::array<int, 3> counts{};
    for (const exporters::Finding &finding : made.findings)
        ++counts[size_t(finding.level)];
    return counts;
}

// A target with its findings as a bar, the worst of them in words.
class TargetDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    enum Role { CountsRole = Qt::UserRole + 1 };
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {0, scaled(44)}; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = Tokens::current();
        const QVariantList counts = index.data(CountsRole).toList();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect box = option.rect.adjusted(scaled(6), scaled(1), -scaled(6), -scaled(1));
        drawListGround(painter, option);
        const qreal left = box.left() + scaled(10), right = box.right() - scaled(10);
        painter->setFont(typeFont(Type::ControlStrong));
        painter->setPen(t.text);
        painter->drawText(QPointF(left, box.top() + scaled(18)), index.data().toString());
        if (counts.size() == 3) {
            const int missing = counts[2].toInt(), near = counts[1].toInt();
            const QString worst = missing ? QObject::tr("%1 missing").arg(missing) : near ? QObject::tr("%1 near").arg(near) : QObject::tr("all exact");
            const QFont font = typeFont(Type::Control);
            painter->setFont(font);
            painter->setPen(missing ? t.client.text : near ? t.delay.text : t.ok.text);
            painter->drawText(QPointF(right - QFontMetricsF(font).horizontalAdvance(worst), box.top() + scaled(18)), worst);
            const double all = counts[0].toInt() + near + missing;
            qreal x = left;
            const QColor colours[] = {t.ok.fill, t.delay.fill, t.client.fill};
            for (int i = 0; i < 3 && all > 0; ++i) {
                const qreal width = (right - left) * counts[i].toInt() / all;
                painter->fillRect(QRectF(x, box.top() + scaled(29), width, scaled(4)), colours[i]);
                x += width;
            }
        }
        painter->restore();
    }
};

// A file with the number of its findings at the right.
class FileDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    enum Role { CountRole = Qt::UserRole + 1 };
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {0, scaled(26)}; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = Tokens::current();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect box = option.rect.adjusted(scaled(6), 0, -scaled(6), 0);
        const bool selected = option.state & QStyle::State_Selected;
        drawListGround(painter, option);
        paintIcon(painter, QRectF(box.left() + scaled(6), box.top() + (box.height() - scaled(16)) / 2.0, scaled(16), scaled(16)), IconId::File, t.text2);
        const int count = index.data(CountRole).toInt();
        const QFont wire = typeFont(Type::WireSmall), name = typeFont(selected ? Type::ControlStrong : Type::Control);
        qreal right = box.right() - scaled(8);
        if (count) {
            const QString text = QString::number(count);
            const qreal width = QFontMetricsF(wire).horizontalAdvance(text);
            drawListText(painter, wire, t.accentText, right - width, centredBaseline(wire, box.top(), box.height()), width + 1, text);
            right -= width + scaled(8);
        }
        drawListText(painter, name, t.text, box.left() + scaled(28), centredBaseline(name, box.top(), box.height()), right - box.left() - scaled(28), index.data().toString());
        painter->restore();
    }
};

// A count on its tint, beside the name of the target.
class CountChip final : public QWidget {
public:
    using QWidget::QWidget;
    void setCount(int count, const QString &text, HueId hue)
    {
        m_text = text;
        m_hue = hue;
        setAccessibleName(text);
        setFixedSize(chipWidth(text), scaled(18));
        setVisible(count > 0);
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paintChip(&painter, {0, 0}, m_text, m_hue);
    }

private:
    QString m_text;
    HueId m_hue = HueId::Ok;
};

class ExportPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::ExportPanel)

public:
    ExportPanel(const PanelContext &context, Session &session) : m_context(context), m_session(session)
    {
        build();
        m_settle.setSingleShot(true);
        m_settle.setInterval(settleMillis);
        connect(&m_settle, &QTimer::timeout, this, [this] { refresh(); });
        connect(&session, &Session::applied, &m_settle, qOverload<>(&QTimer::start));
        connect(&session, &Session::problemsChanged, &m_settle, qOverload<>(&QTimer::start));
        const auto add = [&](const char *id, const QString &text, const QKeySequence &keys, std::function<void()> run) {
            m_context.actions->add({QLatin1String(id), text, tr("Export"), {keys}, std::nullopt, std::move(run)}, this);
        };
        add("export.save", tr("Save the export to a folder…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), [this] { saveToFolder(); });
        add("export.copy", tr("Copy the file"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), [this] { copyFile(); });
        refresh();
    }

    void activate() override
    {
        refresh();
        m_targets->setFocus();
    }
    QList<QWidget *> regions() override { return {m_targets, m_files, m_code, m_findings}; }
    bool nextProblem(int direction) override
    {
        const int count = m_model->rowCount();
        if (!count)
            return false;
        const int from = m_findings->currentIndex().row();
        const int row = from < 0 ? (direction > 0 ? 0 : count - 1) : (from + direction + count) % count;
        m_findings->setCurrentIndex(m_model->index(row));
        return true;
    }
    QVariantMap saveState() const override { return {{QStringLiteral("columns"), m_columns->saveState()}}; }
    void restoreState(const QVariantMap &state) override { m_columns->restoreState(state.value(QStringLiteral("columns")).toByteArray()); }

private:
    void build()
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins({});
        layout->setSpacing(0);
        auto *outer = new QSplitter(Qt::Horizontal, this);
        outer->setChildrenCollapsible(false);
        outer->addWidget(buildTargets());
        auto *right = new QWidget;
        auto *column = new QVBoxLayout(right);
        column->setContentsMargins({});
        column->setSpacing(0);
        column->addLayout(buildHead());
        column->addWidget(new Hairline(Qt::Horizontal, right));
        m_pages = new QStackedWidget;
        m_columns = new QSplitter(Qt::Horizontal);
        m_columns->setChildrenCollapsible(false);
        m_columns->addWidget(buildFiles());
        m_code = new CodeEditor;
        m_code->setReadOnly(true);
        m_columns->addWidget(m_code);
        m_columns->addWidget(buildFindings());
        m_columns->setStretchFactor(1, 1);
        m_columns->setSizes({scaled(182), scaled(528), scaled(290)});
        m_pages->addWidget(m_columns);
        m_problems = new EmptyState(IconId::Warning, tr("Nothing is exported while the workspace has errors"), {});
        m_problemList = new RunsLabel(m_problems);
        m_problemList->setBaseFont(typeFont(Type::Control));
        m_problemList->setFixedWidth(scaled(560));
        connect(m_problemList, &RunsLabel::placeActivated, m_context.navigator, &Navigator::go);
        m_problems->addBelow(m_problemList);
        m_pages->addWidget(m_problems);
        m_nothing = new EmptyState(IconId::Export, tr("Nothing to export yet"), tr("Open a workspace, and its configuration appears here as the other gateway would have it."));
        m_pages->addWidget(m_nothing);
        column->addWidget(m_pages, 1);
        outer->addWidget(right);
        outer->setStretchFactor(1, 1);
        outer->setSizes({scaled(214), scaled(990)});
        layout->addWidget(outer);
        connect(m_code, &CodeEditor::caretMoved, this, [this](int line, int) { showFindingOf(line + 1); });
        connect(m_code, &CodeEditor::findingClicked, this, [this](int index) {
            if (size_t(index) < m_lines.size())
                showFindingOf(m_lines[size_t(index)]);
        });
    }

    QWidget *buildTargets()
    {
        auto *column = new QWidget;
        auto *layout = new QVBoxLayout(column);
        layout->setContentsMargins(0, scaled(12), 0, 0);
        layout->setSpacing(scaled(8));
        auto *head = new QLabel(tr("Targets"), column);
        head->setFont(typeFont(Type::Section));
        head->setContentsMargins(scaled(14), 0, 0, 0);
        layout->addWidget(head);
        m_targets = new QListWidget(column);
        m_targets->setFrameShape(QFrame::NoFrame);
        m_targets->setItemDelegate(new TargetDelegate(m_targets));
        m_targets->setAccessibleName(tr("Targets"));
        for (const exporters::Exporter &exporter : exporters::exporters())
            m_targets->addItem(q(exporter.title));
        m_targets->setCurrentRow(0);
        layout->addWidget(m_targets, 1);
        connect(m_targets, &QListWidget::currentRowChanged, this, [this] { refresh(); });
        return column;
    }

    QHBoxLayout *buildHead()
    {
        auto *head = new QHBoxLayout;
        head->setContentsMargins(scaled(18), scaled(9), scaled(16), scaled(9));
        head->setSpacing(scaled(8));
        m_heading = new QLabel(this);
        m_heading->setFont(typeFont(Type::Title));
        m_heading->setTextFormat(Qt::PlainText);
        head->addWidget(m_heading);
        head->addSpacing(scaled(4));
        m_title = new RunsLabel(this);
        m_title->setBaseFont(typeFont(Type::Control));
        head->addWidget(m_title, 0, Qt::AlignVCenter);
        for (CountChip *&chip : m_chips) {
            chip = new CountChip(this);
            chip->hide();
            head->addWidget(chip, 0, Qt::AlignVCenter);
        }
        head->addStretch(1);
        auto *copy = button(tr("Copy file"), "", this);
        auto *save = button(tr("Save to folder…"), "primary", this);
        connect(copy, &QPushButton::clicked, this, [this] { copyFile(); });
        connect(save, &QPushButton::clicked, this, [this] { saveToFolder(); });
        head->addWidget(copy);
        head->addWidget(save);
        m_buttons = {copy, save};
        return head;
    }

    QWidget *buildFiles()
    {
        m_files = new QListWidget;
        m_files->setFrameShape(QFrame::NoFrame);
        m_files->setAccessibleName(tr("Files"));
        m_files->setItemDelegate(new FileDelegate(m_files));
        connect(m_files, &QListWidget::currentRowChanged, this, [this](int row) { showFile(row); });
        return m_files;
    }

    QWidget *buildFindings()
    {
        auto *column = new QWidget;
        auto *layout = new QVBoxLayout(column);
        layout->setContentsMargins(0, scaled(10), 0, 0);
        layout->setSpacing(scaled(6));
        auto *head = new QHBoxLayout;
        head->setContentsMargins(scaled(12), 0, scaled(12), 0);
        auto *title = new QLabel(tr("Findings"), column);
        title->setFont(typeFont(Type::Section));
        head->addWidget(title, 1);
        m_exact = linkButton(tr("Exact too"), column);
        m_exact->setCheckable(true);
        connect(m_exact, &QPushButton::toggled, this, [this](bool on) {
            m_exact->setText(on ? tr("Only what differs") : tr("Exact too"));
            m_model->setFindings(m_made.findings, on);
        });
        head->addWidget(m_exact);
        layout->addLayout(head);
        m_model = new FindingsModel(this);
        m_findings = new QListView(column);
        m_findings->setModel(m_model);
        auto *delegate = new FindingDelegate(m_findings);
        m_findings->setItemDelegate(delegate);
        connect(delegate, &FindingDelegate::placeAsked, this, [this](int row) { showPlaceOf(row); });
        m_findings->setFrameShape(QFrame::NoFrame);
        m_findings->setResizeMode(QListView::Adjust);
        m_findings->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
        m_findings->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        m_findings->setAccessibleName(tr("Findings"));
        layout->addWidget(m_findings, 1);
        connect(m_findings->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &now) { showLineOf(now.row()); });
        connect(m_findings, &QListView::activated, this, [this](const QModelIndex &index) { showPlaceOf(index.row()); });
        return column;
    }

    void showPlaceOf(int row)
    {
        if (const exporters::Finding *finding = m_model->at(row); finding && !finding->where.empty())
            m_context.navigator->openPath(q(finding->where), q(m_session.document().entry()));
    }

    const exporters::Exporter *target() const
    {
        const auto &all = exporters::exporters();
        const int row = m_targets->currentRow();
        return row >= 0 && size_t(row) < all.size() ? &all[size_t(row)] : nullptr;
    }

    void refresh()
    {
        const exporters::Exporter *exporter = target();
        const auto workspace = m_session.workspace();
        const bool errors = m_session.errorCount() > 0;
        for (QPushButton *b : m_buttons)
            b->setEnabled(exporter && workspace && !errors);
        if (!m_session.isOpen() || !exporter || (!workspace && !errors)) {
            m_pages->setCurrentWidget(m_nothing);
            return;
        }
        m_heading->setText(q(exporter->title));
        m_title->setRuns({});
        for (CountChip *chip : m_chips)
            chip->hide();
        if (errors) {
            m_problems->setText(tr("Nothing is exported while the workspace has errors"), tr("These are to be put right first. F8 goes from one to the next."));
            Runs list;
            int shown = 0;
            for (const config::Problem &problem : m_session.problems()) {
                if (problem.severity != config::Severity::Error || ++shown > mostProblems)
                    continue;
                if (!list.isEmpty())
                    list << plain(QStringLiteral("\n"));
                list << link(problem.path.empty() ? q(problem.file) : q(problem.path), placeOfPath(q(problem.path), q(problem.file))) << plain(QStringLiteral("  ") + q(problem.message));
            }
            m_problemList->setRuns(list);
            m_problemList->setFixedHeight(m_problemList->heightForWidth(m_problemList->width()));
            m_problemList->show();
            m_pages->setCurrentWidget(m_problems);
            return;
        }
        m_problemList->hide();
        auto made = exporter->run(*workspace);
        if (!made) {
            m_problems->setText(tr("It can't be exported"), q(made.error().text()));
            m_pages->setCurrentWidget(m_problems);
            return;
        }
        m_made = std::move(made).value();
        m_pages->setCurrentWidget(m_columns);
        const auto counts = countLevels(m_made);
        m_targets->currentItem()->setData(TargetDelegate::CountsRole, QVariantList{counts[0], counts[1], counts[2]});
        m_title->setRuns({soft(tr("%n feature(s) used:", nullptr, int(m_made.findings.size())))});
        m_chips[0]->setCount(counts[0], tr("%1 exact").arg(counts[0]), HueId::Ok);
        m_chips[1]->setCount(counts[1], tr("%1 near").arg(counts[1]), HueId::Delay);
        m_chips[2]->setCount(counts[2], tr("%1 missing").arg(counts[2]), HueId::Client);
        m_model->setFindings(m_made.findings, m_exact->isChecked());
        fillFiles();
    }

    void fillFiles()
    {
        const int before = std::max(0, m_files->currentRow());
        {
            const QSignalBlocker quiet(m_files);
            m_files->clear();
            for (const exporters::File &file : m_made.files) {
                const auto count = std::count_if(m_made.findings.begin(), m_made.findings.end(),
                                                 [&](const exporters::Finding &f) { return f.file == file.name && f.level != exporters::Level::Exact; });
                auto *item = new QListWidgetItem(q(file.name), m_files);
                item->setData(FileDelegate::CountRole, int(count));
                item->setData(Qt::AccessibleTextRole, tr("%1, %n finding(s)", nullptr, int(count)).arg(q(file.name)));
            }
            m_files->setCurrentRow(std::min(before, m_files->count() - 1));
        }
        showFile(m_files->currentRow());
    }

    void showFile(int row)
    {
        if (row < 0 || size_t(row) >= m_made.files.size())
            return;
        const exporters::File &file = m_made.files[size_t(row)];
        m_code->setLanguage(target()->name == "nginx" && q(file.name).endsWith(QLatin1String(".conf")) ? Language::Nginx : languageOfFile(file.name));
        const int line = m_shown == file.name ? m_code->caretLine() : 0;
        m_code->setUtf8(file.text);
        QList<LineFinding> marks;
        m_lines.clear();
        for (const exporters::Finding &finding : m_made.findings)
            if (finding.file == file.name && finding.level != exporters::Level::Exact && finding.line) {
                marks << LineFinding{int(finding.line) - 1, finding.level == exporters::Level::Unsupported ? HueId::Client : HueId::Delay, q(finding.message)};
                m_lines.push_back(int(finding.line));
            }
        m_code->setFindings(marks);
        m_code->goToLine(line);
        m_shown = file.name;
    }

    void showLineOf(int row)
    {
        const exporters::Finding *finding = m_model->at(row);
        if (!finding || m_joining)
            return;
        for (size_t i = 0; i < m_made.files.size(); ++i)
            if (m_made.files[i].name == finding->file && int(i) != m_files->currentRow())
                m_files->setCurrentRow(int(i));
        m_joining = true;
        m_code->goToLine(int(finding->line) - 1);
        m_joining = false;
    }
    void showFindingOf(int line)
    {
        const int row = m_model->rowOfLine(m_shown, line);
        if (row < 0 || m_joining)
            return;
        m_joining = true;
        m_findings->setCurrentIndex(m_model->index(row));
        m_joining = false;
    }

    void copyFile()
    {
        const int row = m_files->currentRow();
        if (row >= 0 && size_t(row) < m_made.files.size())
            QGuiApplication::clipboard()->setText(q(m_made.files[size_t(row)].text));
    }

    void saveToFolder()
    {
        if (m_pages->currentWidget() != m_columns)
            return;
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Save the export to a folder"));
        if (folder.isEmpty())
            return;
        saveTo(folder);
    }

public:
    // Apart from the dialog, so that a test can say where.
    void saveTo(const QString &folder)
    {
        QString error;
        for (const exporters::File &file : m_made.files) {
            const QString path = folder + QLatin1Char('/') + q(file.name);
            QDir().mkpath(QFileInfo(path).path());
            if (auto written = config::writeFileSafely(path.toStdString(), file.text); !written && error.isEmpty())
                error = q(written.error().text());
        }
        m_title->setRuns({error.isEmpty() ? soft(tr("Saved to %1").arg(folder)) : inHue(plain(error), HueId::Server)});
    }

private:
    PanelContext m_context;
    Session &m_session;
    QTimer m_settle;
    QListWidget *m_targets, *m_files;
    QSplitter *m_columns;
    QStackedWidget *m_pages;
    EmptyState *m_problems, *m_nothing;
    QLabel *m_heading;
    RunsLabel *m_title, *m_problemList;
    std::array<CountChip *, 3> m_chips{};
    QList<QPushButton *> m_buttons;
    CodeEditor *m_code;
    QListView *m_findings;
    FindingsModel *m_model;
    QPushButton *m_exact;
    exporters::Export m_made;
    std::vector<int> m_lines; // of the marks in the code
    std::string m_shown;
    bool m_joining = false;
};

} // namespace

PanelInfo exportPanel(Session &session)
{
    return {QLatin1String(panels::exporting), QObject::tr("Export"), IconId::Export,
            [&session](const PanelContext &context) -> Panel * { return new ExportPanel(context, session); }};
}

} // namespace gatehouse::ui
