// What an HTTP message is once its head has been read: views into an arena, in the order and case of the wire.
// Plain values without sockets; one thread. Lifetime: everything here lives as long as the Arena it was made with.
#pragma once

#include "gateway/base/arena.h"

#include <cstdint>
#include <string_view>

namespace gatehouse::http {

struct Field {
    std::string_view name;  // case as on the wire
    std::string_view value; // without surrounding whitespace
};

// Character rules of RFC 9110 section 5.5/5.6.2: what may stand in a name, and in a value.
bool isToken(std::string_view text);      // not empty, tchar only
bool isFieldValue(std::string_view text); // no control character but HTAB, no surrounding whitespace; may be empty
bool isProtocolList(std::string_view text); // of Upgrade (RFC 9110 7.8): name[/version], ...; not empty, no empty element
// Of those protocols the ones that a tunnel may carry. HTTP and TLS are not among them: requests inside of it would pass by routes
// and policies, and an upstream that speaks h2c would take them. Empty: none is left.
std::string_view tunnelledProtocols(std::string_view list, Arena &arena);
// Whether each protocol of `answered` is one of those that were asked for, and there is one.
bool wereAskedFor(std::string_view answered, std::string_view asked);

// The header fields of a message: a short list that keeps order, case and duplicates. Names are found whatever their case.
// Nothing that could break the framing of a message ever gets in: names and values are checked here, so the writer need not.
class Fields {
public:
    explicit Fields(Arena &arena) : m_arena(&arena) { }
    Fields(const Fields &) = delete; // clone() says into which arena
    Fields &operator=(const Fields &) = delete;
    Fields(Fields &&other) noexcept { *this = static_cast<Fields &&>(other); }
    Fields &operator=(Fields &&other) noexcept;

    const Field *begin() const { return m_data; }
    const Field *end() const { return m_data + m_size; }
    size_t size() const { return m_size; }
    bool empty() const { return m_size == 0; }
    const Field &operator[](size_t index) const { return m_data[index]; }

    // The first field of that name after `after` (from the start when null); null when there is none.
    const Field *find(std::string_view name, const Field *after = nullptr) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    // The first value; empty when there is none.
    std::string_view value(std::string_view name) const;
    size_t count(std::string_view name) const;
    // All values joined by ", " (RFC 9110 5.3); no copy when there is only one. Not for Set-Cookie.
    std::string_view combined(std::string_view name) const;

    // These copy what they are given. False, and nothing changed, when the name is no token or the value holds a control character.
    bool add(std::string_view name, std::string_view value);
    // Replaces the first of that name in its place, removes the others, or adds it at the end.
    bool set(std::string_view name, std::string_view value);
    // How many went.
    size_t remove(std::string_view name);
    size_t removeIf(bool (*condition)(const Field &, const void *), const void *context);
    bool rename(std::string_view from, std::string_view to);
    void clear() { m_size = 0; }

    // For readers that have checked both already and whose views outlive the list.
    void addChecked(Field field)
    {
        if (m_size == m_capacity)
            grow(m_capacity ? m_capacity * 2 : 16);
        m_data[m_size++] = field;
    }
    // Moves every view by that many octets: the parser's head was copied elsewhere.
    void rebase(const char *from, const char *to);
    // A list of its own in `arena`; the texts are shared: both arenas must live as long as the copy.
    Fields clone(Arena &arena) const;
    Arena &arena() const { return *m_arena; }

private:
    void grow(uint32_t capacity);
    Arena *m_arena = nullptr;
    Field *m_data = nullptr; // in the arena
    uint32_t m_size = 0, m_capacity = 0;
};

enum class Version : uint8_t { Http10, Http11, Http2 };
enum class Method : uint8_t { Get, Head, Post, Put, Delete, Patch, Options, Trace, Connect, Other };
Method knownMethod(std::string_view method); // exact case: "get" is Other (RFC 9110 9.1)
bool isSafe(Method method);       // RFC 9110 9.2.1
bool isIdempotent(Method method); // RFC 9110 9.2.2

// How the end of the body is found (RFC 9112 section 6).
enum class Framing : uint8_t {
    None,       // no body, and nothing said of one
    Length,     // exactly `length` octets, which may be 0
    Chunked,
    UntilClose, // answers only
    Tunnel,     // after 101, or 2xx to CONNECT: octets both ways until either side closes
};

enum class TargetForm : uint8_t { Origin, Absolute, Asterisk, Authority };

// A request. From the parser: everything is checked and consistent. Who rewrites one changes `method`, `target` and `fields`
// (and `framing`, `length` with the body); the writer serialises exactly those, never the octets that came in.
struct RequestHead {
    explicit RequestHead(Arena &arena) : fields(arena) { }

    std::string_view method;
    Method known = Method::Other;
    std::string_view target;    // as on the wire
    TargetForm form = TargetForm::Origin;
    std::string_view path;      // of the target, as sent: "/a%20b"; "*" for OPTIONS *; "/" for an absolute form without one
    std::string_view query;     // without "?"
    bool hasQuery = false;      // tells "/a?" from "/a"
    std::string_view scheme;    // of an absolute form ("http"), else empty
    std::string_view authority; // host[:port] of the target if absolute, else of Host; empty only in HTTP/1.0
    std::string_view host;      // without port, case as sent, IPv6 with its brackets
    uint16_t port = 0;          // 0: none was given
    Version version = Version::Http11;
    Fields fields;              // an absolute form has replaced Host (RFC 9112 3.2.2)

    Framing framing = Framing::None;
    uint64_t length = 0;        // of Framing::Length
    bool keepAlive = true;      // what the client asks for
    bool expectContinue = false;
    std::string_view upgrade;   // the Upgrade field when Connection names it and it can be read, else empty
    bool upgradesToWebSocket() const;

    std::string_view raw;       // the head as it came, blank line included
};

// An answer, from an upstream or made here.
struct ResponseHead {
    explicit ResponseHead(Arena &arena) : fields(arena) { }

    Version version = Version::Http11;
    int status = 200;
    std::string_view reason;    // as sent, may be empty; the writer fills in the usual phrase for an empty one
    Fields fields;
    Framing framing = Framing::None;
    uint64_t length = 0;        // of Framing::Length
    bool keepAlive = true;      // whether the connection can be used again after the body
    std::string_view upgrade;   // of a 101
    bool interim() const { return status >= 100 && status < 200 && status != 101; }

    std::string_view raw;
};

} // namespace gatehouse::http
