// What a widget really writes: the text of everything it paints, in the order of painting, as a paint device sees it. And all that is
// shown otherwise: tooltips, labels, what models say.
#pragma once

#include <QtCore/QAbstractItemModel>
#include <QtCore/QStringList>
#include <QtGui/QPaintDevice>
#include <QtGui/QPaintEngine>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QWidget>

#include <functional>

namespace gatehouse::test {

class TextEngine final : public QPaintEngine {
public:
    TextEngine() : QPaintEngine(AllFeatures) { }
    bool begin(QPaintDevice *) override { return true; }
    bool end() override { return true; }
    void updateState(const QPaintEngineState &) override { }
    void drawPixmap(const QRectF &, const QPixmap &, const QRectF &) override { }
    void drawImage(const QRectF &, const QImage &, const QRectF &, Qt::ImageConversionFlags) override { }
    void drawTiledPixmap(const QRectF &, const QPixmap &, const QPointF &) override { }
    void drawPath(const QPainterPath &) override { }
    void drawPolygon(const QPointF *, int, PolygonDrawMode) override { }
    void drawPolygon(const QPoint *, int, PolygonDrawMode) override { }
    void drawTextItem(const QPointF &, const QTextItem &item) override { texts << item.text(); }
    Type type() const override { return User; }

    QStringList texts;
};

class TextDevice final : public QPaintDevice {
public:
    explicit TextDevice(QSize size) : m_size(size) { }
    QPaintEngine *paintEngine() const override { return &m_engine; }
    const QStringList &texts() const { return m_engine.texts; }

protected:
    int metric(PaintDeviceMetric metric) const override
    {
        switch (metric) {
        case PdmWidth: return m_size.width();
        case PdmHeight: return m_size.height();
        case PdmWidthMM: return m_size.width() / 4;
        case PdmHeightMM: return m_size.height() / 4;
        case PdmDepth: return 32;
        case PdmDevicePixelRatio: return 1;
        case PdmDevicePixelRatioScaled: return int(devicePixelRatioFScale());
        case PdmNumColors: return 1 << 24;
        default: return 96; // dots per inch
        }
    }

private:
    mutable TextEngine m_engine;
    QSize m_size;
};

// By the widget itself, without its children.
inline QStringList paintedBy(QWidget &widget)
{
    TextDevice device(widget.size());
    widget.render(&device, {}, {}, QWidget::DrawWindowBackground);
    return device.texts();
}

// It and all in it that is visible. A field in which a person writes holds the very text, as it is.
inline void eachPainted(QWidget &top, const std::function<void(const QWidget &, const QStringList &)> &visit)
{
    const auto isWritten = [](const QWidget *widget) {
        const auto *line = qobject_cast<const QLineEdit *>(widget);
        const auto *text = widget->parentWidget() ? qobject_cast<const QPlainTextEdit *>(widget->parentWidget()) : nullptr;
        return (line && !line->isReadOnly()) || (text && !text->isReadOnly());
    };
    QList<QWidget *> all = top.findChildren<QWidget *>();
    all.prepend(&top);
    for (QWidget *widget : all)
        if (widget->isVisible() && !widget->size().isEmpty() && !isWritten(widget))
            if (const QStringList painted = paintedBy(*widget); !painted.isEmpty())
                visit(*widget, painted);
}

inline void eachIndex(const QAbstractItemModel &model, const QModelIndex &parent, const std::function<void(const QModelIndex &)> &visit)
{
    for (int row = 0; row < model.rowCount(parent); ++row)
        for (int column = 0; column < model.columnCount(parent); ++column) {
            const QModelIndex index = model.index(row, column, parent);
            visit(index);
            eachIndex(model, index, visit);
        }
}

// Of every widget there is and every cell of its model.
inline void eachToolTip(const std::function<void(const QString &)> &visit)
{
    for (const QWidget *widget : QApplication::allWidgets()) {
        visit(widget->toolTip());
        const auto *view = qobject_cast<const QAbstractItemView *>(widget);
        if (view && view->model())
            eachIndex(*view->model(), {}, [&](const QModelIndex &index) { visit(index.data(Qt::ToolTipRole).toString()); });
    }
}

} // namespace gatehouse::test
