// db.ts: IndexedDB of the vault's origin: wrapped keys, what is needed to go on with an interrupted upload (of rings above, their
// sealed secrets), and a person's choices.

const NAME = 'jupyterfhe-vault';
const VERSION = 3;
const TABLES = { keys: 'key_id', jobs: 'job', parts: ['job', 'name'], choices: 'name', uppers: 'job' };
export type Table = keyof typeof TABLES;

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(TABLES)) if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name, { keyPath });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // a newer page shall not wait for this one
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** One transaction; resolves once it is on disk, or, when it is `relaxed`, handed to the system. */
async function run<T>(table: Table, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>, relaxed = mode === 'readonly'): Promise<T> {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(table, mode, { durability: relaxed ? 'relaxed' : 'strict' });
    const request = act(transaction.objectStore(table));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}

export function all<T>(table: Table, range?: IDBKeyRange): Promise<T[]> {
  return run(table, 'readonly', store => store.getAll(range) as IDBRequest<T[]>);
}

export function get<T>(table: Table, key: IDBValidKey): Promise<T | undefined> {
  return run(table, 'readonly', store => store.get(key) as IDBRequest<T | undefined>);
}

export async function put(table: Table, value: unknown): Promise<void> {
  await run(table, 'readwrite', store => store.put(value));
}

/** Several at once, of which a crash of the machine may take the last. */
export async function putRelaxed(table: Table, values: readonly [unknown, ...unknown[]]): Promise<void> {
  const [first, ...others] = values;
  await run(table, 'readwrite', store => {
    for (const value of others) store.put(value);
    return store.put(first);
  }, true);
}

/** Put what `next` makes of a row, unless that is undefined; nobody comes between. Resolves to what was put, once it is on disk. */
export async function change<T>(table: Table, key: IDBValidKey, next: (row: T | undefined) => T | undefined): Promise<T | undefined> {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(table, 'readwrite', { durability: 'strict' });
    const store = transaction.objectStore(table);
    const request = store.get(key) as IDBRequest<T | undefined>;
    let made: T | undefined;
    request.onsuccess = () => {
      made = next(request.result);
      if (made !== undefined) store.put(made);
    };
    transaction.oncomplete = () => resolve(made);
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}

/** Put a row while another one is there; nobody comes between. A crash of the machine may take it. */
export async function putWhile(table: Table, value: unknown, [other, key]: readonly [Table, IDBValidKey]): Promise<void> {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction([table, other], 'readwrite', { durability: 'relaxed' });
    const request = transaction.objectStore(other).getKey(key);
    request.onsuccess = () => {
      if (request.result !== undefined) transaction.objectStore(table).put(value);
    };
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}

export async function remove(table: Table, key: IDBValidKey | IDBKeyRange): Promise<void> {
  await run(table, 'readwrite', store => store.delete(key));
}

/** All parts of a job. */
export function partsOf(job: string): IDBKeyRange {
  return IDBKeyRange.bound([job], [job, []]);
}
