#include "gateway/policy/ip-filter/filter.h"

#include "gateway/config/records.h"
#include "gateway/policy/ip-filter/record.h"

#include <algorithm>

namespace gatehouse::policy {

namespace {
const Cidr *blockOf(const std::vector<Cidr> &blocks, const IpAddress &address)
{
    const auto it = std::find_if(blocks.begin(), blocks.end(), [&](const Cidr &block) { return block.contains(address); });
    return it == blocks.end() ? nullptr : &*it;
}

class IpFilterConfig final : public FilterConfig {
public:
    explicit IpFilterConfig(IpFilter record) : m_record(std::move(record)) { }
    uint32_t interests() const override { return OnRequestHead; }
    Filter *make(Arena &arena) const override;
    Flow preview(Context &context) const override { return decide(context); }

    Flow decide(Context &context) const
    {
        const IpAddress &client = context.info().client;
        const Cidr *denied = blockOf(m_record.deny, client);
        if (!denied && (m_record.allow.empty() || blockOf(m_record.allow, client))) {
            context.step(observe::StepVerdict::Passed);
            return Flow::Continue;
        }
        const std::string detail = context.info().clientText.empty() ? client.text() : std::string(context.info().clientText);
        context.step(observe::StepVerdict::Refused, detail + (denied ? " is in deny: " + denied->text() : " is not in allow"));
        context.respondProblem(403, "Forbidden", "This address may not come in.");
        return Flow::Respond;
    }

private:
    IpFilter m_record;
};

class IpFilterFilter final : public Filter {
public:
    explicit IpFilterFilter(const IpFilterConfig &config) : m_config(config) { }
    Flow onRequestHead(Context &context) override { return m_config.decide(context); }

private:
    const IpFilterConfig &m_config;
};

Filter *IpFilterConfig::make(Arena &arena) const { return arena.make<IpFilterFilter>(*this); }
} // namespace

Result<std::shared_ptr<const FilterConfig>> compileIpFilter(const CompileContext &context)
{
    return std::shared_ptr<const FilterConfig>(std::make_shared<IpFilterConfig>(context.entry.as<IpFilter>()));
}

} // namespace gatehouse::policy
