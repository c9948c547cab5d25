#include "gateway/observe/verdict.h"

namespace gatehouse::observe {

std::string_view name(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Allowed: return "allowed";
    case Verdict::Refused: return "refused";
    case Verdict::RefusedHost: return "refused: host";
    case Verdict::RefusedCrossSite: return "refused: cross-site";
    case Verdict::Loop: return "loop";
    case Verdict::Malformed: return "malformed";
    case Verdict::NoRoute: return "no-route";
    case Verdict::Throttled: return "throttled";
    case Verdict::Delayed: return "delayed";
    case Verdict::Mocked: return "mocked";
    case Verdict::Local: return "local";
    case Verdict::Cached: return "cached";
    case Verdict::Failed: return "failed";
    case Verdict::Cancelled: return "cancelled";
    }
    return "allowed";
}

std::string_view name(StepVerdict verdict)
{
    switch (verdict) {
    case StepVerdict::WouldRun: return "would-run";
    case StepVerdict::Passed: return "passed";
    case StepVerdict::Acted: return "acted";
    case StepVerdict::Refused: return "refused";
    case StepVerdict::Answered: return "answered";
    case StepVerdict::Delayed: return "delayed";
    case StepVerdict::WouldRefuse: return "would-refuse";
    case StepVerdict::Skipped: return "skipped";
    case StepVerdict::Off: return "off";
    case StepVerdict::NotReached: return "not-reached";
    case StepVerdict::FailedOpen: return "failed-open";
    case StepVerdict::FailedClosed: return "failed-closed";
    }
    return "passed";
}

std::string_view name(TargetKind kind)
{
    switch (kind) {
    case TargetKind::None: return "none";
    case TargetKind::Upstream: return "upstream";
    case TargetKind::Mock: return "mock";
    case TargetKind::Respond: return "respond";
    case TargetKind::Redirect: return "redirect";
    }
    return "none";
}

} // namespace gatehouse::observe
