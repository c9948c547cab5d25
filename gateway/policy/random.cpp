#include "gateway/policy/services.h"

#include <QtCore/QRandomGenerator>

#include <array>
#include <cstring>

namespace gatehouse::policy {

namespace {
// The system's generator, asked for a page at a time so that an id costs no system call.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> to) override
    {
        thread_local std::array<quint32, 512> pool;
        thread_local size_t used = sizeof pool;
        while (!to.empty()) {
            if (used == sizeof pool) {
                QRandomGenerator::system()->fillRange(pool.data(), static_cast<qsizetype>(pool.size()));
                used = 0;
            }
            auto *from = reinterpret_cast<std::byte *>(pool.data()) + used;
            const size_t part = std::min(to.size(), sizeof pool - used);
            std::memcpy(to.data(), from, part);
            std::memset(from, 0, part); // given out once
            used += part;
            to = to.subspan(part);
        }
    }
};
} // namespace

Random &systemRandom()
{
    static SystemRandom random;
    return random;
}

} // namespace gatehouse::policy
