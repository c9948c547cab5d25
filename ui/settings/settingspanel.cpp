#include "ui/settings/settingspanel.h"

#include "gateway/config/shapes.h"
#include "ui/forms/recordform.h"
#include "ui/models/session.h"
#include "ui/settings/trustsection.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bars.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QPointer>
#include <QtCore/QProcess>
#include <QtCore/QSettings>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {

constexpr double labelWidth = 140;
constexpr char environmentsPlace[] = "/environments";
constexpr char themeKey[] = "theme", textKey[] = "textScale", motionKey[] = "reducedMotion", editorKey[] = "editor";

class SettingsPanel final : public Panel {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::SettingsPanel)

public:
    SettingsPanel(const PanelContext &context, api::Api api, Session &session, QString file)
        : m_context(context), m_api(api), m_session(session), m_file(std::move(file))
    {
        auto *outer = new QVBoxLayout(this);
        outer->setContentsMargins({});
        m_scroll = new QScrollArea(this);
        m_scroll->setFrameShape(QFrame::NoFrame);
        m_scroll->setWidgetResizable(true);
        outer->addWidget(m_scroll);
        build();
        connect(&session, &Session::opened, this, [this] { build(); });
        auto *second = new QTimer(this);
        connect(second, &QTimer::timeout, this, [this] { showMemory(); });
        second->start(1000);
    }

    void activate() override { m_theme->setFocus(); }
    bool open(const Place &place) override
    {
        if (place.kind != Place::Kind::Path && place.kind != Place::Kind::Setting)
            return true;
        if (place.name == QLatin1String(environmentsPlace) && m_environments) {
            m_environments->setFocus(Qt::OtherFocusReason);
            m_scroll->ensureWidgetVisible(m_environments);
            return true;
        }
        if (const auto path = schema::Path::parse(place.name.toStdString()))
            for (auto form = m_forms.rbegin(); form != m_forms.rend(); ++form) // the innermost that holds it
                if (*form && path->startsWith((*form)->at().path)) {
                    const bool found = (*form)->reveal(*path);
                    if (QWidget *focused = (*form)->focusWidget())
                        m_scroll->ensureWidgetVisible(focused);
                    return found;
                }
        return true;
    }

private:
    QLabel *label(const QString &text, Type type, QWidget *parent) const
    {
        auto *out = new QLabel(text, parent);
        out->setFont(typeFont(type));
        out->setTextFormat(Qt::PlainText);
        return out;
    }

    void row(QVBoxLayout *layout, QWidget *page, const QString &name, QWidget *editor, const QString &hint = {})
    {
        auto *line = new QHBoxLayout;
        line->setSpacing(scaled(12));
        auto *text = label(name, Type::Control, page);
        text->setFixedWidth(scaled(labelWidth));
        text->setBuddy(editor);
        editor->setAccessibleName(name);
        line->addWidget(text);
        line->addWidget(editor);
        line->addStretch();
        layout->addLayout(line);
        if (hint.isEmpty())
            return;
        auto *below = label(hint, Type::Hint, page);
        below->setForegroundRole(QPalette::PlaceholderText);
        below->setWordWrap(true);
        addIndented(layout, below);
    }

    // Below an editor rather than below its label.
    static void addIndented(QVBoxLayout *layout, QWidget *widget)
    {
        auto *line = new QHBoxLayout;
        line->setContentsMargins(scaled(labelWidth + 12), 0, 0, scaled(2));
        line->addWidget(widget);
        layout->addLayout(line);
    }

    RecordForm *addForm(QVBoxLayout *layout, QWidget *page, const config::Location &at, const schema::Shape &shape)
    {
        auto *form = new RecordForm(m_session, at, shape, nullptr, page);
        form->setLabelColumn(labelWidth);
        form->follow();
        layout->addWidget(form);
        m_forms.emplace_back(form);
        return form;
    }

    void keep(const char *key, const QVariant &value)
    {
        if (!m_file.isEmpty())
            QSettings(m_file, QSettings::IniFormat).setValue(QLatin1String(key), value);
    }

    void build()
    {
        auto *page = new QWidget;
        page->setMaximumWidth(scaled(760));
        auto *layout = new QVBoxLayout(page);
        layout->setContentsMargins(scaled(24), scaled(18), scaled(24), scaled(24));
        layout->setSpacing(scaled(8));
        layout->addWidget(label(tr("Settings"), Type::Title, page));
        layout->addSpacing(scaled(8));
        layout->addWidget(label(tr("This window"), Type::Section, page));
        buildWindow(layout, page);
        layout->addSpacing(scaled(12));
        layout->addWidget(label(tr("Recorder"), Type::Section, page));
        m_memoryGauge = new Gauge(page);
        m_memoryGauge->setFixedWidth(scaled(260));
        row(layout, page, tr("Memory"), m_memoryGauge);
        m_memory = label({}, Type::Hint, page);
        m_memory->setForegroundRole(QPalette::PlaceholderText);
        addIndented(layout, m_memory);
        auto *recording = new Switch(tr("Record exchanges"), page);
        recording->setCheckable(true);
        recording->setChecked(m_api.exchanges.recorder().recording);
        connect(recording, &QAbstractButton::clicked, this, [this](bool on) { m_api.exchanges.setRecording(on); });
        row(layout, page, tr("Record exchanges"), recording, tr("Its bounds stand below, in the workspace."));
        if (m_session.isOpen()) {
            layout->addSpacing(scaled(12));
            layout->addWidget(makeTrustSection(m_session, m_context.navigator, page));
            layout->addSpacing(scaled(12));
            layout->addWidget(label(tr("The workspace %1").arg(m_session.name()), Type::Section, page));
            buildEnvironments(layout, page);
            const schema::Shape &shape = *config::settingsShape();
            const std::string file = m_session.document().entry();
            m_forms.clear();
            addForm(layout, page, {file, schema::Path{"settings"}, 0}, shape)->setHidden({QStringLiteral("paths"), QStringLiteral("recording"), QStringLiteral("limits")});
            const std::pair<const char *, QString> parts[] = {{"paths", tr("Paths of requests")}, {"recording", tr("Recording")}, {"limits", tr("Limits of every listener")}};
            for (const auto &[key, title] : parts) {
                layout->addSpacing(scaled(12));
                layout->addWidget(label(title, Type::Section, page));
                addForm(layout, page, {file, schema::Path{"settings", key}, 0}, *shape.field(key)->shape);
            }
        }
        layout->addStretch();
        m_scroll->setWidget(page);
        showMemory();
    }

    void buildWindow(QVBoxLayout *layout, QWidget *page)
    {
        Theme *theme = Theme::instance();
        m_theme = new QComboBox(page);
        m_theme->addItems({tr("As the system"), tr("Light"), tr("Dark"), tr("High contrast")});
        m_theme->setCurrentIndex(theme ? int(theme->choice()) : 0);
        connect(m_theme, &QComboBox::activated, this, [this, theme](int choice) {
            if (theme)
                theme->setChoice(ThemeChoice(choice));
            keep(themeKey, choice);
        });
        row(layout, page, tr("Theme"), m_theme);
        auto *size = new QComboBox(page);
        for (const int percent : {75, 90, 100, 110, 125, 150, 200})
            size->addItem(tr("%1%").arg(percent), percent / 100.0);
        size->setCurrentIndex(size->findData(theme ? theme->textScale() : 1.0));
        connect(size, &QComboBox::activated, this, [this, size, theme](int index) {
            keep(textKey, size->itemData(index));
            if (theme)
                theme->setTextScale(size->itemData(index).toDouble());
        });
        row(layout, page, tr("Text size"), size);
        auto *motion = new Switch(tr("Reduced motion"), page);
        motion->setCheckable(true);
        motion->setChecked(theme && theme->reducedMotion());
        connect(motion, &QAbstractButton::clicked, this, [this, theme](bool on) {
            if (theme)
                theme->setReducedMotion(on);
            keep(motionKey, on);
        });
        row(layout, page, tr("Reduced motion"), motion);
        auto *editor = new QLineEdit(editorCommand(m_file), page);
        editor->setFont(typeFont(Type::Wire));
        editor->setFixedWidth(scaled(260));
        editor->setPlaceholderText(QStringLiteral("code -g %f"));
        connect(editor, &QLineEdit::editingFinished, this, [this, editor] { keep(editorKey, editor->text().trimmed()); });
        auto *box = new QWidget(page);
        auto *line = new QHBoxLayout(box);
        line->setContentsMargins({});
        line->addWidget(editor);
        auto *open = button(tr("Open the workspace's file"), "", box);
        open->setEnabled(m_session.isOpen());
        connect(open, &QPushButton::clicked, this, [this] { openFile(QString::fromStdString(m_session.document().entry())); });
        line->addWidget(open);
        row(layout, page, tr("Editor"), box, tr("The command that opens a file; %f is the file. Empty: what the desktop opens it with."));
        editor->setAccessibleName(tr("Editor command"));
    }

    // Each environment is a file of its own, edited as text.
    void buildEnvironments(QVBoxLayout *layout, QWidget *page)
    {
        m_environments = nullptr;
        auto *box = new QWidget(page);
        auto *line = new QHBoxLayout(box);
        line->setContentsMargins({});
        for (const QString &name : m_session.environments()) {
            auto *open = button(tr("Open %1").arg(name), "", box);
            connect(open, &QPushButton::clicked, this, [this, name] { openFile(QStringLiteral("environments/%1.yaml").arg(name)); });
            line->addWidget(open);
            if (!m_environments || name == m_session.environment())
                m_environments = open;
        }
        if (m_environments)
            row(layout, page, tr("Environments"), box, tr("The values of ${names}, one file an environment. What you save there is taken at once."));
        else
            delete box;
    }

    void openFile(const QString &file)
    {
        const QString path = m_session.folder() + QLatin1Char('/') + file;
        QStringList words = QProcess::splitCommand(editorCommand(m_file));
        if (words.isEmpty()) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(path));
            return;
        }
        bool placed = false;
        for (QString &word : words) {
            placed = placed || word.contains(QLatin1String("%f"));
            word.replace(QLatin1String("%f"), path);
        }
        if (!placed)
            words << path;
        QProcess::startDetached(words.takeFirst(), words);
    }

    void showMemory()
    {
        const api::RecorderState state = m_api.exchanges.recorder();
        const double share = state.bytesMax ? double(state.bytes) / double(state.bytesMax) : 0;
        const QString words = tr("%1 of %2, %3 recorded, %4 bodies dropped")
                                  .arg(formatBytes(qint64(state.bytes)), formatBytes(qint64(state.bytesMax)), formatCount(qint64(state.recorded)), formatCount(qint64(state.droppedBodies)));
        m_memoryGauge->setValue(share, HueId::Ok, words);
        m_memory->setText(words);
    }

    PanelContext m_context;
    api::Api m_api;
    Session &m_session;
    QString m_file;
    QScrollArea *m_scroll;
    QComboBox *m_theme = nullptr;
    QPushButton *m_environments = nullptr; // opens the one that is used now
    Gauge *m_memoryGauge = nullptr;
    QLabel *m_memory = nullptr;
    std::vector<QPointer<RecordForm>> m_forms; // of all the settings, then their parts
};

} // namespace

PanelInfo settingsPanel(api::Api api, Session &session, const QString &settingsFile)
{
    return {QLatin1String(panels::settings), QObject::tr("Settings"), IconId::Settings,
            [api, &session, settingsFile](const PanelContext &context) -> Panel * { return new SettingsPanel(context, api, session, settingsFile); }};
}

void applyWindowSettings(const QString &settingsFile)
{
    Theme *theme = Theme::instance();
    if (!theme || settingsFile.isEmpty())
        return;
    const QSettings settings(settingsFile, QSettings::IniFormat);
    theme->setChoice(ThemeChoice(settings.value(QLatin1String(themeKey), 0).toInt()));
    theme->setTextScale(settings.value(QLatin1String(textKey), 1.0).toDouble());
    theme->setReducedMotion(settings.value(QLatin1String(motionKey), false).toBool());
}

QString editorCommand(const QString &settingsFile)
{
    return settingsFile.isEmpty() ? QString() : QSettings(settingsFile, QSettings::IniFormat).value(QLatin1String(editorKey)).toString();
}

} // namespace gatehouse::ui
