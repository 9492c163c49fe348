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
