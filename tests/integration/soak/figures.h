// What is measured of the gateway's process while it is under way, and whether it stays flat.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::soak {

struct Sample {
    double seconds = 0;      // since the measuring began
    uint64_t memory = 0;     // octets resident
    int descriptors = 0;
    uint64_t exchanges = 0;  // so far
};

// Open descriptors of a process; -1: it can't be told.
int descriptorsOf(int64_t pid);

class Series {
public:
    void add(const Sample &sample) { m_samples.push_back(sample); }
    // Of the second half, by least squares, octets a minute.
    double memorySlope() const;
    // Of the last third's median over the first third's, octets; negative when it fell.
    int64_t memoryGrowth() const;
    int mostDescriptors() const;
    std::string text(size_t lines) const; // so many samples, evenly spread
    bool empty() const { return m_samples.empty(); }

private:
    uint64_t medianMemory(size_t from, size_t to) const;
    std::vector<Sample> m_samples;
};

} // namespace gatehouse::soak
