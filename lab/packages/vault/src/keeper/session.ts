// session.ts: the unlocked key. It lives in this worker's engine alone, and is wiped when it is locked.

import { hex, unbase64, type Bytes } from '../base/bytes.ts';
import { Context, engine, keyOf, SecretKey, type Lent } from '../base/engine.ts';
import { Told } from '../base/rpc.ts';
import { sealingKey } from '../keys/seal.ts';
import { sizesOf } from '../encrypt/exact.ts';
import type { KeyRecord } from '../keys/wrap.ts';
import { Encryptor } from '@jupyterfhe/wasm';
import { Opener } from './open.ts';

export class Session {
  private uses = 0;
  private closed = false;

  private constructor(
    readonly preset: string,
    readonly context: Context,
    readonly key: SecretKey,
    readonly keyId: string,
    readonly sealKey: Bytes
  ) {}

  /** A new key. */
  static async generate(preset: string): Promise<Session> {
    const context = Context.preset(await engine(), preset);
    return Session.of(preset, context, SecretKey.generate(context));
  }

  /** The key of a container, which is wiped. */
  static async open(record: KeyRecord, container: Bytes): Promise<Session> {
    const context = Context.read(await engine(), unbase64(record.params), 16);
    const key = keyOf(context, container);
    if (hex(key.id) !== record.key_id) {
      key.free();
      throw new Told('This key is another one than its file says.', 'file');
    }
    return Session.of(record.preset, context, key);
  }

  private static async of(preset: string, context: Context, key: SecretKey): Promise<Session> {
    const container = key.write();
    const sealKey = await sealingKey(container, key.id);
    container.fill(0);
    return new Session(preset, context, key, hex(key.id), sealKey);
  }

  /** What a worker needs to encrypt. */
  lend(): Lent {
    const { context, key } = this;
    return {
      params: context.write(),
      key: key.write(),
      keyId: key.id,
      paramsHash: context.hash,
      sealKey: this.sealKey.slice(),
      slots: context.slots,
      level: context.ceiling,
      sizes: sizesOf(context)
    };
  }

  /** Decrypt for one look. Call `still` before decrypting: the key may have been locked while bytes were fetched. */
  async withOpener<T>(use: (opener: Opener, still: () => void) => Promise<T>): Promise<T> {
    const opener = new Opener(this.key, this.sealKey);
    this.uses += 1;
    try {
      return await use(opener, () => {
        if (this.closed) throw new Told('The key is locked.', 'locked');
      });
    } finally {
      opener.free();
      this.uses -= 1;
      if (this.closed) this.close();
    }
  }

  withEncryptor<T>(use: (encryptor: Encryptor) => T): T {
    const encryptor = new Encryptor(this.key);
    try {
      return use(encryptor);
    } finally {
      encryptor.free();
    }
  }

  /** Wipe it; what is being fetched for a look fails. */
  close(): void {
    this.closed = true;
    if (this.uses > 0) return;
    this.key.free();
    this.context.free();
    this.sealKey.fill(0);
  }
}
