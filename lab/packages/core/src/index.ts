export * from './check.js';
export * from './dataText.js';
export * from './models.js';
export * from './rest.js';
export * from './tokens.js';
export * from './vaultPort.js';
export * from './vaultProtocol.js';
export * from './words.js';
