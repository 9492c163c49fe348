// worker.ts: the keeper, one for all frames of this origin (a SharedWorker). It alone holds the unlocked key, opens ciphertexts and
// makes secret keys. Whatever a frame may ask is in api.ts.

import { all, put } from '../base/db.ts';
import { hex, type Bytes } from '../base/bytes.ts';
import { Peer, Told, type Methods, type Wire } from '../base/rpc.ts';
import { random, type Stretch } from '../base/sodium.ts';
import { sizesOf } from '../encrypt/exact.ts';
import { together } from '../base/together.ts';
import { scalarFiles, publicRange } from '../encrypt/scalar.ts';
import { lockAfter, parseRecovery, PASSPHRASE_MIN, recoveryText, unwrap, unwrapPasskey, wrap, wrapPasskey, type KeyRecord } from '../keys/wrap.ts';
import { hasAbove } from '../keys/generate.ts';
import { ladderOf, OFFERS, titleOf, type Ladder } from '../keys/offers.ts';
import { climbOf, forget, want, wanted } from '../keys/upper.ts';
import { end, unfinished } from '../upload/journal.ts';
import { Store, treeHash, treeOf, type Connection } from '../upload/store.ts';
import type { Reference, TreeFile } from '../../../core/src/vaultProtocol.ts';
import type { KeeperApi, KeeperEvents, KeeperState, Unfinished } from './api.ts';
import type { Look } from './open.ts';
import { Session } from './session.ts';

const READ_TRIES = 5;
const IDLE_CHECK = 1000; // milliseconds
const WRONG = 'That passphrase does not open this key.';

let record: KeyRecord | null = null;
let others: readonly KeyRecord[] = []; // keys of this device that are not in use
let session: Session | null = null;
let connection: Connection | null = null;
let published: boolean | null = null;
let above: boolean | null = null;
let climbing = false;
let used = Date.now();
let locks = 0; // how often it was locked
const frames = new Set<Peer>();
const jobs = new Map<string, AbortController>();
const loaded = newestRecord();

/** The key that was in use last, and the others. */
async function newestRecord(): Promise<void> {
  const lately = ({ used: at, created }: KeyRecord): number => at ?? Date.parse(created);
  const records = (await all<KeyRecord>('keys')).sort((a, b) => lately(b) - lately(a));
  [record = null, ...others] = records;
}

function state(): KeeperState {
  return {
    keys: record === null ? 'none' : session === null ? 'locked' : 'unlocked',
    key_id: record?.key_id ?? null,
    preset: record?.preset ?? null,
    published,
    above,
    climbing,
    connected: connection !== null,
    passkeys: (record?.passkeys ?? []).map(({ id, salt }) => ({ id, salt })),
    created: record?.created ?? null,
    lock_after: lockAfter(record),
    others: others.map(({ key_id, preset, created }) => ({ key_id, preset, created }))
  };
}

function tellAll<E extends keyof KeeperEvents>(event: E, data: KeeperEvents[E]): void {
  for (const frame of frames) frame.emit(event, data);
}

function unlocked(): Session {
  if (session === null) throw new Told('The key is locked.', 'locked');
  used = Date.now();
  return session;
}

function lock(): void {
  locks += 1;
  session?.close();
  session = null;
  for (const stop of jobs.values()) stop.abort();
  tellAll('state', state());
}

// By the clock and not by one long timer: those stand still while a computer sleeps.
setInterval(() => {
  const minutes = lockAfter(record);
  if (session !== null && minutes > 0 && Date.now() - used > 60_000 * minutes) lock();
}, IDLE_CHECK);

function connected(): Connection {
  if (connection === null) throw new Told('This page is not connected to a notebook.', 'not_connected');
  return connection;
}

function known(): KeyRecord {
  if (record === null) throw new Told('There is no key on this device yet.', 'none');
  return record;
}

/** Passphrases are stretched by a worker of the frame that asks: what that takes of memory would stay with this worker, which has none to start. */
function stretchedBy(frame: Peer): (work: Stretch) => Promise<Uint8Array> {
  return work => frame.call('stretch', work);
}

/** Take a key into use, unless it was locked since the person began to open it: making a key of a passphrase takes its time. */
async function adopt(next: KeyRecord, opened: Session, begun: number): Promise<void> {
  const lately = await takenUp(next);
  if (locks !== begun) {
    opened.close();
    throw new Told('The key was locked.', 'locked');
  }
  session?.close();
  inUse(lately);
  [session, used] = [opened, Date.now()];
  await look();
}

/** Write down that a key is in use from now on. */
async function takenUp(next: KeyRecord): Promise<KeyRecord> {
  const lately = { ...next, used: Date.now() };
  await put('keys', lately);
  return lately;
}

function inUse(next: KeyRecord): void {
  others = [record, ...others].filter(one => one !== null && one.key_id !== next.key_id) as KeyRecord[];
  record = next;
}

/** Whether evaluation keys lie in the store, of a ring above too, or are wanted. Failing to ask is no error: it is not known then. */
async function look(): Promise<void> {
  [published, above] = [null, null];
  if (record === null || connection === null) {
    climbing = false;
  } else {
    const { key_id } = record;
    climbing = (await wanted(climbOf(key_id, connection.workspace)).catch(() => null)) !== null;
    try {
      const found = await new Store(connection, undefined, undefined, 2).keys(key_id);
      [published, above] = [found !== null, hasAbove(found)];
    } catch {
      [published, above] = [null, null];
    }
  }
  tellAll('state', state());
}

/** The upload of the ring above the key in use. */
function climbHere(): string {
  return climbOf(known().key_id, connected().workspace);
}

/** Want a ring above the key in use. */
async function climb(): Promise<void> {
  const ladder = ladderOf(unlocked().preset);
  if (ladder === null) throw new Told(`There is no ring above keys made for: ${titleOf(unlocked().preset)}.`, 'params');
  if (above === true) throw new Told('Keys for any depth are there already.', 'exists');
  await want(climbHere(), ladder);
  await look();
}

function file(recordOf: KeyRecord): { recovery: string; name: string } {
  return { recovery: recoveryText(recordOf), name: `jupyterfhe-key-${recordOf.key_id.slice(0, 8)}.json` };
}

/** Run a job that can be cancelled; its end is told to all frames. */
async function job(label: string, run: (id: string, signal: AbortSignal) => Promise<KeeperEvents['committed']>): Promise<void> {
  const id = `${label}-${hex(random(6))}`;
  const stop = new AbortController();
  jobs.set(id, stop);
  try {
    tellAll('committed', await run(id, stop.signal));
  } catch (why) {
    const told = why instanceof Told ? why : new Told('Something went wrong inside the vault.');
    tellAll('failed', { job: id, code: told.code, message: told.message });
    throw told;
  } finally {
    jobs.delete(id);
  }
}

async function secret(name: string, value: number, bounds: [number, number] | null): Promise<void> {
  const held = unlocked();
  await job('secret', async (id, signal) => {
    const store = new Store(connected(), signal);
    const files = held.withEncryptor(encryptor => scalarFiles(value, bounds ?? publicRange(value), held.key, encryptor));
    const stored: TreeFile[] = [];
    for (const { name: place, bytes } of files) stored.push({ name: place, ...(await store.keep(bytes)) });
    const snapshot = await store.commit(name, treeOf(stored), held.keyId);
    return { job: id, dataset: name, snapshot, kind: 'scalar' };
  });
}

/** Why an output does not open with the key in use. */
function otherKey(id: string): string {
  return others.some(one => one.key_id === id)
    ? `This was encrypted with key ${id.slice(0, 8)}, which is on this computer too: use that one (in the dialog of keys) and decrypt again.`
    : 'This was encrypted with another key than the one on this device.';
}

async function openRef(ref: Reference, look: Look, arrived: () => Promise<void>): Promise<KeeperApi['open'][1][number]> {
  const held = unlocked();
  const { tree } = ref;
  if (tree === null || (await treeHash(tree)) !== ref.tree_hash) throw new Told('This output does not fit its own description.', 'format');
  if (ref.workspace !== connected().workspace) throw new Told('This output is of another workspace.', 'format');
  if (ref.key_id !== held.keyId) throw new Told(otherKey(ref.key_id), 'key');
  const store = new Store(connected(), undefined, undefined, READ_TRIES);
  const files = new Map(tree.files.map(one => [one.name, one]));
  const fetch = async (name: string): Promise<Bytes> => {
    const found = files.get(name);
    if (found === undefined) throw new Told('A part of this output is not listed.', 'format');
    return store.blob(found);
  };
  return held.withOpener((opener, still) =>
    opener.open(fetch, new Set(files.keys()), look, async () => {
      await arrived();
      still();
    })
  );
}

/**
 * Open several, all fetched before the first is decrypted: a store that saw when the next one is asked for would see how the decryption
 * before it went.
 */
function openAll(refs: readonly Reference[], look: Look, arrived: () => void): Promise<KeeperApi['open'][1]> {
  return together(refs.map(ref => (all: () => Promise<void>) => openRef(ref, look, all)), arrived);
}

type Served = { [M in keyof KeeperApi]: (argument: KeeperApi[M][0], peer: () => Peer) => Promise<KeeperApi[M][1]> | KeeperApi[M][1] };

const served: Served = {
  status: async () => {
    await loaded;
    return state();
  },
  connect: async next => {
    await loaded;
    connection = next;
    await look();
    return state();
  },
  connection: () => connection,
  create: async ({ passphrase, preset, another, climb: higher }, peer) => {
    const begun = locks;
    await loaded;
    if (record !== null && !another) throw new Told('There is a key on this device already.', 'exists');
    if ([...passphrase].length < PASSPHRASE_MIN) throw new Told(`A passphrase has at least ${PASSPHRASE_MIN} characters.`, 'short');
    if (!OFFERS.some(offer => offer.preset === preset)) throw new Told('There are no such settings.');
    const made = await Session.generate(preset);
    const container = made.key.write();
    const next = await wrap(container, passphrase, { key_id: made.keyId, preset, params: made.context.write() }, stretchedBy(peer()));
    container.fill(0);
    if (higher && connection !== null && ladderOf(preset) !== null) await want(climbOf(next.key_id, connection.workspace), ladderOf(preset) as Ladder);
    await adopt(next, made, begun);
    return file(next);
  },
  climb: async () => {
    await climb();
    return null;
  },
  stayBelow: async () => {
    await forget(climbHere());
    await look();
    return null;
  },
  look: async () => {
    await loaded;
    await look();
    return state();
  },
  use: async ({ key_id }) => {
    await loaded;
    const next = others.find(one => one.key_id === key_id);
    if (next === undefined) throw new Told('There is no such key on this computer.', 'none');
    lock();
    inUse(await takenUp(next));
    await look();
    return null;
  },
  unlock: async ({ passphrase }, peer) => {
    const begun = locks;
    await loaded;
    const container = await unwrap(known(), passphrase, stretchedBy(peer()));
    if (container === null) throw new Told(WRONG, 'passphrase');
    await adopt(known(), await Session.open(known(), container), begun);
    return null;
  },
  unlockPasskey: async ({ id, prf }) => {
    const begun = locks;
    await loaded;
    const container = await unwrapPasskey(known(), id, prf);
    prf.fill(0);
    if (container === null) throw new Told('That passkey does not open this key.', 'passphrase');
    await adopt(known(), await Session.open(known(), container), begun);
    return null;
  },
  addPasskey: async ({ id, salt, prf }) => {
    const container = unlocked().key.write();
    const passkey = await wrapPasskey(container, known(), id, salt, prf);
    container.fill(0);
    prf.fill(0);
    record = { ...known(), passkeys: [...(known().passkeys ?? []).filter(one => one.id !== id), passkey] };
    await put('keys', record);
    tellAll('state', state());
    return null;
  },
  lock: () => {
    lock();
    return null;
  },
  active: () => {
    used = Date.now();
    return null;
  },
  lockAfter: async ({ minutes }) => {
    record = { ...known(), lock_after: minutes };
    await put('keys', record);
    used = Date.now();
    tellAll('state', state());
    return null;
  },
  recovery: async () => {
    await loaded;
    return file(known());
  },
  restore: async ({ text, passphrase }, peer) => {
    const begun = locks;
    await loaded;
    const found = parseRecovery(text);
    const container = await unwrap(found, passphrase, stretchedBy(peer()));
    if (container === null) throw new Told('That passphrase does not open this recovery file.', 'passphrase');
    const opened = await Session.open(found, container);
    await adopt({ ...found, created: new Date().toISOString().slice(0, 10), passkeys: record?.key_id === found.key_id ? record.passkeys ?? [] : [] }, opened, begun);
    return null;
  },
  lend: () => unlocked().lend(),
  sizes: () => sizesOf(unlocked().context),
  open: ({ refs, ...look }, peer) => openAll(refs, look, () => peer().emit('arrived', null)),
  secret: async ({ name, value, bounds }) => {
    await secret(name, value, bounds);
    return null;
  },
  unfinished: async () => {
    const { keyId, sealKey, key } = unlocked();
    const found = await unfinished(keyId, sealKey, key.id);
    return found.map(({ job: id, note, done, total }): Unfinished => ({ job: id, file: note.file, dataset: note.dataset, done, total }));
  },
  forget: async ({ job: id }) => {
    await end(id);
    return null;
  },
  cancel: ({ job: id }) => {
    jobs.get(id)?.abort();
    return jobs.has(id);
  },
  wantUnlock: () => {
    tellAll('wantUnlock', null);
    return null;
  }
};

/** Attach a frame. */
export function attach(port: Wire): void {
  const methods: Methods = {};
  for (const [name, run] of Object.entries(served)) methods[name] = argument => run(argument as never, () => peer);
  const peer: Peer = new Peer(port, methods);
  frames.add(peer);
}

const scope = globalThis as unknown as { onconnect?: (event: MessageEvent) => void };
scope.onconnect = event => attach(event.ports[0] as MessagePort);
