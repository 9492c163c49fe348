"""Vectors of exact integers, over the world of rlwe.json."""

from . import bgv, poly, rlwe, vec_rlwe
from .cases import Limbs, Words
from .inputs import Inputs

ABOUT = (
    "Integers modulo t in the world of rlwe.json (bgv/space.h). bgv_encode: `values` in slots of degree 2^log_slots, `coeff` the polynomial "
    "modulo t. bgv_decode: `phase`, coefficients over `level`, and the plaintext factor give `values`, centred. Of ciphertexts, evaluation form: "
    "bgv_lower: a over `level` with factor `factor` to `to`, whose canonical factor is that of a step from factor 1. bgv_product: a times b, "
    "relinearised, `level` to `to`; bgv_constant: a plus k, and a times k. bridge_there: a and b, one integer modulo `t` and `t2`, as one approximate "
    "number of scale 2^log_scale over `to` (jfhe/bridge.h) for |integer| <= most; bridge_back: a, whose slots hold an integer at that scale, modulo t over `to`.")

CTX = vec_rlwe.CTX
LOG_N = vec_rlwe.LOG_N


def _both(prefix: str, level, parts) -> dict[str, Limbs]:
    return {f"{prefix}{i}": Limbs(rlwe.limbs(CTX, level, c)) for i, c in enumerate(parts)}


def encode_case(t: int, log_slots: int) -> dict:
    values = [poly.centred(x, t) for x in Inputs(f"bgv/encode/{t}").residues(1 << log_slots, t)]
    values[:2] = [(t - 1) // 2, -((t - 1) // 2)]
    coeff = bgv.slots_to_poly(values, t, log_slots)
    assert bgv.poly_to_slots(coeff, t, log_slots) == values
    return {"kind": "bgv_encode", "name": f"t{t}", "log_n": LOG_N, "t": t, "log_slots": log_slots, "values": values,
            "coeff": Words(coeff)}


def decode_case(t: int, level: tuple, bits: int) -> dict:
    """Any v below half the modulus decodes; its slots over the factor are the message."""
    data, q = Inputs(f"bgv/decode/{t}/{len(level)}"), CTX.modulus(level)
    v, factor = data.small(CTX.n, 1 << bits), 1 + data.below(t - 1)
    v[:2] = [q // 2 * 15 // 16, -(q // 2 * 15 // 16)]
    phase = [x * pow(t, -1, q) % q for x in v]
    values = [poly.centred(x * pow(factor, -1, t), t) for x in bgv.poly_to_slots(v, t, LOG_N)]
    return {"kind": "bgv_decode", "name": f"t{t}-limbs{len(level)}", "t": t, "level": list(level), "factor": factor,
            "phase": Limbs([[x % CTX.primes[i] for x in phase] for i in level]), "values": values}


def lower_case(name: str, t: int, level: tuple, to: tuple) -> dict:
    """k brings the factor to the canonical one of the lower level, then the modulus changes."""
    data, q = Inputs(f"bgv/lower/{name}"), CTX.modulus(level)
    a, factor = [data.residues(CTX.n, q) for _ in range(2)], 1 + data.below(t - 1)
    k = poly.centred(pow(factor, -1, t), t)
    primes, low = CTX.values(level), CTX.values(to)
    whole = [poly.scale(c, k, q) for c in bgv.theirs(a, t, q)]
    r = bgv.ours([bgv.switch_modulus(c, t, primes, low) for c in whole], t, CTX.modulus(to))
    return ({"kind": "bgv_lower", "name": f"lower-{name}", "t": t, "level": list(level), "to": list(to), "factor": factor}
            | _both("a", level, a) | _both("r", to, r))


def fresh(world: vec_rlwe.World, name: str, t: int, level: tuple):
    """Values and an encryption of them: v = message + t e."""
    data, q = Inputs(f"bgv/fresh/{name}"), CTX.modulus(level)
    values = [poly.centred(x, t) for x in data.residues(CTX.n, t)]
    e, seed = data.small(CTX.n, 21), data.bytes(32)
    message = [poly.centred(x, t) * pow(t, -1, q) for x in bgv.slots_to_poly(values, t, LOG_N)]
    return values, rlwe.encrypt(CTX, level, message, world.s, e, seed)


def product_case(world: vec_rlwe.World, name: str, t: int, level: tuple, to: tuple) -> dict:
    (x, a), (y, b) = (fresh(world, f"{name}/{which}", t, level) for which in "ab")
    tensor = [poly.scale(d, t, CTX.modulus(level)) for d in rlwe.tensor(CTX, level, a, b)]
    r = rlwe.key_switch(CTX, level, to, tensor[2], tensor[0], tensor[1], world.relin)
    v = bgv.noise(CTX, to, r, world.s, t)
    step = bgv.step_factor(t, CTX.values(level), CTX.values(to))
    got = [poly.centred(z * pow(step, -1, t), t) for z in bgv.poly_to_slots(v, t, LOG_N)]
    assert got == [poly.centred(p * q, t) for p, q in zip(x, y)], "the model's product"
    assert max(map(abs, v)) < CTX.modulus(to) >> 8
    return ({"kind": "bgv_product", "name": f"product-{name}", "t": t, "level": list(level), "to": list(to)}
            | _both("a", level, a) | _both("b", level, b) | _both("r", to, r))


def constant_case(t: int, level: tuple) -> dict:
    data, q, k = Inputs("bgv/constant"), CTX.modulus(level), 40000
    a, factor = [data.residues(CTX.n, q) for _ in range(2)], 1 + data.below(t - 1)
    more = poly.centred(k * factor, t) * pow(t, -1, q)
    return ({"kind": "bgv_constant", "name": "constant", "t": t, "level": list(level), "factor": factor, "k": k}
            | _both("a", level, a) | _both("sum", level, [poly.add(a[0], [more] + [0] * (CTX.n - 1), q), a[1]])
            | _both("times", level, [poly.scale(c, poly.centred(k, t), q) for c in a]))


def _divided(parts, level, to) -> list[list[int]]:
    return [poly.divide(c, CTX.values(level), CTX.values(to)) for c in parts]


def bridge_there_case(name: str, t: tuple, level: tuple, to: tuple, log_scale: int, most: int) -> dict:
    """Q/T times the integer is what the parts' phases add up to, each -Q/factor (T/t)^-1 modulo t times, centred."""
    data, q, whole = Inputs(f"bridge/there/{name}"), CTX.modulus(level), poly.product(t)
    parts = [[data.residues(CTX.n, q) for _ in range(2)] for _ in t]
    factors = [1 + data.below(p - 1) for p in t]
    w = [poly.centred(-q * pow(f * (whole // p), -1, p), p) for p, f in zip(t, factors)]
    k = max(1, (whole << log_scale) // (CTX.modulus(to) * most))
    total = [[0] * CTX.n for _ in range(2)]
    for part, v in zip(parts, w):
        total = [poly.add(x, poly.scale(c, v * k, q), q) for x, c in zip(total, part)]
    return ({"kind": "bridge_there", "name": f"there-{name}", "t": t[0], "t2": t[1], "level": list(level), "to": list(to),
             "factor": factors[0], "factor2": factors[1], "log_scale": log_scale, "most": most}
            | _both("a", level, parts[0]) | _both("b", level, parts[1]) | _both("r", to, _divided(total, level, to)))


def bridge_back_case(name: str, t: int, level: tuple, to: tuple, log_scale: int) -> dict:
    """At scale Q/t a phase is one of BFV; its factor is -Q modulo t."""
    data, q = Inputs(f"bridge/back/{name}"), CTX.modulus(level)
    a = [data.residues(CTX.n, q) for _ in range(2)]
    k = poly.round_half_even(q, t << log_scale)
    r = _divided([poly.scale(c, k, q) for c in a], level, to)
    return ({"kind": "bridge_back", "name": f"back-{name}", "t": t, "level": list(level), "to": list(to), "log_scale": log_scale,
             "factor": -CTX.modulus(to) % t} | _both("a", level, a) | _both("r", to, r))


def cases() -> list[dict]:
    """All cases of the file."""
    world = vec_rlwe.World()
    return [encode_case(65537, 4), encode_case(97, 4), encode_case(17, 3), encode_case(786433, 4),
            decode_case(65537, (0,), 40), decode_case(97, (0, 1), 80), decode_case(65537, (0, 1, 2), 130),
            lower_case("step", 65537, (0, 1, 2, 3), (0, 1, 2)), lower_case("rational", 97, (0, 1, 2, 3), (0, 1, 5)),
            lower_case("three", 65537, (0, 1, 2, 3), (0,)),
            product_case(world, "step", 65537, (0, 1, 2, 3), (0, 1, 2)),
            product_case(world, "rational", 97, (0, 1, 2, 3), (0, 1, 5)), constant_case(65537, (0, 1, 2)),
            bridge_there_case("step", (65537, 97), (0, 1, 2), (0, 1), 88, 1000),
            bridge_there_case("rational", (97, 65537), (0, 1, 2, 3), (0, 1, 5), 105, 3),
            bridge_back_case("step", 65537, (0, 1, 2), (0, 1), 80),
            bridge_back_case("rational", 97, (0, 1), (0, 5), 45)]
