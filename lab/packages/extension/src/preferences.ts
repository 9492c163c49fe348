// preferences.ts: wiring only: JupyterLab's settings, read and watched.

import { asPreferences, DEFAULTS, IPreferences, Preferences } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ISignal, Signal } from '@lumino/signaling';

const ID = '@jupyterfhe/extension:preferences'; // the schema is schema/preferences.json

class Chosen implements IPreferences {
  current: Preferences = DEFAULTS;

  get changed(): ISignal<IPreferences, void> {
    return this._changed;
  }

  take(settings: ISettingRegistry.ISettings): void {
    this.current = asPreferences(settings.composite);
    this._changed.emit();
  }

  private readonly _changed = new Signal<IPreferences, void>(this);
}

export const preferencesPlugin: JupyterFrontEndPlugin<IPreferences> = {
  id: ID,
  description: 'Reads the settings under Encryption.',
  autoStart: true,
  provides: IPreferences,
  optional: [ISettingRegistry],
  activate: (_app: JupyterFrontEnd, registry: ISettingRegistry | null) => {
    const chosen = new Chosen();
    // Defaults serve until the settings are there, and where they cannot be read.
    void registry?.load(ID).then(settings => {
      chosen.take(settings);
      settings.changed.connect(() => chosen.take(settings));
    }).catch(() => undefined);
    return chosen;
  }
};
