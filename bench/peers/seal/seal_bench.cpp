// SEAL: CKKS with one chain of primes. The last entry of --bits is SEAL's one special prime.
#include "../common/measure.hpp"
#include "seal/seal.h"

#include <cmath>
#include <numeric>
#include <sstream>

using namespace seal;

namespace {

struct Setup {
    SEALContext context;
    KeyGenerator keygen;
    SecretKey secret;
    RelinKeys relin;
    GaloisKeys galois;
    CKKSEncoder encoder;
    Encryptor encryptor;
    Decryptor decryptor;
    Evaluator evaluator;
    double scale;

    Setup(const EncryptionParameters &parms, double scale_in)
        : context(parms, true, sec_level_type::tc128), keygen(context), secret(keygen.secret_key()), encoder(context),
          encryptor(context, secret), decryptor(context, secret), evaluator(context), scale(scale_in) {
        keygen.create_relin_keys(relin);
    }
};

std::vector<double> some_values(size_t n) {
    std::vector<double> v(n);
    for (size_t i = 0; i < n; i++) v[i] = std::sin(0.001 * static_cast<double>(i));
    return v;
}

double worst_error(const std::vector<double> &got, const std::vector<double> &want) {
    double worst = 0;
    for (size_t i = 0; i < want.size(); i++) worst = std::max(worst, std::fabs(got[i] - want[i]));
    return worst;
}

// A peer that computes the wrong thing quickly is no peer: square the input once and look.
bool right(Setup &s, const Ciphertext &product, const std::vector<double> &values) {
    Plaintext out;
    std::vector<double> got, want = values;
    for (double &v : want) v *= v;
    s.decryptor.decrypt(product, out);
    s.encoder.decode(out, got);
    return worst_error(got, want) < 1e-3;
}

}  // namespace

int main(int argc, char **argv) {
    bench::Peer peer{bench::arg(argc, argv, "--label", "seal"), PEER_SEAL_VERSION, PEER_FLAGS};
    peer.budget_ms = std::atof(bench::arg(argc, argv, "--budget-ms", "800").c_str());
    const int log_n = std::atoi(bench::arg(argc, argv, "--logn", "14").c_str());
    const auto bits = bench::int_list(bench::arg(argc, argv, "--bits", "48,46,46,46,46,46,46,48"));
    const double scale = std::exp2(std::atof(bench::arg(argc, argv, "--scale", "46").c_str()));

    EncryptionParameters parms(scheme_type::ckks);
    parms.set_poly_modulus_degree(size_t{1} << log_n);
    parms.set_coeff_modulus(CoeffModulus::Create(size_t{1} << log_n, bits));
    Setup s(parms, scale);
    if (!s.context.parameters_set()) {
        std::fprintf(stderr, "seal: %s\n", s.context.parameter_error_message());
        return 1;
    }
    const int log_qp = std::accumulate(bits.begin(), bits.end(), 0);
    const int primes = static_cast<int>(bits.size()) - 1;
    const bench::Params p{log_n, log_qp - bits.back(), log_qp, primes, primes};

    std::stringstream one_key;
    const auto size = s.keygen.create_galois_keys(std::vector<int>{1}).save(one_key, compr_mode_type::none);
    bench::size_of(peer, "key_rotation_bytes", p, static_cast<long long>(size));
    s.keygen.create_galois_keys(std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8}, s.galois);

    const auto values = some_values(s.encoder.slot_count());
    Plaintext plain, low_plain;
    Ciphertext a, b, product, rotated;
    s.encoder.encode(values, scale, plain);
    s.encryptor.encrypt_symmetric(plain, a);
    b = a;
    bench::time_it(peer, "ckks_mul", p, [&] {
        s.evaluator.multiply(a, b, product);
        s.evaluator.relinearize_inplace(product, s.relin);
        s.evaluator.rescale_to_next_inplace(product);
    });
    if (!right(s, product, values)) {
        std::fprintf(stderr, "seal: the product is wrong\n");
        return 1;
    }
    bench::time_it(peer, "ckks_rotate", p, [&] { s.evaluator.rotate_vector(a, 1, s.galois, rotated); });
    peer.flags += ", no hoisting: eight single rotations";
    bench::time_it(peer, "ckks_rotate_hoisted8", p, [&] {
        for (int i = 1; i <= 8; i++) s.evaluator.rotate_vector(a, i, s.galois, rotated);
    });
    peer.flags = PEER_FLAGS;
    bench::time_it(peer, "encode", p, [&] { s.encoder.encode(values, scale, plain); });
    std::stringstream seeded;
    const auto ct_bytes = s.encryptor.encrypt_symmetric(plain).save(seeded, compr_mode_type::none);
    bench::time_it(peer, "encrypt_seeded", p, [&] { auto c = s.encryptor.encrypt_symmetric(plain); },
                   static_cast<long long>(ct_bytes));
    bench::time_it(peer, "encode_encrypt_seeded", p, [&] {
        s.encoder.encode(values, scale, plain);
        auto c = s.encryptor.encrypt_symmetric(plain);
    });
    Ciphertext low = a;
    s.evaluator.mod_switch_to_inplace(low, s.context.last_parms_id());
    std::vector<double> out;
    bench::Params one = p;
    one.primes = 1;
    one.log_q = bits[0];
    bench::time_it(peer, "decrypt_decode", one, [&] {
        s.decryptor.decrypt(low, low_plain);
        s.encoder.decode(low_plain, out);
    });
    if (worst_error(out, values) > 1e-3) {
        std::fprintf(stderr, "seal: the decrypted values are wrong\n");
        return 1;
    }
    return 0;
}
