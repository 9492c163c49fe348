// keysView.ts: the first use: a passphrase, a recovery file, keys for the server; and what can be done with a key later.

import { askPasskey, makePasskey, passkeysPossible } from '../keys/passkey.ts';
import { PASSPHRASE_MIN } from '../keys/wrap.ts';
import { download, words, type App } from './app.ts';
import { titleOf } from '../keys/offers.ts';
import { action, alertLine, buttons } from './card.ts';
import { addDepth, canClimb, depthWords } from './depth.ts';
import { field, h } from './dom.ts';
import { offerChoice } from './offerChoice.ts';
import { otherKeys } from './otherKeys.ts';
import { publishBar } from './publishBar.ts';

function passphraseInput(autocomplete: 'new-password' | 'current-password', focus = false): HTMLInputElement {
  return h('input', { type: 'password', autocomplete, spellcheck: 'false', autocapitalize: 'off', 'data-focus': focus });
}

function onEnter(inputs: readonly HTMLInputElement[], run: HTMLButtonElement): void {
  for (const input of inputs) {
    input.addEventListener('keydown', event => {
      if (event.key === 'Enter') run.click();
    });
  }
}

const FIRST = 'Your data is encrypted on this computer before it goes anywhere, and your key opens it again. The notebook’s server computes on the encrypted data; it never gets the key.';
const ANOTHER = 'The key that you have stays on this computer, with all that it opens. The new one is used from then on. To compute with old data under the new key, drop its files again.';

/** Make a key, the first one of this computer or `another`. Resolves to whether it is there now. */
export function createKey(app: App, another = false): Promise<boolean> {
  return new Promise(done => {
    const [first, second] = [passphraseInput('new-password', true), passphraseInput('new-password')];
    const alert = alertLine();
    const offers = offerChoice(!app.state.connected);
    const close = (): void => (app.card.hide(), done(false));
    const create = action('Create key', async () => {
      if ([...first.value].length < PASSPHRASE_MIN) return alert.say(`Take at least ${PASSPHRASE_MIN} characters. Three or four unrelated words are good.`);
      if (first.value !== second.value) return alert.say('The two passphrases differ.');
      alert.say('');
      try {
        const file = await app.keeper.ask('create', { passphrase: first.value, preset: offers.preset(), another, climb: offers.climb() });
        [first.value, second.value] = ['', ''];
        await finishKey(app, file);
        done(true);
      } catch (why) {
        alert.say(words(why));
      }
    });
    onEnter([first, second], create);
    app.card.show(another ? 'Make another key' : 'Set up your key', [
      h('p', {}, another ? ANOTHER : FIRST),
      h('form', { onsubmit: event => event.preventDefault() },
        h('input', { type: 'text', autocomplete: 'username', value: 'JupyterFHE', hidden: true }),
        field('Passphrase', first, `At least ${PASSPHRASE_MIN} characters. Three or four unrelated words are good.`),
        field('Once more', second),
        offers.element
      ),
      alert.element,
      buttons(create, action('I have a recovery file', async () => void restore(app).then(done), 'plain'))
    ], { close });
  });
}

/** After a key was made: recovery file, evaluation keys. */
function finishKey(app: App, file: { recovery: string; name: string }): Promise<void> {
  return new Promise(done => {
    const progress = publishBar(app);
    const alert = alertLine();
    const saved = h('p', { class: 'good', role: 'status' });
    const save = action('Save recovery file', () => {
      download(file.name, file.recovery);
      saved.textContent = `Saved as ${file.name}. Keep it where you keep backups.`;
    });
    const finish = action('Done', () => (app.card.hide(), done()), 'plain');
    const device = action('Unlock with this device next time', async () => {
      const passkey = await makePasskey(app.state.key_id ?? '');
      if (passkey === null) return alert.say('This device offers no way to do that.');
      await app.keeper.ask('addPasskey', passkey);
      device.replaceWith(h('p', { class: 'good' }, 'Fingerprint, face or PIN of this device will unlock it.'));
    }, 'plain');
    device.hidden = true;
    void passkeysPossible().then(yes => (device.hidden = !yes));
    app.card.show('Save your recovery file', [
      h('p', {}, 'If this browser’s data is lost, this file and your passphrase bring your key back. Without them nobody can open your data again: not you, not the people who run the server.'),
      h('p', {}, 'The file is of no use to anybody who does not know the passphrase.'),
      buttons(save, device), saved, progress.element, alert.element, buttons(finish)
    ]);
    save.focus();
    progress.start();
  });
}

/** Unlock. Resolves to whether it is unlocked. */
export function unlock(app: App): Promise<boolean> {
  return new Promise(done => {
    const input = passphraseInput('current-password', true);
    const alert = alertLine();
    const finish = (yes: boolean): void => (app.card.hide(), done(yes));
    const open = action('Unlock', async () => {
      alert.say('');
      try {
        await app.keeper.ask('unlock', { passphrase: input.value });
        input.value = '';
        finish(true);
      } catch (why) {
        alert.say(words(why));
        input.select();
      }
    });
    onEnter([input], open);
    const { passkeys } = app.state;
    const device = passkeys.length === 0 ? null : action('Use this device', async () => {
      const given = await askPasskey(passkeys);
      if (given === null) return alert.say('The device did not unlock it. The passphrase does.');
      try {
        await app.keeper.ask('unlockPasskey', { id: given.id, prf: given.prf });
        finish(true);
      } catch (why) {
        alert.say(words(why));
      }
    }, 'plain');
    app.card.show('Unlock', [
      h('p', {}, 'Your key is on this computer, locked. Unlock it to encrypt files and to see results.'),
      h('form', { onsubmit: event => event.preventDefault() },
        h('input', { type: 'text', autocomplete: 'username', value: 'JupyterFHE', hidden: true }),
        field('Passphrase', input)
      ),
      alert.element,
      buttons(open, device, action('Use a recovery file', () => void restore(app).then(done), 'plain'))
    ], { close: () => finish(false) });
  });
}

/** Bring a key back from its recovery file. */
export function restore(app: App): Promise<boolean> {
  return new Promise(done => {
    const file = h('input', { type: 'file', accept: '.json,application/json', 'data-focus': true });
    const input = passphraseInput('current-password');
    const alert = alertLine();
    const finish = (yes: boolean): void => (app.card.hide(), done(yes));
    const open = action('Restore', async () => {
      const chosen = file.files?.[0];
      if (chosen === undefined) return alert.say('Choose the recovery file first: its name begins with “jupyterfhe-key”.');
      if (chosen.size > 1 << 20) return alert.say('This is no recovery file of the vault.');
      try {
        await app.keeper.ask('restore', { text: await chosen.text(), passphrase: input.value });
        input.value = '';
        finish(true);
      } catch (why) {
        alert.say(words(why));
      }
    });
    onEnter([input], open);
    const other = app.state.keys === 'none' ? null : h('p', { class: 'hint' }, 'A key that is on this computer already stays, but the restored one is used from then on.');
    app.card.show('Use a recovery file', [
      h('form', { onsubmit: event => event.preventDefault() }, field('Recovery file', file), field('Its passphrase', input)),
      other, alert.element, buttons(open)
    ], { close: () => finish(false) });
  });
}

/** The key's page: what there is, and what can be done with it. */
export async function keys(app: App): Promise<void> {
  if (app.state.keys === 'none') return void (await createKey(app));
  if (app.state.keys === 'locked' && !(await unlock(app))) return;
  const { state } = app;
  const alert = alertLine();
  const good = h('p', { class: 'good', role: 'status' });
  const progress = publishBar(app);
  const device = action('Unlock with this device next time', async () => {
    const passkey = await makePasskey(state.key_id ?? '');
    if (passkey === null) return alert.say('This device offers no way to do that.');
    await app.keeper.ask('addPasskey', passkey);
    good.textContent = 'Fingerprint, face or PIN of this device will unlock it.';
    device.remove();
  }, 'plain');
  device.hidden = true;
  if (state.passkeys.length === 0) void passkeysPossible().then(yes => (device.hidden = !yes));
  app.card.show('Your key', [
    h('dl', {},
      h('dt', {}, 'Name'), h('dd', {}, h('code', {}, (state.key_id ?? '').slice(0, 8))),
      h('dt', {}, 'Made for'), h('dd', {}, titleOf(state.preset)),
      ...depthWords(state),
      h('dt', {}, 'On this computer since'), h('dd', {}, state.created ?? ''),
      h('dt', {}, 'Locks by itself'), h('dd', {}, lockChoice(app)),
      h('dt', {}, 'The server'), h('dd', {}, state.published ? 'is ready to compute with it' : state.connected ? 'is being prepared' : 'is not connected')
    ),
    progress.element, alert.element, good, otherKeys(app, () => void keys(app)),
    buttons(
      action('Save recovery file', async () => {
        const file = await app.keeper.ask('recovery', null);
        download(file.name, file.recovery);
        good.textContent = `Saved as ${file.name}.`;
      }),
      device,
      canClimb(state) ? action('Add any depth…', () => addDepth(app, () => void keys(app)), 'plain') : null,
      action('Make another key…', () => void createKey(app, true), 'plain'),
      action('Lock', async () => {
        await app.keeper.ask('lock', null);
        app.card.hide();
      }, 'plain')
    )
  ], { close: () => app.card.hide() });
  if (state.published === false || state.climbing) progress.start();
}

const LOCKS: readonly (readonly [number, string])[] = [[5, 'after 5 minutes without use'], [30, 'after 30 minutes without use'], [240, 'after 4 hours without use'], [0, 'when the last page is closed']];

function lockChoice(app: App): HTMLElement {
  const now = app.state.lock_after;
  const all = LOCKS.some(([minutes]) => minutes === now) ? LOCKS : [...LOCKS, [now, `after ${now} minutes without use`] as const];
  const select = h('select', { 'aria-label': 'Locks by itself', onchange: () => void app.keeper.ask('lockAfter', { minutes: Number(select.value) }) },
    ...all.map(([minutes, text]) => h('option', { value: minutes, selected: minutes === now }, text)));
  return select;
}

/** Have an unlocked key, whatever that takes. */
export async function ensureUnlocked(app: App): Promise<boolean> {
  if (app.state.keys === 'unlocked') return true;
  return app.state.keys === 'none' ? createKey(app) : unlock(app);
}
