// passkey.ts: a passkey of this device that gives 32 secret bytes (WebAuthn PRF). Pages only: workers have no WebAuthn.

import { base64, unbase64, utf8, type Bytes } from '../base/bytes.ts';

export interface Given {
  readonly id: string;
  readonly salt: string;
  readonly prf: Bytes;
}

interface PrfResults {
  prf?: { enabled?: boolean; results?: { first?: ArrayBuffer } };
}

/** Whether this device can have one. Sites without a name (127.0.0.1) cannot. */
export async function passkeysPossible(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined' || /^[\d.]+$|^\[/.test(location.hostname)) return false;
  try {
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

/** Make one; null when the person declines or the device gives no secret. */
export async function makePasskey(keyId: string): Promise<Given | null> {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  try {
    const made = (await navigator.credentials.create({
      publicKey: {
        rp: { name: 'JupyterFHE', id: location.hostname },
        user: { id: utf8(keyId), name: `JupyterFHE key ${keyId.slice(0, 8)}`, displayName: `JupyterFHE key ${keyId.slice(0, 8)}` },
        challenge: crypto.getRandomValues(new Uint8Array(32)), // nothing is proved to a server
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
        authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
        extensions: { prf: { eval: { first: salt } } } as AuthenticationExtensionsClientInputs
      }
    })) as PublicKeyCredential | null;
    if (made === null) return null;
    const id = base64(new Uint8Array(made.rawId));
    const first = (made.getClientExtensionResults() as PrfResults).prf?.results?.first;
    if (first) return { id, salt: base64(salt), prf: new Uint8Array(first) };
    return await askPasskey([{ id, salt: base64(salt) }]); // some give the secret only when asked, not when made
  } catch {
    return null;
  }
}

/** Ask for one of them; null when the person declines. */
export async function askPasskey(known: readonly { readonly id: string; readonly salt: string }[]): Promise<Given | null> {
  const urlSafe = (text: string): string => text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const evalByCredential = Object.fromEntries(known.map(({ id, salt }) => [urlSafe(id), { first: unbase64(salt) }]));
  try {
    const got = (await navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rpId: location.hostname,
        allowCredentials: known.map(({ id }) => ({ type: 'public-key' as const, id: unbase64(id) })),
        userVerification: 'required',
        extensions: { prf: { evalByCredential } } as AuthenticationExtensionsClientInputs
      }
    })) as PublicKeyCredential | null;
    const first = (got?.getClientExtensionResults() as PrfResults | undefined)?.prf?.results?.first;
    if (!got || !first) return null;
    const id = base64(new Uint8Array(got.rawId));
    const salt = known.find(one => one.id === id)?.salt;
    return salt === undefined ? null : { id, salt, prf: new Uint8Array(first) };
  } catch {
    return null;
  }
}
