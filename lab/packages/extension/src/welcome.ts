// welcome.ts: wiring only: the launcher's entries and the notebooks to begin with.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { ILauncher } from '@jupyterlab/launcher';
import { lockIcon } from './icon.js';
import frames from './frames.json';
import welcome from './welcome.json';

interface Template {
  /** Of the file and of the command. */
  readonly name: string;
  readonly label: string;
  readonly inPalette: string;
  readonly caption: string;
  readonly notebook: unknown;
}

const TEMPLATES: readonly Template[] = [
  {
    name: 'welcome', label: 'Welcome', inPalette: 'Open the Welcome Notebook', caption: 'A first analysis on encrypted data, from top to bottom',
    notebook: welcome
  },
  {
    name: 'frames', label: 'Groups and Tests', inPalette: 'Open the Notebook on Groups and Tests',
    caption: 'Data frames and statistics on encrypted data: groups, a description, a test', notebook: frames
  }
];

/** The notebook's path; it is written where there is none yet, and never over one. */
async function ensure(app: JupyterFrontEnd, folder: string, { name, notebook }: Template): Promise<string> {
  const path = PathExt.join(folder, `${name}.ipynb`), { contents } = app.serviceManager;
  try {
    await contents.get(path, { content: false });
  } catch {
    await contents.save(path, { type: 'notebook', format: 'json', content: notebook });
  }
  return path;
}

export const welcomePlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:welcome',
  description: 'Offers notebooks to begin with and encrypted upload in the launcher.',
  autoStart: true,
  optional: [ILauncher, ICommandPalette],
  activate: (app: JupyterFrontEnd, launcher: ILauncher | null, palette: ICommandPalette | null) => {
    TEMPLATES.forEach((template, rank) => {
      const command = `jupyterfhe:${template.name}`;
      app.commands.addCommand(command, {
        label: args => (args['isPalette'] ? template.inPalette : template.label),
        caption: template.caption,
        icon: lockIcon,
        describedBy: { args: { type: 'object', properties: { cwd: { type: 'string' }, isPalette: { type: 'boolean' } } } },
        execute: async args => app.commands.execute('docmanager:open', { path: await ensure(app, String(args['cwd'] ?? ''), template) })
      });
      launcher?.add({ command, category: 'Encrypted', rank });
      palette?.addItem({ command, category: 'Encryption', args: { isPalette: true } });
    });
    launcher?.add({ command: 'jupyterfhe:seal-file', category: 'Encrypted', rank: TEMPLATES.length });
  }
};
