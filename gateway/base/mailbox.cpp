#include "gateway/base/mailbox.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>

namespace gatehouse {

Mailbox::Mailbox(QObject *parent) : QObject(parent) { }
Mailbox::~Mailbox() = default;

void Mailbox::post(Letter letter)
{
    const std::lock_guard lock(m_mutex);
    m_letters.push_back(std::move(letter));
    if (!m_woken) {
        m_woken = true;
        QCoreApplication::postEvent(this, new QEvent(QEvent::User));
    }
}

void Mailbox::customEvent(QEvent *)
{
    std::vector<Letter> letters;
    {
        const std::lock_guard lock(m_mutex);
        letters.swap(m_letters);
        m_woken = false;
    }
    for (auto &letter : letters)
        letter();
}

} // namespace gatehouse
