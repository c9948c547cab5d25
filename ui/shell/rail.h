// The rail: one button a panel, icon above label, its badge; Settings at the foot. Up and Down walk it.
#pragma once

#include "ui/shell/panel.h"

class QButtonGroup;

namespace gatehouse::ui {

class RailButton;

class Rail final : public QWidget {
    Q_OBJECT
public:
    explicit Rail(const QList<PanelInfo> &panels, QWidget *parent = nullptr);
    void setCurrent(int index);
    void setBadge(int index, const Badge &badge);
    void setIconsOnly(bool only);
    bool iconsOnly() const { return m_iconsOnly; }

Q_SIGNALS:
    void chosen(int index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refit();
    QList<RailButton *> m_buttons;
    QButtonGroup *m_group;
    bool m_iconsOnly = false;
};

} // namespace gatehouse::ui
