// What the recorded requests found in the bucket that refused one of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

class QPainter;
class QRectF;
class QString;

namespace gatehouse::ui {

struct BucketPast {
    struct Point {
        int64_t micros = 0; // since the one that is explained: not above 0
        double level = 0;   // tokens it left, or found too few
        bool refused = false;
    };
    std::string key;
    double capacity = 0;
    int64_t spanMicros = 3'000'000;
    int64_t nextMicros = 0; // until the next is let in
    std::vector<Point> points; // oldest first; the last is the one that is explained
};

// In words, for a screen reader and the clipboard.
QString bucketText(const BucketPast &past);
// The height at the present text size.
int bucketHeight();
void paintBucket(QPainter *painter, const QRectF &rect, const BucketPast &past);

} // namespace gatehouse::ui
