// One way to time for every C++ peer: warm up, repeat until a budget is spent, print one JSON line.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace bench {

struct Params {
    int log_n = 0;
    int log_q = 0;   // bits of the ciphertext modulus
    int log_qp = 0;  // bits of the key modulus
    int primes = 0;  // primes of the ciphertext modulus
    int dnum = 0;
    int threads = 1;
};

struct Peer {
    std::string name, version, flags;
    double budget_ms = 800;
};

inline void print_params(const Params &p) {
    std::printf("\"params\":{\"logN\":%d,\"logQ\":%d,\"logQP\":%d,\"primes\":%d,\"dnum\":%d,\"threads\":%d}",
                p.log_n, p.log_q, p.log_qp, p.primes, p.dnum, p.threads);
}

inline void print_head(const Peer &peer, const char *name, const Params &p) {
    std::printf("{\"peer\":\"%s\",\"version\":\"%s\",\"flags\":\"%s\",\"name\":\"%s\",", peer.name.c_str(),
                peer.version.c_str(), peer.flags.c_str(), name);
    print_params(p);
}

// At least 5 repetitions even where one exceeds the budget: a median of fewer means little on a shared machine.
template <class F> void time_it(const Peer &peer, const char *name, const Params &p, F &&op, long long bytes = -1) {
    using clock = std::chrono::steady_clock;
    std::vector<double> ns;
    op();
    op();
    const auto begin = clock::now();
    while (ns.size() < 5 || (ns.size() < 5000 &&
                             std::chrono::duration<double, std::milli>(clock::now() - begin).count() < peer.budget_ms)) {
        const auto t0 = clock::now();
        op();
        ns.push_back(std::chrono::duration<double, std::nano>(clock::now() - t0).count());
    }
    std::sort(ns.begin(), ns.end());
    const auto at = [&](double f) { return ns[static_cast<size_t>(f * static_cast<double>(ns.size() - 1) + 0.5)]; };
    print_head(peer, name, p);
    std::printf(",\"reps\":%zu,\"min_ns\":%.0f,\"median_ns\":%.0f,\"p10_ns\":%.0f,\"p90_ns\":%.0f", ns.size(), ns[0],
                at(0.5), at(0.1), at(0.9));
    if (bytes >= 0) std::printf(",\"bytes\":%lld", bytes);
    std::printf("}\n");
    std::fflush(stdout);
}

inline void size_of(const Peer &peer, const char *name, const Params &p, long long bytes) {
    print_head(peer, name, p);
    std::printf(",\"bytes\":%lld}\n", bytes);
    std::fflush(stdout);
}

// --name value; every program takes the same few.
inline std::string arg(int argc, char **argv, const char *name, const char *fallback) {
    for (int i = 1; i + 1 < argc; i++)
        if (std::strcmp(argv[i], name) == 0) return argv[i + 1];
    return fallback;
}

inline std::vector<int> int_list(const std::string &s) {
    std::vector<int> out;
    for (size_t i = 0; i < s.size();) {
        out.push_back(std::atoi(s.c_str() + i));
        i = s.find(',', i);
        if (i == std::string::npos) break;
        i++;
    }
    return out;
}

}  // namespace bench
