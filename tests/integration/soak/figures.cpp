#include "tests/integration/soak/figures.h"

#include <QtCore/QDir>

#include <algorithm>

namespace gatehouse::soak {

int descriptorsOf(int64_t pid)
{
    const QDir folder(QStringLiteral("/proc/%1/fd").arg(pid));
    return folder.exists() ? int(folder.entryList(QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot).size()) : -1;
}

double Series::memorySlope() const
{
    const size_t half = m_samples.size() / 2;
    const double count = double(m_samples.size() - half);
    double x = 0, y = 0, xx = 0, xy = 0;
    for (size_t i = half; i < m_samples.size(); ++i) {
        const double at = m_samples[i].seconds / 60, value = double(m_samples[i].memory);
        x += at;
        y += value;
        xx += at * at;
        xy += at * value;
    }
    const double spread = count * xx - x * x;
    return spread > 0 ? (count * xy - x * y) / spread : 0;
}

uint64_t Series::medianMemory(size_t from, size_t to) const
{
    std::vector<uint64_t> values;
    for (size_t i = from; i < to; ++i)
        values.push_back(m_samples[i].memory);
    if (values.empty())
        return 0;
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
    return values[values.size() / 2];
}

int64_t Series::memoryGrowth() const
{
    const size_t third = m_samples.size() / 3;
    return int64_t(medianMemory(m_samples.size() - third, m_samples.size())) - int64_t(medianMemory(0, third));
}

int Series::mostDescriptors() const
{
    int most = 0;
    for (const Sample &sample : m_samples)
        most = std::max(most, sample.descriptors);
    return most;
}

std::string Series::text(size_t lines) const
{
    std::string text;
    const size_t step = std::max<size_t>(1, m_samples.size() / lines);
    for (size_t i = 0; i < m_samples.size(); i += step) {
        char line[96];
        snprintf(line, sizeof line, "  %6.0f s  %7.1f MiB  %4d descriptors  %10llu exchanges\n", m_samples[i].seconds, double(m_samples[i].memory) / (1 << 20),
                 m_samples[i].descriptors, static_cast<unsigned long long>(m_samples[i].exchanges));
        text += line;
    }
    return text;
}

} // namespace gatehouse::soak
