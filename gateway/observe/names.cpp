#include "gateway/observe/record.h"

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace gatehouse::observe {

namespace {

// Reading takes no lock: an id reaches its reader only after the name was written.
class Names {
public:
    uint32_t intern(std::string_view name)
    {
        if (name.empty())
            return 0;
        const std::lock_guard lock(m_mutex);
        if (const auto it = m_ids.find(name); it != m_ids.end())
            return it->second;
        const auto id = static_cast<uint32_t>(m_texts.size() + 1);
        if (id / pageSize >= m_pages.size())
            return 0; // a million names: no longer told apart
        const std::string &kept = m_texts.emplace_back(name);
        auto *page = m_pages[id / pageSize].load(std::memory_order_relaxed);
        if (!page) {
            page = new Page();
            m_pages[id / pageSize].store(page, std::memory_order_release);
        }
        (*page)[id % pageSize].store(&kept, std::memory_order_release);
        m_ids.emplace(kept, id);
        return id;
    }
    std::string_view text(uint32_t id) const
    {
        if (id == 0 || id / pageSize >= m_pages.size())
            return {};
        const auto *page = m_pages[id / pageSize].load(std::memory_order_acquire);
        const auto *name = page ? (*page)[id % pageSize].load(std::memory_order_acquire) : nullptr;
        return name ? std::string_view(*name) : std::string_view();
    }

private:
    static constexpr size_t pageSize = 1024;
    using Page = std::array<std::atomic<const std::string *>, pageSize>;
    std::mutex m_mutex;
    std::unordered_map<std::string_view, uint32_t> m_ids; // guarded by m_mutex
    std::deque<std::string> m_texts;                      // guarded by m_mutex; never moves
    std::array<std::atomic<Page *>, 1024> m_pages{};
};

Names &names()
{
    static auto *const all = new Names; // for the life of the process: rows may be read during exit
    return *all;
}

} // namespace

uint32_t internName(std::string_view name) { return names().intern(name); }
std::string_view internedName(uint32_t id) { return names().text(id); }

} // namespace gatehouse::observe
