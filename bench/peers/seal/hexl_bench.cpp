// HEXL: forward and inverse negacyclic NTT of one limb.
#include "../common/measure.hpp"
#include "hexl/hexl.hpp"

int main(int argc, char **argv) {
    bench::Peer peer{"hexl", PEER_HEXL_VERSION, PEER_FLAGS};
    peer.budget_ms = std::atof(bench::arg(argc, argv, "--budget-ms", "800").c_str());
    const uint64_t q = std::strtoull(bench::arg(argc, argv, "--prime", "0").c_str(), nullptr, 10);
    int bits = 0;
    for (uint64_t v = q; v != 0; v >>= 1) bits++;
    for (const int log_n : bench::int_list(bench::arg(argc, argv, "--logn", "14,15,16"))) {
        const size_t n = size_t{1} << log_n;
        intel::hexl::NTT ntt(n, q);
        intel::hexl::AlignedVector64<uint64_t> a(n);
        for (size_t i = 0; i < n; i++) a[i] = (i * 0x9e3779b97f4a7c15ULL) % q;
        const auto original = a;
        ntt.ComputeForward(a.data(), a.data(), 1, 1);
        ntt.ComputeInverse(a.data(), a.data(), 1, 1);
        if (a != original) {
            std::fprintf(stderr, "hexl: inverse(forward(a)) differs from a\n");
            return 1;
        }
        const bench::Params p{log_n, bits, bits, 1, 0};
        bench::time_it(peer, "ntt_fwd", p, [&] { ntt.ComputeForward(a.data(), a.data(), 1, 1); });
        bench::time_it(peer, "ntt_inv", p, [&] { ntt.ComputeInverse(a.data(), a.data(), 1, 1); });
        // The lazy forms: output below 4q and 2q, as a caller that goes on computing would ask.
        a = original;
        auto b = a;
        bench::time_it(peer, "ntt_fwd_lazy", p, [&] { ntt.ComputeForward(b.data(), a.data(), 1, 4); });
        bench::time_it(peer, "ntt_inv_lazy", p, [&] { ntt.ComputeInverse(b.data(), a.data(), 1, 2); });
    }
    return 0;
}
