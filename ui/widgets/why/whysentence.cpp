#include "ui/widgets/why/whysentence.h"

#include "ui/models/exchangetext.h"
#include "ui/models/format.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace gatehouse::ui {

using observe::Attempt;
using observe::Candidate;
using observe::Explanation;
using observe::PolicyStep;
using observe::Precedence;
using observe::StepVerdict;
using observe::TargetKind;
using observe::Verdict;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::Why)
};

QString panelId(const char *panel) { return QString::fromLatin1(panel); }

// A sentence with the runs put where %1, %2 … stand, in whatever order the language wants them.
void append(Runs &runs, const QString &sentence, const QList<Runs> &parts = {})
{
    qsizetype from = 0;
    while (from < sentence.size()) {
        const qsizetype mark = sentence.indexOf(QLatin1Char('%'), from);
        const int part = mark >= 0 && mark + 1 < sentence.size() ? sentence[mark + 1].digitValue() : -1;
        if (mark < 0 || part < 1 || part > parts.size()) {
            const qsizetype end = mark < 0 ? sentence.size() : mark + 1;
            runs << plain(sentence.mid(from, end - from));
            from = end;
            continue;
        }
        if (mark > from)
            runs << plain(sentence.mid(from, mark - from));
        runs << parts[part - 1];
        from = mark + 2;
    }
}

void newLine(Runs &runs)
{
    if (!runs.isEmpty())
        runs << plain(QStringLiteral("\n"));
}

void space(Runs &runs)
{
    if (!runs.isEmpty() && !runs.back().text.endsWith(QLatin1Char('\n')))
        runs << plain(QStringLiteral(" "));
}

Runs routeRun(const Explanation &why)
{
    return why.route ? Runs{link(fromUtf8(*why.route), routePlace(*why.route))} : Runs{plain(Words::tr("The gateway"))};
}

Runs targetRun(const Explanation &why)
{
    const QString name = fromUtf8(why.targetName);
    switch (why.target) {
    case TargetKind::Upstream: return {link(name, upstreamPlace(why.targetName))};
    case TargetKind::Mock: return {link(name, mockPlace(why.targetName))};
    default: return {wire(name)};
    }
}

// An address is plain; a name that the workspace gave is a link like others.
Runs endpointRun(const Explanation &why, const Attempt &attempt)
{
    const QString name = fromUtf8(attempt.endpoint);
    return {name.contains(QLatin1Char(':')) ? plain(name) : link(name, upstreamPlace(why.targetName, attempt.endpoint))};
}

Runs policyRun(const PolicyStep &step, std::optional<HueId> hue = {})
{
    Run run = link(policyName(step), policyPlace(step));
    return {hue ? inHue(run, *hue) : run};
}

const PolicyStep *stepWith(const Explanation &why, std::initializer_list<StepVerdict> verdicts)
{
    const auto found = std::find_if(why.policies.begin(), why.policies.end(), [&](const PolicyStep &step) {
        return !step.shadow && std::find(verdicts.begin(), verdicts.end(), step.verdict) != verdicts.end();
    });
    return found == why.policies.end() ? nullptr : &*found;
}

void nothingSent(Runs &runs, const Explanation &why)
{
    if (why.target != TargetKind::Upstream || why.targetName.empty() || !isReal(why))
        return;
    space(runs);
    append(runs, Words::tr("Nothing was sent to %1."), {targetRun(why)});
}

QString withoutStop(const std::string &text)
{
    QString plain = fromUtf8(text);
    while (plain.endsWith(QLatin1Char('.')))
        plain.chop(1);
    return plain;
}

void addWin(Runs &runs, const Explanation &why)
{
    if (why.candidates.empty() || !why.candidates.front().won)
        return;
    const Runs won = wonBy(why.candidates.front());
    if (won.isEmpty())
        return;
    space(runs);
    append(runs, Words::tr("It %1."), {won});
}

QString shortAddress(const Explanation &why, const Attempt &attempt)
{
    const QString address = fromUtf8(attempt.endpoint);
    const QString last = why.attempts.empty() ? QString() : fromUtf8(why.attempts.back().endpoint);
    const qsizetype colon = address.lastIndexOf(QLatin1Char(':'));
    // The same host as the one that answered is said already.
    return colon > 0 && last != address && last.startsWith(address.left(colon + 1)) ? address.mid(colon) : address;
}

void addRetries(Runs &runs, const Explanation &why)
{
    if (why.attempts.size() < 2)
        return;
    newLine(runs);
    const Attempt &first = why.attempts.front();
    const Runs at{wire(shortAddress(why, first))};
    const QString waited = durationText(why.attempts[1].waitMicros);
    if (why.attempts.size() > 2)
        append(runs, Words::tr("%n tries before it failed; the first, at %1, %2.", nullptr, int(why.attempts.size()) - 1), {at, {plain(failureWords(first))}});
    else if (why.attempts[1].waitMicros > 0)
        append(runs, Words::tr("The first try at %1 %2, so it was tried again after %3."), {at, {plain(failureWords(first))}, {plain(waited)}});
    else
        append(runs, Words::tr("The first try at %1 %2, so it was tried again."), {at, {plain(failureWords(first))}});
}

void addOwnAnswer(Runs &runs, const Explanation &why)
{
    if (why.status < 400 || why.attempts.empty() || why.attempts.back().status != why.status)
        return;
    newLine(runs);
    append(runs, Words::tr("The answer %1 is that of %2 itself."), {{wire(QString::number(why.status))}, targetRun(why)});
}

void addWatchers(Runs &runs, const Explanation &why)
{
    for (const PolicyStep &step : why.policies) {
        if (step.verdict == StepVerdict::WouldRefuse) {
            newLine(runs);
            append(runs, Words::tr("%1 would have refused it, but only watches."), {policyRun(step)});
        } else if (step.verdict == StepVerdict::FailedOpen) {
            newLine(runs);
            append(runs, Words::tr("%1 could not decide and let it through: %2."), {policyRun(step, HueId::Client), {plain(withoutStop(step.detail))}});
        }
    }
}

// --- one for each verdict --------------------------------------------------------------------------------------------

void allowed(Runs &runs, const Explanation &why)
{
    const bool real = isReal(why);
    if (why.target == TargetKind::Redirect) {
        append(runs, real ? Words::tr("%1 redirected it to %2.") : Words::tr("%1 would redirect it to %2."), {routeRun(why), targetRun(why)});
    } else if (why.target == TargetKind::Respond) {
        append(runs, real ? Words::tr("%1 answered it itself with %2.") : Words::tr("%1 would answer it itself with %2."), {routeRun(why), targetRun(why)});
    } else if (why.target == TargetKind::Mock) {
        append(runs, real ? Words::tr("%1 answered it from the mock %2.") : Words::tr("%1 would answer it from the mock %2."), {routeRun(why), targetRun(why)});
    } else if (!real) {
        append(runs, Words::tr("%1 would send it to %2."), {routeRun(why), targetRun(why)});
    } else if (why.attempts.empty()) {
        append(runs, Words::tr("%1 sends it to %2."), {routeRun(why), targetRun(why)});
    } else {
        append(runs, Words::tr("%1 sent it to %2 at %3."), {routeRun(why), targetRun(why), endpointRun(why, why.attempts.back())});
    }
    addWin(runs, why);
    addRetries(runs, why);
    addOwnAnswer(runs, why);
}

void delayed(Runs &runs, const Explanation &why)
{
    if (const PolicyStep *step = stepWith(why, {StepVerdict::Delayed})) {
        const QString detail = withoutStop(step->detail);
        append(runs, detail.isEmpty() ? Words::tr("%1 held it back.") : Words::tr("%1 held it back: %2."), {policyRun(*step, HueId::Delay), {plain(detail)}});
        space(runs);
        append(runs, Words::tr("Then %1 sent it to %2."), {routeRun(why), targetRun(why)});
    } else {
        allowed(runs, why);
        return;
    }
    addRetries(runs, why);
    addOwnAnswer(runs, why);
}

void refused(Runs &runs, const Explanation &why)
{
    const PolicyStep *step = stepWith(why, {StepVerdict::Refused, StepVerdict::FailedClosed});
    if (!step) {
        append(runs, isReal(why) ? Words::tr("It was refused: %1.") : Words::tr("It would be refused: %1."), {{plain(why.error.empty() ? verdictWord(why.verdict) : withoutStop(why.error))}});
        nothingSent(runs, why);
        return;
    }
    const Runs who = policyRun(*step, HueId::Client);
    if (!isReal(why)) {
        append(runs, step->detail.empty() ? Words::tr("%1 would refuse it.") : Words::tr("%1 would refuse it: %2."), {who, {plain(withoutStop(step->detail))}});
        if (why.route)
            append(runs, Words::tr(" It would go to %1.", "begins with a space"), {routeRun(why)});
        return;
    }
    if (step->verdict == StepVerdict::FailedClosed)
        append(runs, Words::tr("%1 could not decide and so refused it: %2."), {who, {plain(withoutStop(step->detail))}});
    else if (step->gauge && step->gauge->capacity > 0)
        append(runs, Words::tr("%1 refused it: the bucket of %2 was empty."), {who, {wire(fromUtf8(step->gauge->key))}});
    else if (!step->detail.empty())
        append(runs, Words::tr("%1 refused it: %2."), {who, {plain(withoutStop(step->detail))}});
    else
        append(runs, Words::tr("%1 refused it."), {who});
    newLine(runs);
    if (step->gauge && step->gauge->nextMicros > 0)
        append(runs, Words::tr("The next request is let in after %1."), {{inHue(strong(durationText(step->gauge->nextMicros)), HueId::Client)}});
    nothingSent(runs, why);
    if (runs.back().text == QStringLiteral("\n"))
        runs.pop_back();
}

void refusedHost(Runs &runs, const Explanation &why)
{
    if (why.error.empty() && !why.refusedHost.empty())
        append(runs, Words::tr("%1 is not a name of this gateway, so it was refused with 421."), {{wire(fromUtf8(why.refusedHost))}});
    else if (why.error.empty())
        append(runs, Words::tr("The Host of this request is not a name of this gateway, so it was refused with 421."));
    else
        append(runs, fromUtf8(why.error));
    newLine(runs);
    append(runs, Words::tr("A loopback address answers only for names that the workspace knows, so that no web page can reach it under a name of its own. Add the host to a route or to the listener %1 to let it in."),
           {{link(fromUtf8(why.listener), listenerPlace(why.listener))}});
}

void refusedCrossSite(Runs &runs, const Explanation &why)
{
    if (why.error.empty())
        append(runs, Words::tr("A page of another site made a browser send it, so it was refused with 403."));
    else
        append(runs, fromUtf8(why.error));
    newLine(runs);
    if (why.route)
        append(runs, Words::tr("If other sites may call %1, give it a cors policy that names them."), {routeRun(why)});
    else
        append(runs, Words::tr("A route that other sites may call has a cors policy that names them."));
}

void noRoute(Runs &runs, const Explanation &why)
{
    append(runs, isReal(why) ? Words::tr("No route took it: none of %n matches.", nullptr, int(why.routeCount)) : Words::tr("No route would take it: none of %n matches.", nullptr, int(why.routeCount)));
    const auto nearest = std::find_if(why.candidates.begin(), why.candidates.end(), [](const Candidate &candidate) { return candidate.failed.has_value(); });
    if (nearest == why.candidates.end())
        return;
    newLine(runs);
    const observe::Failure &failed = *nearest->failed;
    const QList<Runs> parts{{link(fromUtf8(nearest->route), routePlace(nearest->route, fromUtf8("match." + failed.condition)))},
                            {plain(conditionWords(failed))}, {wire(fromUtf8(failed.expected))}, {wire(fromUtf8(failed.actual.value_or("")))}};
    append(runs, failed.actual ? Words::tr("The nearest is %1: its %2 wants %3 and got %4.") : Words::tr("The nearest is %1: its %2 wants %3, and the request has none."), parts);
}

void mocked(Runs &runs, const Explanation &why)
{
    allowed(runs, why);
    const auto rule = std::find_if(why.mockRules.begin(), why.mockRules.end(), [](const Candidate &candidate) { return candidate.won; });
    if (rule == why.mockRules.end())
        return;
    const QString name = fromUtf8(rule->route);
    space(runs);
    append(runs, Words::tr("It took %1."), {{link(name, mockPlace(why.targetName, name.section(QLatin1Char('['), 1).section(QLatin1Char(']'), 0, 0).toInt()))}});
}

void local(Runs &runs, const Explanation &why)
{
    if (const PolicyStep *step = stepWith(why, {StepVerdict::Answered})) {
        const bool real = isReal(why);
        append(runs, step->detail.empty() ? (real ? Words::tr("%1 answered it.") : Words::tr("%1 would answer it.")) : real ? Words::tr("%1 answered it: %2.") : Words::tr("%1 would answer it: %2."), {policyRun(*step), {plain(withoutStop(step->detail))}});
        nothingSent(runs, why);
    } else {
        allowed(runs, why);
    }
}

void cached(Runs &runs, const Explanation &why)
{
    if (const PolicyStep *step = stepWith(why, {StepVerdict::Answered}))
        append(runs, step->detail.empty() ? Words::tr("%1 answered it from its store.") : Words::tr("%1 answered it from its store: %2."), {policyRun(*step, HueId::Cache), {plain(withoutStop(step->detail))}});
    else
        append(runs, Words::tr("It was answered from the cache of %1."), {routeRun(why)});
    nothingSent(runs, why);
}

void failed(Runs &runs, const Explanation &why)
{
    if (why.attempts.empty()) {
        append(runs, Words::tr("%1 could not send it to %2: %3."),
               {routeRun(why), targetRun(why), {plain(why.error.empty() ? Words::tr("no endpoint could take it") : withoutStop(why.error))}});
        return;
    }
    const Attempt &last = why.attempts.back();
    append(runs, Words::tr("%1 sent it to %2 at %3, which %4."), {routeRun(why), targetRun(why), endpointRun(why, last), {inHue(strong(failureWords(last)), HueId::Server)}});
    if (why.status != 0) {
        space(runs);
        append(runs, Words::tr("The client got %1."), {{wire(QString::number(why.status))}});
    }
    addRetries(runs, why);
}

} // namespace

bool isReal(const Explanation &why) { return why.phases.total >= 0 || !why.client.empty(); }

Place routePlace(const std::string &route, const QString &field) { return {Place::Kind::Route, panelId(panels::routes), fromUtf8(route), field}; }
Place upstreamPlace(const std::string &upstream, const std::string &endpoint) { return {Place::Kind::Upstream, panelId(panels::upstreams), fromUtf8(upstream), fromUtf8(endpoint)}; }
Place mockPlace(const std::string &mock, int response)
{
    return {Place::Kind::Mock, panelId(panels::mocks), fromUtf8(mock), response < 0 ? QString() : QString::number(response)};
}
Place listenerPlace(const std::string &listener) { return {Place::Kind::Listener, panelId(panels::routes), fromUtf8(listener), {}}; }
Place newHostPlace(const std::string &listener, const std::string &host) { return {Place::Kind::NewHost, panelId(panels::routes), fromUtf8(listener), fromUtf8(host)}; }
Place exchangesPlace(const QString &filter) { return {Place::Kind::Exchanges, panelId(panels::traffic), filter, {}}; }

Place policyPlace(const PolicyStep &step)
{
    // "routes[3].policies[1]" as a pointer into the document.
    QString pointer = QLatin1Char('/') + fromUtf8(step.path);
    pointer.replace(QLatin1Char('['), QLatin1Char('/')).remove(QLatin1Char(']')).replace(QLatin1Char('.'), QLatin1Char('/'));
    return {Place::Kind::Path, panelId(panels::routes), pointer, {}};
}

QString policyName(const PolicyStep &step) { return fromUtf8(step.name.empty() ? step.kind : step.name); }

Runs wonBy(const Candidate &winner)
{
    if (!winner.decided || *winner.decided == Precedence::OnlyMatch)
        return {};
    Runs runs;
    const QList<Runs> other{{link(fromUtf8(winner.against), routePlace(winner.against))}};
    switch (*winner.decided) {
    case Precedence::OnlyMatch: break;
    case Precedence::Priority: append(runs, Words::tr("won over %1 by its priority"), other); break;
    case Precedence::Host: append(runs, Words::tr("won over %1 by its more exact host"), other); break;
    case Precedence::Path: append(runs, Words::tr("won over %1 by its more exact path"), other); break;
    case Precedence::Method: append(runs, Words::tr("won over %1 because it names the method"), other); break;
    case Precedence::HeaderCount: append(runs, Words::tr("won over %1 by its header conditions"), other); break;
    case Precedence::QueryCount: append(runs, Words::tr("won over %1 by its query conditions"), other); break;
    case Precedence::FileOrder: append(runs, Words::tr("ties with %1; the order in the file decided"), other); break;
    }
    return runs;
}

QString conditionWords(const observe::Failure &failed)
{
    const QString condition = fromUtf8(failed.condition);
    switch (failed.aspect) {
    case observe::Aspect::Host: return Words::tr("host");
    case observe::Aspect::Path: return Words::tr("path");
    case observe::Aspect::Method: return Words::tr("method");
    case observe::Aspect::Headers: return condition.startsWith(QStringLiteral("headers.")) ? Words::tr("header %1").arg(condition.mid(8)) : condition;
    case observe::Aspect::Query: return condition.startsWith(QStringLiteral("query.")) ? Words::tr("query %1").arg(condition.mid(6)) : condition;
    case observe::Aspect::Other: break;
    }
    return condition;
}

QString failureWords(const Attempt &attempt)
{
    const QString error = fromUtf8(attempt.error);
    if (error.contains(QStringLiteral("refused"), Qt::CaseInsensitive))
        return Words::tr("was refused");
    if (error.contains(QStringLiteral("timeout")))
        return Words::tr("did not answer within %1").arg(durationText(attempt.durationMicros));
    if (error == QStringLiteral("reset") || error.contains(QStringLiteral("reset by peer"), Qt::CaseInsensitive))
        return Words::tr("dropped the connection");
    if (error == QStringLiteral("resolve"))
        return Words::tr("has no address");
    if (!error.isEmpty())
        return Words::tr("failed: %1").arg(withoutStop(attempt.error));
    return attempt.status != 0 ? Words::tr("answered %1").arg(attempt.status) : Words::tr("gave no answer");
}

WhySentence whySentence(const Explanation &why)
{
    WhySentence sentence;
    Runs &runs = sentence.runs;
    if (isRefusal(why.verdict) || why.verdict == Verdict::NoRoute)
        sentence.tone = HueId::Client;
    else if (why.verdict == Verdict::Failed)
        sentence.tone = HueId::Server;
    switch (why.verdict) {
    case Verdict::Allowed: allowed(runs, why); break;
    case Verdict::Refused:
    case Verdict::Throttled: refused(runs, why); break;
    case Verdict::RefusedHost: refusedHost(runs, why); break;
    case Verdict::RefusedCrossSite: refusedCrossSite(runs, why); break;
    case Verdict::Loop:
        append(runs, Words::tr("It came back to this gateway: its Via names it already, so it was answered with 508."));
        newLine(runs);
        append(runs, Words::tr("Some endpoint leads to the gateway's own address."));
        break;
    case Verdict::Malformed:
        append(runs, why.error.empty() ? Words::tr("What came in can't be read as HTTP, so it was refused.") : fromUtf8(why.error));
        break;
    case Verdict::NoRoute: noRoute(runs, why); break;
    case Verdict::Delayed: delayed(runs, why); break;
    case Verdict::Mocked: mocked(runs, why); break;
    case Verdict::Local: local(runs, why); break;
    case Verdict::Cached: cached(runs, why); break;
    case Verdict::Failed: failed(runs, why); break;
    case Verdict::Cancelled:
        append(runs, why.phases.total >= 0 ? Words::tr("The client went away after %1, before the answer was complete.") : Words::tr("The client went away before the answer was complete."),
               {{plain(durationText(why.phases.total))}});
        if (why.target != TargetKind::None) {
            newLine(runs);
            append(runs, Words::tr("%1 had sent it to %2."), {routeRun(why), targetRun(why)});
        }
        break;
    }
    addWatchers(runs, why);
    return sentence;
}

} // namespace gatehouse::ui
