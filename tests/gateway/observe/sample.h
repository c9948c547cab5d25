// A record as an exchange would publish it, over texts that it owns.
#pragma once

#include "gateway/observe/recorder.h"

#include <string>
#include <vector>

namespace gatehouse::test {

struct Sample {
    std::vector<observe::FieldView> request{{"Host", "api.shop.localhost:8080"}, {"User-Agent", "curl/7.88.1"}, {"Accept", "*/*"}, {"Content-Type", "application/json"}};
    std::vector<observe::FieldView> forwarded = request;
    std::vector<observe::FieldView> response{{"content-type", "application/json"}, {"content-length", "11"}, {"date", "Sat, 31 Jan 2026 12:00:00 GMT"}};
    std::vector<observe::StepRecord> steps;
    std::vector<observe::AttemptRecord> attempts;
    observe::Record record;

    explicit Sample(uint64_t id)
    {
        forwarded.push_back({"x-forwarded-for", "127.0.0.1"});
        steps.push_back({.policy = 1, .verdict = observe::StepVerdict::Passed, .startMicros = 3, .durationNanos = 420, .detail = "19 of 20 left", .level = 19, .capacity = 20});
        attempts.push_back({.endpoint = "127.0.0.1:9001", .startMicros = 11, .durationMicros = 800, .status = 200, .error = {}, .why = {}});
        record.id = id;
        record.startedMicros = 1'769'860'800'000'000 + static_cast<int64_t>(id);
        record.durationMicros = 1234;
        record.gatewayMicros = 34;
        record.routeMicros = 2;
        record.status = 200;
        record.method = "GET";
        record.scheme = "http";
        record.host = "api.shop.localhost";
        record.path = "/v1/orders/42";
        record.query = "expand=lines";
        record.protocol = "HTTP/1.1";
        record.client = "127.0.0.1:52114";
        record.endpoint = "127.0.0.1:9001";
        record.contentType = "application/json";
        record.target = observe::TargetKind::Upstream;
        record.listener = observe::internName("main");
        record.route = observe::internName("get-order");
        record.targetName = observe::internName("orders");
        record.requestLine = "GET /v1/orders/42?expand=lines HTTP/1.1";
        record.forwardedLine = "GET /orders/42 HTTP/1.1";
        record.statusLine = "HTTP/1.1 200 OK";
        record.responseBody = R"({"id": 42})";
        record.responseBytes = record.responseBody.size();
    }
    // With the spans on this object's own vectors.
    const observe::Record &done()
    {
        record.requestFields = request;
        record.forwardedFields = forwarded;
        record.responseFields = response;
        record.steps = steps;
        record.attempts = attempts;
        return record;
    }
};

} // namespace gatehouse::test
