// index.ts: what the package offers.

export { bootstrapWants, type BootstrapWants } from './bootstrap.js';
export { Decryptor, Encryptor, type Numbers, type Opened } from './cipher.js';
export { Engine, type Source } from './engine.js';
export { JfheError } from './error.js';
export { IntegerDecryptor, IntegerEncryptor, type Whole } from './integers.js';
export { Context, SecretKey } from './keys.js';
export { Memory, Scope } from './memory.js';
export * from './raw.js';
export { type Host, type Randomness } from './wasi.js';
