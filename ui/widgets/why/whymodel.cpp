#include "ui/widgets/why/whymodel.h"

#include "ui/models/exchangetext.h"
#include "ui/models/format.h"

#include <QtCore/QRegularExpression>

#include <algorithm>
#include <functional>

namespace gatehouse::ui {

using observe::Attempt;
using observe::Candidate;
using observe::Cell;
using observe::Change;
using observe::Explanation;
using observe::Phase;
using observe::PolicyStep;
using observe::Precedence;
using observe::StepVerdict;
using observe::TargetKind;
using Outcome = observe::Verdict; // ui has a Verdict of its own, for icons
using Kind = WhyItem::Kind;
using StageId = WhyItem::StageId;

QString aspectWord(observe::Aspect aspect)
{
    switch (aspect) {
    case observe::Aspect::Host: return WhyModel::tr("host");
    case observe::Aspect::Path: return WhyModel::tr("path");
    case observe::Aspect::Method: return WhyModel::tr("method");
    case observe::Aspect::Headers: return WhyModel::tr("headers");
    case observe::Aspect::Query: return WhyModel::tr("query");
    case observe::Aspect::Other: return WhyModel::tr("other");
    }
    return {};
}

namespace {

constexpr int longestOnButton = 48;

// A host that strangers sent becomes one of the workspace by a click: exactly that one, so none with a * in it, and only where it
// can stand there.
bool canBeNamed(const std::string &host)
{
    static const QRegularExpression name(QStringLiteral("\\A(?!.{254})[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\\z"));
    return name.match(fromUtf8(host)).hasMatch();
}

Glyph glyphOf(const PolicyStep &step)
{
    switch (step.verdict) {
    case StepVerdict::WouldRun:
    case StepVerdict::Skipped:
    case StepVerdict::Off: return Glyph::Skipped;
    case StepVerdict::Passed:
    case StepVerdict::Acted: break;
    case StepVerdict::Refused:
    case StepVerdict::WouldRefuse:
    case StepVerdict::FailedOpen: return Glyph::Refused;
    case StepVerdict::Answered: return step.kind == "cache" ? Glyph::Cached : Glyph::Pass;
    case StepVerdict::Delayed: return Glyph::Waited;
    case StepVerdict::NotReached: return Glyph::NotReached;
    case StepVerdict::FailedClosed: return Glyph::Failed;
    }
    if (step.kind == "cache" && step.phase == Phase::Response && step.verdict == StepVerdict::Acted)
        return Glyph::Cached;
    // On the way back a policy that only passed, and a cache that had nothing, are not worth a tick.
    const bool idle = step.phase == Phase::Response || (step.kind == "cache" && step.verdict == StepVerdict::Passed);
    return idle ? Glyph::Skipped : Glyph::Pass;
}

bool stops(StepVerdict verdict) { return verdict == StepVerdict::Refused || verdict == StepVerdict::Answered || verdict == StepVerdict::FailedClosed; }

Runs textOf(const PolicyStep &step)
{
    const QString detail = fromUtf8(step.detail);
    Runs runs;
    if (step.gauge && step.gauge->capacity > 0 && step.verdict != StepVerdict::NotReached) {
        const QString left = QString::number(step.gauge->level, 'f', 0), of = QString::number(step.gauge->capacity, 'f', 0);
        runs << (step.gauge->level < 1 ? inHue(strong(WhyModel::tr("empty, 0 of %1 left").arg(of)), HueId::Client) : plain(WhyModel::tr("%1 of %2 left").arg(left, of)));
        if (!detail.isEmpty())
            runs << plain(QStringLiteral(", ") + detail);
        return runs;
    }
    switch (step.verdict) {
    case StepVerdict::NotReached: return {quiet(WhyModel::tr("not reached"))};
    case StepVerdict::WouldRun: return {quiet(detail.isEmpty() ? WhyModel::tr("would run") : detail)};
    case StepVerdict::Off: return {quiet(WhyModel::tr("switched off"))};
    case StepVerdict::Skipped: return {quiet(detail.isEmpty() ? WhyModel::tr("its condition did not hold") : detail)};
    case StepVerdict::WouldRefuse: return {inHue(plain(WhyModel::tr("would refuse, only watches")), HueId::Client), plain(detail.isEmpty() ? QString() : QStringLiteral(": ") + detail)};
    case StepVerdict::FailedOpen: return {inHue(plain(WhyModel::tr("failed, let it through")), HueId::Client), plain(QStringLiteral(": ") + detail)};
    case StepVerdict::FailedClosed: return {inHue(plain(WhyModel::tr("failed, refused it")), HueId::Server), plain(QStringLiteral(": ") + detail)};
    case StepVerdict::Refused: return {inHue(strong(detail.isEmpty() ? WhyModel::tr("refused it") : detail), HueId::Client)};
    default: return {plain(detail.isEmpty() ? WhyModel::tr("passed") : detail)};
    }
}

Runs reasonOf(const Candidate &candidate)
{
    if (candidate.failed) {
        const observe::Failure &failed = *candidate.failed;
        Runs runs{inHue(strong(conditionWords(failed)), HueId::Client), quiet(QStringLiteral("  ") + WhyModel::tr("wants") + QLatin1Char(' ')), wire(fromUtf8(failed.expected))};
        if (failed.actual)
            runs << quiet(QStringLiteral("  ") + WhyModel::tr("got") + QLatin1Char(' ')) << inHue(wire(fromUtf8(*failed.actual)), HueId::Client);
        else
            runs << quiet(QStringLiteral("  ") + WhyModel::tr("got none"));
        return runs;
    }
    if (candidate.won) {
        if (!candidate.decided || *candidate.decided == Precedence::OnlyMatch)
            return {inHue(plain(WhyModel::tr("Wins: the only one that matches.")), HueId::Ok)};
        return {inHue(plain(WhyModel::tr("Wins: %1.").arg(toPlainText(wonBy(candidate)))), HueId::Ok)};
    }
    if (!candidate.matched || !candidate.decided)
        return {};
    const QString other = fromUtf8(candidate.against);
    switch (*candidate.decided) {
    case Precedence::OnlyMatch: return {};
    case Precedence::Priority: return {quiet(WhyModel::tr("Also matches. Loses to %1: lower priority.").arg(other))};
    case Precedence::Host: return {quiet(WhyModel::tr("Also matches. Loses to %1: a less exact host.").arg(other))};
    case Precedence::Path: return {quiet(WhyModel::tr("Also matches. Loses to %1: a less exact path.").arg(other))};
    case Precedence::Method: return {quiet(WhyModel::tr("Also matches. Loses to %1: it names no method.").arg(other))};
    case Precedence::HeaderCount: return {quiet(WhyModel::tr("Also matches. Loses to %1: fewer header conditions.").arg(other))};
    case Precedence::QueryCount: return {quiet(WhyModel::tr("Also matches. Loses to %1: fewer query conditions.").arg(other))};
    case Precedence::FileOrder: return {quiet(WhyModel::tr("Also matches. Loses to %1: it stands later in the file.").arg(other))};
    }
    return {};
}

QString millisText(int64_t micros) { return micros < 0 ? QString() : exactDurationText(micros); }

WhyItem stageItem(StageId stage, Glyph glyph, int64_t start, Runs title)
{
    WhyItem item;
    item.kind = Kind::Stage;
    item.stage = stage;
    item.glyph = glyph;
    item.startMicros = start;
    item.title = std::move(title);
    return item;
}

// What makes a row the same in two explanations.
QString keyOf(const WhyItem &item)
{
    const QChar stop(QChar::Null);
    return QString::number(int(item.kind)) + stop + QString::number(int(item.stage)) + stop + toPlainText(item.title) + stop + item.owner + stop
        + (item.kind == Kind::Stage && item.stage != StageId::Answer ? QString() : toPlainText(item.detail));
}

WhyItem noteItem(Runs detail)
{
    WhyItem item;
    item.kind = Kind::Note;
    item.detail = std::move(detail);
    return item;
}

} // namespace

WhyModel::WhyModel(QObject *parent)
    : QAbstractItemModel(parent)
    , m_root(std::make_unique<WhyItem>())
{
}

WhyModel::~WhyModel() = default;

void WhyModel::setExplanation(Explanation why, WhyMore more)
{
    beginResetModel();
    m_why = std::move(why);
    m_more = std::move(more);
    m_added.clear();
    m_sentence = whySentence(m_why);
    m_root = std::make_unique<WhyItem>();
    build();
    markDifferences();
    endResetModel();
}

void WhyModel::clear()
{
    beginResetModel();
    m_why = {};
    m_more = {};
    m_added.clear();
    m_differences = 0;
    m_sentence = {};
    m_timeParts.clear();
    m_root = std::make_unique<WhyItem>();
    endResetModel();
}

QString WhyModel::totalText() const { return millisText(m_why.phases.total); }

WhyItem *WhyModel::add(WhyItem *parent, WhyItem item)
{
    parent->children.push_back(std::make_unique<WhyItem>(std::move(item)));
    WhyItem *added = parent->children.back().get();
    added->parent = parent;
    if (added->stage == StageId::None)
        added->stage = parent->stage;
    return added;
}

// --- building --------------------------------------------------------------------------------------------------------

void WhyModel::build()
{
    WhyItem sentence;
    sentence.kind = Kind::Sentence;
    sentence.detail = m_sentence.runs;
    add(m_root.get(), std::move(sentence));
    buildTimes();

    WhyItem arrived = stageItem(StageId::Arrived, Glyph::Pass, isReal(m_why) ? 0 : -1, {plain(isReal(m_why) ? tr("Arrived at ") : tr("Arrives at ")), plain(fromUtf8(m_why.listener))});
    QStringList how;
    if (!m_why.client.empty())
        how << tr("from %1").arg(fromUtf8(m_why.client));
    if (!m_why.protocol.empty())
        how << fromUtf8(m_why.protocol);
    arrived.detail = {plain(how.join(QStringLiteral(", ")))};
    arrived.place = listenerPlace(m_why.listener);
    arrived.hasPlace = !m_why.listener.empty();
    add(m_root.get(), std::move(arrived));

    buildRoute();
    buildPolicies(Phase::Request);
    buildChanges();
    buildTarget();
    buildPolicies(Phase::Response);
    buildAnswer();
    m_root->children.back()->last = true;
}

void WhyModel::buildTimes()
{
    m_timeParts.clear();
    if (m_why.attempts.empty() || m_why.phases.total < 0)
        return;
    int64_t lost = 0, waited = 0, used = 0;
    m_spanFrom = m_why.attempts.front().startMicros;
    m_spanTo = m_spanFrom;
    for (size_t i = 0; i < m_why.attempts.size(); ++i) {
        const Attempt &attempt = m_why.attempts[i];
        waited += attempt.waitMicros;
        const bool answered = i + 1 == m_why.attempts.size() && attempt.error.empty();
        (answered ? used : lost) += attempt.durationMicros;
        m_spanFrom = std::min(m_spanFrom, attempt.startMicros - attempt.waitMicros);
        m_spanTo = std::max(m_spanTo, attempt.startMicros + attempt.durationMicros);
    }
    const auto part = [this](const QString &label, int64_t micros, HueId hue, bool own = false) {
        if (micros > 0)
            m_timeParts << BarPart{label + QLatin1Char(' ') + durationText(micros), double(micros), hue, own};
    };
    part(tr("gateway"), std::max<int64_t>(0, m_why.phases.gateway), HueId::None, true);
    part(m_why.attempts.size() > 2 ? tr("failed tries") : tr("failed try"), lost, HueId::Server);
    part(tr("waiting"), waited, HueId::Delay);
    part(tr("upstream"), used, HueId::Ok);
    WhyItem times;
    times.kind = Kind::Times;
    add(m_root.get(), std::move(times));
}

void WhyModel::addCandidates(WhyItem *stage, const std::vector<Candidate> &candidates, bool mock)
{
    m_asksOther = m_asksOther || std::any_of(candidates.begin(), candidates.end(), [](const Candidate &candidate) {
                      return candidate.cells[size_t(observe::Aspect::Other)] != Cell::NoCondition && candidate.cells[size_t(observe::Aspect::Other)] != Cell::NotAsked;
                  });
    WhyItem head;
    head.kind = Kind::MatrixHead;
    add(stage, std::move(head));
    for (const Candidate &candidate : candidates) {
        WhyItem item = candidateItem(candidate, mock);
        item.lastOfGroup = &candidate == &candidates.back();
        add(stage, std::move(item));
    }
}

WhyItem WhyModel::candidateItem(const Candidate &candidate, bool mock) const
{
    WhyItem item;
    item.kind = Kind::Candidate;
    item.glyph = candidate.won ? Glyph::Pass : candidate.matched ? Glyph::Skipped : Glyph::Mismatch;
    const QString name = fromUtf8(candidate.route);
    item.title = {plain(name)};
    item.detail = reasonOf(candidate);
    item.candidate = &candidate;
    item.place = mock ? mockPlace(m_why.targetName, name.section(QLatin1Char('['), 1).section(QLatin1Char(']'), 0, 0).toInt()) : routePlace(candidate.route);
    item.hasPlace = true;
    return item;
}

QModelIndex WhyModel::addCandidate(Candidate candidate)
{
    const QModelIndex stage = find(StageId::Route);
    if (!stage.isValid())
        return {};
    WhyItem *above = m_root->children[size_t(stage.row())].get();
    size_t at = 0;
    for (size_t row = 0; row < above->children.size(); ++row) {
        const Candidate *known = above->children[row]->candidate;
        if (known && known->route == candidate.route)
            return index(int(row), 0, stage);
        if (known)
            at = row + 1;
    }
    m_asksOther = m_asksOther || candidate.cells[size_t(observe::Aspect::Other)] == Cell::Passed || candidate.cells[size_t(observe::Aspect::Other)] == Cell::Failed;
    m_added.push_back(std::move(candidate));
    auto item = std::make_unique<WhyItem>(candidateItem(m_added.back(), false));
    item->parent = above;
    item->stage = above->stage;
    beginInsertRows(stage, int(at), int(at));
    above->children.insert(above->children.begin() + std::ptrdiff_t(at), std::move(item));
    endInsertRows();
    return index(int(at), 0, stage);
}

void WhyModel::buildRoute()
{
    m_asksOther = false;
    if (m_why.candidates.empty() && !m_why.route) {
        if (m_why.verdict != Outcome::NoRoute)
            return; // it was refused before routes were asked
    }
    const int64_t decided = m_why.decidedNanos;
    WhyItem stage = stageItem(StageId::Route, m_why.route ? Glyph::Pass : Glyph::Mismatch, m_why.phases.route, {});
    if (m_why.route) {
        stage.title = {plain(tr("Route: ")), link(fromUtf8(*m_why.route), routePlace(*m_why.route))};
        stage.place = routePlace(*m_why.route);
        stage.hasPlace = true;
    } else {
        stage.title = {plain(tr("Route: none"))};
    }
    if (!m_why.candidates.empty() && m_why.candidates.front().won) {
        const QString won = toPlainText(wonBy(m_why.candidates.front()));
        if (!won.isEmpty())
            stage.folded = {plain(tr("It %1.").arg(won))};
        stage.foldedRight = {plain(tr("%n candidates of %1", nullptr, int(m_why.candidates.size())).arg(m_why.routeCount))};
    }
    QString count = tr("%n candidates of %1", nullptr, int(m_why.candidates.size())).arg(m_why.routeCount);
    if (decided >= 0) // it is measured in whole microseconds
        count = decided < 1000 ? tr("%1, decided in under 1 µs").arg(count) : tr("%1, decided in %2").arg(count, nanosText(decided));
    stage.right = {plain(count)};
    WhyItem *added = add(m_root.get(), std::move(stage));
    if (m_why.candidates.empty())
        return;
    addCandidates(added, m_why.candidates, false);
    if (m_why.routeCount > m_why.candidates.size()) {
        WhyItem others = noteItem({plain(tr("%n more differ in host or prefix", nullptr, int(m_why.routeCount - m_why.candidates.size())))});
        if (m_more.asksOther)
            others.right = {commandLink(tr("Why not another route…"), QStringLiteral("other-route"))};
        add(added, std::move(others));
    }
}

void WhyModel::buildPolicies(Phase phase)
{
    std::vector<const PolicyStep *> steps;
    for (const PolicyStep &step : m_why.policies) {
        if (step.phase == phase)
            steps.push_back(&step);
    }
    if (steps.empty())
        return;
    const auto stopping = std::find_if(steps.begin(), steps.end(), [](const PolicyStep *step) { return stops(step->verdict) && !step->shadow; });
    const bool stopped = stopping != steps.end();
    const bool in = phase == Phase::Request;
    const Glyph glyph = stopped ? glyphOf(**stopping) : Glyph::Pass;
    int64_t start = steps.front()->startMicros > 0 ? steps.front()->startMicros : -1;
    if (start < 0 && isReal(m_why) && in && m_why.phases.route >= 0)
        start = m_why.phases.route + std::max<int64_t>(0, m_why.decidedNanos / 1000);
    if (!in && m_why.phases.total >= 0 && m_why.phases.policiesOut >= 0 && start < 0)
        start = m_why.phases.total - m_why.phases.policiesOut;
    WhyItem stage = stageItem(in ? StageId::PoliciesIn : StageId::PoliciesOut, glyph, start, {plain(in ? tr("Policies") : tr("Policies, on the way back"))});
    if (in) {
        const int count = int(steps.size());
        stage.detail = {plain(!isReal(m_why) ? (stopped ? tr("would stop at %1 of %2").arg(int(stopping - steps.begin()) + 1).arg(count) : tr("%n would run", nullptr, count))
                              : stopped      ? tr("stopped at %1 of %2").arg(int(stopping - steps.begin()) + 1).arg(count)
                                             : tr("%n passed on the way in", nullptr, count))};
    }
    int64_t nanos = 0;
    for (const PolicyStep *step : steps)
        nanos += std::max<int64_t>(0, step->durationNanos);
    if (isReal(m_why))
        stage.right = {wire(nanosText(nanos))};
    WhyItem *added = add(m_root.get(), std::move(stage));
    for (const PolicyStep *step : steps) {
        WhyItem item;
        item.kind = Kind::Policy;
        item.glyph = glyphOf(*step);
        item.reached = step->verdict != StepVerdict::NotReached;
        item.title = {plain(policyName(*step))};
        item.owner = step->ownerKind == PolicyStep::Owner::Route ? tr("route") : fromUtf8(step->owner);
        item.detail = textOf(*step);
        if (step->durationNanos >= 0)
            item.right = {wire(nanosText(step->durationNanos))};
        item.policy = step;
        item.place = policyPlace(*step);
        item.hasPlace = !step->path.empty();
        add(added, std::move(item));
        if (m_more.bucket && step->verdict == StepVerdict::Refused && step->gauge) {
            WhyItem bucket;
            bucket.kind = Kind::Bucket;
            bucket.policy = step;
            bucket.title = {plain(bucketText(*m_more.bucket))};
            bucket.place = policyPlace(*step);
            bucket.hasPlace = !step->path.empty();
            add(added, std::move(bucket));
        }
    }
}

void WhyModel::buildChanges()
{
    if (m_why.changes.empty())
        return;
    QStringList settings;
    for (const Change &change : m_why.changes) {
        const QString setting = fromUtf8(change.setting);
        if (change.kind != Change::Kind::Same && !settings.contains(setting))
            settings << setting;
    }
    const int64_t start = m_why.attempts.empty() ? -1 : m_why.attempts.front().startMicros - 20;
    WhyItem stage = stageItem(StageId::Rewritten, Glyph::Pass, start < 0 ? -1 : start, {plain(isReal(m_why) ? tr("Rewritten") : tr("Would be rewritten"))});
    stage.right = {wire(tr("%n changes", nullptr, int(settings.size())))};
    WhyItem *added = add(m_root.get(), std::move(stage));
    for (const Change &change : m_why.changes) {
        WhyItem item;
        item.kind = Kind::Change;
        item.title = {wire(fromUtf8(change.line))};
        const bool added2 = change.kind == Change::Kind::Added;
        // Said once for a pair: beside the line that is new, or the one that went for good.
        const bool alone = change.kind == Change::Kind::Removed
            && std::none_of(m_why.changes.begin(), m_why.changes.end(), [&](const Change &other) { return other.kind == Change::Kind::Added && other.setting == change.setting; });
        if (added2 || alone)
            item.right = {plain(fromUtf8(change.setting))};
        item.change = &change;
        item.firstOfGroup = &change == &m_why.changes.front();
        item.lastOfGroup = &change == &m_why.changes.back();
        if (m_why.route && change.setting.starts_with("rewrite")) {
            item.place = routePlace(*m_why.route, fromUtf8(change.setting));
            item.hasPlace = true;
        }
        const std::string policy = change.setting.substr(0, change.setting.find(','));
        for (const PolicyStep &step : m_why.policies) {
            if (!item.hasPlace && (step.name == policy || step.kind == policy)) {
                item.place = policyPlace(step);
                item.hasPlace = true;
            }
        }
        add(added, std::move(item));
    }
}

void WhyModel::buildTarget()
{
    const bool real = isReal(m_why);
    const QString name = fromUtf8(m_why.targetName);
    if (m_why.target == TargetKind::None || (m_why.verdict == Outcome::RefusedHost) || m_why.verdict == Outcome::Malformed)
        return;
    const bool stopped = std::any_of(m_why.policies.begin(), m_why.policies.end(), [](const PolicyStep &step) { return step.phase == Phase::Request && !step.shadow && stops(step.verdict); });
    if (m_why.target == TargetKind::Upstream && m_why.attempts.empty() && (real || stopped)) {
        WhyItem stage = stageItem(StageId::Target, Glyph::NotReached, -1, {plain(tr("%1, not called").arg(name))});
        stage.reached = false;
        stage.place = upstreamPlace(m_why.targetName);
        stage.hasPlace = true;
        add(m_root.get(), std::move(stage));
        return;
    }
    if (m_why.target != TargetKind::Upstream) {
        const bool mock = m_why.target == TargetKind::Mock;
        const Runs title = mock ? Runs{plain(tr("Mock: ")), link(name, mockPlace(m_why.targetName))}
            : m_why.target == TargetKind::Redirect ? Runs{plain(tr("Redirect"))}
                                                   : Runs{plain(tr("Answered by the route"))};
        WhyItem stage = stageItem(StageId::Target, mock ? Glyph::Mocked : Glyph::Pass, -1, title);
        if (!mock)
            stage.detail = {wire(name)};
        stage.place = mock ? mockPlace(m_why.targetName) : m_why.route ? routePlace(*m_why.route) : Place{};
        stage.hasPlace = mock || m_why.route.has_value();
        WhyItem *added = add(m_root.get(), std::move(stage));
        if (!m_why.mockRules.empty())
            addCandidates(added, m_why.mockRules, true);
        return;
    }
    const bool failedAtLast = !m_why.attempts.empty() && !m_why.attempts.back().error.empty();
    WhyItem stage = stageItem(StageId::Target, failedAtLast ? Glyph::Failed : Glyph::Pass, m_why.attempts.empty() ? -1 : m_why.attempts.front().startMicros,
                              {plain(tr("Upstream: ")), link(name, upstreamPlace(m_why.targetName))});
    QStringList how;
    if (!m_why.balancer.empty())
        how << fromUtf8(m_why.balancer);
    if (!m_why.attempts.empty())
        how << tr("%n tries", nullptr, int(m_why.attempts.size()));
    if (!real && !m_why.url.empty())
        how << fromUtf8(m_why.method) + QLatin1Char(' ') + fromUtf8(m_why.url);
    stage.detail = {plain(how.join(QStringLiteral(", ")))};
    if (!m_why.attempts.empty())
        stage.right = {wire(exactDurationText(m_spanTo - m_spanFrom))};
    stage.place = upstreamPlace(m_why.targetName);
    stage.hasPlace = true;
    WhyItem *added = add(m_root.get(), std::move(stage));
    for (const Attempt &attempt : m_why.attempts) {
        if (attempt.waitMicros > 0) {
            WhyItem wait;
            wait.kind = Kind::Wait;
            wait.glyph = Glyph::Waited;
            wait.title = {wire(tr("wait"))};
            wait.right = {wire(exactDurationText(attempt.waitMicros))};
            wait.attempt = &attempt;
            add(added, std::move(wait));
        }
        WhyItem item;
        item.kind = Kind::Attempt;
        item.glyph = !attempt.error.empty() ? Glyph::Failed : attempt.abandoned ? Glyph::Skipped : Glyph::Pass;
        item.title = {wire(fromUtf8(attempt.endpoint))};
        if (!attempt.error.empty())
            item.detail = {inHue(plain(fromUtf8(attempt.error)), HueId::Server)};
        else
            item.detail = {inHue(plain(attempt.status != 0 ? QString::number(attempt.status) : tr("none")), hueOf(markOfStatus(attempt.status)))};
        item.right = {wire(exactDurationText(attempt.durationMicros))};
        item.attempt = &attempt;
        item.place = upstreamPlace(m_why.targetName, attempt.endpoint);
        item.hasPlace = true;
        add(added, std::move(item));
    }
    for (const Attempt &attempt : m_why.attempts) {
        if (!attempt.why.empty())
            add(added, noteItem({plain(tr("Trying again was allowed: %1.").arg(fromUtf8(attempt.why)))}));
    }
}

void WhyModel::buildAnswer()
{
    const bool real = isReal(m_why);
    if (!real && m_why.status == 0)
        return;
    const bool refusal = isRefusal(m_why.verdict) || m_why.verdict == Outcome::NoRoute;
    const bool lost = m_why.verdict == Outcome::Failed || m_why.verdict == Outcome::Cancelled;
    const QString status = (QString::number(m_why.status) + QLatin1Char(' ') + reasonPhrase(m_why.status)).trimmed();
    const bool inFlight = m_why.status == 0 && !lost;
    Runs title{plain(m_why.status != 0 ? (real ? tr("Answered %1") : tr("Would be answered %1")).arg(status) : inFlight ? tr("In flight") : tr("No answer"))};
    const Glyph glyph = inFlight ? Glyph::NotReached : lost ? Glyph::Failed : refusal ? Glyph::Refused : Glyph::Pass;
    WhyItem stage = stageItem(StageId::Answer, glyph, m_why.phases.total, std::move(title));
    stage.reached = !inFlight;
    if (refusal || m_why.target == TargetKind::None)
        stage.detail = {plain(tr("by the gateway"))};
    if (m_why.phases.total >= 0)
        stage.right = {wire(totalText())};
    WhyItem *added = add(m_root.get(), std::move(stage));
    if (!m_more.answer.isEmpty())
        add(added, noteItem(m_more.answer));
    if (refusal && real)
        addNextSteps(added);
}

// What a person does about a refusal.
void WhyModel::addNextSteps(WhyItem *stage)
{
    WhyItem next;
    next.kind = Kind::Actions;
    const QString term = verdictTerm(m_why.verdict);
    if (m_why.verdict == Outcome::RefusedHost && !m_why.listener.empty() && canBeNamed(m_why.refusedHost)) {
        QString host = fromUtf8(m_why.refusedHost);
        if (host.size() > longestOnButton)
            host = host.left(longestOnButton / 2) + QChar(0x2026) + host.right(longestOnButton / 2);
        next.actions << std::pair(tr("Add %1 to the hosts of %2").arg(host, fromUtf8(m_why.listener)), newHostPlace(m_why.listener, m_why.refusedHost));
    }
    if (m_why.verdict == Outcome::NoRoute) {
        if (!m_why.candidates.empty())
            next.actions << std::pair(tr("Open %1").arg(fromUtf8(m_why.candidates.front().route)), routePlace(m_why.candidates.front().route));
        next.actions << std::pair(tr("See others without a route"), exchangesPlace(QStringLiteral("verdict:") + term));
    }
    for (const PolicyStep &step : m_why.policies) {
        if (step.shadow || (step.verdict != StepVerdict::Refused && step.verdict != StepVerdict::FailedClosed))
            continue;
        const QString name = policyName(step);
        const bool limit = step.gauge && step.gauge->capacity > 0;
        next.actions << std::pair(limit ? tr("Raise this limit…") : tr("Open %1").arg(name), policyPlace(step));
        Place when = policyPlace(step);
        when.name += QStringLiteral("/when");
        next.actions << std::pair(tr("Exempt a client…"), when);
        const QString route = fromUtf8(m_why.route.value_or(""));
        next.actions << std::pair(tr("See others refused"), exchangesPlace(route.isEmpty() ? QStringLiteral("verdict:") + term : QStringLiteral("route:%1 verdict:%2").arg(route, term)));
        break;
    }
    if (!next.actions.isEmpty())
        add(stage, std::move(next));
}

// --- what differs from another one -----------------------------------------------------------------------------------

// Times are never the same twice; what was found, decided and done is compared.
void WhyModel::collectKeys(std::multiset<QString> &keys, const WhyItem &item) const
{
    if (item.kind == Kind::Candidate || item.kind == Kind::Policy || item.kind == Kind::Change || (item.kind == Kind::Stage && item.stage != StageId::Rewritten))
        keys.insert(keyOf(item));
    for (const auto &child : item.children)
        collectKeys(keys, *child);
}

void WhyModel::markDifferences()
{
    m_differences = 0;
    if (!m_more.then)
        return;
    WhyModel before;
    before.setExplanation(*m_more.then);
    std::multiset<QString> keys;
    before.collectKeys(keys, *before.m_root);
    const std::function<void(WhyItem &)> mark = [&](WhyItem &item) {
        if (item.kind == Kind::Candidate || item.kind == Kind::Policy || item.kind == Kind::Change || (item.kind == Kind::Stage && item.stage != StageId::Rewritten)) {
            if (const auto known = keys.find(keyOf(item)); known != keys.end()) {
                keys.erase(known);
            } else {
                item.differs = true;
                ++m_differences;
            }
        }
        for (const auto &child : item.children)
            mark(*child);
    };
    mark(*m_root);
    m_differences = std::max(m_differences, int(keys.size())); // a row that changed is missing on one side and new on the other
}

// --- what views ask --------------------------------------------------------------------------------------------------

const WhyItem *WhyModel::item(const QModelIndex &index) { return static_cast<const WhyItem *>(index.internalPointer()); }

QModelIndex WhyModel::index(int row, int column, const QModelIndex &parent) const
{
    const WhyItem *above = parent.isValid() ? item(parent) : m_root.get();
    if (row < 0 || size_t(row) >= above->children.size() || column != 0 || parent.column() > 0)
        return {};
    return createIndex(row, column, above->children[size_t(row)].get());
}

QModelIndex WhyModel::parent(const QModelIndex &index) const
{
    const WhyItem *above = index.isValid() ? item(index)->parent : nullptr;
    if (!above || above == m_root.get())
        return {};
    const auto &siblings = above->parent->children;
    const auto found = std::find_if(siblings.begin(), siblings.end(), [above](const auto &candidate) { return candidate.get() == above; });
    return createIndex(int(found - siblings.begin()), 0, const_cast<WhyItem *>(above));
}

int WhyModel::rowCount(const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return 0;
    return int((parent.isValid() ? item(parent) : m_root.get())->children.size());
}

int WhyModel::columnCount(const QModelIndex &) const { return 1; }

QModelIndex WhyModel::find(StageId stage) const
{
    for (size_t row = 0; row < m_root->children.size(); ++row) {
        if (m_root->children[row]->kind == Kind::Stage && m_root->children[row]->stage == stage)
            return index(int(row), 0);
    }
    return {};
}

QString WhyModel::lineOf(const WhyItem &item) const
{
    QString text;
    if (item.kind == Kind::Times) {
        QStringList parts;
        for (const BarPart &part : m_timeParts)
            parts << part.label;
        return parts.join(QStringLiteral(", ")) + QStringLiteral("; ") + tr("total %1").arg(totalText());
    }
    if (item.kind == Kind::MatrixHead)
        return {};
    if (item.change)
        text = item.change->kind == Change::Kind::Added ? QStringLiteral("+ ") : item.change->kind == Change::Kind::Removed ? QStringLiteral("- ") : QStringLiteral("  ");
    QStringList parts;
    const auto put = [&parts](const QString &part) {
        if (!part.trimmed().isEmpty())
            parts << part.trimmed();
    };
    put(toPlainText(item.title));
    if (item.candidate) {
        const auto failed = std::find(item.candidate->cells.begin(), item.candidate->cells.end(), Cell::Failed);
        put(item.candidate->won ? tr("wins") : item.candidate->matched ? tr("matches") : tr("does not match"));
        if (failed != item.candidate->cells.end() && !item.candidate->failed)
            put(aspectWord(observe::Aspect(failed - item.candidate->cells.begin())));
    }
    put(item.owner);
    put(toPlainText(item.detail));
    for (const auto &[label, place] : item.actions)
        put(label);
    put(toPlainText(item.right));
    if (item.differs)
        put(tr("differs"));
    return text + parts.join(item.kind == Kind::Sentence ? QString() : QStringLiteral(", "));
}

void WhyModel::appendText(QString &text, const WhyItem &item, int depth) const
{
    const QString line = lineOf(item);
    if (!line.isEmpty()) {
        const QString time = item.kind == Kind::Stage && item.startMicros >= 0 ? sinceArrivalText(item.startMicros) + QStringLiteral(" ms  ") : QString();
        text += QString(depth * 2, QLatin1Char(' ')) + time + line + QLatin1Char('\n');
    }
    for (const auto &child : item.children)
        if (child->kind != Kind::Actions) // buttons are no part of what happened
            appendText(text, *child, depth + 1);
}

QString WhyModel::asText(const QModelIndex &index) const
{
    if (!index.isValid() || item(index)->kind == Kind::Sentence)
        return wholeText();
    QString text;
    appendText(text, *item(index), 0);
    return text;
}

QString WhyModel::wholeText() const
{
    QString text;
    for (const auto &child : m_root->children)
        appendText(text, *child, 0);
    return text;
}

QVariant WhyModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const WhyItem *shown = item(index);
    switch (role) {
    case ItemRole: return QVariant::fromValue(const_cast<void *>(static_cast<const void *>(shown)));
    case Qt::DisplayRole: return lineOf(*shown);
    case Qt::AccessibleTextRole:
        return shown->kind == Kind::Stage || shown->kind == Kind::Policy || shown->kind == Kind::Attempt ? wordOf(shown->glyph) + QStringLiteral(", ") + lineOf(*shown) : lineOf(*shown);
    case Qt::ToolTipRole: return shown->kind == Kind::Policy || shown->kind == Kind::Change || shown->kind == Kind::Candidate ? plainToolTip(lineOf(*shown)) : QVariant();
    default: return {};
    }
}

} // namespace gatehouse::ui
