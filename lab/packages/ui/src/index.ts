export * from './datasetsPanel.js';
export * from './diffView.js';
export * from './fhePreview.js';
export * from './icons.js';
export * from './outputCard.js';
export * from './progressBar.js';
export * from './statusItem.js';
export * from './variablesPanel.js';
