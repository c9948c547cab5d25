#include "gateway/runtime/secrecy.h"

#include "gateway/config/chains.h"
#include "gateway/observe/explanation.h"
#include "gateway/policy/key-auth/record.h"

namespace gatehouse::runtime {

namespace {

// What the workspace asks to mask, and where its own key-auth policies look for keys.
std::vector<std::string> redactions(const Snapshot &snapshot)
{
    std::vector<std::string> out = snapshot.settings.recording.redact;
    if (!snapshot.workspace)
        return out;
    config::forEachChain(*snapshot.workspace, [&](const std::vector<config::PolicyEntry> &entries) {
        for (const config::PolicyEntry &entry : entries) {
            if (entry.kind != "key-auth")
                continue;
            const auto &place = entry.as<policy::KeyAuth>();
            if (place.header)
                out.push_back("header." + *place.header);
            if (place.query)
                out.push_back("query." + *place.query);
        }
    });
    return out;
}

} // namespace

Result<std::shared_ptr<const observe::Redactor>> redactorOf(const Snapshot &snapshot)
{
    return observe::Redactor::make(redactions(snapshot), snapshot.workspace ? snapshot.workspace->secretValues : std::vector<std::string>());
}

void withoutSecrets(observe::Explanation &why, const observe::Redactor &redactor)
{
    if (!redactor.knowsValues())
        return;
    const auto hide = [&](std::string &text) { redactor.text(text, text); };
    for (auto *list : {&why.candidates, &why.mockRules})
        for (observe::Candidate &candidate : *list) {
            if (!candidate.failed)
                continue;
            hide(candidate.failed->expected);
            if (candidate.failed->actual)
                hide(*candidate.failed->actual);
        }
    for (observe::PolicyStep &policy : why.policies) {
        hide(policy.detail);
        if (policy.gauge)
            hide(policy.gauge->key);
    }
    for (observe::Change &change : why.changes)
        hide(change.line);
    for (auto &[name, value] : why.headers)
        hide(value);
    hide(why.targetName);
    hide(why.url);
    hide(why.error);
}

} // namespace gatehouse::runtime
