// A bump allocator for what lives as long as one exchange. One thread; no destructors are run: see ArenaOwned.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse {

// Memory is given back only by reset(), which keeps the first block: an exchange on a kept-alive connection allocates nothing.
class Arena {
public:
    explicit Arena(size_t firstBlock = 8 * 1024) : m_blockSize(firstBlock) { }
    Arena(const Arena &) = delete;
    Arena &operator=(const Arena &) = delete;

    void *allocate(size_t size, size_t alignment = alignof(std::max_align_t))
    {
        size_t at = (m_used + alignment - 1) & ~(alignment - 1);
        if (m_blocks.empty() || at + size > m_blocks.back().size) {
            grow(size + alignment);
            at = 0;
        }
        m_used = at + size;
        return m_blocks.back().data.get() + at;
    }
    // A copy that lives until reset().
    std::string_view copy(std::string_view text)
    {
        if (text.empty())
            return {};
        char *to = static_cast<char *>(allocate(text.size(), 1));
        std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }
    std::string_view join(std::initializer_list<std::string_view> parts)
    {
        size_t size = 0;
        for (auto part : parts)
            size += part.size();
        char *to = static_cast<char *>(allocate(size, 1)), *at = to;
        for (auto part : parts) {
            if (!part.empty())
                std::memcpy(at, part.data(), part.size());
            at += part.size();
        }
        return {to, size};
    }
    // Destroyed by reset() in reverse order of making.
    template <typename T, typename... Args>
    T *make(Args &&...args)
    {
        T *object = new (allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
        if constexpr (!std::is_trivially_destructible_v<T>)
            m_owned.push_back({object, [](void *o) { static_cast<T *>(o)->~T(); }});
        return object;
    }
    void reset()
    {
        while (!m_owned.empty()) {
            auto owned = m_owned.back();
            m_owned.pop_back();
            owned.destroy(owned.object);
        }
        if (m_blocks.size() > 1)
            m_blocks.resize(1);
        m_used = 0;
    }
    ~Arena() { reset(); }

private:
    struct Block { std::unique_ptr<std::byte[]> data; size_t size = 0; };
    struct Owned { void *object; void (*destroy)(void *); };
    void grow(size_t atLeast)
    {
        const size_t size = atLeast > m_blockSize ? atLeast : m_blockSize;
        m_blocks.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});
        m_used = 0;
    }
    std::vector<Block> m_blocks;
    std::vector<Owned> m_owned;
    size_t m_blockSize;
    size_t m_used = 0;
};

} // namespace gatehouse
