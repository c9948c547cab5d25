// How long a response waits: none, fixed or a distribution with its figures, and the distribution drawn with median and p99.
#pragma once

#include "ui/models/session.h"

#include <QtWidgets/QWidget>

class QComboBox;
class QHBoxLayout;
class QLineEdit;

namespace gatehouse::ui {

class FieldError;

// The density over time, in the hue of mocks. Milliseconds; hidden while there is nothing to draw.
class LatencyCurve final : public QWidget {
    Q_OBJECT
public:
    explicit LatencyCurve(QWidget *parent = nullptr);
    // Of a `latency` node as it stands in the document; null or unreadable: nothing.
    void setLatency(const schema::Node *latency);
    double median() const { return m_median; }
    double p99() const { return m_p99; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double density(double millis) const;
    QString m_kind;
    double m_a = 0, m_b = 0; // median and sigma, mean and deviation, min and max
    double m_median = 0, m_p99 = 0;
};

class LatencyEditor final : public QWidget {
    Q_OBJECT
public:
    LatencyEditor(Session &session, const config::Location &at, QWidget *parent);
    void read();
    bool reveal(const schema::Path &path);
    LatencyCurve *curve() const { return m_curve; } // below the whole line: its owner lays it out

private:
    void choose(int kind);
    void buildLines(int kind);
    void typed(const std::string &key, const QString &text);
    config::Location placeOf(const std::string &key) const;

    Session &m_session;
    config::Location m_at;
    QComboBox *m_kind;
    QHBoxLayout *m_row;
    std::vector<std::pair<std::string, QLineEdit *>> m_lines;
    std::vector<QWidget *> m_extra; // labels and lines of the kind shown
    int m_shown = -1;
    FieldError *m_error;
    LatencyCurve *m_curve;
};

} // namespace gatehouse::ui
