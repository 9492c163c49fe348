/* plan/bootstraps.c: where levels come back.
 *
 * The level graph: an operation ends at a depth, the products in a row before it. A *cut* at depth c gives back their levels to all that is made at
 * c or before and read behind c; the operations between two cuts are a *segment*, no longer than a bootstrap's levels. It costs its operations
 * at the levels that they then have; a cut costs a bootstrap for each value that is made in the segment before it, read behind it, and lacks the
 * levels that the segment behind wants. So two segments in a row tell what a cut costs: segments are the nodes of a graph, cuts its edges, and
 * the shortest path from the inputs to the outputs is the row of cuts. docs/adr/0050.
 *
 * What then happens at a cut is decided exactly: a value that still has the levels which its readers need, an input that is read in every
 * turn of a loop for instance, is lowered instead; one that many segments read is bootstrapped once; and of several turns of one value that
 * value is bootstrapped, not each of them. What is settled is bootstrapped before it is: its error is then one of those that settling takes
 * into the number, where behind it would be multiplied by what a polynomial's slope is. docs/adr/0034. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/bootstrap.h"
#include "plan/plan.h"

enum { LEVELS = 32 }; /* more than bootstraps give */
/* A level scales by as much as leaves a constant's rounding below a bootstrap's own error: 2^-20 at a scale of 42 bits, or more, is 2^-22. */
enum { DOUBLINGS = 20, DOUBLINGS_MAX = 3 * DOUBLINGS };

/* Errors ride on the numbers, and sizes are estimates before bounds are there: what is bootstrapped is kept this much below the bootstrap's
 * bound, or it is scaled. The second where the first was refused. */
static const double ROOM = 1 + 0x1p-5, MORE_ROOM = 2;

/* Of cuts that cost alike the one where all that lives is about to be settled: a bootstrap counts so much less there. */
static const double SETTLED = 0.125;

/* Sums over all values that end at a depth, by how far behind it a cut is. */
typedef struct layer {
  double seconds[LEVELS]; /* of the operations, where the cut is so far away */
  uint8_t scaled[LEVELS]; /* levels that scaling the largest value takes that is read behind it */
  double best[LEVELS];    /* by the length of a segment up to a cut here: cost of the shortest path that ends with it */
  uint8_t before[LEVELS]; /* length of the segment before that one on this path */
  uint32_t head;          /* first of the values that end here and are read deeper (placer.chain), and 1; 0: none */
  uint32_t overhang;      /* operations of several levels across this depth: most levels of one that lie before it */
  uint32_t lacking;       /* most levels that a table which ends here lacks */
  uint32_t segment;       /* of what ends here */
  int cut, output, looked; /* the path has a cut here; an output ends here; what a table reads does */
} layer;

typedef struct placer {
  const jfhe_plan *plan;
  const jfi_machine *m;
  const jfi_graph *g;
  double *mag;
  uint32_t *depth;          /* by value: where it ends */
  uint32_t *last;           /* where the last of its readers ends */
  uint32_t *bare;           /* the same, of readers that settle it left out */
  uint32_t *first, *reader; /* readers of value v: reader[first[v]] .. reader[first[v + 1]] */
  uint32_t *latest;         /* how deep it may end at the latest */
  uint32_t *chain;          /* the next value that ends where this one does, as layer.head */
  uint8_t *wait; /* LEVELS of each value: from a cut so far behind it on, products in a row until it is wanted */
  uint8_t *output;
  layer *layer;
  uint32_t deepest, end; /* of all values; level of the outputs */
  uint32_t high;      /* where segments behind a cut begin: a bootstrap's level, or a lower one that all inputs have */
  int lowers, spared; /* what is only lowered costs nothing, as cuts were placed; there is such */
  uint32_t *segment;
  int32_t *room;        /* the highest level that a value can have */
  uint32_t *near, *far; /* levels that readers in its segment want, and those behind it */
  uint8_t *boot;
} placer;

static uint32_t depth_of(const placer *x, uint32_t v) { return jfi_machine_depth(x->m, &x->g->node[v]); }

static uint32_t levels_between(const placer *x) { return x->high - x->m->boot->level_in; }

double jfi_bootstrap_room(const jfhe_plan *plan) { return plan->m.boot->mag / (plan->roomy ? MORE_ROOM : ROOM); }

/* Doublings by which a value is too large to be bootstrapped as it is. */
static uint32_t too_large(const placer *x, uint32_t v) {
  double most = jfi_bootstrap_room(x->plan) * (1 + 0x1p-40), mag = x->mag[v];
  uint32_t k = 0;
  for (; mag > most && k <= DOUBLINGS_MAX; k++) mag /= 2;
  return k;
}

/* Levels that scaling it takes. */
static uint32_t scaling(const placer *x, uint32_t v) { return (too_large(x, v) + DOUBLINGS - 1) / DOUBLINGS; }

/* The lowest level from which a value can be bootstrapped. */
static uint32_t level_to_boot(const placer *x, uint32_t v) { return x->m->boot->level_in + scaling(x, v); }

/* ---- the level graph ---- */
/* A table brings levels back by itself: before it a value must have what it begins with, behind it what it gives, as an output and an input. */
static int begins_anew(const jfi_node *n) { return n->op == JFI_OP_INPUT || n->op == JFI_OP_LOOKUP; }

static uint32_t input_level(const placer *x, uint32_t v) {
  uint32_t level = jfi_machine_source(x->m, &x->g->node[v]);
  return level < x->high ? level : x->high;
}

static void find_depths(placer *x) {
  x->deepest = 0;
  for (uint32_t v = 0; v < x->g->n_nodes; v++) {
    const jfi_node *n = &x->g->node[v];
    uint32_t d = 0;
    for (uint32_t r = 0; r < jfi_reads(n); r++) {
      uint32_t a = jfi_read(x->g, n, r);
      if (a != JFI_NONE && x->depth[a] > d) d = x->depth[a];
    }
    /* as if levels had been spent on it; a table's behind all that it is made of, so that cuts before it do not lie across what follows */
    if (begins_anew(n)) d += x->high - input_level(x, v);
    x->depth[v] = d + depth_of(x, v);
    if (x->depth[v] > x->deepest) x->deepest = x->depth[v];
  }
}

static jfhe_status find_readers(placer *x) {
  uint32_t n = x->g->n_nodes, edges = 0;
  for (uint32_t v = 0; v < n; v++) edges += jfi_reads(&x->g->node[v]);
  x->reader = jfi_numbers_new(edges);
  uint32_t *at = jfi_numbers_new(n);
  if (!x->reader || !at) {
    jfi_free(at);
    return jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", n);
  }
  memset(x->first, 0, (n + 1) * sizeof *x->first);
  for (uint32_t v = 0; v < n; v++)
    for (uint32_t r = 0; r < jfi_reads(&x->g->node[v]); r++) {
      uint32_t a = jfi_read(x->g, &x->g->node[v], r);
      if (a != JFI_NONE) x->first[a + 1]++;
    }
  for (uint32_t v = 0; v < n; v++) {
    x->first[v + 1] += x->first[v];
    at[v] = x->first[v];
  }
  for (uint32_t v = 0; v < n; v++)
    for (uint32_t r = 0; r < jfi_reads(&x->g->node[v]); r++) {
      uint32_t a = jfi_read(x->g, &x->g->node[v], r);
      if (a != JFI_NONE) x->reader[at[a]++] = v;
    }
  jfi_free(at);
  return JFHE_OK;
}

static int settles(const jfi_node *n) { return n->op == JFI_OP_SETTLE; }

/* Operations that make a value of one other and of public data, without a level. */
static int turns_alone(const jfi_node *n) {
  switch (n->op) {
  case JFI_OP_SETTLE:
  case JFI_OP_NEG:
  case JFI_OP_ADD_CONST:
  case JFI_OP_ADD_VECTOR:
  case JFI_OP_ROTATE:
  case JFI_OP_CONJUGATE:
  case JFI_OP_MUL_INT: return 1;
  default: return 0;
  }
}

/* Where the last of a value's readers ends, the readers of its turns among them: those are made of it behind a cut. From the last value to
 * the first. */
static void find_last_read(placer *x, uint32_t v) {
  x->last[v] = x->bare[v] = 0;
  for (uint32_t i = x->first[v]; i < x->first[v + 1]; i++) {
    const jfi_node *n = &x->g->node[x->reader[i]];
    uint32_t w = x->reader[i], at = turns_alone(n) ? x->last[w] : begins_anew(n) ? x->depth[v] : x->depth[w];
    uint32_t bare = settles(n) ? 0 : turns_alone(n) ? x->bare[w] : at;
    if (at > x->last[v]) x->last[v] = at;
    if (bare > x->bare[v]) x->bare[v] = bare;
  }
}

/* How deep a value may end at the latest without making anything deeper. From the last value to the first. */
static void find_latest(placer *x, uint32_t v) {
  x->latest[v] = x->deepest;
  for (uint32_t i = x->first[v]; i < x->first[v + 1]; i++) {
    const uint32_t w = x->reader[i];
    const uint32_t at = begins_anew(&x->g->node[w]) ? x->depth[v] : x->latest[w] - depth_of(x, w);
    if (at < x->latest[v]) x->latest[v] = at;
  }
}

/* How long behind a cut a value is first wanted, by how far behind the value the cut is; of turns their readers count. What is made of it and of
 * nothing deeper can wait, so it is wanted when that is. From the last value to the first. */
static void find_waits(placer *x, uint32_t v) {
  uint8_t *wait = x->wait + (size_t)v * LEVELS;
  memset(wait, LEVELS, LEVELS);
  for (uint32_t i = x->first[v]; i < x->first[v + 1]; i++) {
    const uint32_t w = x->reader[i], begin = x->latest[w] - depth_of(x, w);
    const jfi_node *n = &x->g->node[w];
    for (uint32_t far = 0; far < LEVELS && !begins_anew(n); far++) {
      const uint32_t cut = x->depth[v] + far;
      if (!turns_alone(n) && cut >= x->depth[w]) break;
      uint32_t ahead = begin > cut ? begin - cut : 0;
      if (turns_alone(n)) ahead = x->wait[(size_t)w * LEVELS + far];
      if (ahead < wait[far]) wait[far] = (uint8_t)ahead;
    }
  }
}

/* What a value adds to the layers: its cost at each distance to a cut, the cuts that it lives across, those that it spans. */
static void add_value(placer *x, uint32_t v) {
  layer *l = &x->layer[x->depth[v]];
  l->output |= x->output[v];
  if (x->g->node[v].op == JFI_OP_LOOKUP) {
    uint32_t lacking = x->high - input_level(x, v);
    x->layer[x->depth[x->g->node[v].a]].looked = 1;
    if (lacking > l->lacking) l->lacking = lacking;
  }
  uint32_t most = levels_between(x), last = turns_alone(&x->g->node[v]) ? 0 : x->last[v], depth = depth_of(x, v);
  jfi_node n = x->g->node[v];
  for (uint32_t far = 0; far <= most && n.op != JFI_OP_INPUT; far++) {
    n.level = (uint8_t)(x->m->boot->level_in + far);
    if (jfi_machine_reads_at(x->m, &n, n.level) > x->m->ctx->chain.top) break;
    l->seconds[far] += jfi_cost_of(x->plan, &n);
  }
  for (uint32_t far = 0; far <= most && x->depth[v] + far < last; far++)
    if (scaling(x, v) > l->scaled[far]) l->scaled[far] = (uint8_t)scaling(x, v);
  if (x->depth[v] < last) {
    x->chain[v] = l->head;
    l->head = v + 1;
  }
  for (uint32_t i = 1; i < depth; i++) { /* a cut at depth[v] - i has depth - i of its levels before it */
    layer *cut = &x->layer[x->depth[v] - i];
    if (depth - i > cut->overhang) cut->overhang = depth - i;
  }
}

/* ---- the shortest path ---- */
/* A segment that can follow a cut. */
typedef struct segment {
  uint32_t to;    /* the cut behind it, or the deepest value */
  int last;       /* up to the outputs */
  int32_t high;   /* the level at which it begins, above the one from which values are bootstrapped */
  double seconds; /* its operations */
  double spared;  /* bootstraps that the cut before it does not take, since what is read behind has the levels */
} segment;

/* The segment from the cut at `from`; 0 where it has too many levels. */
static int open_segment(const placer *x, segment *s, uint32_t from, uint32_t to, int last) {
  const uint32_t over = x->layer[from].overhang;
  uint32_t scaled = 0, before = over;
  *s = (segment){.to = to, .last = last};
  for (uint32_t d = from + 1; d <= to;
       d++) { /* inputs, and what is made of them without a product, have their levels */
    const layer *l = &x->layer[d];
    if (to - d >= LEVELS) continue;
    if (l->lacking > d - from + before) before = l->lacking - (d - from);
    s->seconds += l->seconds[to - d];
    if (l->scaled[to - d] > scaled) scaled = l->scaled[to - d];
    if (l->output && d - from + over > x->high - x->end) return 0;
    if (l->looked && d - from + over >= levels_between(x)) return 0;
  }
  const uint32_t levels = to - from + before;
  const int32_t end = last ? (int32_t)x->end - (int32_t)x->m->boot->level_in : (int32_t)scaled;
  s->high = (int32_t)(to - from) + end;
  return last ? levels <= x->high - x->end : levels + scaled <= levels_between(x);
}

/* The level that a value has without a bootstrap, above the one from which values are bootstrapped. What bootstraps give is left out: a cut at which
 * all was only lowered would give levels to the next one. */
static int32_t levels_of_its_own(const placer *x, uint32_t v) {
  const uint32_t has =
      begins_anew(&x->g->node[v]) ? input_level(x, v) : x->high - (x->depth[v] < x->high ? x->depth[v] : x->high);
  return (int32_t)has - (int32_t)x->m->boot->level_in;
}

/* Bootstraps of what is made behind `from` and read behind the cut `at`; of each segment that may follow, how many it spares. What is read behind
 * that one, too, is spared where it does for the longest. */
static double count_live(const placer *x, uint32_t from, uint32_t at, segment *next, uint32_t count) {
  double live = 0;
  for (uint32_t i = 0; i < count; i++) next[i].spared = 0;
  for (uint32_t d = from + 1; d <= at; d++) {
    const uint32_t far = at - d;
    for (uint32_t v = far < LEVELS ? x->layer[d].head : 0; v; v = x->chain[v - 1]) {
      const uint32_t last = x->last[v - 1];
      if (last <= at) continue;
      const double weight = at >= x->bare[v - 1] ? 1 - SETTLED : 1;
      const int32_t has = levels_of_its_own(x, v - 1) + x->wait[(size_t)(v - 1) * LEVELS + far];
      live += weight;
      for (uint32_t i = 0; i < count && x->lowers; i++)
        if (has >= (last <= next[i].to ? next[i].high : (int32_t)levels_between(x))) next[i].spared += weight;
    }
  }
  return live;
}

static double seconds_of_boot(const placer *x) {
  const jfi_node n = {
      .op = JFI_OP_BOOTSTRAP, .a = 0, .b = JFI_NONE, .table = JFI_NONE, .level = (uint8_t)x->m->boot->level_out};
  return jfi_cost_of(x->plan, &n);
}

/* Where the lowest input or table begins that can be bootstrapped: before it a cut would give levels to nobody. */
static uint32_t first_cut(const placer *x) {
  uint32_t first = 1;
  for (uint32_t v = 0; v < x->g->n_nodes; v++)
    if (begins_anew(&x->g->node[v]) && x->depth[v] > first && x->depth[v] <= levels_between(x)) first = x->depth[v];
  return first;
}

static jfhe_status refuse(const placer *x, uint32_t v);

/* The last segment of the shortest path: from a cut, behind a segment of some length. */
typedef struct path_end {
  double cost;
  uint32_t cut, before;
} path_end;

/* Paths that end with a segment of `length` at a cut go on with each of the next; their cost so far is `cost`. */
static void go_on(placer *x, path_end *end, uint32_t cut, uint32_t length, double cost, double boot, segment *next,
                  uint32_t count) {
  const double live = count_live(x, cut - length, cut, next, count);
  for (uint32_t i = 0; i < count; i++) {
    const double all = cost + (live - next[i].spared) * boot + next[i].seconds;
    layer *l = &x->layer[next[i].to];
    if (next[i].spared > 0) x->spared = 1;
    if (live > 0 && next[i].spared >= live) continue; /* no cut: all is only lowered */
    if (next[i].last) {
      if (all < end->cost) *end = (path_end){all, cut, length};
    } else if (all < l->best[next[i].to - cut]) {
      l->best[next[i].to - cut] = all;
      l->before[next[i].to - cut] = (uint8_t)length;
    }
  }
}

static uint32_t open_segments(const placer *x, uint32_t from, uint32_t first, segment *next) {
  const uint32_t reach = x->high < LEVELS ? x->high : LEVELS - 1;
  uint32_t count = 0;
  for (uint32_t to = from + 1; to <= from + reach && to <= x->deepest; to++)
    if (to >= first) count += (uint32_t)open_segment(x, &next[count], from, to, 0);
  if (x->deepest - from <= reach) count += (uint32_t)open_segment(x, &next[count], from, x->deepest, 1);
  return count;
}

/* best and before of every depth; *end: how the shortest path ends. */
static jfhe_status find_path(placer *x, path_end *end) {
  const uint32_t first = first_cut(x);
  const double boot = seconds_of_boot(x);
  segment next[LEVELS + 1];
  *end = (path_end){.cost = HUGE_VAL};
  for (uint32_t c = 0; c <= x->deepest; c++)
    for (uint32_t i = 0; i < LEVELS; i++) x->layer[c].best[i] = HUGE_VAL;
  x->layer[0].best[0] = 0;
  for (uint32_t c = 0; c <= x->deepest; c++) {
    const uint32_t count = open_segments(x, c, first, next);
    for (uint32_t length = LEVELS; length-- > 0;)
      if (x->layer[c].best[length] < HUGE_VAL) go_on(x, end, c, length, x->layer[c].best[length], boot, next, count);
  }
  if (end->cost < HUGE_VAL) return JFHE_OK;
  for (uint32_t v = 0; v < x->g->n_nodes; v++)
    if (depth_of(x, v) > levels_between(x))
      return jfi_fail(JFHE_ERR_LEVEL, "%s needs %u levels, bootstrapping gives %u", jfi_op_name(x->g->node[v].op),
                      depth_of(x, v), levels_between(x));
  for (uint32_t v = 0; v < x->g->n_nodes; v++)
    if (x->g->node[v].op == JFI_OP_INPUT && input_level(x, v) < level_to_boot(x, v)) return refuse(x, v);
  for (uint32_t v = 0; v < x->g->n_nodes; v++)
    if (too_large(x, v) > DOUBLINGS_MAX)
      return jfi_fail(JFHE_ERR_RANGE, "numbers up to %.3g are too large to be bootstrapped", x->mag[v]);
  return jfi_fail(JFHE_ERR_LEVEL, "bootstrapping gives %u levels, and an operation with what it reads needs more",
                  levels_between(x));
}

/* Segments are numbered from the inputs; a value belongs to the one in which it ends. */
static void number_segments(placer *x, const path_end *end) {
  uint32_t count = 0;
  for (uint32_t c = end->cut, length = end->before, before; c > 0; c -= length, length = before) {
    x->layer[c].cut = 1;
    before = x->layer[c].before[length];
  }
  for (uint32_t d = 0; d <= x->deepest; d++) {
    x->layer[d].segment = count;
    count += (uint32_t)x->layer[d].cut;
  }
  for (uint32_t v = 0; v < x->g->n_nodes; v++) x->segment[v] = x->layer[x->depth[v]].segment;
}

/* ---- what happens at the cuts ---- */
/* The first segment that reads a value; its own for outputs. */
static uint32_t first_reader(const placer *x, uint32_t v) {
  uint32_t first = x->output[v] || x->first[v] == x->first[v + 1] ? x->segment[v] : UINT32_MAX;
  for (uint32_t i = x->first[v]; i < x->first[v + 1]; i++)
    if (x->segment[x->reader[i]] < first) first = x->segment[x->reader[i]];
  return first;
}

/* Where several values would be bootstrapped that are turns of one, or turns and the one, the turns move behind the cut; what settles moves
 * there of itself. From the last value to the first, so that turns of turns move together. */
static void move_turns(placer *x) {
  for (uint32_t v = x->g->n_nodes; v-- > 0;) {
    uint32_t later = 0;
    for (uint32_t i = x->first[v]; i < x->first[v + 1]; i++) {
      uint32_t w = x->reader[i];
      later += x->segment[w] > x->segment[v] || (turns_alone(&x->g->node[w]) && first_reader(x, w) > x->segment[w]);
    }
    for (uint32_t i = x->first[v]; i < x->first[v + 1]; i++) {
      uint32_t w = x->reader[i];
      if (later > 1 ? turns_alone(&x->g->node[w]) : settles(&x->g->node[w])) x->segment[w] = first_reader(x, w);
    }
  }
}

/* The level at which a reader behind the cut can have a value. */
static int32_t room_behind(const placer *x, uint32_t v) {
  if (x->room[v] < (int32_t)level_to_boot(x, v) || too_large(x, v) > DOUBLINGS_MAX) return x->room[v];
  return (int32_t)x->m->boot->level_out;
}

static int32_t room_for(const placer *x, uint32_t v, uint32_t reader) {
  return x->segment[v] < x->segment[reader] ? room_behind(x, v) : x->room[v];
}

static void find_rooms(placer *x) {
  for (uint32_t v = 0; v < x->g->n_nodes; v++) {
    const jfi_node *n = &x->g->node[v];
    int32_t least = begins_anew(n) ? (int32_t)input_level(x, v) : INT32_MAX;
    for (uint32_t r = 0; r < jfi_reads(n) && !begins_anew(n); r++) {
      uint32_t a = jfi_read(x->g, n, r);
      if (a == JFI_NONE) continue;
      if (room_for(x, a, v) < least) least = room_for(x, a, v);
    }
    x->room[v] = least - (int32_t)depth_of(x, v);
    if (n->op == JFI_OP_LEVEL && x->room[v] > n->k) x->room[v] = n->k;
  }
}

/* Readers behind a cut take a value as it is where it has their levels, else bootstrapped. Returns what cannot be had, or JFI_NONE. */
static uint32_t choose(placer *x) {
  for (uint32_t v = x->g->n_nodes; v-- > 0;) {
    const jfi_node *n = &x->g->node[v];
    uint32_t *near = &x->near[v];
    if (x->output[v] && x->end > *near) *near = x->end;
    if (x->far[v] > *near) {
      x->boot[v] = (int32_t)x->far[v] > x->room[v];
      uint32_t wants = x->boot[v] ? level_to_boot(x, v) : x->far[v];
      if (wants > *near) *near = wants;
      if (x->boot[v] && (int32_t)x->far[v] > room_behind(x, v)) return v;
    }
    if ((int32_t)*near > x->room[v]) return v;
    for (uint32_t r = 0; r < jfi_reads(n); r++) {
      uint32_t a = jfi_read(x->g, n, r), level = jfi_machine_reads_at(x->m, n, *near);
      if (a == JFI_NONE) continue;
      uint32_t *want = x->segment[a] < x->segment[v] ? &x->far[a] : &x->near[a];
      if (level > *want) *want = level;
    }
  }
  return JFI_NONE;
}

/* The input from which a value has no more levels than it has, or the value where a bootstrap lies between. */
static uint32_t cause(const placer *x, uint32_t v) {
  for (uint32_t next = v;; v = next) {
    const jfi_node *n = &x->g->node[v];
    for (uint32_t r = 0; r < jfi_reads(n) && !begins_anew(n); r++) {
      uint32_t a = jfi_read(x->g, n, r);
      if (a != JFI_NONE && x->room[a] == room_for(x, a, v) && x->room[a] == x->room[v] + (int32_t)depth_of(x, v))
        next = a;
    }
    if (next == v) return v;
  }
}

static jfhe_status refuse(const placer *x, uint32_t v) {
  if (too_large(x, v) > DOUBLINGS_MAX)
    return jfi_fail(JFHE_ERR_RANGE, "numbers up to %.3g are too large to be bootstrapped", x->mag[v]);
  v = cause(x, v);
  const jfi_node *n = &x->g->node[v];
  if (n->op == JFI_OP_INPUT)
    return jfi_fail(JFHE_ERR_LEVEL, "input '%s' has %u levels%s; bootstrapping begins at level %u with its numbers",
                    x->m->program->input[n->table].name, x->m->input[n->table].level,
                    x->m->given[n->table].ring == JFI_BELOW ? " when it is lifted" : "", level_to_boot(x, v));
  return jfi_fail(JFHE_ERR_LEVEL, "%%%u = %s needs more levels than bootstrapping gives", v, jfi_op_name(n->op));
}

/* ---- rewriting ---- */
static jfhe_status append(jfi_graph *to, uint32_t *at, uint32_t op, double c, int32_t k) {
  const jfi_node n = {
      .op = (uint8_t)op, .a = *at, .b = JFI_NONE, .table = JFI_NONE, .re = c, .k = k, .promise = HUGE_VAL};
  return jfi_graph_add(to, at, &n, NULL, NULL);
}

/* value * 2^-k, bootstrapped, * 2^k: what is too large fits, and products by integers cost no level. */
static jfhe_status emit_boot(jfi_graph *to, uint32_t *at, uint32_t value, uint32_t k) {
  *at = value;
  for (uint32_t left = k, by; left; left -= by) {
    by = left < DOUBLINGS ? left : DOUBLINGS;
    JFI_TRY(append(to, at, JFI_OP_MUL_CONST, 1 / (double)((uint64_t)1 << by), 0));
  }
  JFI_TRY(append(to, at, JFI_OP_BOOTSTRAP, 0, 0));
  for (uint32_t left = k, by; left; left -= by) {
    by = left < DOUBLINGS ? left : DOUBLINGS;
    JFI_TRY(append(to, at, JFI_OP_MUL_INT, 0, (int32_t)1 << by));
  }
  return JFHE_OK;
}

/* map: what a value is now; own, high: before and behind its bootstrap. */
static jfhe_status copy_all(const placer *x, jfi_graph *to, uint32_t *map, uint32_t *own, uint32_t *high) {
  for (uint32_t v = 0; v < x->g->n_nodes; v++) {
    const jfi_node *n = &x->g->node[v];
    for (uint32_t r = 0; r < jfi_reads(n); r++) {
      uint32_t a = jfi_read(x->g, n, r);
      if (a != JFI_NONE) map[a] = x->boot[a] && x->segment[a] < x->segment[v] ? high[a] : own[a];
    }
    if (n->op == JFI_OP_BOOTSTRAP)
      JFI_TRY(emit_boot(to, &own[v], map[n->a], too_large(x, n->a)));
    else
      JFI_TRY(jfi_graph_copy(to, &own[v], x->g, n, map));
    if (x->boot[v]) JFI_TRY(emit_boot(to, &high[v], own[v], too_large(x, v)));
  }
  return JFHE_OK;
}

static jfhe_status rewrite(const placer *x, jfi_graph *g) {
  jfi_graph to = {0};
  uint32_t *map = jfi_numbers_new(g->n_nodes), *own = jfi_numbers_new(g->n_nodes), *high = jfi_numbers_new(g->n_nodes);
  jfhe_status st = map && own && high ? jfi_graph_like(&to, g) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  if (st == JFHE_OK) st = copy_all(x, &to, map, own, high);
  if (st == JFHE_OK)
    jfi_graph_replace(g, &to, own);
  else
    jfi_graph_free(&to);
  jfi_free(map);
  jfi_free(own);
  jfi_free(high);
  return st;
}

/* ---- the pass ---- */
/* As it is: one segment. */
static uint32_t without(placer *x, uint32_t end) {
  size_t words = (x->g->n_nodes + 1) * sizeof(uint32_t);
  x->end = end;
  memset(x->segment, 0, words);
  memset(x->near, 0, words);
  memset(x->far, 0, words);
  find_rooms(x);
  return choose(x);
}

static jfhe_status place(placer *x) {
  path_end end;
  uint32_t bad;
  size_t words = (x->g->n_nodes + 1) * sizeof(uint32_t);
  memset(x->layer, 0, (x->deepest + 1) * sizeof *x->layer);
  memset(x->boot, 0, x->g->n_nodes);
  for (uint32_t v = x->g->n_nodes; v-- > 0;) {
    find_last_read(x, v);
    find_latest(x, v);
    find_waits(x, v);
    add_value(x, v);
  }
  JFI_TRY(find_path(x, &end));
  number_segments(x, &end);
  move_turns(x);
  memset(x->near, 0, words);
  memset(x->far, 0, words);
  find_rooms(x);
  bad = choose(x);
  return bad == JFI_NONE ? JFHE_OK : refuse(x, bad);
}

/* The lowest level of an input that can be bootstrapped, where that is below what a bootstrap gives; else that. */
static uint32_t lowest_input(const placer *x) {
  uint32_t low = x->m->boot->level_out;
  for (uint32_t v = 0; v < x->g->n_nodes; v++)
    if (x->g->node[v].op == JFI_OP_INPUT && input_level(x, v) < low && input_level(x, v) > x->m->boot->level_in)
      low = input_level(x, v);
  return low;
}

static uint32_t count_boots(const placer *x) {
  uint32_t count = 0;
  for (uint32_t v = 0; v < x->g->n_nodes; v++) count += x->boot[v];
  return count;
}

static jfhe_status place_from(placer *x, uint32_t high, int lowers) {
  x->high = high;
  x->lowers = lowers;
  x->spared = 0;
  find_depths(x);
  return place(x);
}

/* Of the path that takes for granted what will only be lowered and the one that counts all that lives: the first where it has fewer bootstraps
 * when that is decided exactly. */
static jfhe_status place_lowered(placer *x, uint32_t high) {
  const int lowers = (x->plan->rewrites & JFI_REWRITE_CUTS) != 0;
  jfhe_status st = place_from(x, high, lowers);
  if (!x->spared) x->lowers = 0;
  if (!x->lowers || st == JFHE_ERR_MEMORY) return st;
  const uint32_t boots = st == JFHE_OK ? count_boots(x) : UINT32_MAX;
  st = place_from(x, high, 0);
  if (boots == UINT32_MAX || (st == JFHE_OK && count_boots(x) <= boots)) return st;
  return place_from(x, high, 1);
}

/* An input that every turn of a loop reads is bootstrapped if it lacks a level that the state has: shorter segments may cost fewer
 * bootstraps than that. What is lifted lacks one or two often. */
static jfhe_status place_best(placer *x) {
  uint32_t full = x->m->boot->level_out, low, boots;
  jfhe_status st = place_lowered(x, full);
  low = lowest_input(x);
  if (low == full || st == JFHE_ERR_MEMORY) return st;
  boots = st == JFHE_OK ? count_boots(x) : UINT32_MAX;
  if (place_lowered(x, low) == JFHE_OK && count_boots(x) < boots) return JFHE_OK;
  return place_lowered(x, full);
}

static int open_placer(placer *x) {
  uint32_t n = x->g->n_nodes + 1;
  x->mag = jfi_alloc_zero(n * sizeof *x->mag);
  x->depth = jfi_numbers_new(n);
  x->last = jfi_numbers_new(n);
  x->bare = jfi_numbers_new(n);
  x->first = jfi_numbers_new(n + 1);
  x->latest = jfi_numbers_new(n);
  x->chain = jfi_numbers_new(n);
  x->wait = jfi_alloc_zero((size_t)n * LEVELS);
  x->output = jfi_alloc_zero(n);
  x->segment = jfi_numbers_new(n);
  x->room = jfi_alloc_zero(n * sizeof *x->room);
  x->near = jfi_numbers_new(n);
  x->far = jfi_numbers_new(n);
  x->boot = jfi_alloc_zero(n);
  return x->mag && x->depth && x->last && x->bare && x->first && x->latest && x->chain && x->wait && x->output &&
         x->segment && x->room && x->near && x->far && x->boot;
}

static void close_placer(placer *x) {
  jfi_free(x->mag);
  jfi_free(x->depth);
  jfi_free(x->last);
  jfi_free(x->bare);
  jfi_free(x->first);
  jfi_free(x->reader);
  jfi_free(x->latest);
  jfi_free(x->chain);
  jfi_free(x->wait);
  jfi_free(x->output);
  jfi_free(x->layer);
  jfi_free(x->segment);
  jfi_free(x->room);
  jfi_free(x->near);
  jfi_free(x->far);
  jfi_free(x->boot);
}

/* Outputs keep the levels from which they can be bootstrapped, scaled if they are large, unless fewer are asked for, or cannot be had. */
static jfhe_status run(placer *x, jfi_graph *g, uint32_t keep) {
  uint32_t end = 0, floor = x->m->floor, least = floor > x->m->boot->level_in ? floor : x->m->boot->level_in;
  jfi_magnitudes(x->m, g, x->mag);
  for (uint32_t i = 0; i < g->n_outputs; i++)
    if (level_to_boot(x, g->output[i]) > end) end = level_to_boot(x, g->output[i]);
  end = jfi_rung_again(x->m, end);
  if (keep < end) end = keep;
  if (jfi_graph_has(g, JFI_OP_BOOTSTRAP)) return rewrite(x, g); /* the program's own, and no others */
  find_depths(x);
  for (uint32_t i = 0; i < g->n_outputs; i++) x->output[g->output[i]] = 1;
  if (without(x, end) == JFI_NONE) return JFHE_OK;
  x->layer = jfi_alloc_zero((x->deepest + 1) * sizeof *x->layer);
  if (!x->layer) return jfi_fail(JFHE_ERR_MEMORY, "no memory to place bootstraps");
  JFI_TRY(find_readers(x));
  jfhe_status st;
  do {
    x->end = end;
    st = place_best(x);
    if (st == JFHE_OK) return rewrite(x, g);
  } while (st == JFHE_ERR_LEVEL && end-- > least);
  return st == JFHE_ERR_LEVEL && without(x, floor) == JFI_NONE ? JFHE_OK : st;
}

jfhe_status jfi_pass_bootstraps(jfi_graph *g, const jfhe_plan *plan, uint32_t *changed) {
  placer x = {.plan = plan, .m = &plan->m, .g = g};
  if (!plan->m.boot) return JFHE_OK;
  x.high = plan->m.boot->level_out;
  jfhe_status st = open_placer(&x) ? run(&x, g, plan->keep)
                                   : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", g->n_nodes);
  close_placer(&x);
  if (st == JFHE_OK && x.lowers) *changed |= JFI_REWRITE_CUTS;
  return st;
}
