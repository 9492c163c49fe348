// publishBar.ts: evaluation keys on their way to the server: a bar with the time left, a button that stops it, one that goes on.

import { Told } from '../base/rpc.ts';
import { words, type App } from './app.ts';
import { action, alertLine, buttons } from './card.ts';
import { bar, h, leftWords } from './dom.ts';
import { cancelPublishing, publishing, publishKeys } from './publish.ts';

const EVERY = 100; // milliseconds
const REST = 'What the server has of the keys stays; the rest follows when you say so, or when you unlock next time.';

/** The bar, which `start` sets going; nothing is shown where no store is connected. */
export function publishBar(app: App): { element: HTMLElement; start: () => void } {
  const progress = bar('Preparing the server to compute on encrypted data');
  const alert = alertLine();
  const stop = action('Stop', cancelPublishing, 'plain');
  const again = action('Go on', () => start(), 'plain');
  const element = h('div', { hidden: true }, progress.element, alert.element, buttons(stop, again));
  const watch = (): void => {
    const now = app.jobs.get(publishing.job ?? '');
    if (now === undefined) return;
    const percent = `${Math.floor((100 * now.done) / now.total)} %`;
    progress.set(now.done, now.total, publishing.offline ? `${percent}. The server does not answer; trying again.` : [percent, leftWords(now.seconds_left)].filter(text => text !== '').join(', '));
  };
  const show = (runs: boolean): void => {
    [stop.hidden, again.hidden] = [!runs, runs];
  };
  const start = (): void => {
    if (!app.state.connected) return;
    element.hidden = false;
    show(true);
    alert.say('');
    const timer = setInterval(watch, EVERY);
    publishKeys(app)
      .then(() => {
        progress.set(1, 1, 'The server is ready. What it got opens nothing.');
        stop.hidden = true;
      })
      .catch((why: unknown) => {
        if (why instanceof Told && why.code === 'cancelled') progress.say(`Stopped. ${REST}`);
        else alert.say(`${words(why)} ${REST}`);
        show(false);
      })
      .finally(() => clearInterval(timer));
  };
  return { element, start };
}
