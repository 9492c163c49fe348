// secretView.ts: a secret number, which goes to the notebook as `jf.secret("name")` and never as text.

import { DATASET } from '../../../core/src/vaultProtocol.ts';
import { words, type App } from './app.ts';
import { action, alertLine, buttons } from './card.ts';
import { field, h } from './dom.ts';
import { numberOf, trimmed } from '../parse/cells.ts';

export function secret(app: App, suggested: string): Promise<void> {
  return new Promise(done => {
    const close = (): void => (app.card.hide(), done());
    const plain = { autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off' };
    const name = h('input', { type: 'text', ...plain, value: suggested, 'data-focus': suggested === '' });
    const value = h('input', { type: 'text', inputmode: 'decimal', ...plain, 'data-focus': suggested !== '' });
    const [low, high] = [h('input', { type: 'text', inputmode: 'decimal', ...plain, 'aria-label': 'Lowest' }), h('input', { type: 'text', inputmode: 'decimal', ...plain, 'aria-label': 'Highest' })];
    const alert = alertLine();
    const save = action('Encrypt and store', async () => {
      alert.say('');
      if (!DATASET.test(name.value)) return alert.say('A name begins with a letter and has letters, digits, dots, - and _ only.');
      const x = numberOf(trimmed(value.value));
      if (!Number.isFinite(x)) return alert.say('The value is no number. Write it as 1234.5 or 1.2e-3.');
      const ends = [low, high].map(one => trimmed(one.value));
      if (ends.some(end => end === '') && ends.some(end => end !== '')) return alert.say('Give both bounds, or none.');
      const bounds = ends[0] === '' ? null : (ends.map(numberOf) as [number, number]);
      try {
        await app.keeper.ask('secret', { name: name.value, value: x, bounds });
        value.value = '';
        close();
      } catch (why) {
        alert.say(words(why));
      }
    });
    app.card.show('New secret value', [
      h('p', {}, 'The number is encrypted here. The notebook gets a name for it and computes with it; it never sees the number.'),
      field('Name', name, 'The server and everybody who reads the notebook see the name.'),
      field('Value', value),
      h('details', {}, h('summary', {}, 'Between which bounds?'),
        h('div', { class: 'pair' }, low, h('span', {}, 'to'), high),
        h('p', { class: 'hint' }, 'The server sees the bounds, not the value. Without any, it learns the size of the number up to a factor of two.')
      ),
      alert.element, buttons(save)
    ], { close });
  });
}
