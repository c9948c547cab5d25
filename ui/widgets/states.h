// What a panel shows when there is nothing, when something is under way, and when something is wrong.
#pragma once

#include "ui/widgets/icons.h"
#include "ui/widgets/runs.h"

#include <QtCore/QElapsedTimer>
#include <QtWidgets/QWidget>

#include <optional>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QTimer;
class QVBoxLayout;

namespace gatehouse::ui {

// A tile with the panel's icon, a sentence that says what this will be, one or two buttons that do it, one example.
class EmptyState final : public QWidget {
    Q_OBJECT
public:
    EmptyState(IconId icon, const QString &title, const QString &text, QWidget *parent = nullptr);
    void setText(const QString &title, const QString &text);
    QPushButton *addButton(const QString &text, bool primary = false, std::optional<IconId> icon = {});
    void setExample(const QString &example); // on the wire font, with a button that copies it
    void addBelow(QWidget *widget); // recent workspaces

protected:
    void changeEvent(QEvent *event) override;

private:
    void renewIcons();
    QList<std::pair<QPushButton *, IconId>> m_icons;
    QLabel *m_title, *m_text;
    QHBoxLayout *m_buttons;
    QVBoxLayout *m_layout;
    QWidget *m_example = nullptr;
    QLabel *m_exampleText = nullptr;
};

// Nothing for 150 ms, then a line of 2 px, with a count and Cancel when given. Its height never moves its neighbours.
class LoadingLine final : public QWidget {
    Q_OBJECT
public:
    explicit LoadingLine(QWidget *parent = nullptr);
    void start(const QString &what);
    void setProgress(double fraction, const QString &text); // a fraction below 0: unknown
    void finish();
    QSize sizeHint() const override;

Q_SIGNALS:
    void cancelled();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QTimer *m_delay, *m_tick;
    QElapsedTimer m_since;
    double m_fraction = -1;
    bool m_shown = false;
};

// A bar at the head of what it concerns: icon, strong sentence, cause or consequence, at most two commands.
class NoticeBar final : public QWidget {
    Q_OBJECT
public:
    explicit NoticeBar(HueId hue = HueId::Client, QWidget *parent = nullptr);
    void setHue(HueId hue);
    void setNotice(const QString &title, const Runs &detail = {});
    QPushButton *addCommand(const QString &text);
    void clearCommands();
    QList<QPushButton *> commands() const;
    QString title() const;

Q_SIGNALS:
    void placeActivated(const gatehouse::ui::Place &place);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    HueId m_hue;
    QLabel *m_title;
    RunsLabel *m_detail;
    QWidget *m_commandRow;
    QHBoxLayout *m_commands;
};

// Icon and sentence below a field: what is wrong, what would be right. Hidden while empty.
class FieldError final : public QWidget {
    Q_OBJECT
public:
    explicit FieldError(QWidget *parent = nullptr);
    void setError(const QString &text);
    // In the hue of a warning rather than of an error.
    void setWarning(const QString &text);
    QString text() const { return m_text; }
    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void setMessage(const QString &text, HueId hue);
    QString m_text;
    HueId m_hue = HueId::Server;
};

} // namespace gatehouse::ui
