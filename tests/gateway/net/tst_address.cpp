// Addresses, blocks, listeners and the resolver.
#include "gateway/net/block.h"
#include "gateway/net/listener.h"
#include "gateway/net/resolver.h"
#include "tests/support/support.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace gatehouse;
using net::Address;

class TestAddress : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void parsesAndPrints_data();
    void parsesAndPrints();
    void knowsLoopback();
    void busyPortNamesItsProcess();
    void unixListenerIsPrivateAndReplacesAStaleOne();
    void resolvesLocalhostToBothFamilies();
    void unknownNameIsAnError();
    void resolverMayGoWhileLookingUp();
    void blocksAreReusedLastInFirstOut();
    void heldMemoryOutlivesItsPool();
};

void TestAddress::parsesAndPrints_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("printed"); // empty: refused
    const auto row = [](const char *text, const char *printed) { QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(printed); };
    row("127.0.0.1:80", "127.0.0.1:80");
    row(":8080", "127.0.0.1:8080");
    row("*:8080", "0.0.0.0:8080");
    row("[::1]:80", "[::1]:80");
    row("[::]:0", "[::]:0");
    row("[2001:DB8::1]:443", "[2001:db8::1]:443");
    row("unix:/run/x.sock", "unix:/run/x.sock");
    row("unix:@name", "unix:@name");
    for (const char *bad : {"", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "256.0.0.1:80", "::1:80", "localhost:80", "unix:", "[::1]"})
        row(bad, "");
}

void TestAddress::parsesAndPrints()
{
    QFETCH(QString, text);
    QFETCH(QString, printed);
    const auto address = Address::parse(text.toStdString());
    QCOMPARE(address ? QString::fromStdString(address->text()) : QString(), printed);
    if (address)
        QCOMPARE(*Address::parse(address->text()), *address);
}

void TestAddress::knowsLoopback()
{
    QVERIFY(Address::loopback(1).isLoopback());
    QVERIFY(Address::loopback6(1).isLoopback());
    QVERIFY(Address::parse("127.8.9.1:1")->isLoopback());
    QVERIFY(Address::parse("[::ffff:127.0.0.1]:1")->isLoopback());
    QVERIFY(!Address::parse("*:1")->isLoopback());
    QVERIFY(Address::parse("*:1")->isAny());
    QVERIFY(!Address::parse("10.0.0.1:1")->isAny());
    QVERIFY(Address::parse("169.254.169.254:80")->isLinkLocal());
    QVERIFY(Address::parse("[fe80::1]:80")->isLinkLocal());
}

void TestAddress::busyPortNamesItsProcess()
{
    auto first = net::Listener::bind(Address::loopback(0));
    QVERIFY(first.ok());
    const uint16_t port = (*first)->address().port;
    QVERIFY(port != 0);
    const auto second = net::Listener::bind(Address::loopback(port));
    QVERIFY(!second.ok());
    QCOMPARE(second.error().kind, ErrorKind::InUse);
    const std::string expected = "Port " + std::to_string(port) + " is taken by ";
    QVERIFY2(second.error().message.starts_with(expected), second.error().message.c_str());
#ifdef Q_OS_LINUX
    const std::string own = " (pid " + std::to_string(QCoreApplication::applicationPid()) + ").";
    QVERIFY2(second.error().message.ends_with(own), second.error().message.c_str());
    QVERIFY(!net::findPortOwner(1));
#endif
    first = net::Listener::bind(Address::loopback(0)); // the other is closed
    QVERIFY(net::Listener::bind(Address::loopback(port)).ok());
}

void TestAddress::unixListenerIsPrivateAndReplacesAStaleOne()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("s.sock"));
    const Address address = Address::unixSocket(path.toStdString());
    {
        const auto listener = net::Listener::bind(address);
        QVERIFY(listener.ok());
        QCOMPARE(QFileInfo(path).permissions() & 0x0077, QFile::Permissions());
        QVERIFY(!net::Listener::bind(address).ok()); // alive
    }
    QVERIFY(!QFileInfo::exists(path));
    QVERIFY(!net::Listener::bind(Address::unixSocket(std::string(200, 'x'))).ok());
}

void TestAddress::resolvesLocalhostToBothFamilies()
{
    net::Resolver resolver;
    std::vector<Address> addresses;
    resolver.resolve("LocalHost", 80, [&](auto result) { addresses = std::move(*result); });
    QVERIFY(addresses.empty()); // never from within the call
    QVERIFY(test::waitFor("the answer", [&] { return !addresses.empty(); }));
    QCOMPARE(addresses, (std::vector<Address>{Address::loopback(80), Address::loopback6(80)}));
    QCOMPARE(net::Resolver::known("[::1]", 5), std::vector<Address>{Address::loopback6(5)});
    QVERIFY(net::Resolver::known("example.org", 5).empty());
}

void TestAddress::unknownNameIsAnError()
{
    net::Resolver resolver;
    std::optional<Error> error;
    resolver.resolve("name.invalid", 80, [&](auto result) { error = result.error(); });
    QVERIFY(test::waitFor("the refusal", [&] { return error.has_value(); }, 30000));
    QCOMPARE(error->kind, ErrorKind::Resolve);
    QVERIFY(error->message.find("name.invalid") != std::string::npos);
}

void TestAddress::resolverMayGoWhileLookingUp()
{
    bool called = false;
    {
        net::Resolver resolver;
        resolver.resolve("other.invalid", 80, [&](auto) { called = true; });
        resolver.resolve("127.0.0.1", 80, [&](auto) { called = true; });
    }
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

void TestAddress::blocksAreReusedLastInFirstOut()
{
    net::BlockPool pool(1024, 2);
    const char *address = nullptr;
    {
        net::Block a = pool.block(), b = pool.block(), c = pool.block();
        QVERIFY(a.append("hello") && a.text() == "hello" && a.room() == 1019);
        QVERIFY(!b.append(std::string(1025, 'x')) && b.size() == 0);
        address = a.text().data();
        QCOMPARE(pool.out(), size_t(3));
        QVERIFY(pool.block(5000).room() >= 5000);
        b = {};
        c = {};
        a = {}; // the pool keeps two: this one is freed
        QCOMPARE(pool.spare(), size_t(2));
    }
    QCOMPARE(pool.out(), size_t(0));
    net::Block again = pool.block();
    const char *second = again.rest().data();
    again = {};
    QVERIFY(pool.block().rest().data() == second);
    QVERIFY(address != nullptr);
}

void TestAddress::heldMemoryOutlivesItsPool()
{
    net::Piece piece, share;
    {
        net::BlockPool pool(1024);
        net::Block block = pool.block();
        block.append("kept");
        piece = net::toPiece(std::move(block));
        share = {piece.data, piece.hold.share()};
    }
    piece = {};
    QVERIFY(share.data == "kept");
}

QTEST_GUILESS_MAIN(TestAddress)
#include "tst_address.moc"
