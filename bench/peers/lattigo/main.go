// Lattigo: CKKS at one parameter set, and the NTT of one limb.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/tuneinsight/lattigo/v6/core/rlwe"
	"github.com/tuneinsight/lattigo/v6/ring"
	"github.com/tuneinsight/lattigo/v6/schemes/ckks"
)

type params struct {
	LogN    int `json:"logN"`
	LogQ    int `json:"logQ"`
	LogQP   int `json:"logQP"`
	Primes  int `json:"primes"`
	Dnum    int `json:"dnum"`
	Threads int `json:"threads"`
}

type line struct {
	Peer     string `json:"peer"`
	Version  string `json:"version"`
	Flags    string `json:"flags"`
	Name     string `json:"name"`
	Params   params `json:"params"`
	Reps     int    `json:"reps,omitempty"`
	MinNs    int64  `json:"min_ns,omitempty"`
	MedianNs int64  `json:"median_ns,omitempty"`
	P10Ns    int64  `json:"p10_ns,omitempty"`
	P90Ns    int64  `json:"p90_ns,omitempty"`
	Bytes    int    `json:"bytes,omitempty"`
}

var budget time.Duration

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if strings.HasSuffix(dep.Path, "/lattigo/v6") {
				return dep.Version
			}
		}
	}
	return "unknown"
}

func emit(name string, p params, note string, l line) {
	l.Peer, l.Version, l.Name, l.Params = "lattigo", version(), name, p
	l.Flags = "go build, one goroutine" + note
	out, err := json.Marshal(l)
	check(err)
	fmt.Println(string(out))
}

// Warm up, repeat until the budget is spent, print one JSON line (the same rule as common/measure.hpp).
func timeIt(name string, p params, note string, bytes int, op func()) {
	op()
	op()
	var ns []int64
	begin := time.Now()
	for len(ns) < 5 || (len(ns) < 5000 && time.Since(begin) < budget) {
		t0 := time.Now()
		op()
		ns = append(ns, time.Since(t0).Nanoseconds())
	}
	sort.Slice(ns, func(i, j int) bool { return ns[i] < ns[j] })
	at := func(f float64) int64 { return ns[int(f*float64(len(ns)-1)+0.5)] }
	emit(name, p, note, line{Reps: len(ns), MinNs: ns[0], MedianNs: at(0.5), P10Ns: at(0.1), P90Ns: at(0.9), Bytes: bytes})
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "lattigo:", err)
		os.Exit(1)
	}
}

func ints(s string) (out []int) {
	for _, field := range strings.Split(s, ",") {
		v, err := strconv.Atoi(field)
		check(err)
		out = append(out, v)
	}
	return
}

func sum(v []int) (total int) {
	for _, x := range v {
		total += x
	}
	return
}

func benchNTT(logN int, prime uint64) {
	r, err := ring.NewRing(1<<logN, []uint64{prime})
	check(err)
	a, b := r.NewPoly(), r.NewPoly()
	for i := range a.Coeffs[0] {
		a.Coeffs[0][i] = (uint64(i) * 0x9e3779b97f4a7c15) % prime
	}
	r.NTT(a, b)
	r.INTT(b, b)
	if !r.Equal(a, b) {
		check(fmt.Errorf("inverse(forward(a)) differs from a"))
	}
	bits := int(math.Ceil(math.Log2(float64(prime))))
	p := params{LogN: logN, LogQ: bits, LogQP: bits, Primes: 1, Threads: 1}
	timeIt("ntt_fwd", p, "", 0, func() { r.NTT(a, a) })
	timeIt("ntt_inv", p, "", 0, func() { r.INTT(a, a) })
}

func worst(got, want []float64) (w float64) {
	for i := range want {
		w = math.Max(w, math.Abs(got[i]-want[i]))
	}
	return
}

func benchCKKS(logN int, q, special []int, scale int) {
	par, err := ckks.NewParametersFromLiteral(ckks.ParametersLiteral{LogN: logN, LogQ: q, LogP: special, LogDefaultScale: scale})
	check(err)
	dnum := (len(q) + len(special) - 1) / len(special)
	p := params{LogN: logN, LogQ: sum(q), LogQP: sum(q) + sum(special), Primes: len(q), Dnum: dnum, Threads: 1}

	kgen := ckks.NewKeyGenerator(par)
	sk := kgen.GenSecretKeyNew()
	rotations := []int{1, 2, 3, 4, 5, 6, 7, 8}
	var elements []uint64
	for _, r := range rotations {
		elements = append(elements, par.GaloisElement(r))
	}
	galois := kgen.GenGaloisKeysNew(elements, sk)
	emit("key_rotation_bytes", p, "", line{Bytes: galois[0].BinarySize()})
	keys := rlwe.NewMemEvaluationKeySet(kgen.GenRelinearizationKeyNew(sk), galois...)

	encoder, encryptor, decryptor := ckks.NewEncoder(par), ckks.NewEncryptor(par, sk), ckks.NewDecryptor(par, sk)
	eval := ckks.NewEvaluator(par, keys)
	values := make([]float64, par.MaxSlots())
	squares, got := make([]float64, len(values)), make([]float64, len(values))
	for i := range values {
		values[i] = math.Sin(0.001 * float64(i))
		squares[i] = values[i] * values[i]
	}
	pt := ckks.NewPlaintext(par, par.MaxLevel())
	check(encoder.Encode(values, pt))
	a, err := encryptor.EncryptNew(pt)
	check(err)
	b := a.CopyNew()
	product := ckks.NewCiphertext(par, 1, par.MaxLevel())
	rescaled := ckks.NewCiphertext(par, 1, par.MaxLevel())
	multiply := func() {
		check(eval.MulRelin(a, b, product))
		check(eval.Rescale(product, rescaled))
	}
	multiply()
	check(encoder.Decode(decryptor.DecryptNew(rescaled), got))
	if w := worst(got, squares); w > 1e-3 {
		check(fmt.Errorf("wrong product, off by %g", w))
	}
	timeIt("ckks_mul", p, "", 0, func() {
		product.Resize(1, par.MaxLevel())
		multiply()
	})
	rotated := ckks.NewCiphertext(par, 1, par.MaxLevel())
	timeIt("ckks_rotate", p, "", 0, func() { check(eval.Rotate(a, 1, rotated)) })
	many := map[int]*rlwe.Ciphertext{}
	for _, r := range rotations {
		many[r] = ckks.NewCiphertext(par, 1, par.MaxLevel())
	}
	timeIt("ckks_rotate_hoisted8", p, "", 0, func() { check(eval.RotateHoisted(a, rotations, many)) })
	timeIt("encode", p, "", 0, func() { check(encoder.Encode(values, pt)) })
	fresh := ckks.NewCiphertext(par, 1, par.MaxLevel())
	timeIt("encrypt_seeded", p, ", symmetric, not seeded", fresh.BinarySize(), func() { check(encryptor.Encrypt(pt, fresh)) })

	low := a.CopyNew()
	eval.DropLevel(low, par.MaxLevel())
	one := p
	one.Primes, one.LogQ = 1, q[0]
	out := ckks.NewPlaintext(par, 0)
	timeIt("decrypt_decode", one, "", 0, func() {
		decryptor.Decrypt(low, out)
		check(encoder.Decode(out, got))
	})
	if w := worst(got, values); w > 1e-3 {
		check(fmt.Errorf("wrong decryption, off by %g", w))
	}
}

func main() {
	logN := flag.String("logn", "14", "")
	bits := flag.String("bits", "48,46,46,46,46,46,46", "")
	special := flag.String("special", "48,48", "")
	scale := flag.Int("scale", 46, "")
	prime := flag.Uint64("prime", 0, "time the NTT of this prime instead")
	budgetMs := flag.Float64("budget-ms", 800, "")
	flag.Parse()
	budget = time.Duration(*budgetMs * float64(time.Millisecond))
	for _, n := range ints(*logN) {
		if *prime != 0 {
			benchNTT(n, *prime)
		} else {
			benchCKKS(n, ints(*bits), ints(*special), *scale)
		}
	}
}
