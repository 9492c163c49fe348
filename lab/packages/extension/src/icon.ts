// icon.ts: the lock as JupyterLab's own kind of icon, for toolbars, tabs and the launcher.

import { LabIcon } from '@jupyterlab/ui-components';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16"><path class="jp-icon3" fill="#616161" ' +
  'd="M5 7V5a3 3 0 0 1 6 0v2h1a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1zm1.6 0h2.8V5a1.4 1.4 0 0 0-2.8 0z"/></svg>';

export const lockIcon = new LabIcon({ name: 'jupyterfhe:lock', svgstr: SVG });
