// The sentence for each verdict, word for word: what people read first must say who decided, where it went, what was odd.
#include "tests/support/sampletraffic.h"
#include "ui/widgets/why/whysentence.h"

#include <QtCore/QLocale>
#include <QtTest/QTest>

#include <algorithm>

using namespace gatehouse;
using observe::Verdict;

namespace {

observe::Explanation pictured(size_t row) { return test::sampleExplanation(test::sampleRows(23)[row]); }

observe::Explanation rare(Verdict verdict)
{
    const auto rows = test::sampleRows(20'000, 1, 0, 1, 1);
    const auto found = std::find_if(rows.begin(), rows.end(), [verdict](const observe::Row &row) { return row.verdict == verdict; });
    return found == rows.end() ? observe::Explanation{} : test::sampleExplanation(*found);
}

QString said(const observe::Explanation &why) { return ui::toPlainText(ui::whySentence(why).runs); }

const ui::Run *linkTo(const ui::WhySentence &sentence, const QString &text)
{
    for (const ui::Run &run : sentence.runs) {
        if (run.style == ui::Run::Style::Link && run.text == text)
            return &run;
    }
    return nullptr;
}

observe::Explanation sketch(const char *url)
{
    api::RequestSketch request;
    request.url = url;
    return test::sampleSketch(request);
}

} // namespace

class TestWhySentence : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void allowed()
    {
        const auto why = pictured(4);
        QCOMPARE(said(why), QStringLiteral("users sent it to accounts at 127.0.0.1:9201."));
        const auto sentence = ui::whySentence(why);
        QVERIFY(!sentence.tone);
        const ui::Run *route = linkTo(sentence, QStringLiteral("users"));
        QVERIFY(route && route->place.kind == ui::Place::Kind::Route && route->place.name == QStringLiteral("users"));
        const ui::Run *upstream = linkTo(sentence, QStringLiteral("accounts"));
        QVERIFY(upstream && upstream->place.kind == ui::Place::Kind::Upstream);
    }

    void retried()
    {
        QCOMPARE(said(pictured(5)), QStringLiteral("get-order sent it to orders at 127.0.0.1:9002. It won over get-order-any by its header conditions.\n"
                                                   "The first try at :9001 was refused, so it was tried again after 31 ms."));
    }

    void wonByEachRule()
    {
        auto why = pictured(5);
        why.attempts.clear();
        using observe::Precedence;
        const std::vector<std::pair<Precedence, QString>> rules{
            {Precedence::OnlyMatch, {}},
            {Precedence::Priority, QStringLiteral("It won over get-order-any by its priority.")},
            {Precedence::Host, QStringLiteral("It won over get-order-any by its more exact host.")},
            {Precedence::Path, QStringLiteral("It won over get-order-any by its more exact path.")},
            {Precedence::Method, QStringLiteral("It won over get-order-any because it names the method.")},
            {Precedence::HeaderCount, QStringLiteral("It won over get-order-any by its header conditions.")},
            {Precedence::QueryCount, QStringLiteral("It won over get-order-any by its query conditions.")},
            {Precedence::FileOrder, QStringLiteral("It ties with get-order-any; the order in the file decided.")}};
        for (const auto &[rule, words] : rules) {
            why.candidates.front().decided = rule;
            QCOMPARE(said(why), (QStringLiteral("get-order sends it to orders. ") + words).trimmed());
        }
    }

    void refusedByAFullLimit()
    {
        const auto sentence = ui::whySentence(pictured(3));
        QCOMPARE(ui::toPlainText(sentence.runs), QStringLiteral("burst refused it: the bucket of 127.0.0.1 was empty.\n"
                                                                "The next request is let in after 84 ms. Nothing was sent to orders."));
        QVERIFY(sentence.tone == ui::HueId::Client);
        const ui::Run *policy = linkTo(sentence, QStringLiteral("burst"));
        QVERIFY(policy && policy->place.kind == ui::Place::Kind::Path);
        QCOMPARE(policy->place.name, QStringLiteral("/groups/0/policies/0"));
    }

    void refusedByAPolicy()
    {
        QCOMPARE(said(rare(Verdict::Refused)), QStringLiteral("key-auth refused it: no key in the header x-api-key.\nNothing was sent to orders."));
    }

    void refusedBecauseAPolicyFailedClosed()
    {
        auto why = rare(Verdict::Refused);
        why.policies[2].verdict = observe::StepVerdict::FailedClosed;
        why.policies[2].detail = "the store does not answer";
        QCOMPARE(said(why), QStringLiteral("key-auth could not decide and so refused it: the store does not answer.\nNothing was sent to orders."));
    }

    void refusedHostHasTheHint()
    {
        auto why = rare(Verdict::RefusedHost);
        QVERIFY(said(why).startsWith(QStringLiteral("The Host of this request is not a name of this gateway")));
        why.refusedHost = "evil.example";
        const QString text = said(why);
        QVERIFY2(text.startsWith(QStringLiteral("evil.example is not a name of this gateway")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("421")) && text.contains(QStringLiteral("Add the host to a route or to the listener main to let it in.")), qPrintable(text));
    }

    void crossSite()
    {
        const QString text = said(rare(Verdict::RefusedCrossSite));
        QVERIFY2(text.startsWith(QStringLiteral("A page of another site made a browser send it, so it was refused with 403.")), qPrintable(text));
        QVERIFY(text.endsWith(QStringLiteral("If other sites may call create-order, give it a cors policy that names them.")));
    }

    void loop()
    {
        auto why = pictured(4);
        why.verdict = Verdict::Loop;
        why.status = 508;
        QVERIFY(said(why).contains(QStringLiteral("came back to this gateway")));
        QVERIFY(ui::whySentence(why).tone == ui::HueId::Client);
    }

    void malformed()
    {
        observe::Explanation why;
        why.verdict = Verdict::Malformed;
        why.status = 400;
        QCOMPARE(said(why), QStringLiteral("What came in can't be read as HTTP, so it was refused."));
        why.error = "The head is longer than 64 KiB.";
        QCOMPARE(said(why), QStringLiteral("The head is longer than 64 KiB."));
    }

    void conditionsAreCalledAsPeopleCallThem()
    {
        using observe::Aspect;
        QCOMPARE(ui::conditionWords({Aspect::Path, "exact", "/v1/orders", "/get"}), QStringLiteral("path"));
        QCOMPARE(ui::conditionWords({Aspect::Method, "methods", "PUT or PATCH", "GET"}), QStringLiteral("method"));
        QCOMPARE(ui::conditionWords({Aspect::Headers, "headers.x-beta", "1", std::nullopt}), QStringLiteral("header x-beta"));
        QCOMPARE(ui::conditionWords({Aspect::Other, "all[1].client", "10.0.0.0/8", "127.0.0.1"}), QStringLiteral("all[1].client"));
    }

    void noRouteNamesTheNearest()
    {
        QCOMPARE(said(rare(Verdict::NoRoute)), QStringLiteral("No route took it: none of 14 matches.\n"
                                                              "The nearest is list-orders: its path wants /v1/orders and got /favicon.ico."));
    }

    void mock()
    {
        QCOMPARE(said(pictured(2)), QStringLiteral("products answered it from the mock catalogue. It took responses[1]."));
    }

    void redirect()
    {
        QCOMPARE(said(rare(Verdict::Local)), QStringLiteral("old-shop redirected it to https://shop.localhost/."));
    }

    void respond()
    {
        auto why = rare(Verdict::Local);
        why.target = observe::TargetKind::Respond;
        why.targetName = "204";
        QCOMPARE(said(why), QStringLiteral("old-shop answered it itself with 204."));
    }

    void answeredByAPolicy()
    {
        auto why = pictured(4);
        why.verdict = Verdict::Local;
        why.policies.resize(1);
        why.policies[0].kind = "cors";
        why.policies[0].verdict = observe::StepVerdict::Answered;
        why.policies[0].detail = "a preflight from https://shop.example";
        QCOMPARE(said(why), QStringLiteral("cors answered it: a preflight from https://shop.example. Nothing was sent to accounts."));
    }

    void cached() { QCOMPARE(said(pictured(6)), QStringLiteral("cache answered it from its store: hit, 12 s old. Nothing was sent to orders.")); }
    void delayed() { QCOMPARE(said(rare(Verdict::Delayed)), QStringLiteral("burst held it back: waited 84 ms. Then get-order sent it to orders.")); }

    void failedByTimeout()
    {
        const auto sentence = ui::whySentence(pictured(18));
        QCOMPARE(ui::toPlainText(sentence.runs), QStringLiteral("checkout sent it to payments at 127.0.0.1:9501, which did not answer within 1.81 s. The client got 502."));
        QVERIFY(sentence.tone == ui::HueId::Server);
    }

    void failedByRefusal()
    {
        auto why = pictured(18);
        why.attempts.back().error = "refused";
        QCOMPARE(said(why), QStringLiteral("checkout sent it to payments at 127.0.0.1:9501, which was refused. The client got 502."));
        why.attempts.back().error = "connect timeout";
        QVERIFY(said(why).contains(QStringLiteral("which did not answer within 1.81 s.")));
        why.attempts.clear();
        why.error = "every endpoint is out";
        QCOMPARE(said(why), QStringLiteral("checkout could not send it to payments: every endpoint is out."));
    }

    void cancelled()
    {
        const QString text = said(rare(Verdict::Cancelled));
        QVERIFY2(text.startsWith(QStringLiteral("The client went away after ")), qPrintable(text));
        QVERIFY(text.endsWith(QStringLiteral("search had sent it to search.")));
    }

    void anErrorOfTheUpstreamIsItsOwn()
    {
        QCOMPARE(said(pictured(21)), QStringLiteral("list-orders sent it to orders at 127.0.0.1:9001.\nThe answer 404 is that of orders itself."));
    }

    void shadowAndFailedOpenAreSaid()
    {
        auto why = pictured(4);
        why.policies[1].verdict = observe::StepVerdict::WouldRefuse;
        why.policies[1].shadow = true;
        why.policies[2].verdict = observe::StepVerdict::FailedOpen;
        why.policies[2].detail = "no answer from the server";
        QCOMPARE(said(why), QStringLiteral("users sent it to accounts at 127.0.0.1:9201.\nburst would have refused it, but only watches.\n"
                                           "key-auth could not decide and let it through: no answer from the server."));
    }

    void beforeAnythingIsSent()
    {
        QCOMPARE(said(sketch("http://api.shop.localhost/v1/users/me")), QStringLiteral("users would send it to accounts."));
        auto refused = sketch("/v1/orders/4711");
        refused.verdict = Verdict::Refused;
        refused.status = 401;
        refused.policies[2].verdict = observe::StepVerdict::Refused;
        refused.policies[2].detail = "no key in header x-api-key";
        QCOMPARE(said(refused), QStringLiteral("key-auth would refuse it: no key in header x-api-key. It would go to get-order."));
        QVERIFY(said(sketch("/nothing")).startsWith(QStringLiteral("No route would take it: none of 14 matches.")));
    }

    void hostileTextStaysText()
    {
        auto why = pictured(18);
        why.targetName = "%1<b>%2";
        why.attempts.back().error = "%3 & %4";
        QVERIFY(said(why).contains(QStringLiteral("%1<b>%2 at 127.0.0.1:9501, which failed: %3 & %4.")));
    }
};

QTEST_GUILESS_MAIN(TestWhySentence)
#include "tst_whysentence.moc"
