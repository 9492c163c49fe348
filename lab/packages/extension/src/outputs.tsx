// outputs.tsx: the two kinds of encrypted outputs: numbers (or tables), and charts of them.

import { asChartOutput, asOutput, CHART_MIME, ChartOutput, Output, REFERENCE_MIME, shapeText } from '@jupyterfhe/core';
import { ChartCard, OutputCard } from '@jupyterfhe/ui';
import * as React from 'react';
import type { Painted } from './paintedWidget.js';

const code = (output: Output): string => `jf.ref("${output.ref.tree_hash}")`;

export const numbers: Painted<Output> = {
  mime: REFERENCE_MIME,
  parse: asOutput,
  identity: output => output.ref.tree_hash,
  painting: output => ({ ref: output.ref }),
  label: output => output.name ?? shapeText(output.kind, output.shape),
  code,
  card: (output, state) => <OutputCard output={output} {...state} />
};

export const charts: Painted<ChartOutput> = {
  mime: CHART_MIME,
  parse: asChartOutput,
  identity: output => JSON.stringify(output.chart),
  painting: output => ({ chart: output.chart }),
  label: output => output.chart.title ?? `${output.chart.mark} chart`,
  code: output => output.parts.map(code).join(', '),
  card: (output, state) => <ChartCard output={output} {...state} />
};
