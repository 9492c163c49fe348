// testing.ts: what tests under Node import. No part of the bundle.

export * from './parse/bounds.ts';
export * from './parse/cells.ts';
export * from './parse/csv.ts';
export * from './parse/draft.ts';
export * from './parse/files.ts';
export * from './parse/json.ts';
export * from './parse/jsonText.ts';
export * from './parse/parquet.ts';
export * from './parse/rows.ts';
export * from './parse/spec.ts';
export * from './parse/survey.ts';
export * from './base/bytes.ts';
export * from './base/engine.ts';
export * from './base/interval.ts';
export * from './base/sodium.ts';
export * from './encrypt/scalar.ts';
export * from './encrypt/table.ts';
export * from './keeper/manifest.ts';
export * from './keeper/open.ts';
export * from './keeper/session.ts';
export * from './keys/generate.ts';
export * from './keys/seal.ts';
export * from './keys/wrap.ts';
export { Progress } from './upload/progress.ts';
export * from './paint/numbers.ts';
export * from './upload/store.ts';
export * from '../../core/src/vaultProtocol.ts';
