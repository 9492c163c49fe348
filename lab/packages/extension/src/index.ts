// @jupyterfhe/extension: one plugin a file, wiring only.

import { datasetsPlugin } from './datasets.js';
import { filetypePlugin } from './filetype.js';
import { guardPlugin } from './guard.js';
import { outputPlugin } from './output.js';
import { preferencesPlugin } from './preferences.js';
import { progressPlugin } from './progress.js';
import { sealPlugin } from './seal.js';
import { secretPlugin } from './secret.js';
import { statusPlugin } from './status.js';
import { storePlugin } from './store.js';
import { variablesPlugin } from './variables.js';
import { vaultPlugin } from './vault.js';
import { welcomePlugin } from './welcome.js';

export default [
  preferencesPlugin, storePlugin, vaultPlugin, sealPlugin, guardPlugin, filetypePlugin, outputPlugin, progressPlugin, variablesPlugin,
  datasetsPlugin, statusPlugin, secretPlugin, welcomePlugin
];
