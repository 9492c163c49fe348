// The flags by which HEXL picks its code path, asked from the compiler's own run-time detection.
// It is our stand-in for a package that the registry does not carry; HEXL itself is not changed.
#pragma once

namespace cpu_features {

struct X86Features {
    bool avx512f, avx512dq, avx512vl, avx512ifma, avx512vbmi2;
};

struct X86Info {
    X86Features features;
};

inline X86Info GetX86Info() {
    __builtin_cpu_init();
    X86Info info;
    info.features.avx512f = __builtin_cpu_supports("avx512f") != 0;
    info.features.avx512dq = __builtin_cpu_supports("avx512dq") != 0;
    info.features.avx512vl = __builtin_cpu_supports("avx512vl") != 0;
    info.features.avx512ifma = __builtin_cpu_supports("avx512ifma") != 0;
    info.features.avx512vbmi2 = __builtin_cpu_supports("avx512vbmi2") != 0;
    return info;
}

}  // namespace cpu_features
