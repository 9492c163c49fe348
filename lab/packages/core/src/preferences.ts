// preferences.ts: what a person chose in JupyterLab's settings under *Encryption*. The file of settings is JSON that anybody may have written.

import { isObject } from './check.js';
import { THEMES, VaultTheme } from './vaultProtocol.js';

export interface Preferences {
  /** Outputs open by themselves when keys are unlocked. */
  readonly decryptAtOnce: boolean;
  /** Colours of decrypted outputs. */
  readonly paintTheme: 'page' | VaultTheme;
  /** GiB that a computation may take in the kernel; 0 sets no limit. */
  readonly memoryLimit: number;
  readonly askBeforePaste: boolean;
  readonly askBeforeUpload: boolean;
}

export const DEFAULTS: Preferences = { decryptAtOnce: false, paintTheme: 'page', memoryLimit: 0, askBeforePaste: true, askBeforeUpload: true };

/** The settings; what is none of them has its default, which is the careful choice. */
export function asPreferences(x: unknown): Preferences {
  const given = isObject(x) ? x : {};
  const theme = given['paintTheme'] as VaultTheme, memory = given['memoryLimit'];
  return {
    decryptAtOnce: given['decryptAtOnce'] === true,
    paintTheme: THEMES.includes(theme) ? theme : 'page',
    memoryLimit: typeof memory === 'number' && memory > 0 && memory <= 4096 ? memory : 0,
    askBeforePaste: given['askBeforePaste'] !== false,
    askBeforeUpload: given['askBeforeUpload'] !== false
  };
}
