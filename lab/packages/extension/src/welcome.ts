// welcome.ts: wiring only: the launcher's entries and the welcome notebook.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { ILauncher } from '@jupyterlab/launcher';
import { lockIcon } from './icon.js';
import notebook from './welcome.json';

const NAME = 'welcome.ipynb';

/** The notebook's path; it is written where there is none yet, and never over one. */
async function ensure(app: JupyterFrontEnd, folder: string): Promise<string> {
  const path = PathExt.join(folder, NAME), { contents } = app.serviceManager;
  try {
    await contents.get(path, { content: false });
  } catch {
    await contents.save(path, { type: 'notebook', format: 'json', content: notebook });
  }
  return path;
}

export const welcomePlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:welcome',
  description: 'Offers the welcome notebook and encrypted upload in the launcher.',
  autoStart: true,
  optional: [ILauncher, ICommandPalette],
  activate: (app: JupyterFrontEnd, launcher: ILauncher | null, palette: ICommandPalette | null) => {
    app.commands.addCommand('jupyterfhe:welcome', {
      label: args => (args['isPalette'] ? 'Open the Welcome Notebook' : 'Welcome'),
      caption: 'A first analysis on encrypted data, from top to bottom',
      icon: lockIcon,
      describedBy: { args: { type: 'object', properties: { cwd: { type: 'string' }, isPalette: { type: 'boolean' } } } },
      execute: async args => app.commands.execute('docmanager:open', { path: await ensure(app, String(args['cwd'] ?? '')) })
    });
    launcher?.add({ command: 'jupyterfhe:welcome', category: 'Encrypted', rank: 0 });
    launcher?.add({ command: 'jupyterfhe:seal-file', category: 'Encrypted', rank: 1 });
    palette?.addItem({ command: 'jupyterfhe:welcome', category: 'Encryption', args: { isPalette: true } });
  }
};
