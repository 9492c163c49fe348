//! tfhe-ntt and its predecessor concrete-ntt: forward and inverse negacyclic NTT of one limb.

use std::time::Instant;

struct Peer<'a> {
    name: &'a str,
    version: &'a str,
    flags: String,
    budget_ms: f64,
}

/// Warm up, repeat until the budget is spent, print one JSON line (the same rule as common/measure.hpp).
fn time_it(peer: &Peer, name: &str, log_n: u32, bits: u32, mut op: impl FnMut()) {
    op();
    op();
    let mut ns = Vec::new();
    let begin = Instant::now();
    while ns.len() < 5 || (ns.len() < 5000 && begin.elapsed().as_secs_f64() * 1e3 < peer.budget_ms) {
        let t0 = Instant::now();
        op();
        ns.push(t0.elapsed().as_nanos() as u64);
    }
    ns.sort_unstable();
    let at = |f: f64| ns[(f * (ns.len() - 1) as f64 + 0.5) as usize];
    println!(
        "{{\"peer\":\"{}\",\"version\":\"{}\",\"flags\":\"{}\",\"name\":\"{}\",\"params\":{{\"logN\":{},\"logQ\":{},\
         \"logQP\":{},\"primes\":1,\"dnum\":0,\"threads\":1}},\"reps\":{},\"min_ns\":{},\"median_ns\":{},\
         \"p10_ns\":{},\"p90_ns\":{}}}",
        peer.name, peer.version, peer.flags, name, log_n, bits, bits, ns.len(), ns[0], at(0.5), at(0.1), at(0.9)
    );
}

fn arg(name: &str, fallback: &str) -> String {
    let args: Vec<String> = std::env::args().collect();
    let at = args.iter().position(|a| a == name);
    at.and_then(|i| args.get(i + 1).cloned()).unwrap_or_else(|| fallback.to_string())
}

fn input(n: usize, q: u64) -> Vec<u64> {
    (0..n as u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) % q).collect()
}

/// Both crates have the same shape and different types.
macro_rules! run {
    ($plan:expr, $peer:expr, $log_n:expr, $bits:expr, $q:expr) => {{
        let plan = $plan;
        let original = input(1 << $log_n, $q);
        let mut a = original.clone();
        plan.fwd(&mut a);
        plan.inv(&mut a);
        plan.normalize(&mut a);
        assert!(a == original, "inverse(forward(a)) differs from a");
        time_it($peer, "ntt_fwd", $log_n, $bits, || plan.fwd(&mut a));
        time_it($peer, "ntt_inv", $log_n, $bits, || {
            plan.inv(&mut a);
            plan.normalize(&mut a);
        });
    }};
}

fn main() {
    let q: u64 = arg("--prime", "0").parse().expect("--prime wants a number");
    let budget_ms: f64 = arg("--budget-ms", "800").parse().expect("--budget-ms wants a number");
    let bits = 64 - q.leading_zeros();
    for log_n in arg("--logn", "14,15,16").split(',').map(|s| s.parse::<u32>().expect("--logn")) {
        let plan = tfhe_ntt::prime64::Plan::try_new(1 << log_n, q).expect("no NTT of this length");
        let flags = format!("rustc release, ifma={}", plan.use_ifma());
        let peer = Peer { name: "tfhe-ntt", version: "0.7.1", flags, budget_ms };
        run!(plan, &peer, log_n, bits, q);
        let flags = "rustc release, no nightly AVX-512".to_string();
        let peer = Peer { name: "concrete-ntt", version: "0.2.0", flags, budget_ms };
        run!(concrete_ntt::prime64::Plan::try_new(1 << log_n, q).expect("no NTT of this length"), &peer, log_n, bits, q);
    }
}
