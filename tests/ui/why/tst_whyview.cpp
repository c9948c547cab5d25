#include "tests/support/grab.h"
#include "tests/support/sampletraffic.h"
#include "ui/shell/theme.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QLocale>
#include <QtGui/QClipboard>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QPushButton>

using namespace gatehouse;
using ui::WhyItem;

namespace {

observe::Explanation pictured(size_t row) { return test::sampleExplanation(test::sampleRows(23)[row]); }

observe::Explanation sketch(const char *url)
{
    api::RequestSketch request;
    request.url = url;
    return test::sampleSketch(request);
}

} // namespace

class TestWhyView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        test::useDesignFont();
        ui::Theme::install(*qApp)->setChoice(ui::ThemeChoice::Light);
        qRegisterMetaType<ui::Place>("gatehouse::ui::Place");
    }

    void modelHoldsForEveryRow()
    {
        ui::WhyModel model;
        QAbstractItemModelTester tester(&model);
        for (const observe::Row &row : test::sampleRows(400, 1, 0, 1, 3)) {
            model.setExplanation(test::sampleExplanation(row));
            QVERIFY(model.rowCount() >= 3);
            QVERIFY(!model.wholeText().isEmpty());
        }
        model.setExplanation(sketch("/v1/users/me"));
        QVERIFY(!model.find(WhyItem::StageId::Answer).isValid()); // nothing was answered
        model.clear();
        QVERIFY(model.isEmpty());
    }

    void stagesOfARetriedOne()
    {
        ui::WhyModel model;
        model.setExplanation(pictured(5));
        QStringList stages;
        for (int row = 0; row < model.rowCount(); ++row) {
            const WhyItem *item = ui::WhyModel::item(model.index(row, 0));
            if (item->kind == WhyItem::Kind::Stage)
                stages << ui::toPlainText(item->title);
        }
        QCOMPARE(stages, QStringList({QStringLiteral("Arrived at main"), QStringLiteral("Route: get-order"), QStringLiteral("Policies"), QStringLiteral("Rewritten"),
                                      QStringLiteral("Upstream: orders"), QStringLiteral("Policies, on the way back"), QStringLiteral("Answered 200 OK")}));
        QCOMPARE(model.timeParts().size(), qsizetype(4));
        QCOMPARE(model.timeParts()[2].label, QStringLiteral("waiting 31 ms"));
        const QString candidates = model.asText(model.find(WhyItem::StageId::Route));
        QVERIFY2(candidates.contains(QStringLiteral("get-order-canary, does not match, header x-tenant  wants matches ^[a-z]+$  got ACME-7")), qPrintable(candidates));
        QVERIFY(candidates.contains(QStringLiteral("9 more differ in host or prefix")));
    }

    // What a stranger sent as Host becomes the workspace's by a click: the very host, and only where it is one.
    void aRefusedHostCanBeAdded_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("button"); // empty: none
        const auto row = [](const char *name, const QString &host, const QString &button) { QTest::newRow(name) << host << button; };
        row("plain", QStringLiteral("shop.test"), QStringLiteral("Add shop.test to the hosts of main"));
        row("one label", QStringLiteral("shop_1"), QStringLiteral("Add shop_1 to the hosts of main"));
        const QString longest = QString(63, QLatin1Char('a')) + QStringLiteral(".test");
        row("long", longest, QStringLiteral("Add ") + longest.left(24) + QChar(0x2026) + longest.right(24) + QStringLiteral(" to the hosts of main"));
        for (const char *none : {"", "*.test", "*", "a*b.test", "%61.test", "shop.test.", ".test", "-a.test", "a..b", "a b", "a\nb", "<b>x", "sh\xc3\xb6p.test", "a$b", "${env:X}"})
            row(none, QString::fromUtf8(none), {});
        row("label too long", QString(64, QLatin1Char('a')), {});
        row("too long", QStringLiteral("a.").repeated(127) + QLatin1Char('a'), {});
    }
    void aRefusedHostCanBeAdded()
    {
        QFETCH(QString, host);
        QFETCH(QString, button);
        observe::Explanation why;
        why.listener = "main";
        why.client = "127.0.0.1:5";
        why.verdict = observe::Verdict::RefusedHost;
        why.status = 421;
        why.refusedHost = host.toStdString();
        ui::WhyView view;
        view.resize(572, 900);
        view.setExplanation(why);
        const auto buttons = view.findChildren<QPushButton *>();
        QCOMPARE(buttons.size(), button.isEmpty() ? 0 : 1);
        if (button.isEmpty())
            return;
        QCOMPARE(buttons.front()->text(), button);
        QSignalSpy spy(&view, &ui::WhyView::placeActivated);
        buttons.front()->click();
        const auto place = spy.value(0).value(0).value<ui::Place>();
        QVERIFY(place.kind == ui::Place::Kind::NewHost);
        QCOMPARE(place.name, QStringLiteral("main"));
        QCOMPARE(place.detail, host);
    }

    void refusalFoldsTheRouteAndLeavesTheRestUnreached()
    {
        ui::WhyView view;
        view.resize(572, 900);
        view.setExplanation(pictured(3));
        QVERIFY(!view.isExpanded(view.whyModel().find(WhyItem::StageId::Route)));
        const QModelIndex policies = view.whyModel().find(WhyItem::StageId::PoliciesIn);
        QVERIFY(view.isExpanded(policies));
        QVERIFY(ui::WhyModel::item(view.whyModel().index(1, 0, policies))->reached);
        QVERIFY(!ui::WhyModel::item(view.whyModel().index(2, 0, policies))->reached);
        QVERIFY(!ui::WhyModel::item(view.whyModel().find(WhyItem::StageId::Target))->reached);
    }

    void keysFoldCopyAndGo()
    {
        ui::WhyView view;
        view.resize(572, 1100);
        view.setExplanation(pictured(5));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy went(&view, &ui::WhyView::placeActivated);
        const QModelIndex route = view.whyModel().find(WhyItem::StageId::Route);
        view.setCurrentIndex(route);
        QTest::keyClick(&view, Qt::Key_Left);
        QVERIFY(!view.isExpanded(route));
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(view.isExpanded(route));
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(went.size(), 1);
        QCOMPARE(went.takeFirst().at(0).value<ui::Place>().name, QStringLiteral("get-order"));
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("0.02 ms  Route: get-order, 5 candidates of 14, decided in 18 µs\n  get-order, wins")));
        view.setCurrentIndex(view.whyModel().index(0, 0));
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        const QString whole = QGuiApplication::clipboard()->text();
        QVERIFY(whole.startsWith(QStringLiteral("get-order sent it to orders")) && whole.contains(QStringLiteral("Answered 200 OK")));
    }

    void aClickOnANameGoesThereAndOnAHeadFolds()
    {
        ui::WhyView view;
        view.resize(572, 1100);
        view.setExplanation(pictured(5));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy went(&view, &ui::WhyView::placeActivated);
        const QModelIndex policies = view.whyModel().find(WhyItem::StageId::PoliciesIn);
        const QRect burst = view.visualRect(view.whyModel().index(1, 0, policies));
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(ui::scaled(100), burst.center().y()));
        QCOMPARE(went.size(), 1);
        QCOMPARE(went.takeFirst().at(0).value<ui::Place>().name, QStringLiteral("/groups/0/policies/0"));
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(ui::scaled(300), view.visualRect(policies).center().y() + 4));
        QVERIFY(!view.isExpanded(policies));
        QVERIFY(went.isEmpty());
    }

    void theNextStepsOfARefusalAreButtons()
    {
        ui::WhyView view;
        view.resize(572, 1100);
        view.setExplanation(pictured(3));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy went(&view, &ui::WhyView::placeActivated);
        const auto buttons = view.findChildren<QPushButton *>();
        QCOMPARE(buttons.size(), qsizetype(3));
        QCOMPARE(buttons[0]->text(), QStringLiteral("Raise this limit…"));
        QTest::mouseClick(buttons[0], Qt::LeftButton);
        QCOMPARE(went.takeFirst().at(0).value<ui::Place>().name, QStringLiteral("/groups/0/policies/0"));
        QTest::mouseClick(buttons[1], Qt::LeftButton);
        QCOMPARE(went.takeFirst().at(0).value<ui::Place>().name, QStringLiteral("/groups/0/policies/0/when"));
        view.setFocus();
        view.setCurrentIndex(view.indexBelow(view.whyModel().find(WhyItem::StageId::Answer)));
        QTest::keyClick(&view, Qt::Key_Return); // into the buttons
        QVERIFY(buttons[0]->hasFocus());
        QTest::keyClick(buttons[0], Qt::Key_Tab);
        QTest::keyClick(buttons[1], Qt::Key_Tab);
        QVERIFY(buttons[2]->hasFocus());
        QTest::keyClick(buttons[2], Qt::Key_Space);
        const auto place = went.takeFirst().at(0).value<ui::Place>();
        QCOMPARE(place.kind, ui::Place::Kind::Exchanges);
        QCOMPARE(place.name, QStringLiteral("route:get-order verdict:throttled"));
        QTest::keyClick(buttons[2], Qt::Key_Escape);
        QVERIFY(view.hasFocus());
        QVERIFY(!view.whyModel().wholeText().contains(QStringLiteral("Raise this limit"))); // no part of what happened
    }

    void anotherRouteIsAskedForAndListed()
    {
        ui::WhyView view;
        view.resize(572, 1100);
        ui::WhyMore more;
        more.asksOther = true;
        view.setExplanation(pictured(5), more);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy wanted(&view, &ui::WhyView::otherRouteWanted);
        const QModelIndex route = view.whyModel().find(WhyItem::StageId::Route);
        const int before = view.whyModel().rowCount(route);
        const QRect note = view.visualRect(view.whyModel().index(before - 1, 0, route));
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(view.viewport()->width() - ui::scaled(40), note.center().y()));
        QCOMPARE(wanted.size(), 1);
        observe::Candidate other;
        other.route = "checkout";
        other.cells = {observe::Cell::Passed, observe::Cell::Failed, observe::Cell::NotAsked, observe::Cell::NotAsked, observe::Cell::NoCondition, observe::Cell::NoCondition};
        other.failed = observe::Failure{observe::Aspect::Path, "path", "/v1/checkout/*", std::string("/v1/orders/4711")};
        view.addCandidate(other);
        QCOMPARE(view.whyModel().rowCount(route), before + 1);
        QVERIFY2(view.whyModel().asText(view.currentIndex()).contains(QStringLiteral("checkout, does not match, path  wants /v1/checkout/*  got /v1/orders/4711")),
                 qPrintable(view.whyModel().asText(view.currentIndex())));
        view.addCandidate(other); // once
        QCOMPARE(view.whyModel().rowCount(route), before + 1);
        view.setCurrentIndex(view.whyModel().index(before, 0, route));
        QTest::keyClick(&view, Qt::Key_Return); // the last row asks again
        QCOMPARE(wanted.size(), 2);
    }

    void whatDiffersTodayIsMarked()
    {
        observe::Explanation now = pictured(5);
        ui::WhyMore more;
        more.then = now;
        ui::WhyModel model;
        model.setExplanation(now, more);
        QCOMPARE(model.differences(), 0);
        now.policies.front().verdict = observe::StepVerdict::Off;
        now.policies[1].durationNanos = 999'000; // a time is no difference
        more.then = pictured(5);
        model.setExplanation(now, more);
        QCOMPARE(model.differences(), 1);
        const QModelIndex policies = model.find(WhyItem::StageId::PoliciesIn);
        QVERIFY(WhyItem::Kind::Policy == ui::WhyModel::item(model.index(0, 0, policies))->kind && ui::WhyModel::item(model.index(0, 0, policies))->differs);
        QVERIFY(!ui::WhyModel::item(model.index(1, 0, policies))->differs);
        QVERIFY(model.index(0, 0, policies).data(Qt::AccessibleTextRole).toString().endsWith(QStringLiteral("differs")));
    }

    void theBucketStandsBelowWhatRefused()
    {
        ui::WhyMore more;
        more.bucket = ui::BucketPast{"127.0.0.1", 20, 3'000'000, 84'000, {{-2'000'000, 12, false}, {-900'000, 0, true}, {0, 0, true}}};
        ui::WhyModel model;
        model.setExplanation(pictured(3), more);
        const QModelIndex policies = model.find(WhyItem::StageId::PoliciesIn);
        const WhyItem *row = ui::WhyModel::item(model.index(2, 0, policies));
        QCOMPARE(int(row->kind), int(WhyItem::Kind::Bucket));
        QCOMPARE(model.asText(model.index(2, 0, policies)), QStringLiteral("Bucket of 127.0.0.1, last 3 s: 20 tokens, 2 refused, lets in at +84 ms\n"));
        model.setExplanation(pictured(5), more); // nothing was refused
        for (int at = 0; at < model.rowCount(model.find(WhyItem::StageId::PoliciesIn)); ++at)
            QVERIFY(ui::WhyModel::item(model.index(at, 0, model.find(WhyItem::StageId::PoliciesIn)))->kind == WhyItem::Kind::Policy);
    }

    void aRouteFoundAtOnceSaysSo()
    {
        observe::Explanation why = pictured(5);
        why.decidedNanos = 0;
        ui::WhyModel model;
        model.setExplanation(why);
        QVERIFY2(model.asText(model.find(WhyItem::StageId::Route)).contains(QStringLiteral("decided in under 1 µs")), qPrintable(model.asText(model.find(WhyItem::StageId::Route))));
    }

    void mirroredNamesAreLinksWhereTheyStand()
    {
        ui::WhyView view;
        view.setLayoutDirection(Qt::RightToLeft);
        view.resize(572, 1100);
        view.setExplanation(pictured(5));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy went(&view, &ui::WhyView::placeActivated);
        const QModelIndex policies = view.whyModel().find(WhyItem::StageId::PoliciesIn);
        const QRect burst = view.visualRect(view.whyModel().index(1, 0, policies));
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(ui::scaled(100), burst.center().y()));
        QCOMPARE(went.size(), 0);
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(view.viewport()->width() - ui::scaled(100), burst.center().y()));
        QCOMPARE(went.size(), 1);
        test::grab(view, QStringLiteral("why-mirrored"));
    }

    void looks_data()
    {
        QTest::addColumn<int>("row");
        QTest::newRow("retried") << 5;
        QTest::newRow("refused") << 3;
        QTest::newRow("mocked") << 2;
        QTest::newRow("failed") << 18;
    }

    void looks()
    {
        QFETCH(int, row);
        for (const auto theme : {ui::ThemeChoice::Light, ui::ThemeChoice::Dark}) {
            ui::Theme::instance()->setChoice(theme);
            ui::WhyView view;
            view.resize(572, 1020);
            ui::WhyMore more;
            more.asksOther = true;
            more.answer = {ui::plain(QStringLiteral("with ")), ui::wire(QStringLiteral("Retry-After: 1"))};
            more.bucket = ui::BucketPast{"127.0.0.1", 20, 3'000'000, 84'000, {{-3'000'000, 19, false}, {-2'400'000, 14, false}, {-1'800'000, 8, false}, {-1'200'000, 3, false}, {-900'000, 0.2, true}, {-700'000, 0.4, true}, {-300'000, 0.1, true}, {0, 0, true}}};
            view.setExplanation(pictured(size_t(row)), more);
            view.show();
            view.setFocus();
            QVERIFY(QTest::qWaitForWindowExposed(&view));
            const QPixmap picture = test::grab(view, QStringLiteral("why-%1-%2").arg(QString::fromLatin1(QTest::currentDataTag()), theme == ui::ThemeChoice::Light ? QStringLiteral("light") : QStringLiteral("dark")));
            QVERIFY(!picture.isNull());
            QVERIFY(view.contentHeight() > 200);
        }
        ui::Theme::instance()->setChoice(ui::ThemeChoice::Light);
    }
};

QTEST_MAIN(TestWhyView)
#include "tst_whyview.moc"
