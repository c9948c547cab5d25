// The figures of the dashboard's charts: seconds put together to steps.
#pragma once

#include "gateway/api/api.h"
#include "ui/widgets/heatmap.h"

#include <QtCore/QObject>

#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::ui {

// What the charts show: from `endSecond` (the last whole one, included) back.
struct ChartSpan {
    int64_t endSecond = 0; // since 1970
    int64_t seconds = 300;
    int64_t step = 2;      // seconds of a step
    bool live = true;      // the end is now

    // One more than fits, so that the axis spans all of `seconds` from the first to the last.
    size_t count() const { return size_t(seconds / step) + 1; }
    int64_t firstSecond() const { return endSecond - int64_t(count()) * step + 1; }
};

struct Step {
    std::array<double, 6> byClass{}; // a second
    double p50 = std::nan(""), p90 = std::nan(""), p99 = std::nan(""), gateway = std::nan(""); // ns; gateway: p99 of its own part
    double allowed = 0, refused = 0, delayed = 0;
    uint64_t requests = 0; // in the whole step
    bool known = false;
    double all() const;
};

std::vector<Step> stepsOf(const std::vector<api::Second> &seconds, const ChartSpan &span);
// At most 60 columns; rows from 10 µs to a second, or as far as there is something.
HeatData heatOf(const std::vector<api::Second> &seconds, const ChartSpan &span);

// How full the buckets of a limit were, one look a second; kept for an hour.
class BucketHistory {
public:
    // A key that is no longer listed while there is room in the list has a full bucket.
    void look(int64_t second, const std::vector<api::PolicyLive> &policies);
    std::vector<std::string> limits() const; // those that had a bucket, in the order they came
    double capacity(const std::string &limit) const;
    // The emptiest of the last look first, at most four.
    std::vector<std::string> keys(const std::string &limit) const;
    std::vector<double> values(const std::string &limit, const std::string &key, const ChartSpan &span) const;

private:
    struct Limit {
        double capacity = 0;
        std::map<std::string, std::map<int64_t, double>> levels; // by key, by second
        std::map<int64_t, bool> looked;                          // whether all keys were listed
    };
    std::vector<std::pair<std::string, Limit>> m_limits;
    const Limit *find(const std::string &limit) const;
};

// Looks once a second, whether or not a panel shows it. `live` outlives it; the GUI thread's.
class BucketWatch final : public QObject {
public:
    explicit BucketWatch(const api::Live &live);
    const BucketHistory &history() const { return m_history; }

private:
    void look();
    const api::Live &m_live;
    BucketHistory m_history;
};

} // namespace gatehouse::ui
