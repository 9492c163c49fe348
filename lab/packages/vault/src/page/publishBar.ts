// publishBar.ts: evaluation keys on their way to the server: a bar with the time left, a button that stops it, one that goes on.

import { Told } from '../base/rpc.ts';
import { words, type App } from './app.ts';
import { action, alertLine, buttons } from './card.ts';
import { bar, h, leftWords } from './dom.ts';
import { cancelPublishing, publishing, publishKeys } from './publish.ts';

const EVERY = 100; // milliseconds
const REST = 'What the server has of the keys stays; the rest follows when you say so, or when you unlock next time.';

const READY = 'The server is ready. What it got opens nothing.';
const ANY_DEPTH = 'The server is ready, for any depth: what you uploaded before climbs too. What it got opens nothing.';
const FORGOTTEN = 'Forgotten. Nothing of the larger ring stays in this browser; what your keys could do before they still can.';

/** The bar, which `start` sets going; nothing is shown where no store is connected. */
export function publishBar(app: App): { element: HTMLElement; start: () => void } {
  const progress = bar('Preparing the server to compute on encrypted data');
  const alert = alertLine();
  const stop = action('Stop', cancelPublishing, 'plain');
  const again = action('Go on', () => start(), 'plain');
  const forget = action('Stop and forget', async () => {
    await app.keeper.ask('stayBelow', null);
    done(FORGOTTEN);
  }, 'plain');
  const element = h('div', { hidden: true }, progress.element, alert.element, buttons(stop, again, forget));
  const forgettable = (): boolean => app.state.climbing && app.state.published === true;
  /** Nothing is left to do. */
  const done = (text: string): void => {
    progress.set(1, 1, text);
    alert.say('');
    for (const one of [stop, again, forget]) one.hidden = true;
  };
  const watch = (): void => {
    forget.hidden = !forgettable();
    const now = app.jobs.get(publishing.job ?? '');
    if (now === undefined) return;
    const percent = `${Math.floor((100 * now.done) / now.total)} %`;
    progress.set(now.done, now.total, publishing.offline ? `${percent}. The server does not answer; trying again.` : [percent, leftWords(now.seconds_left)].filter(text => text !== '').join(', '));
  };
  const show = (runs: boolean): void => {
    [stop.hidden, again.hidden, forget.hidden] = [!runs, runs, !forgettable()];
  };
  const start = (): void => {
    if (!app.state.connected) return;
    element.hidden = false;
    show(true);
    alert.say('');
    const timer = setInterval(watch, EVERY);
    publishKeys(app)
      .then(() => done(app.state.above === true ? ANY_DEPTH : READY))
      .catch((why: unknown) => {
        if (app.state.published === true && !app.state.climbing && app.state.keys === 'unlocked') return done(FORGOTTEN);
        if (why instanceof Told && why.code === 'cancelled') progress.say(`Stopped. ${REST}`);
        else alert.say(`${words(why)} ${REST}`);
        show(false);
      })
      .finally(() => clearInterval(timer));
  };
  return { element, start };
}
