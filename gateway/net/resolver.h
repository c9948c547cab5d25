// Names to addresses, without blocking the worker. Belongs to one thread, which runs a Qt event loop; answers arrive there.
#pragma once

#include "gateway/base/result.h"
#include "gateway/net/address.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gatehouse::net {

class Resolver {
public:
    using Addresses = std::vector<Address>;
    using Done = std::function<void(Result<Addresses>)>;

    Resolver();
    ~Resolver(); // what has not been answered never will be
    // Literals and localhost (127.0.0.1 and ::1, both, RFC 6761) need no look-up, yet are answered later like all others: never
    // from within the call. The order is the system's (RFC 6724). Never empty: no address is ErrorKind::Resolve.
    void resolve(std::string_view host, uint16_t port, Done done);
    // Those that need no look-up, at once.
    static Addresses known(std::string_view host, uint16_t port);

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace gatehouse::net
