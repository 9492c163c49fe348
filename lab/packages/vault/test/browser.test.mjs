// The vault in a real browser. One key and one store go through all parts, in this order: each goes on where the one before it ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problems } from './browser/page.mjs';
import './browser/first.mjs';
import './browser/sealing.mjs';
import './browser/uploads.mjs';
import './browser/keys.mjs';
import './browser/guard.mjs';

test('nothing was written to the console', () => assert.deepEqual(problems, []));
